/* From readings to a problem and back: 500 cases with one cause are one problem, new tickets say so once
 * somebody has made it open, and no longer from the version of the pack on that fixed it. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "core/state.h"
#include "core/view/view.h"
#include "tools/outrider/figures/trends.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

enum { FLOOD = 500, ASSETS = FLOOD + 4 };

#define START ((otr_time)19675 * OTR_DAY + 8 * OTR_HOUR)
#define PACK(version)                                                                                        \
    "pack: p\nversion: " version "\nrules:\n"                                                                \
    "  - alert: Hot\n    expr: temperature > 8\n    labels: {category: cold}\n    ticket: {queue: cold}\n"

/* What the newest ticket said. */
typedef struct said {
    char description[1024];
    char problem[80];
    char owner[80];
    size_t tickets;
} said;

static void copy(char *to, size_t room, otr_str text)
{
    (void)snprintf(to, room, "%.*s", OTR_STR_ARG(text));
}

static void see(void *context, const otr_service_event *event)
{
    said *last = context;
    if (event->kind != OTR_SERVICE_TICKET)
        return;
    *last = (said){.tickets = last->tickets + 1};
    copy(last->description, sizeof last->description, event->description);
    for (size_t i = 0; i < event->fact_count; i++) {
        if (otr_str_is(event->facts[i].name, "problem"))
            copy(last->problem, sizeof last->problem, event->facts[i].value);
        if (otr_str_is(event->facts[i].name, "problem.owner"))
            copy(last->owner, sizeof last->owner, event->facts[i].value);
    }
}

static char *assets(void)
{
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "version: 1\nassets:\n");
    for (int i = 0; i < ASSETS; i++)
        otr_buffer_add_format(
            &text, "  - {asset: a%d, class: fridge, model: CX-200, lot: A7, devices: [d%d]}\n", i, i);
    otr_buffer_add_u8(&text, 0);
    return (char *)text.data;
}

static void heat(world *w, int number)
{
    char device[16];
    (void)snprintf(device, sizeof device, "d%d", number);
    world_report(w, device, "temperature", 9, w->utc + OTR_SECOND);
}

static void count_problem(void *context, const otr_case_view *one)
{
    *(size_t *)context += one->problem.size > 0;
}

static size_t linked(const world *w)
{
    size_t count = 0;
    otr_core_cases(w->core, count_problem, &count);
    return count;
}

/* The day against three days of half a case an hour. */
static void propose(const world *w, otr_buffer *out)
{
    otr_bucket before = {.oldest = OTR_TIME_NEVER};
    otr_figures figures = {.first = 19675, .last = 19675};
    otr_trends trends;
    otr_error error = {.text = ""};
    size_t added;
    otr_bucket_add_count(otr_bucket_at(&before, OTR_BY_CAUSE, OTR_STR("cold")), OTR_COUNT_CASES, 36);
    otr_bucket_add_count(otr_bucket_at(&before, OTR_BY_LOT, OTR_STR("A7")), OTR_COUNT_CASES, 36);
    assert_int_equal(otr_trends_find(&w->core->figures.bucket, 1, &before, 3, OTR_COUNT_CASES, &trends),
                     OTR_OK);
    assert_true(trends.count >= 4); /* seen by its cause, rule, lot, product and queue */
    assert_int_equal(trends.problems, 1);
    assert_true(otr_str_is(otr_bucket_key(trends.list[0].cell), "cold"));
    assert_int_equal(trends.list[0].now, FLOOD);
    if (otr_trends_propose(&trends, &figures, OTR_STR(""), out, &added, &error) != OTR_OK)
        fail_msg("%s", error.text);
    assert_int_equal(added, 1);
    otr_buffer_add_u8(out, 0);
    otr_trends_done(&trends);
    otr_bucket_done(&before);
}

static void a_flood_becomes_one_problem_that_new_tickets_name_until_it_is_fixed(void **state)
{
    (void)state;
    char *assignments = assets();
    said last = {.tickets = 0};
    otr_buffer file = {0};
    world *w = world_create(PACK("1"), assignments, START);
    w->see = see;
    w->see_context = &last;
    for (int i = 0; i < FLOOD; i++)
        heat(w, i);
    assert_int_equal(last.tickets, FLOOD);
    propose(w, &file);
    world_activate(w, "knowledge/problems", (const char *)file.data);
    heat(w, FLOOD); /* proposed is not open: nobody has looked at it */
    assert_string_equal(last.problem, "");
    assert_int_equal(linked(w), 0);

    world_rewrite((char *)file.data, "proposed\n", "open    \n");
    world_activate(w, "knowledge/problems", (const char *)file.data);
    heat(w, FLOOD + 1);
    assert_true(strncmp(last.problem, "cold-", 5) == 0);
    assert_non_null(strstr(last.description, "Known problem: 500 cases from 2023-11-14 on"));
    assert_int_equal(linked(w), FLOOD + 2); /* all that are open, also those of before */
    world_restart(w, true);
    assert_int_equal(linked(w), FLOOD + 2);

    static const char fixed[] =
        "knowledge: problems\nversion: 3\nproblems:\n"
        "  - {problem: cold, state: open, owner: kim, lot: A7, text: 'Seals.', fixed_by: {pack: p, "
        "version: 2}}\n";
    world_activate(w, "knowledge/problems", fixed);
    heat(w, FLOOD + 2); /* that version is not active yet */
    assert_string_equal(last.problem, "cold");
    assert_string_equal(last.owner, "kim");
    world_activate(w, "pack/p", PACK("2"));
    assert_int_equal(linked(w), 0);
    heat(w, FLOOD + 3);
    assert_string_equal(last.problem, "");
    assert_null(strstr(last.description, "Known problem"));
    otr_buffer_done(&file);
    world_free(w);
    free(assignments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_becomes_one_problem_that_new_tickets_name_until_it_is_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

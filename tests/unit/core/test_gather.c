/*
 * Lists: what several assets of one customer raise is one notification and one ticket, so long after the
 * first; what is over, on a shelf or another group's is not on it. The core restarts in the middle.
 */
#include "codec/ticket.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)

static const char rules[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Low\n"
    "    expr: stock < 2.0\n"
    "    labels: {category: stock}\n"
    "    notify: {to: customer, message: list, gather: 2h}\n"
    "    ticket: {queue: supplies, evidence: [stock]}\n"
    "messages:\n"
    "  list: {en: {raised: \"buy {{ items }}\", item: \"{{ asset.name }} {{ stock }}\"}}\n";
static const char bins[] = "version: 1\n"
                           "customers: [{customer: c}]\n"
                           "assets:\n"
                           "  - {asset: milk, class: bin, customer: c, devices: [b1]}\n"
                           "  - {asset: coffee, class: bin, customer: c, devices: [b2]}\n"
                           "  - {asset: soap, class: bin, customer: c, group: bath, devices: [b3]}\n";

static void report(world *w, const char *bin, double stock)
{
    world_report(w, bin, "stock", stock, w->utc + OTR_MINUTE);
}

static void assert_lists(const world *w, size_t count, const char *newest)
{
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), count);
    if (count > 0)
        world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", count - 1)->text, newest);
}

static void a_list_comes_once_and_names_what_is_open(void **state)
{
    (void)state;
    world *w = world_create(rules, bins, T0);
    report(w, "b1", 1);
    report(w, "b2", 0);
    world_sleep(w, 118 * OTR_MINUTE);
    assert_lists(w, 0, "");
    world_sleep(w, OTR_MINUTE);
    assert_lists(w, 1, "buy milk 1, coffee 0");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    world_sleep(w, 10 * OTR_HOUR);
    assert_lists(w, 1, "buy milk 1, coffee 0");

    report(w, "b1", 9);
    report(w, "b1", 1);
    world_sleep(w, 2 * OTR_HOUR);
    assert_lists(w, 2, "buy milk 1, coffee 0");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "updated"), 1);
    report(w, "b1", 9);
    report(w, "b2", 9);
    world_sleep(w, 2 * OTR_HOUR);
    assert_lists(w, 2, "buy milk 1, coffee 0");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    world_free(w);
}

static void what_is_over_or_on_a_shelf_is_on_no_list(void **state)
{
    (void)state;
    world *w = world_create(rules, bins, T0);
    report(w, "b1", 1);
    report(w, "b1", 9);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 0, "");

    otr_command shelf = {
        .kind = OTR_COMMAND_SHELVE, .rule = OTR_STR("Low"), .asset = OTR_STR("coffee"), .span = OTR_DAY};
    assert_int_equal(world_command(w, shelf).refusal, OTR_REFUSAL_ACCEPTED);
    report(w, "b1", 1);
    report(w, "b2", 0);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 1, "buy milk 1");

    /* one that was known before it went on the shelf */
    shelf.asset = OTR_STR("soap");
    report(w, "b3", 0);
    assert_int_equal(world_command(w, shelf).refusal, OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 1, "buy milk 1");
    world_free(w);
}

static void a_group_has_a_list_of_its_own(void **state)
{
    (void)state;
    world *w = world_create(rules, bins, T0);
    report(w, "b3", 1);
    report(w, "b2", 0);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 2, "buy coffee 0");
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->text, "buy soap 1");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    world_free(w);
}

/* Restarts by the journal alone, or from a snapshot, at each hour. */
static void a_list_that_waits_outlives_restarts(void **state)
{
    (void)state;
    for (int snapshot = 0; snapshot < 2; snapshot++) {
        world *w = world_create(rules, bins, T0);
        report(w, "b1", 1);
        for (int hour = 0; hour < 4; hour++) {
            if (snapshot != 0)
                world_snapshot(w);
            world_restart(w, false);
            assert_lists(w, hour < 2 ? 0 : 1, "buy milk 1");
            world_sleep(w, OTR_HOUR);
        }
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
        world_free(w);
    }
}

/* ---- the desk ---- */

/* The last ticket, as one text. */
typedef struct seen {
    char what[16];
    char all[2048];
    size_t similar;
    size_t alarms;
} seen;

static void see(void *context, const otr_service_event *event)
{
    seen *last = context;
    otr_arena memory = {0};
    otr_ticket enclosed;
    size_t at = 0;
    if (event->kind != OTR_SERVICE_TICKET)
        return;
    (void)snprintf(last->what, sizeof last->what, "%.*s", OTR_STR_ARG(event->what));
    at += (size_t)snprintf(last->all, sizeof last->all, "%.*s", OTR_STR_ARG(event->cause));
    for (size_t i = 0; i < event->fact_count && at < sizeof last->all; i++)
        at += (size_t)snprintf(last->all + at, sizeof last->all - at, "|%.*s=%.*s",
                               OTR_STR_ARG(event->facts[i].name), OTR_STR_ARG(event->facts[i].value));
    for (size_t i = 0; i < event->evidence_count && at < sizeof last->all; i++)
        at += (size_t)snprintf(last->all + at, sizeof last->all - at, "|%.*s",
                               OTR_STR_ARG(event->evidence[i].metric));
    assert_int_equal(otr_ticket_decode(&memory, event->ticket, &enclosed, NULL), OTR_OK);
    last->alarms = enclosed.alarm_count;
    last->similar = enclosed.similar_count;
    otr_arena_done(&memory);
}

static void act(world *w, otr_desk_act given)
{
    given.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity;
    given.by = given.by == 0 ? OTR_TIME_NONE : given.by;
    otr_command command = {.kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .desk = given};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
}

static void assert_told(const world *w, const char *what, const char *part)
{
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, what), 1);
    const world_event *event = world_event_get(w, OTR_SERVICE_NOTIFICATION, what, 0);
    assert_string_equal(event->to, "c");
    if (strstr(event->text, part) == NULL)
        fail_msg("%s: %s", what, event->text);
}

typedef enum starts { GOES_ON, FROM_SNAPSHOTS, FROM_JOURNAL, STARTS } starts;

static void pause(world *w, starts how)
{
    world_sleep(w, OTR_MINUTE);
    if (how == FROM_SNAPSHOTS)
        world_snapshot(w);
    if (how != GOES_ON)
        world_restart(w, false);
}

static void what_the_desk_does_of_a_list_is_told_to_its_reader(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        world *w = world_create(rules, bins, T0);
        report(w, "b1", 1);
        report(w, "b2", 0);
        world_sleep(w, 2 * OTR_HOUR);
        pause(w, how);
        act(w, (otr_desk_act){.action = OTR_DESK_PROMISED, .what = {"callback", 8}, .by = w->utc + OTR_HOUR});
        pause(w, how);
        assert_told(w, "promised", "milk, coffee: ");
        world_sleep(w, OTR_HOUR);
        assert_told(w, "missed", "milk, coffee: ");
        pause(w, how);
        report(w, "b1", 9);
        report(w, "b2", 9);
        pause(w, how);
        act(w, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = {"delivered", 9}});
        assert_told(w, "resolved", "milk, coffee: ");
        pause(w, how);
        world_sleep(w, 2 * OTR_HOUR);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
        world_free(w);
    }
}

static void a_ticket_of_a_list_keeps_its_contents(void **state)
{
    (void)state;
    static const char all[] =
        "milk 1, coffee 0|customer=c|milk=milk, model M1, serial S7|coffee=coffee|milk.stock|"
        "coffee.stock";
    char yaml[512];
    (void)snprintf(yaml, sizeof yaml, "%s", bins);
    char *end = strstr(yaml, "devices: [b1]}");
    assert_non_null(end);
    (void)snprintf(end, sizeof yaml - (size_t)(end - yaml), "model: M1, serial: S7, %s",
                   strstr(bins, "devices: [b1]}"));
    for (starts how = GOES_ON; how < STARTS; how++) {
        seen last;
        world *w = world_create(rules, yaml, T0);
        w->see = see;
        w->see_context = &last;
        report(w, "b1", 1);
        report(w, "b2", 0);
        world_sleep(w, 2 * OTR_HOUR);
        assert_string_equal(last.all, all);
        assert_int_equal(last.alarms, 2);
        pause(w, how);
        act(w, (otr_desk_act){.action = OTR_DESK_TRANSFERRED, .queue = {"second", 6}});
        assert_string_equal(last.what, "transferred");
        assert_string_equal(last.all, all);
        assert_int_equal(last.alarms, 2);
        report(w, "b1", 9);
        report(w, "b2", 9);
        pause(w, how);
        world_sleep(w, 2 * OTR_HOUR);
        assert_string_equal(last.what, "closed");
        assert_non_null(
            strstr(last.all, "milk 9, coffee 9|customer=c|milk=milk, model M1")); /* how they are now */
        assert_int_equal(last.alarms, 2);
        report(w, "b1", 1);
        world_sleep(w, 3 * OTR_HOUR);
        assert_string_equal(last.what, "opened");
        assert_int_equal(last.similar, 1);
        world_free(w);
    }
}

static void a_reader_may_say_that_a_list_is_not_solved(void **state)
{
    (void)state;
    world *w = world_create(rules, bins, T0);
    report(w, "b1", 1);
    world_sleep(w, 3 * OTR_HOUR);
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
    command.customer.action = OTR_CUSTOMER_NOT_SOLVED;
    command.customer.notification = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->entity;
    command.customer.from = OTR_TIME_NONE;
    command.customer.to = OTR_TIME_NONE;
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_true(w->core->cases[0].asked);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "updated"), 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_comes_once_and_names_what_is_open),
        cmocka_unit_test(what_is_over_or_on_a_shelf_is_on_no_list),
        cmocka_unit_test(a_group_has_a_list_of_its_own),
        cmocka_unit_test(a_list_that_waits_outlives_restarts),
        cmocka_unit_test(what_the_desk_does_of_a_list_is_told_to_its_reader),
        cmocka_unit_test(a_ticket_of_a_list_keeps_its_contents),
        cmocka_unit_test(a_reader_may_say_that_a_list_is_not_solved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

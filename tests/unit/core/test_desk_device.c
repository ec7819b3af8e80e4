/* The service desk as a device: when it is there, what it reports and when, and that its own alarms are none
 * of its figures. */
#include "base/limits.h"
#include "core/desk/desk_metric.h"
#include "core/device/device.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define RULES                                                                                                \
    "pack: p\n"                                                                                              \
    "version: 1\n"                                                                                           \
    "rules:\n"                                                                                               \
    "  - alert: Hot\n"                                                                                       \
    "    match: asset.class == \"x\"\n"                                                                      \
    "    expr: temperature > 8\n"                                                                            \
    "    labels: {category: cold}\n"                                                                         \
    "    ticket: {queue: cold, verify: 2h}\n"                                                                \
    "  - alert: Flat\n"                                                                                      \
    "    expr: battery < 20\n"
#define DESK_RULES                                                                                           \
    "  - alert: Backlog\n"                                                                                   \
    "    match: asset.class == \"desk\"\n"                                                                   \
    "    expr: backlog > 1\n"                                                                                \
    "    ticket: {queue: managers}\n"                                                                        \
    "  - alert: Old\n"                                                                                       \
    "    match: asset.class == \"desk\"\n"                                                                   \
    "    expr: oldest_age > 3600 && time_to_acknowledge < 0\n"                                               \
    "  - alert: Missed\n"                                                                                    \
    "    match: asset.class == \"desk\"\n"                                                                   \
    "    expr: missed_promise != \"\"\n"                                                                     \
    "    annotations: {cause: \"{{ missed_promise }}\"}\n"                                                   \
    "    ticket: {queue: managers}\n"                                                                        \
    "  - alert: Figures\n"                                                                                   \
    "    match: asset.class == \"desk\"\n"                                                                   \
    "    expr: |\n"                                                                                          \
    "      tickets_opened + tickets_resolved + tickets_reopened + promises_due + promises_overdue +\n"       \
    "      cases_per_assignee + tickets_unreceived + desk_closed + customer_confirmed + first_contact + "    \
    "time_to_resolve_p90\n"                                                                                  \
    "      < 0\n"

static const char pack[] = RULES DESK_RULES;
static const char plain[] = RULES;
static const char assignments[] = "version: 1\n"
                                  "assets:\n"
                                  "  - {asset: box, class: x, devices: [d]}\n"
                                  "  - {asset: other, class: x, devices: [e]}\n";
#define START ((otr_time)1700006400 * OTR_SECOND) /* a whole hour */

static otr_refusal act(world *w, size_t ticket, otr_desk_act given)
{
    given.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", ticket)->entity;
    given.by = given.by == 0 ? OTR_TIME_NONE : given.by;
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = given};
    return world_command(w, command).refusal;
}

/* NULL when it was never reported. */
static const otr_slot *slot(const world *w, const char *metric)
{
    uint32_t number = otr_names_find(&w->core->metric_names, otr_str_of(metric));
    return w->core->desk_device.device > 0 && number != OTR_NAME_NONE
               ? otr_device_slot(&w->core->devices[w->core->desk_device.device - 1], number)
               : NULL;
}

static double value(const world *w, const char *metric)
{
    const otr_slot *found = slot(w, metric);
    if (found == NULL)
        fail_msg("%s was not reported", metric);
    return found->number;
}

static void without_a_rule_for_it_there_is_no_such_device(void **state)
{
    (void)state;
    world *w = world_create(plain, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(w->core->desk_device.device, 0);
    assert_int_equal(w->core->asset_count, 2);
    assert_false(otr_core_knows_device(w->core, OTR_STR("desk")));
    assert_true(w->core->desk_device.due == OTR_TIME_NEVER);
    world_free(w);
}

static void rules_for_every_asset_do_not_watch_it(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    assert_int_equal(w->core->asset_count, 3);
    assert_int_equal(w->core->assets[2].plan->rule_count, 4);
    assert_int_equal(w->core->assets[0].plan->rule_count, 2);
    world_free(w);
}

static void it_reports_a_minute_after_something_has_changed(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    world_sleep(w, OTR_MINUTE);
    assert_true(value(w, "backlog") == 0);
    assert_null(slot(w, "first_contact")); /* nothing to say */
    world_report(w, "d", "temperature", 9, START + 10 * OTR_MINUTE);
    assert_true(value(w, "backlog") == 0);
    world_sleep(w, OTR_MINUTE);
    assert_true(value(w, "backlog") == 1);
    assert_true(value(w, "tickets_opened") == 1);
    assert_int_equal(world_count(w, "Backlog"), 0);
    world_report(w, "e", "temperature", 9, START + 12 * OTR_MINUTE);
    world_sleep(w, OTR_MINUTE);
    assert_true(value(w, "backlog") == 2);
    assert_int_equal(world_count(w, "Backlog"), 1);
    world_sleep(w, 10 * OTR_MINUTE);
    assert_true(value(w, "tickets_opened") == 2); /* without that of its own alarm */
    assert_true(value(w, "tickets_unreceived") == 2);
    assert_true(value(w, "backlog") == 2);
    assert_true(value(w, "oldest_age") >= 10 * 60);
    world_free(w);
}

static void ages_grow_and_counts_of_yesterday_go_by_themselves(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(act(w, 0, (otr_desk_act){.action = OTR_DESK_RECEIVED}), 0); /* it does not come again */
    world_sleep(w, 40 * OTR_MINUTE);
    assert_true(value(w, "oldest_age") >= 35 * 60);
    world_sleep(w, 80 * OTR_MINUTE);
    assert_true(value(w, "oldest_age") > 6800);
    assert_int_equal(act(w, 0, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = {"done", 4}}), 0);
    world_report(w, "d", "temperature", 3, w->core_time);
    world_sleep(w, 3 * OTR_HOUR);
    assert_true(value(w, "oldest_age") == 0);
    assert_true(value(w, "backlog") == 0);
    assert_true(value(w, "tickets_resolved") == 1);
    assert_true(value(w, "desk_closed") == 1);
    assert_true(value(w, "first_contact") == 1);
    assert_true(value(w, "time_to_resolve_p90") == 7200);
    world_sleep(w, 2 * OTR_DAY);
    assert_true(value(w, "tickets_opened") == 0);
    assert_true(value(w, "desk_closed") == 0);
    assert_true(w->core->desk_device.due == OTR_TIME_NEVER);
    world_free(w);
}

static void a_missed_promise_is_reported_at_once_with_its_ticket(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    otr_time by = START + 2 * OTR_HOUR + 7 * OTR_SECOND;
    assert_int_equal(act(w, 0, (otr_desk_act){.action = OTR_DESK_PROMISED, .what = {"callback", 8}, .by = by}),
                     0);
    world_sleep(w, OTR_HOUR);
    assert_true(value(w, "promises_due") == 1);
    assert_int_equal(world_count(w, "Missed"), 0);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(world_count(w, "Missed"), 1);
    assert_true(world_get(w, "Missed", 0)->raised == by);
    assert_true(value(w, "promises_overdue") == 1);
    const char *cause = NULL;
    char ticket[OTR_ID_TEXT_BYTES];
    otr_id_format(world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity, ticket);
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].kind == OTR_SERVICE_ALARM && strcmp(w->events[i].rule, "Missed") == 0 &&
            cause == NULL)
            cause = w->events[i].cause;
    assert_non_null(cause);
    assert_non_null(strstr(cause, "callback by 2023-11-15T02:00:07Z of ticket "));
    assert_non_null(strstr(cause, ticket));
    world_sleep(w, 2 * OTR_MINUTE);
    assert_true(world_get(w, "Missed", 0)->ended != OTR_TIME_NONE);
    world_free(w);
}

static void a_score_comes_with_its_interval_and_how_many_there_are(void **state)
{
    (void)state;
    static const char scores[] =
        "pack: p\n"
        "version: 1\n"
        "rules:\n"
        "  - alert: Low\n"
        "    match: asset.class == \"desk\"\n"
        "    expr: satisfaction_answers >= 10 && satisfaction_high < 3.5\n"
        "    ticket: {queue: managers, evidence: [satisfaction, satisfaction_low, nps]}\n";
    world *w = world_create(scores, assignments, START);
    world_sleep(w, OTR_MINUTE);
    assert_null(slot(w, "satisfaction"));
    for (int i = 0; i < 9; i++)
        otr_day_figures_question(w->core, NULL, OTR_STR("p"), OTR_STR("Hot"), OTR_SCORE_SATISFACTION,
                                 1 + i % 2);
    otr_day_figures_question(w->core, NULL, OTR_STR("p"), OTR_STR("Hot"), OTR_SCORE_NPS, 10);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_true(value(w, "satisfaction_answers") == 9);
    assert_true(value(w, "nps") == 100);
    assert_int_equal(world_count(w, "Low"), 0); /* too few */
    otr_day_figures_question(w->core, NULL, OTR_STR("p"), OTR_STR("Hot"), OTR_SCORE_SATISFACTION, 2);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_true(value(w, "satisfaction") == 1.5);
    assert_true(value(w, "satisfaction_low") < 1.5 && value(w, "satisfaction_high") > 1.5);
    assert_int_equal(world_count(w, "Low"), 1);
    for (int i = 0; i < 100; i++)
        otr_day_figures_question(w->core, NULL, OTR_STR("p"), OTR_STR("Hot"), OTR_SCORE_SATISFACTION, 5);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_true(value(w, "satisfaction_answers") == OTR_DESK_ANSWERS); /* the last ones alone */
    assert_true(value(w, "satisfaction") == 5);
    assert_true(world_get(w, "Low", 0)->ended != OTR_TIME_NONE);
    const otr_bucket_cell *rule = otr_bucket_find(&w->core->figures.bucket, OTR_BY_RULE, OTR_STR("p/Hot"));
    assert_int_equal(rule->scores[OTR_SCORE_SATISFACTION][5], 100);
    assert_int_equal(rule->counts[OTR_COUNT_ANSWERED], 111);
    world_free(w);
}

static void it_goes_on_after_a_restart(void **state)
{
    (void)state;
    for (int snapshot = 0; snapshot < 2; snapshot++) {
        world *w = world_create(pack, assignments, START);
        world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
        assert_int_equal(act(w, 0, (otr_desk_act){.action = OTR_DESK_ASSIGNED, .to = {"lee", 3}}), 0);
        world_sleep(w, 3 * OTR_MINUTE);
        if (snapshot)
            world_snapshot(w);
        otr_buffer before = {0};
        otr_buffer after = {0};
        otr_desk_device_write(w->core, &before);
        world_restart(w, false);
        otr_desk_device_write(w->core, &after);
        assert_true(otr_str_equal(otr_buffer_text(&before), otr_buffer_text(&after)));
        otr_buffer_done(&before);
        otr_buffer_done(&after);
        assert_true(value(w, "cases_per_assignee") == 1);
        world_restart(w, true);
        world_sleep(w, 5 * OTR_MINUTE);
        world_report(w, "e", "temperature", 9, w->core_time);
        world_sleep(w, 2 * OTR_MINUTE);
        assert_true(value(w, "tickets_opened") == 2);
        assert_int_equal(world_count(w, "Backlog"), 1);
        world_free(w);
    }
}

static void an_asset_of_that_class_takes_its_place(void **state)
{
    (void)state;
    static const char own[] = "version: 1\n"
                              "assets:\n"
                              "  - {asset: hotline, class: desk, devices: [desk]}\n"
                              "  - {asset: box, class: x, devices: [d]}\n";
    world *w = world_create(pack, own, START);
    assert_int_equal(w->core->asset_count, 2);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_true(value(w, "backlog") == 1);
    assert_int_equal(w->core->desk_device.asset, 0);
    /* another device of that name is not the desk */
    world_activate(w, "assignments", assignments);
    assert_int_equal(w->core->asset_count, 3);
    world_activate(w, "assignments", "version: 1\nassets:\n  - {asset: box, class: x, devices: [desk]}\n");
    assert_int_equal(w->core->asset_count, 1);
    assert_int_equal(w->core->desk_device.device, 0);
    world_free(w);
}

static void a_rule_for_it_tells_staff_only(void **state)
{
    (void)state;
    static const struct {
        const char *match;
        const char *to;
        bool ok;
    } rows[] = {
        {"asset.class == \"desk\"", "customer", false},
        {"asset.class == \"desk\"", "[staff.manager, driver]", false},
        {"asset.class == \"desk\"", "staff.manager", true},
        {"asset.class != \"box\"", "customer", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        otr_error error = {.status = OTR_OK};
        (void)snprintf(text, sizeof text,
                       "pack: p\nversion: 1\nrules:\n  - alert: A\n    match: %s\n    expr: backlog > 1\n"
                       "    notify: {to: %s, message: m}\n"
                       "messages: {m: {en: {raised: hello}}}\n",
                       rows[i].match, rows[i].to);
        bool ok = otr_content_check(OTR_STR("pack/p"), otr_str_of(text), &error) == OTR_OK;
        if (ok != rows[i].ok)
            fail_msg("row %zu: %s", i, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_rule_for_it_there_is_no_such_device),
        cmocka_unit_test(rules_for_every_asset_do_not_watch_it),
        cmocka_unit_test(it_reports_a_minute_after_something_has_changed),
        cmocka_unit_test(ages_grow_and_counts_of_yesterday_go_by_themselves),
        cmocka_unit_test(a_missed_promise_is_reported_at_once_with_its_ticket),
        cmocka_unit_test(a_score_comes_with_its_interval_and_how_many_there_are),
        cmocka_unit_test(it_goes_on_after_a_restart),
        cmocka_unit_test(an_asset_of_that_class_takes_its_place),
        cmocka_unit_test(a_rule_for_it_tells_staff_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

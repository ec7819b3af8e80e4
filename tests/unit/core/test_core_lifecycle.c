/*
 * Alarms in the hands of operators: acknowledged, latched, shelved, suppressed, out of service; what each
 * leaves in the rows and what it tells. Most cases restart the core in the middle.
 */
#include "base/limits.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

static const char rules[] = "pack: test\n"
                            "version: 1\n"
                            "rules:\n"
                            "  - alert: Warm\n"
                            "    expr: temperature > 8.0\n"
                            "    suppress: asset.phase == \"loading\" || defrost\n"
                            "    inhibited_by: [Broken]\n"
                            "    notify: {to: desk, message: warm, on: [raised, cleared]}\n"
                            "    ticket: {queue: cold}\n"
                            "  - {alert: Broken, expr: broken}\n"
                            "  - {alert: Drop, expr: shock > 3.0, latch: true}\n"
                            "  - {alert: Silent, silent_for: 10h, suppress: asset.phase == \"stored\"}\n"
                            "messages:\n"
                            "  warm: {en: {raised: \"warm\", cleared: \"cold\"}}\n";
static const char one_box[] = "version: 1\nassets: [{asset: box, class: x, devices: [t1]}]\n";
static const char loading[] = "version: 1\nassets: [{asset: box, class: x, phase: loading, devices: [t1]}]\n";

static otr_refusal ask(world *w, otr_command_kind kind, const char *rule)
{
    return world_command(w, (otr_command){.kind = kind, .rule = otr_str_of(rule), .asset = OTR_STR("box")})
        .refusal;
}

static otr_refusal ask_id(world *w, otr_command_kind kind, otr_id alarm)
{
    return world_command(w, (otr_command){.kind = kind, .alarm = alarm}).refusal;
}

static otr_refusal shelve(world *w, const char *rule, otr_time span)
{
    return world_command(w, (otr_command){.kind = OTR_COMMAND_SHELVE,
                                          .rule = otr_str_of(rule),
                                          .asset = OTR_STR("box"),
                                          .span = span})
        .refusal;
}

static otr_refusal shelve_until(world *w, const char *rule, otr_time until)
{
    return world_command(w, (otr_command){.kind = OTR_COMMAND_SHELVE,
                                          .rule = otr_str_of(rule),
                                          .asset = OTR_STR("box"),
                                          .until = until})
        .refusal;
}

static void assert_told(const world *w, const char *what, size_t alarms)
{
    size_t found = world_events(w, OTR_SERVICE_ALARM, what);
    if (found != alarms)
        fail_msg("%s was told %zu times, not %zu", what, found, alarms);
}

static world *begin(void)
{
    return world_create(rules, one_box, T0);
}

static void warm(world *w, double number)
{
    world_report(w, "t1", "temperature", number, w->utc + OTR_MINUTE);
}

/* ---- acknowledge and reset ---- */

static void an_alarm_is_acknowledged_while_it_holds(void **state)
{
    (void)state;
    world *w = begin();
    warm(w, 9);
    otr_id id = world_get(w, "Warm", 0)->id;
    assert_int_equal(ask_id(w, OTR_COMMAND_ACKNOWLEDGE, id), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_ACKNOWLEDGED);
    assert_told(w, "acknowledged", 1);
    world_snapshot(w);
    world_restart(w, false);
    assert_int_equal(ask_id(w, OTR_COMMAND_ACKNOWLEDGE, id), OTR_REFUSAL_KNOWN);
    warm(w, 5);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_NORMAL);
    assert_int_equal(ask_id(w, OTR_COMMAND_ACKNOWLEDGE, id), OTR_REFUSAL_NO_ALARM);
    assert_told(w, "acknowledged", 1);
    world_free(w);
}

static void what_has_returned_stands_until_it_is_acknowledged(void **state)
{
    (void)state;
    world *w = begin();
    for (int i = 0; i < 3; i++) {
        warm(w, 9);
        warm(w, 5);
    }
    assert_int_equal(world_count(w, "Warm"), 3);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_RETURNED);
    world_snapshot(w);
    world_restart(w, true);
    assert_int_equal(ask_id(w, OTR_COMMAND_ACKNOWLEDGE, world_get(w, "Warm", 1)->id), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_get(w, "Warm", 1)->state, OTR_ALARM_NORMAL);
    /* by its rule: all that stand, and what is open */
    warm(w, 9);
    otr_command_result all = world_command(w, (otr_command){.kind = OTR_COMMAND_ACKNOWLEDGE,
                                                            .rule = OTR_STR("test/Warm"),
                                                            .asset = OTR_STR("box")});
    assert_int_equal(all.refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(all.alarms, 3);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_NORMAL);
    assert_int_equal(world_get(w, "Warm", 2)->state, OTR_ALARM_NORMAL);
    assert_int_equal(world_get(w, "Warm", 3)->state, OTR_ALARM_ACKNOWLEDGED);
    assert_told(w, "acknowledged", 4);
    world_free(w);
}

static void a_latched_alarm_waits_to_be_reset(void **state)
{
    (void)state;
    world *w = begin();
    world_report(w, "t1", "shock", 9, AT(1));
    otr_id id = world_get(w, "Drop", 0)->id;
    assert_int_equal(ask_id(w, OTR_COMMAND_RESET, id), OTR_REFUSAL_HOLDS);
    world_report(w, "t1", "shock", 1, AT(2));
    assert_int_equal(world_get(w, "Drop", 0)->state, OTR_ALARM_LATCHED);
    assert_int_equal(ask_id(w, OTR_COMMAND_RESET, id), OTR_REFUSAL_UNACKNOWLEDGED);
    assert_int_equal(ask_id(w, OTR_COMMAND_ACKNOWLEDGE, id), OTR_REFUSAL_ACCEPTED);
    world_restart(w, true);
    world_sleep(w, 30 * OTR_DAY); /* a latch does not let go by itself */
    assert_int_equal(world_get(w, "Drop", 0)->state, OTR_ALARM_LATCHED_ACKNOWLEDGED);
    assert_int_equal(ask(w, OTR_COMMAND_RESET, "Drop"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_get(w, "Drop", 0)->state, OTR_ALARM_NORMAL);
    assert_told(w, "reset", 1);
    world_free(w);
}

static void what_nobody_acknowledges_lapses_after_a_week(void **state)
{
    (void)state;
    world *w = begin();
    warm(w, 9);
    warm(w, 5);
    world_sleep(w, OTR_LIMIT_STANDING_DAYS * OTR_DAY - OTR_MINUTE);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_RETURNED);
    world_snapshot(w);
    world_restart(w, false);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_NORMAL);
    assert_told(w, "lapsed", 1);
    world_free(w);
}

static void the_oldest_lapses_when_too_many_stand(void **state)
{
    (void)state;
    world *w = begin();
    otr_reading readings[2 * (OTR_LIMIT_ALARMS_STANDING + 2)];
    size_t count = 0;
    for (int i = 0; i < OTR_LIMIT_ALARMS_STANDING + 2; i++) {
        /* the first one latches: it is the oldest, and outlives the second */
        for (int step = 0; step < 2; step++) {
            otr_reading *one = &readings[count++];
            *one = world_number("shock", 9 - 8 * step, T0 - OTR_DAY + (2 * i + step) * OTR_SECOND);
            if (i == 0)
                continue;
            one->metric = OTR_STR("broken");
            one->kind = OTR_KIND_BOOL;
            one->flag = step == 0;
        }
    }
    world_upload(w, "t1", readings, count);
    assert_int_equal(w->alarm_count, OTR_LIMIT_ALARMS_STANDING + 2);
    assert_int_equal(world_get(w, "Drop", 0)->state, OTR_ALARM_LATCHED);
    assert_int_equal(world_get(w, "Broken", 0)->state, OTR_ALARM_NORMAL);
    assert_int_equal(world_get(w, "Broken", 1)->state, OTR_ALARM_NORMAL);
    assert_int_equal(world_get(w, "Broken", 2)->state, OTR_ALARM_RETURNED);
    assert_told(w, "lapsed", 2);
    world_free(w);
}

/* ---- shelves ---- */

static void what_is_raised_on_a_shelf_is_told_when_the_shelf_ends(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    assert_told(w, "shelved", 1);
    warm(w, 9);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_SHELVED);
    assert_int_equal(ask(w, OTR_COMMAND_ACKNOWLEDGE, "Warm"), OTR_REFUSAL_UNTOLD);
    world_snapshot(w);
    world_restart(w, true);
    world_sleep(w, 58 * OTR_MINUTE);
    assert_told(w, "raised", 0);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_told(w, "unshelved", 1);
    assert_told(w, "raised", 1);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_UNACKNOWLEDGED);
    assert_true(world_get(w, "Warm", 0)->raised == AT(1));
    warm(w, 5);
    assert_told(w, "cleared", 1);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_RETURNED);
    world_free(w);
}

static void what_ends_on_a_shelf_is_never_told(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(shelve(w, "Drop", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    warm(w, 9);
    warm(w, 5);
    world_report(w, "t1", "shock", 9, w->utc + OTR_MINUTE);
    world_report(w, "t1", "shock", 1, w->utc + OTR_MINUTE);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_UNTOLD);
    assert_int_equal(world_get(w, "Drop", 0)->state, OTR_ALARM_UNTOLD);
    world_sleep(w, OTR_DAY);
    assert_told(w, "raised", 1); /* Silent */
    assert_told(w, "cleared", 0);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "cleared"), 0);
    world_free(w);
}

static void what_was_told_before_the_shelf_is_finished_on_it(void **state)
{
    (void)state;
    world *w = begin();
    warm(w, 9);
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(ask(w, OTR_COMMAND_ACKNOWLEDGE, "Warm"), OTR_REFUSAL_ACCEPTED);
    warm(w, 5);
    assert_told(w, "cleared", 1);
    warm(w, 9);
    assert_int_equal(world_get(w, "Warm", 1)->state, OTR_ALARM_SHELVED);
    assert_int_equal(ask(w, OTR_COMMAND_UNSHELVE, "Warm"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->result.alarms, 1);
    assert_told(w, "raised", 2);
    assert_int_equal(ask(w, OTR_COMMAND_UNSHELVE, "Warm"), OTR_REFUSAL_NOT_SHELVED);
    world_free(w);
}

static void a_shelf_until_a_civil_time_follows_the_clock(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(shelve_until(w, "Warm", T0), OTR_REFUSAL_PAST);
    assert_int_equal(shelve_until(w, "Warm", AT(60)), OTR_REFUSAL_ACCEPTED);
    warm(w, 9);
    assert_true(otr_core_next(w->core) == AT(60));
    /* UTC is set back by half an hour: the shelf ends half an hour later */
    w->utc -= 30 * OTR_MINUTE;
    world_step(w, NULL, 0);
    world_sleep(w, 60 * OTR_MINUTE);
    assert_told(w, "raised", 0);
    /* without a clock no civil time comes */
    w->synced = false;
    world_restart(w, true);
    assert_int_equal(shelve_until(w, "Drop", AT(300)), OTR_REFUSAL_NO_CLOCK);
    assert_int_equal(shelve(w, "Drop", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 5 * OTR_HOUR);
    assert_told(w, "unshelved", 1); /* Drop, whose span is over */
    assert_told(w, "raised", 0);
    /* it is known again, and the time is over */
    w->synced = true;
    world_step(w, NULL, 0);
    assert_told(w, "raised", 1);
    assert_told(w, "unshelved", 2);
    world_free(w);
}

static void utc_that_steps_ahead_ends_a_shelf(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(shelve_until(w, "Warm", AT(600)), OTR_REFUSAL_ACCEPTED);
    warm(w, 9);
    w->utc = AT(601);
    assert_true(otr_core_next_civil(w->core) <= AT(600));
    world_step(w, NULL, 0);
    assert_told(w, "raised", 1);
    assert_true(otr_core_next_civil(w->core) > AT(601)); /* only what the customer was promised */
    world_free(w);
}

static void a_shelf_of_a_span_is_measured_by_core_time(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(shelve(w, "Drop", OTR_LIMIT_SHELF_DAYS * OTR_DAY + 1), OTR_REFUSAL_TOO_LONG);
    w->utc += OTR_DAY;
    world_step(w, NULL, 0);
    assert_told(w, "unshelved", 0);
    w->synced = false;
    world_sleep(w, OTR_HOUR);
    assert_told(w, "unshelved", 1);
    world_free(w);
}

static void a_shelf_outlives_a_new_version_of_the_rule(void **state)
{
    (void)state;
    static const char changed[] = "pack: test\nversion: 2\nrules:\n"
                                  "  - {alert: Warm, expr: temperature > 7.0}\n";
    static const char gone[] = "pack: test\nversion: 3\nrules:\n  - {alert: Hot, expr: temperature > 7.0}\n";
    world *w = begin();
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    warm(w, 9);
    world_activate(w, "pack/test", changed);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_WITHDRAWN);
    assert_told(w, "withdrawn", 0);
    warm(w, 9);
    assert_int_equal(world_get(w, "Warm", 1)->state, OTR_ALARM_SHELVED);
    world_restart(w, true);
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    world_activate(w, "pack/test", gone);
    assert_told(w, "unshelved", 1);
    assert_int_equal(ask(w, OTR_COMMAND_UNSHELVE, "Warm"), OTR_REFUSAL_NO_RULE);
    world_free(w);
}

static void out_of_service_lasts_until_it_is_back(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(ask(w, OTR_COMMAND_IN_SERVICE, "Warm"), OTR_REFUSAL_IN_SERVICE);
    assert_int_equal(ask(w, OTR_COMMAND_OUT_OF_SERVICE, "Warm"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_OUT_OF_SERVICE);
    warm(w, 9);
    world_sleep(w, 2 * OTR_HOUR);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_OUT_OF_SERVICE);
    world_restart(w, true);
    assert_int_equal(ask(w, OTR_COMMAND_IN_SERVICE, "Warm"), OTR_REFUSAL_ACCEPTED);
    assert_told(w, "out-of-service", 1);
    assert_told(w, "in-service", 1);
    assert_told(w, "raised", 1);
    world_free(w);
}

/* ---- suppressed by design ---- */

static void a_phase_suppresses_until_it_is_over(void **state)
{
    (void)state;
    world *w = world_create(rules, loading, T0);
    warm(w, 9);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_SUPPRESSED);
    world_restart(w, true);
    world_activate(w, "assignments", one_box);
    assert_told(w, "raised", 1);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_UNACKNOWLEDGED);
    world_activate(w, "assignments", loading); /* told is told */
    warm(w, 5);
    assert_told(w, "cleared", 1);
    world_free(w);
}

static void a_metric_suppresses_while_it_holds(void **state)
{
    (void)state;
    world *w = begin();
    world_report_flag(w, "t1", "defrost", true, AT(1));
    world_report(w, "t1", "temperature", 9, AT(2));
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_SUPPRESSED);
    world_report_flag(w, "t1", "defrost", false, AT(3));
    assert_told(w, "raised", 1);
    /* it ends and the alarm clears in one instant: nobody hears of it */
    world_report_flag(w, "t1", "defrost", true, AT(4));
    world_report(w, "t1", "temperature", 5, AT(5));
    world_report(w, "t1", "temperature", 9, AT(6));
    otr_reading both[] = {world_number("temperature", 5, AT(7)), world_number("defrost", 0, AT(7))};
    both[1].kind = OTR_KIND_BOOL;
    both[1].flag = false;
    world_upload(w, "t1", both, 2);
    assert_told(w, "raised", 1);
    assert_int_equal(world_get(w, "Warm", 1)->state, OTR_ALARM_UNTOLD);
    world_free(w);
}

static void an_alarm_inhibits_another_while_it_is_open(void **state)
{
    (void)state;
    world *w = begin();
    /* both begin in one instant: who inhibits is judged first, however the pack lists them */
    otr_reading both[] = {world_number("temperature", 9, AT(1)), world_number("broken", 0, AT(1))};
    both[1].kind = OTR_KIND_BOOL;
    both[1].flag = true;
    world_upload(w, "t1", both, 2);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_SUPPRESSED);
    assert_told(w, "raised", 1);
    world_restart(w, true);
    world_report_flag(w, "t1", "broken", false, AT(2));
    assert_told(w, "raised", 2);
    assert_told(w, "cleared", 1);
    world_free(w);
}

static void a_shelf_that_ends_on_a_suppressed_rule_tells_nothing(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    warm(w, 9);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_SHELVED);
    world_report_flag(w, "t1", "defrost", true, w->utc + OTR_MINUTE);
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_SUPPRESSED);
    world_sleep(w, OTR_HOUR);
    assert_told(w, "unshelved", 1);
    assert_told(w, "raised", 0);
    world_report_flag(w, "t1", "defrost", false, w->utc + OTR_MINUTE);
    assert_told(w, "raised", 1);
    world_free(w);
}

static void a_silence_may_be_expected(void **state)
{
    (void)state;
    world *w = world_create(
        rules, "version: 1\nassets: [{asset: box, class: x, phase: stored, devices: [t1]}]\n", T0);
    warm(w, 5);
    world_sleep(w, OTR_DAY);
    assert_int_equal(world_get(w, "Silent", 0)->state, OTR_ALARM_SUPPRESSED);
    warm(w, 5);
    assert_int_equal(world_get(w, "Silent", 0)->state, OTR_ALARM_UNTOLD);
    assert_told(w, "raised", 0);
    world_free(w);
}

/* ---- commands ---- */

static void a_command_that_comes_again_has_its_effect_once(void **state)
{
    (void)state;
    world *w = begin();
    otr_command command = {.id = {{1, 2, 3}},
                           .kind = OTR_COMMAND_SHELVE,
                           .rule = OTR_STR("Warm"),
                           .asset = OTR_STR("box"),
                           .span = OTR_HOUR};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(ask(w, OTR_COMMAND_UNSHELVE, "Warm"), OTR_REFUSAL_ACCEPTED);
    world_restart(w, false);
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    world_snapshot(w);
    world_restart(w, true);
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    assert_told(w, "shelved", 1);
    /* a refusal is remembered, too */
    otr_command early = {.id = {{9}}, .kind = OTR_COMMAND_ACKNOWLEDGE, .alarm = {{5}}};
    assert_int_equal(world_command(w, early).refusal, OTR_REFUSAL_NO_ALARM);
    assert_int_equal(world_command(w, early).refusal, OTR_REFUSAL_NO_ALARM);
    world_free(w);
}

static void what_is_not_there_is_refused_by_name(void **state)
{
    (void)state;
    world *w = begin();
    assert_int_equal(ask(w, OTR_COMMAND_ACKNOWLEDGE, "Warm"), OTR_REFUSAL_NONE_STANDS);
    assert_int_equal(ask(w, OTR_COMMAND_ACKNOWLEDGE, "Worm"), OTR_REFUSAL_NO_RULE);
    assert_int_equal(ask(w, OTR_COMMAND_OUT_OF_SERVICE, "other/Warm"), OTR_REFUSAL_NO_RULE);
    world_activate(w, "pack/more", "pack: more\nversion: 1\nrules:\n  - {alert: Warm, expr: shock > 1.0}\n");
    assert_int_equal(ask(w, OTR_COMMAND_OUT_OF_SERVICE, "Warm"), OTR_REFUSAL_AMBIGUOUS);
    assert_int_equal(ask(w, OTR_COMMAND_OUT_OF_SERVICE, "more/Warm"), OTR_REFUSAL_ACCEPTED);
    world_free(w);
}

/* ---- snapshots ---- */

/* A core with the names and contents of the world, and nothing else. */
static otr_core *bare(const world *w)
{
    otr_core *core;
    otr_error error;
    otr_core_config config = {
        .group = OTR_STR("g"), .gateway = OTR_STR("w"), .next_seq = 1, .next_outbox_seq = 1};
    uint32_t next[2] = {0, 0};
    assert_int_equal(otr_core_create(&config, &core), OTR_OK);
    for (size_t i = 0; i < w->name_count; i++) {
        otr_row_name row = {w->names[i].space, next[w->names[i].space]++, otr_str_of(w->names[i].name)};
        assert_int_equal(otr_core_load_name(core, &row), OTR_OK);
    }
    otr_row_content assignments = {OTR_STR("assignments"), 0, OTR_STR("a"), otr_str_of(w->assignments)};
    otr_row_content pack = {OTR_STR("pack/test"), 0, OTR_STR("p"), otr_str_of(w->pack)};
    assert_int_equal(otr_core_load_content(core, &assignments, &error), OTR_OK);
    assert_int_equal(otr_core_load_content(core, &pack, &error), OTR_OK);
    return core;
}

static world *busy(void)
{
    world *w = begin();
    world_report(w, "t1", "shock", 9, AT(1));
    world_report(w, "t1", "shock", 1, AT(2)); /* one is latched */
    assert_int_equal(shelve(w, "Warm", OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(shelve_until(w, "Broken", AT(99)), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(ask(w, OTR_COMMAND_OUT_OF_SERVICE, "Silent"), OTR_REFUSAL_ACCEPTED);
    warm(w, 9); /* one is withheld */
    world_report(w, "t1", "shock", 9, w->utc + OTR_MINUTE);
    assert_int_equal(ask_id(w, OTR_COMMAND_ACKNOWLEDGE, world_get(w, "Drop", 1)->id), OTR_REFUSAL_ACCEPTED);
    world_snapshot(w);
    return w;
}

static void a_snapshot_written_of_a_snapshot_read_is_the_same(void **state)
{
    (void)state;
    world *w = busy();
    otr_core *core = bare(w);
    otr_buffer again = {0};
    otr_error error;
    if (otr_core_load_snapshot(core, otr_buffer_bytes(&w->snapshot), &error) != OTR_OK)
        fail_msg("%s", error.text);
    assert_int_equal(otr_core_snapshot(core, &again), OTR_OK);
    assert_int_equal(again.size, w->snapshot.size);
    assert_memory_equal(again.data, w->snapshot.data, again.size);
    otr_buffer_done(&again);
    otr_core_free(core);
    world_free(w);
}

static void a_damaged_snapshot_is_refused_or_read_but_never_run_over(void **state)
{
    (void)state;
    world *w = busy();
    unsigned dice = 5;
    otr_error error;
    for (size_t size = 0; size < w->snapshot.size; size++) {
        uint8_t *exact = malloc(size + 1);
        memcpy(exact, w->snapshot.data, size);
        otr_core *core = bare(w);
        assert_int_equal(otr_core_load_snapshot(core, (otr_bytes){exact, size}, &error), OTR_CORRUPT);
        otr_core_free(core);
        free(exact);
        exact = malloc(w->snapshot.size);
        memcpy(exact, w->snapshot.data, w->snapshot.size);
        dice = dice * 1664525 + 1013904223;
        exact[size] ^= (uint8_t)(1 + (dice >> 8) % 255);
        core = bare(w);
        (void)otr_core_load_snapshot(core, (otr_bytes){exact, w->snapshot.size}, &error);
        otr_core_free(core);
        free(exact);
    }
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_is_acknowledged_while_it_holds),
        cmocka_unit_test(what_has_returned_stands_until_it_is_acknowledged),
        cmocka_unit_test(a_latched_alarm_waits_to_be_reset),
        cmocka_unit_test(what_nobody_acknowledges_lapses_after_a_week),
        cmocka_unit_test(the_oldest_lapses_when_too_many_stand),
        cmocka_unit_test(what_is_raised_on_a_shelf_is_told_when_the_shelf_ends),
        cmocka_unit_test(what_ends_on_a_shelf_is_never_told),
        cmocka_unit_test(what_was_told_before_the_shelf_is_finished_on_it),
        cmocka_unit_test(a_shelf_until_a_civil_time_follows_the_clock),
        cmocka_unit_test(utc_that_steps_ahead_ends_a_shelf),
        cmocka_unit_test(a_shelf_of_a_span_is_measured_by_core_time),
        cmocka_unit_test(a_shelf_outlives_a_new_version_of_the_rule),
        cmocka_unit_test(out_of_service_lasts_until_it_is_back),
        cmocka_unit_test(a_phase_suppresses_until_it_is_over),
        cmocka_unit_test(a_metric_suppresses_while_it_holds),
        cmocka_unit_test(an_alarm_inhibits_another_while_it_is_open),
        cmocka_unit_test(a_shelf_that_ends_on_a_suppressed_rule_tells_nothing),
        cmocka_unit_test(a_silence_may_be_expected),
        cmocka_unit_test(a_command_that_comes_again_has_its_effect_once),
        cmocka_unit_test(what_is_not_there_is_refused_by_name),
        cmocka_unit_test(a_snapshot_written_of_a_snapshot_read_is_the_same),
        cmocka_unit_test(a_damaged_snapshot_is_refused_or_read_but_never_run_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The core as a whole: rules in event time, gaps, silence, late data, cases. Now is a number. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void an_excursion_is_raised_after_its_on_delay(void **state)
{
    (void)state;
    world *w = start();
    for (int m = 1; m <= 11; m += 5)
        world_report(w, "t1", "temperature", 9.4, AT(m));
    assert_int_equal(world_count(w, "Warm"), 1);
    const world_alarm *alarm = world_get(w, "Warm", 0);
    assert_int_equal(alarm->onset, AT(1));
    assert_int_equal(alarm->raised, AT(11));
    assert_int_equal(alarm->ended, OTR_TIME_NONE);
    const world_event *notice = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0);
    world_begins(notice->text, "Box 1 ist warm: 9,4");
    assert_string_equal(world_event_get(w, OTR_SERVICE_ALARM, "raised", 0)->cause,
                        "above 8 since 2023-11-14 22:14 UTC, now 9.4");
    world_free(w);
}

static void a_short_excursion_raises_nothing(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 9.4, AT(1));
    world_report(w, "t1", "temperature", 9.4, AT(6));
    world_report(w, "t1", "temperature", 7.9, AT(10));
    world_sleep(w, OTR_HOUR / 6);
    assert_int_equal(world_count(w, "Warm"), 0);
    world_free(w);
}

static void the_on_delay_runs_without_new_readings_while_the_last_is_valid(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 9.4, AT(0));
    world_sleep(w, 9 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->raised, AT(10));
    world_free(w);
}

static void a_deadband_and_an_off_delay_hold_the_alarm(void **state)
{
    (void)state;
    world *w = start();
    for (int m = 0; m <= 10; m += 5)
        world_report(w, "t1", "temperature", 9.0, AT(m));
    world_report(w, "t1", "temperature", 7.8, AT(12)); /* inside the deadband */
    world_report(w, "t1", "temperature", 7.2, AT(14)); /* clears, off-delay runs */
    world_report(w, "t1", "temperature", 7.8, AT(16)); /* back in the deadband: starts anew */
    world_report(w, "t1", "temperature", 7.2, AT(18));
    world_report(w, "t1", "temperature", 7.2, AT(22));
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE);
    world_report(w, "t1", "temperature", 7.2, AT(24));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->ended, AT(23));
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "cleared"), 1);
    world_free(w);
}

static void a_gap_is_not_counted(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 9.0, AT(0));
    world_report(w, "t1", "temperature", 9.0, AT(4));
    /* valid until 19; silent until 60; hold: 0..19 and 60..: 15 + ... */
    world_report(w, "t1", "temperature", 9.0, AT(60));
    /* 4 + 15 minutes of cover are over the 10 already: raised at 10, before the gap */
    assert_int_equal(world_get(w, "Warm", 0)->raised, AT(10));
    world_free(w);
    w = start();
    world_report(w, "t1", "temperature", 7.0, AT(0));
    world_report(w, "t1", "temperature", 9.0, AT(14));
    world_free(w);
}

static void readings_that_come_late_but_in_order_make_no_gap(void **state)
{
    (void)state;
    world *w =
        world_create("pack: test\nversion: 1\nrules:\n  - {alert: Warm, expr: temperature > 8.0, for: 10m}\n",
                     "version: 1\n"
                     "profiles: {p: {metrics: {temperature: {expected_interval: 1m, valid_for: 3m}}}}\n"
                     "assets: [{asset: box, class: c, profile: p, devices: [t1]}]\n",
                     AT(0));
    world_report(w, "t1", "temperature", 9.0, AT(1));
    world_sleep(w, 5 * OTR_MINUTE); /* on its way: by the clock a gap begins at 4 */
    for (int minute = 2; minute <= 20; minute++)
        world_report(w, "t1", "temperature", 9.0, AT(minute));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->raised, AT(11));
    assert_int_equal(world_event_get(w, OTR_SERVICE_ALARM, "raised", 0)->coverage, 100);
    world_free(w);
}

/* valid_for 15m is longer than for 10m in the pack above; this one has it the other way round. */
static const char long_pack[] = "pack: test\n"
                                "version: 1\n"
                                "rules:\n"
                                "  - {alert: Hold, expr: temperature > 8.0, for: 1h, gap: hold}\n"
                                "  - {alert: Reset, expr: temperature > 8.0, for: 1h, gap: reset}\n"
                                "  - {alert: Unknown, expr: temperature > 8.0, for: 1h, gap: unknown}\n"
                                "  - {alert: NowReset, expr: temperature > 8.0, gap: reset}\n"
                                "  - {alert: NowUnknown, expr: temperature > 8.0, gap: unknown}\n";

static void each_gap_policy_does_what_it_says(void **state)
{
    (void)state;
    world *w = world_create(long_pack, assignments, T0);
    for (int m = 0; m <= 30; m += 10)
        world_report(w, "t1", "temperature", 9.0, AT(m)); /* covered until 45 */
    for (int m = 100; m <= 160; m += 10)
        world_report(w, "t1", "temperature", 9.0, AT(m));
    assert_int_equal(world_count(w, "Hold"), 1);
    assert_int_equal(world_get(w, "Hold", 0)->raised, AT(115)); /* 45 + 15 minutes covered */
    assert_int_equal(world_get(w, "Hold", 0)->onset, AT(0));
    assert_int_equal(world_count(w, "Reset"), 1);
    assert_int_equal(world_get(w, "Reset", 0)->raised, AT(160));
    assert_int_equal(world_get(w, "Reset", 0)->onset, AT(100));
    assert_int_equal(world_get(w, "Unknown", 0)->raised, AT(160));
    assert_int_equal(world_count(w, "NowReset"), 2);
    assert_int_equal(world_get(w, "NowReset", 0)->ended, AT(45));
    assert_int_equal(world_get(w, "NowReset", 1)->onset, AT(100));
    assert_int_equal(world_count(w, "NowUnknown"), 1);
    assert_int_equal(world_get(w, "NowUnknown", 0)->ended, OTR_TIME_NONE);
    for (size_t i = 0; i < w->event_count; i++)
        if (strcmp(w->events[i].rule, "Hold") == 0 && w->events[i].kind == OTR_SERVICE_ALARM)
            assert_int_equal(w->events[i].coverage, 52); /* 60 of 115 minutes */
    world_free(w);
}

static void a_rule_on_the_past_beside_it_holds_no_deadline_up(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - {alert: Warm, expr: temperature > 8.0, for: 10m}\n"
                            "  - {alert: Mean, expr: 'temperature.avg(\"1h\") > 50.0'}\n",
                            assignments, T0);
    world_report(w, "t1", "temperature", 9, AT(0));
    world_sleep(w, 11 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    world_free(w);
}

static void a_silent_device_is_told_by_arrival_time(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 5, AT(0));
    world_sleep(w, 29 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Silent"), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Silent"), 1);
    assert_int_equal(world_get(w, "Silent", 0)->onset, AT(0));
    world_sleep(w, OTR_HOUR);
    assert_int_equal(world_count(w, "Silent"), 1);
    world_report(w, "t1", "temperature", 5, w->utc);
    assert_int_equal(world_count(w, "Silent"), 1); /* the silence that it told is not told again as history */
    assert_int_equal(world_get(w, "Silent", 0)->ended, w->utc);
    world_free(w);
}

static void a_silence_inside_a_backlog_is_told_as_history(void **state)
{
    (void)state;
    world *w = start();
    otr_reading readings[] = {
        world_number("temperature", 5, AT(-300)), world_number("temperature", 5, AT(-290)),
        world_number("temperature", 5, AT(-200)), world_number("temperature", 5, AT(-190))};
    world_upload(w, "t1", readings, 4);
    assert_int_equal(world_count(w, "Silent"), 1);
    assert_int_equal(world_get(w, "Silent", 0)->onset, AT(-290));
    assert_int_equal(world_get(w, "Silent", 0)->raised, AT(-260));
    assert_int_equal(world_get(w, "Silent", 0)->ended, AT(-200));
    world_free(w);
}

static void after_a_restart_silence_has_its_full_grace_and_our_downtime_is_not_the_devices(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 5, AT(0));
    w->core_time += 2 * OTR_HOUR; /* we were off */
    w->utc += 2 * OTR_HOUR;
    world_restart(w, true);
    world_sleep(w, 29 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Silent"), 0);
    world_report(w, "t1", "temperature", 5, w->utc);
    assert_int_equal(world_count(w, "Silent"), 0);
    world_sleep(w, 31 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Silent"), 1);
    world_free(w);
}

static void a_device_that_was_never_heard_is_silent_too(void **state)
{
    (void)state;
    world *w = start();
    world_sleep(w, 31 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Silent"), 1);
    world_free(w);
}

static void late_readings_are_counted_and_decide_nothing(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 5, AT(30));
    world_report(w, "t1", "shock", 9, AT(20));
    assert_int_equal(world_count(w, "Drop"), 0);
    assert_int_equal(otr_core_stats(w->core)->readings_late, 1);
    world_free(w);
}

static void two_values_under_one_stamp_are_both_judged(void **state)
{
    (void)state;
    world *w = start();
    otr_reading readings[] = {world_number("shock", 9, AT(0)), world_number("shock", 1, AT(0))};
    world_upload(w, "t1", readings, 2);
    assert_int_equal(world_count(w, "Drop"), 1);
    world_free(w);
}

static void alarms_of_one_upload_have_ids_of_their_own(void **state)
{
    (void)state;
    world *w = start();
    otr_reading readings[6];
    for (int i = 0; i < 6; i++)
        readings[i] = world_number("shock", i % 2 == 0 ? 9 : 1, T0 + 5 * OTR_SECOND * i);
    world_upload(w, "t1", readings, 6);
    assert_int_equal(world_count(w, "Drop"), 3);
    world_free(w);
}

static void a_fault_value_is_no_reading(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", -99.0, AT(0));
    assert_int_equal(otr_core_stats(w->core)->readings_bad, 1);
    world_free(w);
}

static void a_reading_from_the_future_moves_nothing(void **state)
{
    (void)state;
    world *w = start();
    otr_reading future = world_number("shock", 9, AT(60));
    world_upload(w, "t1", &future, 1);
    assert_int_equal(world_count(w, "Drop"), 0);
    assert_int_equal(otr_core_stats(w->core)->readings_bad, 1);
    world_report(w, "t1", "shock", 9, AT(0));
    assert_int_equal(world_count(w, "Drop"), 1);
    world_free(w);
}

static void a_rule_on_a_limit_that_the_asset_has_not_does_not_apply(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 99, AT(0));
    assert_int_equal(otr_core_stats(w->core)->evaluation_errors, 0);
    assert_int_equal(world_count(w, "Limited"), 0);
    world_free(w);
}

static void one_trouble_is_one_case_with_one_ticket(void **state)
{
    (void)state;
    world *w = start();
    for (int m = 0; m <= 10; m += 5)
        world_report(w, "t1", "temperature", 9.0, AT(m));
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_true(otr_id_equal(world_get(w, "Warm", 0)->case_id, world_get(w, "WarmReset", 0)->case_id));
    world_report(w, "t1", "temperature", 5, AT(11));
    world_report(w, "t1", "temperature", 5, AT(17)); /* over */
    for (int m = 20; m <= 30; m += 5)
        world_report(w, "t1", "temperature", 9.0, AT(m)); /* the symptom returns while it is verified */
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_true(otr_id_equal(world_get(w, "Warm", 0)->case_id, world_get(w, "Warm", 1)->case_id));
    world_report(w, "t1", "temperature", 5, AT(31));
    world_report(w, "t1", "temperature", 5, AT(37));
    world_sleep(w, 20 * OTR_MINUTE);
    world_report(w, "t1", "temperature", 5, AT(50));
    world_sleep(w, 29 * OTR_MINUTE);
    world_report(w, "t1", "temperature", 5, w->utc);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 0);
    world_sleep(w, 28 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    world_free(w);
}

static void an_unchanged_rule_keeps_its_state_and_a_gone_one_is_withdrawn(void **state)
{
    (void)state;
    static char changed[sizeof pack + 64];
    world *w = start();
    for (int m = 0; m <= 10; m += 5)
        world_report(w, "t1", "temperature", 9.0, AT(m));
    /* WarmReset gets another name; Warm another queue, which is no condition */
    memcpy(changed, pack, sizeof pack);
    world_rewrite(changed, "queue: cold", "queue: warm");
    world_rewrite(changed, "WarmReset", "WarmOther");
    world_activate(w, "pack/test", changed);
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE);
    assert_int_equal(world_get(w, "WarmReset", 0)->state, OTR_ALARM_WITHDRAWN);
    world_report(w, "t1", "temperature", 5, AT(12));
    world_report(w, "t1", "temperature", 5, AT(18));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->ended, AT(17));
    world_free(w);
}

static void readings_wait_for_the_first_clock(void **state)
{
    (void)state;
    world *w = start();
    w->synced = false;
    w->utc = T0;
    otr_reading reading = world_number("shock", 9, -5 * OTR_SECOND);
    reading.stamp = OTR_STAMP_RELATIVE;
    world_upload(w, "t1", &reading, 1);
    assert_int_equal(world_count(w, "Drop"), 0);
    world_restart(w, false);
    w->core_time += OTR_MINUTE;
    w->utc = T0 + OTR_DAY + OTR_MINUTE; /* the clock jumps to the truth */
    w->synced = true;
    world_step(w, NULL, 0);
    assert_int_equal(world_count(w, "Drop"), 1);
    assert_int_equal(world_get(w, "Drop", 0)->onset, T0 + OTR_DAY - 5 * OTR_SECOND);
    world_restart(w, false);
    assert_int_equal(otr_core_open_alarms(w->core), 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_excursion_is_raised_after_its_on_delay),
        cmocka_unit_test(a_short_excursion_raises_nothing),
        cmocka_unit_test(the_on_delay_runs_without_new_readings_while_the_last_is_valid),
        cmocka_unit_test(a_deadband_and_an_off_delay_hold_the_alarm),
        cmocka_unit_test(a_gap_is_not_counted),
        cmocka_unit_test(readings_that_come_late_but_in_order_make_no_gap),
        cmocka_unit_test(each_gap_policy_does_what_it_says),
        cmocka_unit_test(a_rule_on_the_past_beside_it_holds_no_deadline_up),
        cmocka_unit_test(a_silent_device_is_told_by_arrival_time),
        cmocka_unit_test(a_silence_inside_a_backlog_is_told_as_history),
        cmocka_unit_test(after_a_restart_silence_has_its_full_grace_and_our_downtime_is_not_the_devices),
        cmocka_unit_test(a_device_that_was_never_heard_is_silent_too),
        cmocka_unit_test(late_readings_are_counted_and_decide_nothing),
        cmocka_unit_test(two_values_under_one_stamp_are_both_judged),
        cmocka_unit_test(alarms_of_one_upload_have_ids_of_their_own),
        cmocka_unit_test(a_fault_value_is_no_reading),
        cmocka_unit_test(a_reading_from_the_future_moves_nothing),
        cmocka_unit_test(a_rule_on_a_limit_that_the_asset_has_not_does_not_apply),
        cmocka_unit_test(one_trouble_is_one_case_with_one_ticket),
        cmocka_unit_test(an_unchanged_rule_keeps_its_state_and_a_gone_one_is_withdrawn),
        cmocka_unit_test(readings_wait_for_the_first_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

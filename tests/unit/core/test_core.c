/* The core as a whole: rules in event time, gaps, silence, late data, cases, restarts. Now is a number. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

static const char pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Warm\n"
    "    expr: temperature > asset.limit.temperature_max\n"
    "    for: 10m\n"
    "    clear: temperature < asset.limit.temperature_max - 0.5\n"
    "    keep_firing_for: 5m\n"
    "    gap: hold\n"
    "    labels: {priority: high, category: temperature}\n"
    "    annotations:\n"
    "      cause: \"above {{ asset.limit.temperature_max }} since {{ onset }}, now {{ temperature }}\"\n"
    "    notify: {to: customer, message: warm, on: [raised, cleared]}\n"
    "    ticket: {queue: cold, evidence: [temperature], last: 6h}\n"
    "  - alert: WarmReset\n"
    "    expr: temperature > 8.0\n"
    "    for: 10m\n"
    "    gap: reset\n"
    "    labels: {category: temperature}\n"
    "  - alert: WarmUnknown\n"
    "    expr: temperature > 8.0\n"
    "    for: 10m\n"
    "    gap: unknown\n"
    "  - alert: Drop\n"
    "    expr: shock > 3.0\n"
    "    keep_firing_for: 2s\n"
    "  - alert: Open\n"
    "    expr: door\n"
    "  - alert: Silent\n"
    "    silent_for: 30m\n"
    "    ticket: {queue: device, evidence: [], last: 1h}\n"
    "  - alert: Limited\n"
    "    expr: temperature > asset.limit.not_there\n"
    "messages:\n"
    "  warm:\n"
    "    en: {raised: \"{{ asset.name }} is warm: {{ temperature }}\", cleared: \"{{ asset.name }} is cold "
    "again after {{ duration }}\"}\n"
    "    de: {raised: \"{{ asset.name }} ist warm: {{ temperature }}\", cleared: \"{{ asset.name }} ist "
    "wieder kalt\"}\n";

static const char assignments[] =
    "version: 1\n"
    "profiles:\n"
    "  tracker:\n"
    "    metrics:\n"
    "      temperature: {expected_interval: 5m, valid_for: 15m, fault_values: [-99.0]}\n"
    "customers:\n"
    "  - {customer: cust-1, persona: consignee, locale: de, zone: Europe/Berlin}\n"
    "assets:\n"
    "  - asset: box\n"
    "    class: cold-chain\n"
    "    name: Box 1\n"
    "    limit: {temperature_max: 8.0}\n"
    "    devices: [t1]\n"
    "    profile: tracker\n"
    "    customer: cust-1\n";

static world *start(void)
{
    return world_create(pack, assignments, T0);
}

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
    assert_string_equal(notice->text, "Box 1 ist warm: 9.4");
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
        readings[i] = world_number("shock", i % 2 == 0 ? 9 : 1, T0 + i * 5 * OTR_SECOND);
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
    memcpy(strstr(changed, "queue: cold"), "queue: warm", 11);
    memcpy(strstr(changed, "WarmReset"), "WarmOther", 9);
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

/* ---- clocks, starts and moves ---- */

static const char two_assets[] = "version: 1\nassets:\n"
                                 "  - {asset: a, class: x, devices: [a1]}\n"
                                 "  - {asset: b, class: x, devices: [b1]}\n";
static const char silence[] = "pack: test\nversion: 1\nrules:\n"
                              "  - {alert: Silent, silent_for: 30m}\n"
                              "  - {alert: Warm, expr: temperature > 8.0, for: 20m}\n";

static void deadlines_of_one_moment_fire_in_the_same_order_after_a_restart(void **state)
{
    (void)state;
    world *w = world_create(silence, two_assets, T0);
    /* the timer of a was early once: the warm reading moved its deadline, then it was cold again */
    world_report(w, "a1", "temperature", 20, AT(1));
    world_report(w, "a1", "temperature", 5, AT(2));
    world_report(w, "b1", "temperature", 5, AT(2));
    w->core_time = AT(60); /* one turn sees both deadlines */
    w->utc = AT(60);
    world_step(w, NULL, 0);
    assert_int_equal(world_count(w, "Silent"), 2);
    world_restart(w, false);
    assert_int_equal(otr_core_open_alarms(w->core), 2);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(world_count(w, "Silent"), 2);
    world_free(w);
}

static void a_duration_that_was_broken_off_takes_no_old_gap_along(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - {alert: Both, expr: door && temperature > 8.0, for: 11m, gap: hold}\n",
                            assignments, T0);
    world_report(w, "t1", "temperature", 9, AT(0));
    world_report_flag(w, "t1", "door", true, AT(5));
    world_report_flag(w, "t1", "door", true,
                      AT(17)); /* temperature has gone silent at 15: the duration stands */
    world_report_flag(w, "t1", "door", false, AT(20));
    world_report(w, "t1", "temperature", 9, AT(300));
    world_report_flag(w, "t1", "door", true, AT(300));
    world_report(w, "t1", "temperature", 9, AT(305));
    world_restart(w, false);
    world_report(w, "t1", "temperature", 9, AT(311));
    assert_int_equal(world_count(w, "Both"), 1);
    assert_int_equal(world_get(w, "Both", 0)->onset, AT(300));
    assert_int_equal(world_get(w, "Both", 0)->raised, AT(311));
    world_free(w);
}

static void our_own_downtime_is_not_counted(void **state)
{
    (void)state;
    world *w = world_create(silence, "version: 1\nassets: [{asset: a, class: x, devices: [a1]}]\n", T0);
    world_report(w, "a1", "temperature", 20, AT(0));
    world_report(w, "a1", "temperature", 20, AT(1));
    w->core_time += 2 * OTR_HOUR;
    w->utc += 2 * OTR_HOUR;
    world_restart(w, true);
    world_report(w, "a1", "temperature", 5, AT(122));
    assert_int_equal(world_count(w, "Warm"), 0);
    world_report(w, "a1", "temperature", 20, AT(123));
    w->core_time += 2 * OTR_HOUR;
    w->utc += 2 * OTR_HOUR;
    world_restart(w, true);
    for (int m = 250; m <= 270; m += 5)
        world_report(w, "a1", "temperature", 20, AT(m));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->onset, AT(123));
    assert_int_equal(world_get(w, "Warm", 0)->raised, AT(270));
    world_free(w);
}

static void a_wrong_clock_does_not_silence_a_device_for_good(void **state)
{
    (void)state;
    world *w = start();
    w->synced = false; /* nothing says that this stamp is wrong */
    otr_reading wrong = world_number("shock", 9, AT(60 * 24 * 365));
    world_upload(w, "t1", &wrong, 1);
    assert_int_equal(world_count(w, "Drop"), 0);
    w->synced = true;
    world_report(w, "t1", "shock", 9, AT(1));
    assert_int_equal(world_count(w, "Drop"), 1);
    /* UTC is set back by a day: what follows is not late */
    world_report(w, "t1", "shock", 1, AT(2));
    world_sleep(w, OTR_MINUTE);
    w->utc -= OTR_DAY;
    otr_reading after = world_number("shock", 9, w->utc);
    world_upload(w, "t1", &after, 1);
    assert_int_equal(world_count(w, "Drop"), 2);
    world_free(w);
}

static void readings_that_wait_for_the_clock_are_a_sign_of_life(void **state)
{
    (void)state;
    world *w = start();
    w->synced = false;
    for (int m = 0; m < 60; m++) {
        otr_reading reading = world_number("temperature", 5, 0);
        reading.stamp = OTR_STAMP_RELATIVE;
        w->core_time += OTR_MINUTE;
        world_upload(w, "t1", &reading, 1);
    }
    assert_int_equal(world_count(w, "Silent"), 0);
    world_free(w);
}

static void a_device_brings_no_values_to_its_next_asset(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - {alert: DoorWarm, expr: door && temperature > 8.0}\n",
                            "version: 1\nassets:\n  - {asset: a, class: x, devices: [t1]}\n", T0);
    world_report(w, "t1", "temperature", 30, AT(1));
    world_activate(w, "assignments", "version: 1\nassets:\n  - {asset: b, class: x, devices: [t1]}\n");
    world_report_flag(w, "t1", "door", true, AT(2));
    assert_int_equal(world_count(w, "DoorWarm"), 0);
    world_report(w, "t1", "temperature", 30, AT(3));
    assert_int_equal(world_count(w, "DoorWarm"), 1);
    world_free(w);
}

static void contents_of_one_step_change_together(void **state)
{
    (void)state;
    static const char before[] =
        "pack: test\nversion: 1\nrules:\n  - {alert: Warm, expr: temperature > 8.0}\n";
    static const char after[] = "pack: test\nversion: 2\nrules:\n"
                                "  - {alert: Warm, match: asset.zone == \"cold\", expr: temperature > 8.0}\n";
    static const char zoned[] = "version: 1\nassets:\n  - {asset: a, class: x, zone: cold, devices: [t1]}\n";
    world *w = world_create(before, "version: 1\nassets:\n  - {asset: a, class: x, devices: [t1]}\n", T0);
    world_report(w, "t1", "temperature", 30, AT(1));
    otr_input both[] = {
        {.kind = OTR_INPUT_CONTENT, .content = {OTR_STR("pack/test"), OTR_STR("p2"), otr_str_of(after)}},
        {.kind = OTR_INPUT_CONTENT, .content = {OTR_STR("assignments"), OTR_STR("a2"), otr_str_of(zoned)}},
    };
    world_step(w, both, 2);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE);
    world_free(w);
}

static void two_probes_of_one_asset_do_not_hide_each_other(void **state)
{
    (void)state;
    world *w =
        world_create(silence, "version: 1\nassets: [{asset: a, class: x, devices: [front, rear]}]\n", T0);
    for (int m = 0; m < 60; m += 2) {
        world_report(w, "front", "temperature", 30, AT(m));
        world_report(w, "rear", "temperature", 5, AT(m + 1));
    }
    assert_int_equal(world_count(w, "Warm"), 1);
    world_free(w);
}

/* ---- the same input gives the same alarms, however it is cut ---- */

typedef struct stream {
    otr_reading readings[400];
    size_t count;
} stream;

static unsigned random_next(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void make_stream(stream *s, unsigned seed)
{
    otr_time at = T0 - 10 * OTR_DAY;
    double temperature = 6;
    for (s->count = 0; s->count < 400; s->count++) {
        unsigned kind = random_next(&seed) % 10;
        at += (random_next(&seed) % 100 == 0 ? 45 : 1 + random_next(&seed) % 9) * OTR_MINUTE;
        temperature += (double)(random_next(&seed) % 300) / 100 - 1.5;
        if (temperature > 12 || temperature < 2)
            temperature = 6;
        s->readings[s->count] = kind == 0 ? world_number("shock", random_next(&seed) % 6, at)
                                          : world_number("temperature", temperature, at);
    }
}

static void assert_same_alarms(const world *a, const world *b, bool same_ids, unsigned seed)
{
    if (a->alarm_count != b->alarm_count)
        fail_msg("seed %u: %zu alarms against %zu", seed, a->alarm_count, b->alarm_count);
    for (size_t i = 0; i < a->alarm_count; i++) {
        const world_alarm *x = &a->alarms[i];
        const world_alarm *y = &b->alarms[i];
        if (strcmp(x->rule, y->rule) != 0 || x->onset != y->onset || x->raised != y->raised ||
            x->ended != y->ended || (same_ids && !otr_id_equal(x->id, y->id)))
            fail_msg("seed %u: alarm %zu differs: %s raised %lld against %s raised %lld", seed, i, x->rule,
                     (long long)x->raised, y->rule, (long long)y->raised);
    }
}

static void batches_and_restarts_at_every_boundary_give_the_same_alarms(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 25; seed++) {
        stream s;
        make_stream(&s, seed);
        world *one = start();
        world *cut = start();
        world *restarted = start();
        world_upload(one, "t1", s.readings, s.count);
        unsigned dice = seed;
        for (size_t i = 0; i < s.count;) {
            size_t n = 1 + random_next(&dice) % 20;
            n = n > s.count - i ? s.count - i : n;
            world_upload(cut, "t1", s.readings + i, n);
            world_upload(restarted, "t1", s.readings + i, n);
            if (random_next(&dice) % 5 == 0)
                world_snapshot(restarted);
            world_restart(restarted, false);
            i += n;
        }
        assert_true(one->alarm_count > 5);
        assert_same_alarms(one, cut, false, seed);
        assert_same_alarms(cut, restarted, true, seed);
        assert_int_equal(cut->event_count, restarted->event_count);
        for (size_t i = 0; i < cut->event_count; i++)
            assert_true(otr_id_equal(cut->events[i].event, restarted->events[i].event));
        world_free(one);
        world_free(cut);
        world_free(restarted);
    }
}

/* A live device and its backlog: what the timers decide on time, the batch decides from the stamps. */
static void a_backlog_decides_as_the_live_stream_would_have(void **state)
{
    (void)state;
    for (unsigned seed = 100; seed <= 110; seed++) {
        stream s;
        make_stream(&s, seed);
        otr_time shift = T0 - s.readings[0].at_us + OTR_MINUTE;
        world *live = start();
        world *batch = start();
        for (size_t i = 0; i < s.count; i++) {
            s.readings[i].at_us += shift;
            otr_reading *r = &s.readings[i];
            world_report(live, "t1", r->metric.data, r->number, r->at_us);
        }
        batch->utc = live->utc;
        batch->core_time = live->core_time;
        world_upload(batch, "t1", s.readings, s.count);
        size_t compared = 0;
        for (size_t i = 0; i < live->alarm_count; i++) {
            const world_alarm *x = &live->alarms[i];
            if (strcmp(x->rule, "Silent") == 0)
                continue; /* by arrival time on one side, by event time on the other */
            bool found = false;
            for (size_t j = 0; j < batch->alarm_count && !found; j++)
                found = strcmp(x->rule, batch->alarms[j].rule) == 0 && x->onset == batch->alarms[j].onset &&
                        x->raised == batch->alarms[j].raised && x->ended == batch->alarms[j].ended;
            if (!found)
                fail_msg("seed %u: %s raised %lld only live", seed, x->rule, (long long)x->raised);
            compared++;
        }
        assert_true(compared > 3);
        assert_int_equal(live->alarm_count - world_count(live, "Silent"),
                         batch->alarm_count - world_count(batch, "Silent"));
        world_free(live);
        world_free(batch);
    }
}

static void a_damaged_snapshot_is_refused(void **state)
{
    (void)state;
    world *w = start();
    for (int m = 0; m <= 10; m += 5)
        world_report(w, "t1", "temperature", 9.0, AT(m));
    world_snapshot(w);
    for (size_t size = 0; size < w->snapshot.size; size++) {
        otr_core *core;
        otr_error error;
        otr_core_config config = {
            .group = OTR_STR("g"), .gateway = OTR_STR("w"), .next_seq = 1, .next_outbox_seq = 1};
        assert_int_equal(otr_core_create(&config, &core), OTR_OK);
        for (size_t i = 0, d = 0, m = 0; i < w->name_count; i++) {
            otr_row_name row = {w->names[i].space,
                                (uint32_t)(w->names[i].space == OTR_NAME_DEVICE ? d++ : m++),
                                otr_str_of(w->names[i].name)};
            assert_int_equal(otr_core_load_name(core, &row), OTR_OK);
        }
        assert_int_equal(otr_core_load_snapshot(core, (otr_bytes){w->snapshot.data, size}, &error),
                         OTR_CORRUPT);
        otr_core_free(core);
    }
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
        cmocka_unit_test(deadlines_of_one_moment_fire_in_the_same_order_after_a_restart),
        cmocka_unit_test(a_duration_that_was_broken_off_takes_no_old_gap_along),
        cmocka_unit_test(our_own_downtime_is_not_counted),
        cmocka_unit_test(a_wrong_clock_does_not_silence_a_device_for_good),
        cmocka_unit_test(readings_that_wait_for_the_clock_are_a_sign_of_life),
        cmocka_unit_test(a_device_brings_no_values_to_its_next_asset),
        cmocka_unit_test(contents_of_one_step_change_together),
        cmocka_unit_test(two_probes_of_one_asset_do_not_hide_each_other),
        cmocka_unit_test(batches_and_restarts_at_every_boundary_give_the_same_alarms),
        cmocka_unit_test(a_backlog_decides_as_the_live_stream_would_have),
        cmocka_unit_test(a_damaged_snapshot_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

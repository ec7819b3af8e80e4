/*
 * What late readings decide: the alarms of a past that comes in any order are those of the stream on time;
 * gaps that are filled were none; what is too old, repeated or from another time is left. Each test tells a
 * small story in minutes since T0.
 */
#include "base/limits.h"
#include "late_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { AWAY_FROM = 30, AWAY_TO = 390 };

/* Warm from minute 100 to 160. */
static sample away(int minute)
{
    return (sample){minute, minute >= 100 && minute < 160 ? 9 : 5};
}

typedef enum order { IN_ORDER, IN_REVERSE, IN_PIECES } order;

/* Six hours without coverage; the newest reading first, then what was stored. */
static world *come_back(order how, const char *more)
{
    world *w = late_start(more);
    late_live(w, "t1", 0, AWAY_FROM, 5);
    late_live(w, "t1", AWAY_TO, AWAY_TO, 5);
    size_t count = (AWAY_TO - AWAY_FROM) / 5 - 1;
    for (size_t i = 0; i < count; i++) {
        size_t which = how == IN_ORDER ? i : how == IN_REVERSE ? count - 1 - i : (i * 29) % count;
        sample one = away(AWAY_FROM + 5 + (int)which * 5);
        late_send(w, "t1", &one, 1);
        world_sleep(w, 2 * OTR_SECOND);
    }
    return w;
}

static void a_backlog_of_six_hours_is_told_once_in_whatever_order_it_comes(void **state)
{
    (void)state;
    for (order how = IN_ORDER; how <= IN_PIECES; how++) {
        world *w = come_back(how, "");
        assert_int_equal(world_count(w, "Warm"), 0); /* nothing of it is judged before it has settled */
        late_settle(w);
        assert_int_equal(world_count(w, "Warm"), 1);
        late_expect(world_get(w, "Warm", 0), 100, 110, 160);
        assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "historical"), 1);
        assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "raised"), 0);
        assert_int_equal(world_event_get(w, OTR_SERVICE_ALARM, "historical", 0)->coverage, 100);
        assert_int_equal(otr_core_stats(w->core)->readings_too_late, 0);
        assert_int_equal(otr_core_open_alarms(w->core), 0);
        world_free(w);
    }
}

static void a_start_at_any_moment_of_a_backlog_changes_nothing(void **state)
{
    (void)state;
    for (int moment = 0; moment < 4; moment++) {
        world *w = late_start("");
        late_live(w, "t1", 0, 30, 5);
        late_live(w, "t1", 200, 200, 5);
        if (moment == 0)
            world_restart(w, false);
        SEND(w, {100, 5}, {95, 9}, {90, 9});
        if (moment == 1)
            world_restart(w, false);
        SEND(w, {85, 9}, {80, 9});
        if (moment == 2)
            world_snapshot(w), world_restart(w, false);
        late_settle(w);
        if (moment == 3)
            world_restart(w, false);
        SEND(w, {75, 9});
        late_settle(w);
        assert_int_equal(world_count(w, "Warm"), 1);
        late_expect(world_get(w, "Warm", 0), 75, 85, 100);
        world_free(w);
    }
}

static void an_open_alarm_is_not_cancelled_by_old_readings(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 10, 5);
    late_live(w, "t1", 60, 70, 9); /* warm now */
    late_expect(world_get(w, "Warm", 0), 60, 70, OPEN);
    SEND(w, {20, 5}, {30, 5}, {40, 5});
    late_settle(w);
    assert_int_equal(world_count(w, "Warm"), 1);
    late_expect(world_get(w, "Warm", 0), 60, 70, OPEN);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "corrected"), 0);
    world_free(w);
}

static void the_onset_of_an_open_alarm_moves_back(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 10, 5);
    late_live(w, "t1", 60, 70, 9);
    SEND(w, {45, 9}, {50, 9}, {55, 9});
    late_settle(w);
    assert_int_equal(world_count(w, "Warm"), 1);
    late_expect(world_get(w, "Warm", 0), 45, 55, OPEN);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "corrected"), 1);
    late_live(w, "t1", 75, 75, 5);
    late_expect(world_get(w, "Warm", 0), 45, 55, 75);
    world_free(w);
}

static const char gaps[] = "  - {alert: Hold, expr: temperature > 8.0, for: 40m, gap: hold}\n"
                           "  - {alert: Reset, expr: temperature > 8.0, for: 40m, gap: reset}\n"
                           "  - {alert: Unknown, expr: temperature > 8.0, for: 40m, gap: unknown}\n"
                           "  - {alert: Ends, expr: temperature > 8.0, gap: reset}\n"
                           "  - {alert: Lasts, expr: temperature > 8.0, keep_firing_for: 20m}\n";

static void a_gap_that_is_filled_was_none_in_every_mode(void **state)
{
    (void)state;
    world *w = late_start(gaps);
    late_live(w, "t1", 0, 10, 9);
    late_live(w, "t1", 50, 60, 9); /* valid until 25: a gap of 25 minutes */
    assert_int_equal(world_count(w, "Hold"), 0);
    assert_int_equal(world_count(w, "Ends"), 2);
    SEND(w, {15, 9}, {20, 9}, {25, 9}, {30, 9}, {35, 9}, {40, 9}, {45, 9});
    late_settle(w);
    late_expect(world_get(w, "Hold", 0), 0, 40, OPEN);
    late_expect(world_get(w, "Reset", 0), 0, 40, OPEN);
    late_expect(world_get(w, "Unknown", 0), 0, 40, OPEN);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 1); /* two of Ends were one */
    late_live(w, "t1", 65, 65, 5);
    late_live(w, "t1", 70, 90, 5);
    size_t open = 0;
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].kind == OTR_SERVICE_ALARM && strcmp(w->events[i].what, "cleared") == 0 &&
            strcmp(w->events[i].rule, "Hold") == 0) {
            assert_int_equal(w->events[i].coverage, 100);
            open++;
        }
    assert_int_equal(open, 1);
    late_expect(world_get(w, "Lasts", 0), 0, 0, 85);
    world_free(w);
}

static void half_a_gap_that_is_filled_counts_for_the_rest(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 10, 9); /* raised at 10 */
    late_live(w, "t1", 70, 70, 5);
    const world_event *event = world_event_get(w, OTR_SERVICE_ALARM, "cleared", 0);
    assert_int_equal(event->coverage, 36); /* 25 of 70 minutes */
    SEND(w, {20, 9}, {30, 9});
    late_settle(w);
    late_expect(world_get(w, "Warm", 0), 0, 10, 70);
    world_free(w);
}

static void a_budget_counts_the_backlog_once_it_has_settled(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Budget, expr: 'temperature.time_above(8.0) > duration(\"30m\")'}\n"
                          "  - {alert: Kinetic, expr: 'temperature.mkt(\"2d\") > 8.0'}\n");
    late_live(w, "t1", 0, 20, 5);
    late_live(w, "t1", 120, 120, 5);
    for (int minute = 25; minute < 120; minute += 5)
        SEND(w, {minute, minute < 80 ? 20 : 5});
    assert_int_equal(world_count(w, "Budget"), 0);
    late_settle(w);
    late_expect(world_get(w, "Budget", 0), 55, 55, OPEN); /* 30 minutes and 1 µs after 25 */
    assert_int_equal(world_count(w, "Kinetic"), 1);
    world_free(w);
}

static void a_trickle_is_judged_after_ten_minutes_at_the_latest(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 10, 5);
    late_live(w, "t1", 200, 200, 5);
    for (int i = 0; i < 29; i++) { /* every 20 s: never 30 s of quiet */
        SEND(w, {20 + i * 5, i >= 5 && i < 15 ? 9 : 5});
        world_sleep(w, 20 * OTR_SECOND);
    }
    assert_int_equal(world_count(w, "Warm"), 0);
    SEND(w, {190, 5});
    world_sleep(w, 20 * OTR_SECOND);
    assert_int_equal(world_count(w, "Warm"), 1);
    late_expect(world_get(w, "Warm", 0), 45, 55, 95);
    world_free(w);
}

static void what_a_device_of_several_stores_is_judged_at_once(void **state)
{
    (void)state;
    world *w = world_create(late_pack("  - {alert: Probe, expr: probe.temperature > 8.0}\n"),
                            late_assignments("t1, {device: t2, role: probe}"), T0);
    late_live(w, "t2", 0, 0, 5);
    for (int hour = 0; hour < 3; hour++) {
        late_live(w, "t1", hour * 60 + 5, hour * 60 + 60, 5);
        sample batch[11];
        for (int i = 0; i < 11; i++)
            batch[i] = (sample){hour * 60 + 2 + i * 5, hour == 1 && i >= 3 && i < 6 ? 9 : 5};
        late_send(w, "t2", batch, 11);
        assert_int_equal(world_count(w, "Probe"), hour > 0);
    }
    late_expect(world_get(w, "Probe", 0), 77, 77, 92);
    assert_int_equal(otr_core_stats(w->core)->readings_too_late, 0);
    world_free(w);
}

static void what_is_on_its_way_when_a_deadline_comes_still_decides(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 5, 9);
    world_sleep(w, 6 * OTR_MINUTE); /* raised at 10, by the clock */
    late_expect(world_get(w, "Warm", 0), 0, 10, OPEN);
    SEND(w, {8, 5}); /* it had been over before */
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 1);
    assert_int_equal(otr_core_open_alarms(w->core), 0);
    world_free(w);
}

static void what_is_on_its_way_and_says_the_same_changes_nothing(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 5, 9);
    world_sleep(w, 6 * OTR_MINUTE);
    SEND(w, {8, 9});
    late_live(w, "t1", 15, 15, 9);
    assert_int_equal(world_count(w, "Warm"), 1);
    late_expect(world_get(w, "Warm", 0), 0, 10, OPEN);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 0);
    world_free(w);
}

static void judging_the_past_holds_no_deadline_back(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 0, 5);
    late_live(w, "t1", 10, 10, 9);
    SEND(w, {5, 5});
    world_sleep(w, 10 * OTR_MINUTE - OTR_SECOND);
    assert_int_equal(world_count(w, "Warm"), 0);
    world_sleep(w, OTR_SECOND);
    late_expect(world_get(w, "Warm", 0), 10, 20, OPEN);
    world_free(w);
}

static void what_is_said_twice_counts_once(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Many, expr: 'temperature.count(\"2h\") > 8'}\n");
    late_live(w, "t1", 0, 10, 5);
    SEND(w, {10, 5});
    late_live(w, "t1", 60, 60, 5);
    for (int copy = 0; copy < 3; copy++)
        SEND(w, {20, 5}, {30, 5}, {40, 5});
    late_settle(w);
    SEND(w, {20, 5}, {30, 5}, {40, 5});
    late_settle(w);
    assert_int_equal(world_count(w, "Many"), 0);
    SEND(w, {30, 6}, {41, 5}); /* another value is another reading */
    late_settle(w);
    assert_int_equal(world_count(w, "Many"), 1);
    world_free(w);
}

static void what_is_older_than_all_that_is_kept_is_counted(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 200, 5);
    SEND(w, {3, 9});
    late_settle(w);
    assert_int_equal(otr_core_stats(w->core)->readings_too_late, 1);
    assert_int_equal(otr_core_stats(w->core)->recounts, 0);
    world_free(w);
}

static void a_backlog_beyond_the_limit_is_judged_as_it_comes(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 10, 5);
    late_live(w, "t1", 10000, 10000, 5);
    for (int i = 0; i < 50; i++) {
        sample batch[100];
        for (int k = 0; k < 100; k++)
            batch[k] = (sample){11 + i * 100 + k, (i * 100 + k) % 1000 < 100 ? 9 : 5};
        late_send(w, "t1", batch, 100);
    }
    late_settle(w);
    assert_true(otr_core_stats(w->core)->recounts > 1);
    assert_int_equal(world_count(w, "Warm"), 5);
    late_expect(world_get(w, "Warm", 4), 4011, 4021, 4111);
    world_free(w);
}

static void our_downtime_is_a_gap_until_readings_cover_it(void **state)
{
    (void)state;
    world *w = late_start(gaps);
    late_live(w, "t1", 0, 10, 9);
    w->core_time += OTR_HOUR;
    w->utc += OTR_HOUR;
    world_restart(w, true);
    late_live(w, "t1", 75, 75, 9);
    assert_int_equal(world_count(w, "Hold"), 0);
    for (int minute = 15; minute < 75; minute += 5)
        SEND(w, {minute, 9});
    late_settle(w);
    late_expect(world_get(w, "Hold", 0), 0, 45, OPEN); /* what we did not see of the 5 minutes stands still */
    world_free(w);
}

static void an_hour_that_a_device_slept_between_two_of_our_starts_is_no_silence_of_its_own(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Silent, silent_for: 30m}\n");
    late_live(w, "t1", 0, 10, 5);
    for (int start = 0; start < 2; start++) {
        w->core_time += OTR_HOUR;
        w->utc += OTR_HOUR;
        world_restart(w, true);
        late_live(w, "t1", 75 + start * 65, 75 + start * 65, 5);
    }
    SEND(w, {9, 5});
    late_settle(w);
    assert_int_equal(world_count(w, "Silent"), 0);
    world_free(w);
}

static void the_wrong_clock_of_a_device_begins_a_past_anew(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 10, 9);
    late_live(w, "t1", 12, 12, 5); /* told, ended */
    w->synced = true;
    w->utc -= OTR_DAY; /* the clock was a day ahead */
    SEND(w, {-24 * 60 + 13, 5});
    SEND(w, {-24 * 60 + 14, 5});
    SEND(w, {-24 * 60 + 13, 6});
    late_settle(w);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 0);
    world_restart(w, false);
    world_free(w);
}

/* Strangers' names, loaded as from a store, stand before that of the device that is assigned later. */
static void a_device_beyond_all_names_of_strangers_is_judged_late_as_any(void **state)
{
    (void)state;
    world *w = late_start("");
    for (uint32_t i = (uint32_t)otr_core_device_count(w->core); i < OTR_LIMIT_DEVICES; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "stranger-%u", i);
        otr_row_name row = {OTR_NAME_DEVICE, i, otr_str_of(name)};
        assert_int_equal(otr_core_load_name(w->core, &row), OTR_OK);
    }
    world_activate(w, "assignments", late_assignments("t2"));
    late_live(w, "t2", 0, 0, 5);
    late_live(w, "t2", 60, 60, 5);
    for (int minute = 55; minute > 0; minute -= 5)
        late_send(w, "t2", &(sample){minute, minute >= 20 && minute < 40 ? 9 : 5}, 1);
    late_settle(w);
    assert_int_equal(world_count(w, "Warm"), 1);
    late_expect(world_get(w, "Warm", 0), 20, 30, 40);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backlog_of_six_hours_is_told_once_in_whatever_order_it_comes),
        cmocka_unit_test(a_start_at_any_moment_of_a_backlog_changes_nothing),
        cmocka_unit_test(an_open_alarm_is_not_cancelled_by_old_readings),
        cmocka_unit_test(the_onset_of_an_open_alarm_moves_back),
        cmocka_unit_test(a_gap_that_is_filled_was_none_in_every_mode),
        cmocka_unit_test(half_a_gap_that_is_filled_counts_for_the_rest),
        cmocka_unit_test(a_budget_counts_the_backlog_once_it_has_settled),
        cmocka_unit_test(a_trickle_is_judged_after_ten_minutes_at_the_latest),
        cmocka_unit_test(what_a_device_of_several_stores_is_judged_at_once),
        cmocka_unit_test(what_is_on_its_way_when_a_deadline_comes_still_decides),
        cmocka_unit_test(what_is_on_its_way_and_says_the_same_changes_nothing),
        cmocka_unit_test(judging_the_past_holds_no_deadline_back),
        cmocka_unit_test(what_is_said_twice_counts_once),
        cmocka_unit_test(what_is_older_than_all_that_is_kept_is_counted),
        cmocka_unit_test(a_backlog_beyond_the_limit_is_judged_as_it_comes),
        cmocka_unit_test(our_downtime_is_a_gap_until_readings_cover_it),
        cmocka_unit_test(an_hour_that_a_device_slept_between_two_of_our_starts_is_no_silence_of_its_own),
        cmocka_unit_test(a_device_beyond_all_names_of_strangers_is_judged_late_as_any),
        cmocka_unit_test(the_wrong_clock_of_a_device_begins_a_past_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

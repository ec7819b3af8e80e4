/*
 * What people are told of late readings: history once and as history, corrections, retractions, what turns
 * out not to have ended; nothing before a rule's lateness is over, and nothing twice; and that an activation
 * of other rules, limits or devices closes the past first.
 */
#include "late_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Warm from 20 to 45, told as history after 100. */
static world *with_history(const char *more)
{
    world *w = late_start(more);
    late_live(w, "t1", 0, 10, 5);
    late_live(w, "t1", 100, 100, 5);
    SEND(w, {20, 9}, {30, 9}, {40, 9}, {45, 5});
    late_settle(w);
    return w;
}

static const char *text_of(const world *w, const char *rule, const char *what)
{
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].kind == OTR_SERVICE_NOTIFICATION && strcmp(w->events[i].rule, rule) == 0 &&
            strcmp(w->events[i].what, what) == 0)
            return w->events[i].text;
    return "nothing";
}

static void history_is_told_once_with_a_ticket_in_the_words_of_its_message(void **state)
{
    (void)state;
    /* of what comes together the highest priority is told */
    world *w = with_history("  - alert: Brief\n"
                            "    expr: temperature > 8.0\n"
                            "    labels: {priority: critical}\n"
                            "    notify: {to: customer, message: brief, on: [raised]}\n");
    world_begins(text_of(w, "Brief", "historical"), "begins");
    world_free(w);
    w = with_history("  - alert: Usual\n"
                     "    expr: temperature > 8.0\n"
                     "    labels: {priority: critical}\n"
                     "    notify: {to: customer, message: usual, on: [raised, cleared]}\n");
    world_begins(text_of(w, "Usual", "historical"), "is over");
    world_free(w);
    w = with_history("");
    world_begins(text_of(w, "Warm", "historical"), "was warm");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "historical"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "cleared"), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    const world_event *event = world_event_get(w, OTR_SERVICE_ALARM, "historical", 0);
    assert_int_equal(event->onset, AT(20));
    assert_int_equal(event->ended, AT(45));
    world_free(w);
}

static void what_began_and_ended_in_one_upload_is_history_at_once(void **state)
{
    (void)state;
    world *w = late_start("");
    w->utc = AT(200);
    w->core_time = w->utc;
    SEND(w, {45, 5}, {40, 9}, {30, 9}, {20, 9}, {10, 5}); /* the newest first */
    world_begins(text_of(w, "Warm", "historical"), "was warm");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 0);
    late_expect(world_get(w, "Warm", 0), 20, 30, 45);
    world_free(w);
}

static void what_has_not_ended_in_its_upload_is_told_as_it_stands(void **state)
{
    (void)state;
    world *w = late_start("");
    w->utc = AT(200);
    w->core_time = w->utc;
    SEND(w, {10, 5}, {20, 9}, {30, 9}, {40, 9});
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "historical"), 0);
    SEND(w, {50, 5});
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "cleared"), 1);
    late_expect(world_get(w, "Warm", 0), 20, 30, 50);
    world_free(w);
}

static void the_end_of_a_told_alarm_moves(void **state)
{
    (void)state;
    world *w = with_history("");
    SEND(w, {50, 9}, {60, 7.8}, {65, 5}); /* warm again, but below 7.5 it was at 45 */
    SEND(w, {42, 7});
    late_settle(w);
    late_expect(world_get(w, "Warm", 0), 20, 30, 42);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "corrected"), 1);
    world_free(w);
}

static void what_was_not_so_is_retracted_and_the_customer_told(void **state)
{
    (void)state;
    world *w = with_history("");
    SEND(w, {25, 5}, {35, 5});
    late_settle(w);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 1);
    world_begins(text_of(w, "Warm", "retracted"), "never was warm");
    assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_RETRACTED);
    world_free(w);
}

static void what_never_ended_is_open_again(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 10, 9);
    late_live(w, "t1", 20, 20, 7); /* ended */
    late_live(w, "t1", 21, 21, 7.8);
    late_expect(world_get(w, "Warm", 0), 0, 10, 20);
    world_sleep(w, 2 * OTR_HOUR); /* its case is closed */
    late_live(w, "t1", 145, 145, 7.8);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    SEND(w, {20, 7.9}); /* of one stamp the later one counts last */
    late_settle(w);
    late_expect(world_get(w, "Warm", 0), 0, 10, 20);
    SEND(w, {22, 9}, {27, 9}, {32, 9});
    late_settle(w);
    late_expect(world_get(w, "Warm", 1), 22, 32, OPEN);
    world_free(w);
}

static void two_told_alarms_that_were_one_are_told_as_one(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Plain, expr: temperature > 8.0, gap: reset}\n");
    late_live(w, "t1", 0, 5, 9);
    late_live(w, "t1", 40, 40, 9);
    late_live(w, "t1", 45, 45, 5);
    late_expect(world_get(w, "Plain", 0), 0, 0, 20);
    late_expect(world_get(w, "Plain", 1), 40, 40, 45);
    SEND(w, {10, 9}, {20, 9}, {30, 9});
    late_settle(w);
    late_expect(world_get(w, "Plain", 0), 0, 0, 45);
    assert_int_equal(world_get(w, "Plain", 1)->state, OTR_ALARM_RETRACTED);
    world_free(w);
}

static const char patient[] = "  - alert: Patient\n"
                              "    expr: temperature > 8.0\n"
                              "    lateness: 5m\n"
                              "    notify: {to: customer, message: usual, on: [raised, cleared]}\n";

static void lateness_holds_begin_and_end_back_and_needs_no_new_reading(void **state)
{
    (void)state;
    world *w = late_start(patient);
    late_live(w, "t1", 0, 0, 9);
    world_sleep(w, 5 * OTR_MINUTE - OTR_SECOND);
    assert_int_equal(world_count(w, "Patient"), 0);
    world_sleep(w, OTR_SECOND);
    assert_int_equal(world_count(w, "Patient"), 1);
    late_live(w, "t1", 6, 6, 5);
    late_expect(world_get(w, "Patient", 0), 0, 0, OPEN);
    world_sleep(w, 5 * OTR_MINUTE);
    late_expect(world_get(w, "Patient", 0), 0, 0, 6);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "cleared"), 1);
    world_free(w);
}

static void a_late_reading_within_lateness_changes_the_decision_in_silence(void **state)
{
    (void)state;
    world *w = late_start(patient);
    late_live(w, "t1", 0, 0, 5);
    late_live(w, "t1", 4, 4, 9);
    SEND(w, {2, 9}, {3, 9});
    world_restart(w, false);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Patient"), 0);
    world_sleep(w, 6 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Patient"), 1);
    late_expect(world_get(w, "Patient", 0), 2, 2, OPEN);
    assert_int_equal(world_get(w, "Patient", 0)->revision, 1); /* told once, and no more since */
    world_free(w);
}

static void what_waits_to_be_told_is_told_after_our_downtime_without_the_device(void **state)
{
    (void)state;
    world *w = late_start(patient);
    late_live(w, "t1", 0, 0, 9);
    w->core_time += OTR_HOUR;
    w->utc += OTR_HOUR;
    world_restart(w, true);
    world_sleep(w, OTR_SECOND);
    assert_int_equal(world_count(w, "Patient"), 1);
    world_free(w);
}

static void what_may_come_within_lateness_is_waited_for_however_much_comes_before(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Slow, expr: temperature > 8.0, lateness: 40m}\n");
    for (int minute = 0; minute < 90; minute++)
        world_report(w, "t1", "temperature", 5, AT(minute));
    late_send(w, "t1", (sample[]){{55, 9}}, 1);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(otr_core_stats(w->core)->readings_too_late, 0);
    late_expect(world_get(w, "Slow", 0), 55, 55, 56);
    world_free(w);
}

static void judging_the_past_leaves_a_silence_as_it_is(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Slow, expr: temperature > 8.0, lateness: 40m}\n"
                          "  - {alert: Silent, silent_for: 30m}\n");
    late_live(w, "t1", 0, 0, 9);
    world_sleep(w, 50 * OTR_MINUTE); /* silent at 30, told of at 40 */
    assert_int_equal(world_count(w, "Slow"), 1);
    late_live(w, "t1", 60, 60, 5);
    assert_int_equal(world_count(w, "Silent"), 1);
    late_expect(world_get(w, "Silent", 0), 0, 30, 60);
    world_free(w);
}

static void a_rule_with_lateness_that_never_rests_keeps_a_bounded_past(void **state)
{
    (void)state;
    world *w = late_start(patient);
    for (int minute = 0; minute < 400; minute++)
        world_report(w, "t1", "temperature", minute % 2 == 0 ? 9 : 5, AT(minute));
    otr_buffer bytes = {0};
    assert_int_equal(otr_core_snapshot(w->core, &bytes), OTR_OK);
    assert_true(bytes.size < 4000 + 198 * 600); /* and what stands for the operators, and what was told */
    otr_buffer_done(&bytes);
    assert_int_equal(world_count(w, "Patient"), 198);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "corrected"), 0);
    world_free(w);
}

static void a_silence_told_by_arrival_stays_though_its_backlog_comes(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Silent, silent_for: 30m}\n");
    late_live(w, "t1", 0, 10, 5);
    late_live(w, "t1", 60, 60, 5);
    late_expect(world_get(w, "Silent", 0), 10, 40, 60);
    SEND(w, {20, 5}, {30, 5}, {40, 5}, {50, 5});
    late_settle(w);
    assert_int_equal(world_count(w, "Silent"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 0);
    world_free(w);
}

static void a_silence_seen_in_stamps_is_retracted_when_it_is_filled(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Silent, silent_for: 30m}\n");
    SEND(w, {-300, 5}, {-290, 5}, {-200, 5}, {-190, 5});
    assert_int_equal(world_count(w, "Silent"), 1);
    SEND(w, {-270, 5}, {-245, 5}, {-220, 5});
    late_settle(w);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 1);
    world_free(w);
}

static void another_rule_or_limit_judges_nothing_of_the_past(void **state)
{
    (void)state;
    world *w = with_history("  - {alert: High, expr: temperature > asset.limit.high}\n");
    SEND(w, {55, 9});
    char *hotter = strdup(w->assignments);
    world_rewrite(hotter, "high: 8.0", "high: 9.5");
    world_activate(w, "assignments", hotter); /* what waited is judged by the old one */
    assert_int_equal(world_count(w, "High"), 2);
    const char *other = late_pack("  - {alert: High, expr: temperature > asset.limit.high}\n"
                                  "  - {alert: New, expr: temperature > 8.0}\n");
    world_activate(w, "pack/test", other);
    late_live(w, "t1", 110, 115, 5);
    SEND(w, {112, 9.2});
    late_settle(w);
    assert_int_equal(world_count(w, "High"), 2);
    assert_int_equal(world_count(w, "New"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 0);
    world_restart(w, false);
    world_free(w);
    free(hotter);
}

static void a_device_that_moves_takes_nothing_back(void **state)
{
    (void)state;
    world *w = with_history("");
    SEND(w, {60, 9}, {70, 9}, {75, 5}); /* waits */
    world_activate(w, "assignments", late_assignments("t2"));
    assert_int_equal(world_count(w, "Warm"), 2);
    late_live(w, "t2", 110, 115, 5);
    late_send(w, "t2", (sample[]){{112, 5}}, 1);
    late_settle(w);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 0);
    world_free(w);
}

static void of_an_asset_that_is_removed_the_past_is_told_first(void **state)
{
    (void)state;
    world *w = with_history("");
    SEND(w, {60, 9}, {70, 9}, {75, 5});
    world_activate(w, "assignments", "version: 1\nassets: []\n");
    late_expect(world_get(w, "Warm", 1), 60, 70, 75);
    assert_int_equal(otr_core_next(w->core) != OTR_TIME_NEVER, true); /* its case is still verified */
    world_free(w);
}

static void what_waits_to_be_told_is_told_when_its_rule_is_replaced(void **state)
{
    (void)state;
    world *w = late_start(patient);
    late_live(w, "t1", 0, 0, 9);
    world_activate(w, "pack/test", late_pack(""));
    assert_int_equal(world_count(w, "Patient"), 1);
    assert_int_equal(world_get(w, "Patient", 0)->state, OTR_ALARM_WITHDRAWN);
    world_free(w);
}

/* A backlog of a device that no asset has says nothing of the alarms of others. */
static void a_backlog_of_a_device_without_asset_makes_no_history_of_what_comes_next(void **state)
{
    (void)state;
    world *w = late_start("");
    late_live(w, "t1", 0, 5, 9);
    late_send(w, "stranger", (sample[]){{-60, 5}, {5, 5}}, 2);
    world_sleep(w, 5 * OTR_MINUTE); /* the deadline of Warm, and no reading */
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_free(w);
}

static void a_stamp_in_the_future_makes_no_history_of_an_upload(void **state)
{
    (void)state;
    world *w = late_start("  - {alert: Peak, expr: temperature > 20.0}\n");
    late_live(w, "t1", 0, 5, 5);
    w->utc = AT(7);
    w->core_time = w->utc;
    SEND(w, {6, 25}, {7, 5}, {60 * 24 * 365, 5});
    assert_int_equal(world_count(w, "Peak"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "historical"), 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_is_told_once_with_a_ticket_in_the_words_of_its_message),
        cmocka_unit_test(what_began_and_ended_in_one_upload_is_history_at_once),
        cmocka_unit_test(what_has_not_ended_in_its_upload_is_told_as_it_stands),
        cmocka_unit_test(the_end_of_a_told_alarm_moves),
        cmocka_unit_test(what_was_not_so_is_retracted_and_the_customer_told),
        cmocka_unit_test(what_never_ended_is_open_again),
        cmocka_unit_test(two_told_alarms_that_were_one_are_told_as_one),
        cmocka_unit_test(lateness_holds_begin_and_end_back_and_needs_no_new_reading),
        cmocka_unit_test(a_late_reading_within_lateness_changes_the_decision_in_silence),
        cmocka_unit_test(what_waits_to_be_told_is_told_after_our_downtime_without_the_device),
        cmocka_unit_test(what_may_come_within_lateness_is_waited_for_however_much_comes_before),
        cmocka_unit_test(judging_the_past_leaves_a_silence_as_it_is),
        cmocka_unit_test(a_rule_with_lateness_that_never_rests_keeps_a_bounded_past),
        cmocka_unit_test(a_silence_told_by_arrival_stays_though_its_backlog_comes),
        cmocka_unit_test(a_silence_seen_in_stamps_is_retracted_when_it_is_filled),
        cmocka_unit_test(another_rule_or_limit_judges_nothing_of_the_past),
        cmocka_unit_test(a_device_that_moves_takes_nothing_back),
        cmocka_unit_test(of_an_asset_that_is_removed_the_past_is_told_first),
        cmocka_unit_test(what_waits_to_be_told_is_told_when_its_rule_is_replaced),
        cmocka_unit_test(a_backlog_of_a_device_without_asset_makes_no_history_of_what_comes_next),
        cmocka_unit_test(a_stamp_in_the_future_makes_no_history_of_an_upload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

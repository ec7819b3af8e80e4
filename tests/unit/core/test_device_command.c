/* The core's commands to devices: decided with the alarm, fetched and confirmed by the device, given time to
 * help before anybody is told; and a restart at any step changes nothing. Now is a number. */
#include "fridge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- the service that nobody notices ---- */

static void what_a_command_mends_in_time_is_told_to_nobody(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm_fridge(REAL);
    assert_int_equal(told(w), 0);
    expect_said(w, "boost_cooling = true on f1: waiting");
    assert_int_equal(fetch(w, "f1", items), 1);
    assert_true(otr_str_is(items[0].name, "boost_cooling"));
    assert_true(items[0].is_flag && items[0].flag);
    assert_int_equal(said(w, "taken"), 1);
    confirm(w, "f1", items[0].id);
    expect_said(w, "boost_cooling = true on f1: done (the device confirms it)");
    world_report(w, "f1", "temperature", 6.0, AT(9));
    world_sleep(w, 5 * OTR_HOUR);
    assert_int_equal(told(w), 0);
    /* it stands in the history all the same */
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "cleared"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->ended, AT(9));
    assert_int_equal(otr_core_open_commands(w->core), 0);
    world_free(w);
}

static void what_a_command_does_not_mend_is_told_when_its_time_is_over(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm_fridge(REAL);
    (void)fetch(w, "f1", items);
    confirm(w, "f1", items[0].id);
    world_sleep(w, 9 * OTR_MINUTE);
    assert_int_equal(told(w), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_int_equal(said(w, "failed"), 0); /* it was done; it was not enough */
    world_report(w, "f1", "temperature", 6.0, AT(20));
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "cleared"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "updated"), 1);
    world_free(w);
}

static void a_command_that_is_not_fetched_is_void_when_people_are_told(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm_fridge(REAL);
    world_sleep(w, 11 * OTR_MINUTE);
    expect_said(w, "failed (the device has not fetched it)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    assert_int_equal(fetch(w, "f1", items), 0);
    world_free(w);
}

static void a_command_that_is_not_confirmed_has_failed_and_may_still_be_confirmed_late(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm_fridge(REAL);
    (void)fetch(w, "f1", items);
    world_sleep(w, 11 * OTR_MINUTE);
    expect_said(w, "failed (the device has not confirmed it)");
    assert_int_equal(said(w, "done"), 0);
    confirm(w, "f1", items[0].id);
    assert_int_equal(said(w, "done"), 1);
    confirm(w, "f1", items[0].id);
    assert_int_equal(said(w, "done"), 1);
    world_free(w);
}

static void a_reading_of_the_value_confirms_as_well(void **state)
{
    (void)state;
    world *w =
        warm_fridge(PACK("command: set_point, value: 3.3, at_most: 1 per 1d, wait: 10m, shadow: false"));
    world_report(w, "f1", "set_point", 5.0, AT(3));
    assert_int_equal(waiting(w), 1);
    world_report(w, "f1", "set_point", (double)3.3F, AT(4));
    assert_int_equal(waiting(w), 0);
    expect_said(w, "set_point = 3.3 Cel on f1: done (the device reports it)");
    world_free(w);
}

static void a_reading_from_before_the_command_confirms_nothing(void **state)
{
    (void)state;
    world *w = world_create(REAL, fridge, AT(0));
    otr_reading warm = world_number("temperature", 9.0, AT(2));
    otr_reading boost = world_number("boost_cooling", 0, AT(3));
    boost.kind = OTR_KIND_BOOL;
    boost.flag = true;
    world_sleep(w, 5 * OTR_MINUTE); /* both come three minutes late */
    world_upload(w, "f1", &warm, 1);
    assert_int_equal(waiting(w), 1);
    world_upload(w, "f1", &boost, 1);
    assert_int_equal(waiting(w), 1);
    boost.at_us = AT(5);
    world_upload(w, "f1", &boost, 1);
    assert_int_equal(waiting(w), 0);
    world_free(w);
}

static void an_alarm_that_ends_takes_back_what_was_not_fetched(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm_fridge(REAL);
    world_report(w, "f1", "temperature", 6.0, AT(4));
    expect_said(w, "cancelled (its alarm has ended)");
    assert_int_equal(fetch(w, "f1", items), 0);
    assert_int_equal(told(w), 0);
    assert_int_equal(otr_core_open_commands(w->core), 0);
    world_free(w);
}

static void an_alarm_that_ends_leaves_what_was_fetched(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm_fridge(REAL);
    (void)fetch(w, "f1", items);
    world_report(w, "f1", "temperature", 6.0, AT(4));
    assert_int_equal(said(w, "cancelled"), 0);
    confirm(w, "f1", items[0].id);
    assert_int_equal(said(w, "done"), 1);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(told(w), 0);
    assert_int_equal(otr_core_open_commands(w->core), 0);
    world_free(w);
}

static void what_was_fetched_and_never_confirmed_fails_though_its_alarm_has_ended(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm_fridge(REAL);
    (void)fetch(w, "f1", items);
    world_report(w, "f1", "temperature", 6.0, AT(4));
    world_sleep(w, OTR_HOUR);
    expect_said(w, "failed (the device has not confirmed it)");
    assert_int_equal(told(w), 0);
    world_free(w);
}

/* A reading of before the alarm comes late and shows that the condition had a gap: with `for`, the alarm was
 * none. */
static void late_data_that_retracts_the_alarm_takes_back_the_command(void **state)
{
    (void)state;
    static const char pack[] = "pack: test\nversion: 1\nrules:\n"
                               "  - alert: Warm\n"
                               "    expr: temperature > 8.0\n"
                               "    for: 5m\n"
                               "    notify: {to: customer, message: warm, on: [raised, cleared]}\n"
                               "    do: {" BOOST "at_most: 3 per 1d, wait: 10m, shadow: false}\n"
                               "messages: {warm: {en: {raised: warm, cleared: cool, retracted: sorry}}}\n";
    world *w = world_create(pack, fridge, AT(0));
    world_report(w, "f1", "temperature", 5.0, AT(1));
    world_report(w, "f1", "temperature", 9.0, AT(2));
    world_report(w, "f1", "temperature", 9.0, AT(8));
    assert_int_equal(waiting(w), 1);
    otr_reading late = world_number("temperature", 5.0, AT(6));
    world_upload(w, "f1", &late, 1);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "retracted"), 1);
    assert_int_equal(waiting(w), 0);
    expect_said(w, "cancelled (its alarm has ended)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "retracted"), 0);
    world_free(w);
}

/* The second warmth comes late: the alarm had not ended, and its command was taken back. */
static void an_alarm_that_goes_on_after_all_is_told(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - alert: Warm\n"
                            "    expr: temperature > 8.0\n"
                            "    keep_firing_for: 5m\n"
                            "    notify: {to: desk, message: warm}\n"
                            "    do: {" BOOST "at_most: 3 per 1d, wait: 10m, shadow: false}\n"
                            "messages: {warm: {en: {raised: warm}}}\n",
                            fridge, AT(0));
    world_report(w, "f1", "temperature", 9.0, AT(2));
    world_report(w, "f1", "temperature", 5.0, AT(4));
    world_report(w, "f1", "temperature", 5.0, AT(8));
    world_report(w, "f1", "temperature", 5.0, AT(10));
    assert_int_equal(said(w, "cancelled"), 1);
    otr_reading late = world_number("temperature", 9.0, AT(6));
    world_upload(w, "f1", &late, 1);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE);
    assert_int_equal(told(w), 1);
    world_free(w);
}

/* World refuses an event id that comes twice. */
static void the_ticket_of_a_case_has_news_when_the_wait_is_over(void **state)
{
    (void)state;
    world *w = warm_fridge("pack: test\nversion: 1\nrules:\n"
                           "  - alert: Warm\n"
                           "    expr: temperature > 8.0\n"
                           "    ticket: {queue: cold}\n"
                           "    do: {" BOOST "at_most: 3 per 1d, wait: 10m, shadow: false}\n"
                           "  - {alert: Warmer, expr: temperature > 8.5, ticket: {queue: cold}}\n");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    world_sleep(w, 11 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "updated"), 1);
    world_free(w);
}

/* ---- restarts ---- */

/* A life with every state in it, with a restart before the step of that number; 0: none. */
static world *live(int restart_before, bool snapshot, bool boot)
{
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = world_create(REAL, fridge, AT(0));
    for (int step = 1; step <= 14; step++) {
        if (step == restart_before) {
            if (snapshot)
                world_snapshot(w);
            world_restart(w, boot);
        }
        switch (step) {
        case 1: /* done, helps */
            world_report(w, "f1", "temperature", 9.0, AT(10));
            break;
        case 2:
        case 7:
        case 11:
            (void)fetch(w, "f1", items);
            break;
        case 3:
        case 12:
            assert_int_equal(fetch(w, "f1", items), 1);
            confirm(w, "f1", items[0].id);
            break;
        case 4:
            world_report(w, "f1", "temperature", 5.0, AT(14));
            break;
        case 5: /* cancelled */
            world_report(w, "f1", "temperature", 9.0, AT(30));
            world_report(w, "f1", "temperature", 5.0, AT(31));
            break;
        case 6: /* taken, fails, told */
            world_report(w, "f1", "temperature", 9.0, AT(60));
            break;
        case 8:
            world_sleep(w, 15 * OTR_MINUTE);
            break;
        case 9:
            world_report(w, "f1", "temperature", 5.0, AT(90));
            break;
        case 10: /* done, does not help, told */
            world_report(w, "f1", "temperature", 9.0, AT(120));
            break;
        case 13:
            world_sleep(w, 15 * OTR_MINUTE);
            world_report(w, "f1", "temperature", 5.0, AT(150));
            break;
        case 14: /* held */
            world_report(w, "f1", "temperature", 9.0, AT(180));
            break;
        default:
            break;
        }
    }
    return w;
}

static void a_restart_at_any_step_changes_nothing(void **state)
{
    (void)state;
    world *whole = live(0, false, false);
    assert_int_equal(said(whole, "done"), 2);
    assert_int_equal(said(whole, "cancelled"), 1);
    assert_int_equal(said(whole, "failed"), 1);
    assert_int_equal(said(whole, "held"), 1);
    assert_int_equal(world_events(whole, OTR_SERVICE_NOTIFICATION, "raised"), 3);
    for (int restart = 1; restart <= 14; restart++) {
        for (int how = 0; how < 4; how++) {
            bool boot = (how & 2) != 0;
            world *w = live(restart, (how & 1) != 0, boot);
            assert_int_equal(w->event_count, whole->event_count);
            for (size_t i = 0; i < w->event_count; i++) {
                /* ids follow the journal's sequence, in which a boot has its place */
                bool same_id = boot || otr_id_equal(w->events[i].event, whole->events[i].event);
                if (!same_id || strcmp(w->events[i].what, whole->events[i].what) != 0 ||
                    strcmp(w->events[i].text, whole->events[i].text) != 0)
                    fail_msg("restart before %d, way %d, event %zu: %s %s", restart, how, i,
                             w->events[i].what, w->events[i].text);
            }
            world_free(w);
        }
    }
    world_free(whole);
}

static void the_downtime_counts_towards_the_wait(void **state)
{
    (void)state;
    world *w = warm_fridge(REAL);
    w->utc += OTR_HOUR;
    w->core_time += OTR_HOUR;
    world_restart(w, true);
    expect_said(w, "failed (the device has not fetched it)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_command_mends_in_time_is_told_to_nobody),
        cmocka_unit_test(what_a_command_does_not_mend_is_told_when_its_time_is_over),
        cmocka_unit_test(a_command_that_is_not_fetched_is_void_when_people_are_told),
        cmocka_unit_test(a_command_that_is_not_confirmed_has_failed_and_may_still_be_confirmed_late),
        cmocka_unit_test(a_reading_of_the_value_confirms_as_well),
        cmocka_unit_test(a_reading_from_before_the_command_confirms_nothing),
        cmocka_unit_test(an_alarm_that_ends_takes_back_what_was_not_fetched),
        cmocka_unit_test(an_alarm_that_ends_leaves_what_was_fetched),
        cmocka_unit_test(what_was_fetched_and_never_confirmed_fails_though_its_alarm_has_ended),
        cmocka_unit_test(late_data_that_retracts_the_alarm_takes_back_the_command),
        cmocka_unit_test(an_alarm_that_goes_on_after_all_is_told),
        cmocka_unit_test(the_ticket_of_a_case_has_news_when_the_wait_is_over),
        cmocka_unit_test(a_restart_at_any_step_changes_nothing),
        cmocka_unit_test(the_downtime_counts_towards_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

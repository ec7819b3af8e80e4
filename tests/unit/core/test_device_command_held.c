/* What holds a command to a device back: shadow, rate, interlock, allow-list, the age of readings, operators.
 * Now is a number. */
#include "fridge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- what holds a command back ---- */

static void in_shadow_it_is_said_and_not_sent_and_people_are_told_at_once(void **state)
{
    (void)state;
    world *w = warm_fridge(PACK(BOOST "at_most: 2 per 1d, wait: 10m"));
    expect_said(w, "boost_cooling = true on f1: would do");
    assert_int_equal(waiting(w), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    /* its rate is rehearsed, too */
    for (int i = 1; i <= 3; i++) {
        world_report(w, "f1", "temperature", 5.0, AT(10L * i));
        world_report(w, "f1", "temperature", 9.0, AT(10L * i + 1));
    }
    assert_int_equal(said(w, "would do"), 2);
    assert_int_equal(said(w, "held"), 2);
    assert_int_equal(otr_core_stats(w->core)->commands_shadow, 2);
    assert_int_equal(otr_core_stats(w->core)->commands_given, 0);
    world_free(w);
}

static void what_was_rehearsed_takes_nothing_from_what_is_real(void **state)
{
    (void)state;
    world *w = warm_fridge(PACK(BOOST "at_most: 1 per 1d, wait: 10m"));
    assert_int_equal(said(w, "would do"), 1);
    world_report(w, "f1", "temperature", 5.0, AT(5));
    world_activate(w, "pack/test", PACK(BOOST "at_most: 1 per 1d, wait: 10m, shadow: false"));
    world_report(w, "f1", "temperature", 9.0, AT(10));
    assert_int_equal(waiting(w), 1);
    world_free(w);
}

#define RULE(name, what)                                                                                     \
    "  - alert: " name "\n"                                                                                  \
    "    expr: temperature > 8.0\n"                                                                          \
    "    do: {command: " what ", value: true, at_most: 9 per 1d, wait: 10m, shadow: false}\n"

static void a_second_command_of_that_name_waits_for_the_first_to_be_over(void **state)
{
    (void)state;
    world *w = warm_fridge("pack: test\nversion: 1\nrules:\n" RULE("Warm", "boost_cooling")
                               RULE("Warmer", "boost_cooling"));
    assert_int_equal(waiting(w), 1);
    expect_said(w, "held (another boost_cooling is still open)");
    world_free(w);
}

static void a_device_has_a_few_commands_at_once_and_no_more(void **state)
{
    (void)state;
    static const char five[] = "version: 1\n"
                               "profiles: {p: {commands: {a: {kind: bool}, b: {kind: bool}, c: {kind: bool}, "
                               "d: {kind: bool}, e: {kind: "
                               "bool}}}}\n"
                               "assets: [{asset: fridge-1, class: x, devices: [f1], profile: p}]\n";
    world *w = world_create("pack: test\nversion: 1\nrules:\n" RULE("A", "a") RULE("B", "b") RULE("C", "c")
                                RULE("D", "d") RULE("E", "e"),
                            five, AT(0));
    world_report(w, "f1", "temperature", 9.0, AT(1));
    assert_int_equal(waiting(w), OTR_LIMIT_DEVICE_COMMANDS_OPEN);
    expect_said(w, "e = true: held (the device has too many commands)");
    world_free(w);
}

static void excursion(world *w, int minute)
{
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world_report(w, "f1", "temperature", 9.0, AT(minute));
    if (fetch(w, "f1", items) > 0)
        confirm(w, "f1", items[0].id);
    world_report(w, "f1", "temperature", 5.0, AT(minute + 2));
}

static void no_more_are_given_than_the_rate_allows(void **state)
{
    (void)state;
    world *w = world_create(REAL, fridge, AT(0));
    for (int i = 0; i < 5; i++)
        excursion(w, 10 + 60 * i);
    assert_int_equal(said(w, "done"), 3);
    assert_int_equal(said(w, "held"), 2);
    expect_said(w, "held (it was given 3 times already in its span)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 2); /* of those that were held */
    world_snapshot(w);
    world_restart(w, false);
    excursion(w, 10 + 24 * 60 - 1); /* a minute too early for the first to have left the span */
    assert_int_equal(said(w, "done"), 3);
    excursion(w, 10 + 24 * 60 + 5);
    assert_int_equal(said(w, "done"), 4);
    world_free(w);
}

static void what_was_never_fetched_does_not_count(void **state)
{
    (void)state;
    world *w =
        world_create(PACK(BOOST "at_most: 1 per 1d, every: 6h, wait: 10m, shadow: false"), fridge, AT(0));
    for (int i = 0; i < 40; i++) {
        world_report(w, "f1", "temperature", 9.0, AT(10 + 10 * i));
        world_report(w, "f1", "temperature", 5.0, AT(12 + 10 * i));
    }
    assert_int_equal(said(w, "waiting"), 40);
    assert_int_equal(said(w, "cancelled"), 40);
    assert_int_equal(said(w, "held"), 0);
    world_free(w);
}

static void two_are_never_closer_than_the_rule_says(void **state)
{
    (void)state;
    world *w =
        world_create(PACK(BOOST "at_most: 9 per 1d, every: 30m, wait: 10m, shadow: false"), fridge, AT(0));
    excursion(w, 10);
    excursion(w, 39);
    assert_int_equal(said(w, "done"), 1);
    expect_said(w, "held (the last one was too short ago)");
    excursion(w, 45);
    assert_int_equal(said(w, "done"), 2);
    world_free(w);
}

static void an_interlock_that_holds_or_is_not_known_forbids(void **state)
{
    (void)state;
    static const char pack[] = PACK(BOOST "at_most: 9 per 1d, unless: door, wait: 10m, shadow: false");
    world *w = warm_fridge(pack);
    expect_said(w, "held (it is not known whether the interlock holds)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_report(w, "f1", "temperature", 5.0, AT(5));
    world_report_flag(w, "f1", "door", true, AT(6));
    world_report(w, "f1", "temperature", 9.0, AT(7));
    expect_said(w, "held (the interlock holds)");
    world_report(w, "f1", "temperature", 5.0, AT(8));
    world_report_flag(w, "f1", "door", false, AT(9));
    world_report(w, "f1", "temperature", 9.0, AT(10));
    assert_int_equal(said(w, "held"), 2);
    assert_int_equal(waiting(w), 1);
    world_free(w);
}

static void an_interlock_may_ask_for_the_past(void **state)
{
    (void)state;
    world *w = world_create(
        PACK(BOOST "at_most: 9 per 1d, unless: 'defrost.changed(\"30m\")', wait: 10m, shadow: false"), fridge,
        AT(0));
    world_report_flag(w, "f1", "defrost", false, AT(1));
    world_report_flag(w, "f1", "defrost", true, AT(2));
    world_report(w, "f1", "temperature", 9.0, AT(10));
    expect_said(w, "held (the interlock holds)");
    world_report(w, "f1", "temperature", 5.0, AT(20));
    world_report(w, "f1", "temperature", 9.0, AT(40));
    assert_int_equal(waiting(w), 1);
    world_free(w);
}

static void what_the_profile_does_not_list_is_reported_when_bound_and_never_sent(void **state)
{
    (void)state;
    static const struct {
        const char *deed;
        const char *reason;
    } rows[] = {
        {"command: defrost, value: true, ", "the profile fridge has no command defrost"},
        {"command: boost_cooling, value: 1, ", "boost_cooling of the profile fridge takes true or false"},
        {"command: set_point, value: true, ", "set_point of the profile fridge takes a number"},
        {"command: set_point, value: 6.5, ", "set_point = 6.5 is outside 2 to 6 of the profile fridge"},
        {"command: set_point, value: 1.9, ", "set_point = 1.9 is outside 2 to 6 of the profile fridge"},
        {"command: boost_cooling, value: true, device: cooler, ",
         "no device of fridge-1 has the role cooler"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char pack[1024];
        (void)snprintf(pack, sizeof pack, PACK("%sat_most: 1 per 1d, wait: 10m, shadow: false"),
                       rows[i].deed);
        world *w = warm_fridge(pack);
        assert_int_equal(world_events(w, OTR_SERVICE_STATUS, "refused"), 1);
        const world_event *refused = world_event_get(w, OTR_SERVICE_STATUS, "refused", 0);
        if (strstr(refused->text, "Warm cannot do") == NULL || strstr(refused->text, rows[i].reason) == NULL)
            fail_msg("row %zu: %s", i, refused->text);
        assert_int_equal(said(w, "held"), 1);
        expect_said(w, rows[i].reason);
        assert_int_equal(waiting(w), 0);
        assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
        world_free(w);
    }
}

static void of_several_devices_the_rule_names_one(void **state)
{
    (void)state;
    static const char two[] = "version: 1\n"
                              "profiles: {fridge: {commands: {boost_cooling: {kind: bool}}}}\n"
                              "assets: [{asset: fridge-1, class: appliance, profile: fridge,\n"
                              "          devices: [f1, {device: f2, role: cooler}]}]\n";
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = world_create(REAL, two, AT(0));
    world_report(w, "f1", "temperature", 9.0, AT(2));
    expect_said(w, "held (fridge-1 has several devices and the rule names no role)");
    world_free(w);
    w = world_create(PACK(BOOST "device: cooler, at_most: 1 per 1d, shadow: false"), two, AT(0));
    world_report(w, "f1", "temperature", 9.0, AT(2));
    assert_int_equal(fetch(w, "f1", items), 0);
    assert_int_equal(fetch(w, "f2", items), 1);
    confirm(w, "f1", items[0].id); /* not its own */
    assert_int_equal(said(w, "done"), 0);
    confirm(w, "f2", items[0].id);
    assert_int_equal(said(w, "done"), 1);
    world_free(w);
}

static void readings_of_long_ago_are_no_reason_to_do_anything_now(void **state)
{
    (void)state;
    world *w = world_create(REAL, fridge, AT(0));
    w->utc += OTR_HOUR;
    w->core_time += OTR_HOUR;
    otr_reading reading = world_number("temperature", 9.0, AT(10));
    world_upload(w, "f1", &reading, 1);
    expect_said(w, "held (the readings came too late for it)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_free(w);
}

/* The warmth of minute 3 is heard of after the door of minute 4, and both still hold. */
static void what_late_readings_bring_to_light_is_told_and_nothing_is_done(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - alert: Warm\n"
                            "    expr: temperature > 8.0 && door\n"
                            "    notify: {to: desk, message: warm}\n"
                            "    do: {" BOOST "at_most: 3 per 1d, wait: 10m, shadow: false}\n"
                            "messages: {warm: {en: {raised: warm}}}\n",
                            fridge, AT(0));
    world_report(w, "f1", "temperature", 5.0, AT(1));
    world_report_flag(w, "f1", "door", true, AT(4));
    otr_reading late = world_number("temperature", 9.0, AT(3));
    world_upload(w, "f1", &late, 1);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE);
    assert_int_equal(waiting(w), 0);
    expect_said(w, "held (the readings came too late for it)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_free(w);
}

static void without_a_clock_nothing_is_done(void **state)
{
    (void)state;
    world *w = world_create(REAL, fridge, AT(0));
    w->synced = false;
    world_report(w, "f1", "temperature", 9.0, AT(2));
    expect_said(w, "held (the clock is not set yet)");
    world_free(w);
}

static otr_refusal operate(world *w, otr_command_kind kind)
{
    otr_command command = {.kind = kind,
                           .rule = OTR_STR("Warm"),
                           .asset = OTR_STR("fridge-1"),
                           .until = OTR_TIME_NONE,
                           .span = kind == OTR_COMMAND_SHELVE ? OTR_HOUR : 0,
                           .who = OTR_STR("ann")};
    command.id = otr_hash128(1, w->next_seq, "x", 1);
    return world_command(w, command).refusal;
}

static void an_alarm_that_is_out_of_service_does_nothing(void **state)
{
    (void)state;
    world *w = world_create(REAL, fridge, AT(0));
    world_report(w, "f1", "temperature", 5.0, AT(1));
    assert_int_equal(operate(w, OTR_COMMAND_OUT_OF_SERVICE), OTR_REFUSAL_ACCEPTED);
    world_report(w, "f1", "temperature", 9.0, AT(2));
    assert_int_equal(waiting(w), 0);
    assert_int_equal(said(w, "waiting") + said(w, "held"), 0);
    /* it holds still when it is in service again, and is decided then */
    assert_int_equal(operate(w, OTR_COMMAND_IN_SERVICE), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(waiting(w), 1);
    assert_int_equal(told(w), 0);
    world_free(w);
}

/* What was raised before the shelf goes its way: the shelf is about what comes next. */
static void a_shelf_does_not_hide_that_a_command_did_not_help(void **state)
{
    (void)state;
    world *w = warm_fridge(REAL);
    assert_int_equal(operate(w, OTR_COMMAND_SHELVE), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(waiting(w), 1);
    world_sleep(w, 11 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_report(w, "f1", "temperature", 5.0, AT(20));
    world_report(w, "f1", "temperature", 9.0, AT(21));
    assert_int_equal(waiting(w), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_free(w);
}

static void a_profile_that_no_longer_lists_it_takes_it_back_and_people_are_told(void **state)
{
    (void)state;
    world *w = warm_fridge(REAL);
    assert_int_equal(waiting(w), 1);
    world_activate(
        w, "assignments",
        "version: 1\nprofiles: {fridge: {metrics: {}}}\ncustomers: [{customer: c1}]\n"
        "assets: [{asset: fridge-1, class: appliance, devices: [f1], profile: fridge, customer: c1}]\n");
    assert_int_equal(waiting(w), 0);
    expect_said(w, "cancelled (it is no longer allowed)");
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    world_free(w);
}

static void a_rule_that_is_gone_takes_its_command_back(void **state)
{
    (void)state;
    world *w = warm_fridge(REAL);
    world_activate(w, "pack/test",
                   "pack: test\nversion: 2\nrules: [{alert: Cold, expr: temperature < 0.0}]\n");
    assert_int_equal(waiting(w), 0);
    expect_said(w, "cancelled (its alarm has ended)");
    assert_int_equal(told(w), 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_shadow_it_is_said_and_not_sent_and_people_are_told_at_once),
        cmocka_unit_test(what_was_rehearsed_takes_nothing_from_what_is_real),
        cmocka_unit_test(a_second_command_of_that_name_waits_for_the_first_to_be_over),
        cmocka_unit_test(a_device_has_a_few_commands_at_once_and_no_more),
        cmocka_unit_test(no_more_are_given_than_the_rate_allows),
        cmocka_unit_test(what_was_never_fetched_does_not_count),
        cmocka_unit_test(two_are_never_closer_than_the_rule_says),
        cmocka_unit_test(an_interlock_that_holds_or_is_not_known_forbids),
        cmocka_unit_test(an_interlock_may_ask_for_the_past),
        cmocka_unit_test(what_the_profile_does_not_list_is_reported_when_bound_and_never_sent),
        cmocka_unit_test(of_several_devices_the_rule_names_one),
        cmocka_unit_test(readings_of_long_ago_are_no_reason_to_do_anything_now),
        cmocka_unit_test(what_late_readings_bring_to_light_is_told_and_nothing_is_done),
        cmocka_unit_test(without_a_clock_nothing_is_done),
        cmocka_unit_test(an_alarm_that_is_out_of_service_does_nothing),
        cmocka_unit_test(a_shelf_does_not_hide_that_a_command_did_not_help),
        cmocka_unit_test(a_profile_that_no_longer_lists_it_takes_it_back_and_people_are_told),
        cmocka_unit_test(a_rule_that_is_gone_takes_its_command_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

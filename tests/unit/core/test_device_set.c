/* What a host wants a device to have: a command like a rule's, within the profile, and by nobody's alarm. */
#include "fridge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static world *start(void)
{
    world *w = world_create(REAL, fridge, AT(0));
    world_report(w, "f1", "temperature", 5.0, AT(1));
    return w;
}

static otr_refusal set(world *w, const char *device, const char *name, const char *value)
{
    otr_command command = {.kind = OTR_COMMAND_SET,
                           .until = OTR_TIME_NONE,
                           .asset = otr_str_of(device),
                           .rule = otr_str_of(name),
                           .reason = otr_str_of(value)};
    return world_command(w, command).refusal;
}

static void what_a_host_wants_waits_for_the_device(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    for (int restarts = 0; restarts < 2; restarts++) {
        world *w = start();
        assert_int_equal(set(w, "f1", "boost_cooling", "false"), OTR_REFUSAL_ACCEPTED);
        assert_int_equal(set(w, "f1", "set_point", "4.5"), OTR_REFUSAL_ACCEPTED);
        expect_said(w, "set_point = 4.5 Cel on f1: waiting");
        if (restarts) {
            world_snapshot(w);
            world_restart(w, true);
        }
        assert_int_equal(fetch(w, "f1", items), 2);
        assert_true(items[0].is_flag != items[1].is_flag);
        const otr_device_command_item *number = &items[items[0].is_flag];
        assert_true(otr_str_is(number->name, "set_point") && number->number == 4.5);
        confirm(w, "f1", number->id);
        assert_int_equal(said(w, "done"), 1);
        assert_int_equal(told(w), 0);
        world_free(w);
    }
}

static void what_was_not_fetched_makes_way_for_the_next(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = start();
    (void)set(w, "f1", "boost_cooling", "true");
    (void)set(w, "f1", "set_point", "4");
    assert_int_equal(set(w, "f1", "set_point", "5"), OTR_REFUSAL_ACCEPTED);
    expect_said(w, "set_point = 4 Cel on f1: cancelled (another took its place)");
    assert_int_equal(fetch(w, "f1", items), 2);
    assert_int_equal(set(w, "f1", "set_point", "6"),
                     OTR_REFUSAL_ACCEPTED); /* what it has is not taken back */
    assert_int_equal(fetch(w, "f1", items), 3);
    world_free(w);
}

static void of_one_device_so_many_are_open(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = start();
    for (size_t i = 1; i <= OTR_LIMIT_DEVICE_COMMANDS_OPEN; i++) {
        assert_int_equal(set(w, "f1", "boost_cooling", i % 2 ? "true" : "false"), OTR_REFUSAL_ACCEPTED);
        assert_int_equal(fetch(w, "f1", items), i);
    }
    assert_int_equal(set(w, "f1", "boost_cooling", "true"), OTR_REFUSAL_COMMAND_HELD);
    expect_said(w, "the device has too many commands");
    for (size_t i = 0; i < OTR_LIMIT_DEVICE_COMMANDS_OPEN; i++)
        confirm(w, "f1", items[i].id);
    assert_int_equal(set(w, "f1", "boost_cooling", "true"), OTR_REFUSAL_ACCEPTED);
    world_free(w);
}

static void what_the_profile_does_not_allow_is_held(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        const char *reason;
    } rows[] = {
        {"boost_cooling", "warm", "that is no value"},
        {"boost_cooling", "1", "takes true or false"},
        {"set_point", "true", "takes a number"},
        {"set_point", "1.5", "outside 2 to 6"},
        {"set_point", "6.5", "outside 2 to 6"},
        {"self_destruct", "true", "has no command self_destruct"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world *w = start();
        assert_int_equal(set(w, "f1", rows[i].name, rows[i].value), OTR_REFUSAL_COMMAND_HELD);
        expect_said(w, rows[i].reason);
        assert_int_equal(waiting(w), 0);
        world_free(w);
    }
}

static void nobody_s_device_has_none(void **state)
{
    static const char bare[] = "version: 1\nassets: [{asset: box, class: x, devices: [b1]}]\n";
    (void)state;
    world *w = world_create(REAL, bare, AT(0));
    world_report(w, "b1", "temperature", 5.0, AT(1));
    world_report(w, "stray", "temperature", 5.0, AT(1));
    assert_int_equal(set(w, "nobody", "set_point", "4"), OTR_REFUSAL_NO_DEVICE);
    assert_int_equal(set(w, "stray", "set_point", "4"), OTR_REFUSAL_NO_DEVICE);
    assert_int_equal(set(w, "b1", "set_point", "4"), OTR_REFUSAL_COMMAND_HELD);
    expect_said(w, "box has no profile that allows commands");
    world_free(w);
}

/* The device's own value says that it did as it was told; a profile that changes takes back what waits. */
static void a_value_confirms_it_and_a_changed_profile_takes_it_back(void **state)
{
    static const char narrow[] =
        "version: 1\n"
        "profiles:\n"
        "  fridge:\n"
        "    metrics: {temperature: {expected_interval: 1h}}\n"
        "    commands: {boost_cooling: {kind: bool}, set_point: {kind: number, min: 2, max: 3}}\n"
        "customers: [{customer: c1}]\n"
        "assets: [{asset: fridge-1, class: appliance, devices: [f1], profile: fridge, customer: c1}]\n";
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = start();
    (void)set(w, "f1", "set_point", "4.5");
    assert_int_equal(fetch(w, "f1", items), 1);
    world_report(w, "f1", "set_point", 4, AT(2));
    assert_int_equal(said(w, "done"), 0);
    world_report(w, "f1", "set_point", 4.5, AT(3));
    assert_int_equal(said(w, "done"), 1);
    (void)set(w, "f1", "set_point", "5");
    (void)set(w, "f1", "boost_cooling", "true");
    assert_int_equal(waiting(w), 2);
    world_activate(w, "assignments", narrow);
    assert_int_equal(waiting(w), 1);
    assert_int_equal(said(w, "cancelled"), 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_host_wants_waits_for_the_device),
        cmocka_unit_test(what_was_not_fetched_makes_way_for_the_next),
        cmocka_unit_test(of_one_device_so_many_are_open),
        cmocka_unit_test(what_the_profile_does_not_allow_is_held),
        cmocka_unit_test(nobody_s_device_has_none),
        cmocka_unit_test(a_value_confirms_it_and_a_changed_profile_takes_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

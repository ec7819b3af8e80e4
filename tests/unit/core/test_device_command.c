/* The core's commands to devices: decided with the alarm, held back by rate, interlock and allow-list,
 * fetched and confirmed by the device, given time to help before anybody is told. Now is a number. */
#include "base/limits.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (INT64_C(1700000000) * OTR_SECOND)
#define AT(minute) (T0 + (minute)*OTR_MINUTE)

#define PACK(deed)                                                                                           \
    "pack: test\nversion: 1\nrules:\n"                                                                       \
    "  - alert: Warm\n"                                                                                      \
    "    expr: temperature > 8.0\n"                                                                          \
    "    notify: {to: customer, message: warm, on: [raised, cleared]}\n"                                     \
    "    ticket: {queue: cold, evidence: [temperature]}\n"                                                   \
    "    do: {" deed "}\n"                                                                                   \
    "messages: {warm: {en: {raised: warm, cleared: cool}}}\n"

#define BOOST "command: boost_cooling, value: true, "
#define REAL PACK(BOOST "at_most: 3 per 1d, wait: 10m, shadow: false")

static const char fridge[] =
    "version: 1\n"
    "profiles:\n"
    "  fridge:\n"
    "    metrics: {temperature: {expected_interval: 1h}}\n"
    "    commands: {boost_cooling: {kind: bool}, set_point: {kind: number, min: 2, max: 6, unit: Cel}}\n"
    "customers: [{customer: c1}]\n"
    "assets: [{asset: fridge-1, class: appliance, devices: [f1], profile: fridge, customer: c1}]\n";

/* ---- what the device and the people see ---- */

static size_t fetch(world *w, const char *device,
                    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN])
{
    otr_input input = {.kind = OTR_INPUT_DEVICE_FETCH, .fetch = {otr_str_of(device)}};
    world_step(w, &input, 1);
    return otr_core_commands(w->core, otr_core_device_number(w->core, otr_str_of(device)), items);
}

static size_t waiting(const world *w)
{
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    return otr_core_commands(w->core, otr_core_device_number(w->core, OTR_STR("f1")), items);
}

static void confirm(world *w, const char *device, otr_id id)
{
    otr_input input = {.kind = OTR_INPUT_DEVICE_CONFIRM, .confirm = {otr_str_of(device), 1, {id}}};
    world_step(w, &input, 1);
}

static size_t told(const world *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->event_count; i++)
        count += w->events[i].kind == OTR_SERVICE_NOTIFICATION || w->events[i].kind == OTR_SERVICE_TICKET;
    return count;
}

/* How many status events say that a command is in this state. */
static size_t said(const world *w, const char *state)
{
    char wanted[80];
    size_t count = 0;
    (void)snprintf(wanted, sizeof wanted, ": %s", state);
    for (size_t i = 0; i < w->event_count; i++) {
        const char *found = strstr(w->events[i].text, wanted);
        if (strcmp(w->events[i].what, "command") == 0 && found != NULL &&
            (found[strlen(wanted)] == '\0' || found[strlen(wanted)] == ' '))
            count++;
    }
    return count;
}

static void expect_said(const world *w, const char *text)
{
    for (size_t i = 0; i < w->event_count; i++)
        if (strstr(w->events[i].text, text) != NULL)
            return;
    fail_msg("nobody says \"%s\"", text);
}

static world *warm_fridge(const char *pack)
{
    world *w = world_create(pack, fridge, AT(0));
    world_report(w, "f1", "temperature", 5.0, AT(1));
    world_report(w, "f1", "temperature", 9.0, AT(2));
    assert_int_equal(world_count(w, "Warm"), 1);
    return w;
}

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
    world *w = warm_fridge(REAL);
    w->utc += OTR_MINUTE;
    w->core_time += OTR_MINUTE;
    otr_reading reading = world_number("boost_cooling", 0, AT(2) - OTR_SECOND);
    reading.kind = OTR_KIND_BOOL;
    reading.flag = true;
    world_upload(w, "f1", &reading, 1);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(waiting(w), 1);
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
        world_report(w, "f1", "temperature", 5.0, AT(10 * i));
        world_report(w, "f1", "temperature", 9.0, AT(10 * i + 1));
    }
    assert_int_equal(said(w, "would do"), 2);
    assert_int_equal(said(w, "held"), 2);
    assert_int_equal(otr_core_stats(w->core)->commands_shadow, 2);
    assert_int_equal(otr_core_stats(w->core)->commands_given, 0);
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
        cmocka_unit_test(late_data_that_retracts_the_alarm_takes_back_the_command),
        cmocka_unit_test(in_shadow_it_is_said_and_not_sent_and_people_are_told_at_once),
        cmocka_unit_test(no_more_are_given_than_the_rate_allows),
        cmocka_unit_test(what_was_never_fetched_does_not_count),
        cmocka_unit_test(two_are_never_closer_than_the_rule_says),
        cmocka_unit_test(an_interlock_that_holds_or_is_not_known_forbids),
        cmocka_unit_test(an_interlock_may_ask_for_the_past),
        cmocka_unit_test(what_the_profile_does_not_list_is_reported_when_bound_and_never_sent),
        cmocka_unit_test(of_several_devices_the_rule_names_one),
        cmocka_unit_test(readings_of_long_ago_are_no_reason_to_do_anything_now),
        cmocka_unit_test(without_a_clock_nothing_is_done),
        cmocka_unit_test(an_alarm_that_is_out_of_service_does_nothing),
        cmocka_unit_test(a_shelf_does_not_hide_that_a_command_did_not_help),
        cmocka_unit_test(a_profile_that_no_longer_lists_it_takes_it_back_and_people_are_told),
        cmocka_unit_test(a_rule_that_is_gone_takes_its_command_back),
        cmocka_unit_test(a_restart_at_any_step_changes_nothing),
        cmocka_unit_test(the_downtime_counts_towards_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

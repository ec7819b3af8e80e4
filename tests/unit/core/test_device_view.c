/* What is told of devices: the asset that they serve, the newest readings first, what counts no more, and
 * whether a device is silent, by its profile or by a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "core/core.h"
#include "core/view/device_view.h"

#define T0 (1700000000 * OTR_SECOND)

static const char pack[] =
    "pack: p\nversion: 1\nrules: [{alert: Silent, silent_for: 30m, match: 'asset.class == \"y\"'}]\n";
static const char assignments[] =
    "version: 1\n"
    "profiles: {p: {metrics: {temperature: {expected_interval: 5m, valid_for: 10m}}}}\n"
    "assets:\n"
    "  - {asset: a, class: x, profile: p, devices: [d0]}\n"
    "  - {asset: b, class: y, devices: [d1]}\n";

typedef struct world {
    otr_core *core;
    otr_effects effects;
    otr_turn now;
} world;

static void step(world *w, const otr_input *input)
{
    assert_int_equal(otr_core_step(w->core, &w->now, input, input != NULL, &w->effects), OTR_OK);
    otr_effects_clear(&w->effects);
}

static void pass(world *w, otr_time span)
{
    w->now.core += span;
    w->now.utc += span;
    step(w, NULL);
}

static void report(world *w, const char *device, const char *metric, double value)
{
    otr_reading one = {
        .metric = otr_str_of(metric), .at_us = w->now.utc, .kind = OTR_KIND_NUMBER, .number = value};
    otr_input input = {.kind = OTR_INPUT_READINGS, .upload = {.message = {otr_str_of(device), &one, 1}}};
    step(w, &input);
}

static void activate(world *w, const char *slot, const char *text)
{
    otr_input input = {.kind = OTR_INPUT_CONTENT,
                       .content = {otr_str_of(slot), otr_str_of(slot), otr_str_of(text)}};
    assert_int_equal(otr_content_check(input.content.slot, input.content.bytes, NULL), OTR_OK);
    step(w, &input);
}

static int setup(void **state)
{
    static world w;
    static const otr_input boot = {.kind = OTR_INPUT_BOOT};
    otr_core_config config = {.group = {"g", 1}, .gateway = {"g", 1}, .next_seq = 1, .next_outbox_seq = 1};
    w = (world){.now = {.core = OTR_SECOND, .utc = T0, .synced = true}};
    assert_int_equal(otr_core_create(&config, &w.core), OTR_OK);
    step(&w, &boot);
    activate(&w, "pack/p", pack);
    activate(&w, "assignments", assignments);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    otr_core_free(w->core);
    otr_effects_done(&w->effects);
    return 0;
}

typedef struct wanted {
    const char *device;
    otr_device_view found; /* texts of the core's own */
    size_t seen;
    size_t most;
} wanted;

static bool look(void *context, const otr_device_view *device)
{
    wanted *w = context;
    if (w->device != NULL && otr_str_is(device->device, w->device))
        w->found = *device;
    return ++w->seen < w->most;
}

static otr_device_view view_of(world *w, const char *device, otr_time utc)
{
    wanted one = {.device = device, .most = SIZE_MAX};
    otr_core_devices(w->core, 0, utc, &one, look);
    return one.found;
}

static void the_newest_readings_come_first_and_the_rest_is_counted(void **state)
{
    world *w = *state;
    char metric[16];
    for (int i = 0; i < OTR_DEVICE_VIEW_READINGS + 3; i++) {
        (void)snprintf(metric, sizeof metric, "m%02d", i);
        report(w, "d9", metric, i);
        pass(w, OTR_SECOND);
    }
    report(w, "d9", "m01", 7);
    otr_device_view device = view_of(w, "d9", w->now.utc);
    assert_int_equal(device.asset.size, 0);
    assert_int_equal(device.last, w->now.utc);
    assert_int_equal(device.count, OTR_DEVICE_VIEW_READINGS);
    assert_int_equal(device.more, 3);
    assert_true(otr_str_is(device.readings[0].metric, "m01"));
    assert_true(device.readings[0].value.number == 7);
    assert_true(otr_str_is(device.readings[1].metric, "m14"));
    for (size_t i = 1; i < device.count; i++)
        assert_true(device.readings[i].at < device.readings[i - 1].at);
}

static void a_device_is_silent_when_nothing_that_is_expected_counts(void **state)
{
    world *w = *state;
    report(w, "d0", "temperature", 4);
    report(w, "d0", "door", 1); /* nobody says how long it counts */
    otr_device_view device = view_of(w, "d0", w->now.utc);
    assert_true(otr_str_is(device.asset, "a"));
    assert_false(device.silent);
    pass(w, 10 * OTR_MINUTE);
    device = view_of(w, "d0", w->now.utc);
    for (size_t i = 0; i < device.count; i++)
        assert_int_equal(device.readings[i].stale, otr_str_is(device.readings[i].metric, "temperature"));
    assert_true(device.silent);
    assert_false(view_of(w, "d0", OTR_TIME_NONE).silent); /* without a clock nobody can say */
    report(w, "d0", "temperature", 4);
    assert_false(view_of(w, "d0", w->now.utc).silent);
}

static void a_rule_about_silence_says_so_too(void **state)
{
    world *w = *state;
    report(w, "d1", "temperature", 4);
    pass(w, 29 * OTR_MINUTE);
    assert_false(view_of(w, "d1", w->now.utc).silent);
    pass(w, 2 * OTR_MINUTE);
    assert_true(view_of(w, "d1", w->now.utc).silent);
    report(w, "d1", "temperature", 4);
    assert_false(view_of(w, "d1", w->now.utc).silent);
}

static void a_page_ends_where_it_is_told_to(void **state)
{
    world *w = *state;
    wanted page = {.most = 1};
    report(w, "d0", "temperature", 1);
    report(w, "d1", "temperature", 1);
    otr_core_devices(w->core, 0, w->now.utc, &page, look);
    assert_int_equal(page.seen, 1);
    page = (wanted){.most = SIZE_MAX};
    otr_core_devices(w->core, 1, w->now.utc, &page, look);
    assert_int_equal(page.seen, otr_core_device_count(w->core) - 1);
    page.seen = 0;
    otr_core_devices(w->core, UINT32_MAX, w->now.utc, &page, look);
    assert_int_equal(page.seen, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_readings_come_first_and_the_rest_is_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_device_is_silent_when_nothing_that_is_expected_counts, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_rule_about_silence_says_so_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_ends_where_it_is_told_to, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Fields that an asset does not have come from the pack: in match, conditions, clear, limits of functions
 * over the past, texts and causes; for the rules of that pack alone; and an asset may say that it has none.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

#define RULES                                                                                                \
    "rules:\n"                                                                                               \
    "  - alert: Warm\n"                                                                                      \
    "    match: asset.watched\n"                                                                             \
    "    expr: temperature > asset.limit.temperature_max\n"                                                  \
    "    clear: temperature < asset.limit.temperature_max - asset.limit.deadband\n"                          \
    "    annotations: {cause: \"above {{ asset.limit.temperature_max }}\"}\n"                                \
    "    notify: {to: customer, message: warm, on: [raised]}\n"                                              \
    "  - alert: LongWarm\n"                                                                                  \
    "    expr: temperature.time_above(asset.limit.temperature_max, \"1h\") > duration(\"10m\")\n"            \
    "messages:\n"                                                                                            \
    "  warm: {en: {raised: \"{{ asset.name }} is above {{ asset.limit.temperature_max }}\"}}\n"

static const char with_defaults[] =
    "pack: test\nversion: 1\n"
    "defaults: {watched: true, limit: {temperature_max: 8.0, deadband: 2.0}}\n" RULES;
static const char with_others[] =
    "pack: test\nversion: 2\n"
    "defaults: {watched: true, limit: {temperature_max: 20.0, deadband: 2.0}}\n" RULES;
static const char without[] = "pack: other\nversion: 1\nrules:\n"
                              "  - alert: Other\n"
                              "    expr: temperature > asset.limit.temperature_max\n";

#define ASSET(fields)                                                                                        \
    "version: 1\ncustomers: [{customer: c}]\n"                                                               \
    "assets: [{asset: box, class: x, name: Box, devices: [t1], customer: c" fields "}]\n"

static void a_limit_that_the_asset_has_not_comes_from_the_pack(void **state)
{
    (void)state;
    world *w = world_create(with_defaults, ASSET(""), T0);
    world_report(w, "t1", "temperature", 8.0, AT(0));
    assert_int_equal(world_count(w, "Warm"), 0);
    world_report(w, "t1", "temperature", 8.1, AT(1));
    assert_int_equal(world_count(w, "Warm"), 1);
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->text, "Box is above 8");
    assert_string_equal(world_event_get(w, OTR_SERVICE_ALARM, "raised", 0)->cause, "above 8");
    world_report(w, "t1", "temperature", 6.1, AT(2)); /* the deadband is 2 */
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE);
    world_report(w, "t1", "temperature", 5.9, AT(3));
    assert_int_equal(world_get(w, "Warm", 0)->ended, AT(3));
    world_free(w);
}

static void what_the_asset_has_goes_before_the_default(void **state)
{
    (void)state;
    world *w = world_create(with_defaults, ASSET(", limit: {temperature_max: 30.0}"), T0);
    world_report(w, "t1", "temperature", 29, AT(0));
    assert_int_equal(world_count(w, "Warm"), 0);
    world_report(w, "t1", "temperature", 31, AT(1));
    assert_string_equal(world_event_get(w, OTR_SERVICE_ALARM, "raised", 0)->cause, "above 30");
    world_report(w, "t1", "temperature", 27, AT(2)); /* the deadband still is the pack's */
    assert_int_equal(world_get(w, "Warm", 0)->ended, AT(2));
    world_free(w);
}

static void none_means_that_no_rule_on_it_applies(void **state)
{
    (void)state;
    static const char *const assets[] = {ASSET(", limit: {temperature_max: none}"), ASSET(", watched: false"),
                                         ASSET(", watched: none")};
    for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
        world *w = world_create(with_defaults, assets[i], T0);
        for (int m = 0; m <= 30; m += 5)
            world_report(w, "t1", "temperature", 99, AT(m));
        assert_int_equal(world_count(w, "Warm"), 0);
        assert_int_equal(world_count(w, "LongWarm"), i == 0 ? 0 : 1);
        assert_int_equal(otr_core_stats(w->core)->evaluation_errors, 0);
        world_free(w);
    }
}

static void a_default_is_for_the_rules_of_its_pack_alone(void **state)
{
    (void)state;
    world *w = world_create(with_defaults, ASSET(""), T0);
    world_activate(w, "pack/other", without);
    world_report(w, "t1", "temperature", 99, AT(0));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_count(w, "Other"), 0);
    world_activate(w, "assignments", ASSET(", limit: {temperature_max: 8.0}"));
    world_report(w, "t1", "temperature", 99, AT(1));
    assert_int_equal(world_count(w, "Other"), 1);
    world_free(w);
}

static void a_field_that_is_asked_for_may_be_missing(void **state)
{
    (void)state;
    static const char asking[] =
        "pack: test\nversion: 1\nrules:\n"
        "  - alert: Asking\n"
        "    expr: 'temperature > (has(asset.limit.own) ? asset.limit.own : 20.0)'\n";
    static const char *const assets[] = {ASSET(""), ASSET(", limit: {own: 8.0}")};
    for (size_t i = 0; i < 2; i++) {
        world *w = world_create(asking, assets[i], T0);
        world_report(w, "t1", "temperature", 9, AT(0));
        assert_int_equal(world_count(w, "Asking"), i);
        world_report(w, "t1", "temperature", 21, AT(1));
        assert_int_equal(world_count(w, "Asking"), 1);
        world_free(w);
    }
}

static void time_above_counts_by_the_default(void **state)
{
    (void)state;
    world *w = world_create(with_defaults, ASSET(""), T0);
    for (int m = 0; m <= 10; m++) {
        world_report(w, "t1", "temperature", 9, AT(m));
        if (m == 5)
            world_restart(w, false);
    }
    assert_int_equal(world_count(w, "LongWarm"), 0);
    world_report(w, "t1", "temperature", 9, AT(11));
    assert_int_equal(world_count(w, "LongWarm"), 1);
    world_free(w);
}

static void two_packs_count_the_same_field_each_by_its_own_default(void **state)
{
    (void)state;
    static const char second[] =
        "pack: other\nversion: 1\ndefaults: {limit: {temperature_max: 20.0}}\nrules:\n"
        "  - alert: LongHot\n"
        "    expr: temperature.time_above(asset.limit.temperature_max, \"1h\") > duration(\"10m\")\n";
    for (int restarted = 0; restarted < 2; restarted++) {
        world *w = world_create(with_defaults, ASSET(""), T0);
        world_activate(w, "pack/other", second);
        for (int m = 0; m <= 20; m++)
            world_report(w, "t1", "temperature", m < 12 ? 9 : 21, AT(m));
        world_snapshot(w);
        if (restarted)
            world_restart(w, false);
        assert_int_equal(world_count(w, "LongWarm"), 1);
        assert_int_equal(world_count(w, "LongHot"), 0);
        for (int m = 21; m <= 23; m++)
            world_report(w, "t1", "temperature", 21, AT(m));
        assert_int_equal(world_count(w, "LongHot"), 1);
        world_free(w);
    }
}

static void a_new_default_counts_from_its_activation_on(void **state)
{
    (void)state;
    world *w = world_create(with_defaults, ASSET(""), T0);
    world_report(w, "t1", "temperature", 9, AT(0));
    assert_int_equal(world_count(w, "Warm"), 1);
    world_activate(w, "pack/test", with_others);
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE); /* the same rule */
    world_report(w, "t1", "temperature", 9, AT(1));
    assert_int_equal(world_get(w, "Warm", 0)->ended, AT(1));
    world_report(w, "t1", "temperature", 19, AT(2));
    assert_int_equal(world_count(w, "Warm"), 1);
    world_report(w, "t1", "temperature", 21, AT(3));
    assert_int_equal(world_count(w, "Warm"), 2);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_that_the_asset_has_not_comes_from_the_pack),
        cmocka_unit_test(what_the_asset_has_goes_before_the_default),
        cmocka_unit_test(none_means_that_no_rule_on_it_applies),
        cmocka_unit_test(a_default_is_for_the_rules_of_its_pack_alone),
        cmocka_unit_test(a_field_that_is_asked_for_may_be_missing),
        cmocka_unit_test(time_above_counts_by_the_default),
        cmocka_unit_test(two_packs_count_the_same_field_each_by_its_own_default),
        cmocka_unit_test(a_new_default_counts_from_its_activation_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* rules/pack: what a rule does by itself: its parts, its defaults, every refusal with its exact place, and
 * that it is no part of the condition. */
#include "loading.h"
#include "rules/load/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(packs, otr_pack, otr_pack_load, otr_pack_free);

#define RULE "pack: p\nversion: 1\nrules:\n- alert: A\n  expr: temperature > 1.0\n"

static otr_pack *load(const char *yaml)
{
    otr_pack *pack;
    otr_error error;
    if (otr_pack_load(otr_str_of(yaml), &pack, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return pack;
}

static void every_part_of_a_command_is_there(void **state)
{
    (void)state;
    otr_pack *pack =
        load(RULE "  do: {command: set_point, value: 3.5, at_most: 3 per 1d, every: 30m, "
                  "unless: door || humidity > 90.0, device: cooler, wait: 10m, shadow: false}\n");
    const otr_deed *deed = pack->rules[0].deed;
    assert_non_null(deed);
    assert_true(otr_str_is(deed->command, "set_point"));
    assert_true(otr_str_is(deed->role, "cooler"));
    assert_int_equal(deed->value.type, OTR_TYPE_DOUBLE);
    assert_true(deed->value.number == 3.5);
    assert_int_equal(deed->at_most, 3);
    assert_true(deed->at_most_us == OTR_DAY);
    assert_true(deed->every_us == 30 * OTR_MINUTE);
    assert_true(deed->wait_us == 10 * OTR_MINUTE);
    assert_non_null(deed->unless);
    assert_false(deed->shadow);
    otr_pack_free(pack);
}

static void a_command_is_in_shadow_unless_the_pack_says_otherwise(void **state)
{
    (void)state;
    otr_pack *pack = load(RULE "  do: {command: boost, value: true, at_most: 32 per 90m}\n");
    const otr_deed *deed = pack->rules[0].deed;
    assert_true(deed->shadow);
    assert_int_equal(deed->value.type, OTR_TYPE_BOOL);
    assert_true(deed->value.flag);
    assert_int_equal(deed->role.size, 0);
    assert_null(deed->unless);
    assert_true(deed->every_us == 0);
    assert_true(deed->wait_us == 0);
    otr_pack_free(pack);
    pack = load(RULE);
    assert_null(pack->rules[0].deed);
    otr_pack_free(pack);
}

static void a_command_is_no_part_of_the_condition(void **state)
{
    (void)state;
    otr_pack *without = load(RULE);
    otr_pack *with = load(RULE "  do: {command: boost, value: true, at_most: 1 per 1h, unless: door}\n");
    assert_true(with->rules[0].condition_hash == without->rules[0].condition_hash);
    assert_int_equal(with->rules[0].metric_count, 1);
    otr_pack_free(without);
    otr_pack_free(with);
}

#define DO RULE "  do: {command: boost, value: true, at_most: 1 per 1h, "

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const test_refusal rows[] = {
        {RULE "  do: boost\n", 6, 7, "expected a map"},
        {RULE "  do: {}\n", 6, 7, "the key command is missing"},
        {RULE "  do: {command: boost}\n", 6, 7, "the key value is missing"},
        {RULE "  do: {command: boost, value: true}\n", 6, 7, "the key at_most is missing"},
        {RULE "  do: {command: Boost, value: true}\n", 6, 17, "a command has small letters"},
        {RULE "  do: {command: [a], value: true}\n", 6, 17, "expected text, found a list"},
        {RULE "  do: {command: boost, value: on}\n", 6, 31, "expected true, false or a number"},
        {RULE "  do: {command: boost, value: 'true'}\n", 6, 31, "expected true, false or a number"},
        {RULE "  do: {command: boost, value: 1, at_most: 3}\n", 6, 43, "how many in how long"},
        {RULE "  do: {command: boost, value: 1, at_most: per 1d}\n", 6, 43, "how many in how long"},
        {RULE "  do: {command: boost, value: 1, at_most: 3 a day}\n", 6, 43, "how many in how long"},
        {RULE "  do: {command: boost, value: 1, at_most: 3 per day}\n", 6, 43, "how many in how long"},
        {RULE "  do: {command: boost, value: 1, at_most: 3 per 0s}\n", 6, 43, "how many in how long"},
        {RULE "  do: {command: boost, value: 1, at_most: 3 per }\n", 6, 43, "how many in how long"},
        {RULE "  do: {command: boost, value: 1, at_most: 0 per 1d}\n", 6, 43, "expected 1 to 32"},
        {RULE "  do: {command: boost, value: 1, at_most: 33 per 1d}\n", 6, 43, "expected 1 to 32"},
        {RULE "  do: {command: boost, value: 1, at_most: 4294967297 per 1d}\n", 6, 43,
         "how many in how long"},
        {DO "unles: door}\n", 6, 56, "did you mean unless?"},
        {DO "unless: door ||}\n", 6, 71, ""},
        {DO "unless: temperature}\n", 6, 64, ""},
        {DO "unless: 1 > 2}\n", 6, 64, "this is never true"},
        {DO "every: often}\n", 6, 63, "expected a duration"},
        {DO "wait: 5}\n", 6, 62, "expected a duration"},
        {DO "shadow: 0}\n", 6, 64, ""},
        {DO "device: The Cooler}\n", 6, 64, "a role has small letters"},
        {RULE "  lateness: 1m\n  do: {command: boost, value: true, at_most: 1 per 1h}\n", 7, 3,
         "a rule with lateness has no do"},
    };
    test_refusals(&packs, rows, sizeof rows / sizeof rows[0]);
}

static void every_failed_allocation_is_told_as_such(void **state)
{
    (void)state;
    static const char yaml[] = DO "unless: door, device: cooler, wait: 10m}\n";
    test_failing_allocations(&packs, OTR_STR(yaml), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_of_a_command_is_there),
        cmocka_unit_test(a_command_is_in_shadow_unless_the_pack_says_otherwise),
        cmocka_unit_test(a_command_is_no_part_of_the_condition),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(every_failed_allocation_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

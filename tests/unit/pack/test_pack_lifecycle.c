/* rules/pack: what a rule says of its alarm's lifecycle, the order that inhibition gives the rules, and every
 * refusal with its place. */
#include "base/time.h"
#include "failing_memory.h"
#include "rules/load/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "pack: p\nversion: 1\nrules:\n"

static otr_pack *load(const char *yaml)
{
    otr_pack *pack;
    otr_error error;
    if (otr_pack_load(otr_str_of(yaml), &pack, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return pack;
}

static void expect_names(const otr_pack *pack, const char *names)
{
    char found[256] = "";
    for (size_t i = 0; i < pack->rule_count; i++) {
        size_t used = strlen(found);
        (void)snprintf(found + used, sizeof found - used, "%.*s ", OTR_STR_ARG(pack->rules[i].name));
    }
    assert_string_equal(found, names);
}

static void a_rule_says_how_its_alarm_lives(void **state)
{
    (void)state;
    otr_pack *pack = load(HEAD "  - alert: A\n    expr: x > 1.0\n    latch: true\n"
                               "    suppress: asset.phase == \"loading\" || door\n"
                               "    inhibited_by: [B]\n"
                               "  - {alert: B, silent_for: 1h, suppress: asset.phase == \"stored\"}\n");
    expect_names(pack, "B A ");
    assert_false(pack->rules[0].latch);
    assert_non_null(pack->rules[0].suppress);
    assert_int_equal(pack->rules[0].inhibited_by_count, 0);
    assert_true(pack->rules[1].latch);
    assert_non_null(pack->rules[1].suppress);
    assert_int_equal(pack->rules[1].inhibited_by_count, 1);
    assert_int_equal(pack->rules[1].inhibited_by[0], 0);
    /* what suppresses is no part of the condition: it makes nothing be evaluated and opens no gap */
    assert_int_equal(pack->rules[1].metric_count, 1);
    otr_pack_free(pack);
}

static void lifecycle_is_no_part_of_the_condition(void **state)
{
    (void)state;
    otr_pack *plain = load(HEAD "  - {alert: A, expr: x > 1.0}\n  - {alert: B, expr: y > 1.0}\n");
    otr_pack *more = load(HEAD "  - {alert: A, expr: x > 1.0, latch: true, suppress: door, "
                               "inhibited_by: [B]}\n  - {alert: B, expr: y > 1.0}\n");
    assert_true(plain->rules[0].condition_hash == more->rules[1].condition_hash);
    otr_pack_free(plain);
    otr_pack_free(more);
}

static void who_inhibits_is_judged_first_and_the_rest_stays_as_written(void **state)
{
    (void)state;
    otr_pack *pack = load(HEAD "  - {alert: A, expr: x > 1.0, inhibited_by: [D]}\n"
                               "  - {alert: B, expr: x > 1.0}\n"
                               "  - {alert: C, expr: x > 1.0, inhibited_by: [A, B]}\n"
                               "  - {alert: D, expr: x > 1.0, inhibited_by: [E]}\n"
                               "  - {alert: E, expr: x > 1.0}\n");
    expect_names(pack, "B E D A C ");
    for (size_t i = 0; i < pack->rule_count; i++)
        for (size_t j = 0; j < pack->rules[i].inhibited_by_count; j++)
            assert_true(pack->rules[i].inhibited_by[j] < i);
    assert_true(otr_str_is(pack->rules[pack->rules[3].inhibited_by[0]].name, "D"));
    assert_true(otr_str_is(pack->rules[pack->rules[4].inhibited_by[0]].name, "A"));
    assert_true(otr_str_is(pack->rules[pack->rules[4].inhibited_by[1]].name, "B"));
    otr_pack_free(pack);
}

static void every_refusal_has_its_place(void **state)
{
    static const struct {
        const char *rules;
        int line;
        int column;
        const char *text;
    } cases[] = {
        {"  - {alert: A, expr: x > 1.0, latch: maybe}\n", 4, 38, "true or false"},
        {"  - {alert: A, expr: x > 1.0, suppress: x + 1.0}\n", 4, 41, "bool"},
        {"  - {alert: A, expr: x > 1.0, inhibited_by: B}\n", 4, 45, "list"},
        {"  - {alert: A, expr: x > 1.0, inhibited_by: [A]}\n", 4, 46, "by itself"},
        {"  - {alert: Warm, expr: x > 1.0}\n  - {alert: B, expr: x > 1.0, inhibited_by: [Warn]}\n", 5, 46,
         "this pack has no rule Warn; did you mean Warm?"},
        {"  - {alert: A, expr: x > 1.0}\n  - {alert: B, expr: x > 1.0, inhibited_by: [A, A]}\n", 5, 49,
         "A is here twice"},
        {"  - {alert: A, expr: x > 1.0, inhibited_by: [B]}\n  - {alert: B, expr: x > 1.0, inhibited_by: "
         "[A]}\n",
         4, 45, "A and B inhibit each other"},
        {"  - {alert: Z, expr: x > 1.0, inhibited_by: [A]}\n"
         "  - {alert: A, expr: x > 1.0, inhibited_by: [B]}\n"
         "  - {alert: B, expr: x > 1.0, inhibited_by: [C]}\n"
         "  - {alert: C, expr: x > 1.0, inhibited_by: [A]}\n",
         0, 0, "inhibit each other"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char yaml[600];
        otr_pack *pack;
        otr_error error = {0};
        (void)snprintf(yaml, sizeof yaml, HEAD "%s", cases[i].rules);
        if (otr_pack_load(otr_str_of(yaml), &pack, &error) == OTR_OK)
            fail_msg("case %zu is taken", i);
        bool placed = cases[i].line == 0 || (error.line == cases[i].line && error.column == cases[i].column);
        if (!placed || strstr(error.text, cases[i].text) == NULL)
            fail_msg("case %zu: %d:%d: %s", i, error.line, error.column, error.text);
    }
}

static void no_failed_allocation_is_overlooked(void **state)
{
    static const char yaml[] = HEAD "  - {alert: A, expr: x > 1.0, suppress: door, inhibited_by: [B]}\n"
                                    "  - {alert: B, expr: x > 1.0}\n";
    (void)state;
    for (long n = 1;; n++) {
        otr_pack *pack;
        failing_memory_after(n);
        otr_status status = otr_pack_load(otr_str_of(yaml), &pack, NULL);
        failing_memory_after(0);
        if (status == OTR_OK) {
            expect_names(pack, "B A ");
            otr_pack_free(pack);
            assert_true(n > 5);
            return;
        }
        assert_null(pack);
        assert_int_equal(status, OTR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_says_how_its_alarm_lives),
        cmocka_unit_test(lifecycle_is_no_part_of_the_condition),
        cmocka_unit_test(who_inhibits_is_judged_first_and_the_rest_stays_as_written),
        cmocka_unit_test(every_refusal_has_its_place),
        cmocka_unit_test(no_failed_allocation_is_overlooked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

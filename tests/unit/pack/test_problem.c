/* rules/problem: what a list of problems becomes, every refusal with its exact place, which cases fit, and
 * failed allocations. */
#include "base/limits.h"
#include "loading.h"
#include "rules/load/knowledge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(files, otr_knowledge, otr_knowledge_load, otr_knowledge_free);

#define HEAD "knowledge: problems\nversion: 1\nproblems:\n"

static const char whole[] = HEAD "  - problem: door-seal\n"
                                 "    state: open\n"
                                 "    owner: kim\n"
                                 "    since: 2024-05-22\n"
                                 "    cause: \"door seal\"\n"
                                 "    lot: A7\n"
                                 "    text: Door seals of lot A7 come loose.\n"
                                 "    cases: [000102030405060708090a0b0c0d0e0f]\n"
                                 "  - {problem: warm, state: fixed, rule: cold-chain/Warm, text: T, "
                                 "fixed_by: {pack: cold-chain, version: 8}}\n";

static otr_knowledge *load(const char *yaml)
{
    otr_knowledge *knowledge;
    otr_error error;
    if (otr_knowledge_load(otr_str_of(yaml), &knowledge, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return knowledge;
}

static void a_problem_is_read_whole(void **state)
{
    (void)state;
    otr_knowledge *k = load(whole);
    assert_int_equal(k->problem_count, 2);
    const otr_problem *one = &k->problems[0];
    assert_true(otr_str_is(one->id, "door-seal") && otr_str_is(one->owner, "kim"));
    assert_int_equal(one->state, OTR_PROBLEM_OPEN);
    assert_true(otr_str_is(one->since, "2024-05-22") &&
                otr_str_is(one->text, "Door seals of lot A7 come loose."));
    assert_int_equal(one->case_count, 1);
    assert_int_equal(one->cases[0].bytes[15], 15);
    assert_int_equal(one->fixed_pack.size, 0);
    assert_true(otr_str_is(k->problems[1].fixed_pack, "cold-chain") && k->problems[1].fixed_version == 8);
    otr_knowledge_free(k);
}

static void all_that_is_given_must_fit(void **state)
{
    (void)state;
    otr_knowledge *k = load(whole);
    otr_problem_subject of = {.category = OTR_STR("cold-chain")};
    assert_false(otr_problem_fits(&k->problems[0], &of));
    of.keys[OTR_PROBLEM_CAUSE] = OTR_STR("door seal");
    assert_false(otr_problem_fits(&k->problems[0], &of));
    of.keys[OTR_PROBLEM_LOT] = OTR_STR("A7");
    of.keys[OTR_PROBLEM_RULE] = OTR_STR("p/Other");
    assert_true(otr_problem_fits(&k->problems[0], &of));
    assert_false(otr_problem_fits(&k->problems[1], &of));
    of.keys[OTR_PROBLEM_CAUSE] = (otr_str){NULL, 0};
    of.category = OTR_STR("door seal"); /* nothing more is known of the cause */
    assert_true(otr_problem_fits(&k->problems[0], &of));
    otr_knowledge_free(k);
}

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        int line;
        int column;
        otr_status status;
    } table[] = {
        {"  - {state: open, lot: A, text: T}\n", 4, 5, OTR_INVALID},
        {"  - {problem: a, lot: A, text: T}\n", 4, 5, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A}\n", 4, 5, OTR_INVALID},
        {"  - {problem: a, state: open, text: T}\n", 4, 5, OTR_INVALID},
        {"  - {problem: A b, state: open, lot: A, text: T}\n", 4, 15, OTR_INVALID},
        {"  - {problem: a, state: maybe, lot: A, text: T}\n", 4, 25, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: T, more: 1}\n", 4, 48, OTR_INVALID},
        {"  - {problem: a, state: fixed, lot: A, text: T}\n", 4, 5, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: T, since: 2024-02-30}\n", 4, 55, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: T, since: 24-02-03}\n", 4, 55, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: T, cases: [12]}\n", 4, 56, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: T, fixed_by: {pack: p}}\n", 4, 58, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: T, fixed_by: {pack: p, version: 0}}\n", 4, 77,
         OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: T}\n  - {problem: a, state: open, lot: B, text: T}\n",
         5, 5, OTR_INVALID},
        {"  - {problem: a, state: open, lot: A, text: ''}\n", 4, 45, OTR_INVALID},
        {"  a: b\n", 4, 3, OTR_INVALID},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char yaml[512];
        otr_knowledge *k = NULL;
        otr_error error = {.text = ""};
        (void)snprintf(yaml, sizeof yaml, "%s%s", HEAD, table[i].yaml);
        otr_status status = otr_knowledge_load(otr_str_of(yaml), &k, &error);
        if (status != table[i].status || k != NULL || error.line != table[i].line ||
            error.column != table[i].column)
            fail_msg("row %zu: %d at %d:%d: %s", i, status, error.line, error.column, error.text);
    }
}

static void days_exist(void **state)
{
    (void)state;
    assert_true(otr_problem_day_ok(OTR_STR("2024-02-29")));
    assert_false(otr_problem_day_ok(OTR_STR("2023-02-29")));
    assert_false(otr_problem_day_ok(OTR_STR("2023-13-01")));
    assert_false(otr_problem_day_ok(OTR_STR("2023-1--01")));
    assert_false(otr_problem_day_ok(OTR_STR("2023-01-01 ")));
}

static void a_failed_allocation_leaves_nothing(void **state)
{
    (void)state;
    test_failing_allocations(&files, otr_str_of(whole), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_problem_is_read_whole),
        cmocka_unit_test(all_that_is_given_must_fit),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(days_exist),
        cmocka_unit_test(a_failed_allocation_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

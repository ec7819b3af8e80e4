/* What rises, what does so by chance, which rises are one problem, and what is proposed in a file. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "tools/outrider/figures/trends.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void cases(otr_bucket *bucket, otr_bucket_dimension dimension, const char *key, unsigned count)
{
    bool alarms = dimension == OTR_BY_RULE || dimension == OTR_BY_STEP;
    otr_bucket_add_count(otr_bucket_at(bucket, dimension, otr_str_of(key)),
                         alarms ? OTR_COUNT_ALARMS : OTR_COUNT_CASES, count);
}

/* A quiet fleet: what there is on each of so many days. */
static otr_bucket quiet(unsigned days)
{
    otr_bucket bucket = {.oldest = OTR_TIME_NEVER};
    cases(&bucket, OTR_BY_CAUSE, "door open", 3 * days);
    cases(&bucket, OTR_BY_CAUSE, "compressor", days);
    cases(&bucket, OTR_BY_QUEUE, "cold-chain", 4 * days);
    cases(&bucket, OTR_BY_PRODUCT, "CX-200", 4 * days);
    cases(&bucket, OTR_BY_RULE, "cold-chain/TemperatureExcursion", 5 * days);
    return bucket;
}

static otr_trends find(otr_bucket *now, otr_bucket *before)
{
    otr_trends trends;
    assert_int_equal(otr_trends_find(now, 7, before, 21, OTR_COUNT_CASES, &trends), OTR_OK);
    return trends;
}

static void done(otr_trends *trends, otr_bucket *now, otr_bucket *before)
{
    otr_trends_done(trends);
    otr_bucket_done(now);
    otr_bucket_done(before);
}

static const otr_trend *lead_of(const otr_trends *trends, uint32_t problem)
{
    for (size_t i = 0; i < trends->count; i++)
        if (trends->list[i].problem == problem && trends->list[i].leads)
            return &trends->list[i];
    fail_msg("problem %u has no lead", problem);
    return NULL;
}

static void a_flood_of_500_cases_with_one_cause_is_one_problem(void **state)
{
    (void)state;
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(7);
    cases(&now, OTR_BY_CAUSE, "door seal", 500);
    cases(&now, OTR_BY_LOT, "A7", 320);
    cases(&now, OTR_BY_LOT, "A8", 180);
    cases(&now, OTR_BY_PRODUCT, "CX-200", 500);
    cases(&now, OTR_BY_QUEUE, "cold-chain", 500);
    cases(&now, OTR_BY_LANE, "Lyon>K\xc3\xb6ln", 480);
    cases(&now, OTR_BY_RULE, "cold-chain/TemperatureExcursion", 560);
    cases(&now, OTR_BY_STEP, "in-transit", 510);
    otr_trends trends = find(&now, &before);
    assert_int_equal(trends.count, 8);
    assert_int_equal(trends.problems, 1);
    const otr_trend *lead = lead_of(&trends, 0);
    assert_true(otr_str_is(otr_bucket_key(lead->cell), "door seal"));
    assert_true(lead == &trends.list[0] && lead->now == 500 && isinf(lead->ratio.value));
    done(&trends, &now, &before);
}

static void two_causes_are_two_problems_and_a_lot_of_its_own_a_third(void **state)
{
    (void)state;
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(7);
    cases(&now, OTR_BY_CAUSE, "door seal", 600);
    cases(&now, OTR_BY_CAUSE, "battery", 60); /* it would fit into the other */
    cases(&now, OTR_BY_LOT, "B1", 800);       /* more than either has */
    otr_trends trends = find(&now, &before);
    assert_int_equal(trends.problems, 3);
    assert_true(otr_str_is(otr_bucket_key(lead_of(&trends, 0)->cell), "door seal"));
    assert_true(otr_str_is(otr_bucket_key(lead_of(&trends, 1)->cell), "battery"));
    assert_true(otr_str_is(otr_bucket_key(lead_of(&trends, 2)->cell), "B1"));
    done(&trends, &now, &before);
}

static void what_stays_as_it_was_and_what_is_few_does_not_rise(void **state)
{
    (void)state;
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(7);
    cases(&now, OTR_BY_LOT, "C1", OTR_TRENDS_LEAST - 1);
    cases(&now, OTR_BY_CAUSE, "", 100); /* the rest is no key */
    otr_trends trends = find(&now, &before);
    assert_int_equal(trends.count, 0);
    assert_int_equal(trends.problems, 0);
    done(&trends, &now, &before);
}

static void a_gateway_that_is_missing_is_no_fall_and_one_more_no_rise(void **state)
{
    (void)state;
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(21); /* three gateways in seven days where one was before */
    otr_trends trends;
    assert_int_equal(otr_trends_find(&now, 21, &before, 21, OTR_COUNT_CASES, &trends), OTR_OK);
    assert_int_equal(trends.count, 0);
    otr_trends_done(&trends);
    assert_int_equal(otr_trends_find(&now, 7, &before, 21, OTR_COUNT_CASES, &trends), OTR_OK);
    assert_true(trends.count > 0);
    done(&trends, &now, &before);
}

/* Knuth's, with a generator of its own. */
static unsigned poisson(uint64_t *seed, double mean)
{
    unsigned count = 0;
    double left = exp(-mean);
    for (double p = 1;; count++) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        p *= (double)(*seed >> 11) / 9007199254740992.0;
        if (p <= left)
            return count;
    }
}

static void chance_alone_raises_little_and_the_truth_is_found_in_it(void **state)
{
    (void)state;
    uint64_t seed = 7;
    unsigned false_rises = 0;
    unsigned found = 0;
    for (int round = 0; round < 200; round++) {
        otr_bucket before = {.oldest = OTR_TIME_NEVER};
        otr_bucket now = {.oldest = OTR_TIME_NEVER};
        for (int key = 0; key < 40; key++) {
            char name[16];
            bool risen = key == 0;
            (void)snprintf(name, sizeof name, "lot-%d", key);
            cases(&before, OTR_BY_LOT, name, poisson(&seed, 21));
            cases(&now, OTR_BY_LOT, name, poisson(&seed, risen ? 35 : 7));
        }
        otr_trends trends = find(&now, &before);
        for (size_t i = 0; i < trends.count; i++) {
            bool truth = otr_str_is(otr_bucket_key(trends.list[i].cell), "lot-0");
            found += truth;
            false_rises += !truth;
        }
        done(&trends, &now, &before);
    }
    if (found < 195 || false_rises > 24) /* of 200 each; a twentieth, and what its spread allows */
        fail_msg("%u of 200 found, %u that were none", found, false_rises);
}

static otr_figures some_figures(void)
{
    return (otr_figures){.first = 19865, .last = 19871}; /* 2024-05-22 to 28 */
}

static void a_proposal_is_a_file_that_loads_and_is_not_made_twice(void **state)
{
    (void)state;
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(7);
    cases(&now, OTR_BY_CAUSE, "door \"seal\": #1", 500);
    cases(&now, OTR_BY_LOT, "A7", 480);
    otr_trends trends = find(&now, &before);
    otr_figures figures = some_figures();
    otr_figures_case one = {.id = {{1}}, .cause = OTR_STR("door \"seal\": #1")};
    figures.cases = &one;
    figures.case_count = 1;
    otr_buffer first = {0};
    otr_buffer second = {0};
    otr_error error = {.text = ""};
    otr_knowledge *knowledge;
    size_t added;
    if (otr_trends_propose(&trends, &figures, OTR_STR(""), &first, &added, &error) != OTR_OK)
        fail_msg("%s\n%.*s", error.text, (int)first.size, (const char *)first.data);
    assert_int_equal(added, 1);
    assert_int_equal(otr_knowledge_load(otr_buffer_text(&first), &knowledge, &error), OTR_OK);
    const otr_problem *problem = &knowledge->problems[0];
    assert_int_equal(problem->state, OTR_PROBLEM_PROPOSED);
    assert_true(otr_str_equal(problem->subject.keys[OTR_PROBLEM_CAUSE], otr_bucket_key(trends.list[0].cell)));
    assert_true(otr_str_is(problem->since, "2024-05-22"));
    assert_int_equal(problem->case_count, 1);
    assert_ptr_equal(otr_trend_known(&trends.list[0], knowledge), problem);
    otr_knowledge_free(knowledge);
    assert_int_equal(otr_trends_propose(&trends, &figures, otr_buffer_text(&first), &second, &added, &error),
                     OTR_OK);
    assert_int_equal(added, 0);
    otr_buffer_done(&first);
    otr_buffer_done(&second);
    done(&trends, &now, &before);
}

static void a_key_that_no_file_can_hold_is_not_proposed(void **state)
{
    (void)state;
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(7);
    cases(&now, OTR_BY_CAUSE, "door\x1b seal", 500);
    cases(&now, OTR_BY_CAUSE, "battery\n", 400);
    otr_trends trends = find(&now, &before);
    otr_figures figures = some_figures();
    otr_buffer out = {0};
    otr_error error = {.text = ""};
    size_t added;
    assert_int_equal(trends.problems, 2);
    assert_int_equal(otr_trends_propose(&trends, &figures, OTR_STR(""), &out, &added, &error), OTR_OK);
    assert_int_equal(added, 0);
    otr_buffer_done(&out);
    done(&trends, &now, &before);
}

static void a_new_problem_joins_the_file_and_leaves_the_rest_as_it_is(void **state)
{
    (void)state;
    static const char file[] = "# mine\nknowledge: problems\nversion: 41\nproblems:\n"
                               "  - {problem: old, state: open, owner: kim, lot: A7, text: Old.}\n";
    static const char elsewhere[] =
        "knowledge: k\nversion: 1\nproblems:\n  - {problem: o, state: open, lot: L, text: T}\n"
        "entries: []\n";
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(7);
    cases(&now, OTR_BY_CAUSE, "door seal", 500);
    otr_trends trends = find(&now, &before);
    otr_figures figures = some_figures();
    otr_buffer out = {0};
    otr_error error = {.text = ""};
    otr_knowledge *knowledge;
    size_t added;
    assert_int_equal(otr_trends_propose(&trends, &figures, OTR_STR(file), &out, &added, &error), OTR_OK);
    assert_int_equal(added, 1);
    assert_int_equal(otr_knowledge_load(otr_buffer_text(&out), &knowledge, &error), OTR_OK);
    assert_int_equal(knowledge->version, 42);
    assert_int_equal(knowledge->problem_count, 2);
    assert_true(otr_str_is(knowledge->problems[0].owner, "kim"));
    assert_true(otr_str_starts(otr_buffer_text(&out), OTR_STR("# mine\nknowledge: problems\nversion: 42\n")));
    otr_knowledge_free(knowledge);
    otr_buffer_clear(&out);
    assert_int_equal(otr_trends_propose(&trends, &figures, OTR_STR(elsewhere), &out, &added, &error),
                     OTR_INVALID);
    otr_buffer_done(&out);
    done(&trends, &now, &before);
}

static void what_was_fixed_and_rises_again_is_back(void **state)
{
    (void)state;
    static const char file[] =
        "knowledge: problems\nversion: 1\nproblems:\n  - {problem: seal, state: fixed, cause: door "
        "seal, text: T, fixed_by: {pack: p, version: 8}}\n";
    otr_bucket before = quiet(21);
    otr_bucket now = quiet(7);
    cases(&now, OTR_BY_CAUSE, "door seal", 500);
    otr_trends trends = find(&now, &before);
    otr_figures figures = some_figures();
    otr_buffer text = {0};
    otr_knowledge *knowledge;
    assert_int_equal(otr_knowledge_load(OTR_STR(file), &knowledge, NULL), OTR_OK);
    otr_trends_say(&trends, &figures, knowledge, &text);
    otr_buffer_add_u8(&text, '\0');
    assert_non_null(strstr((const char *)text.data, "seal is back: it was fixed by p version 8"));
    otr_knowledge_free(knowledge);
    otr_buffer_done(&text);
    done(&trends, &now, &before);
}

static void figures_and_problems_name_their_keys_alike(void **state)
{
    (void)state;
    for (int key = 0; key < OTR_PROBLEM_KEY_COUNT; key++) {
        otr_bucket_dimension dimension;
        assert_true(
            otr_bucket_dimension_parse(otr_str_of(otr_problem_key_text((otr_problem_key)key)), &dimension));
        assert_int_not_equal(dimension, OTR_BY_TOTAL);
    }
    assert_int_equal(OTR_PROBLEM_KEY_COUNT, OTR_BY_COUNT - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_500_cases_with_one_cause_is_one_problem),
        cmocka_unit_test(two_causes_are_two_problems_and_a_lot_of_its_own_a_third),
        cmocka_unit_test(what_stays_as_it_was_and_what_is_few_does_not_rise),
        cmocka_unit_test(a_gateway_that_is_missing_is_no_fall_and_one_more_no_rise),
        cmocka_unit_test(chance_alone_raises_little_and_the_truth_is_found_in_it),
        cmocka_unit_test(a_proposal_is_a_file_that_loads_and_is_not_made_twice),
        cmocka_unit_test(a_key_that_no_file_can_hold_is_not_proposed),
        cmocka_unit_test(a_new_problem_joins_the_file_and_leaves_the_rest_as_it_is),
        cmocka_unit_test(what_was_fixed_and_rises_again_is_back),
        cmocka_unit_test(figures_and_problems_name_their_keys_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

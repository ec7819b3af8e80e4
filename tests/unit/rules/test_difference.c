/*
 * Expressions made at random mean to rules/ what they mean to the slow and obvious evaluator in
 * tests/reference. Each seed is one case; the first that differs is printed with its seed, its text, its
 * values and both outcomes. That the comparison can fail is shown by mistakes planted in the reference: each
 * of them must be noticed. OUTRIDER_SEED gives the first seed, OUTRIDER_LONG makes more of them.
 */
#include "cmocka_all.h"

#include "difference.h"

#include <stdlib.h>
#include <string.h>

enum { CASES = 20000, CASES_LONG = 2000000, FIRST = 0 };

static const char *const bug_texts[] = {
#define X(name, text) text,
    REF_BUG_LIST(X)
#undef X
};

static uint64_t first_seed(void)
{
    const char *text = getenv("OUTRIDER_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : FIRST;
}

static void expect_agreement(bool open)
{
    const char *longer = getenv("OUTRIDER_LONG");
    uint64_t count = longer != NULL ? CASES_LONG : CASES;
    uint64_t counts[DIFFER + 1] = {0};
    char report[REF_REPORT_BYTES];
    for (uint64_t seed = first_seed(), end = seed + count; seed < end; seed++) {
        choices from = choices_of_seed(seed);
        agreement found = ref_compare(&from, open, REF_BUG_NONE, report);
        if (found == DIFFER && counts[DIFFER] < 5)
            print_error("seed %llu, %s\n", (unsigned long long)seed, report);
        counts[found]++;
    }
    print_message("%s: %llu with a value, %llu without, %llu refused, %llu beyond limits\n",
                  open ? "open" : "closed", (unsigned long long)counts[AGREE],
                  (unsigned long long)counts[AGREE_ON_NONE], (unsigned long long)counts[REFUSED],
                  (unsigned long long)counts[BEYOND_LIMITS]);
    assert_int_equal(counts[DIFFER], 0);
    /* A generator whose expressions all fail would show nothing. */
    assert_true(counts[AGREE] > count / 4);
    assert_true(counts[BEYOND_LIMITS] < count / 100);
}

static void expressions_over_variables_mean_what_the_reference_says(void **state)
{
    (void)state;
    expect_agreement(true);
}

static void expressions_over_metrics_mean_what_the_reference_says(void **state)
{
    (void)state;
    expect_agreement(false);
}

static bool is_noticed(ref_bug bug, uint64_t *after)
{
    char report[REF_REPORT_BYTES];
    for (uint64_t seed = 0; seed < CASES; seed++) {
        choices one = choices_of_seed(seed);
        choices other = choices_of_seed(seed);
        *after = seed + 1;
        if (ref_compare(&one, true, bug, report) == DIFFER ||
            ref_compare(&other, false, bug, report) == DIFFER)
            return true;
    }
    return false;
}

static void every_planted_mistake_is_noticed(void **state)
{
    (void)state;
    int missed = 0;
    for (ref_bug bug = REF_BUG_NONE + 1; bug < REF_BUGS; bug++) {
        uint64_t after = 0;
        bool noticed = is_noticed(bug, &after);
        if (getenv("OUTRIDER_LONG") != NULL || !noticed)
            print_message("%s: %s %llu cases\n", bug_texts[bug], noticed ? "noticed after" : "not noticed in",
                          (unsigned long long)after);
        missed += !noticed;
    }
    assert_int_equal(missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_over_variables_mean_what_the_reference_says),
        cmocka_unit_test(expressions_over_metrics_mean_what_the_reference_says),
        cmocka_unit_test(every_planted_mistake_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * core/window against a slow reference over random series: to the last digit that matters where at most 32
 * readings lie in a span, within a cell of the span where there are more. Then the reference is given one
 * mistake after the other, and the comparison must notice each. OUTRIDER_SEED repeats one seed.
 */
#include "compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void compare_seeds(density wanted, uint64_t first, uint64_t count)
{
    scenario *made = malloc(sizeof *made);
    assert_non_null(made);
    const char *chosen = getenv("OUTRIDER_SEED");
    if (chosen != NULL) {
        first = strtoull(chosen, NULL, 10);
        count = 1;
    }
    for (uint64_t seed = first; seed < first + count; seed++)
        for (size_t i = 0; i < asked_function_count; i++) {
            char text[200];
            if (wanted == DENSE && asked_functions[i] == OTR_FUNCTION_MEDIAN)
                continue; /* of joined cells it is what test_window_forms says */
            scenario_make(made, asked_functions[i], wanted, seed);
            if (!scenario_agrees(made, BUG_NONE, seed, text, sizeof text))
                fail_msg("seed %llu: %s", (unsigned long long)seed, text);
        }
    free(made);
}

static void few_readings_in_a_span_are_answered_exactly(void **state)
{
    (void)state;
    compare_seeds(SPARSE, 1, getenv("OUTRIDER_LONG") != NULL ? 3000 : 60);
}

static void many_readings_in_a_span_are_answered_within_a_cell(void **state)
{
    (void)state;
    compare_seeds(DENSE, 1, getenv("OUTRIDER_LONG") != NULL ? 600 : 12);
}

/* Each run a little smaller than the one before, so that none may be forgotten, and more of them than cells.
 */
static void make_shrinking_runs(scenario *made, otr_function function)
{
    otr_time at = 1700000000 * OTR_SECOND;
    bool falls = function == OTR_FUNCTION_DROP_HEIGHT;
    *made = (scenario){.density = DENSE, .scale = 1000};
    made->asked = (question){.use = {.function = function, .span = OTR_MINUTE}, .limit = 2, .unit = 1};
    for (int run = 0; made->count + 3 <= SCENARIO_READINGS_MAX; run++) {
        double inside = falls ? 0 : 1000 - run;
        otr_time length = (240 - run) * OTR_MS;
        const otr_time times[] = {at, at + length, at + 2 * length};
        const double values[] = {inside, inside, falls ? 9.8 : 0};
        for (int i = 0; i < 3; i++)
            made->readings[made->count++] =
                (otr_window_reading){times[i], 0, {.type = OTR_TYPE_DOUBLE, .number = values[i]}};
        at = times[2] + 100 * OTR_MS;
    }
    made->shape = otr_window_shape_of(&made->asked.use, made->asked.limit, NULL, made->asked.unit);
}

static void runs_that_shrink_are_answered_within_a_cell(void **state)
{
    (void)state;
    const otr_function functions[] = {OTR_FUNCTION_LONGEST_ABOVE, OTR_FUNCTION_DURATION,
                                      OTR_FUNCTION_TIME_ABOVE, OTR_FUNCTION_DELTA_V,
                                      OTR_FUNCTION_DROP_HEIGHT};
    scenario *made = malloc(sizeof *made);
    assert_non_null(made);
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        char text[200];
        make_shrinking_runs(made, functions[i]);
        if (!scenario_agrees(made, BUG_NONE, i, text, sizeof text))
            fail_msg("%s", text);
    }
    free(made);
}

static void without_a_span_everything_counts_since_the_beginning(void **state)
{
    (void)state;
    scenario *made = malloc(sizeof *made);
    assert_non_null(made);
    for (uint64_t seed = 1; seed < 40; seed++)
        for (size_t i = 0; i < asked_function_count; i++) {
            char text[200];
            scenario_make(made, asked_functions[i], SPARSE, seed);
            if (made->shape.kind != OTR_WINDOW_CELLS && made->shape.kind != OTR_WINDOW_LIMIT &&
                made->shape.kind != OTR_WINDOW_MKT)
                continue;
            scenario_ever(made);
            if (!scenario_agrees(made, BUG_NONE, seed, text, sizeof text))
                fail_msg("seed %llu: %s", (unsigned long long)seed, text);
        }
    free(made);
}

static bool is_noticed(scenario *made, bug planted)
{
    for (uint64_t seed = 1; seed <= 60; seed++)
        for (size_t i = 0; i < asked_function_count; i++) {
            char text[200];
            scenario_make(made, asked_functions[i], SPARSE, seed);
            if (!scenario_agrees(made, planted, seed, text, sizeof text))
                return true;
        }
    return false;
}

static void every_planted_bug_is_noticed(void **state)
{
    (void)state;
    scenario *made = malloc(sizeof *made);
    assert_non_null(made);
    for (bug planted = BUG_NONE + 1; planted < BUGS; planted++)
        if (!is_noticed(made, planted))
            fail_msg("nobody noticed %s", bug_name(planted));
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_readings_in_a_span_are_answered_exactly),
        cmocka_unit_test(many_readings_in_a_span_are_answered_within_a_cell),
        cmocka_unit_test(runs_that_shrink_are_answered_within_a_cell),
        cmocka_unit_test(without_a_span_everything_counts_since_the_beginning),
        cmocka_unit_test(every_planted_bug_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * otr_window_next is never late: until the instant that it names, nothing that a rule could see changes,
 * which is tried at random instants and next to the ends. Durations are seen through comparisons with spans.
 * And it comes to rest: when no readings come, it is not asked more often than cells and spans give reason
 * for.
 */
#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SPANS = 3, WAKES_MAX = 400 };

/* predict and mkt drift between readings: of them only whether there is an answer. */
static bool drifts(const scenario *made)
{
    return made->shape.kind == OTR_WINDOW_TREND || made->shape.kind == OTR_WINDOW_MKT;
}

/* What a rule sees of an answer: the value, or where a duration lies between the spans. */
static int64_t seen(const scenario *made, const void *state, const otr_time *spans, otr_time now)
{
    otr_value value;
    if (scenario_ask(made, state, now, &value) != OTR_OK)
        return INT64_MIN;
    if (drifts(made))
        return 0;
    if (value.type == OTR_TYPE_BOOL)
        return value.flag;
    if (value.type != OTR_TYPE_DURATION || made->asked.use.function == OTR_FUNCTION_ETA)
        return value.integer;
    int64_t place = 0;
    for (int i = 0; i < SPANS; i++)
        place = place * 3 + 1 + (value.time > spans[i]) - (value.time < spans[i]);
    return place;
}

static void choose_spans(const scenario *made, uint64_t *seed, otr_time spans[SPANS])
{
    otr_time span = made->asked.use.span;
    for (int i = 0; i < SPANS; i++)
        spans[i] = random_between(seed, 0, 3) == 0 ? span : random_between(seed, 0, span);
    for (int i = 1; i < SPANS; i++)
        for (int k = i; k > 0 && spans[k] < spans[k - 1]; k--) {
            otr_time larger = spans[k - 1];
            spans[k - 1] = spans[k];
            spans[k] = larger;
        }
}

static void look_before(const scenario *made, const void *state, const otr_time *spans, otr_time now,
                        otr_time next, uint64_t *seed, uint64_t number)
{
    int64_t before = seen(made, state, spans, now);
    otr_time end = next == OTR_TIME_NEVER ? now + 3 * made->asked.use.span : next;
    for (int i = 0; i < 6; i++) {
        otr_time at = i == 0 ? end - 1 : i == 1 ? now + 1 : random_between(seed, now, end - 1);
        if (at > now && at < end && seen(made, state, spans, at) != before)
            fail_msg("seed %llu: %s changes %lld us after now, named was %lld us", (unsigned long long)number,
                     function_name(made->asked.use.function), (long long)(at - now), (long long)(end - now));
    }
}

static void try_scenario(scenario *made, uint64_t number)
{
    uint64_t seed = number;
    otr_time spans[SPANS];
    void *state = scenario_state(&made->shape);
    choose_spans(made, &seed, spans);
    for (size_t i = 0; i < made->count; i++) {
        otr_window_add(&made->shape, state, &made->readings[i]);
        if (made->count > 200 && i % 7 != 0)
            continue;
        otr_time now = scenario_now(made, i, &seed);
        otr_time next =
            otr_window_next(&made->shape, state, &made->asked.use, &made->readings[i], spans, SPANS, now);
        assert_true(next > now);
        look_before(made, state, spans, now, next, &seed, number);
    }
    otr_time now = made->readings[made->count - 1].at;
    int wakes = 0;
    for (; wakes < WAKES_MAX; wakes++) {
        otr_time next = otr_window_next(&made->shape, state, &made->asked.use,
                                        &made->readings[made->count - 1], spans, SPANS, now);
        if (next == OTR_TIME_NEVER)
            break;
        look_before(made, state, spans, now, next, &seed, number);
        now = next;
    }
    if (wakes == WAKES_MAX)
        fail_msg("seed %llu: %s does not come to rest", (unsigned long long)number,
                 function_name(made->asked.use.function));
    free(state);
}

static void try_seeds(density wanted, uint64_t count)
{
    scenario *made = malloc(sizeof *made);
    assert_non_null(made);
    const char *chosen = getenv("OUTRIDER_SEED");
    uint64_t first = chosen != NULL ? strtoull(chosen, NULL, 10) : 1;
    if (chosen != NULL)
        count = 1;
    for (uint64_t number = first; number < first + count; number++)
        for (size_t i = 0; i < asked_function_count; i++) {
            scenario_make(made, asked_functions[i], wanted, number);
            try_scenario(made, number);
            if (made->shape.kind == OTR_WINDOW_LIMIT || made->shape.kind == OTR_WINDOW_MKT) {
                made->shape.span = 0; /* since the beginning */
                try_scenario(made, number);
            }
        }
    free(made);
}

static void next_is_never_late_where_few_readings_come(void **state)
{
    (void)state;
    try_seeds(SPARSE, getenv("OUTRIDER_LONG") != NULL ? 3000 : 60);
}

static void next_is_never_late_where_many_readings_come(void **state)
{
    (void)state;
    try_seeds(DENSE, getenv("OUTRIDER_LONG") != NULL ? 600 : 20);
}

static void age_comes_to_each_span_and_passes_it(void **state)
{
    (void)state;
    const otr_window_shape none = {.kind = OTR_WINDOW_NONE};
    const otr_use age = {.function = OTR_FUNCTION_AGE};
    const otr_window_reading newest = {.at = 1000};
    const otr_time spans[] = {10, 20};
    assert_int_equal(otr_window_next(&none, NULL, &age, NULL, spans, 2, 1000), OTR_TIME_NEVER);
    assert_int_equal(otr_window_next(&none, NULL, &age, &newest, spans, 2, 1000), 1010);
    assert_int_equal(otr_window_next(&none, NULL, &age, &newest, spans, 2, 1010), 1011);
    assert_int_equal(otr_window_next(&none, NULL, &age, &newest, spans, 2, 1011), 1020);
    assert_int_equal(otr_window_next(&none, NULL, &age, &newest, spans, 2, 1020), 1021);
    assert_int_equal(otr_window_next(&none, NULL, &age, &newest, spans, 2, 1021), OTR_TIME_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_is_never_late_where_few_readings_come),
        cmocka_unit_test(next_is_never_late_where_many_readings_come),
        cmocka_unit_test(age_comes_to_each_span_and_passes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A window's state is its bytes: equal readings make equal ones whatever was in the memory before and
 * whatever was asked, they may be copied, and what is written at any moment reads back to the same bytes.
 * What does not fit is refused, or is at least a state that works.
 */
#include "scenario.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SEEDS = 6 };

static void *filled(const otr_window_shape *shape, uint8_t byte)
{
    size_t size = otr_window_bytes(shape);
    void *state = malloc(size);
    assert_non_null(state);
    memset(state, byte, size);
    return state;
}

static void for_each_scenario(void (*act)(const scenario *made, uint64_t seed))
{
    scenario *made = malloc(sizeof *made);
    assert_non_null(made);
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (size_t i = 0; i <= asked_function_count; i++) {
            otr_function function = i < asked_function_count ? asked_functions[i] : OTR_FUNCTION_ANOMALY;
            scenario_make(made, function, seed % 2 == 0 ? SPARSE : DENSE, seed);
            if (seed > 4 && made->shape.kind != OTR_WINDOW_CHANGE && made->shape.kind != OTR_WINDOW_PLACE)
                made->shape.span = 0;
            act(made, seed);
        }
    free(made);
}

static void restart_everywhere(const scenario *made, uint64_t seed)
{
    size_t size = otr_window_bytes(&made->shape);
    void *live = filled(&made->shape, 0xAA);
    void *other = filled(&made->shape, 0x55);
    otr_buffer written = {0};
    otr_window_init(&made->shape, live);
    otr_window_init(&made->shape, other);
    assert_int_equal(size % 8, 0);
    for (size_t i = 0; i < made->count; i++) {
        otr_value value;
        otr_window_add(&made->shape, live, &made->readings[i]);
        (void)scenario_ask(made, live, made->readings[i].at, &value);
        otr_window_add(&made->shape, other, &made->readings[i]);
        assert_memory_equal(live, other, size);
        otr_buffer_clear(&written);
        otr_window_write(&made->shape, live, &written);
        void *again = filled(&made->shape, (uint8_t)seed);
        otr_reader in = otr_reader_of(otr_buffer_bytes(&written));
        otr_window_read(&made->shape, again, &in);
        if (in.failed || otr_reader_left(&in) != 0 || memcmp(again, live, size) != 0)
            fail_msg("seed %llu: %s differs after reading %zu", (unsigned long long)seed,
                     function_name(made->asked.use.function), i);
        free(other);
        other = again;
    }
    otr_buffer_done(&written);
    free(live);
    free(other);
}

static void a_restart_after_any_reading_changes_no_byte(void **state)
{
    (void)state;
    for_each_scenario(restart_everywhere);
}

/* Whatever was read can go on, and be written and read again. */
static void go_on(const scenario *made, void *state, size_t from)
{
    size_t size = otr_window_bytes(&made->shape);
    void *again = filled(&made->shape, 0);
    otr_buffer written = {0};
    for (size_t i = from; i < made->count && i < from + 40; i++)
        otr_window_add(&made->shape, state, &made->readings[i]);
    otr_window_write(&made->shape, state, &written);
    otr_reader in = otr_reader_of(otr_buffer_bytes(&written));
    otr_window_read(&made->shape, again, &in);
    assert_false(in.failed);
    assert_memory_equal(again, state, size);
    otr_buffer_done(&written);
    free(again);
}

static void damage(const scenario *made, uint64_t seed)
{
    void *state = scenario_state(&made->shape);
    void *empty = scenario_state(&made->shape);
    size_t size = otr_window_bytes(&made->shape);
    size_t half = made->count / 2;
    otr_buffer written = {0};
    for (size_t i = 0; i < half; i++)
        otr_window_add(&made->shape, state, &made->readings[i]);
    otr_window_write(&made->shape, state, &written);
    for (size_t cut = 0; cut < written.size; cut++) {
        otr_reader in = otr_reader_of((otr_bytes){written.data, cut});
        otr_window_read(&made->shape, state, &in);
        assert_true(in.failed);
        assert_memory_equal(state, empty, size);
    }
    for (int turn = 0; turn < 200; turn++) {
        size_t at = (size_t)random_between(&seed, 0, (int64_t)written.size - 1);
        uint8_t kept = written.data[at];
        written.data[at] ^= (uint8_t)(1 << random_between(&seed, 0, 7));
        otr_reader in = otr_reader_of(otr_buffer_bytes(&written));
        otr_window_read(&made->shape, state, &in);
        written.data[at] = kept;
        go_on(made, state, half);
    }
    otr_buffer_done(&written);
    free(state);
    free(empty);
}

static void damaged_bytes_are_refused_or_a_state_that_works(void **state)
{
    (void)state;
    for_each_scenario(damage);
}

static otr_window_shape shape_of(otr_function function)
{
    otr_use use = {.function = function, .span = OTR_MINUTE};
    return otr_window_shape_of(&use, 8, &(otr_window_place){1, 2, 3, NULL}, 1);
}

static void what_a_window_does_not_take_changes_nothing(void **state)
{
    (void)state;
    const otr_value odd[] = {
        {.type = OTR_TYPE_DOUBLE, .number = (double)NAN},
        {.type = OTR_TYPE_DOUBLE, .number = (double)INFINITY},
        {.type = OTR_TYPE_DOUBLE, .number = -1e300},
        {.type = OTR_TYPE_INT, .integer = 1},
        {.type = OTR_TYPE_LOCATION, .location = {91, 0}},
        {.type = OTR_TYPE_LOCATION, .location = {(double)NAN, 0}},
        {.type = OTR_TYPE_DYN},
    };
    for (size_t i = 0; i < asked_function_count; i++) {
        otr_window_shape shape = shape_of(asked_functions[i]);
        void *fed = scenario_state(&shape);
        void *empty = scenario_state(&shape);
        for (size_t k = 0; k < sizeof odd / sizeof odd[0]; k++)
            otr_window_add(&shape, fed, &(otr_window_reading){1000, 0, odd[k]});
        otr_window_add(&shape, fed, &(otr_window_reading){INT64_MAX, 0, {.type = OTR_TYPE_DOUBLE}});
        assert_memory_equal(fed, empty, otr_window_bytes(&shape));
        otr_window_add(&shape, fed, &(otr_window_reading){1000, 0, {.type = OTR_TYPE_DOUBLE}});
        otr_window_add(&shape, fed, &(otr_window_reading){1000, 0, {.type = OTR_TYPE_LOCATION}});
        assert_memory_not_equal(fed, empty, otr_window_bytes(&shape));
        memcpy(empty, fed, otr_window_bytes(&shape));
        otr_window_add(&shape, fed, &(otr_window_reading){999, 0, {.type = OTR_TYPE_DOUBLE, .number = 5}});
        assert_memory_equal(fed, empty, otr_window_bytes(&shape));
        free(fed);
        free(empty);
    }
}

static void a_count_alone_takes_every_type(void **state)
{
    (void)state;
    otr_window_shape shape = shape_of(OTR_FUNCTION_COUNT);
    void *window = scenario_state(&shape);
    otr_use use = {.function = OTR_FUNCTION_COUNT};
    otr_value value;
    assert_int_equal(otr_window_ask(&shape, window, &use, NULL, 0, &value), OTR_UNKNOWN);
    otr_window_add(&shape, window, &(otr_window_reading){0, 0, {.type = OTR_TYPE_STRING}});
    otr_window_add(&shape, window, &(otr_window_reading){1, 0, {.type = OTR_TYPE_BOOL}});
    otr_window_add(&shape, window, &(otr_window_reading){2, 0, {.type = OTR_TYPE_LOCATION}});
    assert_int_equal(otr_window_ask(&shape, window, &use, NULL, 3, &value), OTR_OK);
    assert_int_equal(value.integer, 3);
    assert_int_equal(otr_window_ask(&shape, window, &use, NULL, OTR_HOUR, &value), OTR_OK);
    assert_int_equal(value.integer, 0);
    free(window);
}

static void uses_share_a_state_where_one_can_serve_both(void **state)
{
    (void)state;
    otr_window_shape shape = shape_of(OTR_FUNCTION_AVG);
    otr_window_shape most = shape_of(OTR_FUNCTION_MAX);
    size_t alone = otr_window_bytes(&shape);
    assert_true(otr_window_join(&shape, &most));
    assert_int_equal(otr_window_bytes(&shape), alone + 33 * sizeof(double));
    most.span = OTR_HOUR;
    assert_false(otr_window_join(&shape, &most));
    const otr_function pairs[][2] = {
        {OTR_FUNCTION_AVG, OTR_FUNCTION_MEDIAN},
        {OTR_FUNCTION_TIME_ABOVE, OTR_FUNCTION_TIME_BELOW},
        {OTR_FUNCTION_LONGEST_ABOVE, OTR_FUNCTION_DURATION},
        {OTR_FUNCTION_DELTA_V, OTR_FUNCTION_DROP_HEIGHT},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        otr_window_shape one = shape_of(pairs[i][0]);
        otr_window_shape other = shape_of(pairs[i][1]);
        assert_false(otr_window_join(&one, &other));
    }
    otr_window_shape time = shape_of(OTR_FUNCTION_TIME_ABOVE);
    otr_window_shape longest = shape_of(OTR_FUNCTION_LONGEST_ABOVE);
    assert_true(otr_window_join(&time, &longest));
    longest.limit = 9;
    assert_false(otr_window_join(&time, &longest));
    assert_int_equal(otr_window_bytes(&(otr_window_shape){.kind = OTR_WINDOW_NONE}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_after_any_reading_changes_no_byte),
        cmocka_unit_test(damaged_bytes_are_refused_or_a_state_that_works),
        cmocka_unit_test(what_a_window_does_not_take_changes_nothing),
        cmocka_unit_test(a_count_alone_takes_every_type),
        cmocka_unit_test(uses_share_a_state_where_one_can_serve_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

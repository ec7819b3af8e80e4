/*
 * Functions over the past against closed forms, each with its tolerance: lines for predict, the usual formula
 * for mkt, ramps for median, half sines for delta_v, falls from a known height, straight journeys for speed,
 * heading and eta.
 */
#include "scenario.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const otr_time begin = 1700000000 * OTR_SECOND;
static const double pi = 3.14159265358979323846;

/* A window, and the question that it is for. */
typedef struct asked_window {
    otr_use use;
    otr_window_place place;
    otr_window_shape shape;
    void *state;
} asked_window;

static asked_window window_of(otr_function function, otr_time span, double limit, double unit)
{
    asked_window made = {.use = {.function = function, .span = span}};
    made.shape = otr_window_shape_of(&made.use, limit, &made.place, unit);
    made.state = scenario_state(&made.shape);
    return made;
}

static void feed(asked_window *to, otr_time at, double number)
{
    otr_window_add(&to->shape, to->state,
                   &(otr_window_reading){at, 0, {.type = OTR_TYPE_DOUBLE, .number = number}});
}

static void feed_fix(asked_window *to, otr_time at, double latitude, double longitude)
{
    otr_window_add(
        &to->shape, to->state,
        &(otr_window_reading){at, 0, {.type = OTR_TYPE_LOCATION, .location = {latitude, longitude}}});
}

static double answer(const asked_window *of, otr_time now)
{
    otr_value value = {.type = OTR_TYPE_NULL};
    assert_int_equal(otr_window_ask(&of->shape, of->state, &of->use, &of->place, now, &value), OTR_OK);
    return value.type == OTR_TYPE_DURATION ? (double)value.time / OTR_SECOND : value.number;
}

static bool is_unknown(const asked_window *of, otr_time now)
{
    otr_value value;
    return otr_window_ask(&of->shape, of->state, &of->use, &of->place, now, &value) == OTR_UNKNOWN;
}

static void near(double is, double should, double tolerance)
{
    if (!(fabs(is - should) <= tolerance))
        fail_msg("%.15g should be %.15g", is, should);
}

static void predict_is_exact_on_a_line(void **state)
{
    (void)state;
    const otr_time spans[] = {OTR_MINUTE, OTR_HOUR, 30 * OTR_DAY};
    const double bases[] = {0, 20, -1e6};
    const int counts[] = {3, 20, 2000};
    for (int i = 0; i < 27; i++) {
        otr_time span = spans[i % 3];
        double base = bases[i / 3 % 3];
        int count = counts[i / 9];
        double slope = 7 / ((double)span / OTR_SECOND);
        uint64_t seed = (uint64_t)i;
        asked_window asked = window_of(OTR_FUNCTION_PREDICT, span, 0, 1);
        asked.use.ahead = span;
        otr_time at = begin;
        for (int k = 0; k < count; k++) {
            at += random_between(&seed, span / count * 4 / 5, span / count - 1);
            feed(&asked, at, base + slope * ((double)(at - begin) / OTR_SECOND));
        }
        otr_time now = at + span / 100;
        double should = base + slope * ((double)(now + span - begin) / OTR_SECOND);
        near(answer(&asked, now), should, 1e-9 * fmax(fabs(should), fabs(base)));
        free(asked.state);
    }
}

static void predict_asks_for_three_readings_over_half_the_span(void **state)
{
    (void)state;
    asked_window asked = window_of(OTR_FUNCTION_PREDICT, OTR_HOUR, 0, 1);
    feed(&asked, begin, 1);
    feed(&asked, begin + 30 * OTR_MINUTE, 2);
    assert_true(is_unknown(&asked, begin + 30 * OTR_MINUTE));
    feed(&asked, begin + 30 * OTR_MINUTE, 2);
    near(answer(&asked, begin + 30 * OTR_MINUTE), 2, 1e-9);
    /* The first has left, and what is left was measured at one time. */
    assert_true(is_unknown(&asked, begin + OTR_HOUR));
    free(asked.state);
}

static void mkt_of_equally_spaced_readings_is_the_usual_formula(void **state)
{
    (void)state;
    const int counts[] = {1, 2, 30, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (int with_span = 0; with_span < 2; with_span++) {
            int count = counts[i];
            otr_time every = OTR_HOUR;
            uint64_t seed = i + 1;
            double sum = 0;
            asked_window asked = window_of(OTR_FUNCTION_MKT, with_span ? every * count : 0, 0, 1);
            for (int k = 0; k < count; k++) {
                double celsius = (double)random_between(&seed, 20, 400) / 10;
                sum += exp(-83144 / (8.3144 * (celsius + 273.15)));
                feed(&asked, begin + k * every, celsius);
            }
            double should = 83144 / 8.3144 / -log(sum / count) - 273.15;
            near(answer(&asked, begin + count * every), should, 1e-9);
            free(asked.state);
        }
}

static void mkt_weighs_by_time_and_lies_above_the_mean(void **state)
{
    (void)state;
    asked_window asked = window_of(OTR_FUNCTION_MKT, OTR_DAY, 0, 1);
    feed(&asked, begin, 5);
    near(answer(&asked, begin), 5, 1e-9);
    feed(&asked, begin + 23 * OTR_HOUR, 25);
    double harm = (23 * exp(-10000 / 278.15) + exp(-10000 / 298.15)) / 24;
    near(answer(&asked, begin + OTR_DAY), 10000 / -log(harm) - 273.15, 1e-9);
    assert_true(answer(&asked, begin + OTR_DAY) > (23 * 5 + 25) / 24.0);
    /* A day later the warm hold is all that is left. */
    near(answer(&asked, begin + 2 * OTR_DAY), 25, 1e-9);
    free(asked.state);
}

static void mkt_leaves_gaps_out_also_where_cells_are_joined(void **state)
{
    (void)state;
    asked_window asked = window_of(OTR_FUNCTION_MKT, OTR_HOUR, 0, 1);
    /* Half an hour of which half is known, and half an hour that is known. */
    for (int i = 0; i < 3600; i++) {
        bool warm = i < 1800;
        otr_window_add(&asked.shape, asked.state,
                       &(otr_window_reading){begin + i * OTR_SECOND,
                                             warm ? OTR_SECOND / 2 : OTR_SECOND,
                                             {.type = OTR_TYPE_DOUBLE, .number = warm ? 25 : 5}});
    }
    double harm = (900 * exp(-10000 / 298.15) + 1800 * exp(-10000 / 278.15)) / 2700;
    near(answer(&asked, begin + OTR_HOUR), 10000 / -log(harm) - 273.15, 0.5);
    free(asked.state);
}

static void median_of_a_dense_ramp_is_right_within_a_cell(void **state)
{
    (void)state;
    asked_window asked = window_of(OTR_FUNCTION_MEDIAN, OTR_HOUR, 0, 1);
    for (int i = 0; i < 7200; i++) {
        feed(&asked, begin + i * OTR_SECOND, i);
        if (i > 3600)
            near(answer(&asked, begin + i * OTR_SECOND), i - 1800, 3600.0 / 64 + 1);
    }
    free(asked.state);
}

static void median_of_many_is_that_of_the_newest_in_each_cell(void **state)
{
    (void)state;
    asked_window asked = window_of(OTR_FUNCTION_MEDIAN, 64 * OTR_SECOND, 0, 1);
    otr_time now = begin;
    for (int i = 0; i < 500; i++) {
        feed(&asked, begin + i * OTR_SECOND + 200 * OTR_MS, 1e6);
        now = begin + i * OTR_SECOND + 800 * OTR_MS;
        feed(&asked, now, i);
    }
    near(answer(&asked, now), 499 - 32, 1);
    free(asked.state);
}

static void median_of_up_to_64_is_exact(void **state)
{
    (void)state;
    double values[64];
    uint64_t seed = 5;
    asked_window asked = window_of(OTR_FUNCTION_MEDIAN, OTR_HOUR, 0, 1);
    for (int i = 0; i < 64; i++) {
        values[i] = (double)random_between(&seed, 0, 1000);
        feed(&asked, begin + i * OTR_MS, values[i]);
    }
    /* As many below as above. */
    double median = answer(&asked, begin + OTR_SECOND);
    int below = 0;
    int above = 0;
    for (int i = 0; i < 64; i++) {
        below += values[i] < median;
        above += values[i] > median;
    }
    assert_true(below <= 32 && above <= 32);
    free(asked.state);
}

static void a_small_deviation_on_a_large_mean_is_kept(void **state)
{
    (void)state;
    asked_window asked = window_of(OTR_FUNCTION_STDDEV, OTR_HOUR, 0, 1);
    for (int i = 0; i < 3600; i++)
        feed(&asked, begin + i * OTR_SECOND, 1e9 + (i % 2 == 0 ? 0.5 : -0.5));
    near(answer(&asked, begin + 3599 * OTR_SECOND), 0.5 * sqrt(3600.0 / 3599), 1e-6);
    free(asked.state);
}

static void chattering_counts_in_time_above_and_not_in_the_longest(void **state)
{
    (void)state;
    asked_window time = window_of(OTR_FUNCTION_TIME_ABOVE, OTR_HOUR, 8, 1);
    asked_window longest = window_of(OTR_FUNCTION_LONGEST_ABOVE, OTR_HOUR, 8, 1);
    /* Two seconds of every three; once a minute. */
    for (int i = 0; i < 7200; i++) {
        double value = i == 5000 || (i > 5000 && i < 5060) || i % 3 != 0 ? 9 : 8;
        feed(&time, begin + i * OTR_SECOND, value);
        feed(&longest, begin + i * OTR_SECOND, value);
    }
    otr_time now = begin + 7200 * OTR_SECOND;
    near(answer(&time, now), 2400 + 20, 3600.0 / 32);
    near(answer(&longest, now), 62, 0);
    free(time.state);
    free(longest.state);
}

static void half_sine_gives_its_integral(void **state)
{
    (void)state;
    /* 100 g over 11 ms, sampled every 0.1 ms: 2/pi of the box. */
    asked_window asked = window_of(OTR_FUNCTION_DELTA_V, OTR_MINUTE, 0.5, 9.80665);
    asked_window longest = window_of(OTR_FUNCTION_DURATION, OTR_MINUTE, 0.5, 9.80665);
    asked_window peak = window_of(OTR_FUNCTION_PEAK, OTR_MINUTE, 0.5, 9.80665);
    for (int i = -500; i <= 500; i++) {
        double g = i > 0 && i < 110 ? -100 * sin(pi * i / 110) : 0;
        feed(&asked, begin + 100 * (otr_time)i, g);
        feed(&longest, begin + 100 * (otr_time)i, g);
        feed(&peak, begin + 100 * (otr_time)i, g);
    }
    double should = 100 * 9.80665 * 0.011 * 2 / pi;
    near(answer(&asked, begin + OTR_SECOND), should, should * 0.002);
    near(answer(&longest, begin + OTR_SECOND), 0.011, 0.0002);
    near(answer(&peak, begin + OTR_SECOND), 100, 0.01);
    free(asked.state);
    free(longest.state);
    free(peak.state);
}

static void a_fall_of_a_second_is_five_metres(void **state)
{
    (void)state;
    for (int in_g = 0; in_g < 2; in_g++) {
        double gravity = in_g ? 1 : 9.80665;
        asked_window asked = window_of(OTR_FUNCTION_DROP_HEIGHT, OTR_MINUTE, 0, in_g ? 9.80665 : 1);
        for (int i = 0; i < 300; i++)
            feed(&asked, begin + 10 * OTR_MS * i, (i >= 100 && i <= 200 ? 0.05 : 1) * gravity);
        near(answer(&asked, begin + 10 * OTR_SECOND), 9.80665 / 2, 1e-9);
        assert_true(is_unknown(&asked, begin + 10 * OTR_MINUTE));
        free(asked.state);
    }
}

static void a_straight_journey_has_its_speed_heading_and_arrival(void **state)
{
    (void)state;
    const double metres_per_degree = 6371008.8 * pi / 180;
    const double speed = 20;
    const otr_function functions[] = {OTR_FUNCTION_SPEED, OTR_FUNCTION_HEADING, OTR_FUNCTION_ETA};
    /* Along the equator, over 180 degrees. */
    for (int dense = 0; dense < 2; dense++)
        for (int i = 0; i < 3; i++) {
            asked_window asked = window_of(functions[i], 10 * OTR_MINUTE, 0, 1);
            asked.place = (otr_window_place){0, -179, 100, NULL};
            otr_time every = dense ? OTR_SECOND : OTR_MINUTE;
            otr_time now = begin;
            for (; now < begin + OTR_HOUR; now += every) {
                double longitude = 179.5 + speed * (double)(now - begin) / OTR_SECOND / metres_per_degree;
                feed_fix(&asked, now, 0, longitude > 180 ? longitude - 360 : longitude);
            }
            now -= every;
            double left = 1.5 * metres_per_degree - speed * (double)(now - begin) / OTR_SECOND;
            const double should[] = {speed, 90, left / speed};
            near(answer(&asked, now), should[i], 1e-5 * should[i]);
            free(asked.state);
        }
}

static void whoever_does_not_come_closer_has_no_arrival(void **state)
{
    (void)state;
    asked_window asked = window_of(OTR_FUNCTION_ETA, 10 * OTR_MINUTE, 0, 1);
    asked.place = (otr_window_place){0, 0, 100, NULL};
    feed_fix(&asked, begin, 1, 0);
    assert_true(is_unknown(&asked, begin));
    feed_fix(&asked, begin + OTR_MINUTE, 1.001, 0);
    assert_true(is_unknown(&asked, begin + OTR_MINUTE));
    feed_fix(&asked, begin + 2 * OTR_MINUTE, 0.0005, 0);
    near(answer(&asked, begin + 2 * OTR_MINUTE), 0, 0);
    free(asked.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predict_is_exact_on_a_line),
        cmocka_unit_test(predict_asks_for_three_readings_over_half_the_span),
        cmocka_unit_test(mkt_of_equally_spaced_readings_is_the_usual_formula),
        cmocka_unit_test(mkt_weighs_by_time_and_lies_above_the_mean),
        cmocka_unit_test(mkt_leaves_gaps_out_also_where_cells_are_joined),
        cmocka_unit_test(median_of_a_dense_ramp_is_right_within_a_cell),
        cmocka_unit_test(median_of_many_is_that_of_the_newest_in_each_cell),
        cmocka_unit_test(median_of_up_to_64_is_exact),
        cmocka_unit_test(a_small_deviation_on_a_large_mean_is_kept),
        cmocka_unit_test(chattering_counts_in_time_above_and_not_in_the_longest),
        cmocka_unit_test(half_sine_gives_its_integral),
        cmocka_unit_test(a_fall_of_a_second_is_five_metres),
        cmocka_unit_test(a_straight_journey_has_its_speed_heading_and_arrival),
        cmocka_unit_test(whoever_does_not_come_closer_has_no_arrival),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What raises the score, how soon, and how often it is told: each event in noise of deviation 1, over twenty
 * seeds. */
#include "tests/unit/anomaly/series.h"

#include <math.h>
#include <stdio.h>

enum { SEEDS = 20, SETTLED = 2000 };

/* The value at reading i after the event began, from noise of deviation 1. */
typedef double event_shape(int i, double noise);

static double step_of_5(int i, double noise)
{
    (void)i;
    return noise + 5;
}
static double spike_of_10(int i, double noise)
{
    return i == 0 ? -10 : noise;
}
static double drift(int i, double noise)
{
    return noise - 0.05 * i;
}
static double noise_times_3(int i, double noise)
{
    (void)i;
    return 3 * noise;
}
static double noise_doubled(int i, double noise)
{
    (void)i;
    return 2 * noise;
}
static double nothing(int i, double noise)
{
    (void)i;
    return noise;
}

/* The reading after the event's beginning at which it is told; within when it is not. */
static int told_after(uint64_t seed, event_shape *shape, int within)
{
    series s = series_of(seed);
    series_settle(&s, SETTLED, 0, 1);
    for (int i = 0; i < within; i++)
        if (series_feed(&s, shape(i, dice_normal(&s.dice))) >= OTR_ANOMALY_THRESHOLD)
            return i;
    return within;
}

static int seeds_told(event_shape *shape, int within)
{
    int told = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        told += told_after(seed, shape, within) < within;
    printf("told within %d readings: %d of %d\n", within, told, SEEDS);
    return told;
}

static void a_step_of_five_deviations_is_told_within_ten_readings(void **state)
{
    (void)state;
    assert_int_equal(seeds_told(step_of_5, 10), SEEDS);
}

static void a_spike_of_ten_deviations_is_told_at_once(void **state)
{
    (void)state;
    assert_int_equal(seeds_told(spike_of_10, 1), SEEDS);
}

static void a_slow_drift_is_told_before_it_is_five_deviations_away(void **state)
{
    (void)state;
    assert_int_equal(seeds_told(drift, 100), SEEDS);
}

static void noise_three_times_as_strong_is_told_within_forty_readings(void **state)
{
    (void)state;
    assert_int_equal(seeds_told(noise_times_3, 40), SEEDS);
}

static void noise_twice_as_strong_is_told_within_a_hundred_readings(void **state)
{
    (void)state;
    assert_int_equal(seeds_told(noise_doubled, 100), SEEDS);
}

/* The twin of those above: they would pass if everything were told. */
static void nothing_is_seldom_told(void **state)
{
    (void)state;
    assert_true(seeds_told(nothing, 100) <= 1);
}

static int count_told(series *s, int readings, double level, double deviation)
{
    int told = 0;
    for (int i = 0; i < readings; i++)
        told += series_feed(s, level + deviation * dice_normal(&s->dice)) >= OTR_ANOMALY_THRESHOLD;
    return told;
}

static void a_level_that_stays_is_told_at_its_beginning_and_then_is_normal(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        series_settle(&s, SETTLED, 0, 1);
        int up = count_told(&s, 3000, 8, 1);
        int down = count_told(&s, 100, 0, 1);
        if (up < 1 || up > 3 || down < 1)
            fail_msg("seed %d: the step up told %d times, the step down %d", (int)seed, up, down);
    }
}

static void the_same_spike_is_told_again_after_a_time_of_rest(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        series_settle(&s, SETTLED, 0, 1);
        for (int spike = 0; spike < 5; spike++) {
            if (!(series_feed(&s, 20) >= OTR_ANOMALY_THRESHOLD))
                fail_msg("seed %d: spike %d is not told", (int)seed, spike);
            if (count_told(&s, 600, 0, 1) > 1)
                fail_msg("seed %d: told after spike %d", (int)seed, spike);
        }
    }
}

/* One reading far out of all measure, as a broken cable gives, must not blind the score for long. */
static void an_absurd_reading_does_not_hide_what_comes_after_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        series_settle(&s, SETTLED, 0, 1);
        assert_true(series_feed(&s, 1e9) >= OTR_ANOMALY_THRESHOLD);
        series_settle(&s, 100, 0, 1);
        int told = count_told(&s, 10, 8, 1);
        if (told < 1)
            fail_msg("seed %d: a step 100 readings after an absurd one is not told", (int)seed);
    }
}

/* What was told stays an anomaly: smaller ones must not drown in what huge ones taught. */
static void huge_spikes_do_not_become_the_norm(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        series_settle(&s, SETTLED, 0, 1);
        for (int spike = 0; spike < 5; spike++) {
            (void)series_feed(&s, 1000);
            series_settle(&s, 200, 0, 1);
        }
        if (!(series_feed(&s, -12) >= OTR_ANOMALY_THRESHOLD))
            fail_msg("seed %d: a spike of 12 after five of 1000 is not told", (int)seed);
    }
}

/* Only the deviation from the level shows a drift, so the level must have arrived. */
static void after_a_step_of_any_size_a_drift_is_told_as_before(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        series_settle(&s, SETTLED, 0, 1);
        series_settle(&s, 700, 1e6, 1);
        int told = 0;
        for (int i = 0; i < 150; i++)
            told += series_feed(&s, 1e6 + 0.05 * i + dice_normal(&s.dice)) >= OTR_ANOMALY_THRESHOLD;
        if (told < 1)
            fail_msg("seed %d: a drift after a step of a million is not told", (int)seed);
    }
}

static void a_stronger_noise_becomes_the_new_normal(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        series_settle(&s, SETTLED, 0, 1);
        int begin = count_told(&s, 1000, 0, 10);
        series spiked = s;
        int quiet = count_told(&s, 1000, 0, 10);
        int step = count_told(&s, 20, 80, 10);
        int spike = series_feed(&spiked, 120) >= OTR_ANOMALY_THRESHOLD;
        if (begin < 1 || begin > 6 || quiet > 1 || step < 1 || spike < 1)
            fail_msg("seed %d: told %d times while it is new, %d later, %d at a step, %d at a spike",
                     (int)seed, begin, quiet, step, spike);
    }
}

static void a_constant_never_raises_it_and_its_first_change_does(void **state)
{
    (void)state;
    series s = series_of(1);
    for (int i = 0; i < 1000; i++)
        assert_true(series_feed(&s, -18.5) == 0);
    assert_true(series_feed(&s, -18.4) >= OTR_ANOMALY_THRESHOLD);
    /* From now on the sensor's smallest step is known, and no news. */
    for (int i = 0; i < 5000; i++)
        assert_true(series_feed(&s, i % 700 == 0 ? -18.4 : -18.5) < OTR_ANOMALY_THRESHOLD);
    assert_true(series_feed(&s, -12) >= OTR_ANOMALY_THRESHOLD);
}

static void it_says_nothing_before_it_is_ready(void **state)
{
    (void)state;
    series s = series_of(1);
    int readings = 0;
    while (!otr_anomaly_ready(&s.anomaly)) {
        assert_true(series_feed(&s, readings % 50 == 49 ? 1000 : dice_normal(&s.dice)) == 0);
        assert_true(++readings < 1000);
    }
    assert_in_range(readings, 224, 226);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_of_five_deviations_is_told_within_ten_readings),
        cmocka_unit_test(a_spike_of_ten_deviations_is_told_at_once),
        cmocka_unit_test(a_slow_drift_is_told_before_it_is_five_deviations_away),
        cmocka_unit_test(noise_three_times_as_strong_is_told_within_forty_readings),
        cmocka_unit_test(noise_twice_as_strong_is_told_within_a_hundred_readings),
        cmocka_unit_test(nothing_is_seldom_told),
        cmocka_unit_test(a_level_that_stays_is_told_at_its_beginning_and_then_is_normal),
        cmocka_unit_test(the_same_spike_is_told_again_after_a_time_of_rest),
        cmocka_unit_test(an_absurd_reading_does_not_hide_what_comes_after_it),
        cmocka_unit_test(huge_spikes_do_not_become_the_norm),
        cmocka_unit_test(after_a_step_of_any_size_a_drift_is_told_as_before),
        cmocka_unit_test(a_stronger_noise_becomes_the_new_normal),
        cmocka_unit_test(a_constant_never_raises_it_and_its_first_change_does),
        cmocka_unit_test(it_says_nothing_before_it_is_ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

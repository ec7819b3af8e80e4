/*
 * How often the score is wrong where nothing happens: false alarms in 10,000 readings at the threshold, over
 * ten seeds of each kind of noise, against a stated bound; and that neither gaps, nor spacing, nor scale, nor
 * shift change it.
 */
#include "tests/unit/anomaly/series.h"

#include <math.h>
#include <stdio.h>

enum { SEEDS = 10, READINGS = 10000 };

static double daily(int i)
{
    return 5 * sin(i * 2 * 3.14159265358979 / 288);
}

/* The next value of a series; memory is its own, 0 at first. */
typedef double noise_of(dice *d, int i, double *memory);

static double normal(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return dice_normal(d);
}
static double uniform(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return dice_uniform(d);
}
static double laplace(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return dice_laplace(d);
}
static double student(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return dice_student(d);
}
static double cauchy(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return dice_cauchy(d);
}
static double lognormal(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return exp(dice_normal(d));
}
static double whole_numbers(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return floor(20 + 0.7 * dice_normal(d));
}
static double sluggish(dice *d, int i, double *memory)
{
    (void)i;
    return *memory = 0.9 * *memory + dice_normal(d);
}
static double very_sluggish(dice *d, int i, double *memory)
{
    (void)i;
    return *memory = 0.99 * *memory + dice_normal(d);
}
static double random_walk(dice *d, int i, double *memory)
{
    (void)i;
    return *memory += dice_normal(d);
}
static double day_and_night(dice *d, int i, double *memory)
{
    (void)memory;
    return daily(i) + dice_normal(d);
}
static double smooth_day_and_night(dice *d, int i, double *memory)
{
    (void)d;
    (void)memory;
    return daily(i);
}
static double on_and_off(dice *d, int i, double *memory)
{
    (void)memory;
    return i / 40 % 2 + 0.02 * dice_normal(d);
}
static double fills_and_empties(dice *d, int i, double *memory)
{
    (void)i;
    return *memory = fmod(*memory - log(dice_uniform(d)), 50);
}
static double often_disturbed(dice *d, int i, double *memory)
{
    (void)i;
    (void)memory;
    return dice_uniform(d) < 0.02 ? 10 * dice_uniform(d) + 5 : dice_normal(d);
}

typedef struct pace {
    const char *name;
    bool random_spacing; /* exponential instead of even */
    double gap_chance;   /* of a gap of up to three days before a reading */
} pace;

static const pace even = {"even", false, 0};
static const pace random_pace = {"random", true, 0};
static const pace gappy = {"with gaps", false, 0.02};
static const pace rare_gaps = {"with rare gaps", false, 0.0005};

static void keep_pace(series *s, const pace *p)
{
    s->spacing = 5 * OTR_MINUTE;
    if (p->random_spacing)
        s->spacing = (otr_time)(-log(dice_uniform(&s->dice)) * (double)(5 * OTR_MINUTE));
    if (p->gap_chance > 0 && dice_uniform(&s->dice) < p->gap_chance)
        s->spacing = (otr_time)(dice_uniform(&s->dice) * (double)(3 * OTR_DAY));
}

/* A random walk wanders through a gap too, as the square root of its length. */
static double across_gap(const series *s, noise_of *noise, dice *d)
{
    double steps = (double)s->spacing / (double)(5 * OTR_MINUTE);
    return noise == random_walk && steps > 1 ? sqrt(steps - 1) * dice_normal(d) : 0;
}

/* False alarms in 10,000 readings, over all seeds. */
static double false_alarms(noise_of *noise, const pace *p)
{
    int told = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        double memory = 0;
        for (int i = 0; i < READINGS; i++) {
            keep_pace(&s, p);
            memory += across_gap(&s, noise, &s.dice);
            told += series_feed(&s, noise(&s.dice, i, &memory)) >= OTR_ANOMALY_THRESHOLD;
        }
    }
    return (double)told * 10000 / READINGS / SEEDS;
}

static const struct noise_row {
    const char *name;
    noise_of *noise;
    double bound; /* false alarms in 10,000 readings */
} rows[] = {
    {"normal", normal, 1},
    {"uniform", uniform, 1},
    {"laplace", laplace, 2},
    {"student t3", student, 6},
    {"cauchy", cauchy, 8},
    {"lognormal", lognormal, 3},
    {"whole numbers", whole_numbers, 1},
    {"sluggish 0.9", sluggish, 2},
    {"sluggish 0.99", very_sluggish, 2},
    {"random walk", random_walk, 3},
    {"day and night", day_and_night, 1},
    {"smooth day and night", smooth_day_and_night, 1},
    {"on and off", on_and_off, 1},
    {"fills and empties", fills_and_empties, 1},
    {"often disturbed", often_disturbed, 2},
};

static void check_rows(const pace *p)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double rate = false_alarms(rows[i].noise, p);
        printf("%s, %s: %.1f false alarms in 10,000 (bound %.0f)\n", rows[i].name, p->name, rate,
               rows[i].bound);
        if (rate > rows[i].bound)
            fail_msg("%s, %s: %.1f false alarms in 10,000, bound %.0f", rows[i].name, p->name, rate,
                     rows[i].bound);
    }
}

static void steady_noise_of_many_kinds_is_seldom_told(void **state)
{
    (void)state;
    check_rows(&even);
}

static void readings_at_random_moments_are_not_told_more_often(void **state)
{
    (void)state;
    check_rows(&random_pace);
}

static void gaps_of_days_are_not_told_by_themselves(void **state)
{
    (void)state;
    check_rows(&gappy);
    check_rows(&rare_gaps);
}

static void the_score_is_near_zero_almost_always(void **state)
{
    (void)state;
    int high = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        series s = series_of(seed);
        for (int i = 0; i < READINGS; i++)
            high += series_feed(&s, dice_normal(&s.dice)) > 0.1;
    }
    printf("over 0.1: %d of %d\n", high, SEEDS * READINGS);
    assert_true(high < SEEDS * READINGS / 100);
}

/* Three events in noise; the score at each reading must be the same in any unit. */
static double story(dice *d, int i)
{
    double noise = dice_normal(d);
    return i == 2000 ? 15 : i >= 3000 && i < 3300 ? noise + 6 : i >= 4000 ? 4 * noise : noise;
}

static void expect_same_scores(double factor, double shift, otr_time spacing)
{
    series a = series_of(7);
    series b = series_of(7);
    b.spacing = spacing;
    int told = 0;
    for (int i = 0; i < 5000; i++) {
        double value = story(&a.dice, i);
        double of_a = series_feed(&a, value);
        double of_b = series_feed(&b, value * factor + shift);
        if (fabs(of_a - of_b) > 1e-6)
            fail_msg("reading %d times %g plus %g: score %.9f instead of %.9f", i, factor, shift, of_b, of_a);
        told += of_a >= OTR_ANOMALY_THRESHOLD;
    }
    assert_in_range(told, 3, 20);
}

static void scale_shift_and_spacing_change_no_score(void **state)
{
    (void)state;
    const otr_time usual = 5 * OTR_MINUTE;
    expect_same_scores(1.8, 32, usual);
    expect_same_scores(-3.7e-5, 0, usual);
    expect_same_scores(1e12, -4e13, usual);
    expect_same_scores(1, 1000, usual);
    expect_same_scores(1, 0, 10 * OTR_MS);
    expect_same_scores(1, 0, 7 * OTR_DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_noise_of_many_kinds_is_seldom_told),
        cmocka_unit_test(readings_at_random_moments_are_not_told_more_often),
        cmocka_unit_test(gaps_of_days_are_not_told_by_themselves),
        cmocka_unit_test(the_score_is_near_zero_almost_always),
        cmocka_unit_test(scale_shift_and_spacing_change_no_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Series: of random readings in random order the least and the greatest of the span are there, with their
 * times, among a bounded number of points; mean, mean kinetic temperature, time outside limits and coverage;
 * a snapshot brings all of it back. */
#include "core/ticket/series.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (INT64_C(1700000000) * OTR_SECOND)

static uint64_t state_of_chance;

static uint32_t chance(uint32_t below)
{
    state_of_chance = state_of_chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(state_of_chance >> 33) % below;
}

typedef struct reading {
    otr_time at;
    double value;
} reading;

enum { READINGS = 400 };

/* Times to the millisecond, spans that are not whole cells, values that repeat. */
static size_t make(uint64_t seed, reading *list, otr_time *span)
{
    state_of_chance = seed * 977 + 1;
    *span = (otr_time)(60 + chance(86400 * 3)) * OTR_SECOND;
    size_t count = 1 + chance(READINGS);
    otr_time at = T0 + (otr_time)chance(100000) * 1000;
    for (size_t i = 0; i < count; i++) {
        list[i] = (reading){at, (double)chance(200) / 8 - 10};
        at += (otr_time)(1 + chance((uint32_t)(2 * (*span / 1000) / READINGS + 2))) * 1000;
    }
    return count;
}

static bool has_point(const otr_series_summary *sum, otr_time at, double value)
{
    for (size_t i = 0; i < sum->count; i++)
        if (sum->times[i] == at && sum->values[i] == value)
            return true;
    return false;
}

static void check_extremes(uint64_t seed, bool shuffled)
{
    static reading list[READINGS];
    static reading order[READINGS];
    otr_time span;
    otr_series series;
    otr_series_summary sum;
    size_t count = make(seed, list, &span);
    memcpy(order, list, sizeof list);
    for (size_t i = count; shuffled && i > 1; i--) {
        size_t other = chance((uint32_t)i);
        reading held = order[i - 1];
        order[i - 1] = order[other];
        order[other] = held;
    }
    otr_series_init(&series, span);
    for (size_t i = 0; i < count; i++)
        otr_series_add(&series, order[i].at, order[i].value, 0);
    otr_time to = list[count - 1].at;
    otr_series_sum(&series, span, to, &sum);
    double least = INFINITY;
    double greatest = -INFINITY;
    for (size_t i = 0; i < count; i++)
        if (list[i].at > to - span) {
            least = fmin(least, list[i].value);
            greatest = fmax(greatest, list[i].value);
        }
    if (sum.count > OTR_SERIES_POINTS || !(sum.min <= least) || !(sum.max >= greatest))
        fail_msg("seed %llu: %zu points, %g to %g, not %g to %g", (unsigned long long)seed, sum.count,
                 sum.min, sum.max, least, greatest);
    /* what the summary names was read at that time, and is a point; nothing is invented */
    if (!has_point(&sum, sum.min_at, sum.min) || !has_point(&sum, sum.max_at, sum.max))
        fail_msg("seed %llu: an extreme is no point", (unsigned long long)seed);
    for (size_t p = 0; p < sum.count; p++) {
        bool found = false;
        for (size_t i = 0; i < count; i++)
            found |= list[i].at == sum.times[p] && list[i].value == sum.values[p];
        if (!found || (p > 0 && sum.times[p] < sum.times[p - 1]))
            fail_msg("seed %llu: point %zu was not read, or is out of order", (unsigned long long)seed, p);
    }
    /* the extremes of each quarter of the span are no further away than its points */
    for (size_t i = 0; i < count; i++)
        if (list[i].at > to - span + series.width) {
            bool below = false;
            bool above = false;
            for (size_t p = 0; p < sum.count; p++) {
                bool near = llabs(sum.times[p] - list[i].at) <= series.width;
                below |= near && sum.values[p] <= list[i].value;
                above |= near && sum.values[p] >= list[i].value;
            }
            if (!below || !above)
                fail_msg("seed %llu: reading %zu lies outside the points around it", (unsigned long long)seed,
                         i);
        }
}

static void extremes_are_never_thinned_away(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++)
        check_extremes(seed, false);
}

/* Late readings within the span find their place. */
static void the_order_of_arrival_decides_nothing_of_the_extremes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 500; seed++) {
        static reading list[READINGS];
        otr_time span;
        otr_series one;
        otr_series other;
        otr_series_summary sums[2];
        size_t count = make(seed, list, &span);
        if (list[count - 1].at - list[0].at > span)
            continue; /* what is older than all that is kept may not come after it */
        otr_series_init(&one, span);
        otr_series_init(&other, span);
        for (size_t i = 0; i < count; i++)
            otr_series_add(&one, list[i].at, list[i].value, 0);
        for (size_t i = count; i > 0; i--)
            otr_series_add(&other, list[i - 1].at, list[i - 1].value, 0);
        otr_series_sum(&one, span, list[count - 1].at, &sums[0]);
        otr_series_sum(&other, span, list[count - 1].at, &sums[1]);
        assert_int_equal(sums[0].count, sums[1].count);
        assert_int_equal(sums[0].readings, sums[1].readings);
        assert_memory_equal(sums[0].times, sums[1].times, sums[0].count * sizeof(otr_time));
        assert_memory_equal(sums[0].values, sums[1].values, sums[0].count * sizeof(double));
        check_extremes(seed, true);
    }
}

static void the_summary_says_how_long_and_how_much(void **state)
{
    (void)state;
    otr_series series;
    otr_series_summary sum;
    otr_series_init(&series, OTR_HOUR);
    series.high = 8;
    series.is_temperature = true;
    otr_series_sum(&series, OTR_HOUR, T0, &sum);
    assert_int_equal(sum.count, 0);
    assert_true(isnan(sum.mean) && isnan(sum.min) && sum.min_at == OTR_TIME_NONE);
    /* half an hour at 5, then a quarter at 9, then silence; a reading holds for at most 5 min */
    for (int minute = 0; minute <= 45; minute += 5)
        otr_series_add(&series, T0 + minute * OTR_MINUTE, minute < 30 ? 5 : 9, 5 * OTR_MINUTE);
    otr_series_sum(&series, OTR_HOUR, T0 + OTR_HOUR, &sum);
    assert_true(fabs(sum.coverage_percent - 100 * 50.0 / 60) < 0.1);
    assert_true(fabs(sum.outside_s - 20 * 60) < 0.5);
    assert_true(fabs(sum.mean - (6 * 5 + 4 * 9) / 10.0) < 1e-5);
    assert_true(sum.mkt > 6.6 && sum.mkt < 6.95); /* above the mean of 6.6 by time */
    assert_true(sum.min == 5 && sum.min_at == T0 && sum.max == 9 && sum.max_at == T0 + 30 * OTR_MINUTE);
    assert_int_equal(sum.readings, 10);
    otr_series_sum(&series, 10 * OTR_MINUTE, T0 + 45 * OTR_MINUTE, &sum); /* a rule with a shorter past */
    assert_true(sum.min == 9 && sum.readings <= 4);
}

static void a_snapshot_brings_it_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        static reading list[READINGS];
        otr_time span;
        otr_series series;
        otr_series back;
        otr_buffer bytes = {0};
        otr_buffer again = {0};
        size_t count = make(seed, list, &span);
        otr_series_init(&series, span);
        series.is_temperature = seed % 2 == 0;
        for (size_t i = 0; i < count; i++)
            otr_series_add(&series, list[i].at, list[i].value, OTR_MINUTE);
        otr_series_write(&series, &bytes);
        otr_reader reader = otr_reader_of(otr_buffer_bytes(&bytes));
        otr_series_read(&back, &reader);
        assert_false(reader.failed);
        assert_int_equal(otr_reader_left(&reader), 0);
        otr_series_write(&back, &again);
        assert_true(bytes.size == again.size && memcmp(bytes.data, again.data, bytes.size) == 0);
        for (size_t cut = 0; cut < bytes.size; cut++) {
            reader = otr_reader_of((otr_bytes){bytes.data, cut});
            otr_series_read(&back, &reader);
            assert_true(reader.failed);
        }
        otr_buffer_done(&bytes);
        otr_buffer_done(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extremes_are_never_thinned_away),
        cmocka_unit_test(the_order_of_arrival_decides_nothing_of_the_extremes),
        cmocka_unit_test(the_summary_says_how_long_and_how_much),
        cmocka_unit_test(a_snapshot_brings_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

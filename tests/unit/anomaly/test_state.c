/* The state: written and read at any reading it goes on the same to the last bit, bytes that are no state are
 * refused, and nothing that is fed makes it anything else than a bounded number of finite numbers. */
#include "tests/unit/anomaly/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static otr_anomaly read_back(const otr_anomaly *anomaly, bool *whole)
{
    otr_buffer bytes = {0};
    otr_anomaly_write(anomaly, &bytes);
    assert_false(bytes.failed);
    assert_true(bytes.size <= 370);
    otr_reader in = otr_reader_of(otr_buffer_bytes(&bytes));
    otr_anomaly copy;
    otr_anomaly_read(&copy, &in);
    *whole = !in.failed && otr_reader_left(&in) == 0;
    otr_buffer_done(&bytes);
    return copy;
}

/* Quiet, noisy, disturbed, constant again, with readings under one stamp and gaps. */
static double varied(series *s, int i)
{
    s->spacing = i % 97 == 0 ? 6 * OTR_HOUR : i % 13 == 0 ? 0 : OTR_MINUTE;
    if (i < 300)
        return 4;
    if (i % 401 == 0)
        return 50;
    return i % 1000 < 800 ? dice_normal(&s->dice) : 2;
}

static void a_restart_at_any_reading_changes_nothing(void **state)
{
    (void)state;
    series on = series_of(3);
    series restarted = series_of(3);
    for (int i = 0; i < 5000; i++) {
        (void)series_feed(&on, varied(&on, i));
        (void)series_feed(&restarted, varied(&restarted, i));
        bool whole;
        restarted.anomaly = read_back(&restarted.anomaly, &whole);
        assert_true(whole);
        assert_memory_equal(&on.anomaly, &restarted.anomaly, sizeof on.anomaly);
    }
}

static void a_copy_of_the_bytes_is_a_copy_of_the_state(void **state)
{
    (void)state;
    assert_true(sizeof(otr_anomaly) <= 400);
    series a = series_of(4);
    series_settle(&a, 1000, 20, 2);
    series b;
    memcpy(&b, &a, sizeof b);
    for (int i = 0; i < 1000; i++)
        assert_true(series_feed(&a, varied(&a, i)) == series_feed(&b, varied(&b, i)));
    assert_memory_equal(&a.anomaly, &b.anomaly, sizeof a.anomaly);
}

static void what_is_no_number_is_passed_over(void **state)
{
    (void)state;
    series s = series_of(5);
    const double odd[] = {NAN, -NAN, INFINITY, -INFINITY, 1e101, -1e300};
    for (int i = 0; i < 600; i++) {
        otr_anomaly before = s.anomaly;
        otr_anomaly_add(&s.anomaly, s.at + 1, odd[i % 6]);
        assert_memory_equal(&before, &s.anomaly, sizeof before);
        (void)series_feed(&s, dice_normal(&s.dice));
    }
}

static void an_earlier_reading_counts_as_the_same_instant(void **state)
{
    (void)state;
    series s = series_of(6);
    series_settle(&s, 1000, 0, 1);
    otr_anomaly other = s.anomaly;
    otr_anomaly_add(&s.anomaly, s.at, 3);
    otr_anomaly_add(&other, s.at - OTR_HOUR, 3);
    assert_memory_equal(&s.anomaly, &other, sizeof other);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    series s = series_of(8);
    series_settle(&s, 700, 0, 1);
    otr_buffer bytes = {0};
    otr_anomaly_write(&s.anomaly, &bytes);
    otr_anomaly empty;
    otr_anomaly_init(&empty);
    for (size_t size = 0; size < bytes.size; size++) {
        otr_reader in = otr_reader_of((otr_bytes){bytes.data, size});
        otr_anomaly copy;
        otr_anomaly_read(&copy, &in);
        assert_true(in.failed);
        assert_memory_equal(&copy, &empty, sizeof copy);
    }
    otr_buffer_done(&bytes);
}

/* The offsets of the numbers in a written state are those where its eight bytes are found. */
static void no_number_that_is_none_is_read(void **state)
{
    (void)state;
    series s = series_of(9);
    series_settle(&s, 700, 0, 1);
    (void)series_feed(&s, 30);
    const double bad[] = {NAN, INFINITY, -INFINITY, 1e200};
    size_t words = sizeof(otr_anomaly) / sizeof(double);
    int refused = 0;
    for (size_t word = 0; word < words; word++)
        for (size_t b = 0; b < 4; b++) {
            otr_anomaly spoiled = s.anomaly;
            memcpy((char *)&spoiled + word * sizeof(double), &bad[b], sizeof(double));
            bool whole;
            otr_anomaly copy = read_back(&spoiled, &whole);
            refused += !whole;
            /* What is read all the same held the bad bits in whole numbers, and came back as it was. */
            assert_true(whole || copy.readings == 0);
        }
    /* 6 numbers of its own and 5 of each view; -infinity and 1e200 included. */
    assert_true(refused >= (6 + 5 * OTR_ANOMALY_VIEWS) * 4);
}

static void counts_beyond_their_limits_are_refused(void **state)
{
    (void)state;
    series s = series_of(10);
    series_settle(&s, 700, 0, 1);
    for (int i = 0; i < OTR_ANOMALY_VIEWS * 4; i++) {
        otr_anomaly spoiled = s.anomaly;
        otr_anomaly_view *view = &spoiled.views[i / 4];
        uint16_t *counts[] = {&view->rest, &view->cuts, &view->blocks, &view->in_block};
        *counts[i % 4] = 5000;
        bool whole;
        (void)read_back(&spoiled, &whole);
        assert_false(whole);
    }
}

static void random_bytes_never_make_a_score_that_is_none(void **state)
{
    (void)state;
    const char *given = getenv("OUTRIDER_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 11;
    series s = series_of(seed);
    series_settle(&s, 700, 0, 1);
    otr_buffer bytes = {0};
    otr_anomaly_write(&s.anomaly, &bytes);
    int taken = 0;
    for (int round = 0; round < 20000; round++) {
        size_t at = dice_bits(&s.dice) % bytes.size;
        uint8_t old = bytes.data[at];
        bytes.data[at] = (uint8_t)dice_bits(&s.dice);
        otr_reader in = otr_reader_of(otr_buffer_bytes(&bytes));
        series other = s;
        otr_anomaly_read(&other.anomaly, &in);
        other.at = s.at + OTR_DAY;
        taken += !in.failed;
        for (int i = 0; i < 8; i++)
            (void)series_feed(&other, dice_normal(&other.dice) * 1e6);
        bool whole;
        (void)read_back(&other.anomaly, &whole);
        if (!whole)
            fail_msg("OUTRIDER_SEED=%llu, round %d: a state that was read leads to one that is refused",
                     (unsigned long long)seed, round);
        if (dice_bits(&s.dice) % 4 != 0)
            bytes.data[at] = old;
    }
    printf("%d of 20,000 altered states were read\n", taken);
    otr_buffer_done(&bytes);
}

static void extreme_values_stay_within_bounds(void **state)
{
    (void)state;
    series s = series_of(12);
    const double extreme[] = {1e100, -1e100, 5e-324, 0, -0.0, 1e-300, 1, -1e50};
    for (int i = 0; i < 20000; i++) {
        if (i % 100 == 0)
            s.spacing = (otr_time)(dice_bits(&s.dice) >> (24 + dice_bits(&s.dice) % 30));
        (void)series_feed(&s, extreme[dice_bits(&s.dice) % 8]);
        bool whole;
        otr_anomaly copy = read_back(&s.anomaly, &whole);
        assert_true(whole);
        assert_memory_equal(&copy, &s.anomaly, sizeof copy);
    }
}

static void readings_all_under_one_stamp_leave_a_later_one_a_score(void **state)
{
    (void)state;
    series s = series_of(13);
    series_settle(&s, 500, 0, 1);
    s.spacing = 0;
    series_settle(&s, 100000, 0, 1);
    bool whole;
    (void)read_back(&s.anomaly, &whole);
    assert_true(whole);
    s.spacing = 3650 * OTR_DAY;
    series_settle(&s, 1, 0, 1);
    s.spacing = OTR_MINUTE;
    series_settle(&s, 500, 0, 1);
    assert_true(series_feed(&s, 20) >= OTR_ANOMALY_THRESHOLD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_at_any_reading_changes_nothing),
        cmocka_unit_test(a_copy_of_the_bytes_is_a_copy_of_the_state),
        cmocka_unit_test(what_is_no_number_is_passed_over),
        cmocka_unit_test(an_earlier_reading_counts_as_the_same_instant),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(no_number_that_is_none_is_read),
        cmocka_unit_test(counts_beyond_their_limits_are_refused),
        cmocka_unit_test(random_bytes_never_make_a_score_that_is_none),
        cmocka_unit_test(extreme_values_stay_within_bounds),
        cmocka_unit_test(readings_all_under_one_stamp_leave_a_later_one_a_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* core/kpi: rates over sliding minutes and hours, when a flood begins and ends, which points chatter, and the
 * space-saving counters of top sources against true counts. now is a local number. */
#include "core/alarm/kpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1700000040 * OTR_SECOND) /* a whole minute */

static const otr_point_key one = {1, 2, 3};

static void raise_many(otr_kpi *kpi, otr_time from, int count, otr_time step)
{
    for (int i = 0; i < count; i++)
        otr_kpi_raised(kpi, from + i * step, one);
}

static void rates_slide_with_time(void **state)
{
    (void)state;
    otr_kpi kpi = {0};
    raise_many(&kpi, T0, 6, OTR_MINUTE);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 5 * OTR_MINUTE).per_10_minutes, 6);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 9 * OTR_MINUTE).per_10_minutes, 6);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 10 * OTR_MINUTE).per_10_minutes, 5);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 15 * OTR_MINUTE).per_10_minutes, 0);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 15 * OTR_MINUTE).per_day, 6);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 22 * OTR_HOUR).per_day, 6);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 25 * OTR_HOUR).per_day, 0);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 100 * OTR_DAY).per_day, 0);
}

static void a_flood_begins_above_ten_and_ends_below_five(void **state)
{
    (void)state;
    otr_kpi kpi = {0};
    raise_many(&kpi, T0, 10, OTR_SECOND);
    assert_false(otr_kpi_get(&kpi, T0 + OTR_MINUTE).flood);
    raise_many(&kpi, T0 + OTR_MINUTE, 1, 0);
    otr_kpi_figures now = otr_kpi_get(&kpi, T0 + OTR_MINUTE);
    assert_true(now.flood);
    assert_true(now.flood_since == T0 + OTR_MINUTE);
    /* four minutes later five more: when the first eleven leave the window, five are left */
    raise_many(&kpi, T0 + 5 * OTR_MINUTE, 5, 0);
    assert_true(otr_kpi_get(&kpi, T0 + 11 * OTR_MINUTE).flood);
    now = otr_kpi_get(&kpi, T0 + 15 * OTR_MINUTE);
    assert_false(now.flood);
    assert_int_equal(now.floods, 1);
    raise_many(&kpi, T0 + 20 * OTR_MINUTE, 11, 0);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 20 * OTR_MINUTE).floods, 2);
    /* nobody looked for days: it is over all the same */
    assert_false(otr_kpi_get(&kpi, T0 + 3 * OTR_DAY).flood);
}

static void three_transitions_within_a_minute_are_chatter(void **state)
{
    (void)state;
    otr_kpi kpi = {0};
    otr_point_key two = {1, 2, 4};
    otr_kpi_changed(&kpi, T0, one);
    otr_kpi_changed(&kpi, T0 + 30 * OTR_SECOND, one);
    otr_kpi_changed(&kpi, T0 + 61 * OTR_SECOND, one);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 61 * OTR_SECOND).chattering, 0);
    otr_kpi_changed(&kpi, T0 + 62 * OTR_SECOND, two);
    otr_kpi_changed(&kpi, T0 + 90 * OTR_SECOND, one);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 90 * OTR_SECOND).chattering, 1);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 12 * OTR_MINUTE).chattering, 0);
}

static void a_point_that_chatters_is_found_among_many(void **state)
{
    (void)state;
    otr_kpi kpi = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        otr_kpi_changed(&kpi, T0 + i * OTR_SECOND, (otr_point_key){10 + i, 2, 3});
        if (i % 20 == 0)
            otr_kpi_changed(&kpi, T0 + i * OTR_SECOND, one);
    }
    assert_int_equal(otr_kpi_get(&kpi, T0 + 1000 * OTR_SECOND).chattering, 1);
}

static unsigned random_next(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Zipf-like: source n comes about 1/n as often. Who has more than a sixteenth is there, count - error is
 * never too high and count never too low. */
static void the_top_sources_are_found(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        otr_kpi kpi = {0};
        uint64_t truth[200] = {0};
        unsigned dice = seed;
        for (int i = 0; i < 5000; i++) {
            uint32_t source = 200 / (1 + random_next(&dice) % 200) % 200;
            truth[source]++;
            otr_kpi_raised(&kpi, T0 + i, (otr_point_key){source, 0, 0});
        }
        otr_kpi_figures now = otr_kpi_get(&kpi, T0 + OTR_SECOND);
        bool found[200] = {false};
        for (uint32_t i = 0; i < now.top_count; i++) {
            uint64_t true_count = truth[now.top[i].key.asset];
            found[now.top[i].key.asset] = true;
            if (now.top[i].count < true_count || now.top[i].count - now.top[i].error > true_count)
                fail_msg("seed %u: source %u has %llu", seed, now.top[i].key.asset,
                         (unsigned long long)true_count);
            assert_true(i == 0 || now.top[i - 1].count >= now.top[i].count);
        }
        for (uint32_t i = 0; i < 200; i++)
            if (truth[i] > 5000 / OTR_KPI_SOURCES && !found[i])
                fail_msg("seed %u: source %u is missing", seed, i);
    }
}

static void old_sources_fade(void **state)
{
    (void)state;
    otr_kpi kpi = {0};
    raise_many(&kpi, T0, 8, OTR_SECOND);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 2 * OTR_DAY).top[0].count, 2);
    assert_int_equal(otr_kpi_get(&kpi, T0 + 4 * OTR_DAY).top_count, 0);
    otr_kpi_figures step = otr_kpi_get(&kpi, T0 + OTR_DAY);
    assert_int_equal(step.top[0].count, 4);
}

static void a_snapshot_keeps_it(void **state)
{
    (void)state;
    otr_names names = {0};
    otr_names again = {0};
    otr_kpi kpi = {0};
    otr_kpi read = {0};
    otr_buffer out = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(otr_names_put(&names, otr_str_of(&"abcd"[i]), NULL), i);
    raise_many(&kpi, T0, 12, OTR_SECOND);
    for (int i = 0; i < 3; i++)
        otr_kpi_changed(&kpi, T0 + i, one);
    otr_kpi_write(&kpi, &names, &out);
    otr_reader reader = otr_reader_of(otr_buffer_bytes(&out));
    assert_true(otr_kpi_read(&read, &again, &reader));
    assert_false(reader.failed);
    otr_kpi_figures a = otr_kpi_get(&kpi, T0 + OTR_MINUTE);
    otr_kpi_figures b = otr_kpi_get(&read, T0 + OTR_MINUTE);
    assert_true(a.per_10_minutes == b.per_10_minutes && a.per_day == b.per_day && a.flood && b.flood &&
                a.flood_since == b.flood_since && a.floods == b.floods && b.chattering == 1);
    assert_int_equal(b.top_count, 1);
    assert_true(otr_str_equal(otr_names_get(&again, b.top[0].key.rule), otr_names_get(&names, one.rule)));
    for (size_t size = 0; size < out.size; size++) {
        otr_kpi cut = {0};
        reader = otr_reader_of((otr_bytes){out.data, size});
        assert_true(otr_kpi_read(&cut, &again, &reader));
        assert_true(reader.failed);
    }
    otr_buffer_done(&out);
    otr_names_done(&names);
    otr_names_done(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_slide_with_time),
        cmocka_unit_test(a_flood_begins_above_ten_and_ends_below_five),
        cmocka_unit_test(three_transitions_within_a_minute_are_chatter),
        cmocka_unit_test(a_point_that_chatters_is_found_among_many),
        cmocka_unit_test(the_top_sources_are_found),
        cmocka_unit_test(old_sources_fade),
        cmocka_unit_test(a_snapshot_keeps_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

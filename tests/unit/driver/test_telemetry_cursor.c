/* driver/telemetry_cursor against a set that marks each number by itself, over random steps from one seed. */
#include "driver/telemetry_cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NUMBERS = 200 };

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static bool has(const otr_telemetry_cursor *cursor, uint64_t number)
{
    bool found = number <= cursor->until;
    for (size_t i = 0; i < cursor->count; i++)
        found |= number >= cursor->after[i].first && number <= cursor->after[i].last;
    return found;
}

static void check(const otr_telemetry_cursor *cursor, const bool *set, unsigned seed)
{
    uint64_t missing = 0;
    uint64_t first = 0;
    otr_stretch gap;
    for (uint64_t n = 1; n <= NUMBERS; n++) {
        if (has(cursor, n) != set[n])
            fail_msg("seed %u: %u is %d", seed, (unsigned)n, !set[n]);
        missing += !set[n];
        first = first == 0 && !set[n] ? n : first;
    }
    assert_int_equal(otr_telemetry_cursor_missing(cursor, NUMBERS), missing);
    bool any = otr_telemetry_cursor_gap(cursor, NUMBERS, &gap);
    assert_int_equal(any, first > 0);
    if (any) {
        assert_int_equal(gap.first, first);
        for (uint64_t n = gap.first; n <= gap.last; n++)
            assert_false(set[n]);
        assert_true(gap.last == NUMBERS || set[gap.last + 1]);
    }
}

static void the_cursor_is_the_set_of_what_was_added(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 300; seed++) {
        uint32_t random = seed;
        otr_telemetry_cursor cursor = {0};
        bool set[NUMBERS + 1] = {false};
        for (int step = 0; step < 60; step++) {
            uint64_t first = 1 + next(&random) % NUMBERS;
            uint64_t last = first + next(&random) % 12;
            last = last < NUMBERS ? last : NUMBERS;
            bool adding = next(&random) % 4 > 0;
            if (adding && !otr_telemetry_cursor_add(&cursor, first, last))
                continue; /* no room: unchanged */
            if (!adding && cursor.count == OTR_LIMIT_TELEMETRY_STRETCHES)
                continue; /* what may happen then has a test of its own */
            if (!adding)
                otr_telemetry_cursor_remove(&cursor, first, last);
            for (uint64_t n = first; n <= last; n++)
                set[n] = adding;
            check(&cursor, set, seed);
        }
    }
}

static void without_room_more_is_sent_again_never_less(void **state)
{
    (void)state;
    otr_telemetry_cursor cursor = {0};
    for (uint64_t i = 1; i <= OTR_LIMIT_TELEMETRY_STRETCHES; i++)
        assert_true(otr_telemetry_cursor_add(&cursor, 10 * i, 10 * i + 5));
    assert_false(otr_telemetry_cursor_add(&cursor, 1000, 1001));
    assert_true(otr_telemetry_cursor_add(&cursor, 16, 17)); /* touches one */
    otr_telemetry_cursor_remove(&cursor, 12, 12);
    assert_false(has(&cursor, 12));
    for (uint64_t n = 1; n < 300; n++) /* nothing that was never there */
        assert_false(has(&cursor, n) && (n % 10 > 5 && n != 16 && n != 17));
}

static void it_is_written_and_read(void **state)
{
    (void)state;
    otr_telemetry_cursor cursor = {.until = 7};
    otr_telemetry_cursor again;
    otr_buffer out = {0};
    assert_true(otr_telemetry_cursor_add(&cursor, 100, 200));
    assert_true(otr_telemetry_cursor_add(&cursor, 300, 300));
    otr_telemetry_cursor_write(&cursor, &out);
    otr_reader reader = otr_reader_of(otr_buffer_bytes(&out));
    otr_telemetry_cursor_read(&again, &reader);
    assert_false(reader.failed);
    assert_true(again.until == 7 && again.count == 2 && again.after[1].first == 300);
    for (size_t size = 0; size < out.size; size++) { /* cut short it is refused, and nothing counts as sent */
        reader = otr_reader_of((otr_bytes){out.data, size});
        otr_telemetry_cursor_read(&again, &reader);
        assert_true(reader.failed && again.until == 0 && again.count == 0);
    }
    otr_buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cursor_is_the_set_of_what_was_added),
        cmocka_unit_test(without_room_more_is_sent_again_never_less),
        cmocka_unit_test(it_is_written_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

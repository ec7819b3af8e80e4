/* Timers against a plain table that is searched whole, over random sets, moves, drops and takes. */
#include "base/timers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { KEYS = 200, STEPS = 200000 };

static unsigned dice = 7;
static unsigned roll(unsigned sides)
{
    dice = dice * 1664525 + 1013904223;
    return (dice >> 8) % sides;
}

static int earliest(const otr_time table[KEYS])
{
    int best = -1;
    for (int i = 0; i < KEYS; i++)
        if (table[i] != OTR_TIME_NEVER && (best < 0 || table[i] < table[best]))
            best = i;
    return best;
}

static void they_agree_with_a_sorted_list(void **state)
{
    (void)state;
    otr_timers timers = {0};
    otr_time table[KEYS];
    for (int i = 0; i < KEYS; i++)
        table[i] = OTR_TIME_NEVER;
    for (int step = 0; step < STEPS; step++) {
        uint32_t key = roll(KEYS);
        int best = earliest(table);
        otr_time at = roll(8) == 0 ? OTR_TIME_NEVER : (otr_time)roll(50); /* many ties */
        if (roll(3) != 0) {
            assert_true(otr_timers_set(&timers, key, at));
            table[key] = at;
        } else {
            otr_time now = roll(50);
            bool due = best >= 0 && table[best] <= now;
            assert_int_equal(otr_timers_take(&timers, now, &key), due);
            if (due) {
                assert_int_equal(key, best);
                table[best] = OTR_TIME_NEVER;
            }
        }
        best = earliest(table);
        assert_true(otr_timers_next(&timers) == (best < 0 ? OTR_TIME_NEVER : table[best]));
        key = roll(KEYS);
        assert_true(otr_timers_get(&timers, key) == table[key]);
    }
    otr_timers_done(&timers);
}

static void a_key_that_was_never_set_has_no_deadline(void **state)
{
    (void)state;
    otr_timers timers = {0};
    uint32_t key;
    assert_true(otr_timers_get(&timers, 1000000) == OTR_TIME_NEVER);
    assert_true(otr_timers_next(&timers) == OTR_TIME_NEVER);
    assert_true(otr_timers_set(&timers, 3, OTR_TIME_NEVER));
    assert_false(otr_timers_take(&timers, OTR_TIME_NEVER - 1, &key));
    assert_true(otr_timers_set(&timers, 70000, 5));
    assert_false(otr_timers_take(&timers, 4, &key));
    assert_true(otr_timers_take(&timers, 5, &key));
    assert_int_equal(key, 70000);
    otr_timers_done(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_agree_with_a_sorted_list),
        cmocka_unit_test(a_key_that_was_never_set_has_no_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When a burst counts as over: rows of what was done in each half second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/burst.h"

#define HALF (OTR_SECOND / 2)

static void a_burst_is_over_after_two_seconds_of_little_and_once(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t done[16]; /* thousands, in each half second */
        int over_at;       /* index; -1: never */
    } rows[] = {
        {"little is none", {10, 10, 10, 10}, -1},
        {"at once, then nothing", {60}, 4},
        {"growing", {20, 20, 20, 20}, 10},
        {"among steady reports", {60, 1, 0, 1, 0, 1, 0, 1}, 4},
        {"goes on", {60, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20}, -1},
        {"a pause is no end", {60, 0, 0, 60, 0, 0, 60}, 12},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        otr_burst burst = {0};
        uint64_t done = 0;
        int over_at = -1;
        for (int i = 0; i < 16; i++) {
            otr_time now = OTR_SECOND + i * HALF;
            done += rows[r].done[i] * 1000;
            if (!otr_burst_is_over(&burst, done, now))
                continue;
            if (over_at >= 0)
                fail_msg("%s: over at %d and again at %d", rows[r].name, over_at, i);
            over_at = i;
        }
        if (over_at != rows[r].over_at)
            fail_msg("%s: over at %d, not at %d", rows[r].name, over_at, rows[r].over_at);
    }
}

static void it_wakes_nobody_but_while_a_burst_may_end(void **state)
{
    otr_burst burst = {0};
    (void)state;
    assert_false(otr_burst_is_over(&burst, 100, OTR_SECOND));
    assert_int_equal(otr_burst_wait_us(&burst, OTR_SECOND), INT64_MAX);
    assert_false(otr_burst_is_over(&burst, OTR_BURST_COUNT, OTR_SECOND));
    assert_int_equal(otr_burst_wait_us(&burst, OTR_SECOND), OTR_BURST_REST);
    assert_true(otr_burst_is_over(&burst, OTR_BURST_COUNT, OTR_SECOND + OTR_BURST_REST));
    assert_int_equal(otr_burst_wait_us(&burst, OTR_SECOND + OTR_BURST_REST), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_over_after_two_seconds_of_little_and_once),
        cmocka_unit_test(it_wakes_nobody_but_while_a_burst_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

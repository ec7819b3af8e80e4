/* Repeated uploads: what is recognised, as what, for how long, and how many. */
#include "driver/duplicate.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t key_of(uint64_t n)
{
    n = (n + 1) * 0x9E3779B97F4A7C15ULL; /* spread, as hashes are */
    return n ^ n >> 29;
}

static void a_key_is_pending_until_the_commit_that_has_it_is_done(void **state)
{
    (void)state;
    otr_duplicates seen = {0};
    assert_int_equal(otr_duplicates_find(&seen, 1), OTR_DUPLICATE_NEW);
    assert_true(otr_duplicates_add(&seen, 1, 0, false));
    assert_int_equal(otr_duplicates_find(&seen, 1), OTR_DUPLICATE_PENDING);
    otr_duplicates_stage(&seen, 0);
    assert_true(otr_duplicates_add(&seen, 2, 0, false)); /* came while it was under way */
    otr_duplicates_commit(&seen);
    assert_int_equal(otr_duplicates_find(&seen, 1), OTR_DUPLICATE_KEPT);
    assert_int_equal(otr_duplicates_find(&seen, 2), OTR_DUPLICATE_PENDING);
    otr_duplicates_commit(&seen); /* a commit without a stage of its own keeps nothing more */
    assert_int_equal(otr_duplicates_find(&seen, 2), OTR_DUPLICATE_PENDING);
    otr_duplicates_stage(&seen, 0);
    otr_duplicates_commit(&seen);
    assert_int_equal(otr_duplicates_find(&seen, 2), OTR_DUPLICATE_KEPT);
    otr_duplicates_done(&seen);
}

static void the_keys_of_uploads_that_are_not_stepped_are_not_in_the_commit(void **state)
{
    (void)state;
    otr_duplicates seen = {0};
    for (uint64_t key = 1; key <= 10; key++)
        assert_true(otr_duplicates_add(&seen, key, 0, false));
    otr_duplicates_stage(&seen, 4);
    otr_duplicates_commit(&seen);
    assert_int_equal(otr_duplicates_find(&seen, 6), OTR_DUPLICATE_KEPT);
    assert_int_equal(otr_duplicates_find(&seen, 7), OTR_DUPLICATE_PENDING);
    otr_duplicates_stage(&seen, 20); /* more than are left of them */
    otr_duplicates_commit(&seen);
    assert_int_equal(otr_duplicates_find(&seen, 7), OTR_DUPLICATE_PENDING);
    otr_duplicates_done(&seen);
}

static void a_key_is_forgotten_after_247_seconds_and_not_before(void **state)
{
    (void)state;
    otr_duplicates seen = {0};
    assert_true(otr_duplicates_add(&seen, 1, 0, true));
    assert_true(otr_duplicates_add(&seen, 2, 247 * OTR_SECOND, true));
    assert_int_equal(otr_duplicates_find(&seen, 1), OTR_DUPLICATE_KEPT);
    assert_true(otr_duplicates_add(&seen, 3, 247 * OTR_SECOND + 1, true));
    assert_int_equal(otr_duplicates_find(&seen, 1), OTR_DUPLICATE_NEW);
    assert_int_equal(otr_duplicates_find(&seen, 2), OTR_DUPLICATE_KEPT);
    otr_duplicates_done(&seen);
}

static void growth_keeps_every_key_and_its_state(void **state)
{
    (void)state;
    otr_duplicates seen = {0};
    enum { KEYS = 50000, KEPT = 20000 };
    for (uint64_t i = 0; i < KEYS; i++) {
        assert_true(otr_duplicates_add(&seen, key_of(i), 0, false));
        if (i == KEPT - 1) {
            otr_duplicates_stage(&seen, 0);
            otr_duplicates_commit(&seen);
        }
    }
    for (uint64_t i = 0; i < KEYS; i++)
        assert_int_equal(otr_duplicates_find(&seen, key_of(i)),
                         i < KEPT ? OTR_DUPLICATE_KEPT : OTR_DUPLICATE_PENDING);
    assert_int_equal(otr_duplicates_find(&seen, key_of(KEYS)), OTR_DUPLICATE_NEW);
    otr_duplicates_done(&seen);
}

static void above_the_limit_the_oldest_go_first(void **state)
{
    (void)state;
    otr_duplicates seen = {0};
    enum { BEYOND = 1000 };
    for (uint64_t i = 0; i < OTR_LIMIT_DUPLICATES; i++)
        assert_true(otr_duplicates_add(&seen, key_of(i), 0, false));
    otr_duplicates_stage(&seen, 0);
    for (uint64_t i = 0; i < BEYOND; i++)
        assert_true(otr_duplicates_add(&seen, key_of(OTR_LIMIT_DUPLICATES + i), 0, false));
    otr_duplicates_commit(&seen);
    assert_int_equal(seen.count, OTR_LIMIT_DUPLICATES);
    for (uint64_t i = 0; i < OTR_LIMIT_DUPLICATES + BEYOND; i++) {
        otr_duplicate wanted = i < BEYOND                 ? OTR_DUPLICATE_NEW
                               : i < OTR_LIMIT_DUPLICATES ? OTR_DUPLICATE_KEPT
                                                          : OTR_DUPLICATE_PENDING;
        if (otr_duplicates_find(&seen, key_of(i)) != wanted)
            fail_msg("key %d", (int)i);
    }
    otr_duplicates_done(&seen);
}

/* All keys share one home, so each lookup walks a chain and each removal closes a hole in it. */
static void chains_stay_whole_when_the_oldest_leave(void **state)
{
    (void)state;
    otr_duplicates seen = {0};
    enum { KEYS = 120 };
    for (uint64_t i = 0; i < KEYS; i++) /* equal low and high halves fold to zero, three in four of them */
        assert_true(
            otr_duplicates_add(&seen, (i + 1) << 32 | (i + 1 + i % 4 / 3), (otr_time)i * OTR_SECOND, true));
    for (uint64_t now = 0; now < KEYS; now++) {
        otr_time at = OTR_DUPLICATE_LIFETIME + (otr_time)now * OTR_SECOND;
        assert_true(otr_duplicates_add(&seen, 1000000 + now, at, true));
        for (uint64_t i = 0; i < KEYS; i++)
            assert_int_equal(otr_duplicates_find(&seen, (i + 1) << 32 | (i + 1 + i % 4 / 3)),
                             i >= now ? OTR_DUPLICATE_KEPT : OTR_DUPLICATE_NEW);
    }
    otr_duplicates_done(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_pending_until_the_commit_that_has_it_is_done),
        cmocka_unit_test(the_keys_of_uploads_that_are_not_stepped_are_not_in_the_commit),
        cmocka_unit_test(a_key_is_forgotten_after_247_seconds_and_not_before),
        cmocka_unit_test(growth_keeps_every_key_and_its_state),
        cmocka_unit_test(above_the_limit_the_oldest_go_first),
        cmocka_unit_test(chains_stay_whole_when_the_oldest_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The promise of the driver over the real store on a disk that fails: devices that resend what was not
 * acknowledged, a broker that acknowledges late or not at all, power cuts and failing calls at random
 * moments. After every round: each acknowledged reading is in the journal, none twice; each expected alarm
 * reached the broker under one identity; a repeated upload is recognised after a restart. A round is the
 * same each time: the store's thread is waited for, and the round's dice decide how long the driver does not
 * hear of what it did. A failing round prints its seed; OUTRIDER_SEED repeats it.
 */
#include "platform/linux/system/evidence_key.h"
#include "round.h"

#include "base/hash.h"
#include "base/log.h"
#include "codec/readings.h"
#include "codec/service.h"
#include "core/journal/journal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct span {
    unsigned first;
    unsigned last;
} span;

static span rounds_of(unsigned last)
{
    const char *only = getenv("OUTRIDER_SEED");
    unsigned seed = only != NULL ? (unsigned)atoi(only) : 0;
    return seed > 0 ? (span){seed, seed} : (span){1, last};
}

static void power_cuts_at_random_moments_lose_nothing_and_double_nothing(void **state)
{
    (void)state;
    span seeds = rounds_of(round_count(400));
    for (unsigned seed = seeds.first; seed <= seeds.last; seed++) {
        round *r = round_begin(seed);
        r->evidence = otr_sha256;
        for (int life = 0; life < 3; life++) {
            otr_fault_vfs_power_on(r->vfs);
            otr_fault_vfs_cut_at(r->vfs, OTR_FAULT_CHANGES, 1 + round_roll(r, life == 0 ? 400 : 150));
            if (round_start(r))
                for (int i = 0; i < 60 && !otr_fault_vfs_is_cut(r->vfs) && !round_all_sent(r); i++)
                    round_run_step(r);
            otr_fault_vfs_cut(r->vfs);
            round_end_life(r);
        }
        round_finish(r);
    }
}

/* What the store's thread reads belongs to it until it is done, whatever the driver hears meanwhile. */
static void the_driver_goes_on_while_the_store_works(void **state)
{
    (void)state;
    span seeds = rounds_of(round_count(150));
    for (unsigned seed = seeds.first; seed <= seeds.last; seed++) {
        round *r = round_begin(seed);
        r->evidence = otr_sha256;
        r->hasty = true;
        for (int life = 0; life < 2; life++) {
            otr_fault_vfs_power_on(r->vfs);
            assert_true(round_start(r));
            for (int i = 0; i < 300 && !round_all_sent(r); i++)
                round_run_step(r);
            otr_fault_vfs_cut(r->vfs);
            round_end_life(r);
        }
        round_finish(r);
    }
}

/* False when the agent was through before the n-th call. */
static bool run_with_failure(unsigned n, bool for_ever, int code)
{
    round *r = round_begin(n);
    r->evidence = otr_sha256;
    assert_true(round_start(r));
    round_wait_for_store(r);
    uint64_t before = otr_fault_vfs_calls(r->vfs, OTR_FAULT_CHANGES);
    otr_fault_vfs_fail(r->vfs, OTR_FAULT_CHANGES, n, for_ever, code);
    for (int i = 0; i < 200 && !round_all_sent(r); i++)
        round_run_step(r);
    bool reached = otr_fault_vfs_calls(r->vfs, OTR_FAULT_CHANGES) - before >= n;
    otr_fault_vfs_fail(r->vfs, OTR_FAULT_ALL, 0, false, 0);
    round_end_life(r);
    round_finish(r);
    return reached;
}

/* For all n: the n-th call that changes the disk fails, once or for a while; the devices resend; all is kept
 * once. */
static void survive(bool for_ever, int code)
{
    enum {
        BEYOND = 20
    }; /* rounds differ in length: the last failure is not reached in any when so many miss it */
    unsigned step = getenv("OUTRIDER_LONG") != NULL ? 1 : 3 * 101 / round_count(100);
    span calls = rounds_of(5000);
    int missed = 0;
    unsigned n = calls.first;
    for (; n <= calls.last && missed < BEYOND; n += step)
        missed = run_with_failure(n, for_ever, code) ? 0 : missed + 1;
    assert_true(calls.first == calls.last || n > 100);
}

enum { FITTING = 0, DISK_FULL = 13 /* SQLITE_FULL */ };

static void an_io_error_at_any_call_is_survived(void **state)
{
    (void)state;
    survive(false, FITTING);
}

static void io_errors_from_any_call_on_are_survived(void **state)
{
    (void)state;
    survive(true, FITTING);
}

static void a_full_disk_at_any_call_is_survived(void **state)
{
    (void)state;
    survive(false, DISK_FULL);
}

static void a_full_disk_from_any_call_on_is_survived(void **state)
{
    (void)state;
    survive(true, DISK_FULL);
}

/* Weeks without a broker: the oldest of what can wait goes, recorded and told, and the newest arrives. */
static void an_outbox_that_is_full_drops_its_oldest_and_says_so(void **state)
{
    (void)state;
    round *r = round_begin(1);
    otr_fault_vfs_power_on(r->vfs);
    r->lossy = false;
    r->broker_is_away = true;
    r->outbox_rows = 40;
    assert_true(round_start(r));
    for (int i = 0;
         i < 2000 && !(round_all_sent(r) && otr_driver_store_figures(r->driver)->outbox_rows <= 40); i++)
        round_run_step(r);
    assert_true(round_all_sent(r));
    assert_in_range(otr_driver_store_figures(r->driver)->outbox_rows, 1, 40);
    assert_true(otr_driver_counters(r->driver)->outbox_evicted >= DEVICES * READINGS * 2 - 40);
    r->broker_is_away = false;
    for (int i = 0, quiet = 0; i < 2000 && quiet < 20; i++) {
        round_run_step(r);
        quiet = otr_driver_outbox_depth(r->driver) == 0 ? quiet + 1 : 0;
    }
    int told = 0;
    int newest = 0;
    for (size_t i = 0; i < r->event_count; i++) {
        told += otr_str_is(r->what[i], "status.loss");
        newest += otr_str_is(r->what[i], "alarm.cleared") && r->onsets[i] == T0 + (READINGS - 2) * OTR_SECOND;
    }
    assert_int_equal(told, 1);
    assert_true(newest > 0);
    round_end_life(r);
    round_end(r);
}

int main(void)
{
    if (getenv("OUTRIDER_SEED") == NULL)
        otr_log_level_set(OTR_LOG_ERROR); /* failures are expected here by the thousand */
    (void)prctl(PR_SET_TIMERSLACK, 1UL);  /* the waits for the store are short and many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outbox_that_is_full_drops_its_oldest_and_says_so),
        cmocka_unit_test(power_cuts_at_random_moments_lose_nothing_and_double_nothing),
        cmocka_unit_test(the_driver_goes_on_while_the_store_works),
        cmocka_unit_test(an_io_error_at_any_call_is_survived),
        cmocka_unit_test(io_errors_from_any_call_on_are_survived),
        cmocka_unit_test(a_full_disk_at_any_call_is_survived),
        cmocka_unit_test(a_full_disk_from_any_call_on_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

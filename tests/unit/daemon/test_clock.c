/* The clock port: both times advance together by the scale, and quality is what configuration and kernel say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "platform/linux/system/clock.h"

static otr_clock_sample sample(otr_clock *clock)
{
    otr_clock_sample out;
    otr_clock_port port = otr_clock_port_of(clock);
    port.read(port.self, &out);
    return out;
}

static otr_time raw(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (otr_time)now.tv_sec * OTR_SECOND + now.tv_nsec / 1000;
}

static void at_scale_one_it_is_the_clock_of_the_system(void **state)
{
    (void)state;
    otr_clock clock;
    otr_clock_init(&clock, 1.0, true);
    otr_time before = raw(CLOCK_REALTIME);
    otr_clock_sample first = sample(&clock);
    otr_time after = raw(CLOCK_REALTIME);
    assert_true(before <= first.utc && first.utc <= after);
    assert_true(first.mono >= 0 && first.mono < OTR_SECOND);
}

static void a_scale_makes_both_times_run_faster(void **state)
{
    (void)state;
    otr_clock clock;
    otr_clock_init(&clock, 1000.0, true);
    otr_time boot = raw(CLOCK_BOOTTIME);
    otr_clock_sample first = sample(&clock);
    usleep(30000);
    otr_clock_sample second = sample(&clock);
    otr_time real = raw(CLOCK_BOOTTIME) - boot;
    otr_time mono = second.mono - first.mono;
    assert_int_equal(mono, second.utc - first.utc);
    assert_true(mono >= 30 * OTR_SECOND);
    assert_true(mono <= real * 1000);
}

static void time_never_decreases(void **state)
{
    (void)state;
    otr_clock clock;
    otr_clock_init(&clock, 3.7, true);
    otr_clock_sample last = sample(&clock);
    for (int i = 0; i < 10000; i++) {
        otr_clock_sample now = sample(&clock);
        assert_true(now.mono >= last.mono && now.utc >= last.utc);
        last = now;
    }
}

static void spans_are_told_in_real_time(void **state)
{
    (void)state;
    otr_clock clock;
    otr_clock_init(&clock, 60.0, true);
    assert_int_equal(otr_clock_real_us(&clock, OTR_MINUTE), OTR_SECOND);
    assert_int_equal(otr_clock_real_us(&clock, 1), 1); /* rounded up: never a sleep that is too short */
    assert_int_equal(otr_clock_real_us(&clock, 0), 0);
    assert_true(otr_clock_real_us(&clock, OTR_TIME_NEVER) == OTR_TIME_NEVER);
    otr_clock_init(&clock, 1.0, true);
    assert_int_equal(otr_clock_real_us(&clock, 12345), 12345);
}

static void quality_is_what_is_known(void **state)
{
    (void)state;
    otr_clock clock;
    struct timex kernel = {0};
    bool synced = (adjtimex(&kernel) >= 0 && (kernel.status & STA_UNSYNC) == 0) ||
                  access("/run/systemd/timesync/synchronized", F_OK) == 0;
    otr_clock_init(&clock, 1.0, false);
    assert_int_equal(sample(&clock).quality, synced ? OTR_CLOCK_SYNCED : OTR_CLOCK_UNSYNCED);
    otr_clock_init(&clock, 1.0, true);
    assert_int_equal(sample(&clock).quality, OTR_CLOCK_SYNCED);
}

static bool kernel_synced;

static bool ask_test(void)
{
    return kernel_synced;
}

static otr_clock_sample sample_when(otr_clock *clock, bool synced)
{
    kernel_synced = synced;
    clock->quality_read -= OTR_SECOND; /* so that it looks again */
    return sample(clock);
}

/* An uplink that is away takes the time server with it: the kernel gives up after hours, judging must not. */
static void once_synchronised_it_stays_so_and_tells_when_it_drifts(void **state)
{
    (void)state;
    otr_clock clock;
    otr_clock_init(&clock, 1.0, false);
    clock.kernel_is_synced = ask_test;
    clock.quality = OTR_CLOCK_UNSYNCED;
    assert_int_equal(sample_when(&clock, true).quality, OTR_CLOCK_SYNCED);
    assert_false(otr_clock_is_drifting(&clock));
    assert_int_equal(sample_when(&clock, false).quality, OTR_CLOCK_SYNCED);
    assert_true(otr_clock_is_drifting(&clock));
    assert_int_equal(sample_when(&clock, true).quality, OTR_CLOCK_SYNCED);
    assert_false(otr_clock_is_drifting(&clock));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_scale_one_it_is_the_clock_of_the_system),
        cmocka_unit_test(a_scale_makes_both_times_run_faster),
        cmocka_unit_test(time_never_decreases),
        cmocka_unit_test(spans_are_told_in_real_time),
        cmocka_unit_test(quality_is_what_is_known),
        cmocka_unit_test(once_synchronised_it_stays_so_and_tells_when_it_drifts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "platform/sim/clock.h"

/* Of a machine without a clock of its own: it starts in 1970. */
#define UNSET_UTC OTR_DAY

static otr_time mono_of(const otr_sim_clock *clock)
{
    otr_time passed = clock->now - clock->booted;
    return OTR_SECOND + passed + passed / 1000000 * clock->drift_ppm;
}

static void read_clock(void *self, otr_clock_sample *out)
{
    const otr_sim_clock *clock = self;
    otr_time mono = mono_of(clock);
    *out = (otr_clock_sample){mono, clock->synced ? clock->now + clock->utc_error : UNSET_UTC + mono,
                              clock->synced ? OTR_CLOCK_SYNCED : OTR_CLOCK_UNSYNCED};
}

otr_clock_port otr_sim_clock_port(otr_sim_clock *clock)
{
    return (otr_clock_port){clock, read_clock};
}

void otr_sim_clock_boot(otr_sim_clock *clock)
{
    clock->booted = clock->now;
}

/* A drift of 1000 ppm is more than any clock has: a hair early is asked again. */
otr_time otr_sim_clock_after(const otr_sim_clock *clock, otr_time span)
{
    if (span >= OTR_TIME_NEVER - clock->now)
        return OTR_TIME_NEVER;
    return clock->now + span + span / 1000 + 1;
}

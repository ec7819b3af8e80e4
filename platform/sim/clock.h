/*
 * The clock of a simulated gateway: true time, which the simulation moves, as the gateway sees it: a
 * monotonic clock that drifts and begins anew at each boot, and a UTC that is set, steps, or is not known
 * yet.
 */
#ifndef OTR_SIM_CLOCK_H
#define OTR_SIM_CLOCK_H

#include "driver/port.h"

typedef struct otr_sim_clock {
    otr_time now; /* true UTC */
    otr_time booted;
    int drift_ppm;
    otr_time utc_error; /* what UTC is ahead by */
    bool synced;
} otr_sim_clock;

otr_clock_port otr_sim_clock_port(otr_sim_clock *clock);
/* The machine starts: mono begins anew. */
void otr_sim_clock_boot(otr_sim_clock *clock);
/* True time at which mono has run on by span. */
otr_time otr_sim_clock_after(const otr_sim_clock *clock, otr_time span);

#endif

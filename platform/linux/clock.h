/*
 * The clock port on Linux. Elapsed time is CLOCK_BOOTTIME, so that a gateway that was suspended knows how
 * long a device was silent; civil time is CLOCK_REALTIME. A scale other than 1 makes both run faster from the
 * start on, for demonstrations: civil time then follows elapsed time and no longer sees steps. One thread.
 */
#ifndef OTR_PLATFORM_CLOCK_H
#define OTR_PLATFORM_CLOCK_H

#include "driver/port.h"

typedef struct otr_clock {
    double scale;
    bool trusted;        /* civil time is right by configuration */
    otr_time boot_start; /* CLOCK_BOOTTIME and CLOCK_REALTIME at the start, microseconds */
    otr_time real_start;
    otr_time quality_read; /* CLOCK_BOOTTIME of the last look at the kernel's opinion */
    otr_clock_quality quality;
} otr_clock;

/* scale > 0. With trusted the quality is always SYNCED; otherwise the kernel (no STA_UNSYNC) or
 * systemd-timesyncd (its mark below /run) must say so; both are asked at most once a second. */
void otr_clock_init(otr_clock *clock, double scale, bool trusted);
/* Refers to *clock, which must outlive it. */
otr_clock_port otr_clock_port_of(otr_clock *clock);
/* The real microseconds that a span of this clock takes, rounded up; OTR_TIME_NEVER stays. */
int64_t otr_clock_real_us(const otr_clock *clock, otr_time span);

#endif

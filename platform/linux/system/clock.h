/*
 * The clock port on Linux. Elapsed time is CLOCK_BOOTTIME, so that a gateway that was suspended knows how
 * long a device was silent; civil time is CLOCK_REALTIME. A scale other than 1 makes both run faster from the
 * start on, for demonstrations: civil time then follows elapsed time and no longer sees steps. One thread.
 *
 * Quality is latched: once the clock was synchronised it stays SYNCED until the process ends. The kernel sets
 * STA_UNSYNC when its error bound has grown beyond 16 s, after some nine hours without a time server; a
 * gateway that lost its uplink must go on judging, with a crystal that drifts by seconds a day. The drift is
 * logged when it begins and when it is over.
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
    bool kernel_was_synced;
    bool drifting;
    bool (*kernel_is_synced)(void); /* another one in tests */
} otr_clock;

/* scale > 0. With trusted the quality is always SYNCED; otherwise the kernel (no STA_UNSYNC) or
 * systemd-timesyncd (its mark below /run) must say so; both are asked at most once a second. */
void otr_clock_init(otr_clock *clock, double scale, bool trusted);
/* The kernel called the clock synchronised and does so no longer, as of the last look; for figures alone. */
bool otr_clock_is_drifting(const otr_clock *clock);
/* Refers to *clock, which must outlive it. */
otr_clock_port otr_clock_port_of(otr_clock *clock);
/* The real microseconds that a span of this clock takes, rounded up; OTR_TIME_NEVER stays. */
int64_t otr_clock_real_us(const otr_clock *clock, otr_time span);

#endif

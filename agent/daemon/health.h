/*
 * How the gateway is, for whoever looks after a fleet: a retained status event `health` under a topic of its
 * own, with each connection, when the word for it changes and every quarter of an hour. The broker's will
 * does not touch it: of a gateway that is gone it says how it was, and when that was. It is looked at each
 * minute, also without a link: a pack or tuning on trial with which it gets worse is taken back.
 */
#ifndef OTR_DAEMON_HEALTH_H
#define OTR_DAEMON_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

/* X(name, what is told, whose fault it may be: 0 nobody's that is on trial, for a bad link is weather; 1 a
 * pack's or a tuning's; 2 a tuning's alone, for a device that sends too fast is no pack's) */
#define OTR_COMPLAINT_LIST(X)                                                                                \
    X(CLOCK_UNSET, "the clock is not set", 0)                                                                \
    X(CLOCK_DRIFTS, "the clock drifts", 0)                                                                   \
    X(CERTIFICATE_OVER, "the certificate has expired", 0)                                                    \
    X(CERTIFICATE_SOON, "the certificate expires soon", 0)                                                   \
    X(DISK, "the disk is nearly full", 1)                                                                    \
    X(REFUSED, "its configuration was refused", 0)                                                           \
    X(NAMES, "the names of devices run out", 0)                                                              \
    X(HELD_BACK, "devices are held back", 2) /* one in ten requests or more */                               \
    X(RULES_FAIL, "rules fail", 1)           /* one in a hundred evaluations or more */                      \
    X(LOST, "messages are lost", 1)          /* evicted from the outbox */                                   \
    X(TELEMETRY_DOWN, "telemetry is offline", 0)                                                             \
    X(LINK_DOWN, "the broker is out of reach", 0)
typedef enum otr_complaint {
#define X(name, text, blamed) OTR_COMPLAINT_##name,
    OTR_COMPLAINT_LIST(X)
#undef X
        OTR_COMPLAINTS,
} otr_complaint;
#define OTR_COMPLAINT_BIT(name) (1U << OTR_COMPLAINT_##name)
enum {
#define X(name, text, blamed) | ((blamed) == 1) << OTR_COMPLAINT_##name
    OTR_COMPLAINTS_OF_A_PACK = 0 OTR_COMPLAINT_LIST(X),
#undef X
#define X(name, text, blamed) | ((blamed) != 0) << OTR_COMPLAINT_##name
    OTR_COMPLAINTS_OF_A_TUNING = 0 OTR_COMPLAINT_LIST(X),
#undef X
    OTR_HEALTH_WORD_BYTES = 320, /* all complaints at once */
};

/* Sums since the start. */
typedef struct otr_health_sums {
    uint64_t requests; /* of devices, taken or held back */
    uint64_t held_back;
    uint64_t evaluations;
    uint64_t failed; /* of these */
    uint64_t lost;
} otr_health_sums;

struct otr_daemon;
/* Zero-initialise to use. */
typedef struct otr_health {
    bool due;
    otr_time told_at;   /* mono; of the newest that was published */
    otr_time looked_at; /* mono */
    uint32_t revision;
    otr_health_sums sums;             /* at the last look */
    bool was_offline;                 /* telemetry, at the last look */
    unsigned rates;                   /* bits of complaints: of the time between the last two looks */
    unsigned complaints;              /* all, at the last look */
    uint64_t looks;                   /* a minute apart */
    char word[OTR_HEALTH_WORD_BYTES]; /* as told */
    bool measures;                    /* how the journal grows, since: */
    uint64_t readings;
    uint64_t evicted;
    uint64_t bytes;
    double bytes_per_reading; /* 0: not known yet */
} otr_health;

const char *otr_complaint_text(unsigned complaint);
/* Bits: what is wrong with what happened in between. A few of anything are no complaint. */
unsigned otr_health_rates(const otr_health_sums *before, const otr_health_sums *now);
/* Bits: what is wrong now, or was at the last look. */
unsigned otr_health_now(struct otr_daemon *daemon);
/* Microseconds of real time until the next look. */
int64_t otr_health_wait_us(struct otr_daemon *daemon);
/* With each turn of the loop: publishes when it is time and the link is up. */
void otr_health_turn(struct otr_daemon *daemon);
/* Whether seven of eight names are taken that strangers may take; *room: how many are left. */
bool otr_health_names_run_out(size_t devices, size_t *room);

#endif

/*
 * How the gateway is, for whoever looks after a fleet: a retained status event `health` under a topic of its
 * own, with each connection, when the word for it changes and every quarter of an hour. The broker's will
 * does not touch it: of a gateway that is gone it says how it was, and when that was.
 */
#ifndef OTR_DAEMON_HEALTH_H
#define OTR_DAEMON_HEALTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

enum { OTR_HEALTH_WORD_BYTES = 160 };

/* Zero-initialise to use. */
typedef struct otr_health {
    bool due;
    otr_time told_at;   /* mono; of the newest that was published */
    otr_time looked_at; /* mono */
    uint32_t revision;
    char word[OTR_HEALTH_WORD_BYTES]; /* as told */
    bool measures;                    /* how the journal grows, since: */
    uint64_t readings;
    uint64_t evicted;
    uint64_t bytes;
    double bytes_per_reading; /* 0: not known yet */
} otr_health;

struct otr_daemon;
/* With each turn of the loop: publishes when it is time and the link is up. */
void otr_health_turn(struct otr_daemon *daemon);
/* Whether seven of eight names are taken that strangers may take; *room: how many are left. */
bool otr_health_names_run_out(size_t devices, size_t *room);

#endif

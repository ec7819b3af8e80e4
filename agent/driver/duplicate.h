/*
 * Repeated uploads: a CON that was sent again is recognised by its key for 247 s (EXCHANGE_LIFETIME, RFC 7252
 * section 4.8.2) of core time, also after a restart, from the journal's tail. When more than
 * OTR_LIMIT_DUPLICATES come in that time the oldest are forgotten first.
 */
#ifndef OTR_DRIVER_DUPLICATE_H
#define OTR_DRIVER_DUPLICATE_H

#include "base/status.h"
#include "base/time.h"

#define OTR_DUPLICATE_LIFETIME (247 * OTR_SECOND)

typedef enum otr_duplicate {
    OTR_DUPLICATE_NEW,
    OTR_DUPLICATE_PENDING, /* the first copy is not committed yet */
    OTR_DUPLICATE_KEPT,    /* it is */
} otr_duplicate;

/* Zero-initialise to use. */
typedef struct otr_duplicates {
    struct otr_seen {
        uint64_t key;
        otr_time at;
        bool kept;
    } * ring;          /* oldest at first */
    uint32_t *slots;   /* open addressing over ring places: place + 1, 0 = empty */
    uint32_t capacity; /* power of two */
    uint32_t first;
    uint32_t count;
    uint32_t staged_until; /* places counted from first that are in the commit under way */
    uint32_t kept_until;   /* places counted from first that are committed */
} otr_duplicates;

otr_duplicate otr_duplicates_find(const otr_duplicates *seen, uint64_t key);
/* Remembers a new key; kept: it is committed already. False when memory is out. Forgets what is too old at
 * now. */
bool otr_duplicates_add(otr_duplicates *seen, uint64_t key, otr_time now, bool kept);
/* All are remembered for their whole time from now on: after a start, as how long it took is by a clock that
 * may have been set meanwhile. */
void otr_duplicates_renew(otr_duplicates *seen, otr_time now);
/* A commit begins with all keys added so far but the newest `without`, whose uploads are not stepped yet;
 * those that come while it is under way are not in it either. */
void otr_duplicates_stage(otr_duplicates *seen, size_t without);
/* It is done: its keys are kept. */
void otr_duplicates_commit(otr_duplicates *seen);
void otr_duplicates_done(otr_duplicates *seen);

#endif

/*
 * Deadlines of numbered things, earliest first; ties go to the lower number, so that the order
 * never depends on when a deadline was set. A binary heap with positions, so that
 * moving or dropping a deadline costs O(log n). 20 bytes a thing.
 */
#ifndef OTR_BASE_TIMERS_H
#define OTR_BASE_TIMERS_H

#include "base/time.h"

/* Zero-initialise to use. */
typedef struct otr_timers {
    struct otr_timer {
        otr_time at;
        uint32_t key;
    } * heap;
    uint32_t count;
    uint32_t capacity;
    uint32_t *positions; /* by key: place in the heap + 1, 0 = none */
    uint32_t key_count;
} otr_timers;

/* Sets or moves the deadline of key; OTR_TIME_NEVER drops it. False when memory is out (nothing changed). */
bool otr_timers_set(otr_timers *timers, uint32_t key, otr_time at);
/* The earliest deadline, or OTR_TIME_NEVER. */
otr_time otr_timers_next(const otr_timers *timers);
/* Takes the earliest that is due at now; false when none is. */
bool otr_timers_take(otr_timers *timers, otr_time now, uint32_t *key);
/* The deadline of key, or OTR_TIME_NEVER. */
otr_time otr_timers_get(const otr_timers *timers, uint32_t key);
void otr_timers_done(otr_timers *timers);

#endif

/*
 * How fast each device may send, so that one that runs wild costs the others nothing: as many requests as its
 * rate in a minute at once, and that many a minute after. Knows hashes of names, of the devices that sent
 * most; a device that found no place is let through. No memory of its own.
 */
#ifndef OTR_DRIVER_PACE_H
#define OTR_DRIVER_PACE_H

#include "base/limits.h"
#include "base/str.h"
#include "base/time.h"

typedef struct otr_pace_place {
    uint64_t device; /* hash of the name */
    otr_time rested; /* when all that it may send at once is there again */
    bool told;       /* that it is too fast, since it last rested */
} otr_pace_place;

/* Zero-initialise but for the rate. */
typedef struct otr_pace {
    unsigned rate; /* requests a minute; 0: as many as come */
    otr_pace_place places[OTR_LIMIT_PACED_DEVICES];
} otr_pace;

typedef enum otr_pace_answer {
    OTR_PACE_OK,
    OTR_PACE_TOO_FAST,
    OTR_PACE_TOO_FAST_NEWLY, /* for the first time in a while: worth a line in the log */
} otr_pace_answer;

/* Counts a request of the device at now, which never decreases. One that is too fast is not counted: it costs
 * the device nothing to have tried. */
otr_pace_answer otr_pace_take(otr_pace *pace, otr_str device, otr_time now);

#endif

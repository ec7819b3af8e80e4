/* What the core knows of its devices, for who asks: when each was heard, what it said last. Views last for
 * the call. */
#ifndef OTR_CORE_DEVICE_VIEW_H
#define OTR_CORE_DEVICE_VIEW_H

#include "base/reading.h"
#include "base/time.h"
#include "rules/cel/value.h"

struct otr_core;

enum { OTR_DEVICE_VIEW_READINGS = 12 }; /* the newest; of a car with more the rest is counted */

typedef struct otr_device_reading {
    otr_str metric;
    otr_value value; /* DOUBLE, BOOL, STRING or LOCATION */
    otr_time at;     /* event time */
    bool stale;      /* older than its profile lets it count */
} otr_device_reading;

typedef struct otr_device_view {
    uint32_t number;
    otr_str device;
    otr_str asset; /* that it serves; empty */
    otr_time last; /* event time of its newest good reading; NONE: it has reported none */
    bool silent;   /* a rule about silence holds, or nothing of what its profile expects counts any more */
    otr_device_reading readings[OTR_DEVICE_VIEW_READINGS]; /* the newest first */
    size_t count;
    size_t more;
} otr_device_view;

/* Devices with numbers from `from` on, in the order in which they were first heard or assigned, until each
 * returns false. utc NONE: the clock is not known, and nothing is stale. */
void otr_core_devices(const struct otr_core *core, uint32_t from, otr_time utc, void *context,
                      bool (*each)(void *context, const otr_device_view *device));

#endif

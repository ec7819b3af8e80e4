/*
 * The service desk as a device: built in, with an asset `desk` of the class `desk`, and what the desk does as
 * its readings, so that the same rules, windows and lifecycle judge it. It is there only while a pack has a
 * rule for that class and for no other. The readings follow from the state and are in no journal: they are
 * made at ticks, a minute after something has changed at the earliest (a missed promise at once), every five
 * minutes while tickets are open, and each hour while the last day had any.
 */
#ifndef OTR_CORE_DESK_DEVICE_H
#define OTR_CORE_DESK_DEVICE_H

#include "core/asset/assignment.h"
#include "core/desk/desk_rates.h"
#include "core/figures/service_mark.h"
#include "rules/load/pack.h"

struct otr_case;
struct otr_core;

enum { OTR_DESK_MISSED_BYTES = 256 };

/* Zero-initialise to use, and due and reported NEVER and NONE. */
typedef struct otr_desk_device {
    uint32_t device;   /* its number + 1; 0: no rule watches it */
    uint32_t asset;    /* where that asset is, then */
    otr_time due;      /* core time of its next report; NEVER */
    otr_time reported; /* core time of the last; NONE */
    otr_desk_rates rates;
    char missed[OTR_DESK_MISSED_BYTES]; /* what was missed since the last report */
    uint32_t missed_size;
} otr_desk_device;

/* The built-in asset. */
const otr_asset *otr_desk_asset(void);
/* Whether the rule is for the desk: its match holds for that asset and for none without its class. */
/* Whether rules of active packs want it and no asset or device of the assignments has its name: an asset of
 * the class `desk` with the device `desk` takes its place, with limits of its own. */
bool otr_desk_device_wanted(const struct otr_core *core);
/* Assets are bound anew. */
void otr_desk_device_rebound(struct otr_core *core);
/* Whether the case is of one of the desk's own alarms: no figure counts it. */
bool otr_desk_device_owns(const struct otr_core *core, const struct otr_case *one);
/* Whether the desk still has to do something: a resolution is waited for, or what was promised. */
bool otr_desk_device_waits(const struct otr_core *core, const struct otr_case *one);

/* ---- what happens ---- */

/* Something has changed that it reports. */
void otr_desk_device_touch(struct otr_core *core);
void otr_desk_device_marked(struct otr_core *core, const struct otr_case *one, otr_service_mark mark);

void otr_desk_device_answered(struct otr_core *core, const struct otr_case *one);
/* A decision about telling somebody; what is held is no news. */
void otr_desk_device_notice(struct otr_core *core, otr_bucket_count count);

/* ---- time ---- */

/* Core time; NEVER, also while the clock is not known. */
otr_time otr_desk_device_next_due(const struct otr_core *core);
void otr_desk_device_report(struct otr_core *core);

/* ---- snapshot ---- */

void otr_desk_device_write(const struct otr_core *core, otr_buffer *out);
void otr_desk_device_read(struct otr_core *core, otr_reader *reader);

#endif

/*
 * What of an asset's past late readings may still change: its state at two earlier points (bases), and the
 * instants since the older one, in event order. An instant that comes late is kept aside; when the backlog
 * has settled, the instants are put in order and judged anew from a base (recount.h). In quiet times the
 * points follow closely, a few instants behind. Where a gap begins the older one stays, so that the backlog
 * of the gap finds the state in which it began.
 */
#ifndef OTR_CORE_TIMELINE_H
#define OTR_CORE_TIMELINE_H

#include "base/buffer.h"
#include "base/limits.h"
#include "core/journal/entries.h"
#include "core/state.h"

/* No late reading for this long: the backlog has settled. */
#define OTR_SETTLE_QUIET_US (30 * OTR_SECOND)
/* A backlog that trickles in is judged at the latest so long after its first reading. */
#define OTR_SETTLE_LATEST_US (10 * OTR_MINUTE)
/* In quiet times, too, what is out of order by so much is put right, however fast readings come. */
#define OTR_TIMELINE_SPAN_US (10 * OTR_SECOND)
/* How long after a gap, or after the last late reading, the state of its beginning is kept. */
#define OTR_SETTLE_HOLD_US (6 * OTR_HOUR)
/* A device that is silent for longer is not waited for: its backlog will find no state of its beginning. */
#define OTR_SETTLE_ABSENT_US OTR_DAY
enum {
    /* Instants between two points in quiet times: what is out of order by that many is still put right. */
    OTR_TIMELINE_STEP = 8,
    /* After so many the newer point moves on, though the older one cannot follow yet. */
    OTR_TIMELINE_FAR = 256,
};

struct otr_timeline {
    otr_buffer bases[2]; /* frozen asset, the older first; the newer may be empty */
    otr_time base_at[2]; /* the asset's clock there */
    otr_buffer instants; /* since bases[0], in event order */
    uint32_t count;      /* of them */
    uint32_t recent;     /* of them since bases[1] */
    size_t recent_at;    /* where these begin */
    otr_buffer late;     /* came late, in the order of arrival */
    uint32_t late_count;
    otr_time late_from;  /* the earliest of them */
    otr_time late_since; /* core time of the first of them */
    otr_time settle_at;  /* core time; NEVER when nothing waits */
    otr_time tell_at;    /* event time when a rule's lateness is over; NEVER */
    otr_time hold_until; /* core time */
};

/* The most readings of one instant: a device has no more metrics. */
enum { OTR_INSTANT_READINGS = OTR_LIMIT_METRICS_PER_DEVICE };

/* One step of the past; texts are views into the bytes it was read from. */
typedef struct otr_past {
    otr_time at;
    otr_time until;  /* of our downtime */
    uint32_t device; /* OTR_NONE: our own downtime began */
    uint32_t count;
    otr_entry entries[OTR_INSTANT_READINGS];
} otr_past;

/* Before an instant is applied that came at its turn. */
void otr_timeline_before(otr_core *core, uint32_t asset_number);
/* It is applied. gap: it ended a silence; newest: of the device before it. */
void otr_timeline_add(otr_core *core, uint32_t asset_number, uint32_t device, const otr_entry *entries,
                      size_t count, bool gap, otr_time newest);
/* Our downtime lasted from event time at until until. */
void otr_timeline_pause(otr_core *core, uint32_t asset_number, otr_time at, otr_time until);
/* Keeps an instant that came late; false when it is older than all that is kept. */
bool otr_timeline_late(otr_core *core, uint32_t asset_number, uint32_t device, const otr_entry *entries,
                       size_t count);
/* The upload is over: settles at once what came in the order of its device, and what the limit asks for. */
void otr_timeline_uploaded(otr_core *core, uint32_t asset_number, bool in_order);
/* What a rule with lateness has decided is told at this event time. */
void otr_timeline_tell(otr_asset_state *asset, otr_time at);
/* The core time at which the timeline asks for otr_timeline_due; NEVER. */
otr_time otr_timeline_next(const otr_asset_state *asset);
void otr_timeline_due(otr_core *core, uint32_t asset_number);
/* Settles and tells whatever waits; the past is then closed. */
void otr_timeline_finish(otr_core *core, uint32_t asset_number);
/* Closes the past without judging what waits. */
void otr_timeline_free(otr_core *core, otr_asset_state *asset);

/* While a recount tells: the state here, before the last left of the steps, is the newer point. */
void otr_timeline_mark(otr_core *core, const otr_asset_state *asset, size_t offset, uint32_t left);

/* ---- steps as bytes ---- */

void otr_past_add(otr_buffer *out, uint32_t device, const otr_entry *entries, size_t count);
void otr_past_add_pause(otr_buffer *out, otr_time at, otr_time until);
/* Reads the next step; false at the end. */
bool otr_past_next(otr_reader *in, otr_past *out);
/* Puts what came late in its place among the instants from offset on, but what only repeats one. False when
 * memory is out. */
bool otr_timeline_merge(otr_timeline *timeline, size_t offset);

/* ---- for the snapshot ---- */

/* NULL with core->failed when memory is out. */
otr_timeline *otr_timeline_create(otr_core *core);
/* Its bytes have changed: before is what they were. */
void otr_timeline_account(otr_core *core, const otr_timeline *timeline, size_t before);
void otr_timeline_write(const otr_timeline *timeline, otr_buffer *out);
/* True when the bytes are a timeline; the asset must have none. */
bool otr_timeline_read(otr_core *core, otr_asset_state *asset, otr_reader *in);

#endif

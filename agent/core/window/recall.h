/*
 * What the rules of an asset recall of its metrics: one state (window.h) for every use of avg("10m"),
 * dwell("depot") and the like, shared by the uses of a pack that ask the same. The plan says where each lies
 * in the asset's block of bytes; limits and places are the asset's own.
 */
#ifndef OTR_CORE_RECALL_H
#define OTR_CORE_RECALL_H

#include "core/journal/entries.h"
#include "core/rule/host.h"
#include "core/state.h"
#include "core/window/window.h"

/* One state that the plan's rules need. */
struct otr_plan_window {
    uint32_t metric;
    otr_str role;                /* of the device that it listens to; empty: any */
    otr_str place;               /* empty: none */
    const otr_loaded_pack *pack; /* whose defaults count where the limit is a field; else NULL */
    otr_str limit_path;          /* the field that is the limit, with its "asset."; empty: the shape has it */
    otr_window_shape shape;      /* limit and place still to come from the asset */
    uint32_t offset;             /* in the asset's block */
    uint64_t key;                /* hash of all this: the same question, the same state, in whichever plan */
};

/* Lists the windows of the plan's rules. False when memory is out. */
bool otr_recall_plan(otr_plan *plan);
/* Makes the asset's block, empty. False when memory is out. */
bool otr_recall_create(otr_asset_state *asset);
void otr_recall_free(otr_asset_state *asset);
void otr_recall_reset(otr_asset_state *asset);
/* States of the same question, limit and place move over. */
void otr_recall_move(const otr_asset_state *old, otr_asset_state *fresh);

/* The reading that the device's slot holds now. */
void otr_recall_feed(const otr_core *core, otr_asset_state *asset, uint32_t device, const otr_slot *slot);
/* A use of the rule's pack, as otr_host.call wants it. */
otr_status otr_recall_ask(const otr_host_context *context, uint32_t use, otr_value *out);
/* When after event time at the rule must be looked at again though nothing is reported; NEVER. */
otr_time otr_recall_next(const otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                         otr_time at);

void otr_recall_write(const otr_asset_state *asset, otr_buffer *out);
/* What has no place any more is passed over; what is not there stays empty. */
void otr_recall_read(otr_asset_state *asset, otr_reader *in);

#endif

/* The core's side of an expression: metrics come from the asset's devices, fields from its assignment. */
#ifndef OTR_CORE_HOST_H
#define OTR_CORE_HOST_H

#include "core/state.h"

typedef struct otr_host_context {
    const otr_core *core;
    const otr_asset_state *asset;
    const otr_bound_rule *bound;
    otr_time at; /* event time: values that are stale by then are unknown; NONE: staleness is ignored */
} otr_host_context;

/* context must outlive the host. */
otr_host otr_host_of(otr_host_context *context);
/*
 * The field named by the whole path ("asset.limit.x"), as rules of the pack see it: the asset's own, else the
 * pack's default; NULL when there is neither, or when the asset says that it has none.
 */
const otr_value *otr_host_field(const otr_asset *asset, const otr_pack *pack, otr_str path);

#endif

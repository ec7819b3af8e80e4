/* Which devices served which customer's asset, from one input to another: rows, so that a customer can be
 * forgotten. */
#ifndef OTR_CORE_SERVED_H
#define OTR_CORE_SERVED_H

#include "core/state.h"

/* The rows of the asset's devices, up to that input; UINT64_MAX: they still serve. */
void otr_served_tell(otr_core *core, const otr_asset_state *state, uint64_t to_seq);
/* Assets are bound anew, and made takes the place of core->assets: what begins and ends is told. */
void otr_served_rebound(otr_core *core, otr_asset_state *made, uint32_t count);

#endif

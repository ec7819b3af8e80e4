/*
 * Plans: the rules that watch an asset, found once when a content changes, with an index by metric. Assets on
 * which the same rules match share one.
 */
#ifndef OTR_CORE_PLAN_H
#define OTR_CORE_PLAN_H

#include "core/state.h"

/* The numbers (over all packs, in order) of the rules that watch the asset; returns how many. matched has
 * room for all rules. */
uint32_t otr_plan_match(const otr_core *core, const otr_asset *asset, uint32_t *matched);
/* The plan of these rules: one of the list, or a new one that joins it. NULL when memory is out. */
const otr_plan *otr_plan_make(otr_core *core, otr_plan **plans, const uint32_t *matched, uint32_t count);
void otr_plans_free(otr_plan *plans);

#endif

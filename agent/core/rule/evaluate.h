/*
 * The rule states of an asset, run in its event time: on-delay, deadband, off-delay, gaps and dead-man rules.
 */
#ifndef OTR_CORE_EVALUATE_H
#define OTR_CORE_EVALUATE_H

#include "core/state.h"

/* Fires what falls due before (inclusive: false, at an instant's own time the new values decide) at. */
void otr_evaluate_advance(otr_core *core, otr_asset_state *asset, otr_time at, bool before);
/* Marks the rules that name the metric for the next otr_evaluate_instant. */
void otr_evaluate_touch(otr_core *core, const otr_plan *plan, uint32_t metric);
/* Evaluates the marked rules; gap is the longest silence that ended with this instant. */
void otr_evaluate_instant(otr_core *core, uint32_t asset_number, uint32_t device, otr_time at, otr_time gap);
/* Running durations stand still from event time at on: our downtime, which ended at until. */
void otr_evaluate_pause_at(otr_core *core, otr_asset_state *asset, otr_time at, otr_time until);
/* The asset's event time now: it runs on with core time, but not between our start and its first upload. NONE
 * before its first instant. */
otr_time otr_evaluate_time(const otr_core *core, const otr_asset_state *asset);
/* The agent starts: running durations stand still, and event time, until the asset is heard. */
void otr_evaluate_pause(otr_core *core, uint32_t asset_number);
/* The asset's time turned out to lie in the future: it begins anew with the next reading; open alarms stay.
 */
void otr_evaluate_rewind(otr_core *core, uint32_t asset_number);
/* An upload arrived: dead-man alarms end, event time runs again. */
void otr_evaluate_heard(otr_core *core, uint32_t asset_number);
/* Sets the asset's timer to its next deadline. */
void otr_evaluate_schedule(otr_core *core, uint32_t asset_number);
/* The asset's timer came due, perhaps early: sets it to its exact time and says whether that has come. */
bool otr_evaluate_is_due(otr_core *core, uint32_t asset_number);
/* Fires what is due. */
void otr_evaluate_due(otr_core *core, uint32_t asset_number);
/* The latest event time at which every metric of the rule is still valid; NEVER when none has a gap. */
otr_time otr_evaluate_gap_start(const otr_core *core, const otr_asset_state *asset,
                                const otr_bound_rule *bound);
/* The value of a metric: of the asset's first device (with a role: of those that have it), in the order of
 * its assignment, whose value is still valid at event time at (NONE: whatever its age); else the newest stale
 * one; NULL when none has reported it.
 */
const otr_slot *otr_evaluate_slot(const otr_core *core, const otr_asset_state *asset, otr_str role,
                                  uint32_t metric, otr_time at);
/* The role of a device of the asset; empty: none. */
otr_str otr_evaluate_role(const otr_asset_state *asset, uint32_t device);

#endif

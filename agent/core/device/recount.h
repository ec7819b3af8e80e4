/*
 * Judging an asset's recent past anew, now that late readings have joined it. First the instants run from a
 * base and what they raise is only written down; then each of these alarms is matched with one that was told,
 * by rule and overlap; then they run once more, and now what is new is told as history (or as news, where it
 * still holds), what was told otherwise is corrected, and what was not so is retracted. So after everything
 * has settled the alarms are those of a stream that came in order.
 */
#ifndef OTR_CORE_RECOUNT_H
#define OTR_CORE_RECOUNT_H

#include "core/state.h"

/* From the timeline's newer base (recent) or the older one, to the asset's present time. tell_all: also what
 * a rule's lateness would hold back still. */
void otr_recount(otr_core *core, uint32_t asset_number, bool recent, bool tell_all);
/* Without judging anew: what rules with lateness have decided is told as the states have it now. */
void otr_recount_tell_all(otr_core *core, otr_asset_state *asset);

/* What alarm.c does instead of raising and ending while a recount runs. */
void otr_recount_raise(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at);
void otr_recount_end(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at);
/* The alarm behind a state's number while a recount runs: its number in core->alarms, OTR_UNTOLD or OTR_NONE.
 */
uint32_t otr_recount_alarm(const otr_core *core, uint32_t number);

#endif

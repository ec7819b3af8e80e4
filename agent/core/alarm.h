/* Alarms: raised, ended, withdrawn, acknowledged. The only door through which an open alarm changes; each
 * change is a step of the lifecycle, and makes its row and, where it is told, its event, its notification and
 * its case's ticket. */
#ifndef OTR_CORE_ALARM_H
#define OTR_CORE_ALARM_H

#include "core/state.h"

/* Raises the alarm of rule index on the asset; at is the event time, the state's onset is set. device may be
 * NONE. At a silent point it is kept and told nobody. */
void otr_alarm_raise(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at);
/* Ends it: the condition has cleared at event time at. What an operator has to do with it goes on standing.
 */
void otr_alarm_end(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at);
/* Ends it because its rule or asset is gone. */
void otr_alarm_withdraw(otr_core *core, otr_asset_state *asset, uint32_t index);
/* An open alarm, by an operator: ACKNOWLEDGE or RESET. The refusal of the table. */
otr_refusal otr_alarm_operate(otr_core *core, uint32_t number, otr_alarm_event event, otr_str who);
/* What keeps a withheld alarm silent now; NORMAL: nothing, and it is told. */
void otr_alarm_review(otr_core *core, otr_asset_state *asset, uint32_t index, otr_alarm_state silent);
/* Its number is free again; nothing is told. */
void otr_alarm_forget(otr_core *core, uint32_t number);
/* The share of onset..until that data covered, 0..100. */
int otr_alarm_coverage(const otr_rule_state *state, otr_time until);

#endif

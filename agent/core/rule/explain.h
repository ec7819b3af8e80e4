/* What a rule sees at the moment it raises, for the row of its alarm. */
#ifndef OTR_CORE_EXPLAIN_H
#define OTR_CORE_EXPLAIN_H

#include "core/state.h"

/*
 * The values of the names and functions in the rule's condition and clear, at the alarm's raise, as an
 * explanation (core/rule/explanation.h) in the effects' memory. Empty when memory is out, with core->failed.
 */
otr_str otr_explain(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm);

#endif

/* What a pack costs and whom it watches, known before it is active: for `outrider check`. Bytes are those of
 * this build. */
#ifndef OTR_CORE_COST_H
#define OTR_CORE_COST_H

#include "core/assignment.h"
#include "rules/pack.h"

/* Whether the rule watches the asset: its match holds, and every field that it reads is there. */
bool otr_rule_watches(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule);
/* Whether its match alone holds. */
bool otr_rule_matches(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule);

/* State of the rule on one asset that it watches, without open alarms. */
size_t otr_cost_rule_bytes(const otr_pack *pack, const otr_rule *rule);
/* What the pack takes of an asset beside its rules' states. */
size_t otr_cost_asset_bytes(const otr_pack *pack);
/* The last value of one metric of one device, without a text's characters. */
size_t otr_cost_metric_bytes(void);
/* Whether a reading of the metric, a symbol of the pack, has the rule evaluated. */
bool otr_cost_touches(const otr_rule *rule, uint32_t symbol);

#endif

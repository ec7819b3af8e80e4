/*
 * What a pack costs and whom it watches, known before it is active: for `outrider check`. Bytes are those of
 * this build, without open alarms and without what late readings need for as long as they may come.
 */
#ifndef OTR_CORE_COST_H
#define OTR_CORE_COST_H

#include "core/asset/assignment.h"
#include "rules/load/pack.h"

/* Whether the rule watches the asset: its match holds and it lacks nothing. */
bool otr_rule_watches(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule);
bool otr_rule_matches(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule);
/* The first field that the rule reads and neither the asset nor the pack's defaults have: a rule on a limit
 * that is not there does not apply. Size 0: none. */
otr_str otr_rule_lacks(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule);

/* Whether the rule is for the service desk (core/desk/desk_device.h): its match holds for that, and not for
 * an asset of no class. */
bool otr_rule_is_for_desk(const otr_pack *pack, const otr_rule *rule);

typedef struct otr_cost {
    size_t rules;        /* of the pack that watch it */
    size_t state_bytes;  /* of rules and fields */
    size_t window_bytes; /* of functions over the past of a metric */
} otr_cost;

/* What the pack takes of an asset; NULL: of one that every rule watches. MEMORY. */
otr_status otr_cost_of_asset(const otr_pack *pack, const otr_asset *asset, otr_cost *out);
/* The last value of one metric of one device, without a text's characters. */
size_t otr_cost_metric_bytes(void);
/* Whether a reading of the metric, a symbol of the pack, has the rule evaluated. */
bool otr_cost_touches(const otr_rule *rule, uint32_t symbol);

#endif

#include "core/cost.h"

#include "core/state.h"

size_t otr_cost_rule_bytes(const otr_pack *pack, const otr_rule *rule)
{
    (void)pack, (void)rule; /* all rules have the same state */
    return sizeof(otr_rule_state);
}

size_t otr_cost_asset_bytes(const otr_pack *pack)
{
    return pack->symbols.count * sizeof(const otr_value *);
}

size_t otr_cost_metric_bytes(void)
{
    return sizeof(otr_slot);
}

bool otr_cost_touches(const otr_rule *rule, uint32_t symbol)
{
    for (size_t i = 0; i < rule->metric_count; i++)
        if (rule->metrics[i] == symbol)
            return true;
    return false;
}

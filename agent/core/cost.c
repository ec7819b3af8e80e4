/* The rules are planned as for an asset that is watched, and what that takes is added up. */
#include "core/cost.h"

#include "core/window/recall.h"

static bool number_metrics(otr_loaded_pack *loaded, otr_plan *plan, otr_names *names)
{
    const otr_symbols *symbols = &loaded->pack->symbols;
    loaded->metrics = otr_arena_array(&plan->memory, symbols->count + 1, sizeof *loaded->metrics);
    for (uint32_t i = 0; loaded->metrics != NULL && i < symbols->count; i++) {
        bool added;
        loaded->metrics[i] = OTR_NONE;
        if (symbols->list[i].kind != OTR_SYMBOL_METRIC)
            continue;
        loaded->metrics[i] = otr_names_put(names, symbols->list[i].metric, &added);
        if (loaded->metrics[i] == OTR_NAME_NONE)
            return false;
    }
    plan->metric_names = names;
    plan->metric_count = names->count;
    return loaded->metrics != NULL;
}

static bool plan_rules(const otr_loaded_pack *loaded, const otr_asset *asset, otr_plan *plan)
{
    const otr_pack *pack = loaded->pack;
    plan->rules = otr_arena_array(&plan->memory, pack->rule_count + 1, sizeof *plan->rules);
    for (size_t i = 0; plan->rules != NULL && i < pack->rule_count; i++)
        if (asset == NULL || otr_rule_watches(asset, pack, &pack->rules[i]))
            plan->rules[plan->rule_count++] = (otr_bound_rule){.pack = loaded, .rule = &pack->rules[i]};
    return plan->rules != NULL && otr_recall_plan(plan);
}

otr_status otr_cost_of_asset(const otr_pack *pack, const otr_asset *asset, otr_cost *out)
{
    otr_loaded_pack loaded = {.pack = (otr_pack *)pack};
    otr_plan plan = {.rule_count = 0};
    otr_names names = {0};
    bool ok = number_metrics(&loaded, &plan, &names) && plan_rules(&loaded, asset, &plan);
    *out = (otr_cost){.rules = plan.rule_count};
    if (plan.rule_count > 0) {
        out->state_bytes = plan.rule_count * sizeof(otr_rule_state) + plan.again_count * sizeof(otr_time) +
                           pack->symbols.count * sizeof(const otr_value *);
        out->window_bytes = plan.window_bytes + plan.window_count * sizeof(otr_window_shape);
    }
    otr_arena_done(&plan.memory);
    otr_names_done(&names);
    return ok ? OTR_OK : OTR_MEMORY;
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

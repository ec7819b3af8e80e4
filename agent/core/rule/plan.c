/* Plans: the rules that watch an asset, and by which metric each is reached. Assets with the same rules share
 * one. */
#include "core/rule/plan.h"

#include "core/cost.h"
#include "core/desk/desk_device.h"
#include "core/rule/host.h"
#include "core/ticket/evidence.h"
#include "core/window/recall.h"

#include <stdlib.h>

typedef struct match_context {
    const otr_asset *asset;
    const otr_pack *pack;
} match_context;

static otr_status load_field(void *opaque, uint32_t symbol, otr_value *out)
{
    const match_context *context = opaque;
    const otr_value *field =
        otr_host_field(context->asset, context->pack, context->pack->symbols.list[symbol].path);
    if (field == NULL)
        return OTR_NOT_FOUND;
    *out = *field;
    return OTR_OK;
}

static otr_status call_nothing(void *context, uint32_t use, otr_value *out)
{
    (void)context, (void)use, (void)out;
    return OTR_UNKNOWN;
}

/* The first field that the expression reads without asking first, and neither the asset nor its pack has;
 * size 0: none. */
static otr_str lacks(const otr_asset *asset, const otr_pack *pack, const otr_expression *expression)
{
    size_t count = 0;
    const uint32_t *symbols = expression != NULL ? otr_expression_symbols(expression, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const otr_symbol *symbol = &pack->symbols.list[symbols[i]];
        if (symbol->kind == OTR_SYMBOL_FIELD && otr_host_field(asset, pack, symbol->path) == NULL &&
            !otr_expression_asks(expression, symbols[i]))
            return symbol->path;
    }
    return (otr_str){NULL, 0};
}

static bool holds(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule)
{
    match_context context = {asset, pack};
    otr_host host = {.context = &context, .load = load_field, .call = call_nothing};
    otr_value value;
    return rule->match == NULL || (otr_expression_evaluate(rule->match, &host, &value, NULL) == OTR_OK &&
                                   value.type == OTR_TYPE_BOOL && value.flag);
}

/* What is for all assets alike is not for the desk, which is none that anybody assigned. */
bool otr_rule_matches(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule)
{
    static const otr_field fields[] = {{{"class", 5}, {.type = OTR_TYPE_STRING}},
                                       {{"id", 2}, {.type = OTR_TYPE_STRING}},
                                       {{"name", 4}, {.type = OTR_TYPE_STRING}}};
    static const otr_asset any = {.fields = fields, .field_count = sizeof fields / sizeof fields[0]};
    return holds(asset, pack, rule) && (asset != otr_desk_asset() || !holds(&any, pack, rule));
}

otr_str otr_rule_lacks(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule)
{
    otr_str field = lacks(asset, pack, rule->condition);
    return field.size > 0 ? field : lacks(asset, pack, rule->clear);
}

bool otr_rule_watches(const otr_asset *asset, const otr_pack *pack, const otr_rule *rule)
{
    return otr_rule_matches(asset, pack, rule) && otr_rule_lacks(asset, pack, rule).size == 0;
}

uint32_t otr_plan_match(const otr_core *core, const otr_asset *asset, uint32_t *matched)
{
    uint32_t number = 0;
    uint32_t count = 0;
    for (size_t c = 0; c < core->content_count; c++) {
        const otr_loaded_pack *loaded = core->contents[c].loaded;
        for (size_t r = 0; loaded != NULL && r < loaded->pack->rule_count; r++, number++)
            if (otr_rule_watches(asset, loaded->pack, &loaded->pack->rules[r]))
                matched[count++] = number;
    }
    return count;
}

static uint64_t rule_key(const otr_pack *pack, const otr_rule *rule)
{
    uint64_t key = otr_hash64(rule->condition_hash, 0, pack->name.data, pack->name.size);
    return otr_hash64(key, 0, rule->name.data, rule->name.size);
}

static void fill_rules(const otr_core *core, otr_plan *plan, const uint32_t *matched)
{
    uint32_t number = 0;
    uint32_t next = 0;
    for (size_t c = 0; c < core->content_count; c++) {
        const otr_loaded_pack *loaded = core->contents[c].loaded;
        uint32_t before = next;
        for (size_t r = 0; loaded != NULL && r < loaded->pack->rule_count; r++, number++)
            if (next < plan->rule_count && matched[next] == number)
                plan->rules[next++] =
                    (otr_bound_rule){.pack = loaded,
                                     .rule = &loaded->pack->rules[r],
                                     .fields = plan->field_count,
                                     .number = number,
                                     .key = rule_key(loaded->pack, &loaded->pack->rules[r])};
        if (next > before)
            plan->field_count += loaded->pack->symbols.count;
    }
}

/* Lists, per metric, the rules that name it. */
static bool index_metrics(otr_plan *plan)
{
    size_t total = 0;
    for (uint32_t i = 0; i < plan->rule_count; i++)
        total += plan->rules[i].rule->metric_count;
    plan->first = otr_arena_array(&plan->memory, plan->metric_count + 1, sizeof *plan->first);
    plan->affected = otr_arena_array(&plan->memory, total + 1, sizeof *plan->affected);
    plan->silent = otr_arena_array(&plan->memory, plan->rule_count + 1, sizeof *plan->silent);
    if (plan->first == NULL || plan->affected == NULL || plan->silent == NULL)
        return false;
    uint32_t at = 0;
    for (uint32_t metric = 0; metric < plan->metric_count; metric++) {
        plan->first[metric] = at;
        for (uint32_t i = 0; i < plan->rule_count; i++)
            for (size_t m = 0; m < plan->rules[i].rule->metric_count; m++)
                if (plan->rules[i].pack->metrics[plan->rules[i].rule->metrics[m]] == metric)
                    plan->affected[at++] = i;
    }
    plan->first[plan->metric_count] = at;
    for (uint32_t i = 0; i < plan->rule_count; i++) {
        if (plan->rules[i].rule->silent_for_us > 0)
            plan->silent[plan->silent_count++] = i;
        if (plan->rules[i].rule->lateness_us > plan->lateness)
            plan->lateness = plan->rules[i].rule->lateness_us;
    }
    return true;
}

static bool same_rules(const otr_plan *plan, const uint32_t *matched, uint32_t count)
{
    if (plan->rule_count != count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (plan->rules[i].number != matched[i])
            return false;
    return true;
}

const otr_plan *otr_plan_make(otr_core *core, otr_plan **plans, const uint32_t *matched, uint32_t count)
{
    for (otr_plan *plan = *plans; plan != NULL; plan = plan->next)
        if (same_rules(plan, matched, count))
            return plan;
    otr_arena memory = {0};
    otr_plan *plan = otr_arena_alloc(&memory, sizeof *plan);
    if (plan == NULL)
        return NULL;
    plan->rules = otr_arena_array(&memory, count + 1, sizeof *plan->rules);
    plan->rule_count = count;
    plan->metric_count = core->metric_names.count;
    plan->memory = memory;
    plan->next = *plans;
    *plans = plan;
    if (plan->rules == NULL)
        return NULL;
    fill_rules(core, plan, matched);
    plan->metric_names = &core->metric_names;
    if (!index_metrics(plan) || !otr_recall_plan(plan) || !otr_evidence_plan(plan))
        return NULL;
    return plan;
}

void otr_plans_free(otr_plan *plan)
{
    while (plan != NULL) {
        otr_plan *next = plan->next;
        otr_arena memory = plan->memory; /* holds the plan itself */
        otr_arena_done(&memory);
        plan = next;
    }
}

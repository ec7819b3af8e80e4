#include "core/rule/explain.h"

#include "core/device/device.h"
#include "core/rule/evaluate.h"
#include "core/rule/explanation.h"
#include "core/rule/host.h"

#include <stdio.h>

static const char *const function_names[OTR_FUNCTIONS] = {
    [OTR_FUNCTION_AVG] = "avg",
    [OTR_FUNCTION_MIN] = "min",
    [OTR_FUNCTION_MAX] = "max",
    [OTR_FUNCTION_COUNT] = "count",
    [OTR_FUNCTION_SUM] = "sum",
    [OTR_FUNCTION_DELTA] = "delta",
    [OTR_FUNCTION_RATE] = "rate",
    [OTR_FUNCTION_STDDEV] = "stddev",
    [OTR_FUNCTION_MEDIAN] = "median",
    [OTR_FUNCTION_LAST] = "last",
    [OTR_FUNCTION_AGE] = "age",
    [OTR_FUNCTION_CHANGED] = "changed",
    [OTR_FUNCTION_PREDICT] = "predict",
    [OTR_FUNCTION_TIME_ABOVE] = "time_above",
    [OTR_FUNCTION_TIME_BELOW] = "time_below",
    [OTR_FUNCTION_LONGEST_ABOVE] = "longest_above",
    [OTR_FUNCTION_LONGEST_BELOW] = "longest_below",
    [OTR_FUNCTION_MKT] = "mkt",
    [OTR_FUNCTION_ANOMALY] = "anomaly",
    [OTR_FUNCTION_DISTANCE] = "distance",
    [OTR_FUNCTION_INSIDE] = "inside",
    [OTR_FUNCTION_DWELL] = "dwell",
    [OTR_FUNCTION_SPEED] = "speed",
    [OTR_FUNCTION_HEADING] = "heading",
    [OTR_FUNCTION_ETA] = "eta",
    [OTR_FUNCTION_PEAK] = "peak",
    [OTR_FUNCTION_PROGRESS] = "progress",
    [OTR_FUNCTION_OFF_ROUTE] = "off_route",
    [OTR_FUNCTION_AT_STOP] = "at_stop",
    [OTR_FUNCTION_STOP] = "stop",
    [OTR_FUNCTION_OVERSTAY] = "overstay",
    [OTR_FUNCTION_ARRIVAL] = "arrival",
    [OTR_FUNCTION_ARRIVAL_ERROR] = "arrival_error",
    [OTR_FUNCTION_STOPPED] = "stopped",
    [OTR_FUNCTION_AT] = "at",
    [OTR_FUNCTION_DURATION] = "duration",
    [OTR_FUNCTION_DELTA_V] = "delta_v",
    [OTR_FUNCTION_DROP_HEIGHT] = "drop_height",
};

typedef struct explainer {
    otr_core *core;
    otr_host_context context;
    otr_buffer body;
    size_t count;
} explainer;

static bool has_limit(otr_function function)
{
    return (function >= OTR_FUNCTION_TIME_ABOVE && function <= OTR_FUNCTION_LONGEST_BELOW) ||
           function == OTR_FUNCTION_DURATION || function == OTR_FUNCTION_DELTA_V;
}

static void add_span(otr_buffer *name, const char **between, otr_time span)
{
    static const struct {
        const char *name;
        otr_time span;
    } units[] = {{"d", OTR_DAY},    {"h", OTR_HOUR}, {"m", OTR_MINUTE},
                 {"s", OTR_SECOND}, {"ms", OTR_MS},  {"us", 1}};
    otr_buffer_add_format(name, "%s\"", *between);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (span >= units[i].span)
            otr_buffer_add_format(name, "%lld%s", (long long)(span / units[i].span), units[i].name);
        span %= units[i].span;
    }
    otr_buffer_add_u8(name, '"');
    *between = ", ";
}

/* As it may be written in a rule: temperature.time_above(asset.limit.temperature_max, "1d"). */
static void add_name(otr_buffer *name, const otr_symbols *symbols, const otr_use *use)
{
    const char *between = "";
    otr_buffer_add_format(name, "%.*s.%s(", OTR_STR_ARG(symbols->list[use->symbol].path),
                          function_names[use->function]);
    if (use->place.size > 0) {
        otr_buffer_add_format(name, "\"%.*s\"", OTR_STR_ARG(use->place));
        between = ", ";
    }
    if (has_limit(use->function)) {
        if (use->limit_symbol != OTR_USE_NO_SYMBOL)
            otr_buffer_add_format(name, "%.*s", OTR_STR_ARG(symbols->list[use->limit_symbol].path));
        else
            otr_buffer_add_format(name, "%.12g", use->limit);
        between = ", ";
    }
    if (use->function == OTR_FUNCTION_PREDICT)
        add_span(name, &between, use->ahead);
    if (use->span > 0)
        add_span(name, &between, use->span);
    otr_buffer_add_u8(name, ')');
}

static void add(explainer *e, otr_str name, otr_status status, const otr_value *value, otr_time at)
{
    if (e->count++ < OTR_EXPLANATION_MAX)
        otr_explanation_add(&e->body, name, status == OTR_OK ? value : NULL, at);
}

/* A metric with the time of its reading, or a field. */
static void add_symbol(explainer *e, uint32_t number)
{
    const otr_bound_rule *bound = e->context.bound;
    const otr_symbol *symbol = &bound->pack->pack->symbols.list[number];
    otr_host host = otr_host_of(&e->context);
    uint32_t metric = bound->pack->metrics[number];
    const otr_slot *slot =
        metric != OTR_NONE ? otr_evaluate_slot(e->core, e->context.asset, symbol->role, metric, e->context.at)
                           : NULL;
    otr_value value;
    otr_status status = host.load(host.context, number, &value);
    add(e, symbol->path, status, &value, slot != NULL ? slot->at : OTR_TIME_NONE);
}

static void add_use(explainer *e, uint32_t number)
{
    const otr_symbols *symbols = &e->context.bound->pack->pack->symbols;
    otr_host host = otr_host_of(&e->context);
    otr_buffer name = {0};
    otr_value value;
    add_name(&name, symbols, &symbols->uses[number]);
    otr_status status = host.call(host.context, number, &value);
    add(e, otr_buffer_text(&name), status, &value, OTR_TIME_NONE);
    e->body.failed |= name.failed;
    otr_buffer_done(&name);
}

static bool is_listed(const uint32_t *list, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == number)
            return true;
    return false;
}

/* What the condition names, then what only the clear does. */
static void add_all(explainer *e, const uint32_t *(*listed)(const otr_expression *expression, size_t *count),
                    void (*add_one)(explainer *e, uint32_t number))
{
    const otr_rule *rule = e->context.bound->rule;
    size_t condition_count = 0;
    size_t clear_count = 0;
    const uint32_t *condition = rule->condition != NULL ? listed(rule->condition, &condition_count) : NULL;
    const uint32_t *clear = rule->clear != NULL ? listed(rule->clear, &clear_count) : NULL;
    for (size_t i = 0; i < condition_count; i++)
        add_one(e, condition[i]);
    for (size_t i = 0; i < clear_count; i++)
        if (!is_listed(condition, condition_count, clear[i]))
            add_one(e, clear[i]);
}

otr_str otr_explain(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm)
{
    otr_str kept = {NULL, 0};
    if (core->effects->discard)
        return kept;
    explainer e = {.core = core, .context = {core, asset, &asset->plan->rules[alarm->rule], alarm->raised}};
    const otr_rule *rule = e.context.bound->rule;
    if (rule->silent_for_us > 0) {
        otr_value silence = {.type = OTR_TYPE_DURATION, .time = alarm->raised - alarm->onset};
        add(&e, OTR_STR("silence"), OTR_OK, &silence, alarm->onset);
    }
    add_all(&e, otr_expression_symbols, add_symbol);
    add_all(&e, otr_expression_uses, add_use);
    core->failed |= e.body.failed;
    if (e.body.size > 0 && !e.body.failed)
        kept = otr_effects_copy(core->effects, otr_buffer_text(&e.body));
    otr_buffer_done(&e.body);
    return kept;
}

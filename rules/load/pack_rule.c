/* One rule's condition: expressions, spans, what gaps mean, and the hash that says whether it is still the
 * same. */
#include "base/hash.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

otr_status otr_pack_expression(const otr_pack_build *build, const otr_yaml *node, otr_scope scope,
                               otr_expression **out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    if (node->style == OTR_YAML_DOUBLE_QUOTED)
        return otr_pack_fail(build, node,
                             "an expression cannot stand in double quotes, for YAML and CEL would both "
                             "read its escapes; write it plain, in single quotes or below |");
    if (node->style == OTR_YAML_FOLDED)
        return otr_pack_fail(build, node, "an expression cannot stand below >, which joins its lines; use |");
    if (!node->exact)
        return otr_pack_fail(build, node, "an expression of several lines stands below |");
    bool quoted = node->style == OTR_YAML_SINGLE_QUOTED;
    otr_origin origin = {node->line, node->column + quoted, node->column, quoted};
    otr_pack *pack = build->pack;
    text = otr_arena_copy(&pack->memory, text);
    if (text.data == NULL)
        return otr_pack_memory(build);
    status = otr_expression_compile(&pack->memory, text, &origin, scope, OTR_TYPE_BOOL, &pack->symbols, out,
                                    build->error);
    bool constant;
    if (status == OTR_OK && otr_expression_constant(*out, &constant))
        return otr_pack_fail(build, node, "this is %s true, whatever is reported",
                             constant ? "always" : "never");
    return status;
}

static otr_status load_span(const otr_pack_build *build, const otr_yaml *rule, const char *key, otr_time *out)
{
    const otr_yaml *node = otr_yaml_get(rule, key);
    return node != NULL ? otr_yaml_span(node, out, build->error) : OTR_OK;
}

static otr_status load_gap(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const names[] = {"hold", "reset", "unknown"};
    const otr_yaml *node = otr_yaml_get(rule, "gap");
    otr_str text;
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    for (int i = 0; i < 3; i++) {
        if (otr_str_is(text, names[i])) {
            out->gap = (otr_gap)i;
            return OTR_OK;
        }
    }
    return otr_pack_fail(build, node, "expected hold, reset or unknown");
}

/* Silence is judged by the clock alone: nothing that belongs to a condition fits beside it. */
static otr_status load_silence(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const foreign[] = {"expr", "clear", "for", "keep_firing_for", "gap", "lateness"};
    const otr_yaml *silent = otr_yaml_get(rule, "silent_for");
    otr_status status = otr_yaml_span(silent, &out->silent_for_us, build->error);
    if (status != OTR_OK)
        return status;
    if (out->silent_for_us == 0)
        return otr_pack_fail(build, silent, "silent_for is more than 0");
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        const otr_yaml *node = otr_yaml_get(rule, foreign[i]);
        if (node != NULL)
            return otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                               "a rule with silent_for has no %s", foreign[i]);
    }
    return OTR_OK;
}

/* Copies the metrics among an expression's symbols to out; returns how many. */
static size_t metrics_of(const otr_pack *pack, const otr_expression *expression, uint32_t *out)
{
    size_t count = 0;
    size_t metrics = 0;
    if (expression == NULL)
        return 0;
    const uint32_t *symbols = otr_expression_symbols(expression, &count);
    for (size_t i = 0; i < count; i++)
        if (pack->symbols.list[symbols[i]].kind == OTR_SYMBOL_METRIC)
            out[metrics++] = symbols[i];
    return metrics;
}

/* Inserts into an ascending list unless it is there; the lists are a handful long. */
static void insert_once(uint32_t *list, size_t *count, uint32_t symbol)
{
    size_t at = *count;
    while (at > 0 && list[at - 1] > symbol)
        at--;
    if (at > 0 && list[at - 1] == symbol)
        return;
    memmove(list + at + 1, list + at, (*count - at) * sizeof *list);
    list[at] = symbol;
    (*count)++;
}

static otr_status gather_metrics(const otr_pack_build *build, otr_rule *out)
{
    otr_pack *pack = build->pack;
    uint32_t *list = otr_arena_array(&pack->memory, pack->symbols.count, sizeof *list);
    uint32_t *more = otr_arena_array(build->scratch, pack->symbols.count, sizeof *more);
    if (list == NULL || more == NULL)
        return otr_pack_memory(build);
    size_t count = metrics_of(pack, out->condition, list);
    size_t more_count = metrics_of(pack, out->clear, more);
    for (size_t i = 0; i < more_count; i++)
        insert_once(list, &count, more[i]);
    out->metrics = list;
    out->metric_count = count;
    return OTR_OK;
}

static otr_status load_condition(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    const otr_yaml *expr = otr_yaml_get(rule, "expr");
    const otr_yaml *clear = otr_yaml_get(rule, "clear");
    if (expr == NULL)
        return otr_pack_fail(build, rule, "a rule needs expr, or silent_for");
    otr_status status = otr_pack_expression(build, expr, OTR_SCOPE_ALL, &out->condition);
    if (status == OTR_OK && clear != NULL)
        status = otr_pack_expression(build, clear, OTR_SCOPE_ALL, &out->clear);
    if (status == OTR_OK)
        status = load_span(build, rule, "for", &out->for_us);
    if (status == OTR_OK)
        status = load_span(build, rule, "keep_firing_for", &out->keep_firing_for_us);
    if (status == OTR_OK)
        status = load_span(build, rule, "lateness", &out->lateness_us);
    if (status == OTR_OK)
        status = load_gap(build, rule, out);
    if (status == OTR_OK)
        status = gather_metrics(build, out);
    if (status != OTR_OK)
        return status;
    if (out->metric_count == 0)
        return otr_pack_fail(build, expr,
                             "the condition names no metric, so nothing would ever make it be evaluated");
    return OTR_OK;
}

static uint64_t expression_hash(const otr_expression *expression)
{
    return expression != NULL ? otr_expression_hash(expression) : 0;
}

/* Little endian whatever the machine: the hash is stored beside the rule's running state. */
static uint64_t hash_condition(const otr_rule *rule)
{
    uint64_t parts[] = {
        expression_hash(rule->condition),    expression_hash(rule->clear),   (uint64_t)rule->for_us,
        (uint64_t)rule->keep_firing_for_us,  (uint64_t)rule->silent_for_us,  (uint64_t)rule->gap,
        (uint64_t)(rule->condition != NULL), (uint64_t)(rule->clear != NULL)};
    uint8_t bytes[sizeof parts];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(parts[i / 8] >> (i % 8 * 8));
    return otr_hash64(0, 0, bytes, sizeof bytes);
}

otr_status otr_pack_rule(otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    static const char *const known[] = {
        "alert",    "match",        "expr",        "for",    "clear",      "keep_firing_for", "gap",
        "labels",   "notify",       "annotations", "ticket", "silent_for", "lateness",        "latch",
        "suppress", "inhibited_by", "do",          "fault",  "ends",       "custody",         NULL};
    const otr_yaml *alert;
    const otr_yaml *match = otr_yaml_get(node, "match");
    otr_status status = otr_yaml_need(node, "alert", &alert, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = otr_pack_text(build, alert, &out->name);
    if (status == OTR_OK && !otr_word_is_identifier(out->name))
        status = otr_pack_fail(build, alert,
                               "a rule's name has letters, digits and _ only, begins with a letter and "
                               "has at most 64");
    if (status != OTR_OK)
        return status;
    out->line = alert->line;
    if (match != NULL)
        status = otr_pack_expression(build, match, OTR_SCOPE_FIELDS, &out->match);
    if (status != OTR_OK)
        return status;
    if (otr_yaml_get(node, "silent_for") != NULL)
        status = load_silence(build, node, out);
    else
        status = load_condition(build, node, out);
    if (status != OTR_OK)
        return status;
    out->condition_hash = hash_condition(out);
    status = otr_pack_lifecycle(build, node, out);
    if (status == OTR_OK)
        status = otr_pack_deed(build, node, out);
    return status == OTR_OK ? otr_pack_consequences(build, node, out) : status;
}

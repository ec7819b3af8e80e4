/* Units: what is compared, added or subtracted has the same one, as far as both are known. The unit of a node
 * is known from the catalogue of metrics; a literal goes with any, and * and / give what nobody has named. */
#include "base/metric.h"
#include "rules/cel/check.h"

static const char *unit_of_metric(otr_str name)
{
    const otr_metric *metric = otr_metric_find(name);
    return metric != NULL && metric->unit[0] != '\0' ? metric->unit : NULL;
}

/* asset.limit.temperature_max bounds the temperature. */
static const char *unit_of_field(otr_str path)
{
    static const char *const ends[] = {"_max", "_min", "_high", "_low"};
    otr_str prefix = OTR_STR("asset.limit.");
    if (!otr_str_starts(path, prefix))
        return NULL;
    otr_str name = {path.data + prefix.size, path.size - prefix.size};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        otr_str end = otr_str_of(ends[i]);
        if (otr_text_ends(name, end))
            return unit_of_metric((otr_str){name.data, name.size - end.size});
    }
    return NULL;
}

static const char *unit_of_symbol(const otr_symbol *symbol)
{
    return symbol->kind == OTR_SYMBOL_METRIC  ? unit_of_metric(symbol->metric)
           : symbol->kind == OTR_SYMBOL_FIELD ? unit_of_field(symbol->path)
                                              : NULL;
}

static const char *unit_of_use(const otr_use *use, const otr_symbol *metric)
{
    switch (use->function) {
    case OTR_FUNCTION_AVG:
    case OTR_FUNCTION_MIN:
    case OTR_FUNCTION_MAX:
    case OTR_FUNCTION_SUM:
    case OTR_FUNCTION_DELTA:
    case OTR_FUNCTION_STDDEV:
    case OTR_FUNCTION_MEDIAN:
    case OTR_FUNCTION_LAST:
    case OTR_FUNCTION_PREDICT:
    case OTR_FUNCTION_PEAK:
        return unit_of_symbol(metric);
    case OTR_FUNCTION_MKT:
        return "Cel";
    case OTR_FUNCTION_DISTANCE:
    case OTR_FUNCTION_OFF_ROUTE:
    case OTR_FUNCTION_DROP_HEIGHT:
        return "m";
    case OTR_FUNCTION_SPEED:
    case OTR_FUNCTION_DELTA_V:
        return "m/s";
    case OTR_FUNCTION_HEADING:
        return "deg";
    default:
        return NULL;
    }
}

static bool differ(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) != 0;
}

static bool check_use(otr_checker *checker, otr_node *node)
{
    const otr_use *use = &checker->symbols->uses[node->symbol];
    const otr_symbol *metric = &checker->symbols->list[use->symbol];
    node->unit = unit_of_use(use, metric);
    if (use->limit_symbol == OTR_USE_NO_SYMBOL)
        return true;
    const char *unit = unit_of_symbol(metric);
    const char *limit = unit_of_symbol(&checker->symbols->list[use->limit_symbol]);
    if (!differ(unit, limit))
        return true;
    return otr_check_fail(checker, node->at, "%s is compared with %s", unit, limit);
}

/* The unit that all share of which one is known; NULL where two differ. */
static const char *unit_of_all(const otr_node *first)
{
    const char *unit = NULL;
    for (const otr_node *node = first; node != NULL; node = node->next) {
        if (differ(unit, node->unit))
            return NULL;
        unit = unit != NULL ? unit : node->unit;
    }
    return unit;
}

static bool check_greatest(otr_checker *checker, otr_node *node)
{
    for (const otr_node *other = node->first->next; other != NULL; other = other->next)
        if (differ(node->first->unit, other->unit))
            return otr_check_fail(checker, other->start, "%s is compared with %s", node->first->unit,
                                  other->unit);
    node->unit = unit_of_all(node->first);
    return true;
}

static bool check_call(otr_checker *checker, otr_node *node)
{
    const otr_function_entry *entry = otr_function_get(node->function);
    switch (entry->call) {
    case OTR_CALL_GREATEST:
    case OTR_CALL_LEAST:
        return check_greatest(checker, node);
    case OTR_CALL_CONVERT:
        node->unit = otr_type_is_numeric(entry->type) ? node->first->unit : NULL;
        return true;
    case OTR_CALL_CEIL:
    case OTR_CALL_FLOOR:
    case OTR_CALL_ROUND:
    case OTR_CALL_TRUNC:
    case OTR_CALL_ABS:
        node->unit = node->first->unit;
        return true;
    default:
        return true; /* dyn() among them: the way to compare what the checker would refuse */
    }
}

static bool check_binary(otr_checker *checker, otr_node *node)
{
    const char *left = node->first->unit;
    const char *right = node->last->unit;
    switch (node->op) {
    case OTR_OPERATOR_ADD:
        node->unit = left != NULL ? left : right;
        return !differ(left, right) || otr_check_fail(checker, node->at, "%s is added to %s", right, left);
    case OTR_OPERATOR_SUBTRACT:
        node->unit = left != NULL ? left : right;
        return !differ(left, right) ||
               otr_check_fail(checker, node->at, "%s is subtracted from %s", right, left);
    case OTR_OPERATOR_OR:
    case OTR_OPERATOR_AND:
    case OTR_OPERATOR_MULTIPLY:
    case OTR_OPERATOR_DIVIDE:
    case OTR_OPERATOR_REMAINDER:
        return true;
    default:
        return !differ(left, right) ||
               otr_check_fail(checker, node->at, "%s is compared with %s", left, right);
    }
}

bool otr_check_unit(otr_checker *checker, otr_node *node)
{
    switch (node->kind) {
    case OTR_NODE_SYMBOL:
        node->unit = unit_of_symbol(&checker->symbols->list[node->symbol]);
        return true;
    case OTR_NODE_USE:
        return check_use(checker, node);
    case OTR_NODE_CALL:
        return check_call(checker, node);
    case OTR_NODE_BINARY:
        return check_binary(checker, node);
    case OTR_NODE_UNARY:
        node->unit = node->first->unit;
        return true;
    case OTR_NODE_LIST:
        node->unit = unit_of_all(node->first);
        return true;
    case OTR_NODE_CONDITION:
        node->unit = unit_of_all(node->first->next);
        return true;
    default:
        return true;
    }
}

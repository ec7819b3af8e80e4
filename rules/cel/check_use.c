/* Calls on metrics that the host answers: temperature.avg("10m"). All arguments are constants, so that what
 * has to be kept of a metric is known when the pack is loaded. */
#include "base/metric.h"
#include "rules/cel/check.h"

#include <math.h>
#include <stdio.h>

static const otr_time SPAN_MAX = 400 * OTR_DAY; /* a year and the month that it is judged in */
enum { USES_MIN = 8, EXAMPLE_BYTES = 64 };

/* How the function is written at the least, for messages. */
static void example(const otr_function_entry *entry, char out[EXAMPLE_BYTES])
{
    const char *takes = entry->takes;
    const char *metric = *takes == 'l' ? "location" : *takes == 'g' ? "shock" : "temperature";
    size_t used = (size_t)snprintf(out, EXAMPLE_BYTES, "%s.%s(", metric, entry->name);
    for (size_t i = 1; i < entry->operands; i++) {
        const char *argument = takes[i] == 'p'   ? "\"destination\""
                               : takes[i] == 'e' ? "\"4h\""
                               : takes[i] == 's' ? "\"10m\""
                               : *takes == 'g'   ? "2.0"
                                                 : "8.0";
        used += (size_t)snprintf(out + used, EXAMPLE_BYTES - used, "%s%s", i > 1 ? ", " : "", argument);
    }
    (void)snprintf(out + used, EXAMPLE_BYTES - used, ")");
}

static const otr_symbol *metric_of(const otr_checker *checker, const otr_node *node)
{
    if (node->kind != OTR_NODE_SYMBOL)
        return NULL;
    const otr_symbol *symbol = &checker->symbols->list[node->symbol];
    return symbol->kind == OTR_SYMBOL_METRIC ? symbol : NULL;
}

/* What somebody may have meant by a name that is not ours alone. */
static const char *hint(otr_function function)
{
    switch (function) {
    case OTR_FUNCTION_MIN:
        return "; of other numbers there is math.least(x, y)";
    case OTR_FUNCTION_MAX:
        return "; of other numbers there is math.greatest(x, y)";
    case OTR_FUNCTION_DURATION:
        return "; of a text there is duration(x)";
    default:
        return "";
    }
}

bool otr_check_refuse_use(otr_checker *checker, uint32_t at, const otr_function_entry *entry)
{
    char written[EXAMPLE_BYTES];
    example(entry, written);
    return otr_check_fail(checker, at, "%s() is called on a metric: %s%s", entry->name, written,
                          hint(entry->use));
}

/* What the function's metric must be; NULL: anything. */
static const char *wanted_of(char letter)
{
    switch (letter) {
    case 'n':
        return "a number";
    case 't':
        return "a temperature in Cel";
    case 'g':
        return "an acceleration in g or m/s2";
    case 'l':
        return "a location";
    default:
        return NULL;
    }
}

/* A metric outside the catalogue may be any number of any unit; that it is a location is known of no such
 * metric, and places would not be looked up for it. */
static bool suits(const otr_symbol *symbol, const otr_metric *metric, char letter)
{
    if (letter == 'a')
        return true;
    if (letter == 'l')
        return symbol->type == OTR_TYPE_LOCATION;
    if (symbol->type == OTR_TYPE_DYN)
        return true;
    if (symbol->type != OTR_TYPE_DOUBLE)
        return false;
    otr_str unit = otr_str_of(metric->unit);
    if (letter == 't')
        return otr_str_is(unit, "Cel");
    return letter == 'n' || otr_str_is(unit, "g") || otr_str_is(unit, "m/s2");
}

static bool check_metric(otr_checker *checker, const otr_node *node, const otr_function_entry *entry)
{
    const otr_node *receiver = node->first;
    const otr_symbol *symbol = metric_of(checker, receiver);
    if (symbol == NULL)
        return otr_check_refuse_use(checker, receiver->start, entry);
    const otr_metric *metric = otr_metric_find(symbol->metric);
    if (suits(symbol, metric, *entry->takes))
        return true;
    char written[EXAMPLE_BYTES];
    example(entry, written);
    bool number = symbol->type == OTR_TYPE_DOUBLE;
    return otr_check_fail(checker, receiver->start, "%s() is called on %s: %s; %.*s is %s%s", entry->name,
                          wanted_of(*entry->takes), written, OTR_STR_ARG(symbol->path),
                          number && *entry->takes != 'l' ? "in "
                          : symbol->type == OTR_TYPE_DYN ? "not in the catalogue of metrics"
                                                         : otr_type_phrase(symbol->type),
                          number && *entry->takes != 'l' ? metric->unit : "");
}

static bool take_place(otr_checker *checker, const otr_node *argument, const otr_function_entry *entry,
                       otr_use *use)
{
    if (argument->kind != OTR_NODE_LITERAL || argument->type != OTR_TYPE_STRING)
        return otr_check_fail(checker, argument->start, "%s() takes the name of a place, a constant string",
                              entry->name);
    use->place = argument->value.text;
    return true;
}

static bool take_span(otr_checker *checker, const otr_node *argument, const otr_function_entry *entry,
                      otr_time *out)
{
    otr_value value = argument->value;
    bool constant = argument->kind == OTR_NODE_LITERAL;
    if (!constant || (argument->type != OTR_TYPE_STRING && argument->type != OTR_TYPE_DURATION))
        return otr_check_fail(checker, argument->start,
                              "%s() takes a constant span of time here, such as \"10m\"", entry->name);
    if (argument->type == OTR_TYPE_STRING &&
        otr_operate_convert(OTR_TYPE_DURATION, &argument->value, NULL, &value) != OTR_REASON_NONE)
        return otr_check_fail(checker, argument->start,
                              "\"%.*s\" cannot be read as a duration; it looks like \"10m\" or \"1h30m\"",
                              argument->value.text.size > 60 ? 60 : (int)argument->value.text.size,
                              argument->value.text.data);
    if (value.time <= 0 || value.time > SPAN_MAX)
        return otr_check_fail(checker, argument->start, "the span of %s() is more than 0 and at most %dd",
                              entry->name, (int)(SPAN_MAX / OTR_DAY));
    *out = value.time;
    return true;
}

static bool take_limit(otr_checker *checker, const otr_node *argument, const otr_function_entry *entry,
                       otr_use *use)
{
    if (argument->kind == OTR_NODE_LITERAL) {
        otr_value number;
        if (otr_type_is_numeric(argument->type) &&
            otr_operate_convert(OTR_TYPE_DOUBLE, &argument->value, NULL, &number) == OTR_REASON_NONE &&
            isfinite(number.number)) {
            use->limit = number.number;
            return true;
        }
    } else if (argument->kind == OTR_NODE_SYMBOL) {
        const otr_symbol *symbol = &checker->symbols->list[argument->symbol];
        if (symbol->kind == OTR_SYMBOL_FIELD && otr_str_starts(symbol->path, OTR_STR("asset."))) {
            use->limit_symbol = argument->symbol;
            return true;
        }
    }
    return otr_check_fail(checker, argument->start,
                          "the limit of %s() is a constant number or a field of the asset, such as "
                          "asset.limit.temperature_max",
                          entry->name);
}

static bool take_argument(otr_checker *checker, const otr_node *argument, const otr_function_entry *entry,
                          char letter, otr_use *use)
{
    switch (letter) {
    case 'p':
        return take_place(checker, argument, entry, use);
    case 's':
        return take_span(checker, argument, entry, &use->span);
    case 'e':
        return take_span(checker, argument, entry, &use->ahead);
    default:
        OTR_ASSERT(letter == 'm');
        return take_limit(checker, argument, entry, use);
    }
}

static bool equal(const otr_use *a, const otr_use *b)
{
    return a->function == b->function && a->symbol == b->symbol && a->span == b->span &&
           a->ahead == b->ahead && a->limit == b->limit && a->limit_symbol == b->limit_symbol &&
           otr_str_equal(a->place, b->place);
}

static bool grow(otr_checker *checker)
{
    otr_symbols *symbols = checker->symbols;
    uint32_t capacity = symbols->use_capacity == 0 ? USES_MIN : symbols->use_capacity * 2;
    otr_use *uses = otr_arena_array(checker->arena, capacity, sizeof *uses);
    if (uses == NULL)
        return otr_source_memory(checker->source) == OTR_OK;
    if (symbols->use_count > 0)
        memcpy(uses, symbols->uses, symbols->use_count * sizeof *uses);
    symbols->uses = uses;
    symbols->use_capacity = capacity;
    return true;
}

/* The number of this use, which is added when it is new. */
static bool number_of(otr_checker *checker, otr_use use, uint32_t *out)
{
    otr_symbols *symbols = checker->symbols;
    uint32_t number = 0;
    while (number < symbols->use_count && !equal(&symbols->uses[number], &use))
        number++;
    *out = number;
    if (number < symbols->use_count)
        return true;
    if (symbols->use_count == symbols->use_capacity && !grow(checker))
        return false;
    if (use.place.size > 0) {
        use.place = otr_arena_copy(checker->arena, use.place);
        if (use.place.data == NULL)
            return otr_source_memory(checker->source) == OTR_OK;
    }
    symbols->uses[symbols->use_count++] = use;
    return true;
}

/* Where an optional span is not given; elsewhere 0 says that there is none. */
static otr_time usual_span(otr_function function)
{
    switch (function) {
    case OTR_FUNCTION_SPEED:
    case OTR_FUNCTION_HEADING:
        return 5 * OTR_MINUTE;
    case OTR_FUNCTION_ETA:
        return 30 * OTR_MINUTE;
    default:
        return 0;
    }
}

bool otr_check_use(otr_checker *checker, otr_node *node, const otr_function_entry *entry)
{
    if (checker->environment != NULL)
        return otr_check_fail(checker, node->at, "%s() is not supported here", entry->name);
    otr_node *receiver = node->first;
    if (!otr_check_tree(checker, receiver) || !check_metric(checker, node, entry) ||
        !otr_check_count(checker, node, entry))
        return false;
    otr_use use = {.function = entry->use,
                   .symbol = receiver->symbol,
                   .place = OTR_STR(""),
                   .span = usual_span(entry->use),
                   .limit_symbol = OTR_USE_NO_SYMBOL};
    const char *letter = entry->takes + 1;
    for (otr_node *argument = receiver->next; argument != NULL; argument = argument->next)
        if (!otr_check_tree(checker, argument) || !take_argument(checker, argument, entry, *letter++, &use))
            return false;
    uint32_t number;
    if (!number_of(checker, use, &number))
        return false;
    node->kind = OTR_NODE_USE;
    node->symbol = number;
    node->type = entry->type != OTR_TYPE_DYN ? entry->type : receiver->type;
    node->first = NULL;
    node->last = NULL;
    node->count = 0;
    return true;
}

/* Calls on metrics that the host answers: temperature.avg("10m"). All arguments are constants, so that what
 * has to be kept of a metric is known when the pack is loaded. */
#include "rules/check.h"

#include <math.h>
#include <stdio.h>

static const otr_time SPAN_MAX = 400 * OTR_DAY; /* a year and the month that it is judged in */
enum { USES_MIN = 8, EXAMPLE_BYTES = 64 };

/* How the function is written, for messages. */
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

static bool check_metric(otr_checker *checker, const otr_node *node, const otr_function_entry *entry)
{
    const otr_node *receiver = node->first;
    const otr_symbol *metric = metric_of(checker, receiver);
    char written[EXAMPLE_BYTES];
    example(entry, written);
    if (metric == NULL)
        return otr_check_fail(checker, receiver->start, "%s() is called on a metric: %s", entry->name,
                              written);
    if (*entry->takes == 'l' && metric->type != OTR_TYPE_LOCATION)
        return otr_check_fail(checker, receiver->start, "%s() is called on a location: %s; %.*s is %s",
                              entry->name, written, OTR_STR_ARG(metric->path), otr_type_phrase(metric->type));
    return true;
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
    node->type = entry->type;
    node->first = NULL;
    node->last = NULL;
    node->count = 0;
    return true;
}

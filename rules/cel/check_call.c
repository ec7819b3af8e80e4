/* Calls: which function, how many arguments, of which types. */
#include "rules/cel/calendar.h"
#include "rules/cel/check.h"
#include "rules/cel/regex.h"
#include "rules/load/nearest.h"

#include <stdio.h>

static int shown(otr_str text)
{
    return text.size > 60 ? 60 : (int)text.size;
}

static bool refuse_name(otr_checker *checker, const otr_node *node)
{
    int other = otr_function_find(node->text, !node->member);
    if (other >= 0 && otr_function_get(other)->call == OTR_CALL_USE)
        return otr_check_refuse_use(checker, node->at, otr_function_get(other));
    if (other >= 0)
        return otr_check_fail(checker, node->at,
                              node->member ? "%.*s() is not called on a value: write %.*s(x)"
                                           : "%.*s() is called on a value: write x.%.*s(...)",
                              shown(node->text), node->text.data, shown(node->text), node->text.data);
    otr_nearest nearest = {0};
    for (int i = 0; i < otr_function_count(); i++)
        otr_nearest_offer(&nearest, node->text, otr_str_of(otr_function_get(i)->name));
    return otr_check_fail(checker, node->at, "there is no function %.*s%s%.*s%s", shown(node->text),
                          node->text.data, OTR_NEAREST_ARG(nearest));
}

static bool accepts(const otr_node *operand, otr_type type)
{
    return operand->type == type || operand->type == OTR_TYPE_DYN;
}

static bool convertible(otr_type to, otr_type from)
{
    if (from == OTR_TYPE_DYN || from == to)
        return true;
    switch (to) {
    case OTR_TYPE_INT:
        return otr_type_is_numeric(from) || from == OTR_TYPE_STRING || from == OTR_TYPE_TIMESTAMP;
    case OTR_TYPE_UINT:
    case OTR_TYPE_DOUBLE:
        return otr_type_is_numeric(from) || from == OTR_TYPE_STRING;
    case OTR_TYPE_STRING:
        return otr_type_is_numeric(from) || from == OTR_TYPE_BYTES || from == OTR_TYPE_BOOL ||
               from == OTR_TYPE_TIMESTAMP || from == OTR_TYPE_DURATION || from == OTR_TYPE_TYPE;
    case OTR_TYPE_TIMESTAMP:
        return from == OTR_TYPE_STRING || from == OTR_TYPE_INT;
    case OTR_TYPE_BOOL:
    case OTR_TYPE_BYTES:
    case OTR_TYPE_DURATION:
        return from == OTR_TYPE_STRING;
    default:
        return false;
    }
}

static bool check_convert(otr_checker *checker, otr_node *node, otr_type to)
{
    const otr_node *operand = node->first;
    node->type = to;
    if (!convertible(to, operand->type))
        return otr_check_fail(checker, operand->start, "there is no %s() of %s", otr_type_text(to),
                              otr_type_phrase(operand->type));
    if (operand->kind != OTR_NODE_LITERAL || operand->type != OTR_TYPE_STRING)
        return true;
    otr_value value;
    otr_reason reason = otr_operate_convert(to, &operand->value, NULL, &value);
    if (reason == OTR_REASON_NONE || reason == OTR_REASON_ROOM)
        return true;
    const char *example = to == OTR_TYPE_DURATION    ? "; it looks like \"10m\" or \"1h30m\""
                          : to == OTR_TYPE_TIMESTAMP ? "; it looks like \"2024-05-01T12:00:00Z\""
                                                     : "";
    return otr_check_fail(checker, operand->start, "\"%.*s\" %s %s%s", shown(operand->value.text),
                          operand->value.text.data,
                          reason == OTR_REASON_RANGE ? "is out of the range of" : "cannot be read as",
                          otr_type_phrase(to), example);
}

static bool check_text(otr_checker *checker, otr_node *node)
{
    for (const otr_node *operand = node->first; operand != NULL; operand = operand->next)
        if (!accepts(operand, OTR_TYPE_STRING))
            return otr_check_fail(checker, operand->start, "%.*s() takes strings, this is %s",
                                  OTR_STR_ARG(node->text), otr_type_phrase(operand->type));
    return true;
}

static bool check_size(otr_checker *checker, const otr_node *operand)
{
    otr_type type = operand->type;
    if (accepts(operand, OTR_TYPE_STRING) || type == OTR_TYPE_BYTES || type == OTR_TYPE_LIST ||
        type == OTR_TYPE_MAP)
        return true;
    return otr_check_fail(checker, operand->start,
                          "size() takes a string, bytes, a list or a map, this is %s", otr_type_phrase(type));
}

/* A constant pattern is read once, when the expression is compiled. */
static bool check_matches(otr_checker *checker, otr_node *node)
{
    otr_node *pattern = node->last;
    if (!check_text(checker, node))
        return false;
    if (pattern->kind != OTR_NODE_LITERAL)
        return true;
    const char *why = NULL;
    size_t at = 0;
    if (otr_regex_check(pattern->value.text, &why, &at))
        return true;
    return otr_check_fail(checker, pattern->start, "the regular expression cannot be read at byte %zu: %s",
                          at + 1, why);
}

static bool check_calendar(otr_checker *checker, const otr_node *node, otr_call call)
{
    const otr_node *at = node->first;
    bool span = at->type == OTR_TYPE_DURATION && node->count == 1 &&
                (call == OTR_CALL_GET_HOURS || call == OTR_CALL_GET_MINUTES || call == OTR_CALL_GET_SECONDS ||
                 call == OTR_CALL_GET_MILLISECONDS);
    if (!span && !accepts(at, OTR_TYPE_TIMESTAMP))
        return otr_check_fail(checker, at->start, "%.*s() is called on a timestamp, this is %s",
                              OTR_STR_ARG(node->text), otr_type_phrase(at->type));
    if (node->count == 2 && !accepts(node->last, OTR_TYPE_STRING))
        return otr_check_fail(checker, node->last->start,
                              "a time zone is a string such as \"Europe/Berlin\"");
    if (checker->environment == NULL && node->count == 2 && node->last->kind == OTR_NODE_LITERAL &&
        !otr_calendar_fixed(node->last->value.text))
        return otr_check_fail(checker, node->last->start,
                              "rules know UTC and offsets such as \"+02:00\", and no zones by name");
    return true;
}

bool otr_check_count(otr_checker *checker, const otr_node *node, const otr_function_entry *entry)
{
    if (node->count >= entry->operands && node->count <= entry->operands_max)
        return true;
    int given = (int)node->count - node->member;
    int least = entry->operands - node->member;
    int most = entry->operands_max - node->member;
    char wanted[32];
    (void)snprintf(wanted, sizeof wanted, least == most ? "%d" : "%d to %d", least, most);
    return otr_check_fail(checker, node->at, "%s() takes %s argument%s here, there %s %d", entry->name,
                          wanted, most == 1 ? "" : "s", given == 1 ? "is" : "are", given);
}

static bool check_extension(otr_checker *checker, const otr_node *node, const otr_function_entry *entry)
{
    size_t number = 0;
    for (const otr_node *operand = node->first; operand != NULL; operand = operand->next, number++)
        if (operand->type != OTR_TYPE_DYN && !otr_function_takes(entry, number, operand->type))
            return otr_check_fail(checker, operand->start, "%s() does not take %s here", entry->name,
                                  otr_type_phrase(operand->type));
    return true;
}

/* math.abs(x) is parsed as a call on a value named math; it is one function with a dot in its name. */
static bool join_namespace(otr_checker *checker, otr_node *node)
{
    char name[64];
    otr_node *space = node->first;
    if (!node->member || space->kind != OTR_NODE_NAME ||
        space->text.size + node->text.size + 2 > sizeof name ||
        (!otr_str_is(space->text, "math") && !otr_str_is(space->text, "strings")))
        return true;
    (void)snprintf(name, sizeof name, "%.*s.%.*s", OTR_STR_ARG(space->text), OTR_STR_ARG(node->text));
    int number = otr_function_find(otr_str_of(name), false);
    otr_node copy = *space;
    if (number < 0 || otr_check_local(checker, &copy))
        return true;
    node->text = otr_str_of(otr_function_get(number)->name);
    node->member = false;
    node->first = space->next;
    node->count--;
    if (node->first != NULL)
        return true;
    return otr_check_fail(checker, node->at, "%s() takes an argument", otr_function_get(number)->name);
}

bool otr_check_call_tree(otr_checker *checker, otr_node *node)
{
    if (!join_namespace(checker, node))
        return false;
    int number = otr_function_find(node->text, node->member);
    if (number < 0)
        return refuse_name(checker, node);
    const otr_function_entry *entry = otr_function_get(number);
    if (entry->call == OTR_CALL_USE)
        return otr_check_use(checker, node, entry);
    if (!otr_check_count(checker, node, entry))
        return false;
    node->function = (uint8_t)number;
    if (entry->call >= OTR_CALL_HAS && entry->call <= OTR_CALL_TRANSFORM_MAP)
        return otr_check_macro(checker, node, entry);
    for (otr_node *operand = node->first; operand != NULL; operand = operand->next)
        if (!otr_check_tree(checker, operand))
            return false;
    OTR_ASSERT(node->first != NULL && node->last != NULL);
    node->type = entry->type;
    switch (entry->call) {
    case OTR_CALL_CONVERT:
        return check_convert(checker, node, entry->type);
    case OTR_CALL_SIZE:
        return check_size(checker, node->first);
    case OTR_CALL_STARTS:
    case OTR_CALL_ENDS:
    case OTR_CALL_CONTAINS:
        return check_text(checker, node);
    case OTR_CALL_MATCHES:
        return check_matches(checker, node);
    case OTR_CALL_DYN:
    case OTR_CALL_TYPE:
        return true;
    default:
        if (entry->takes != NULL)
            return check_extension(checker, node, entry);
        return check_calendar(checker, node, entry->call);
    }
}

/* Calls: which function, how many arguments, of which types. */
#include "rules/check.h"
#include "rules/functions.h"
#include "rules/nearest.h"

static int shown(otr_str text)
{
    return text.size > 60 ? 60 : (int)text.size;
}

static bool refuse_name(otr_checker *checker, const otr_node *node)
{
    int other = otr_function_find(node->text, !node->member);
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
        return from == OTR_TYPE_BYTES || from == OTR_TYPE_BOOL;
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
    if (!convertible(to, operand->type)) {
        bool later =
            to == OTR_TYPE_STRING && operand->type != OTR_TYPE_NULL && operand->type != OTR_TYPE_LOCATION;
        return otr_check_fail(checker, operand->start,
                              later ? "%s() of %s is not supported" : "there is no %s() of %s",
                              otr_type_text(to), otr_type_phrase(operand->type));
    }
    if (operand->kind != OTR_NODE_LITERAL || operand->type != OTR_TYPE_STRING)
        return true;
    otr_value value;
    otr_reason reason = otr_operate_convert(to, &operand->value, &value);
    if (reason == OTR_REASON_NONE)
        return true;
    const char *example = to == OTR_TYPE_DURATION    ? "; it looks like \"10m\" or \"1h30m\""
                          : to == OTR_TYPE_TIMESTAMP ? "; it looks like \"2024-05-01T12:00:00Z\""
                                                     : "";
    return otr_check_fail(checker, operand->start, "\"%.*s\" %s %s%s", shown(operand->value.text),
                          operand->value.text.data,
                          reason == OTR_REASON_RANGE ? "is out of the range of" : "cannot be read as",
                          otr_type_phrase(to), example);
}

static bool check_distance(otr_checker *checker, otr_node *node)
{
    const otr_node *place = node->last;
    if (node->first->kind != OTR_NODE_SYMBOL || node->first->type != OTR_TYPE_LOCATION)
        return otr_check_fail(checker, node->first->start,
                              "distance() is called on a location: "
                              "location.distance(\"destination\")");
    if (place->kind != OTR_NODE_LITERAL || place->type != OTR_TYPE_STRING)
        return otr_check_fail(checker, place->start,
                              "distance() takes the name of a place, a constant string");
    return true;
}

static bool check_text(otr_checker *checker, otr_node *node)
{
    for (const otr_node *operand = node->first; operand != NULL; operand = operand->next)
        if (!accepts(operand, OTR_TYPE_STRING))
            return otr_check_fail(checker, operand->start, "%.*s() takes strings, this is %s",
                                  OTR_STR_ARG(node->text), otr_type_phrase(operand->type));
    return true;
}

bool otr_check_call_tree(otr_checker *checker, otr_node *node)
{
    int number = otr_function_find(node->text, node->member);
    if (number < 0)
        return refuse_name(checker, node);
    const otr_function_entry *entry = otr_function_get(number);
    if (entry->call == OTR_CALL_UNSUPPORTED)
        return otr_check_fail(checker, node->at, "%s() is not supported", entry->name);
    if (entry->call == OTR_CALL_MACRO)
        return otr_check_fail(checker, node->at, "the macro %s() is not supported", entry->name);
    if (node->count != entry->operands) {
        int wanted = entry->operands - node->member;
        return otr_check_fail(checker, node->at, "%s() takes %d argument%s here, there %s %d", entry->name,
                              wanted, wanted == 1 ? "" : "s",
                              (int)node->count - node->member == 1 ? "is" : "are",
                              (int)node->count - node->member);
    }
    /* size() of a list is known here, but lists have no values yet: their own message says so. */
    for (otr_node *operand = node->first; operand != NULL; operand = operand->next)
        if (!otr_check_tree(checker, operand))
            return false;
    OTR_ASSERT(node->first != NULL && node->last != NULL);
    node->function = (uint8_t)number;
    node->type = entry->type;
    switch (entry->call) {
    case OTR_CALL_CONVERT:
        return check_convert(checker, node, entry->type);
    case OTR_CALL_SIZE:
        if (accepts(node->first, OTR_TYPE_STRING) || node->first->type == OTR_TYPE_BYTES)
            return true;
        return otr_check_fail(checker, node->first->start, "size() takes a string or bytes, this is %s",
                              otr_type_phrase(node->first->type));
    case OTR_CALL_DISTANCE:
        return check_distance(checker, node);
    case OTR_CALL_STARTS:
    case OTR_CALL_ENDS:
    case OTR_CALL_CONTAINS:
        return check_text(checker, node);
    default:
        return true;
    }
}

/* Macros: has(), and those that go through a list or map with one or two variables. */
#include "rules/cel/check.h"

static bool check_has(otr_checker *checker, otr_node *node)
{
    otr_node *field = node->first;
    if (field->kind != OTR_NODE_SELECT)
        return otr_check_fail(checker, field->start,
                              "has() takes a field, such as has(asset.limit.tilt_max)");
    otr_node *object = field->first;
    uint32_t start = field->start;
    otr_node copy = *field;
    /* A field of asset or device is one symbol, and so is a variable whose name has dots. */
    bool named =
        checker->environment != NULL ? otr_check_name_open(checker, &copy) : otr_check_name(checker, &copy);
    if (!named)
        return false;
    bool metric =
        copy.kind == OTR_NODE_SYMBOL && checker->symbols->list[copy.symbol].kind == OTR_SYMBOL_METRIC;
    if (metric || (copy.kind != OTR_NODE_SYMBOL && copy.kind != OTR_NODE_SELECT))
        return otr_check_fail(checker, start, "has() takes a field of an object or map");
    node->kind = OTR_NODE_HAS;
    node->type = OTR_TYPE_BOOL;
    node->text = field->text;
    if (copy.kind == OTR_NODE_SELECT) {
        node->first = object;
        node->last = object;
        return true;
    }
    *field = copy;
    node->text = (otr_str){NULL, 0}; /* the whole of it is a symbol */
    return true;
}

/* Takes the name of a variable out of the children after the given one. */
static bool take_variable(otr_checker *checker, otr_node *node, otr_node *range, otr_local *local)
{
    otr_node *name = range->next;
    if (name->kind != OTR_NODE_NAME || name->absolute)
        return otr_check_fail(checker, name->start, "%.*s() needs the name of a variable here",
                              OTR_STR_ARG(node->text));
    *local = (otr_local){.outer = checker->locals, .name = name->text, .number = checker->local_count++};
    range->next = name->next;
    node->count--;
    return true;
}

static bool is_ranged(otr_type type)
{
    return type == OTR_TYPE_LIST || type == OTR_TYPE_MAP || type == OTR_TYPE_DYN;
}

static bool check_bodies(otr_checker *checker, otr_node *node, otr_call call)
{
    otr_node *body = node->first->next;
    bool builds = call == OTR_CALL_MAP || call == OTR_CALL_TRANSFORM_LIST || call == OTR_CALL_TRANSFORM_MAP;
    for (; body != NULL; body = body->next) {
        if (!otr_check_tree(checker, body))
            return false;
        bool condition = !builds || body->next != NULL;
        if (checker->environment != NULL)
            continue; /* where there is no item, nothing is said of one */
        if (condition && body->type != OTR_TYPE_BOOL && body->type != OTR_TYPE_DYN)
            return otr_check_fail(checker, body->start, "%.*s() needs a bool here, this is %s",
                                  OTR_STR_ARG(node->text), otr_type_phrase(body->type));
    }
    return true;
}

/* all, exists, exists_one: two variables with four operands; map: always one; transform*: always two. */
static bool is_pair(otr_call call, uint32_t operands)
{
    if (call == OTR_CALL_ALL || call == OTR_CALL_EXISTS || call == OTR_CALL_EXISTS_ONE)
        return operands == 4;
    return call == OTR_CALL_TRANSFORM_LIST || call == OTR_CALL_TRANSFORM_MAP;
}

bool otr_check_macro(otr_checker *checker, otr_node *node, const otr_function_entry *entry)
{
    if (entry->call == OTR_CALL_HAS)
        return check_has(checker, node);
    otr_node *range = node->first;
    otr_node *last = node->last;
    if (!otr_check_tree(checker, range))
        return false;
    if (!is_ranged(range->type))
        return otr_check_fail(checker, range->start, "%.*s() goes through a list or a map, this is %s",
                              OTR_STR_ARG(node->text), otr_type_phrase(range->type));
    otr_local first = {0};
    otr_local second = {0};
    const otr_local *outer = checker->locals;
    bool pair = is_pair(entry->call, node->count);
    if (!take_variable(checker, node, range, &first))
        return false;
    if (range->type == OTR_TYPE_LIST && pair)
        first.type = OTR_TYPE_INT;
    checker->locals = &first;
    bool ok = true;
    if (pair) {
        ok = take_variable(checker, node, range, &second);
        if (ok && otr_str_equal(first.name, second.name))
            ok = otr_check_fail(checker, node->at, "the two variables need two names");
        if (ok)
            checker->locals = &second;
    }
    ok = ok && check_bodies(checker, node, entry->call);
    checker->locals = outer;
    if (!ok)
        return false;
    node->kind = OTR_NODE_MACRO;
    node->last = last;
    node->symbol = first.number;
    node->pair = pair;
    node->type = OTR_TYPE_BOOL;
    if (entry->call == OTR_CALL_TRANSFORM_MAP)
        node->type = OTR_TYPE_MAP;
    else if (entry->call == OTR_CALL_MAP || entry->call == OTR_CALL_FILTER ||
             entry->call == OTR_CALL_TRANSFORM_LIST)
        node->type = OTR_TYPE_LIST;
    return true;
}

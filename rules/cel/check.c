#include "rules/cel/check.h"

#include <stdio.h>

bool otr_check_fail(otr_checker *checker, uint32_t at, const char *format, ...)
{
    char text[240];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (checker->environment != NULL) {
        memcpy(checker->complaint, text, sizeof text);
        checker->complaint_at = at;
        return false;
    }
    (void)otr_source_fail(checker->source, OTR_INVALID, at, "%s", text);
    return false;
}

/* Of constants on the right at least one must be what the left side can equal. */
static bool check_in(otr_checker *checker, otr_node *node)
{
    const otr_node *left = node->first;
    const otr_node *list = node->last;
    node->type = OTR_TYPE_BOOL;
    if (list->type != OTR_TYPE_LIST && list->type != OTR_TYPE_MAP && list->type != OTR_TYPE_DYN)
        return otr_check_fail(checker, list->start,
                              "to the right of in there is a list, such as [\"open\", "
                              "\"ajar\"], or a map; this is %s",
                              otr_type_phrase(list->type));
    if (checker->environment != NULL || list->kind != OTR_NODE_LITERAL || list->type != OTR_TYPE_LIST ||
        left->type == OTR_TYPE_DYN || list->value.list.count == 0)
        return true;
    bool numeric = otr_type_is_numeric(left->type);
    for (size_t i = 0; i < list->value.list.count; i++) {
        otr_type type = list->value.list.items[i].type;
        if (type == left->type || (numeric && otr_type_is_numeric(type)))
            return true;
    }
    return otr_check_fail(checker, node->at, "%s is never in a list of %s", otr_type_phrase(left->type),
                          otr_type_text(list->value.list.items[0].type));
}

static bool check_index(otr_checker *checker, otr_node *node)
{
    otr_type object = node->first->type;
    otr_type key = node->last->type;
    node->type = OTR_TYPE_DYN;
    if (object != OTR_TYPE_LIST && object != OTR_TYPE_MAP && object != OTR_TYPE_DYN)
        return otr_check_fail(checker, node->at, "only lists and maps are indexed with [ ], this is %s",
                              otr_type_phrase(object));
    if (object == OTR_TYPE_LIST && key != OTR_TYPE_DYN && !otr_type_is_numeric(key))
        return otr_check_fail(checker, node->last->start, "the index of a list is an int, this is %s",
                              otr_type_phrase(key));
    return true;
}

static bool check_condition(otr_checker *checker, otr_node *node)
{
    otr_node *condition = node->first;
    otr_node *yes = condition->next;
    otr_node *no = yes->next;
    if (!otr_check_tree(checker, condition) || !otr_check_tree(checker, yes) || !otr_check_tree(checker, no))
        return false;
    if (condition->type != OTR_TYPE_BOOL && condition->type != OTR_TYPE_DYN)
        return otr_check_fail(checker, condition->start, "before ? there must be a bool, this is %s",
                              otr_type_phrase(condition->type));
    node->type = yes->type == no->type ? yes->type : OTR_TYPE_DYN;
    if (checker->environment == NULL && yes->type != no->type && yes->type != OTR_TYPE_DYN &&
        no->type != OTR_TYPE_DYN)
        return otr_check_fail(checker, node->at, "both results of ?: must have one type, these are %s and %s",
                              otr_type_text(yes->type), otr_type_text(no->type));
    return true;
}

static bool check_children(otr_checker *checker, otr_node *node)
{
    for (otr_node *child = node->first; child != NULL; child = child->next)
        if (!otr_check_tree(checker, child))
            return false;
    return true;
}

static bool check_node(otr_checker *checker, otr_node *node)
{
    switch (node->kind) {
    case OTR_NODE_LITERAL:
        node->type = node->value.type;
        return true;
    case OTR_NODE_NAME:
    case OTR_NODE_SELECT:
        return checker->environment != NULL ? otr_check_name_open(checker, node)
                                            : otr_check_name(checker, node);
    case OTR_NODE_CALL:
        return otr_check_call_tree(checker, node);
    case OTR_NODE_BINARY:
        if (!check_children(checker, node))
            return false;
        return node->op == OTR_OPERATOR_IN ? check_in(checker, node) : otr_check_operator(checker, node);
    case OTR_NODE_UNARY:
        return check_children(checker, node) && otr_check_operator(checker, node);
    case OTR_NODE_CONDITION:
        return check_condition(checker, node);
    case OTR_NODE_INDEX:
        return check_children(checker, node) && check_index(checker, node);
    case OTR_NODE_LIST:
        node->type = OTR_TYPE_LIST;
        return check_children(checker, node);
    case OTR_NODE_MAP:
        node->type = OTR_TYPE_MAP;
        return check_children(checker, node);
    case OTR_NODE_MESSAGE:
    case OTR_NODE_FIELD:
        return otr_check_fail(checker, node->at, "a message is not supported");
    default:
        return true; /* made by the checker itself */
    }
}

/* What cannot be checked has no value when it runs; what && and || absorb then does no harm. */
static bool become_fail(otr_checker *checker, otr_node *node)
{
    otr_str text = otr_arena_copy(checker->scratch, otr_str_of(checker->complaint));
    if (text.data == NULL)
        return otr_source_memory(checker->source) == OTR_OK;
    node->kind = OTR_NODE_FAIL;
    node->type = OTR_TYPE_DYN;
    node->text = text;
    node->at = checker->complaint_at;
    node->first = NULL;
    node->last = NULL;
    node->count = 0;
    return true;
}

bool otr_check_tree(otr_checker *checker, otr_node *node)
{
    if (!check_node(checker, node)) {
        if (checker->environment == NULL || checker->source->status != OTR_OK)
            return false;
        return become_fail(checker, node);
    }
    if (checker->environment == NULL && !otr_check_unit(checker, node))
        return false;
    return otr_fold(checker, node);
}

bool otr_check(otr_checker *checker, otr_node *root, otr_type wanted)
{
    if (!otr_check_tree(checker, root))
        return false;
    if (wanted == OTR_TYPE_DYN || root->type == OTR_TYPE_DYN || root->type == wanted)
        return true;
    return otr_check_fail(checker, root->start, "%s is expected here, this is %s", otr_type_phrase(wanted),
                          otr_type_phrase(root->type));
}

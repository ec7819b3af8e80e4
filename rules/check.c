#include "rules/check.h"

#include <stdio.h>

bool otr_check_fail(otr_checker *checker, uint32_t at, const char *format, ...)
{
    char text[240];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)otr_source_fail(checker->source, OTR_INVALID, at, "%s", text);
    return false;
}

/* The list to the right of in: constants only, and at least one that the left side can equal. */
static bool check_in(otr_checker *checker, otr_node *node)
{
    otr_node *left = node->first;
    otr_node *list = node->last;
    if (!otr_check_tree(checker, left))
        return false;
    if (list->kind != OTR_NODE_LIST)
        return otr_check_fail(checker, list->start,
                              "to the right of in only a list of constants is supported, such "
                              "as [\"open\", \"ajar\"]");
    bool possible = list->count == 0 || left->type == OTR_TYPE_DYN;
    for (otr_node *item = list->first; item != NULL; item = item->next) {
        if (!otr_check_tree(checker, item))
            return false;
        if (item->kind != OTR_NODE_LITERAL)
            return otr_check_fail(checker, item->start, "only constants are supported in a list");
        possible |=
            item->type == left->type || (otr_type_is_numeric(item->type) && otr_type_is_numeric(left->type));
    }
    if (!possible && list->first != NULL)
        return otr_check_fail(checker, node->at, "%s is never in a list of %s", otr_type_phrase(left->type),
                              otr_type_text(list->first->type));
    list->type = OTR_TYPE_LIST;
    node->type = OTR_TYPE_BOOL;
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
    if (yes->type != no->type && yes->type != OTR_TYPE_DYN && no->type != OTR_TYPE_DYN)
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
        return otr_check_name(checker, node);
    case OTR_NODE_CALL:
        return otr_check_call_tree(checker, node);
    case OTR_NODE_BINARY:
        if (node->op == OTR_OPERATOR_IN)
            return check_in(checker, node);
        return check_children(checker, node) && otr_check_operator(checker, node);
    case OTR_NODE_UNARY:
        return check_children(checker, node) && otr_check_operator(checker, node);
    case OTR_NODE_CONDITION:
        return check_condition(checker, node);
    case OTR_NODE_INDEX:
        return otr_check_fail(checker, node->at, "indexing with [ ] is not supported");
    case OTR_NODE_LIST:
        return otr_check_fail(checker, node->at, "a list is not supported here, only to the right of in");
    case OTR_NODE_MAP:
        return otr_check_fail(checker, node->at, "a map is not supported");
    case OTR_NODE_MESSAGE:
    case OTR_NODE_FIELD:
        return otr_check_fail(checker, node->at, "a message is not supported");
    default:
        return true; /* made by the checker itself */
    }
}

bool otr_check_tree(otr_checker *checker, otr_node *node)
{
    if (!check_node(checker, node))
        return false;
    otr_fold(node);
    return true;
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

/* Constant folding: with the functions that the machine evaluates with, and never over an error, which stays
 * for the run because && and || may absorb it. */
#include "rules/cel/check.h"

static void become_literal(otr_node *node, otr_value value)
{
    node->kind = OTR_NODE_LITERAL;
    node->value = value;
    node->type = value.type;
    node->first = NULL;
    node->last = NULL;
    node->count = 0;
}

static void become_bool(otr_node *node, bool flag)
{
    become_literal(node, (otr_value){.type = OTR_TYPE_BOOL, .flag = flag});
}

/* The child takes the node's place; places and siblings stay. */
static void become_child(otr_node *node, const otr_node *child)
{
    otr_node *next = node->next;
    uint32_t start = node->start;
    *node = *child;
    node->next = next;
    node->start = start;
}

static bool is_bool(const otr_node *node, bool flag)
{
    return node->kind == OTR_NODE_LITERAL && node->type == OTR_TYPE_BOOL && node->value.flag == flag;
}

static void fold_logic(otr_node *node)
{
    bool decides = node->op == OTR_OPERATOR_OR;
    otr_node *left = node->first;
    otr_node *right = node->last;
    if (is_bool(left, decides) || is_bool(right, decides))
        become_bool(node, decides);
    else if (is_bool(left, !decides) && right->type == OTR_TYPE_BOOL)
        become_child(node, right);
    else if (is_bool(right, !decides) && left->type == OTR_TYPE_BOOL)
        become_child(node, left);
}

/* A list of constants is a constant; so is a map that may be one. */
static bool fold_items(otr_checker *checker, otr_node *node)
{
    for (const otr_node *item = node->first; item != NULL; item = item->next)
        if (item->kind != OTR_NODE_LITERAL)
            return true;
    otr_value *items = otr_arena_array(checker->scratch, node->count, sizeof *items);
    if (items == NULL)
        return otr_source_memory(checker->source) == OTR_OK;
    size_t count = 0;
    for (const otr_node *item = node->first; item != NULL; item = item->next)
        items[count++] = item->value;
    bool map = node->kind == OTR_NODE_MAP;
    if (map && otr_map_check(items, count / 2) != OTR_REASON_NONE)
        return true;
    otr_value value;
    if (otr_value_collect(map ? OTR_TYPE_MAP : OTR_TYPE_LIST, items, map ? count / 2 : count, &value) ==
        OTR_REASON_NONE)
        become_literal(node, value);
    return true;
}

static void fold_in(otr_node *node)
{
    const otr_node *left = node->first;
    const otr_node *right = node->last;
    bool found = false;
    if (left->kind == OTR_NODE_LITERAL && right->kind == OTR_NODE_LITERAL &&
        otr_operate_in(&left->value, &right->value, &found) == OTR_REASON_NONE)
        become_bool(node, found);
}

static void fold_index(otr_node *node)
{
    otr_value value;
    if (node->first->kind == OTR_NODE_LITERAL && node->last->kind == OTR_NODE_LITERAL &&
        otr_operate_index(&node->first->value, &node->last->value, &value) == OTR_REASON_NONE)
        become_literal(node, value);
}

static void fold_binary(otr_node *node)
{
    if (node->op == OTR_OPERATOR_OR || node->op == OTR_OPERATOR_AND) {
        fold_logic(node);
        return;
    }
    if (node->op == OTR_OPERATOR_IN) {
        fold_in(node);
        return;
    }
    const otr_value *left = &node->first->value;
    const otr_value *right = &node->last->value;
    if (node->first->kind != OTR_NODE_LITERAL || node->last->kind != OTR_NODE_LITERAL)
        return;
    bool flag = false;
    otr_value value;
    if (node->op >= OTR_OPERATOR_EQUAL && node->op <= OTR_OPERATOR_GREATER_EQUAL) {
        if (otr_operate_compare(node->op, left, right, &flag) == OTR_REASON_NONE)
            become_bool(node, flag);
    } else if (otr_operate_arithmetic(node->op, left, right, NULL, &value) == OTR_REASON_NONE) {
        become_literal(node, value);
    }
}

static void fold_unary(otr_node *node)
{
    otr_value value;
    if (node->first->kind != OTR_NODE_LITERAL)
        return;
    if (node->op == OTR_OPERATOR_NOT && node->first->type == OTR_TYPE_BOOL)
        become_bool(node, !node->first->value.flag);
    else if (node->op == OTR_OPERATOR_NEGATE &&
             otr_operate_negate(&node->first->value, &value) == OTR_REASON_NONE)
        become_literal(node, value);
}

static void fold_call(otr_node *node)
{
    const otr_function_entry *entry = otr_function_get(node->function);
    const otr_node *first = node->first;
    const otr_node *last = node->last;
    otr_value value;
    if (first->kind != OTR_NODE_LITERAL || last->kind != OTR_NODE_LITERAL)
        return;
    if (entry->call == OTR_CALL_CONVERT) {
        if (otr_operate_convert(entry->type, &first->value, NULL, &value) == OTR_REASON_NONE)
            become_literal(node, value);
    } else if (entry->call == OTR_CALL_SIZE) {
        if (otr_operate_size(&first->value, &value) == OTR_REASON_NONE)
            become_literal(node, value);
    } else if (entry->call == OTR_CALL_TYPE) {
        become_literal(node, otr_operate_type(&first->value));
    } else if (first->type == OTR_TYPE_STRING && last->type == OTR_TYPE_STRING) {
        if (entry->call == OTR_CALL_STARTS)
            become_bool(node, otr_str_starts(first->value.text, last->value.text));
        else if (entry->call == OTR_CALL_ENDS)
            become_bool(node, otr_text_ends(first->value.text, last->value.text));
        else if (entry->call == OTR_CALL_CONTAINS)
            become_bool(node, otr_text_contains(first->value.text, last->value.text));
    }
}

bool otr_fold(otr_checker *checker, otr_node *node)
{
    if (node->kind == OTR_NODE_BINARY)
        fold_binary(node);
    else if (node->kind == OTR_NODE_UNARY)
        fold_unary(node);
    else if (node->kind == OTR_NODE_CALL)
        fold_call(node);
    else if (node->kind == OTR_NODE_INDEX)
        fold_index(node);
    else if (node->kind == OTR_NODE_LIST || node->kind == OTR_NODE_MAP)
        return fold_items(checker, node);
    else if (node->kind == OTR_NODE_CONDITION && is_bool(node->first, true))
        become_child(node, node->first->next);
    else if (node->kind == OTR_NODE_CONDITION && is_bool(node->first, false))
        become_child(node, node->last);
    return true;
}

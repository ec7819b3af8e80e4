/* Which operands an operator takes, and what comes of them. */
#include "rules/cel/check.h"

#include <stdio.h>

static bool check_logic(otr_checker *checker, otr_node *node)
{
    node->type = OTR_TYPE_BOOL;
    if (checker->environment != NULL)
        return true; /* another operand may decide */
    for (const otr_node *operand = node->first; operand != NULL; operand = operand->next)
        if (operand->type != OTR_TYPE_BOOL && operand->type != OTR_TYPE_DYN)
            return otr_check_fail(checker, operand->start, "%s takes bools, this is %s",
                                  otr_operator_text(node->op), otr_type_phrase(operand->type));
    return true;
}

static bool is_ordered(otr_type type)
{
    return otr_type_is_numeric(type) || type == OTR_TYPE_BOOL || type == OTR_TYPE_STRING ||
           type == OTR_TYPE_BYTES || type == OTR_TYPE_TIMESTAMP || type == OTR_TYPE_DURATION ||
           type == OTR_TYPE_DYN;
}

static bool check_comparison(otr_checker *checker, otr_node *node)
{
    otr_type left = node->first->type;
    otr_type right = node->last->type;
    bool equality = node->op == OTR_OPERATOR_EQUAL || node->op == OTR_OPERATOR_NOT_EQUAL;
    node->type = OTR_TYPE_BOOL;
    bool fits = left == right || left == OTR_TYPE_DYN || right == OTR_TYPE_DYN ||
                (otr_type_is_numeric(left) && otr_type_is_numeric(right));
    if ((fits || (equality && checker->environment != NULL)) &&
        (equality || (is_ordered(left) && is_ordered(right))))
        return true;
    const char *hint = "";
    if (equality && (left == OTR_TYPE_NULL || right == OTR_TYPE_NULL))
        hint = "; it never is null: an expression without a value decides nothing";
    else if (left == OTR_TYPE_BOOL && otr_type_is_numeric(right) && node->first->kind != OTR_NODE_SYMBOL)
        hint = "; two comparisons are joined with &&";
    return otr_check_fail(checker, node->at, "%s cannot compare %s with %s%s", otr_operator_text(node->op),
                          otr_type_text(left), otr_type_text(right), hint);
}

static bool is_joined(otr_type type)
{
    return type == OTR_TYPE_STRING || type == OTR_TYPE_BYTES || type == OTR_TYPE_LIST;
}

/* What left op right gives; *ok is false when nothing does. */
static otr_type arithmetic_type(otr_operator op, otr_type left, otr_type right, bool *ok)
{
    *ok = true;
    if (left == OTR_TYPE_DYN || right == OTR_TYPE_DYN) {
        otr_type known = left == OTR_TYPE_DYN ? right : left;
        bool joined = is_joined(known);
        *ok = otr_type_is_numeric(known) || known == OTR_TYPE_TIMESTAMP || known == OTR_TYPE_DURATION ||
              known == OTR_TYPE_DYN || (joined && op == OTR_OPERATOR_ADD);
        if (known == OTR_TYPE_TIMESTAMP || known == OTR_TYPE_DURATION)
            *ok = op == OTR_OPERATOR_ADD || op == OTR_OPERATOR_SUBTRACT;
        if (known == OTR_TYPE_DOUBLE && op == OTR_OPERATOR_REMAINDER)
            *ok = false;
        return otr_type_is_numeric(known) || joined ? known : OTR_TYPE_DYN;
    }
    if (left == right && op == OTR_OPERATOR_ADD && is_joined(left))
        return left;
    if (left == right && otr_type_is_numeric(left) &&
        !(left == OTR_TYPE_DOUBLE && op == OTR_OPERATOR_REMAINDER))
        return left;
    bool instant = left == OTR_TYPE_TIMESTAMP;
    if (op == OTR_OPERATOR_ADD) {
        if (left == OTR_TYPE_DURATION && right == OTR_TYPE_DURATION)
            return OTR_TYPE_DURATION;
        if ((instant && right == OTR_TYPE_DURATION) ||
            (left == OTR_TYPE_DURATION && right == OTR_TYPE_TIMESTAMP))
            return OTR_TYPE_TIMESTAMP;
    }
    if (op == OTR_OPERATOR_SUBTRACT) {
        if (left == right && (instant || left == OTR_TYPE_DURATION))
            return OTR_TYPE_DURATION;
        if (instant && right == OTR_TYPE_DURATION)
            return OTR_TYPE_TIMESTAMP;
    }
    *ok = false;
    return OTR_TYPE_DYN;
}

/* How to write the operand so that it gets the type of the other one. */
static void hint_number(char hint[80], const otr_node *number, otr_type wanted)
{
    const otr_value *value = &number->value;
    const char *end = wanted == OTR_TYPE_DOUBLE ? ".0" : wanted == OTR_TYPE_UINT ? "u" : "";
    bool negative = number->type == OTR_TYPE_INT && value->integer < 0;
    if (number->kind != OTR_NODE_LITERAL || number->type == OTR_TYPE_DOUBLE ||
        (negative && wanted == OTR_TYPE_UINT))
        (void)snprintf(hint, 80, "convert one with %s(...)", otr_type_text(wanted));
    else if (number->type == OTR_TYPE_INT)
        (void)snprintf(hint, 80, "write %lld%s", (long long)value->integer, end);
    else
        (void)snprintf(hint, 80, "write %llu%s", (unsigned long long)value->natural, end);
}

static bool refuse_arithmetic(otr_checker *checker, const otr_node *node)
{
    const otr_node *left = node->first;
    const otr_node *right = node->last;
    const char *sign = otr_operator_text(node->op);
    if (!otr_type_is_numeric(left->type) || !otr_type_is_numeric(right->type) || left->type == right->type)
        return otr_check_fail(checker, node->at, "there is no %s %s %s", otr_type_text(left->type), sign,
                              otr_type_text(right->type));
    /* Change the literal if there is one, else towards double, else towards int. */
    char hint[80];
    bool change_left = left->kind == OTR_NODE_LITERAL;
    if (change_left == (right->kind == OTR_NODE_LITERAL))
        change_left = right->type == OTR_TYPE_DOUBLE;
    const otr_node *changed = change_left ? left : right;
    hint_number(hint, changed, change_left ? right->type : left->type);
    return otr_check_fail(checker, changed->start, "%s %s %s: numbers of two types are not mixed; %s",
                          otr_type_text(left->type), sign, otr_type_text(right->type), hint);
}

static bool check_arithmetic(otr_checker *checker, otr_node *node)
{
    bool ok;
    node->type = arithmetic_type(node->op, node->first->type, node->last->type, &ok);
    return ok || refuse_arithmetic(checker, node);
}

static bool check_negate(otr_checker *checker, otr_node *node)
{
    otr_type type = node->first->type;
    node->type = type;
    if (type == OTR_TYPE_INT || type == OTR_TYPE_DOUBLE || type == OTR_TYPE_DYN)
        return true;
    return otr_check_fail(checker, node->at, "- takes an int or a double, this is %s", otr_type_phrase(type));
}

bool otr_check_operator(otr_checker *checker, otr_node *node)
{
    switch (node->op) {
    case OTR_OPERATOR_OR:
    case OTR_OPERATOR_AND:
    case OTR_OPERATOR_NOT:
        return check_logic(checker, node);
    case OTR_OPERATOR_NEGATE:
        return check_negate(checker, node);
    case OTR_OPERATOR_ADD:
    case OTR_OPERATOR_SUBTRACT:
    case OTR_OPERATOR_MULTIPLY:
    case OTR_OPERATOR_DIVIDE:
    case OTR_OPERATOR_REMAINDER:
        return check_arithmetic(checker, node);
    default:
        return check_comparison(checker, node);
    }
}

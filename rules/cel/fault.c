/* Run-time errors in words. Nothing here runs unless somebody asks for the words. */
#include "rules/cel/vm.h"

#include <stdio.h>

enum { NAME_BYTES = 80 };

static bool has_symbol(otr_opcode code)
{
    return code == OTR_OPCODE_LOAD || code == OTR_OPCODE_VARIABLE || code == OTR_OPCODE_HAS_SYMBOL ||
           (code >= OTR_OPCODE_EQUAL_CONSTANT && code <= OTR_OPCODE_GREATER_EQUAL_SYMBOLS);
}

/* A use as it is written, without its arguments. */
static void name_use(const otr_expression *program, uint32_t use, char out[NAME_BYTES])
{
    for (uint32_t i = 0; i < program->use_count; i++)
        if (program->uses[i] == use)
            (void)snprintf(out, NAME_BYTES, "%.*s()", OTR_STR_ARG(program->use_names[i]));
}

/* What is at fault: a name, or nothing. */
static void name_of(const otr_expression *program, uint32_t symbol, char out[NAME_BYTES])
{
    out[0] = '\0';
    for (uint32_t i = 0; i < program->symbol_count; i++)
        if (program->symbols[i] == symbol)
            (void)snprintf(out, NAME_BYTES, "%.*s", OTR_STR_ARG(program->names[i]));
}

/* The type that the machine insisted on; DYN when any of CEL's would have done. */
static otr_type expected_at(const otr_instruction *at)
{
    if (at->code == OTR_OPCODE_VARIABLE)
        return OTR_TYPE_DYN;
    if (at->code >= OTR_OPCODE_EQUAL_SYMBOLS && at->code <= OTR_OPCODE_GREATER_EQUAL_SYMBOLS)
        return at->kind != 0 ? OTR_TYPE_DOUBLE : OTR_TYPE_DYN;
    return (otr_type)at->kind;
}

/* The operator's sign of the instructions that have one. */
static const char *sign_of(otr_opcode code)
{
    static const struct {
        otr_opcode first;
        otr_operator operator_first;
        int count;
    } groups[] = {
        {OTR_OPCODE_EQUAL, OTR_OPERATOR_EQUAL, 6},
        {OTR_OPCODE_ADD, OTR_OPERATOR_ADD, 5},
        {OTR_OPCODE_EQUAL_DOUBLE, OTR_OPERATOR_EQUAL, 6},
        {OTR_OPCODE_ADD_DOUBLE, OTR_OPERATOR_ADD, 4},
        {OTR_OPCODE_EQUAL_CONSTANT, OTR_OPERATOR_EQUAL, 6},
        {OTR_OPCODE_EQUAL_SYMBOLS, OTR_OPERATOR_EQUAL, 6},
        {OTR_OPCODE_NOT, OTR_OPERATOR_NOT, 1},
        {OTR_OPCODE_NEGATE, OTR_OPERATOR_NEGATE, 1},
        {OTR_OPCODE_AND_FIRST, OTR_OPERATOR_AND, 1},
        {OTR_OPCODE_AND_NEXT, OTR_OPERATOR_AND, 1},
        {OTR_OPCODE_AND_LAST, OTR_OPERATOR_AND, 1},
        {OTR_OPCODE_OR_FIRST, OTR_OPERATOR_OR, 1},
        {OTR_OPCODE_OR_NEXT, OTR_OPERATOR_OR, 1},
        {OTR_OPCODE_OR_LAST, OTR_OPERATOR_OR, 1},
    };
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        int offset = (int)code - (int)groups[i].first;
        if (offset >= 0 && offset < groups[i].count)
            return otr_operator_text((otr_operator)((int)groups[i].operator_first + offset));
    }
    return NULL;
}

static const char *number_hint(otr_type left, otr_type right)
{
    bool mixed = left != right && otr_type_is_numeric(left) && otr_type_is_numeric(right);
    return mixed ? "; numbers of two types are not mixed: convert one with double(...) or int(...)" : "";
}

otr_status otr_fault_tell(const otr_expression *program, otr_fault fault, otr_error *error)
{
    otr_status status = (otr_status)fault.status;
    if (error == NULL)
        return status;
    const otr_instruction *at = &program->code[fault.at];
    const otr_place *place = &program->places[fault.at];
    const char *sign = sign_of((otr_opcode)at->code);
    const char *left = otr_type_text((otr_type)fault.left);
    const char *right = otr_type_text((otr_type)fault.right);
    char name[NAME_BYTES] = "the result";
    /* For HOST and TYPE, right is set when it was the second of two symbols. */
    if (has_symbol((otr_opcode)at->code))
        name_of(program, fault.right != 0 ? at->index : at->symbol, name);
    if (at->code == OTR_OPCODE_CALL)
        name_use(program, at->symbol, name);
    switch ((otr_reason)fault.reason) {
    case OTR_REASON_HOST:
        if (at->code == OTR_OPCODE_CALL && status != OTR_UNKNOWN)
            return otr_fail_at(error, status, place->line, place->column, "%s: %s", name,
                               otr_status_text(status));
        return otr_fail_at(error, status, place->line, place->column, "%s %s", name,
                           status == OTR_UNKNOWN     ? "has no value"
                           : status == OTR_NOT_FOUND ? "is not set"
                                                     : otr_status_text(status));
    case OTR_REASON_TYPE:
        if (expected_at(at) == OTR_TYPE_DYN)
            return otr_fail_at(error, status, place->line, place->column, "%s is %s", name,
                               otr_type_phrase((otr_type)fault.left));
        return otr_fail_at(error, status, place->line, place->column, "%s is %s; %s is expected", name,
                           otr_type_phrase((otr_type)fault.left), otr_type_phrase(expected_at(at)));
    case OTR_REASON_NO_OVERLOAD:
        if (sign == NULL)
            return otr_fail_at(error, status, place->line, place->column, "no matching overload for %s",
                               otr_type_phrase((otr_type)fault.left));
        if (fault.right == OTR_TYPE_DYN)
            return otr_fail_at(error, status, place->line, place->column,
                               "no matching overload: %s does not take %s", sign,
                               otr_type_phrase((otr_type)fault.left));
        return otr_fail_at(error, status, place->line, place->column, "no matching overload: %s %s %s%s",
                           left, sign, right, number_hint((otr_type)fault.left, (otr_type)fault.right));
    case OTR_REASON_REFUSED:
        return otr_fail_at(error, status, place->line, place->column, "%.*s",
                           OTR_STR_ARG(program->constants[at->index].text));
    case OTR_REASON_NO_FIELD:
        return otr_fail_at(error, status, place->line, place->column, "%s has no field %.*s",
                           otr_type_phrase((otr_type)fault.left),
                           OTR_STR_ARG(program->constants[at->index].text));
    default:
        return otr_fail_at(error, status, place->line, place->column, "%s",
                           otr_reason_text((otr_reason)fault.reason));
    }
}

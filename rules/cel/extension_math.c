/* math.greatest() and the others. */
#include "rules/cel/extension.h"

#include <math.h>

/* The first of those that no other goes beyond; a NaN never does. */
static otr_reason extreme(otr_operator op, const otr_value *values, size_t count, otr_value *out)
{
    if (count == 0)
        return OTR_REASON_ARGUMENT;
    const otr_value *best = values;
    for (size_t i = 0; i < count; i++) {
        bool beyond = false;
        if (!otr_type_is_numeric(values[i].type))
            return OTR_REASON_NO_OVERLOAD;
        if (otr_operate_compare(op, &values[i], best, &beyond) == OTR_REASON_NONE && beyond)
            best = &values[i];
    }
    *out = *best;
    return OTR_REASON_NONE;
}

static otr_reason extreme_of(otr_operator op, const otr_value *operands, size_t count, otr_value *out)
{
    if (count == 1 && operands->type == OTR_TYPE_LIST)
        return extreme(op, operands->list.items, operands->list.count, out);
    return extreme(op, operands, count, out);
}

static otr_reason magnitude(const otr_value *a, otr_value *out)
{
    bool negative = a->type == OTR_TYPE_INT && a->integer < 0;
    *out = *a;
    if (a->type == OTR_TYPE_DOUBLE)
        out->number = fabs(a->number);
    return negative ? otr_operate_negate(a, out) : OTR_REASON_NONE;
}

static void sign(const otr_value *a, otr_value *out)
{
    *out = *a;
    if (a->type == OTR_TYPE_INT)
        out->integer = (a->integer > 0) - (a->integer < 0);
    else if (a->type == OTR_TYPE_UINT)
        out->natural = a->natural > 0;
    else if (a->number != 0 && !isnan(a->number))
        out->number = a->number > 0 ? 1 : -1;
}

static otr_reason bits(otr_call call, const otr_value *a, const otr_value *b, otr_value *out)
{
    if (call != OTR_CALL_BIT_NOT && call != OTR_CALL_SHIFT_LEFT && call != OTR_CALL_SHIFT_RIGHT &&
        a->type != b->type)
        return OTR_REASON_NO_OVERLOAD;
    if ((call == OTR_CALL_SHIFT_LEFT || call == OTR_CALL_SHIFT_RIGHT) && b->integer < 0)
        return OTR_REASON_ARGUMENT;
    /* int and uint share their bits; a shift to the right brings in zeros for both. */
    uint64_t result = a->natural;
    otr_type type = a->type;
    if (call == OTR_CALL_BIT_AND)
        result &= b->natural;
    else if (call == OTR_CALL_BIT_OR)
        result |= b->natural;
    else if (call == OTR_CALL_BIT_XOR)
        result ^= b->natural;
    else if (call == OTR_CALL_BIT_NOT)
        result = ~result;
    else if (b->integer >= 64)
        result = 0;
    else
        result = call == OTR_CALL_SHIFT_LEFT ? result << b->integer : result >> b->integer;
    *out = (otr_value){.type = type, .natural = result};
    return OTR_REASON_NONE;
}

static double rounded(otr_call call, double number)
{
    switch (call) {
    case OTR_CALL_CEIL:
        return ceil(number);
    case OTR_CALL_FLOOR:
        return floor(number);
    case OTR_CALL_ROUND:
        return round(number); /* halves away from zero */
    default:
        return trunc(number);
    }
}

otr_reason otr_extension_math(otr_call call, const otr_value *operands, size_t count, otr_value *out)
{
    switch (call) {
    case OTR_CALL_GREATEST:
        return extreme_of(OTR_OPERATOR_GREATER, operands, count, out);
    case OTR_CALL_LEAST:
        return extreme_of(OTR_OPERATOR_LESS, operands, count, out);
    case OTR_CALL_CEIL:
    case OTR_CALL_FLOOR:
    case OTR_CALL_ROUND:
    case OTR_CALL_TRUNC:
        *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = rounded(call, operands->number)};
        return OTR_REASON_NONE;
    case OTR_CALL_ABS:
        return magnitude(operands, out);
    case OTR_CALL_SIGN:
        sign(operands, out);
        return OTR_REASON_NONE;
    case OTR_CALL_IS_NAN:
        *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = isnan(operands->number)};
        return OTR_REASON_NONE;
    case OTR_CALL_IS_INF:
        *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = isinf(operands->number) != 0};
        return OTR_REASON_NONE;
    case OTR_CALL_IS_FINITE:
        *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = isfinite(operands->number) != 0};
        return OTR_REASON_NONE;
    default:
        return bits(call, operands, count > 1 ? &operands[1] : operands, out);
    }
}

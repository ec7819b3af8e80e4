/* math.greatest() and the others. */
#include "evaluate.h"

#include <math.h>
#include <string.h>

static outcome extreme(evaluation *e, const char *sign, const otr_value *values, size_t count)
{
    if (count == 1 && values->type == OTR_TYPE_LIST) {
        count = values->list.count;
        values = values->list.items;
    }
    const otr_value *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!ref_is_number(&values[i]))
            return ref_invalid();
        if (best == NULL || ref_apply(e, sign, (const otr_value[]){values[i], *best}, 2).value.flag)
            best = &values[i];
    }
    return best != NULL ? ref_ok(*best) : ref_invalid();
}

static outcome rounded(const evaluation *e, const char *name, double number)
{
    double below = floor(number);
    if (strcmp(name, "math.floor") == 0)
        return ref_double(below);
    if (strcmp(name, "math.ceil") == 0)
        return ref_double(ceil(number));
    if (strcmp(name, "math.trunc") == 0)
        return ref_double(copysign(floor(fabs(number)), number));
    if (e->bug == REF_BUG_ROUND_EVEN)
        return ref_double(rint(number));
    return ref_double(copysign(
        fabs(number) - floor(fabs(number)) >= 0.5 ? ceil(fabs(number)) : floor(fabs(number)), number));
}

static outcome of_double(const evaluation *e, const char *name, const otr_value *a)
{
    if (a->type != OTR_TYPE_DOUBLE)
        return ref_invalid();
    if (strcmp(name, "math.isNaN") == 0)
        return ref_bool(isnan(a->number));
    if (strcmp(name, "math.isInf") == 0)
        return ref_bool(isinf(a->number));
    if (strcmp(name, "math.isFinite") == 0)
        return ref_bool(isfinite(a->number));
    return isfinite(a->number) ? rounded(e, name, a->number) : ref_ok(*a);
}

static outcome magnitude(evaluation *e, const otr_value *a)
{
    if (a->type == OTR_TYPE_DOUBLE)
        return ref_double(signbit(a->number) ? -a->number : a->number);
    if (a->type == OTR_TYPE_INT && a->integer < 0)
        return ref_apply(e, "-", a, 1);
    return ref_is_number(a) ? ref_ok(*a) : ref_invalid();
}

static outcome sign_of(const otr_value *a)
{
    switch (a->type) {
    case OTR_TYPE_INT:
        return ref_int(a->integer < 0 ? -1 : a->integer > 0);
    case OTR_TYPE_UINT:
        return ref_uint(a->natural > 0);
    case OTR_TYPE_DOUBLE:
        if (a->number > 0 || a->number < 0)
            return ref_double(a->number > 0 ? 1 : -1);
        return ref_ok(*a);
    default:
        return ref_invalid();
    }
}

/* One bit after the other. */
static uint64_t combine(char how, uint64_t a, uint64_t b)
{
    uint64_t result = 0;
    for (int i = 0; i < 64; i++) {
        bool left = a >> i & 1;
        bool right = b >> i & 1;
        bool bit = how == 'A'   ? left && right
                   : how == 'O' ? left || right
                   : how == 'X' ? left != right
                                : !left;
        result |= (uint64_t)bit << i;
    }
    return result;
}

static bool is_whole(const otr_value *a)
{
    return a->type == OTR_TYPE_INT || a->type == OTR_TYPE_UINT;
}

static outcome whole_like(const otr_value *a, uint64_t bits)
{
    return a->type == OTR_TYPE_INT ? ref_int((int64_t)bits) : ref_uint(bits);
}

static outcome bits(const evaluation *e, const char *name, const otr_value *operands, int count)
{
    const otr_value *a = operands;
    const otr_value *b = operands + (count > 1);
    bool shift = strncmp(name, "math.bitShift", 13) == 0;
    if (!is_whole(a) || !is_whole(b) || (!shift && a->type != b->type))
        return ref_invalid();
    uint64_t bits = a->type == OTR_TYPE_INT ? (uint64_t)a->integer : a->natural;
    uint64_t other = b->type == OTR_TYPE_INT ? (uint64_t)b->integer : b->natural;
    if (!shift)
        return whole_like(a, combine(name[8], bits, other));
    if (b->type != OTR_TYPE_INT || b->integer < 0)
        return ref_invalid();
    if (e->bug == REF_BUG_SHIFT_SIGNED && a->type == OTR_TYPE_INT && name[13] == 'R')
        return ref_int(b->integer >= 64 ? (a->integer < 0 ? -1 : 0) : a->integer >> b->integer);
    for (uint64_t i = 0; i < other && i < 64; i++)
        bits = name[13] == 'L' ? bits * 2 : bits / 2;
    return whole_like(a, bits);
}

bool ref_math(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out)
{
    if (strncmp(name, "math.", 5) != 0)
        return false;
    bool last = e->bug == REF_BUG_GREATEST_LAST;
    if (strcmp(name, "math.greatest") == 0)
        *out = extreme(e, last ? ">=" : ">", operands, (size_t)count);
    else if (strcmp(name, "math.least") == 0)
        *out = extreme(e, "<", operands, (size_t)count);
    else if (strcmp(name, "math.abs") == 0)
        *out = magnitude(e, operands);
    else if (strcmp(name, "math.sign") == 0)
        *out = sign_of(operands);
    else if (strncmp(name, "math.bit", 8) == 0)
        *out = bits(e, name, operands, count);
    else
        *out = of_double(e, name, operands);
    return true;
}

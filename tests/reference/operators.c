/* Operators, equality and order. Integers are worked out in 128 bits and then looked at. */
#include "evaluate.h"

#include <string.h>

outcome ref_int(int64_t number)
{
    return ref_ok((otr_value){.type = OTR_TYPE_INT, .integer = number});
}

outcome ref_uint(uint64_t number)
{
    return ref_ok((otr_value){.type = OTR_TYPE_UINT, .natural = number});
}

outcome ref_double(double number)
{
    return ref_ok((otr_value){.type = OTR_TYPE_DOUBLE, .number = number});
}

bool ref_is_number(const otr_value *value)
{
    return value->type == OTR_TYPE_INT || value->type == OTR_TYPE_UINT || value->type == OTR_TYPE_DOUBLE;
}

__int128 ref_ns(const otr_value *time)
{
    return (__int128)time->time * 1000 + time->below_ns;
}

outcome ref_from_ns(const evaluation *e, otr_type type, __int128 ns)
{
    const __int128 second = 1000000000;
    bool fits = ns >= INT64_MIN && ns <= INT64_MAX;
    if (type == OTR_TYPE_TIMESTAMP)
        fits = ns >= -62135596800 * second && (ns < 253402300800 * second || e->bug == REF_BUG_YEAR_10000);
    if (!fits)
        return ref_invalid();
    otr_value value = {.type = type, .below_ns = (int32_t)(((ns % 1000) + 1000) % 1000)};
    value.time = (otr_time)((ns - value.below_ns) / 1000);
    if (type == OTR_TYPE_DURATION && e->bug == REF_BUG_MICROSECONDS)
        value.below_ns = 0;
    return ref_ok(value);
}

static double as_double(const otr_value *value)
{
    if (value->type == OTR_TYPE_DOUBLE)
        return value->number;
    return value->type == OTR_TYPE_INT ? (double)value->integer : (double)value->natural;
}

static __int128 as_whole(const evaluation *e, const otr_value *value)
{
    if (value->type == OTR_TYPE_INT)
        return value->integer;
    return e->bug == REF_BUG_UINT_AS_INT ? (__int128)(int64_t)value->natural : (__int128)value->natural;
}

static bool numbers_equal(const evaluation *e, const otr_value *a, const otr_value *b)
{
    if (a->type == OTR_TYPE_DOUBLE || b->type == OTR_TYPE_DOUBLE || e->bug == REF_BUG_INTS_AS_DOUBLES) {
        double left = as_double(a);
        double right = as_double(b);
        return left == right || (e->bug == REF_BUG_NAN_EQUALS && left != left && right != right);
    }
    return as_whole(e, a) == as_whole(e, b);
}

static bool numbers_less(const evaluation *e, const otr_value *a, const otr_value *b)
{
    if (a->type == OTR_TYPE_DOUBLE || b->type == OTR_TYPE_DOUBLE || e->bug == REF_BUG_INTS_AS_DOUBLES)
        return as_double(a) < as_double(b);
    return as_whole(e, a) < as_whole(e, b);
}

const otr_value *ref_find(const evaluation *e, const otr_value *map, const otr_value *key)
{
    for (size_t i = 0; i < map->list.count; i++) {
        const otr_value *candidate = &map->list.items[2 * i];
        if (e->bug == REF_BUG_KEY_TYPES_MATTER && candidate->type != key->type)
            continue;
        if (ref_equal(e, candidate, key))
            return candidate + 1;
    }
    return NULL;
}

bool ref_equal(const evaluation *e, const otr_value *a, const otr_value *b)
{
    if (ref_is_number(a) && ref_is_number(b))
        return numbers_equal(e, a, b);
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case OTR_TYPE_NULL:
        return true;
    case OTR_TYPE_BOOL:
        return a->flag == b->flag;
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
    case OTR_TYPE_TYPE:
        return otr_str_equal(a->text, b->text);
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        return ref_ns(a) == ref_ns(b);
    case OTR_TYPE_LOCATION:
        return a->location.latitude == b->location.latitude && a->location.longitude == b->location.longitude;
    default:
        break;
    }
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++) {
        const otr_value *left = &a->list.items[a->type == OTR_TYPE_MAP ? 2 * i + 1 : i];
        const otr_value *right = a->type == OTR_TYPE_MAP ? ref_find(e, b, left - 1) : &b->list.items[i];
        if (right == NULL || !ref_equal(e, left, right))
            return false;
    }
    return true;
}

static int compare_octets(const evaluation *e, otr_str a, otr_str b)
{
    if (e->bug == REF_BUG_TEXT_BY_LENGTH && a.size != b.size)
        return a.size < b.size ? -1 : 1;
    for (size_t i = 0; i < a.size && i < b.size; i++)
        if (a.data[i] != b.data[i])
            return (unsigned char)a.data[i] < (unsigned char)b.data[i] ? -1 : 1;
    return a.size < b.size ? -1 : a.size > b.size;
}

/* a < b; *ordered is false for types that have no order. */
static bool less(const evaluation *e, const otr_value *a, const otr_value *b, bool *ordered)
{
    *ordered = true;
    if (ref_is_number(a) && ref_is_number(b))
        return numbers_less(e, a, b);
    *ordered = a->type == b->type;
    switch (a->type) {
    case OTR_TYPE_BOOL:
        return *ordered && !a->flag && b->flag;
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
        return *ordered && compare_octets(e, a->text, b->text) < 0;
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        return *ordered && ref_ns(a) < ref_ns(b);
    default:
        *ordered = false;
        return false;
    }
}

static outcome compare(const evaluation *e, const char *sign, const otr_value *a, const otr_value *b)
{
    bool ordered;
    bool or_equal = sign[1] == '=';
    bool is_less = sign[0] == '<' ? less(e, a, b, &ordered) : less(e, b, a, &ordered);
    if (!ordered)
        return ref_invalid();
    if (or_equal && e->bug == REF_BUG_NAN_NOT_GREATER)
        return ref_bool(sign[0] == '<' ? !less(e, b, a, &ordered) : !less(e, a, b, &ordered));
    return ref_bool(is_less || (or_equal && ref_equal(e, a, b)));
}

static outcome fit_int(const evaluation *e, char sign, __int128 result)
{
    bool wraps = (sign == '+' && e->bug == REF_BUG_ADD_WRAPS) ||
                 (sign == '*' && e->bug == REF_BUG_MULTIPLY_WRAPS) ||
                 (sign == '~' && e->bug == REF_BUG_NEGATE_WRAPS);
    if ((result < INT64_MIN || result > INT64_MAX) && !wraps)
        return ref_invalid();
    return ref_int((int64_t)(uint64_t)result);
}

static outcome ints(const evaluation *e, char sign, __int128 a, __int128 b)
{
    switch (sign) {
    case '+':
        return fit_int(e, sign, a + b);
    case '-':
        return fit_int(e, sign, a - b);
    case '*':
        return fit_int(e, sign, a * b);
    case '/':
        if (b == 0)
            return ref_invalid();
        if (e->bug == REF_BUG_DIVIDE_DOWN && a % b != 0 && (a < 0) != (b < 0))
            return fit_int(e, sign, a / b - 1);
        return fit_int(e, sign, a / b);
    default:
        if (b == 0 || (a == INT64_MIN && b == -1))
            return ref_invalid();
        if (e->bug == REF_BUG_REMAINDER_POSITIVE && a % b < 0)
            return ref_int((int64_t)(a % b + (b < 0 ? -b : b)));
        return ref_int((int64_t)(a % b));
    }
}

static outcome uints(const evaluation *e, char sign, __int128 a, __int128 b)
{
    __int128 result = 0;
    if ((sign == '/' || sign == '%') && b == 0)
        return ref_invalid();
    if (sign == '+')
        result = a + b;
    else if (sign == '-')
        result = a - b;
    else if (sign == '*' && a != 0 && b > UINT64_MAX / a)
        return ref_invalid();
    else if (sign == '*')
        result = a * b;
    else
        result = sign == '/' ? a / b : a % b;
    if (result > UINT64_MAX || (result < 0 && e->bug != REF_BUG_UINT_BELOW_ZERO))
        return ref_invalid();
    return ref_uint((uint64_t)result);
}

static outcome doubles(char sign, double a, double b)
{
    switch (sign) {
    case '+':
        return ref_double(a + b);
    case '-':
        return ref_double(a - b);
    case '*':
        return ref_double(a * b);
    case '/':
        return ref_double(a / b);
    default:
        return ref_invalid();
    }
}

static outcome times(const evaluation *e, char sign, const otr_value *a, const otr_value *b)
{
    bool instant_a = a->type == OTR_TYPE_TIMESTAMP;
    bool instant_b = b->type == OTR_TYPE_TIMESTAMP;
    if (sign == '+' && !(instant_a && instant_b))
        return ref_from_ns(e, instant_a || instant_b ? OTR_TYPE_TIMESTAMP : OTR_TYPE_DURATION,
                           ref_ns(a) + ref_ns(b));
    if (sign == '-' && (instant_a || !instant_b))
        return ref_from_ns(e, instant_a && !instant_b ? OTR_TYPE_TIMESTAMP : OTR_TYPE_DURATION,
                           ref_ns(a) - ref_ns(b));
    return ref_invalid();
}

static outcome joined(evaluation *e, const otr_value *a, const otr_value *b)
{
    if (a->type == OTR_TYPE_LIST) {
        otr_value *items = otr_arena_array(e->arena, a->list.count + b->list.count + 1, sizeof *items);
        size_t count = 0;
        for (size_t i = 0; i < a->list.count; i++)
            items[count++] = a->list.items[i];
        for (size_t i = 0; i < b->list.count; i++)
            items[count++] = b->list.items[i];
        return ref_list(e, items, (int)count);
    }
    char *text = otr_arena_alloc(e->arena, a->text.size + b->text.size + 1);
    for (size_t i = 0; i < a->text.size; i++)
        text[i] = a->text.data[i];
    for (size_t i = 0; i < b->text.size; i++)
        text[a->text.size + i] = b->text.data[i];
    return ref_ok((otr_value){.type = a->type, .text = {text, a->text.size + b->text.size}});
}

static bool is_time(const otr_value *value)
{
    return value->type == OTR_TYPE_TIMESTAMP || value->type == OTR_TYPE_DURATION;
}

static outcome arithmetic(evaluation *e, char sign, const otr_value *a, const otr_value *b)
{
    if (is_time(a) && is_time(b))
        return times(e, sign, a, b);
    if (a->type != b->type)
        return ref_invalid();
    if (a->type == OTR_TYPE_INT)
        return ints(e, sign, a->integer, b->integer);
    if (a->type == OTR_TYPE_UINT)
        return uints(e, sign, a->natural, b->natural);
    if (a->type == OTR_TYPE_DOUBLE)
        return doubles(sign, a->number, b->number);
    bool joins = a->type == OTR_TYPE_STRING || a->type == OTR_TYPE_BYTES || a->type == OTR_TYPE_LIST;
    return joins && sign == '+' ? joined(e, a, b) : ref_invalid();
}

static outcome negate(const evaluation *e, const otr_value *a)
{
    if (a->type == OTR_TYPE_DOUBLE)
        return ref_double(-a->number);
    return a->type == OTR_TYPE_INT ? fit_int(e, '~', -(__int128)a->integer) : ref_invalid();
}

static outcome index_list(const evaluation *e, const otr_value *list, const otr_value *key)
{
    if (!ref_is_number(key))
        return ref_invalid();
    for (size_t i = 0; i < list->list.count; i++) {
        otr_value here = {.type = OTR_TYPE_INT, .integer = (int64_t)i};
        bool cut =
            e->bug == REF_BUG_INDEX_CUT && as_double(key) > (double)i && as_double(key) < (double)i + 1;
        if (cut || numbers_equal(e, &here, key))
            return ref_ok(list->list.items[i]);
    }
    return ref_invalid();
}

static outcome index_of(const evaluation *e, const otr_value *object, const otr_value *key)
{
    if (object->type == OTR_TYPE_LIST)
        return index_list(e, object, key);
    if (object->type != OTR_TYPE_MAP)
        return ref_invalid();
    const otr_value *found = ref_find(e, object, key);
    return found != NULL ? ref_ok(*found) : ref_invalid();
}

static outcome is_in(const evaluation *e, const otr_value *key, const otr_value *object)
{
    if (object->type == OTR_TYPE_MAP)
        return ref_bool(ref_find(e, object, key) != NULL);
    if (object->type != OTR_TYPE_LIST)
        return ref_invalid();
    for (size_t i = 0; i < object->list.count; i++) {
        const otr_value *item = &object->list.items[i];
        if (ref_equal(e, key, item) && (e->bug != REF_BUG_IN_TYPES_MATTER || item->type == key->type))
            return ref_bool(true);
    }
    return ref_bool(false);
}

bool ref_operator(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out)
{
    const otr_value *a = operands;
    const otr_value *b = operands + (count > 1);
    if (strcmp(name, "in") == 0)
        *out = is_in(e, a, b);
    else if (strcmp(name, "[]") == 0)
        *out = index_of(e, a, b);
    else if (strcmp(name, "==") == 0 || strcmp(name, "!=") == 0)
        *out = ref_bool(ref_equal(e, a, b) == (name[0] == '='));
    else if (name[0] == '<' || name[0] == '>')
        *out = compare(e, name, a, b);
    else if (strcmp(name, "!") == 0)
        *out = a->type == OTR_TYPE_BOOL ? ref_bool(!a->flag) : ref_invalid();
    else if (strcmp(name, "-") == 0 && count == 1)
        *out = negate(e, a);
    else if (strchr("+-*/%", name[0]) != NULL)
        *out = arithmetic(e, name[0], a, b);
    else
        return false;
    return true;
}

#include "rules/cel/operate.h"

/* 0001-01-01T00:00:00Z to the last nanosecond of 9999. */
static const int64_t TIMESTAMP_SECONDS_MIN = -62135596800;
static const int64_t TIMESTAMP_SECONDS_END = 253402300800;
/* INT64_MIN and INT64_MAX nanoseconds, rounded down to microseconds, and what is left of each. */
static const otr_time DURATION_MIN_US = -9223372036854776;
static const otr_time DURATION_MAX_US = 9223372036854775;
enum { DURATION_MIN_BELOW_NS = 192, DURATION_MAX_BELOW_NS = 807, NS_PER_US = 1000 };

const char *otr_operator_text(otr_operator op)
{
    static const char *const texts[] = {
#define X(name, text) text,
        OTR_OPERATOR_LIST(X)
#undef X
    };
    return texts[op];
}

const char *otr_reason_text(otr_reason reason)
{
    static const char *const texts[] = {
#define X(name, text) text,
        OTR_REASON_LIST(X)
#undef X
    };
    return texts[reason];
}

otr_status otr_reason_status(otr_reason reason)
{
    bool limit = reason == OTR_REASON_ROOM || reason == OTR_REASON_STEPS || reason == OTR_REASON_SIZE;
    return limit ? OTR_LIMIT : OTR_INVALID;
}

/* How two values stand to each other; UNORDERED when one is NaN, INCOMPARABLE when CEL has no order for their
 * types. */
typedef enum order { BEFORE = -1, SAME = 0, AFTER = 1, UNORDERED = 2, INCOMPARABLE = 3 } order;

static order order_doubles(double a, double b)
{
    if (a < b)
        return BEFORE;
    if (a > b)
        return AFTER;
    return a == b ? SAME : UNORDERED;
}

static order order_int_uint(int64_t a, uint64_t b)
{
    if (a < 0 || (uint64_t)a < b)
        return BEFORE;
    return (uint64_t)a > b ? AFTER : SAME;
}

static order reverse(order found)
{
    return found == BEFORE || found == AFTER ? (order)-found : found;
}

static double as_double(const otr_value *value)
{
    if (value->type == OTR_TYPE_INT)
        return (double)value->integer;
    return value->type == OTR_TYPE_UINT ? (double)value->natural : value->number;
}

#define ORDER(a, b) ((order)(((a) > (b)) - ((a) < (b))))

static order order_numbers(const otr_value *a, const otr_value *b)
{
    if (a->type == OTR_TYPE_DOUBLE || b->type == OTR_TYPE_DOUBLE)
        return order_doubles(as_double(a), as_double(b));
    if (a->type == b->type)
        return a->type == OTR_TYPE_INT ? ORDER(a->integer, b->integer) : ORDER(a->natural, b->natural);
    if (a->type == OTR_TYPE_INT)
        return order_int_uint(a->integer, b->natural);
    return reverse(order_int_uint(b->integer, a->natural));
}

static order order_values(const otr_value *a, const otr_value *b)
{
    if (otr_type_is_numeric(a->type) && otr_type_is_numeric(b->type))
        return order_numbers(a, b);
    if (a->type != b->type)
        return INCOMPARABLE;
    switch (a->type) {
    case OTR_TYPE_BOOL:
        return ORDER(a->flag, b->flag);
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
        return ORDER(otr_str_compare(a->text, b->text), 0);
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        return a->time != b->time ? ORDER(a->time, b->time) : ORDER(a->below_ns, b->below_ns);
    default:
        return INCOMPARABLE;
    }
}

static bool equal_lists(const otr_value *a, const otr_value *b)
{
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++)
        if (!otr_operate_equal(&a->list.items[i], &b->list.items[i]))
            return false;
    return true;
}

static bool equal_maps(const otr_value *a, const otr_value *b)
{
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++) {
        const otr_value *other = otr_map_find(b, &a->list.items[2 * i]);
        if (other == NULL || !otr_operate_equal(&a->list.items[2 * i + 1], other))
            return false;
    }
    return true;
}

bool otr_operate_equal(const otr_value *a, const otr_value *b)
{
    if (a->type == OTR_TYPE_LIST && b->type == OTR_TYPE_LIST)
        return equal_lists(a, b);
    if (a->type == OTR_TYPE_MAP && b->type == OTR_TYPE_MAP)
        return equal_maps(a, b);
    if (a->type == OTR_TYPE_TYPE && b->type == OTR_TYPE_TYPE)
        return otr_str_equal(a->text, b->text);
    if (a->type == OTR_TYPE_NULL && b->type == OTR_TYPE_NULL)
        return true;
    if (a->type == OTR_TYPE_LOCATION && b->type == OTR_TYPE_LOCATION)
        return a->location.latitude == b->location.latitude && a->location.longitude == b->location.longitude;
    return order_values(a, b) == SAME;
}

otr_reason otr_operate_compare(otr_operator op, const otr_value *a, const otr_value *b, bool *out)
{
    if (op == OTR_OPERATOR_EQUAL || op == OTR_OPERATOR_NOT_EQUAL) {
        *out = otr_operate_equal(a, b) == (op == OTR_OPERATOR_EQUAL);
        return OTR_REASON_NONE;
    }
    order found = order_values(a, b);
    if (found == INCOMPARABLE)
        return OTR_REASON_NO_OVERLOAD;
    switch (op) {
    case OTR_OPERATOR_LESS:
        *out = found == BEFORE;
        return OTR_REASON_NONE;
    case OTR_OPERATOR_LESS_EQUAL:
        *out = found == BEFORE || found == SAME;
        return OTR_REASON_NONE;
    case OTR_OPERATOR_GREATER:
        *out = found == AFTER;
        return OTR_REASON_NONE;
    case OTR_OPERATOR_GREATER_EQUAL:
        *out = found == AFTER || found == SAME;
        return OTR_REASON_NONE;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
}

static otr_reason integers(otr_operator op, int64_t a, int64_t b, int64_t *out)
{
    bool over = false;
    switch (op) {
    case OTR_OPERATOR_ADD:
        over = __builtin_add_overflow(a, b, out);
        break;
    case OTR_OPERATOR_SUBTRACT:
        over = __builtin_sub_overflow(a, b, out);
        break;
    case OTR_OPERATOR_MULTIPLY:
        over = __builtin_mul_overflow(a, b, out);
        break;
    case OTR_OPERATOR_DIVIDE:
    case OTR_OPERATOR_REMAINDER:
        if (b == 0)
            return op == OTR_OPERATOR_DIVIDE ? OTR_REASON_DIVIDE_BY_ZERO : OTR_REASON_MODULUS_BY_ZERO;
        over = a == INT64_MIN && b == -1;
        if (!over)
            *out = op == OTR_OPERATOR_DIVIDE ? a / b : a % b;
        break;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
    return over ? OTR_REASON_OVERFLOW : OTR_REASON_NONE;
}

static otr_reason naturals(otr_operator op, uint64_t a, uint64_t b, uint64_t *out)
{
    bool over = false;
    switch (op) {
    case OTR_OPERATOR_ADD:
        over = __builtin_add_overflow(a, b, out);
        break;
    case OTR_OPERATOR_SUBTRACT:
        over = __builtin_sub_overflow(a, b, out);
        break;
    case OTR_OPERATOR_MULTIPLY:
        over = __builtin_mul_overflow(a, b, out);
        break;
    case OTR_OPERATOR_DIVIDE:
    case OTR_OPERATOR_REMAINDER:
        if (b == 0)
            return op == OTR_OPERATOR_DIVIDE ? OTR_REASON_DIVIDE_BY_ZERO : OTR_REASON_MODULUS_BY_ZERO;
        *out = op == OTR_OPERATOR_DIVIDE ? a / b : a % b;
        break;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
    return over ? OTR_REASON_OVERFLOW : OTR_REASON_NONE;
}

static otr_reason doubles(otr_operator op, double a, double b, double *out)
{
    switch (op) {
    case OTR_OPERATOR_ADD:
        *out = a + b;
        return OTR_REASON_NONE;
    case OTR_OPERATOR_SUBTRACT:
        *out = a - b;
        return OTR_REASON_NONE;
    case OTR_OPERATOR_MULTIPLY:
        *out = a * b;
        return OTR_REASON_NONE;
    case OTR_OPERATOR_DIVIDE:
        *out = a / b;
        return OTR_REASON_NONE;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
}

static bool fits(otr_type type, otr_time us, int32_t below_ns)
{
    if (type == OTR_TYPE_TIMESTAMP)
        return us >= TIMESTAMP_SECONDS_MIN * OTR_SECOND && us < TIMESTAMP_SECONDS_END * OTR_SECOND;
    /* as cel-go counts them, nanoseconds in 64 bits: about 292 years */
    return (us > DURATION_MIN_US || (us == DURATION_MIN_US && below_ns >= DURATION_MIN_BELOW_NS)) &&
           (us < DURATION_MAX_US || (us == DURATION_MAX_US && below_ns <= DURATION_MAX_BELOW_NS));
}

bool otr_value_fits(const otr_value *time)
{
    return fits(time->type, time->time, time->below_ns);
}

otr_time otr_value_whole_us(const otr_value *time)
{
    return time->time + (time->time < 0 && time->below_ns > 0);
}

static otr_reason times(otr_operator op, const otr_value *a, const otr_value *b, otr_value *out)
{
    bool instant_a = a->type == OTR_TYPE_TIMESTAMP;
    bool instant_b = b->type == OTR_TYPE_TIMESTAMP;
    otr_type type;
    otr_time us;
    int32_t below_ns;
    bool over;
    if (op == OTR_OPERATOR_ADD && !(instant_a && instant_b)) {
        over = __builtin_add_overflow(a->time, b->time, &us);
        below_ns = a->below_ns + b->below_ns;
        type = instant_a || instant_b ? OTR_TYPE_TIMESTAMP : OTR_TYPE_DURATION;
    } else if (op == OTR_OPERATOR_SUBTRACT && (instant_a || !instant_b)) {
        over = __builtin_sub_overflow(a->time, b->time, &us);
        below_ns = a->below_ns - b->below_ns;
        type = instant_a && !instant_b ? OTR_TYPE_TIMESTAMP : OTR_TYPE_DURATION;
    } else {
        return OTR_REASON_NO_OVERLOAD;
    }
    /* What is beyond 64 bits is so far beyond both ranges that a microsecond more or less brings nothing
     * back. */
    int32_t carry = (below_ns >= NS_PER_US) - (below_ns < 0);
    below_ns -= carry * NS_PER_US;
    over |= __builtin_add_overflow(us, carry, &us);
    if (over || !fits(type, us, below_ns))
        return OTR_REASON_OVERFLOW;
    *out = (otr_value){.type = type, .time = us, .below_ns = below_ns};
    return OTR_REASON_NONE;
}

static otr_reason join_text(const otr_value *a, const otr_value *b, otr_room *room, otr_value *out)
{
    otr_type type = a->type;
    otr_str left = a->text;
    otr_str right = b->text;
    char *text = otr_room_take(room, left.size + right.size);
    if (text == NULL)
        return OTR_REASON_ROOM;
    if (left.size > 0)
        memcpy(text, left.data, left.size);
    if (right.size > 0)
        memcpy(text + left.size, right.data, right.size);
    *out = (otr_value){.type = type, .text = {text, left.size + right.size}};
    return OTR_REASON_NONE;
}

static otr_reason join_lists(const otr_value *a, const otr_value *b, otr_room *room, otr_value *out)
{
    size_t left = a->list.count;
    size_t right = b->list.count;
    otr_value *items = otr_room_array(room, left + right, sizeof *items);
    if (items == NULL)
        return OTR_REASON_ROOM;
    if (left > 0)
        memcpy(items, a->list.items, left * sizeof *items);
    if (right > 0)
        memcpy(items + left, b->list.items, right * sizeof *items);
    return otr_value_collect(OTR_TYPE_LIST, items, left + right, out);
}

static bool is_time(otr_type type)
{
    return type == OTR_TYPE_TIMESTAMP || type == OTR_TYPE_DURATION;
}

otr_reason otr_operate_arithmetic(otr_operator op, const otr_value *a, const otr_value *b, otr_room *room,
                                  otr_value *out)
{
    if (is_time(a->type) && is_time(b->type))
        return times(op, a, b, out);
    if (a->type != b->type)
        return OTR_REASON_NO_OVERLOAD;
    otr_value result = {.type = a->type};
    otr_reason reason = OTR_REASON_NO_OVERLOAD;
    if (a->type == OTR_TYPE_DOUBLE)
        reason = doubles(op, a->number, b->number, &result.number);
    else if (a->type == OTR_TYPE_INT)
        reason = integers(op, a->integer, b->integer, &result.integer);
    else if (a->type == OTR_TYPE_UINT)
        reason = naturals(op, a->natural, b->natural, &result.natural);
    else if (op == OTR_OPERATOR_ADD && (a->type == OTR_TYPE_STRING || a->type == OTR_TYPE_BYTES))
        return join_text(a, b, room, out);
    else if (op == OTR_OPERATOR_ADD && a->type == OTR_TYPE_LIST)
        return join_lists(a, b, room, out);
    if (reason == OTR_REASON_NONE)
        *out = result;
    return reason;
}

otr_reason otr_operate_negate(const otr_value *a, otr_value *out)
{
    if (a->type == OTR_TYPE_DOUBLE) {
        *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = -a->number};
        return OTR_REASON_NONE;
    }
    if (a->type != OTR_TYPE_INT)
        return OTR_REASON_NO_OVERLOAD;
    if (a->integer == INT64_MIN)
        return OTR_REASON_OVERFLOW;
    *out = (otr_value){.type = OTR_TYPE_INT, .integer = -a->integer};
    return OTR_REASON_NONE;
}

otr_reason otr_operate_size(const otr_value *a, otr_value *out)
{
    int64_t size = 0;
    if (a->type == OTR_TYPE_BYTES) {
        size = (int64_t)a->text.size;
    } else if (a->type == OTR_TYPE_STRING) {
        for (size_t i = 0; i < a->text.size; i++)
            size += ((unsigned char)a->text.data[i] & 0xC0) != 0x80;
    } else if (a->type == OTR_TYPE_LIST || a->type == OTR_TYPE_MAP) {
        size = (int64_t)a->list.count;
    } else {
        return OTR_REASON_NO_OVERLOAD;
    }
    *out = (otr_value){.type = OTR_TYPE_INT, .integer = size};
    return OTR_REASON_NONE;
}

bool otr_text_ends(otr_str text, otr_str end)
{
    return text.size >= end.size &&
           (end.size == 0 || memcmp(text.data + (text.size - end.size), end.data, end.size) == 0);
}

bool otr_text_contains(otr_str text, otr_str part)
{
    return part.size == 0 ||
           (text.size >= part.size && memmem(text.data, text.size, part.data, part.size) != NULL);
}

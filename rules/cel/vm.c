#include "rules/cel/vm.h"

#include "base/limits.h"
#include "rules/cel/calendar.h"
#include "rules/cel/extension.h"
#include "rules/cel/macro.h"

/* Beyond every otr_type. */
enum { FAULT = 255 };

_Static_assert(sizeof(otr_value) == 24, "values are copied a lot");
_Static_assert(sizeof(otr_fault) == sizeof(uint64_t), "a fault fits the union of a value");
_Static_assert(OTR_TYPE_LOCATION < 32, "a set of types fits a word");

/* What a host may give; anything else is refused where it comes in, so that the machine need not look again.
 */
static const uint32_t HOST_TYPES = 1U << OTR_TYPE_NULL | 1U << OTR_TYPE_BOOL | 1U << OTR_TYPE_INT |
                                   1U << OTR_TYPE_UINT | 1U << OTR_TYPE_DOUBLE | 1U << OTR_TYPE_STRING |
                                   1U << OTR_TYPE_BYTES | 1U << OTR_TYPE_TIMESTAMP | 1U << OTR_TYPE_DURATION |
                                   1U << OTR_TYPE_LOCATION;

static inline bool is_host_type(otr_type type, otr_type wanted)
{
    if (wanted != OTR_TYPE_DYN)
        return type == wanted;
    return (unsigned)type < 32 && (HOST_TYPES >> (unsigned)type & 1) != 0;
}

static inline void put_bool(otr_value *slot, bool flag)
{
    slot->type = OTR_TYPE_BOOL;
    slot->flag = flag;
}

static otr_value fault_value(otr_fault fault)
{
    otr_value value = {.type = (otr_type)FAULT};
    memcpy(&value.natural, &fault, sizeof fault);
    return value;
}

static otr_fault fault_of(const otr_value *value)
{
    otr_fault fault;
    memcpy(&fault, &value->natural, sizeof fault);
    return fault;
}

/* Of two errors the one that is told: no value yet before any other, since the value may still decide; else
 * the first. */
static const otr_value *heavier(const otr_value *first, const otr_value *second)
{
    bool unknown = fault_of(second).status == OTR_UNKNOWN && fault_of(first).status != OTR_UNKNOWN;
    return unknown ? second : first;
}

/* The fault of an operand that is no bool, which may be a fault already. */
static otr_value as_fault(const otr_value *value, uint32_t at)
{
    if (value->type == (otr_type)FAULT)
        return *value;
    return fault_value((otr_fault){
        .status = OTR_INVALID, .reason = OTR_REASON_NO_OVERLOAD, .left = (uint8_t)value->type, .at = at});
}

/* Comparisons that are not double with double; value and other may be the same memory. */
static otr_reason compare_slowly(unsigned offset, const otr_value *a, const otr_value *b, otr_value *slot)
{
    bool flag = false;
    otr_reason reason = otr_operate_compare((otr_operator)(OTR_OPERATOR_EQUAL + offset), a, b, &flag);
    if (reason == OTR_REASON_NONE)
        put_bool(slot, flag);
    return reason;
}

#define CASE(name) label_##name:
#define NEXT                                                                                                 \
    do {                                                                                                     \
        at++;                                                                                                \
        goto *labels[at->code];                                                                              \
    } while (0)
#define GO(target)                                                                                           \
    do {                                                                                                     \
        at = code + (target);                                                                                \
        goto *labels[at->code];                                                                              \
    } while (0)
#define RAISE(status_, reason_, left_, right_)                                                               \
    do {                                                                                                     \
        fault = (otr_fault){.status = (uint8_t)(status_),                                                    \
                            .reason = (uint8_t)(reason_),                                                    \
                            .left = (uint8_t)(left_),                                                        \
                            .right = (uint8_t)(right_),                                                      \
                            .at = (uint32_t)(at - code)};                                                    \
        goto raise;                                                                                          \
    } while (0)
/* For a reason, whose status follows from it. */
#define RAISE_REASON(reason_, left_, right_) RAISE(otr_reason_status(reason_), reason_, left_, right_)
#define LIKELY(condition) __builtin_expect((condition), 1)
#define UNLIKELY(condition) __builtin_expect((condition), 0)

/* Fields are dyn to the checker but most are doubles. */
#define BOTH_DOUBLES (top[-1].type == OTR_TYPE_DOUBLE && top->type == OTR_TYPE_DOUBLE)
#define COMPARE_GENERIC(name, sign, offset)                                                                  \
    CASE(name)                                                                                               \
    {                                                                                                        \
        top--;                                                                                               \
        if (LIKELY(BOTH_DOUBLES)) {                                                                          \
            put_bool(top - 1, top[-1].number sign top->number);                                              \
            NEXT;                                                                                            \
        }                                                                                                    \
        otr_reason reason = compare_slowly(offset, top - 1, top, top - 1);                                   \
        if (UNLIKELY(reason != OTR_REASON_NONE))                                                             \
            RAISE(OTR_INVALID, reason, top[-1].type, top->type);                                             \
        NEXT;                                                                                                \
    }
#define COMPARE_DOUBLE(name, sign)                                                                           \
    CASE(name)                                                                                               \
    {                                                                                                        \
        top--;                                                                                               \
        put_bool(top - 1, top[-1].number sign top->number);                                                  \
        NEXT;                                                                                                \
    }
#define COMPARE_CONSTANT(name, sign, offset)                                                                 \
    CASE(name)                                                                                               \
    {                                                                                                        \
        otr_status status = host->load(host->context, at->symbol, top);                                      \
        if (UNLIKELY(status != OTR_OK))                                                                      \
            RAISE(status, OTR_REASON_HOST, 0, 0);                                                            \
        if (LIKELY(top->type == OTR_TYPE_DOUBLE)) {                                                          \
            put_bool(top, top->number sign constants[at->index].number);                                     \
        } else {                                                                                             \
            if (!is_host_type(top->type, (otr_type)at->kind))                                                \
                RAISE(OTR_INVALID, OTR_REASON_TYPE, top->type, 0);                                           \
            otr_reason reason = compare_slowly(offset, top, &constants[at->index], top);                     \
            if (reason != OTR_REASON_NONE)                                                                   \
                RAISE(OTR_INVALID, reason, top->type, OTR_TYPE_DOUBLE);                                      \
        }                                                                                                    \
        top++;                                                                                               \
        NEXT;                                                                                                \
    }
#define COMPARE_SYMBOLS(name, sign, offset)                                                                  \
    CASE(name)                                                                                               \
    {                                                                                                        \
        otr_status status = host->load(host->context, at->symbol, top);                                      \
        if (UNLIKELY(status != OTR_OK))                                                                      \
            RAISE(status, OTR_REASON_HOST, 0, 0);                                                            \
        status = host->load(host->context, at->index, top + 1);                                              \
        if (LIKELY(status == OTR_OK && top->type == OTR_TYPE_DOUBLE && top[1].type == OTR_TYPE_DOUBLE)) {    \
            put_bool(top, top->number sign top[1].number);                                                   \
        } else {                                                                                             \
            if (!is_host_type(top->type,                                                                     \
                              (at->kind & OTR_LEFT_DOUBLE) != 0 ? OTR_TYPE_DOUBLE : OTR_TYPE_DYN))           \
                RAISE(OTR_INVALID, OTR_REASON_TYPE, top->type, 0);                                           \
            if (status != OTR_OK) /* what is wrong on the left comes first */                                \
                RAISE(status, OTR_REASON_HOST, 0, 1);                                                        \
            if (!is_host_type(top[1].type,                                                                   \
                              (at->kind & OTR_RIGHT_DOUBLE) != 0 ? OTR_TYPE_DOUBLE : OTR_TYPE_DYN))          \
                RAISE(OTR_INVALID, OTR_REASON_TYPE, top[1].type, 1);                                         \
            otr_reason reason = compare_slowly(offset, top, top + 1, top);                                   \
            if (reason != OTR_REASON_NONE)                                                                   \
                RAISE(OTR_INVALID, reason, top->type, top[1].type);                                          \
        }                                                                                                    \
        top++;                                                                                               \
        NEXT;                                                                                                \
    }
#define ARITHMETIC_SLOWLY(name)                                                                              \
    otr_reason reason = otr_operate_arithmetic(OTR_OPERATOR_##name, top - 1, top, host->room, top - 1);      \
    if (UNLIKELY(reason != OTR_REASON_NONE))                                                                 \
        RAISE_REASON(reason, top[-1].type, top->type);                                                       \
    NEXT;
#define ARITHMETIC(name, sign)                                                                               \
    CASE(name)                                                                                               \
    {                                                                                                        \
        top--;                                                                                               \
        if (LIKELY(BOTH_DOUBLES)) {                                                                          \
            top[-1].number = top[-1].number sign top->number;                                                \
            NEXT;                                                                                            \
        }                                                                                                    \
        ARITHMETIC_SLOWLY(name)                                                                              \
    }
#define ARITHMETIC_DOUBLE(name, sign)                                                                        \
    CASE(name)                                                                                               \
    {                                                                                                        \
        top--;                                                                                               \
        top[-1].number = top[-1].number sign top->number;                                                    \
        NEXT;                                                                                                \
    }
#define TEXT(name, call)                                                                                     \
    CASE(name)                                                                                               \
    {                                                                                                        \
        top--;                                                                                               \
        if (UNLIKELY(top[-1].type != OTR_TYPE_STRING || top->type != OTR_TYPE_STRING))                       \
            RAISE(OTR_INVALID, OTR_REASON_NO_OVERLOAD,                                                       \
                  top[-1].type != OTR_TYPE_STRING ? top[-1].type : top->type, 0);                            \
        put_bool(top - 1, call(top[-1].text, top->text));                                                    \
        NEXT;                                                                                                \
    }
#define UNARY(reason_)                                                                                       \
    otr_reason reason = reason_;                                                                             \
    if (UNLIKELY(reason != OTR_REASON_NONE))                                                                 \
        RAISE(OTR_INVALID, reason, top[-1].type, 0);                                                         \
    NEXT;
/* decided: the value of one operand that settles the chain. */
#define LOGIC_FIRST(name, decided)                                                                           \
    CASE(name)                                                                                               \
    {                                                                                                        \
        if (LIKELY(top[-1].type == OTR_TYPE_BOOL)) {                                                         \
            if (top[-1].flag == (decided))                                                                   \
                GO(at->symbol);                                                                              \
        } else {                                                                                             \
            top[-1] = as_fault(top - 1, (uint32_t)(at - code));                                              \
        }                                                                                                    \
        NEXT;                                                                                                \
    }
#define LOGIC_MERGE(decided)                                                                                 \
    top--;                                                                                                   \
    if (LIKELY(top->type == OTR_TYPE_BOOL)) {                                                                \
        if (top->flag == (decided)) {                                                                        \
            put_bool(top - 1, decided);                                                                      \
            GO(at->symbol);                                                                                  \
        }                                                                                                    \
    } else {                                                                                                 \
        *top = as_fault(top, (uint32_t)(at - code));                                                         \
        top[-1] = top[-1].type == (otr_type)FAULT ? *heavier(top - 1, top) : *top;                           \
    }
#define LOGIC_NEXT(name, decided)                                                                            \
    CASE(name)                                                                                               \
    {                                                                                                        \
        LOGIC_MERGE(decided)                                                                                 \
        NEXT;                                                                                                \
    }
#define LOGIC_LAST(name, decided)                                                                            \
    CASE(name)                                                                                               \
    {                                                                                                        \
        LOGIC_MERGE(decided)                                                                                 \
        if (UNLIKELY(top[-1].type == (otr_type)FAULT)) {                                                     \
            fault = fault_of(top - 1);                                                                       \
            goto raise;                                                                                      \
        }                                                                                                    \
        NEXT;                                                                                                \
    }

otr_status otr_vm_run(const otr_expression *program, const otr_host *host, otr_value *out, otr_error *error)
{
    static const void *const labels[] = {
#define X(name, effect) &&label_##name,
        OTR_OPCODE_LIST(X)
#undef X
    };
    otr_value stack[OTR_STACK_SLOTS];
    otr_value *top = stack; /* the first free slot */
    const otr_instruction *const code = program->code;
    const otr_value *const constants = program->constants;
    const otr_instruction *at = code;
    otr_fault fault;
    uint32_t steps = OTR_LIMIT_EXPRESSION_STEPS; /* left for macros and regular expressions */
    goto *labels[at->code];

    CASE(CONSTANT)
    {
        *top++ = constants[at->index];
        NEXT;
    }
    CASE(LOAD)
    {
        otr_status status = host->load(host->context, at->symbol, top);
        if (UNLIKELY(status != OTR_OK))
            RAISE(status, OTR_REASON_HOST, 0, 0);
        if (UNLIKELY(!is_host_type(top->type, (otr_type)at->kind)))
            RAISE(OTR_INVALID, OTR_REASON_TYPE, top->type, 0);
        top++;
        NEXT;
    }
    CASE(CALL)
    {
        otr_status status = host->call(host->context, at->symbol, top);
        if (UNLIKELY(status != OTR_OK))
            RAISE(status, OTR_REASON_HOST, 0, 0);
        if (UNLIKELY(!is_host_type(top->type, (otr_type)at->kind)))
            RAISE(OTR_INVALID, OTR_REASON_TYPE, top->type, 0);
        top++;
        NEXT;
    }
    CASE(LATITUDE)
    {
        if (UNLIKELY(top[-1].type != OTR_TYPE_LOCATION))
            RAISE(OTR_INVALID, OTR_REASON_NO_OVERLOAD, top[-1].type, 0);
        top[-1] = (otr_value){.type = OTR_TYPE_DOUBLE, .number = top[-1].location.latitude};
        NEXT;
    }
    CASE(LONGITUDE)
    {
        if (UNLIKELY(top[-1].type != OTR_TYPE_LOCATION))
            RAISE(OTR_INVALID, OTR_REASON_NO_OVERLOAD, top[-1].type, 0);
        top[-1] = (otr_value){.type = OTR_TYPE_DOUBLE, .number = top[-1].location.longitude};
        NEXT;
    }
    COMPARE_GENERIC(EQUAL, ==, 0)
    COMPARE_GENERIC(NOT_EQUAL, !=, 1)
    COMPARE_GENERIC(LESS, <, 2)
    COMPARE_GENERIC(LESS_EQUAL, <=, 3)
    COMPARE_GENERIC(GREATER, >, 4)
    COMPARE_GENERIC(GREATER_EQUAL, >=, 5)
    ARITHMETIC(ADD, +)
    ARITHMETIC(SUBTRACT, -)
    ARITHMETIC(MULTIPLY, *)
    ARITHMETIC(DIVIDE, /)
    CASE(REMAINDER)
    {
        top--;
        ARITHMETIC_SLOWLY(REMAINDER)
    }
    CASE(NOT)
    {
        if (UNLIKELY(top[-1].type != OTR_TYPE_BOOL))
            RAISE(OTR_INVALID, OTR_REASON_NO_OVERLOAD, top[-1].type, 0);
        top[-1].flag = !top[-1].flag;
        NEXT;
    }
    CASE(NEGATE)
    {
        otr_reason reason = otr_operate_negate(top - 1, top - 1);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE(OTR_INVALID, reason, top[-1].type, 0);
        NEXT;
    }
    COMPARE_DOUBLE(EQUAL_DOUBLE, ==)
    COMPARE_DOUBLE(NOT_EQUAL_DOUBLE, !=)
    COMPARE_DOUBLE(LESS_DOUBLE, <)
    COMPARE_DOUBLE(LESS_EQUAL_DOUBLE, <=)
    COMPARE_DOUBLE(GREATER_DOUBLE, >)
    COMPARE_DOUBLE(GREATER_EQUAL_DOUBLE, >=)
    ARITHMETIC_DOUBLE(ADD_DOUBLE, +)
    ARITHMETIC_DOUBLE(SUBTRACT_DOUBLE, -)
    ARITHMETIC_DOUBLE(MULTIPLY_DOUBLE, *)
    ARITHMETIC_DOUBLE(DIVIDE_DOUBLE, /)
    COMPARE_CONSTANT(EQUAL_CONSTANT, ==, 0)
    COMPARE_CONSTANT(NOT_EQUAL_CONSTANT, !=, 1)
    COMPARE_CONSTANT(LESS_CONSTANT, <, 2)
    COMPARE_CONSTANT(LESS_EQUAL_CONSTANT, <=, 3)
    COMPARE_CONSTANT(GREATER_CONSTANT, >, 4)
    COMPARE_CONSTANT(GREATER_EQUAL_CONSTANT, >=, 5)
    COMPARE_SYMBOLS(EQUAL_SYMBOLS, ==, 0)
    COMPARE_SYMBOLS(NOT_EQUAL_SYMBOLS, !=, 1)
    COMPARE_SYMBOLS(LESS_SYMBOLS, <, 2)
    COMPARE_SYMBOLS(LESS_EQUAL_SYMBOLS, <=, 3)
    COMPARE_SYMBOLS(GREATER_SYMBOLS, >, 4)
    COMPARE_SYMBOLS(GREATER_EQUAL_SYMBOLS, >=, 5)
    CASE(VARIABLE)
    {
        otr_status status = host->load(host->context, at->symbol, top);
        if (UNLIKELY(status != OTR_OK))
            RAISE(status, OTR_REASON_HOST, 0, 0);
        if (UNLIKELY((unsigned)top->type > OTR_TYPE_LOCATION || top->type == OTR_TYPE_DYN))
            RAISE(OTR_INVALID, OTR_REASON_TYPE, top->type, 0);
        top++;
        NEXT;
    }
    CASE(LOCAL)
    {
        *top++ = stack[at->index];
        NEXT;
    }
    CASE(SELECT){UNARY(otr_operate_select(top - 1, constants[at->index].text, top - 1))} CASE(HAS)
    {
        bool flag = false;
        otr_reason reason = otr_operate_has(top - 1, constants[at->index].text, &flag);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE(OTR_INVALID, reason, top[-1].type, 0);
        put_bool(top - 1, flag);
        NEXT;
    }
    CASE(HAS_SYMBOL)
    {
        otr_status status = host->load(host->context, at->symbol, top);
        if (UNLIKELY(status != OTR_OK && status != OTR_NOT_FOUND))
            RAISE(status, OTR_REASON_HOST, 0, 0);
        put_bool(top++, status == OTR_OK);
        NEXT;
    }
    CASE(INDEX)
    {
        top--;
        otr_reason reason = otr_operate_index(top - 1, top, top - 1);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE(OTR_INVALID, reason, top[-1].type, top->type);
        NEXT;
    }
    CASE(TYPE)
    {
        top[-1] = otr_operate_type(top - 1);
        NEXT;
    }
    CASE(LIST)
    {
        otr_value list;
        otr_reason reason = otr_make_list(host->room, top - at->index, at->index, &list);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, OTR_TYPE_LIST, 0);
        top -= at->index;
        *top++ = list;
        NEXT;
    }
    CASE(MAP)
    {
        otr_value map;
        size_t taken = 2 * (size_t)at->index; /* keys and values */
        otr_reason reason = otr_make_map(host->room, top - taken, at->index, &map);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, OTR_TYPE_MAP, 0);
        top -= taken;
        *top++ = map;
        NEXT;
    }
    CASE(FAIL)
    {
        RAISE(OTR_INVALID, OTR_REASON_REFUSED, 0, 0);
    }
    CASE(IN)
    {
        top--;
        bool flag = false;
        otr_reason reason = otr_operate_in(top - 1, top, &flag);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE(OTR_INVALID, reason, top[-1].type, top->type);
        put_bool(top - 1, flag);
        NEXT;
    }
    CASE(IN_CONSTANT)
    {
        bool flag = false;
        (void)otr_operate_in(top - 1, &constants[at->index], &flag);
        put_bool(top - 1, flag);
        NEXT;
    }
    CASE(MATCHES)
    {
        top--;
        bool flag = false;
        otr_reason reason = otr_macro_matches(NULL, top - 1, top, host->room, &steps, &flag);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, top[-1].type, top->type);
        put_bool(top - 1, flag);
        NEXT;
    }
    CASE(MATCHES_CONSTANT)
    {
        bool flag = false;
        otr_reason reason =
            otr_macro_matches(program->regexes[at->index], top - 1, NULL, NULL, &steps, &flag);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, top[-1].type, 0);
        put_bool(top - 1, flag);
        NEXT;
    }
    CASE(CALENDAR)
    {
        otr_value part;
        otr_reason reason = otr_calendar_get((otr_call)at->kind, host, top - at->index, at->index, &part);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE(OTR_INVALID, reason, top[-(int)at->index].type, 0);
        top -= at->index;
        *top++ = part;
        NEXT;
    }
    CASE(EXTENSION)
    {
        otr_value result;
        otr_reason reason = otr_extension_call(otr_function_get((int)at->symbol), top - at->index, at->index,
                                               host->room, &result);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, top[-(int)at->index].type, 0);
        top -= at->index;
        *top++ = result;
        NEXT;
    }
    CASE(START)
    {
        otr_reason reason = otr_macro_start((otr_call)at->kind, host->room, top - 1);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, top[-1].type, 0);
        top += 2 + at->index;
        NEXT;
    }
    CASE(STEP)
    {
        otr_value *slots = top - 3 - at->index;
        if (!otr_macro_step(slots, at->index))
            GO(at->symbol);
        uint32_t cost = at->symbol - (uint32_t)(at - code);
        if (UNLIKELY(steps < cost))
            RAISE(OTR_LIMIT, OTR_REASON_STEPS, 0, 0);
        steps -= cost;
        NEXT;
    }
    CASE(SKIP)
    {
        top--;
        if (UNLIKELY(top->type != OTR_TYPE_BOOL))
            RAISE(OTR_INVALID, OTR_REASON_NO_OVERLOAD, top->type, 0);
        if (!top->flag)
            GO(at->symbol);
        NEXT;
    }
    CASE(GATHER)
    {
        top--;
        otr_value *slots = top - 3 - at->index;
        if (at->kind == OTR_CALL_ALL || at->kind == OTR_CALL_EXISTS) {
            bool decides = at->kind == OTR_CALL_EXISTS;
            if (UNLIKELY(top->type != OTR_TYPE_BOOL)) {
                *top = as_fault(top, (uint32_t)(at - code));
                slots[2] = slots[2].type == (otr_type)FAULT ? *heavier(&slots[2], top) : *top;
            } else if (top->flag == decides) {
                put_bool(&slots[2], decides);
                GO(code[at->symbol].symbol);
            }
            GO(at->symbol);
        }
        otr_reason reason = otr_macro_gather((otr_call)at->kind, slots, at->index, top);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, top->type, 0);
        GO(at->symbol);
    }
    CASE(FINISH)
    {
        top -= 2 + at->index;
        if (UNLIKELY(top[1].type == (otr_type)FAULT)) {
            fault = fault_of(top + 1);
            goto raise;
        }
        if (at->kind == OTR_CALL_EXISTS_ONE)
            put_bool(top - 1, top[1].integer == 1);
        else
            top[-1] = top[1];
        NEXT;
    }
    CASE(SIZE)
    {
        otr_reason reason = otr_operate_size(top - 1, top - 1);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE(OTR_INVALID, reason, top[-1].type, 0);
        NEXT;
    }
    TEXT(STARTS, otr_str_starts)
    TEXT(ENDS, otr_text_ends)
    TEXT(CONTAINS, otr_text_contains)
    CASE(CONVERT)
    {
        otr_reason reason = otr_operate_convert((otr_type)at->kind, top - 1, host->room, top - 1);
        if (UNLIKELY(reason != OTR_REASON_NONE))
            RAISE_REASON(reason, top[-1].type, 0);
        NEXT;
    }
    LOGIC_FIRST(AND_FIRST, false)
    LOGIC_NEXT(AND_NEXT, false)
    LOGIC_LAST(AND_LAST, false)
    LOGIC_FIRST(OR_FIRST, true)
    LOGIC_NEXT(OR_NEXT, true)
    LOGIC_LAST(OR_LAST, true)
    CASE(JUMP)
    {
        GO(at->symbol);
    }
    CASE(JUMP_UNLESS)
    {
        top--;
        if (UNLIKELY(top->type != OTR_TYPE_BOOL))
            RAISE(OTR_INVALID, OTR_REASON_NO_OVERLOAD, top->type, 0);
        if (!top->flag)
            GO(at->symbol);
        NEXT;
    }
    CASE(RETURN)
    {
        if (UNLIKELY(at->kind != OTR_TYPE_DYN && top[-1].type != (otr_type)at->kind))
            RAISE(OTR_INVALID, OTR_REASON_TYPE, top[-1].type, 0);
        *out = top[-1];
        return OTR_OK;
    }

raise : {
    /* The innermost && or || around the place takes the error as its operand. at is where the error passes
     * through, which for one that a chain hands on is the chain's end. */
    const otr_place *place = &program->places[at - code];
    if (place->handler == 0 || fault.status == OTR_LIMIT) /* a limit ends it, whatever else may decide */
        return otr_fault_tell(program, fault, error);
    top = stack + place->depth;
    *top++ = fault_value(fault);
    GO(place->handler);
}
}

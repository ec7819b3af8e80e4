/*
 * What CEL's operators and conversions mean for scalar values. The compiler folds constants and the machine
 * evaluates with these same functions, so that both always agree. No allocation.
 */
#ifndef OTR_RULES_OPERATE_H
#define OTR_RULES_OPERATE_H

#include "rules/value.h"

#define OTR_OPERATOR_LIST(X)                                                                                 \
    X(OR, "||")                                                                                              \
    X(AND, "&&")                                                                                             \
    X(EQUAL, "==")                                                                                           \
    X(NOT_EQUAL, "!=")                                                                                       \
    X(LESS, "<")                                                                                             \
    X(LESS_EQUAL, "<=")                                                                                      \
    X(GREATER, ">")                                                                                          \
    X(GREATER_EQUAL, ">=")                                                                                   \
    X(IN, "in")                                                                                              \
    X(ADD, "+")                                                                                              \
    X(SUBTRACT, "-")                                                                                         \
    X(MULTIPLY, "*")                                                                                         \
    X(DIVIDE, "/")                                                                                           \
    X(REMAINDER, "%")                                                                                        \
    X(NOT, "!")                                                                                              \
    X(NEGATE, "-")

typedef enum otr_operator {
#define X(name, text) OTR_OPERATOR_##name,
    OTR_OPERATOR_LIST(X)
#undef X
} otr_operator;

/* Why an operation has no result. */
#define OTR_REASON_LIST(X)                                                                                   \
    X(NONE, "")                                                                                              \
    X(HOST, "no value")                                                                                      \
    X(OVERFLOW, "the result is out of range")                                                                \
    X(DIVIDE_BY_ZERO, "division by zero")                                                                    \
    X(MODULUS_BY_ZERO, "modulus by zero")                                                                    \
    X(NO_OVERLOAD, "no matching overload")                                                                   \
    X(TYPE, "a value of another type")                                                                       \
    X(RANGE, "the value does not fit the type it is converted to")                                           \
    X(FORMAT, "the text cannot be read as the type it is converted to")

typedef enum otr_reason {
#define X(name, text) OTR_REASON_##name,
    OTR_REASON_LIST(X)
#undef X
} otr_reason;

/* "a bool", "an int", "null": for messages. */
const char *otr_type_phrase(otr_type type);
const char *otr_operator_text(otr_operator op);
const char *otr_reason_text(otr_reason reason);

static inline bool otr_type_is_numeric(otr_type type)
{
    return type == OTR_TYPE_INT || type == OTR_TYPE_UINT || type == OTR_TYPE_DOUBLE;
}

/* == over any two values: numbers by their value, other types differ when their types do. */
bool otr_operate_equal(const otr_value *a, const otr_value *b);
/* EQUAL to GREATER_EQUAL. An order between an int or uint and a double is that of the number rounded to
 * double. */
otr_reason otr_operate_compare(otr_operator op, const otr_value *a, const otr_value *b, bool *out);
/* ADD to REMAINDER; out may be a or b. */
otr_reason otr_operate_arithmetic(otr_operator op, const otr_value *a, const otr_value *b, otr_value *out);
otr_reason otr_operate_negate(const otr_value *a, otr_value *out);
/* Code points of a string, bytes of bytes. */
otr_reason otr_operate_size(const otr_value *a, otr_value *out);
bool otr_text_ends(otr_str text, otr_str end);
bool otr_text_contains(otr_str text, otr_str part);

/* The conversions that need no memory; out may be from. A string made of bytes is a view of them. */
otr_reason otr_operate_convert(otr_type to, const otr_value *from, otr_value *out);
/*
 * CEL's durations: an optional sign, then numbers with decimals and a unit: h m s ms us ns, and d (24 h) and
 * w as our own additions. Parts of a microsecond are cut off.
 */
otr_reason otr_duration_parse(otr_str text, otr_time *out);

#endif

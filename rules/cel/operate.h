/*
 * What CEL's operators and conversions mean. The compiler folds constants and the machine evaluates with
 * these same functions, so that both always agree. No allocation: what has to be made is made in the room
 * given; without one (NULL) the reason is ROOM.
 */
#ifndef OTR_RULES_OPERATE_H
#define OTR_RULES_OPERATE_H

#include "base/status.h"
#include "rules/cel/room.h"
#include "rules/cel/value.h"

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
    X(FORMAT, "the text cannot be read as the type it is converted to")                                      \
    X(NO_KEY, "no such key")                                                                                 \
    X(INDEX, "the index is out of range")                                                                    \
    X(KEY_TYPE, "a key of a map is a bool, int, uint or string")                                             \
    X(REPEATED_KEY, "a map has each key once")                                                               \
    X(NO_FIELD, "a value of this type has no such field")                                                    \
    X(PATTERN, "the regular expression cannot be read")                                                      \
    X(ZONE, "there is no such time zone")                                                                    \
    X(ARGUMENT, "an argument is out of range")                                                               \
    X(CLAUSE, "format() has a % clause that is none, or none for its argument")                              \
    X(SIZE, "a list or map has too many values in it")                                                       \
    X(REFUSED, "refused")                                                                                    \
    X(ROOM, "the room for text, lists and maps is used up")                                                  \
    X(STEPS, "too many steps")

typedef enum otr_reason {
#define X(name, text) OTR_REASON_##name,
    OTR_REASON_LIST(X)
#undef X
} otr_reason;

/* "a bool", "an int", "null": for messages. */
const char *otr_type_phrase(otr_type type);
const char *otr_operator_text(otr_operator op);
const char *otr_reason_text(otr_reason reason);
/* LIMIT where room or steps ran out, else INVALID. */
otr_status otr_reason_status(otr_reason reason);

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
otr_reason otr_operate_arithmetic(otr_operator op, const otr_value *a, const otr_value *b, otr_room *room,
                                  otr_value *out);
otr_reason otr_operate_negate(const otr_value *a, otr_value *out);
/* Code points of a string, bytes of bytes, items of a list, entries of a map. */
otr_reason otr_operate_size(const otr_value *a, otr_value *out);
bool otr_text_ends(otr_str text, otr_str end);
bool otr_text_contains(otr_str text, otr_str part);

/* LISTs and MAPs are made with the number of their nodes; SIZE when they are too many. */
otr_reason otr_value_collect(otr_type type, const otr_value *items, size_t count, otr_value *out);
/* How many nodes a value adds to what it lies in. */
uint32_t otr_value_nodes(const otr_value *value);

/* object[key], object.key, key in object and whether object has the key. out may be an operand. */
otr_reason otr_operate_index(const otr_value *object, const otr_value *key, otr_value *out);
otr_reason otr_operate_select(const otr_value *object, otr_str field, otr_value *out);
otr_reason otr_operate_in(const otr_value *key, const otr_value *object, bool *out);
otr_reason otr_operate_has(const otr_value *object, otr_str field, bool *out);
/* The value of the key, or NULL. */
const otr_value *otr_map_find(const otr_value *map, const otr_value *key);
/* Whether count pairs may be a map: types of keys, each once. */
otr_reason otr_map_check(const otr_value *pairs, size_t count);
/* The type of a value, as a value. */
otr_value otr_operate_type(const otr_value *of);
/* The type that has this name as a value: int, list, google.protobuf.Timestamp, ...; false when none has. */
bool otr_type_named(otr_str name, otr_value *out);

/* out may be from. A string made of bytes is a view of them. */
otr_reason otr_operate_convert(otr_type to, const otr_value *from, otr_room *room, otr_value *out);
/*
 * CEL's durations: an optional sign, then numbers with decimals and a unit: h m s ms us ns, and d (24 h) and
 * w as our own additions. Parts of a nanosecond are cut off.
 */
otr_reason otr_duration_parse(otr_str text, otr_value *out);

/* The text of a value as string() has it: of all scalar types but null. Constant text is not copied. */
otr_reason otr_text_of(const otr_value *from, otr_room *room, otr_str *out);
enum { OTR_NUMBER_TEXT_BYTES = 40 };
/* The shortest text that reads back as the same number; returns its length. */
size_t otr_number_format(double number, char out[OTR_NUMBER_TEXT_BYTES]);
/* Valid UTF-8; NUL is a character like any other here. */
bool otr_text_is_utf8(otr_str text);

/* Whether a TIMESTAMP or DURATION is in its type's range: years 1 to 9999, nanoseconds in 64 bits. */
bool otr_value_fits(const otr_value *time);
/* Its microseconds, parts of one cut off towards zero. */
otr_time otr_value_whole_us(const otr_value *time);

#endif

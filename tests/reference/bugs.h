/*
 * Mistakes that the reference evaluator makes on demand, one at a time, so that a test can show that the
 * comparison would notice each of them in the product.
 */
#ifndef OTR_REFERENCE_BUGS_H
#define OTR_REFERENCE_BUGS_H

#define REF_BUG_LIST(X)                                                                                      \
    X(NONE, "none")                                                                                          \
    X(AND_LEFT_TO_RIGHT, "an error on the left of && ends it")                                               \
    X(OR_LEFT_TO_RIGHT, "an error on the left of || ends it")                                                \
    X(UNKNOWN_WEIGHS_NO_MORE, "of two errors the first is told, unknown or not")                             \
    X(BRANCHES_EAGER, "an error in the branch not taken counts")                                             \
    X(ADD_WRAPS, "int + wraps around")                                                                       \
    X(MULTIPLY_WRAPS, "int * wraps around")                                                                  \
    X(NEGATE_WRAPS, "-INT64_MIN is itself")                                                                  \
    X(UINT_BELOW_ZERO, "uint - wraps around below zero")                                                     \
    X(DIVIDE_DOWN, "int / rounds down")                                                                      \
    X(REMAINDER_POSITIVE, "the remainder is never negative")                                                 \
    X(INTS_AS_DOUBLES, "ints are compared as doubles")                                                       \
    X(UINT_AS_INT, "uints are compared with ints as ints")                                                   \
    X(NAN_EQUALS, "NaN equals itself")                                                                       \
    X(NAN_NOT_GREATER, "a <= b is !(a > b), also for NaN")                                                   \
    X(TEXT_BY_LENGTH, "a shorter text comes first")                                                          \
    X(SIZE_IN_BYTES, "the size of a text is its bytes")                                                      \
    X(KEY_TYPES_MATTER, "1 and 1u are two keys")                                                             \
    X(KEYS_TWICE, "a map may have a key twice")                                                              \
    X(IN_TYPES_MATTER, "in tells 1 from 1.0")                                                                \
    X(INDEX_CUT, "an index with a fraction is cut")                                                          \
    X(ALL_OF_NOTHING, "all of an empty list is false")                                                       \
    X(EXISTS_ONE_AT_LEAST, "exists_one holds for two")                                                       \
    X(MACRO_FIRST_ERROR, "an error of one item ends all and exists")                                         \
    X(OUTER_VARIABLE, "the outer variable hides the inner one")                                              \
    X(HAS_UNKNOWN, "has() of an unknown field is false")                                                     \
    X(INT_ROUNDS, "int(double) rounds")                                                                      \
    X(UINT_OF_NEGATIVE, "uint(-1) wraps around")                                                             \
    X(MICROSECONDS, "spans are cut to microseconds")                                                         \
    X(YEAR_10000, "instants have no end")                                                                    \
    X(MONTH_FROM_ONE, "getMonth counts from 1")                                                              \
    X(ZONE_IGNORED, "getHours ignores its offset")                                                           \
    X(POSITIONS_IN_BYTES, "substring counts bytes")                                                          \
    X(SPLIT_LIMIT, "split makes one piece more than asked for")                                              \
    X(REPLACE_ALL, "replace has no limit")                                                                   \
    X(TRIM_ASCII, "trim leaves white space beyond ASCII")                                                    \
    X(ROUND_EVEN, "halves are rounded to even")                                                              \
    X(SHIFT_SIGNED, "a shift to the right keeps the sign")                                                   \
    X(GREATEST_LAST, "of equals greatest gives the last")                                                    \
    X(STAR_ONCE, "a* takes at least one")

typedef enum ref_bug {
#define X(name, text) REF_BUG_##name,
    REF_BUG_LIST(X)
#undef X
        REF_BUGS
} ref_bug;

#endif

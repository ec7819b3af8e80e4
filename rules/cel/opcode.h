/*
 * The machine's instructions in one table: name, and by how much it moves the stack. A value stack machine;
 * every instruction is 8 bytes. The first comment of each group says which fields of otr_instruction it
 * reads.
 */
#ifndef OTR_RULES_OPCODE_H
#define OTR_RULES_OPCODE_H

#include "rules/cel/value.h"

#define OTR_OPCODE_LIST(X)                                                                                   \
    /* index: of the constant */                                                                             \
    X(CONSTANT, 1)                                                                                           \
    /* symbol, kind: the type it must have, DYN for any */                                                   \
    X(LOAD, 1)                                                                                               \
    /* symbol: number of the use, kind: the type it must have, DYN for any */                                \
    X(CALL, 1)                                                                                               \
    X(LATITUDE, 0)                                                                                           \
    X(LONGITUDE, 0)                                                                                          \
    /* symbol: of an environment, of any type */                                                             \
    X(VARIABLE, 1)                                                                                           \
    /* index: the slot of the stack where a macro keeps it */                                                \
    X(LOCAL, 1)                                                                                              \
    /* index: the constant with the field's name */                                                          \
    X(SELECT, 0)                                                                                             \
    X(HAS, 0)                                                                                                \
    /* symbol: of a field, which may be missing */                                                           \
    X(HAS_SYMBOL, 1)                                                                                         \
    X(INDEX, -1)                                                                                             \
    X(TYPE, 0)                                                                                               \
    /* index: how many values or pairs are on the stack. Their effects are 1 - index and 1 - 2 * index */    \
    X(LIST, 1)                                                                                               \
    X(MAP, 1)                                                                                                \
    /* index: the constant that says why there is no value */                                                \
    X(FAIL, 1)                                                                                               \
    /* any types, found when run */                                                                          \
    X(EQUAL, -1)                                                                                             \
    X(NOT_EQUAL, -1)                                                                                         \
    X(LESS, -1)                                                                                              \
    X(LESS_EQUAL, -1)                                                                                        \
    X(GREATER, -1)                                                                                           \
    X(GREATER_EQUAL, -1)                                                                                     \
    X(ADD, -1)                                                                                               \
    X(SUBTRACT, -1)                                                                                          \
    X(MULTIPLY, -1)                                                                                          \
    X(DIVIDE, -1)                                                                                            \
    X(REMAINDER, -1)                                                                                         \
    X(NOT, 0)                                                                                                \
    X(NEGATE, 0)                                                                                             \
    /* both operands are doubles: the checker knows */                                                       \
    X(EQUAL_DOUBLE, -1)                                                                                      \
    X(NOT_EQUAL_DOUBLE, -1)                                                                                  \
    X(LESS_DOUBLE, -1)                                                                                       \
    X(LESS_EQUAL_DOUBLE, -1)                                                                                 \
    X(GREATER_DOUBLE, -1)                                                                                    \
    X(GREATER_EQUAL_DOUBLE, -1)                                                                              \
    X(ADD_DOUBLE, -1)                                                                                        \
    X(SUBTRACT_DOUBLE, -1)                                                                                   \
    X(MULTIPLY_DOUBLE, -1)                                                                                   \
    X(DIVIDE_DOUBLE, -1)                                                                                     \
    /* symbol against constants[index], a double; kind: the type the symbol must have */                     \
    X(EQUAL_CONSTANT, 1)                                                                                     \
    X(NOT_EQUAL_CONSTANT, 1)                                                                                 \
    X(LESS_CONSTANT, 1)                                                                                      \
    X(LESS_EQUAL_CONSTANT, 1)                                                                                \
    X(GREATER_CONSTANT, 1)                                                                                   \
    X(GREATER_EQUAL_CONSTANT, 1)                                                                             \
    /* symbol against the symbol with number index; kind: OTR_LEFT_DOUBLE, OTR_RIGHT_DOUBLE */               \
    X(EQUAL_SYMBOLS, 1)                                                                                      \
    X(NOT_EQUAL_SYMBOLS, 1)                                                                                  \
    X(LESS_SYMBOLS, 1)                                                                                       \
    X(LESS_EQUAL_SYMBOLS, 1)                                                                                 \
    X(GREATER_SYMBOLS, 1)                                                                                    \
    X(GREATER_EQUAL_SYMBOLS, 1)                                                                              \
    /* the value below in the list or map above; in the constant with the number index */                    \
    X(IN, -1)                                                                                                \
    X(IN_CONSTANT, 0)                                                                                        \
    /* the pattern above; the program's regular expression with the number index */                          \
    X(MATCHES, -1)                                                                                           \
    X(MATCHES_CONSTANT, 0)                                                                                   \
    /* kind: otr_call, index: operands, the first a timestamp or duration. Its effect is 1 - index */        \
    X(CALENDAR, 0)                                                                                           \
    /* kind: otr_call of an extension, index: operands, symbol: its entry in functions.h. Its effect is 1 -  \
     * index */                                                                                              \
    X(EXTENSION, 0)                                                                                          \
    /* a macro over the list or map on top, called slot 0: slot 1 counts, slot 2 gathers, slots 3 and 4 are  \
     * the variables. kind: otr_call, index: the number of variables. START makes the slots, STEP sets the   \
     * variables or goes to symbol, the macro's FINISH; after the condition SKIP goes back to symbol, the    \
     * STEP, where it is false; GATHER takes what was said of the variables and goes back to symbol. FINISH  \
     * leaves the result in slot 0 */                                                                        \
    X(START, 0)                                                                                              \
    X(STEP, 0)                                                                                               \
    X(SKIP, -1)                                                                                              \
    X(GATHER, -1)                                                                                            \
    X(FINISH, 0)                                                                                             \
    X(SIZE, 0)                                                                                               \
    X(STARTS, -1)                                                                                            \
    X(ENDS, -1)                                                                                              \
    X(CONTAINS, -1)                                                                                          \
    /* kind: the type to convert to */                                                                       \
    X(CONVERT, 0)                                                                                            \
    /* a chain a && b && c is: a, AND_FIRST, b, AND_NEXT, c, AND_LAST; symbol: where to go once it is        \
     * decided. The slot below holds true or the error met so far */                                         \
    X(AND_FIRST, 0)                                                                                          \
    X(AND_NEXT, -1)                                                                                          \
    X(AND_LAST, -1)                                                                                          \
    X(OR_FIRST, 0)                                                                                           \
    X(OR_NEXT, -1)                                                                                           \
    X(OR_LAST, -1)                                                                                           \
    /* symbol: the target */                                                                                 \
    X(JUMP, 0)                                                                                               \
    X(JUMP_UNLESS, -1)                                                                                       \
    /* kind: the type the result must have, DYN for any */                                                   \
    X(RETURN, -1)

typedef enum otr_opcode {
#define X(name, effect) OTR_OPCODE_##name,
    OTR_OPCODE_LIST(X)
#undef X
} otr_opcode;

enum { OTR_LEFT_DOUBLE = 1, OTR_RIGHT_DOUBLE = 2 };

typedef struct otr_instruction {
    uint8_t code;
    uint8_t kind;
    uint16_t index;
    uint32_t symbol;
} otr_instruction;

#endif

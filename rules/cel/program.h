/* What emit makes and vm runs. Everything lives in the arena given to the compiler. */
#ifndef OTR_RULES_PROGRAM_H
#define OTR_RULES_PROGRAM_H

#include "rules/cel/expression.h"
#include "rules/cel/opcode.h"
#include "rules/cel/regex.h"

/*
 * Slots of the machine's stack, on the C stack of the caller: 3 KiB. Twelve nestings of all precedences
 * take 60.
 */
enum { OTR_STACK_SLOTS = 128 };

/* Beside each instruction, read only when it fails. */
typedef struct otr_place {
    int32_t line;
    int32_t column;
    uint16_t
        handler; /* the AND_ or OR_ instruction that takes the error as its operand; 0: the evaluation ends */
    uint16_t depth; /* of the stack there, without the operand */
} otr_place;

struct otr_expression {
    const otr_instruction *code;
    const otr_value *constants;
    const otr_place *places;
    const uint32_t *symbols;
    const otr_str *names; /* of symbols, in their order */
    const otr_regex *const *regexes;
    const uint32_t *uses;
    const otr_str *use_names; /* of uses, in their order: "location.distance" */
    const otr_time *spans;
    uint32_t code_count;
    uint32_t symbol_count;
    uint32_t use_count;
    uint32_t span_count;
    uint64_t hash;
    bool constant; /* a bool that is known without a run */
    bool constant_value;
    bool makes;   /* text, lists or maps: needs a room */
    bool compare; /* a symbol against a number, and nothing else */
};

#endif

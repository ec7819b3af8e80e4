/* What emit.c gathers while it goes through the tree, and emit_finish.c puts into the program. */
#ifndef OTR_RULES_EMITTER_H
#define OTR_RULES_EMITTER_H

#include "rules/cel/program.h"
#include "rules/cel/source.h"

/* An operand of && or ||: errors inside it go to its test. Operand 0 is the whole expression: nobody takes
 * its errors. */
typedef struct otr_term {
    uint16_t test;
    uint16_t depth;
} otr_term;

typedef struct otr_emitter {
    otr_source *source;
    const otr_symbols *names;
    otr_instruction *code;
    uint32_t *positions; /* byte offset in the source, per instruction */
    uint16_t *within;    /* operand that an instruction is in */
    otr_term *operands;
    otr_value *constants;
    uint32_t *symbols;
    uint32_t *uses;
    const otr_regex **regexes;
    uint16_t *slots; /* of macros' variables, by their number */
    otr_arena *arena;
    uint32_t regex_count;
    uint32_t code_count;
    uint32_t operand_count;
    uint32_t constant_count;
    uint32_t symbol_count;
    uint32_t use_count;
    uint32_t capacity;
    uint32_t depth; /* of the stack, at this point of the program */
    uint32_t depth_max;
    uint16_t current; /* operand */
    bool makes;       /* text, lists or maps */
} otr_emitter;

/* Moves what the program needs out of the scratch memory into the arena. False when memory is out, recorded
 * in the source. */
bool otr_emit_finish(const otr_emitter *e, otr_expression *out);

#endif

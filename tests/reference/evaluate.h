/*
 * What an expression means, said as plainly as possible and without regard for speed: a tree is walked, names
 * are compared as texts, everything made is a new copy in the arena. It shares nothing with rules/ but the
 * form of a value.
 */
#ifndef OTR_REFERENCE_EVALUATE_H
#define OTR_REFERENCE_EVALUATE_H

#include "bugs.h"
#include "tree.h"

typedef struct outcome {
    otr_status status; /* OK, UNKNOWN, NOT_FOUND or INVALID; LIMIT: the reference cannot tell */
    otr_value value;
} outcome;

outcome ref_evaluate(otr_arena *arena, const ref_node *root, const ref_world *world, ref_bug bug);

/* Between the files of the evaluator: */

typedef struct variable {
    const char *name;
    otr_value value;
    const struct variable *outer;
} variable;

typedef struct evaluation {
    otr_arena *arena;
    const ref_world *world;
    ref_bug bug;
    bool beyond; /* something was asked for that the reference does not know */
    const variable *variables;
} evaluation;

/* An operator or function with the values of its operands. */
outcome ref_apply(evaluation *e, const char *name, const otr_value *operands, int count);
/* The families of functions; false when the name is none of theirs. */
bool ref_operator(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out);
bool ref_convert(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out);
bool ref_text(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out);
bool ref_math(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out);
bool ref_calendar(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out);

bool ref_equal(const evaluation *e, const otr_value *a, const otr_value *b);
/* The value of a key, or NULL. */
const otr_value *ref_find(const evaluation *e, const otr_value *map, const otr_value *key);
/* string(x), also of null as format() has it; false when there is none. */
bool ref_to_text(evaluation *e, const otr_value *value, otr_str *out);
/* printf into the arena. */
otr_str ref_print(evaluation *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The code points of a text; false when it is not UTF-8. */
bool ref_points(evaluation *e, otr_str text, uint32_t **points, int *count);
otr_str ref_text_of_points(evaluation *e, const uint32_t *points, int count);
/* Whether the pattern is found in the text; false when it cannot be read. */
bool ref_matches(evaluation *e, otr_str text, otr_str pattern, bool *found);
bool ref_format(evaluation *e, otr_str format, const otr_value *list, otr_str *out);

/* Nanoseconds of a timestamp or duration, and back; INVALID out of its range. */
__int128 ref_ns(const otr_value *time);
outcome ref_from_ns(const evaluation *e, otr_type type, __int128 ns);

outcome ref_invalid(void);
outcome ref_ok(otr_value value);
outcome ref_bool(bool flag);
outcome ref_int(int64_t number);
outcome ref_uint(uint64_t number);
outcome ref_double(double number);
outcome ref_string(otr_str text);
outcome ref_list(evaluation *e, const otr_value *items, int count);
bool ref_is_number(const otr_value *value);

#endif

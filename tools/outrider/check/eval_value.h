/* Values of the rule language as JSON, in the ProtoJSON form of cel.expr.Value, and as text for people. */
#ifndef OTR_TOOLS_EVAL_VALUE_H
#define OTR_TOOLS_EVAL_VALUE_H

#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "rules/cel/expression.h"

enum { OTR_EVAL_DEPTH_MAX = 64 };

/* The value in the arena's memory. INVALID where the JSON is no value, or is a message; *error says why. */
otr_status otr_eval_read(const json_t *json, otr_arena *arena, otr_value *out, otr_error *error);
/* A new reference; NULL when memory is out. */
json_t *otr_eval_write(const otr_value *value);
/* As it would be written in an expression; bytes, times and types in the form that makes them. */
void otr_eval_print(FILE *out, const otr_value *value);

#endif

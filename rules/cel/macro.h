/* What the machine's instructions for lists, maps, macros and regular expressions do, apart from moving its
 * stack. */
#ifndef OTR_RULES_MACRO_H
#define OTR_RULES_MACRO_H

#include "rules/cel/functions.h"
#include "rules/cel/operate.h"
#include "rules/cel/regex.h"

otr_reason otr_make_list(otr_room *room, const otr_value *items, size_t count, otr_value *out);
otr_reason otr_make_map(otr_room *room, const otr_value *pairs, size_t count, otr_value *out);

/* slots as at START in opcode.h: [0] the list or map, [1] the count, [2] what is gathered, [3] and [4] the
 * variables. */
otr_reason otr_macro_start(otr_call call, otr_room *room, otr_value *slots);
/* Sets the variables to the next item; false when there is none. */
bool otr_macro_step(otr_value *slots, uint32_t variables);
/* EXISTS_ONE, MAP, FILTER, TRANSFORM_LIST, TRANSFORM_MAP: takes what was said of the variables. */
otr_reason otr_macro_gather(otr_call call, otr_value *slots, uint32_t variables, const otr_value *said);

/* regex, or else the pattern, read in the room. *steps pays for it: one for 4096 steps of the pattern at a
 * character. */
otr_reason otr_macro_matches(const otr_regex *regex, const otr_value *text, const otr_value *pattern,
                             otr_room *room, uint32_t *steps, bool *out);

#endif

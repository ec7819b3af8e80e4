/*
 * Regular expressions for matches(): the syntax of RE2 without capturing and without Unicode classes, run as
 * a set of states that moves over the text once (Thompson 1968, Pike): time is text times states, for any
 * pattern.
 */
#ifndef OTR_RULES_REGEX_H
#define OTR_RULES_REGEX_H

#include "base/arena.h"
#include "rules/cel/room.h"

typedef struct otr_regex otr_regex;

enum {
    OTR_REGEX_STEPS_MAX = 1000, /* of one pattern, after x{2,5} is written out */
    OTR_REGEX_RANGES_MAX = 500, /* in all its classes */
    OTR_REGEX_DEPTH_MAX = 32,   /* of groups */
    OTR_REGEX_REPEAT_MAX = 1000,
};

/* Whether the pattern can be read; if not, *why is a constant text and *at the byte where it went wrong. */
bool otr_regex_check(otr_str pattern, const char **why, size_t *at);
/* NULL when memory is out or the pattern is bad. */
const otr_regex *otr_regex_create(otr_arena *arena, otr_str pattern);
/* The same in a room. */
const otr_regex *otr_regex_make(otr_room *room, otr_str pattern);
/* How many steps it has. */
size_t otr_regex_size(const otr_regex *regex);
/* Whether some part of the text, UTF-8, matches. A byte that is no UTF-8 counts as U+FFFD. Allocates nothing.
 */
bool otr_regex_search(const otr_regex *regex, otr_str text);

#endif

/*
 * A journey as people draw it: its steps in order, of each what the reader is told (on stage) and who works
 * behind it (backstage). Loaded whole or refused whole; immutable once loaded. A map says what is meant to
 * be; whether packs do so is told by outrider check.
 */
#ifndef OTR_RULES_JOURNEY_MAP_H
#define OTR_RULES_JOURNEY_MAP_H

#include "base/arena.h"
#include "base/status.h"
#include "base/time.h"

/* A word of the map and its place in the file; text empty: not given, the place is that of what lacks it. */
typedef struct otr_journey_word {
    otr_str text;
    int line;
    int column;
} otr_journey_word;

typedef struct otr_journey_step {
    otr_journey_word name;
    /* on stage */
    otr_journey_word rule;    /* whose alarm is the step */
    otr_journey_word message; /* that the rule tells */
    otr_journey_word card;    /* of advice that it sends too; may be left out */
    otr_journey_word to;      /* whom: "customer", a persona, "staff.ROLE" */
    otr_journey_word told;    /* the goal as it is written */
    otr_time told_within;     /* from when it happened; 0: no goal */
    /* backstage */
    otr_journey_word queue;        /* of tickets; may be left out */
    otr_journey_word owner;        /* who answers for the step */
    const otr_journey_word *rules; /* that the owner works with */
    size_t rule_count;
} otr_journey_step;

typedef struct otr_journey_map {
    otr_arena memory; /* owns everything below */
    otr_str name;
    const otr_journey_word *packs; /* that tell the journey */
    size_t pack_count;
    const otr_journey_step *steps;
    size_t step_count;
} otr_journey_map;

/* On failure *out is NULL and *error has line, column and reason. A step may lack what it should have. */
otr_status otr_journey_load(otr_str yaml, otr_journey_map **out, otr_error *error);
void otr_journey_free(otr_journey_map *map);

/* The step of that rule, or NULL. */
const otr_journey_step *otr_journey_step_of(const otr_journey_map *map, otr_str rule);

#endif

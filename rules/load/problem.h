/*
 * Problems: what many cases have in common, with an owner, from the day on which it showed to the version of
 * a pack that fixed it. They stand under `problems` of a knowledge file (rules/KNOWLEDGE.md); `outrider
 * trends` proposes them. New tickets that an open one is about say so.
 */
#ifndef OTR_RULES_PROBLEM_H
#define OTR_RULES_PROBLEM_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/status.h"
#include "rules/load/yaml.h"

/* X(NAME, word) */
#define OTR_PROBLEM_STATES(X)                                                                                \
    X(PROPOSED, "proposed") /* by figures alone: no ticket names it */                                       \
    X(OPEN, "open")                                                                                          \
    X(FIXED, "fixed")
typedef enum otr_problem_state {
#define X(name, word) OTR_PROBLEM_##name,
    OTR_PROBLEM_STATES(X)
#undef X
        OTR_PROBLEM_STATE_COUNT
} otr_problem_state;
const char *otr_problem_state_text(otr_problem_state state);

/* The words are those of the figures' dimensions (codec/bucket.h). X(NAME, word) */
#define OTR_PROBLEM_KEYS(X)                                                                                  \
    X(RULE, "rule")       /* PACK/RULE */                                                                    \
    X(PRODUCT, "product") /* the asset's model, else its class */                                            \
    X(LOT, "lot")                                                                                            \
    X(LANE, "lane")   /* ORIGIN>DESTINATION */                                                               \
    X(CAUSE, "cause") /* the likely cause, else the category */                                              \
    X(QUEUE, "queue")                                                                                        \
    X(STEP, "step")
typedef enum otr_problem_key {
#define X(name, word) OTR_PROBLEM_##name,
    OTR_PROBLEM_KEYS(X)
#undef X
        OTR_PROBLEM_KEY_COUNT
} otr_problem_key;
const char *otr_problem_key_text(otr_problem_key key);

/* What a problem or a case is about; empty: nothing is said of that. */
typedef struct otr_problem_subject {
    otr_str keys[OTR_PROBLEM_KEY_COUNT];
    otr_str category; /* of a case: stands in for its cause */
} otr_problem_subject;

typedef struct otr_problem {
    int line;
    int column;
    otr_str id; /* a slug, unique in its file */
    otr_problem_state state;
    otr_str owner;               /* who sees to it; empty: nobody yet */
    otr_str since;               /* a day, YYYY-MM-DD; may be empty */
    otr_str text;                /* what new tickets say */
    otr_problem_subject subject; /* all that is given must fit; at least one is */
    otr_str fixed_pack;          /* from this version of this pack on it is over; empty: none yet */
    int64_t fixed_version;
    const otr_id *cases; /* linked */
    size_t case_count;
} otr_problem;

/* The list of a knowledge file; node may be NULL: none. Texts and list live in the memory. */
otr_status otr_problems_read(otr_arena *memory, const otr_yaml *node, const otr_problem **out, size_t *count,
                             otr_error *error);
/* Whether a case is one of the problem's. */
bool otr_problem_fits(const otr_problem *problem, const otr_problem_subject *of);
/* The first day is given as text: YYYY-MM-DD and a day that exists. */
bool otr_problem_day_ok(otr_str text);

#endif

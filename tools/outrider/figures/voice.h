/*
 * What readers think of rules, in their words (useful, known, wrong, late) and by what they do, and what
 * would make a rule better. No I/O in here.
 */
#ifndef OTR_TOOLS_VOICE_H
#define OTR_TOOLS_VOICE_H

#include <jansson.h>

#include "base/estimate.h"
#include "base/limits.h"
#include "codec/bucket.h"

enum {
    OTR_VOICE_OPINIONS_LEAST =
        10, /* of a rule, before anything is proposed: below, intervals say all or nothing */
    OTR_VOICE_SPREAD_LEAST = 5, /* values that a delay or limit is read from */
};

typedef enum otr_proposal_kind {
    OTR_PROPOSE_LONGER,  /* `for` of amount, s, where it is shorter */
    OTR_PROPOSE_SHORTER, /* `for` at most amount, s */
    OTR_PROPOSE_LIMIT,   /* the limit further out by amount, thousandths of it */
    OTR_PROPOSE_LOOK,    /* neither would help: look at the condition, or whom it is told */
    OTR_PROPOSALS
} otr_proposal_kind;

typedef struct otr_proposal {
    const otr_bucket_cell *cell;
    otr_proposal_kind kind;
    otr_bucket_count because; /* WRONG, LATE or MUTED: the sort of opinion it is about */
    otr_estimate share;       /* of its readers who say so */
    int64_t amount;
    otr_estimate removed; /* of the alarms that they complain of; n is 0 for SHORTER and LOOK */
    otr_estimate lost;    /* of those that were useful */
} otr_proposal;

/* Opinions: useful, known, wrong and late. */
uint64_t otr_voice_opinions(const otr_bucket_cell *cell);
/* Of the opinions: those that found it useful; those that did not call it wrong. */
otr_estimate otr_voice_useful(const otr_bucket_cell *cell);
otr_estimate otr_voice_precision(const otr_bucket_cell *cell);

/* Proposals for the rules of a sum, in its order; list has room for `room`. Returns how many. */
size_t otr_voice_propose(const otr_bucket *sum, otr_proposal *list, size_t room);
/* One sentence, without a full stop. */
void otr_proposal_say(const otr_proposal *proposal, otr_buffer *out);
const char *otr_proposal_kind_text(otr_proposal_kind kind);

/*
 * The pack's YAML with the proposal in it and its version one up, and nothing else of it changed, which is
 * checked by loading both. DENIED: the rule is of another pack; NOT_FOUND: the pack has no such rule, or
 * nothing that this could change (the reason says which); INVALID: the pack does not load, or its text cannot
 * be changed by this.
 */
otr_status otr_voice_patch(otr_str yaml, const otr_proposal *proposal, otr_buffer *out, otr_error *error);
/* PACK and RULE of a key; false when it is none. */
bool otr_voice_rule_of(otr_str key, otr_str *pack, otr_str *rule);

/* Tables of opinions, signs and scores. */
void otr_voice_say(const otr_bucket *sum, otr_buffer *out);
void otr_voice_put(const otr_bucket *sum, json_t *root);
json_t *otr_proposal_put(const otr_proposal *proposal);

#endif

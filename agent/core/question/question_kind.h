/*
 * What customers may be asked once a trouble is over, and the reasons among which they choose after a poor
 * answer. Numbers are in the journal and in snapshots.
 */
#ifndef OTR_CORE_QUESTION_KIND_H
#define OTR_CORE_QUESTION_KIND_H

#include "base/str.h"

/* X(number, NAME, word, least, most, up to which it is a poor answer, from which on a good one) */
#define OTR_QUESTIONS(X)                                                                                     \
    X(0, SATISFACTION, "satisfaction", 1, 5, 2, 4)                                                           \
    X(1, EFFORT, "effort", 1, 7, 3, 5) /* how easy it was */                                                 \
    X(2, NPS, "nps", 0, 10, 6, 9)      /* whether they would recommend us */

/* X(number, NAME, word) */
#define OTR_QUESTION_REASONS(X)                                                                              \
    X(1, LATE, "late")                                                                                       \
    X(2, UNCLEAR, "unclear")                                                                                 \
    X(3, NOT_SOLVED, "not-solved")                                                                           \
    X(4, HAD_TO_REPEAT, "had-to-repeat")                                                                     \
    X(5, TOO_MANY, "too-many-messages")

typedef enum otr_question_kind {
#define X(number, name, ...) OTR_QUESTION_##name = (number),
    OTR_QUESTIONS(X)
#undef X
        OTR_QUESTION_KINDS
} otr_question_kind;

typedef enum otr_question_reason {
    OTR_QUESTION_NO_REASON,
#define X(number, name, ...) OTR_QUESTION_REASON_##name = (number),
    OTR_QUESTION_REASONS(X)
#undef X
        OTR_QUESTION_REASON_COUNT
} otr_question_reason;

enum { OTR_QUESTION_SCORES = 11 }; /* 0 to 10: what any scale has */

typedef struct otr_question_scale {
    uint8_t least;
    uint8_t most;
    uint8_t poor; /* up to this one */
    uint8_t good; /* from this one on */
} otr_question_scale;

otr_question_scale otr_question_scale_of(otr_question_kind kind);
const char *otr_question_kind_text(otr_question_kind kind);
/* Empty for none. */
const char *otr_question_reason_text(otr_question_reason reason);
bool otr_question_reason_parse(otr_str word, otr_question_reason *out);

#endif

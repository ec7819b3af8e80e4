/*
 * Questions to customers, with restraint: once a case of theirs has closed, and only then. Each has a budget
 * of its own: one in so many days, none while a case of theirs is open, none twice for one asset, none in
 * quiet hours, none to who does not want any. Which of the closed cases are asked about, and what, is drawn
 * by hash, so that a replay asks the same. Each decision is a row, as those about notices are.
 */
#ifndef OTR_CORE_QUESTION_H
#define OTR_CORE_QUESTION_H

#include "base/buffer.h"
#include "base/estimate.h"
#include "base/time.h"
#include "base/timers.h"
#include "core/alarm/lifecycle.h"
#include "core/numbers.h"
#include "core/question/question_kind.h"

struct otr_case;
struct otr_core;
struct otr_customer_act;
struct otr_notice;

typedef enum otr_question_state {
    OTR_QUESTION_HELD,      /* until quiet hours are over */
    OTR_QUESTION_ASKED,     /* waits for its answer */
    OTR_QUESTION_ASKED_WHY, /* the answer was poor: the second question waits for its own */
    OTR_QUESTION_ANSWERED   /* is kept for who wants no more questions */
} otr_question_state;

typedef struct otr_question {
    bool used;
    uint8_t state; /* otr_question_state */
    uint8_t kind;  /* otr_question_kind */
    uint8_t score; /* of an answer */
    uint8_t known; /* bit by reason: on record already, so it is not among the choices */
    otr_id id;     /* of its notification */
    otr_id case_id;
    uint32_t customer; /* in core->labels, as are the next five */
    uint32_t persona;
    uint32_t asset;
    uint32_t category; /* of the case */
    uint32_t pack;     /* of what the customer was told */
    uint32_t rule;
    otr_time closed; /* UTC: when the case closed */
    otr_time due;    /* UTC: HELD: decided anew; else nobody answers any more */
} otr_question;

/* What is remembered of one customer for the budget. */
typedef struct otr_questioned {
    uint32_t customer; /* in core->labels */
    uint32_t cases;    /* closed ones that they had heard of */
    otr_time asked;    /* UTC of the last question; NONE */
    otr_time nps;      /* UTC of the last of that kind; NONE */
    uint64_t *assets;  /* owned: hashes of those that were asked about, in that order */
    uint32_t asset_count;
    uint32_t asset_capacity;
    uint64_t mark;   /* while a case is decided on (question.c); in no snapshot, as is the next */
    uint32_t thread; /* what they have heard of it */
} otr_questioned;

/* Since the journal began. asked is answered, expired and those that wait. */
typedef struct otr_question_counts {
    uint64_t asked;
    uint64_t answered;
    uint64_t expired;
    uint64_t sum;
    uint64_t squares;
    uint64_t scores[OTR_QUESTION_SCORES];
    uint64_t asked_why;
    uint64_t reasons[OTR_QUESTION_REASON_COUNT]; /* NO_REASON: none was given */
} otr_question_counts;

/* Zero-initialise to use. */
typedef struct otr_questions {
    otr_question *list;
    uint32_t capacity;
    uint32_t count;
    otr_numbers numbers;
    otr_timers civil; /* UTC, by number */
    otr_questioned *people;
    uint32_t people_count;
    uint32_t people_capacity;
    uint64_t mark; /* counts the cases that were decided on since the start */
    otr_question_counts counts[OTR_QUESTION_KINDS];
} otr_questions;

/* ---- what happens ---- */

/* The case has closed: whether those who heard of it are asked is decided. */
void otr_question_offer(struct otr_core *core, const struct otr_case *one);
/* The question with that notification, the first or the second; NULL. */
otr_question *otr_question_find(struct otr_core *core, otr_id notification);
/* What the customer answers to a question: a score, the reason of a poor one, or that they want no more. */
otr_refusal otr_question_take(struct otr_core *core, otr_question *question,
                              const struct otr_customer_act *act);
/* Nothing of the customer is left but in the counts; and nothing that asks about the asset. */
void otr_question_forget(struct otr_core *core, otr_str customer);
void otr_question_forget_asset(struct otr_core *core, uint32_t asset);
/* Whoever is asked about that case. */
void otr_question_forget_case(struct otr_core *core, otr_id case_id);

/* ---- time ---- */

/* Core time of the next deadline as far as the clock is known now; NEVER. */
otr_time otr_question_next_due(const struct otr_core *core);
/* UTC of the next deadline; NEVER. */
otr_time otr_question_next_civil(const struct otr_core *core);
/* Takes what is due at the first deadline that is; false when none is. */
bool otr_question_due_one(struct otr_core *core);

/* ---- figures ---- */

/* What the answers say: never without how many there are and the interval. */
typedef struct otr_question_figures {
    otr_question_counts counts;
    otr_estimate score; /* the mean; of NPS the balance, -100 to 100 */
    otr_estimate good;  /* the share of good answers */
    otr_estimate poor;
    otr_estimate response; /* the share of those answered among those answered or expired */
} otr_question_figures;
otr_question_figures otr_question_figures_of(const otr_question_counts *counts, otr_question_kind kind);
otr_question_figures otr_questions_figures(const struct otr_core *core, otr_question_kind kind);

/* Something has happened to a question, for figures by rule and product: its score came, its reason came, or
 * neither did. */
typedef enum otr_question_step {
    OTR_QUESTION_STEP_ASKED,
    OTR_QUESTION_STEP_ANSWERED, /* score is there */
    OTR_QUESTION_STEP_REASONED, /* so is the reason */
    OTR_QUESTION_STEP_EXPIRED
} otr_question_step;
/* one: its case while that is kept, else NULL. */
void otr_question_answered(struct otr_core *core, const otr_question *question, const struct otr_case *one,
                           otr_question_step step, unsigned score, otr_question_reason reason);

/* ---- snapshot ---- */

void otr_questions_write(const struct otr_core *core, otr_buffer *out);
void otr_questions_read(struct otr_core *core, otr_reader *reader);
void otr_questions_done(struct otr_core *core);

#endif

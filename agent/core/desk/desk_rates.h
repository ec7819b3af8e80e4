/*
 * What the service has done lately, as figures of the device `desk`: counts of this hour and the 23 before,
 * the times of the last tickets, and the last answers of customers. Bounded, a function of the calls alone;
 * knows no core.
 */
#ifndef OTR_CORE_DESK_RATES_H
#define OTR_CORE_DESK_RATES_H

#include "base/buffer.h"
#include "base/estimate.h"
#include "base/time.h"
#include "codec/bucket.h"

/* X(NAME). Their order is in snapshots: new ones go to the end. */
#define OTR_DESK_RATES(X)                                                                                    \
    X(OPENED)                                                                                                \
    X(RESOLVED)                                                                                              \
    X(REOPENED)                                                                                              \
    X(MISSED)                                                                                                \
    X(DESK_CLOSED) /* without a customer who said that it is solved */                                       \
    X(CONFIRMED)   /* closed with one */                                                                     \
    X(WRONG_QUEUE)                                                                                           \
    X(HAD_TO_ASK)                                                                                            \
    X(TOLD) /* notices, as are the next */                                                                   \
    X(UNTOLD_QUIET)                                                                                          \
    X(UNTOLD_BUDGET)                                                                                         \
    X(UNTOLD_GROUPED)                                                                                        \
    X(UNTOLD_REPEATED)                                                                                       \
    X(UNTOLD_STALE)                                                                                          \
    X(UNTOLD_STOPPED)                                                                                        \
    X(UNTOLD_OTHER)
typedef enum otr_desk_rate {
#define X(name) OTR_RATE_##name,
    OTR_DESK_RATES(X)
#undef X
        OTR_RATE_COUNT
} otr_desk_rate;

enum {
    OTR_DESK_HOURS = 24,
    OTR_DESK_SPANS = 64, /* tickets whose times count: fewer say little, more hide what has changed */
    OTR_DESK_CLOSES = 64,
    OTR_DESK_ANSWERS = 100, /* of each question: an interval of a tenth of the scale, for half a year */
};

/* The newest take the place of the oldest. */
typedef struct otr_desk_spans {
    uint32_t list[OTR_DESK_SPANS]; /* s */
    uint8_t count;
    uint8_t next;
} otr_desk_spans;

typedef struct otr_desk_answers {
    uint8_t list[OTR_DESK_ANSWERS];
    uint8_t count;
    uint8_t next;
} otr_desk_answers;

/* Zero-initialise to use. */
typedef struct otr_desk_rates {
    int64_t hour; /* of core time: that of the newest in hours */
    uint32_t hours[OTR_DESK_HOURS][OTR_RATE_COUNT];
    otr_desk_spans to_acknowledge;
    otr_desk_spans to_resolve;
    uint64_t first_contacts; /* bit set: of the last closed tickets, the newest lowest */
    uint8_t closes;          /* how many of them are known */
    uint32_t closed;         /* so many tickets have closed: the number of the last closing */
    otr_desk_answers answers[OTR_SCORE_COUNT];
} otr_desk_rates;

void otr_desk_rates_add(otr_desk_rates *rates, otr_time now, otr_desk_rate rate);
/* A ticket has closed. */
void otr_desk_rates_closed(otr_desk_rates *rates, bool first_contact);
/* The ticket of that closing is open again: it was none at first contact. */
void otr_desk_rates_reopened(otr_desk_rates *rates, uint32_t closing);
/* span: us; below 0 is 0. */
void otr_desk_spans_add(otr_desk_spans *spans, otr_time span);

/* A customer has answered. A value outside the scale is not kept. */
void otr_desk_rates_answered(otr_desk_rates *rates, otr_bucket_score score, unsigned value);

/* Hours that are over are empty from here on. */
void otr_desk_rates_advance(otr_desk_rates *rates, otr_time now);
uint64_t otr_desk_rates_sum(const otr_desk_rates *rates, otr_desk_rate rate);
/* Whether an hour that ends changes a sum. */
bool otr_desk_rates_any(const otr_desk_rates *rates);
/* 0 to 1; NAN where there are none. */
double otr_desk_rates_first_contact(const otr_desk_rates *rates);
/* s; NAN where there are none. The p90 is one of them: nine of ten are not above it. */
double otr_desk_spans_mean(const otr_desk_spans *spans);
double otr_desk_spans_p90(const otr_desk_spans *spans);
/* The mean; of NPS the balance, -100 to 100. */
otr_estimate otr_desk_rates_score(const otr_desk_rates *rates, otr_bucket_score score);

void otr_desk_rates_write(const otr_desk_rates *rates, otr_buffer *out);
void otr_desk_rates_read(otr_desk_rates *rates, otr_reader *reader);

#endif

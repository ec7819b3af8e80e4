/*
 * How customers fare, for other departments: at risk, in trouble, recovering or well, by their cases and by
 * what they have met; an opaque reference and no contents. Of who has had a case, or is at risk, a retained
 * event says it, anew when it has changed, a minute later. It is cleared after a month without either, and
 * when they are forgotten.
 */
#ifndef OTR_CORE_CUSTOMER_FARE_H
#define OTR_CORE_CUSTOMER_FARE_H

#include "base/buffer.h"
#include "base/hash.h"
#include "base/timers.h"
#include "core/figures/service_mark.h"
#include "core/numbers.h"

struct otr_case;
struct otr_core;

/* X(number in snapshots, NAME, word) worst first */
#define OTR_FARE_STATES(X)                                                                                   \
    X(0, AT_RISK, "at risk")       /* for a month after one of the reasons below */                          \
    X(1, IN_TROUBLE, "in trouble") /* a case of medium priority or more is open, or they ask for people */   \
    X(2, RECOVERING, "recovering") /* such a case is verified */                                             \
    X(3, WELL, "well")
typedef enum otr_fare_state {
#define X(number, name, word) OTR_FARE_##name = (number),
    OTR_FARE_STATES(X)
#undef X
        OTR_FARE_STATE_COUNT
} otr_fare_state;

/* X(number in snapshots, NAME, word) */
#define OTR_FARE_RISKS(X)                                                                                    \
    X(0, MISSED, "a promise was missed")                                                                     \
    X(1, REOPENED, "a case was open again")                                                                  \
    X(2, SCORE, "a poor score")                                                                              \
    X(3, UNHEARD, "messages were not solved or wrong") /* three times in a month */
typedef enum otr_fare_risk {
#define X(number, name, word) OTR_FARE_RISK_##name = (number),
    OTR_FARE_RISKS(X)
#undef X
        OTR_FARE_RISK_COUNT
} otr_fare_risk;

enum { OTR_FARE_UNHEARD = 3 };

/* Of who is at risk, may be soon, or is well again: few at a time. */
typedef struct otr_fare_more {
    otr_time risk_until[OTR_FARE_RISK_COUNT]; /* core time; 0: none */
    otr_time unheard[OTR_FARE_UNHEARD];       /* core time of the last such messages, newest first; 0: none */
    otr_time idle; /* core time since which they are well and have no case; 0: they are not, or have */
} otr_fare_more;

/* One customer. */
typedef struct otr_fare {
    bool used;
    uint8_t state;       /* otr_fare_state: as it was said last */
    uint8_t reasons;     /* bits by otr_fare_risk: likewise */
    uint32_t customer;   /* in core->labels */
    uint32_t revision;   /* said so far */
    uint32_t cases;      /* its newest case's number + 1, 0: none */
    uint64_t said_seq;   /* the input after which it was said last */
    otr_time since;      /* UTC of the state */
    otr_fare_more *more; /* owned; NULL: all zero */
} otr_fare;

/* Zero-initialise to use. */
typedef struct otr_fares {
    otr_fare *list;
    uint32_t capacity;
    uint32_t *of_label; /* number + 1 by label of the customer, 0: none */
    uint32_t of_label_capacity;
    otr_numbers numbers;
    otr_timers timers; /* core time at which each is looked at */
    struct otr_fare_case {
        uint32_t fare;  /* number + 1, 0: nobody's */
        uint32_t older; /* case of the same customer + 1, 0: none */
    } * cases;          /* by number of the case */
    uint32_t case_capacity;
} otr_fares;

const char *otr_fare_state_text(otr_fare_state state);

/* A case begins, and knows whose it is. */
void otr_fare_case(struct otr_core *core, const struct otr_case *one);
/* Its state has changed. */
void otr_fare_case_changed(struct otr_core *core, const struct otr_case *one);
void otr_fare_case_gone(struct otr_core *core, const struct otr_case *one);
void otr_fare_marked(struct otr_core *core, const struct otr_case *one, otr_service_mark mark);
/* A customer (in core->labels) gives reason to worry. */
void otr_fare_risk_of(struct otr_core *core, uint32_t customer, otr_fare_risk risk);
/* Says that something is not solved, or was wrong. */
void otr_fare_unheard(struct otr_core *core, uint32_t customer);
void otr_fare_forget(struct otr_core *core, otr_str customer);

/* Core time; NEVER. */
otr_time otr_fares_next_due(const struct otr_core *core);
void otr_fares_due(struct otr_core *core);

/* For the files of this: the customer's place is `number`; false for want of memory. */
bool otr_fare_list(struct otr_core *core, uint32_t customer, uint32_t number);

void otr_fares_write(const struct otr_core *core, otr_buffer *out);
void otr_fares_read(struct otr_core *core, otr_reader *reader);
void otr_fares_done(otr_fares *fares);

#endif

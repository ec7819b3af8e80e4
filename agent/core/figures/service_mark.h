/*
 * What happens in the service, as far as figures are made of it: one door through which all of it passes, at
 * the moment at which it happens.
 */
#ifndef OTR_CORE_SERVICE_MARK_H
#define OTR_CORE_SERVICE_MARK_H

#include "base/buffer.h"

struct otr_case;
struct otr_core;

/* X(number in snapshots, NAME, word) */
#define OTR_SERVICE_MARKS(X)                                                                                 \
    X(0, OPENED, "opened") /* a ticket */                                                                    \
    X(1, ACKNOWLEDGED, "acknowledged")                                                                       \
    X(2, ASSIGNED, "assigned")                                                                               \
    X(3, TRANSFERRED, "transferred")                                                                         \
    X(4, WRONG_QUEUE, "wrong_queue")                                                                         \
    X(5, HAD_TO_ASK, "had_to_ask") /* a field that the ticket should have said */                            \
    X(6, PROMISED, "promised")                                                                               \
    X(7, PROMISE_KEPT, "promise_kept")                                                                       \
    X(8, PROMISE_MISSED, "promise_missed")                                                                   \
    X(9, RESOLVED, "resolved")                                                                               \
    X(10, NOT_NEEDED, "not_needed")                                                                          \
    X(11, REMEDY, "remedy")                                                                                  \
    X(12, REOPENED_SYMPTOM, "reopened_symptom")                                                              \
    X(13, REOPENED_CUSTOMER, "reopened_customer")                                                            \
    X(14, CONFIRMED, "confirmed")             /* by a customer */                                            \
    X(15, CLOSED, "closed")                   /* a case that had a ticket */                                 \
    X(16, RESENT, "resent")                   /* a ticket that was not received */                           \
    X(17, PROMISE_DROPPED, "promise_dropped") /* the case ended first */                                     \
    X(18, INCOMPLETE, "incomplete")           /* a ticket for which the desk had to ask */                   \
    X(19, MERGED, "merged")                   /* a case that goes on in another */
typedef enum otr_service_mark {
#define X(number, name, word) OTR_MARK_##name = (number),
    OTR_SERVICE_MARKS(X)
#undef X
        OTR_MARK_COUNT
} otr_service_mark;
const char *otr_service_mark_text(otr_service_mark mark);

/* Counts since the journal began; part of the snapshot. */
typedef struct otr_service_counts {
    uint64_t marks[OTR_MARK_COUNT];
} otr_service_counts;

void otr_service_marked(struct otr_core *core, const struct otr_case *one, otr_service_mark mark);
/* The desk acts on the case for the first time. */
void otr_service_answered(struct otr_core *core, const struct otr_case *one);

/* Of a case that closes: it took one act of the desk, and was never open again. */
bool otr_service_is_first_contact(const struct otr_case *one);

#endif

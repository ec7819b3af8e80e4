/*
 * The desk's side of a case: who has the ticket, what was promised, how it was resolved, and what was said. A
 * ticket is sent again until it was received. A promise is a deadline in UTC: the desk is reminded before it,
 * and a missed one goes up. A resolved case is verified before it closes.
 */
#ifndef OTR_CORE_DESK_H
#define OTR_CORE_DESK_H

#include "base/buffer.h"
#include "core/alarm/lifecycle.h"
#include "core/desk/desk_act.h"

struct otr_case;
struct otr_core;
typedef struct otr_command otr_command;

/* How far the desk has come. Numbers are in snapshots and rows. */
#define OTR_DESK_STAGES(X)                                                                                   \
    X(0, NEW, "new")                                                                                         \
    X(1, RECEIVED, "received")                                                                               \
    X(2, ACKNOWLEDGED, "acknowledged")                                                                       \
    X(3, ASSIGNED, "assigned")                                                                               \
    X(4, RESOLVED, "resolved")
typedef enum otr_desk_stage {
#define X(number, name, word) OTR_STAGE_##name = (number),
    OTR_DESK_STAGES(X)
#undef X
        OTR_STAGE_COUNT
} otr_desk_stage;
const char *otr_desk_stage_text(otr_desk_stage stage);

typedef enum otr_promise_state {
    OTR_PROMISE_OPEN,
    OTR_PROMISE_REMINDED,
    OTR_PROMISE_MISSED,
} otr_promise_state;

typedef struct otr_promise {
    uint32_t what;   /* in core->labels */
    otr_time by;     /* UTC */
    otr_time remind; /* UTC: when the desk is reminded */
    uint8_t state;   /* otr_promise_state; a kept one is gone */
} otr_promise;

/* How often one of the pack's was used in the case. */
typedef struct otr_remedy_use {
    uint32_t name; /* in core->labels */
    uint32_t count;
} otr_remedy_use;

/* Of one case; zero-initialise to use. Nothing of it is owned before the desk has said something. */
typedef struct otr_desk {
    uint8_t stage;
    uint8_t resends;
    uint8_t transfers;
    uint8_t reopened;
    bool rated_wrong;       /* wrong_queue was said */
    bool unreceived;        /* counted among core->tickets_unreceived */
    bool confirmed;         /* a customer said that it is solved */
    uint16_t acts;          /* of the desk so far; receipts are none */
    uint32_t received;      /* the ticket's revision that the desk has */
    uint32_t sent;          /* the ticket's revision that was sent last */
    otr_str assignee;       /* owned; empty: nobody */
    otr_str asked_for;      /* owned: fields that the desk had to ask for, core/desk/desk_field.h */
    uint32_t resolution;    /* code, in core->labels + 1; 0: none */
    uint32_t first_contact; /* which closing, while it is closed as one at first contact: desk_rates.h */
    otr_time first_sent;    /* UTC: when the desk got to know; that of a list is after its first alarm */
    otr_time resend;        /* core time of the next time that it is sent, unless it is received */
    otr_time acted;         /* core time of its first act; 0: none */
    otr_time resolved;      /* core time of the last resolution; 0: none */
    otr_promise *promises;  /* owned */
    uint32_t promise_count;
    uint32_t promise_capacity;
    otr_remedy_use *remedies; /* owned */
    uint32_t remedy_count;
    uint32_t remedy_capacity;
    otr_buffer said; /* the newest of the conversation, core/case/conversation.h */
} otr_desk;

/* The desk has said how it ended, and that holds still. It is not the stage: others may have it by now. */
static inline bool otr_desk_is_resolved(const otr_desk *desk)
{
    return desk->resolution > 0;
}

/* ---- what happens to a case ---- */

/* Its ticket was said, in the outbox body under that event: it is sent again until it is received. */
void otr_desk_sent(struct otr_core *core, struct otr_case *one, otr_str what, otr_id event, otr_str body);
/* It is open again after it was resolved or verified: by its symptom, which those hear who were told of it,
 * or by a customer, who is to be left out of that. */
typedef enum otr_reopening { OTR_REOPENED_SYMPTOM, OTR_REOPENED_CUSTOMER } otr_reopening;
void otr_desk_reopen(struct otr_core *core, struct otr_case *one, otr_reopening why);
/* The case closes: what was promised is over. */
void otr_desk_closed(struct otr_core *core, struct otr_case *one);
/* The case is gone. */
void otr_desk_forget(struct otr_core *core, struct otr_case *one);
/* Others have the ticket, and have yet to see it. What is resolved stays so there. */
void otr_desk_hand_on(otr_desk *desk);
/* Frees what it owns. */
void otr_desk_done(otr_desk *desk);
/* The case of that id, or of that ticket's; NULL. Also one that has closed lately. */
struct otr_case *otr_desk_find(struct otr_core *core, otr_id id);

/* ---- acts ---- */

otr_refusal otr_desk_take(struct otr_core *core, const otr_command *command);

/* ---- snapshot ---- */

void otr_desk_write(const struct otr_core *core, otr_buffer *out);
void otr_desk_read(struct otr_core *core, otr_reader *reader);

/* ---- time ---- */

/* Core time of the next deadline, a civil one as far as the clock is known now; NEVER. */
otr_time otr_desk_next_due(const struct otr_core *core);
/* UTC of the next civil deadline; NEVER. */
otr_time otr_desk_next_civil(const struct otr_core *core);
/* Takes what is due at the first deadline that is; false when none is. */
bool otr_desk_due_one(struct otr_core *core);

#endif

/*
 * Notices: what stands between an alarm and a person. A thread is one trouble (an alarm, with those that came
 * with it) to one contact; each thing said of it is its next revision. Alarms offer what happens to them
 * while an input is taken; at its end it is decided (core/notice/policy.h), and each decision is a row.
 */
#ifndef OTR_CORE_NOTICE_H
#define OTR_CORE_NOTICE_H

#include "base/buffer.h"
#include "base/limits.h"
#include "base/timers.h"
#include "core/command/customer.h"
#include "core/notice/contact.h"
#include "core/numbers.h"

struct otr_alarm;
struct otr_asset_state;
struct otr_case;
struct otr_offer;

/* What a notice says. X(NAME, word of the row, word of the event). The numbers are in snapshots: new ones go
 * to the end. */
#define OTR_NOTICE_SAYINGS(X)                                                                                \
    X(RAISED, "raised", "raised")                                                                            \
    X(UPDATED, "updated", "updated")                                                                         \
    X(CLEARED, "cleared", "cleared")                                                                         \
    X(PAST, "past", "historical")                                                                            \
    X(RETRACTED, "retracted", "retracted")                                                                   \
    X(REPEATED, "repeated", "repeated")                                                                      \
    X(ESCALATED, "escalated", "escalated")                                                                   \
    /* what the desk does of its case, core/notice/told.h; the later leads where there are several */        \
    X(KEPT, "kept", "kept")                                                                                  \
    X(REMEDY, "remedy", "remedy")                                                                            \
    X(PROMISED, "promised", "promised")                                                                      \
    X(MOVED, "moved", "moved")                                                                               \
    X(RESOLVED, "resolved", "resolved")                                                                      \
    X(REOPENED, "reopened", "reopened")                                                                      \
    X(OWED, "owed", "owed")                                                                                  \
    X(MISSED, "missed", "missed")

enum { OTR_OPINIONS = 4 };

typedef enum otr_notice_what {
#define X(name, ...) OTR_NOTICE_##name,
    OTR_NOTICE_SAYINGS(X)
#undef X
        OTR_NOTICE_WHATS
} otr_notice_what;

/* One alarm of a thread. */
typedef struct otr_notice_alarm {
    otr_id id;
    uint32_t pack; /* in core->labels */
    uint32_t rule;
    uint8_t priority;
    bool open;   /* as far as it was offered */
    bool told;   /* it led what was said: its end is told too */
    otr_id said; /* event of what was said of it last; zero: nothing, or only within another message */
} otr_notice_alarm;

typedef struct otr_notice {
    bool used;
    bool told;      /* the reader knows of the trouble: what follows is owed */
    bool known;     /* the reader, or an operator, has acknowledged it */
    bool milestone; /* no other alarm joins it */
    bool waits;     /* something is held */
    bool solved;    /* the reader was told that the desk has resolved it, and not that it is open again */
    bool promised;  /* the reader was told of a promise of its case, and of no resolution since */
    bool answered;  /* the reader did something with it */
    bool list;      /* of a list: asset is what that is named by, core/case/gather.h */
    bool gathered;  /* told within another message, and then in the next digest while it goes on */
    uint8_t wait;   /* otr_notice_reason: why */
    uint8_t what;   /* otr_notice_what: of what is held, else of what was decided last */
    uint8_t repeats;
    uint8_t escalated;  /* how many more people were told */
    uint32_t revision;  /* that is held, or was decided last */
    uint32_t revisions; /* given out so far */
    otr_id id;
    uint32_t contact;  /* number of its ledger */
    uint32_t persona;  /* in core->labels: what the contact is in this */
    uint32_t asset;    /* in core->labels */
    uint32_t customer; /* core/asset/whose.h; not always the contact */
    uint32_t asset_at; /* where that asset was last found among the bound ones: a guess */
    uint32_t category; /* in core->labels */
    otr_id case_id;
    uint32_t alarm_count;                             /* in alarms */
    uint32_t alarm_more;                              /* beyond those */
    otr_notice_alarm alarms[OTR_LIMIT_NOTICE_ALARMS]; /* the first leads */
    otr_id subject;                                   /* of what is held: its alarm */
    otr_time offered;                                 /* core time at which the trouble was first offered */
    otr_time held_since;                              /* core time of the revision at hand */
    otr_time told_at;    /* core time at which it was last told as news; NONE: never */
    otr_time due;        /* core time: what is held is decided anew, or the thread is forgotten; NEVER */
    otr_time due_civil;  /* UTC: what is held is decided anew; NEVER */
    otr_time next_by;    /* UTC: what was promised; NEVER */
    int32_t promise_day; /* whose budget the promise has; OTR_DAY_NONE */
    otr_time news;       /* how far the last promise went */
    otr_time repeat_at;  /* core time; NEVER */
    otr_time escalate_at;
    otr_str body;               /* owned: what is held of an alarm that is over; empty: it is said anew */
    otr_str alone;              /* owned: the same, where what it follows was never sent */
    struct otr_told_item *desk; /* owned, NULL: none; what the desk did and the reader has not heard */
    uint32_t desk_count;
    uint64_t made;           /* counts up over all threads */
    uint32_t older_of_asset; /* number + 1, 0: none */
    uint32_t older_of_contact;
} otr_notice;

/* Zero-initialise to use. */
typedef struct otr_notices {
    otr_notice *list;
    uint32_t capacity;
    uint32_t count;
    uint64_t made; /* so far */
    otr_numbers numbers;
    otr_timers timers;  /* the earliest core time of each */
    otr_timers civil;   /* and the earliest UTC */
    otr_timers digests; /* UTC, by number of the ledger */
    uint32_t *of_asset; /* newest thread + 1 by label of the asset, 0: none */
    uint32_t of_asset_capacity;
    struct otr_opinion { /* what readers think of a rule's messages */
        uint32_t pack;   /* in core->labels */
        uint32_t rule;
        uint32_t counts[OTR_OPINIONS]; /* useful, known, wrong, late */
    } * opinions;
    uint32_t opinion_count;
    uint32_t opinion_capacity;
    struct otr_offer *offers; /* of the input at hand */
    uint32_t offer_count;
    uint32_t offer_capacity;
    otr_id *desk; /* threads to which the input at hand brought something of the desk's */
    uint32_t desk_count;
    uint32_t desk_capacity;
} otr_notices;

/* ---- alarms ---- */

/* Something happens to an alarm that people may want to know: offered to whom its rule tells. */
void otr_notice_offer(struct otr_core *core, const struct otr_asset_state *asset,
                      const struct otr_alarm *alarm, otr_saying said);
/* An operator has acknowledged the alarm. */
void otr_notice_acknowledge(struct otr_core *core, const struct otr_asset_state *asset, otr_id alarm);
/* The input ends: what was offered is decided. */
void otr_notice_flush(struct otr_core *core);

/* ---- time ---- */

/* Core time of the next deadline, a civil one as far as the clock is known now; NEVER. */
otr_time otr_notice_next_due(const struct otr_core *core);
/* UTC of the next civil deadline; NEVER. */
otr_time otr_notice_next_civil(const struct otr_core *core);
/* Takes what is due at the first deadline that is; false when none is. */
bool otr_notice_due_one(struct otr_core *core);
/* The clock is known now: what waited for it is decided. */
void otr_notice_synced(struct otr_core *core);

/* ---- people ---- */

/* What a customer answers to a notification. from and to: UTC or NONE. */
otr_refusal otr_notice_action(struct otr_core *core, otr_id notification, otr_customer_action action,
                              otr_str category, otr_time from, otr_time to);
/* The same for answers to one resolution of the notification's case, another for the next. */
uint64_t otr_notice_round(struct otr_core *core, otr_id notification);
/* Nothing of the contact is left: threads, what is held, what was counted. */
void otr_contact_forget(struct otr_core *core, otr_str reference);

/* ---- snapshot ---- */

void otr_notices_write(const struct otr_core *core, otr_buffer *out);
void otr_notices_read(struct otr_core *core, otr_reader *reader);
void otr_notices_done(struct otr_core *core);

#endif

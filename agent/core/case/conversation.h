/*
 * What was said about a case, by the gateway, the desk, its customers and operators: each once as a row, for
 * good; the newest of it in the case, for the next ticket. Texts of people are in both and nowhere else.
 */
#ifndef OTR_CORE_CONVERSATION_H
#define OTR_CORE_CONVERSATION_H

#include "base/buffer.h"
#include "core/rows.h"

struct otr_case;
struct otr_core;

/* Views. */
typedef struct otr_remark {
    otr_speaker speaker;
    otr_time at;  /* UTC; NONE: the clock was not known */
    otr_str what; /* a word: opened, promised, not-solved, ... */
    otr_str who;  /* may be empty */
    otr_str text; /* may be empty */
} otr_remark;

/* at is now, whatever the remark has. */
void otr_conversation_add(struct otr_core *core, struct otr_case *one, const otr_remark *remark);
/* What the other case still has of its conversation goes to the case, in the order of time. */
void otr_conversation_join(struct otr_core *core, struct otr_case *one, const struct otr_case *other);
/* The case's ticket was said: the entry of that event, to be sent again from. */
void otr_conversation_add_ticket(struct otr_core *core, struct otr_case *one, otr_str what, otr_id event,
                                 otr_str body);

/* What the case still has of it, oldest first: reads the next from said (core/desk/desk.h) into *out, false
 * at its end. Start with a reader of the whole buffer. */
bool otr_conversation_next(otr_reader *said, otr_remark *out);

#endif

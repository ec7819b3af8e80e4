/* What a decision about a thread leaves behind: the outbox entry, the row, and what is owed from then on. */
#ifndef OTR_CORE_NOTICE_TELL_H
#define OTR_CORE_NOTICE_TELL_H

#include "core/notice/notice_text.h"
#include "core/notice/policy.h"

/* A decision on what the thread says, led by its first alarm; it takes the thread's revision. */
typedef struct otr_notice_decision {
    otr_notice_what what;
    otr_verdict verdict;
    const otr_notice_saying *saying; /* NULL: it is made when it is told, or stands in thread->body */
    const otr_notice_saying
        *alone; /* of an end: what is said where the begin was never sent; NULL: nothing */
} otr_notice_decision;

/* A new revision is begun: what is decided next is of it, and of that alarm. What was held gives way. */
void otr_notice_revise(otr_core *core, otr_notice *thread, otr_id subject);
/* Whether its first alarm is known still, and there are words for it. */
bool otr_notice_can_say(otr_core *core, otr_notice *thread, otr_notice_what what);
/* Has the effect of the decision, whichever it is. */
void otr_notice_decide(otr_core *core, otr_notice *thread, const otr_notice_decision *decision);
/* What is told nowhere by itself: a row of its own revision. */
void otr_notice_group(otr_core *core, otr_notice *thread, const otr_notice_alarm *alarm, otr_notice_what what,
                      otr_notice_reason reason);
/* The thread is told within another message, whose entry that is. */
void otr_notice_gathered(otr_core *core, otr_notice *thread, otr_notice_reason reason, uint64_t outbox_seq);
/* A message that is of no thread. Returns its outbox number. */
uint64_t otr_notice_message(otr_core *core, uint32_t contact, otr_id id, unsigned priority,
                            otr_notice_saying *saying, otr_time next_by);
/* The row of an offer that reached nobody. */
void otr_notice_nobody(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str to,
                       otr_notice_what what, otr_notice_reason reason);

#endif

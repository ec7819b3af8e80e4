/*
 * Whether a person is told now. The order of the questions is that of the answers' weight: who is gone or
 * wants nothing is never told; what was told lately, or must not wake anybody, waits; what is beyond the
 * budget is told with others, in a digest. What is critical passes all but a category that was stopped
 * itself, and takes nothing from a budget: a bad day must not silence the rest of the week.
 */
#ifndef OTR_CORE_POLICY_H
#define OTR_CORE_POLICY_H

#include "core/notice/notice_thread.h"

typedef struct otr_verdict {
    otr_notice_state state;   /* TOLD: now. HELD, DROPPED */
    otr_notice_reason reason; /* NONE when told */
    otr_time due;             /* HELD: core time at which it is decided anew; NEVER */
    otr_time due_civil;       /* the same as UTC; both NEVER: by a digest, or when the clock is known */
} otr_verdict;

/* Of what the thread says next, led by its first alarm. news: the begin of a trouble, not what follows. */
otr_verdict otr_policy_judge(otr_core *core, otr_notice *thread, bool news);
/* Of anything else said to a contact, in a category (a label). */
otr_verdict otr_policy_judge_message(const otr_core *core, const otr_ledger *ledger, uint32_t category,
                                     bool critical);
/* Whether what is held waits for a digest. */
bool otr_policy_waits_for_digest(otr_notice_reason reason);

/* Promises when the reader hears of the thread next: the earliest time from now + news on that is not quiet,
 * on a day that has budget left, which is kept for it. */
void otr_policy_promise(otr_core *core, otr_notice *thread, otr_time news);
/* Keeps budget for a digest not before utc. The one that is due earlier stays. */
void otr_policy_plan_digest(otr_core *core, uint32_t contact, otr_time utc);
/* The rule of its first alarm; NULL when that is gone. */
const otr_rule *otr_policy_rule(otr_core *core, otr_notice *thread);
/* For rules that tell once. */
uint64_t otr_policy_once(const otr_core *core, const otr_notice *thread);
bool otr_policy_is_critical(const otr_notice *thread);

#endif

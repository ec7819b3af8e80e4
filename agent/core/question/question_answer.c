/* What customers answer to questions: a score, the reason of a poor one, or that they want no more of them.
 */
#include "core/question/question_tell.h"

#include "base/limits.h"
#include "core/case/conversation.h"
#include "core/notice/notice_thread.h"

#include <stdio.h>

otr_case *otr_question_case(otr_core *core, const otr_question *question)
{
    for (uint32_t i = 0; i < core->case_capacity; i++)
        if (core->cases[i].used && otr_id_equal(core->cases[i].id, question->case_id))
            return &core->cases[i];
    return NULL;
}

uint8_t otr_question_known(otr_core *core, const otr_case *one, const otr_notice *thread)
{
    unsigned known = 0;
    if (otr_customer_has_done(core, OTR_CUSTOMER_LATE, thread->id))
        known |= 1U << OTR_QUESTION_REASON_LATE;
    if (one->desk.reopened > 0 || otr_customer_has_done(core, OTR_CUSTOMER_NOT_SOLVED, thread->id))
        known |= 1U << OTR_QUESTION_REASON_NOT_SOLVED;
    return (uint8_t)known;
}

/* Into the case's record, while there is one. */
static void record(otr_core *core, otr_case *one, const otr_question *question, bool scored,
                   otr_question_reason reason)
{
    char text[64];
    otr_question_kind kind = (otr_question_kind)question->kind;
    const char *why = otr_question_reason_text(reason);
    if (one == NULL)
        return;
    if (scored)
        (void)snprintf(text, sizeof text, "%s %u of %u%s%s", otr_question_kind_text(kind), question->score,
                       otr_question_scale_of(kind).most, why[0] != '\0' ? ": " : "", why);
    else
        (void)snprintf(text, sizeof text, "%s", why);
    otr_remark remark = {.speaker = OTR_SPEAKER_CUSTOMER, .what = OTR_STR("score"), .text = otr_str_of(text)};
    otr_conversation_add(core, one, &remark);
}

static void count_score(otr_question_counts *counts, unsigned score)
{
    counts->answered++;
    counts->sum += score;
    counts->squares += (uint64_t)score * score;
    counts->scores[score]++;
}

static otr_refusal take_score(otr_core *core, otr_question *question, const otr_customer_act *act)
{
    otr_question_kind kind = (otr_question_kind)question->kind;
    otr_question_scale scale = otr_question_scale_of(kind);
    bool reasoned = act->reason != OTR_QUESTION_NO_REASON;
    if (question->state != OTR_QUESTION_ASKED)
        return OTR_REFUSAL_ACCEPTED; /* has its answer */
    if (!act->scored || act->score < scale.least || act->score > scale.most ||
        (reasoned && act->score > scale.poor))
        return OTR_REFUSAL_NO_ANSWER;
    otr_question_counts *counts = &core->questions.counts[kind];
    otr_case *one = otr_question_case(core, question);
    question->score = act->score;
    count_score(counts, act->score);
    record(core, one, question, true, act->reason);
    otr_question_answered(core, question, one, OTR_QUESTION_STEP_ANSWERED, act->score, act->reason);
    bool asks = act->score <= scale.poor && !reasoned;
    counts->asked_why += act->score <= scale.poor;
    counts->reasons[act->reason] += reasoned;
    question->state = asks ? OTR_QUESTION_ASKED_WHY : OTR_QUESTION_ANSWERED;
    if (asks)
        question->due = otr_time_add(core->now.utc, OTR_LIMIT_QUESTION_DAYS * OTR_DAY);
    otr_question_schedule(core, question);
    if (asks)
        otr_question_tell(core, question, otr_question_wishes(core, question));
    else
        otr_question_thank(core, question, otr_question_wishes(core, question));
    return OTR_REFUSAL_ACCEPTED;
}

static otr_refusal take_reason(otr_core *core, otr_question *question, const otr_customer_act *act)
{
    if (question->state != OTR_QUESTION_ASKED_WHY)
        return OTR_REFUSAL_ACCEPTED; /* has its answer */
    if (act->scored || act->reason == OTR_QUESTION_NO_REASON)
        return OTR_REFUSAL_NO_ANSWER;
    otr_case *one = otr_question_case(core, question);
    core->questions.counts[question->kind].reasons[act->reason]++;
    record(core, one, question, false, act->reason);
    otr_question_answered(core, question, one, OTR_QUESTION_STEP_REASONED, question->score, act->reason);
    question->state = OTR_QUESTION_ANSWERED;
    otr_question_thank(core, question, otr_question_wishes(core, question));
    return OTR_REFUSAL_ACCEPTED;
}

/* No more questions: whatever category is named, and where none is, not all messages. */
static otr_refusal take_stop(otr_core *core, const otr_question *question, const otr_customer_act *act)
{
    bool other = act->category.size > 0 && !otr_str_is(act->category, OTR_QUESTION_CATEGORY);
    if (other)
        return OTR_REFUSAL_NO_CATEGORY;
    uint32_t contact = otr_ledger_of(core, otr_names_get(&core->labels, question->customer), false);
    uint32_t category = otr_core_label(core, OTR_STR(OTR_QUESTION_CATEGORY));
    if (core->failed)
        return OTR_REFUSAL_ACCEPTED;
    otr_ledger_stop(core, &core->ledgers.list[contact], category,
                    act->to != OTR_TIME_NONE ? act->to : OTR_TIME_NEVER);
    otr_question_confirm_stop(core, question, otr_question_wishes(core, question), act->to);
    return OTR_REFUSAL_ACCEPTED;
}

otr_refusal otr_question_take(otr_core *core, otr_question *question, const otr_customer_act *act)
{
    if (question->state == OTR_QUESTION_HELD)
        return OTR_REFUSAL_NO_NOTIFICATION; /* nobody has seen it */
    bool first = otr_id_equal(question->id, act->notification);
    otr_refusal refusal = act->action == OTR_CUSTOMER_STOP ? take_stop(core, question, act)
                          : first                          ? take_score(core, question, act)
                                                           : take_reason(core, question, act);
    core->stats.customer_actions += refusal == OTR_REFUSAL_ACCEPTED;
    return refusal;
}

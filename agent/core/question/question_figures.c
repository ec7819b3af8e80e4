/* What the answers say. */
#include "core/state.h"

static uint64_t count_from_to(const otr_question_counts *counts, unsigned first, unsigned last)
{
    uint64_t sum = 0;
    for (unsigned i = first; i <= last; i++)
        sum += counts->scores[i];
    return sum;
}

otr_question_figures otr_question_figures_of(const otr_question_counts *counts, otr_question_kind kind)
{
    otr_question_scale scale = otr_question_scale_of(kind);
    uint64_t good = count_from_to(counts, scale.good, scale.most);
    uint64_t poor = count_from_to(counts, scale.least, scale.poor);
    uint64_t n = counts->answered;
    return (otr_question_figures){
        .counts = *counts,
        .score = kind == OTR_QUESTION_NPS ? otr_estimate_balance(good, poor, n)
                                          : otr_estimate_mean(n, (double)counts->sum, (double)counts->squares,
                                                              scale.least, scale.most),
        .good = otr_estimate_share(good, n),
        .poor = otr_estimate_share(poor, n),
        .response = otr_estimate_share(n, n + counts->expired),
    };
}

otr_question_figures otr_questions_figures(const otr_core *core, otr_question_kind kind)
{
    return otr_question_figures_of(&core->questions.counts[kind], kind);
}

void otr_question_answered(otr_core *core, const otr_question *question, const otr_case *one,
                           otr_question_step step, unsigned score, otr_question_reason reason)
{
    static const otr_bucket_score scores[OTR_QUESTION_KINDS] = {
        [OTR_QUESTION_SATISFACTION] = OTR_SCORE_SATISFACTION,
        [OTR_QUESTION_EFFORT] = OTR_SCORE_EFFORT,
        [OTR_QUESTION_NPS] = OTR_SCORE_NPS,
    };
    (void)reason;
    if (step == OTR_QUESTION_STEP_ANSWERED &&
        score <= otr_question_scale_of((otr_question_kind)question->kind).poor)
        otr_fare_risk_of(core, question->customer, OTR_FARE_RISK_SCORE);
    if (step != OTR_QUESTION_STEP_ASKED && step != OTR_QUESTION_STEP_ANSWERED)
        return; /* neither a further question nor a further score */
    otr_day_figures_question(core, one, otr_names_get(&core->labels, question->pack),
                             otr_names_get(&core->labels, question->rule), scores[question->kind],
                             step == OTR_QUESTION_STEP_ANSWERED ? (int)score : -1);
}

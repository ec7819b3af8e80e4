#include "daemon/control/question.h"

#include "daemon/control/put.h"

#include <math.h>

static json_t *number(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *estimate(const otr_estimate *of)
{
    json_t *out = json_object();
    json_object_set_new(out, "value", number(of->value));
    json_object_set_new(out, "low", number(of->low));
    json_object_set_new(out, "high", number(of->high));
    json_object_set_new(out, "error", number(of->error));
    otr_put_count(out, "n", of->n);
    return out;
}

static json_t *reasons(const otr_question_counts *counts)
{
    json_t *out = json_object();
    for (int i = 1; i < OTR_QUESTION_REASON_COUNT; i++)
        otr_put_count(out, otr_question_reason_text((otr_question_reason)i), counts->reasons[i]);
    return out;
}

json_t *otr_question_json(const otr_driver *driver)
{
    json_t *out = json_object();
    for (int kind = 0; kind < OTR_QUESTION_KINDS; kind++) {
        otr_question_figures figures = otr_driver_questions(driver, (otr_question_kind)kind);
        json_t *one = json_object();
        otr_put_count(one, "asked", figures.counts.asked);
        otr_put_count(one, "answered", figures.counts.answered);
        otr_put_count(one, "expired", figures.counts.expired);
        json_object_set_new(one, "score", estimate(&figures.score));
        json_object_set_new(one, "good", estimate(&figures.good));
        json_object_set_new(one, "poor", estimate(&figures.poor));
        json_object_set_new(one, "response", estimate(&figures.response));
        json_object_set_new(one, "reasons", reasons(&figures.counts));
        json_object_set_new(out, otr_question_kind_text((otr_question_kind)kind), one);
    }
    return out;
}

#include "core/question/question_kind.h"

otr_question_scale otr_question_scale_of(otr_question_kind kind)
{
    static const otr_question_scale scales[OTR_QUESTION_KINDS] = {
#define X(number, name, word, least, most, poor, good) [number] = {least, most, poor, good},
        OTR_QUESTIONS(X)
#undef X
    };
    return scales[kind];
}

const char *otr_question_kind_text(otr_question_kind kind)
{
    static const char *const words[OTR_QUESTION_KINDS] = {
#define X(number, name, word, ...) [number] = word,
        OTR_QUESTIONS(X)
#undef X
    };
    return words[kind];
}

static const char *const reasons[OTR_QUESTION_REASON_COUNT] = {[OTR_QUESTION_NO_REASON] = "",
#define X(number, name, word) [number] = word,
                                                               OTR_QUESTION_REASONS(X)
#undef X
};

const char *otr_question_reason_text(otr_question_reason reason)
{
    return reasons[reason];
}

bool otr_question_reason_parse(otr_str word, otr_question_reason *out)
{
    for (int i = 1; i < OTR_QUESTION_REASON_COUNT; i++)
        if (otr_str_is(word, reasons[i])) {
            *out = (otr_question_reason)i;
            return true;
        }
    return false;
}

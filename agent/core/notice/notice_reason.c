#include "core/notice/notice_reason.h"

static const struct {
    const char *word;
    const char *sentence;
} reasons[OTR_UNTOLD_COUNT] = {{"", ""},
#define X(name, word, sentence) {(word), (sentence)},
                               OTR_NOTICE_REASONS(X)
#undef X
};

otr_str otr_notice_reason_text(otr_notice_reason reason)
{
    return otr_str_of(reasons[reason].word);
}

otr_notice_reason otr_notice_reason_parse(otr_str word)
{
    for (int i = OTR_UNTOLD_NONE + 1; i < OTR_UNTOLD_COUNT; i++)
        if (otr_str_is(word, reasons[i].word))
            return (otr_notice_reason)i;
    return OTR_UNTOLD_NONE;
}

otr_str otr_notice_reason_sentence(otr_notice_reason reason)
{
    return otr_str_of(reasons[reason].sentence);
}

/*
 * Why somebody was not told, or not yet: the word that rows and programs have, and a sentence for the person
 * concerned. Rows hold the word, so the order may change.
 */
#ifndef OTR_CORE_NOTICE_REASON_H
#define OTR_CORE_NOTICE_REASON_H

#include "base/str.h"

/* X(name, word, what it means to the reader: completes "We did not write to you, because ...") */
/* clang-format off */
#define OTR_NOTICE_REASONS(X)                                                                                \
    X(QUIET, "quiet", "you asked for quiet at that time")                                                    \
    X(BUDGET_DAY, "budget-day", "you had as many messages that day as you asked for")                        \
    X(BUDGET_WEEK, "budget-week", "you had as many messages that week as you asked for")                     \
    X(BUDGET_CATEGORY, "budget-category", "you had as many messages of this kind as you asked for")          \
    X(COOLDOWN, "cooldown", "we had told you of the same thing shortly before")                              \
    X(GROUPED, "grouped", "it belongs to something that we had told you of already")                         \
    X(FLOOD, "flood", "many of your things reported at once, and one message was to tell of them all")       \
    X(DIGEST, "digest", "it was to be told with others in one message")                                      \
    X(STALE, "stale", "it was over before it could be told")                                                 \
    X(OPTED_OUT, "opted-out", "you asked for no messages of this kind")                                      \
    X(ONCE, "once", "this is told only once, and you had it already")                                        \
    X(DUPLICATE, "duplicate", "you had been told exactly this already")                                      \
    X(NO_TEXT, "no-text", "we have no words for it that are meant for you")                                  \
    X(NO_CONTACT, "no-contact", "we did not know whom to tell")                                              \
    X(UNSYNCED, "unsynced", "our clock was not set yet, and we could not know whether you wanted quiet")     \
    X(SHELVED, "shelved", "our staff had set this alarm aside")                                              \
    X(RETRACTED, "retracted", "it turned out to be wrong before it was told")                                \
    X(WITHDRAWN, "withdrawn", "we no longer watch for it")                                                   \
    X(EXPIRED, "expired", "it was too old to be news when it could be told")                                 \
    /* why a question is not asked */                                                                        \
    X(NOT_NEEDED, "not-needed", "nothing had to be done in the end")                                         \
    X(UNHEARD, "unheard", "you had not heard of it from us")                                                 \
    X(QUESTION_BUDGET, "question-budget", "we had asked you something not long before")                      \
    X(ASKED_BEFORE, "asked-before", "we had asked you about the same thing before")                          \
    X(NOT_DRAWN, "not-drawn", "we ask only some of those whom it concerns")                                  \
    X(CASE_OPEN, "case-open", "something else of yours was not over yet")                                    \
    X(QUESTIONS_FULL, "questions-full", "as many questions as we can keep waited for answers")
/* clang-format on */

typedef enum otr_notice_reason {
    OTR_UNTOLD_NONE, /* it was told */
#define X(name, ...) OTR_UNTOLD_##name,
    OTR_NOTICE_REASONS(X)
#undef X
        OTR_UNTOLD_COUNT
} otr_notice_reason;

/* The word; empty for NONE. */
otr_str otr_notice_reason_text(otr_notice_reason reason);
/* NONE when no reason has that word. */
otr_notice_reason otr_notice_reason_parse(otr_str word);
/* The rest of "We did not write to you, because "; empty for NONE. */
otr_str otr_notice_reason_sentence(otr_notice_reason reason);

#endif

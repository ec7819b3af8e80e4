/*
 * The sentences that the agent itself says to people, in every language that it speaks; what has happened is
 * said by packs. Templates with placeholders as packs have them: {{ name }}, and by number
 * {{ name | one: '# box' | other: '# boxes' }}. Moments may be "14:30", "yesterday 14:30" or "5 Mar 14:30".
 */
#ifndef OTR_TEXT_PHRASES_H
#define OTR_TEXT_PHRASES_H

#include "text/locale.h"

/*
 * X(NAME, name, kind). A PART is a sentence or a word within a text. A MESSAGE can stand by itself and is
 * there in three lengths. In each comment what it is for, and its placeholders, of which a shorter text has
 * fewer. text is what the message is about, in the same length; like items it stands last in the shorter
 * ones, so that otr_text_fit can cut what becomes too long.
 */
/* clang-format off */
#define OTR_PHRASE_LIST(X) \
    /* at the end of a full text */ \
    X(WHY, why, PART)                 /* why the reader gets this: asset */ \
    X(WHY_PERSONA, why_persona, PART) /* the same, where the persona has a word: asset, persona */ \
    X(SURE, sure, PART)               /* how sure we are, when data is missing: coverage */ \
    X(NEXT, next, PART)               /* when the reader hears more: next */ \
    X(FAULT_OURS, fault_ours, PART)   /* an apology */ \
    X(FAULT_CARRIER, fault_carrier, PART) \
    X(FAULT_DEVICE, fault_device, PART) \
    X(ALSO, also, PART)               /* further alarms told with the first: items */ \
    /* about alarms */ \
    X(STILL, still, MESSAGE)          /* promised news, and nothing is new: asset, onset */ \
    X(REPEAT, repeat, MESSAGE)        /* again, until answered: text */ \
    X(ESCALATED, escalated, MESSAGE)  /* to the second contact: asset, told, text */ \
    X(RETRACTED, retracted, MESSAGE)  /* it was not so: asset, told */ \
    X(DIGEST, digest, MESSAGE)        /* what was held: count, since, items */ \
    X(FLOOD, flood, MESSAGE)          /* many assets, one cause: count, text, next */ \
    X(FLOOD_OVER, flood_over, MESSAGE) /* count, since */ \
    X(BLIND_DOWN, blind_down, MESSAGE) /* the gateway was off: from, to, items; the line has interval */ \
    X(BLIND_LOST, blind_lost, MESSAGE) /* readings are lost: the same */ \
    /* answers to what the reader did */ \
    X(CONFIRM_HELP, confirm_help, MESSAGE)             /* asset */ \
    X(CONFIRM_CALL, confirm_call, MESSAGE)             /* asset, from, to; the line has interval */ \
    X(CONFIRM_CALL_SOON, confirm_call_soon, MESSAGE)   /* no time was given: asset */ \
    X(CONFIRM_NOT_SOLVED, confirm_not_solved, MESSAGE) /* asset */ \
    X(CONFIRM_USEFUL, confirm_useful, MESSAGE) \
    X(CONFIRM_KNOWN, confirm_known, MESSAGE) \
    X(CONFIRM_WRONG, confirm_wrong, MESSAGE)           /* asset */ \
    X(CONFIRM_LATE, confirm_late, MESSAGE) \
    X(CONFIRM_STOP, confirm_stop, MESSAGE)             /* category */ \
    X(CONFIRM_STOP_UNTIL, confirm_stop_until, MESSAGE) /* category, until */ \
    X(CONFIRM_STOP_ALL, confirm_stop_all, MESSAGE)     /* critical alarms are told all the same */ \
    X(CONFIRM_STOP_ALL_UNTIL, confirm_stop_all_until, MESSAGE) /* until */ \
    X(CONFIRM_RESUME, confirm_resume, MESSAGE)         /* category */ \
    X(CONFIRM_RESUME_ALL, confirm_resume_all, MESSAGE) \
    X(CONFIRM_MY_DATA, confirm_my_data, MESSAGE)       /* items: the DATA_ parts */ \
    X(CONFIRM_FORGET_ME, confirm_forget_me, MESSAGE) \
    X(CONFIRM_SOLVED, confirm_solved, MESSAGE) \
    /* what the desk does of a case */ \
    X(PROMISED, promised, MESSAGE)             /* asset, items */ \
    X(PROMISE_ITEM, promise_item, PART)        /* one of them: what, by */ \
    X(PROMISE_MOVED, promise_moved, MESSAGE)   /* a correction: asset, what, by, before; the line has what and by */ \
    X(PROMISE_KEPT, promise_kept, MESSAGE)     /* asset, what */ \
    X(PROMISE_LATE, promise_late, MESSAGE)     /* kept when it was missed: asset, what */ \
    X(PROMISE_MISSED, promise_missed, MESSAGE) /* an apology: asset, what, by */ \
    X(PROMISE_OWED, promise_owed, MESSAGE)     /* missed, and not done still: asset, what */ \
    X(RESOLVED, resolved, MESSAGE)             /* where the pack has no words for how: asset */ \
    X(RESOLVED_ASK, resolved_ask, PART)        /* at the end of any that says it is resolved */ \
    X(REOPENED, reopened, MESSAGE)             /* asset */ \
    X(REMEDY, remedy, MESSAGE)                 /* where its pack is gone: asset */ \
    /* what is promised, where the pack has no words for it */ \
    X(CALLBACK, callback, PART) \
    X(REPLACEMENT, replacement, PART) \
    X(VISIT, visit, PART) \
    X(REFUND, refund, PART) \
    X(AGREED, agreed, PART)                    /* what had words when it was promised, and has none now */ \
    /* questions once a case is closed: asset, text (one of the ASKED_ parts), least, most; shorter ones have no text */ \
    X(ASK_SATISFACTION, ask_satisfaction, MESSAGE) \
    X(ASK_EFFORT, ask_effort, MESSAGE) \
    X(ASK_NPS, ask_nps, MESSAGE) \
    X(ASK_REASON, ask_reason, MESSAGE)         /* after a poor answer: asset, items: the REASON_ parts */ \
    X(CONFIRM_SCORE, confirm_score, MESSAGE) \
    /* what the reader has had of us, by persona: what a question is about */ \
    X(ASKED_CONSIGNEE, asked_consignee, PART) \
    X(ASKED_SHIPPER, asked_shipper, PART) \
    X(ASKED_PHARMACIST, asked_pharmacist, PART) \
    X(ASKED_FLEET_MANAGER, asked_fleet_manager, PART) \
    X(ASKED_DRIVER, asked_driver, PART) \
    X(ASKED_HOUSEHOLDER, asked_householder, PART) \
    X(ASKED_ANYBODY, asked_anybody, PART) \
    /* what may have gone wrong, to choose from */ \
    X(REASON_LATE, reason_late, PART) \
    X(REASON_UNCLEAR, reason_unclear, PART) \
    X(REASON_NOT_SOLVED, reason_not_solved, PART) \
    X(REASON_HAD_TO_REPEAT, reason_had_to_repeat, PART) \
    X(REASON_TOO_MANY, reason_too_many, PART) \
    /* how an asset is doing: one of three, then the parts that are known */ \
    X(STATUS_FINE, status_fine, MESSAGE)       /* asset */ \
    X(STATUS_CASE, status_case, MESSAGE)       /* an open case: asset, since, text */ \
    X(STATUS_NO_DATA, status_no_data, MESSAGE) /* asset */ \
    X(STATUS_PLACE, status_place, PART)        /* place */ \
    X(STATUS_TEMPERATURE, status_temperature, PART) /* temperature */ \
    X(STATUS_BUMP, status_bump, PART)          /* bump: when */ \
    X(STATUS_NO_BUMP, status_no_bump, PART) \
    X(STATUS_ETA, status_eta, PART)            /* eta, error: a span */ \
    X(STATUS_DATA, status_data, PART)          /* at: when the newest reading was taken */ \
    X(STATUS_COVERAGE, status_coverage, PART)  /* coverage */ \
    /* what is stored about a contact, items of a list */ \
    X(DATA_LANGUAGE, data_language, PART)      /* language */ \
    X(DATA_ZONE, data_zone, PART)              /* zone */ \
    X(DATA_CHANNELS, data_channels, PART)      /* items */ \
    X(DATA_QUIET, data_quiet, PART)            /* from, to */ \
    X(DATA_BUDGET, data_budget, PART)          /* day, week: counts */ \
    X(DATA_STOPPED, data_stopped, PART)        /* items: categories */ \
    X(DATA_STOPPED_ALL, data_stopped_all, PART) \
    X(DATA_SENT, data_sent, PART)              /* that counted towards the budget in seven days: count */ \
    X(DATA_OPEN, data_open, PART)              /* threads: count */ \
    /* personas, as WHY_PERSONA says them */ \
    X(CONSIGNEE, consignee, PART) \
    X(SHIPPER, shipper, PART) \
    X(PHARMACIST, pharmacist, PART) \
    X(FLEET_MANAGER, fleet_manager, PART) \
    X(DRIVER, driver, PART) \
    X(HOUSEHOLDER, householder, PART)
/* clang-format on */

typedef enum otr_phrase {
#define X(name, ...) OTR_PHRASE_##name,
    OTR_PHRASE_LIST(X)
#undef X
        OTR_PHRASES
} otr_phrase;

typedef enum otr_phrase_length {
    OTR_PHRASE_FULL,
    OTR_PHRASE_BRIEF, /* at most 160 characters when read */
    OTR_PHRASE_LINE,  /* at most 60 */
    OTR_PHRASE_LENGTHS
} otr_phrase_length;

/* What a placeholder stands for: text, or by number one of the forms. */
typedef struct otr_phrase_fact {
    const char *name;
    otr_str text;
    double number; /* whole; for placeholders with forms only */
} otr_phrase_fact;

/* The template in the locale's language. Constant. A part has one length: it is the same in all. */
otr_str otr_phrase_text(const otr_locale *locale, otr_phrase phrase, otr_phrase_length length);
/* Whether it stands by itself. */
bool otr_phrase_is_message(otr_phrase phrase);
/*
 * The template filled in. A fact that is missing is said as not known. A full stop behind a fact that ends in
 * one is left out.
 */
void otr_phrase_say(const otr_locale *locale, otr_buffer *buffer, otr_phrase phrase, otr_phrase_length length,
                    const otr_phrase_fact *facts, size_t count);
/* The same up to its {{ text }}, for a text that is not known yet. The template has one. */
void otr_phrase_say_lead(const otr_locale *locale, otr_buffer *buffer, otr_phrase phrase,
                         otr_phrase_length length, const otr_phrase_fact *facts, size_t count);
/* What stands between two sentences: a space, or nothing. Constant. */
otr_str otr_phrase_space(const otr_locale *locale);
/* What stands between the things of a plain list: ", " and, where they have commas themselves, "; ".
 * Constant. */
otr_str otr_phrase_comma(const otr_locale *locale);
otr_str otr_phrase_semicolon(const otr_locale *locale);
/* The phrase for what is often promised, such as "callback"; false for anything else. */
bool otr_phrase_promise(otr_str what, otr_phrase *out);
/* The words that it knows, by number; false behind the last one. */
bool otr_phrase_promise_word(size_t number, otr_str *out);
/* The phrase for a shipped persona such as "fleet-manager"; false for any other. */
bool otr_phrase_persona(otr_str persona, otr_phrase *out);

#endif

/*
 * What the desk does of a case, as those hear it who were told of the trouble: what is promised, put off,
 * kept or missed, what was done, that it is solved, or is not after all. It waits with the reader's newest
 * thread of the case until the policy lets it through, and is folded meanwhile: one message, true when it is
 * told.
 */
#ifndef OTR_CORE_TOLD_H
#define OTR_CORE_TOLD_H

#include "core/notice/notice_text.h"

typedef struct otr_told_item {
    uint8_t what; /* otr_notice_what, one of the desk's */
    uint32_t
        name;    /* in core->labels: what is promised, the remedy, the code of the resolution; or OTR_NONE */
    otr_time by; /* UTC: PROMISED, MOVED, MISSED; KEPT: when it was missed, or NONE */
    otr_time before; /* UTC: MOVED: the time that held till then */
} otr_told_item;

static inline otr_told_item otr_told_item_of(otr_notice_what what, uint32_t name)
{
    return (otr_told_item){(uint8_t)what, name, OTR_TIME_NONE, OTR_TIME_NONE};
}

/* How long a customer waits for news of what was missed, where no rule says so. */
#define OTR_TOLD_NEWS_US (4 * OTR_HOUR)

static inline bool otr_told_is_desk(otr_notice_what what)
{
    return what >= OTR_NOTICE_KEPT && what <= OTR_NOTICE_MISSED;
}

/* ---- told_fold.c ---- */

/* Adds the item to a list with room for OTR_LIMIT_NOTICE_DESK, where nothing stays that it makes untrue. */
void otr_told_fold(otr_told_item *list, uint32_t *count, const otr_told_item *item);
/* Nothing that was promised is needed any more, and no word of how it ended holds. */
void otr_told_fold_dismiss(otr_told_item *list, uint32_t *count);
/* What the message is named by; the list is not empty. */
otr_notice_what otr_told_lead(const otr_told_item *list, uint32_t count);

/* ---- told.c ---- */

/* For all who were told of the case, or are about to be, but the contact of that number (OTR_NONE: all). */
void otr_told_add(otr_core *core, const otr_case *one, const otr_told_item *item, uint32_t except);
/* It is open again: for those who were told that it is solved, or all where a customer says so. */
void otr_told_reopened(otr_core *core, const otr_case *one, otr_reopening why, uint32_t except);
/* It is resolved otherwise than was said: for those who heard that, where it reads differently. */
void otr_told_corrected(otr_core *core, const otr_case *one, const otr_told_item *item);
/* Nobody needs to do anything, which is told to nobody but those who wait for what was promised; by that
 * code, while its promises are still there. */
void otr_told_dismissed(otr_core *core, const otr_case *one, uint32_t code);
/* The case is over: nothing of it is to wait for. */
void otr_told_closed(otr_core *core, const otr_case *one);
/* The input ends: what it brought is decided. */
void otr_told_flush(otr_core *core);
/* It is decided when the input ends. */
void otr_told_later(otr_core *core, otr_notice *thread);
/* What is missed in the thread's case is to be told with its next news; false when nothing is. */
bool otr_told_owe(otr_core *core, otr_notice *thread);
/* Whether something is promised in its case, so that the thread is not over yet. */
bool otr_told_waits(otr_core *core, const otr_notice *thread);
/* Makes the next news those of what is promised or missed; false where its rule is to say. */
bool otr_told_next(otr_core *core, otr_notice *thread);
/* What the reader is in a case's conversation: no reference, for that outlives who is forgotten. */
otr_str otr_told_who(const otr_core *core, const otr_notice *thread);
/* Takes note that the reader was told that; brief is how, in short, or empty. */
void otr_told_note(otr_core *core, otr_notice *thread, otr_notice_what what, otr_str brief);
/* What the reader had yet to hear was told, or will never be. */
void otr_told_clear(otr_notice *thread, bool told);

/* ---- told_text.c ---- */

/* There is something. */
otr_notice_saying otr_told_say(otr_core *core, otr_notice *thread);
/* A message of the thread with it behind its text, unless it is that itself. */
otr_notice_saying otr_told_with(otr_core *core, otr_notice *thread, otr_notice_what what,
                                const otr_notice_saying *saying);
/* The same of an encoded one, which is no message of the desk's; in the effects' memory. */
otr_str otr_told_join(otr_core *core, otr_notice *thread, otr_str body);

/* ---- told_bytes.c: for the snapshot, after cases and notices ---- */

void otr_told_write(const otr_core *core, otr_buffer *out);
void otr_told_read(otr_core *core, otr_reader *reader);

#endif

/*
 * What is said to one person: the pieces of a pack's text with every value in their language, measures and
 * time zone. What may only be said when it is sent, or once more is decided, stays a placeholder: duration,
 * and next.
 */
#ifndef OTR_CORE_COMPOSE_H
#define OTR_CORE_COMPOSE_H

#include "core/state.h"
#include "text/phrases.h"

/* How one person reads. */
typedef struct otr_audience {
    const otr_locale *locale;
    const otr_zone *zone;
    otr_measures measures;
    otr_time now; /* UTC */
} otr_audience;

/* locale: of the text that they are told, which may be in another language than theirs. wishes may be NULL:
 * an English reader in UTC. */
otr_audience otr_audience_of(const otr_core *core, const otr_contact *wishes, otr_str locale);

/* Texts in the effects' memory; data NULL when memory is out. */
otr_str otr_compose_moment(otr_core *core, const otr_audience *to, otr_time at);
otr_str otr_compose_phrase(otr_core *core, const otr_audience *to, otr_phrase phrase,
                           otr_phrase_length length, const otr_phrase_fact *facts, size_t count);

/* The phrase up to its text. */
otr_str otr_compose_lead(otr_core *core, const otr_audience *to, otr_phrase phrase, otr_phrase_length length,
                         const otr_phrase_fact *facts, size_t count);
/* A sentence as one thing of a list: without its full stop. */
otr_str otr_compose_item(otr_str sentence);
/* What was written into the buffer, which is emptied. */
otr_str otr_compose_keep(otr_core *core, otr_buffer *text);

/* A text while it is put together, in the effects' memory. */
typedef struct otr_composition {
    otr_core *core;
    otr_audience to;
    const otr_asset_state *asset;
    const otr_alarm *alarm;
    otr_str persona; /* what the reader is in this; may be empty */
    size_t things;   /* that the text is about */
    otr_piece *pieces;
    size_t count;
    size_t capacity;
} otr_composition;

void otr_compose_literal(otr_composition *into, otr_str text);
/* A piece of a text that is composed already: what is said later stays so. */
void otr_compose_piece(otr_composition *into, const otr_piece *piece);
/* Values are said as they are now. */
void otr_compose_template(otr_composition *into, const otr_template *text);
/* What stands between two sentences, unless nothing was said yet. */
void otr_compose_space(otr_composition *into);
otr_template otr_compose_done(const otr_composition *from);
/* The text as it reads now; next empty: it is not known. */
otr_str otr_compose_read(otr_core *core, const otr_audience *to, const otr_template *text, otr_time onset,
                         otr_time ended, otr_str next);
/* The same, cut to so many characters. */
otr_str otr_compose_fit(otr_core *core, otr_str text, size_t characters);

#endif

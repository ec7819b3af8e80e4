/* What a pack says to people: texts with placeholders, by language and by whom they are for. */
#ifndef OTR_RULES_MESSAGE_H
#define OTR_RULES_MESSAGE_H

#include "base/str.h"

#include <stdint.h>

/*
 * A text with {{ placeholders }}: a chain of pieces, checked when the pack is loaded. Known paths: asset.x,
 * asset.x.y, a metric of the catalogue or of the pack's own expressions and evidence, role.metric of a role
 * that the pack's rules read, and the facts listed in pack_placeholder.c.
 */
typedef enum otr_piece_kind { OTR_PIECE_LITERAL, OTR_PIECE_VALUE, OTR_PIECE_PLURAL } otr_piece_kind;

/* How a VALUE is said. */
typedef enum otr_filter {
    OTR_FILTER_NONE,  /* as it is: a plain number, text, yes or no */
    OTR_FILTER_UNIT,  /* a quantity of the unit, in the reader's measures */
    OTR_FILTER_DELTA, /* the same, a difference: 1 °C is 1.8 °F */
    OTR_FILTER_SPAN,  /* so many s, min, h or d, in words */
    OTR_FILTER_TIME,  /* an RFC 3339 text, as a moment in the reader's zone */
} otr_filter;

/* CLDR's categories, and an exact number (=0, =1), which goes before them. */
typedef enum otr_form {
    OTR_FORM_ZERO,
    OTR_FORM_ONE,
    OTR_FORM_TWO,
    OTR_FORM_FEW,
    OTR_FORM_MANY,
    OTR_FORM_OTHER,
    OTR_FORM_EXACTLY_0,
    OTR_FORM_EXACTLY_1,
    OTR_FORMS
} otr_form;

/* zero, one, two, few, many, other, =0, =1. */
const char *otr_form_text(otr_form form);

typedef struct otr_piece {
    otr_piece_kind kind;
    otr_str text; /* literal, or the path */
    otr_str name; /* of a placeholder: all that stands in its braces; the same name is said the same */
    otr_filter filter;
    otr_str unit;         /* of UNIT and DELTA: a SenML unit; of SPAN: s, min, h or d */
    const otr_str *forms; /* of PLURAL: OTR_FORMS texts, data NULL where not given; # is the number. other is
                             always given */
} otr_piece;

typedef struct otr_template {
    const otr_piece *pieces;
    size_t count;
} otr_template;

/* What of an alarm is told. */
typedef enum otr_telling {
    OTR_TELL_RAISED,
    OTR_TELL_UPDATED, /* it is not over yet */
    OTR_TELL_CLEARED,
    OTR_TELL_PAST,      /* it had begun and ended before it became known */
    OTR_TELL_RETRACTED, /* it turned out not to have been so */
    OTR_TELLINGS
} otr_telling;

/* raised, updated, cleared, past, retracted. */
const char *otr_telling_text(otr_telling telling);

/* The full text is these in order. */
typedef enum otr_part { OTR_PART_HAPPENED, OTR_PART_MEANS, OTR_PART_DOING, OTR_PART_YOU, OTR_PARTS } otr_part;

/* happened, means, doing, you. */
const char *otr_part_text(otr_part part);

enum {
    OTR_LINE_CHARACTERS = 60,
    OTR_BRIEF_CHARACTERS = 160,
    OTR_CARD_CHARACTERS = 300,
    OTR_PROMISE_CHARACTERS = 32 /* of a name within a line */
};

/* count 0: not given. Where any is given, so is what happened. */
typedef struct otr_text {
    otr_template line;  /* at most OTR_LINE_CHARACTERS when read */
    otr_template brief; /* at most OTR_BRIEF_CHARACTERS */
    otr_template parts[OTR_PARTS];
} otr_text;

typedef struct otr_message_text {
    otr_str locale;  /* BCP 47: "en", "de", "zh-Hans" */
    otr_str persona; /* empty: for anybody */
    otr_text tellings[OTR_TELLINGS];
    otr_template item; /* one alarm of a list */
} otr_message_text;

typedef struct otr_message_entry {
    otr_str name;
    const otr_message_text *texts; /* of each locale first the one for anybody */
    size_t count;
} otr_message_entry;

/* Advice: how damage happens, what to do. */
typedef struct otr_card_text {
    otr_str locale;
    otr_str persona;   /* empty: for anybody */
    otr_template line; /* may be empty: then the text's first words */
    otr_template text; /* at most OTR_CARD_CHARACTERS when read */
} otr_card_text;

typedef struct otr_card {
    otr_str name;
    const otr_card_text *texts; /* of each locale first the one for anybody */
    size_t count;
    const otr_str *to;     /* of the readers of a rule only these */
    size_t to_count;       /* 0: all of them */
    otr_str link;          /* empty: none */
    uint32_t link_seconds; /* how long what is linked takes to watch; 0: not known */
} otr_card;

/* What is said of one thing, such as a remedy, in one language. */
typedef struct otr_catalogue_text {
    otr_str locale;
    otr_template line;  /* may be empty, as brief may */
    otr_template brief; /* at most OTR_BRIEF_CHARACTERS when read */
    otr_template text;
} otr_catalogue_text;

typedef struct otr_catalogue_entry {
    otr_str name;
    const otr_catalogue_text *texts; /* English is among them */
    size_t count;
} otr_catalogue_entry;

/* Personas that assignments usually name; others may be used too. NULL ends the list. */
extern const char *const otr_personas[];
/* customer, or one of these: somebody outside the house. */
bool otr_is_reader_outside(otr_str to);

/*
 * What is said to the persona in the locale: of each language down the locale's chain (zh-Hans-CN, zh-Hans,
 * zh, en) first what is for the persona, then what is for anybody. NULL: the message says nothing of that.
 * *locale_found, which may be NULL, is then that of the text.
 */
const otr_text *otr_message_find(const otr_message_entry *message, otr_str persona, otr_str locale,
                                 otr_telling telling, otr_str *locale_found);
/* One alarm of a list; NULL: the message tells no list. */
const otr_template *otr_message_item(const otr_message_entry *message, otr_str persona, otr_str locale);
/* Down the chain of the locale as well; never NULL. */
const otr_catalogue_text *otr_catalogue_find(const otr_catalogue_entry *entry, otr_str locale);
/* Never NULL: each card has an English text for anybody. */
const otr_card_text *otr_card_find(const otr_card *card, otr_str persona, otr_str locale);

#endif

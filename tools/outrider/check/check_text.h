/* What `outrider check` says of the texts of a pack: how long they are read, what they lack, how they sound.
 */
#ifndef OTR_TOOLS_CHECK_TEXT_H
#define OTR_TOOLS_CHECK_TEXT_H

#include "base/buffer.h"
#include "core/asset/assignment.h"
#include "rules/load/pack.h"
#include "rules/load/yaml.h"

typedef struct otr_text_check {
    otr_buffer *out;
    const char *file;
    const otr_pack *pack;
    const otr_assignments *assignments; /* NULL: not looked at */
    otr_str locales;                    /* "en,de": which every message and card must have; empty: none */
    const otr_yaml *root;               /* the pack's file, for places */
    size_t errors;
    size_t warnings;
} otr_text_check;

/* Where a text stands and what it is: for every line printed. */
typedef struct otr_text_place {
    const otr_yaml *at;
    otr_str name;
    otr_str locale;
    otr_str persona; /* empty: anybody */
    const char *telling;
} otr_text_place;

/* A line FILE:LINE:COL: [warning: ]NAME/LOCALE/TELLING: REASON. */
void otr_text_error(otr_text_check *c, const otr_text_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void otr_text_warn(otr_text_check *c, const otr_text_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends to out: texts too long when read (errors); locales, placeholders, plural forms and parts that are
 * missing, words that blame, cards that no rule sends, personas that no reader has (warnings). */
void otr_check_texts(otr_text_check *c);
/* The same of what the desk says: remedies, resolutions and promises. */
void otr_check_catalogues(otr_text_check *c);
/* Takes the next of the locales that are wanted off the list; false at its end. */
bool otr_check_next_locale(otr_str *list, otr_str *out);
/* Whether a reader of the wanted locale is told a text in that one. */
bool otr_check_understands(otr_str locale, otr_str wanted);
/* An error where the text is longer when read; part may be empty. */
void otr_check_reads_within(otr_text_check *c, const otr_text_place *place, const char *part,
                            const otr_template *text, size_t most);
/* The same of one template: plural forms that the locale needs, words that blame. */
void otr_check_template(otr_text_check *c, const otr_text_place *place, const otr_template *text);
/* A placeholder of one and not of the other. */
void otr_check_placeholders(otr_text_check *c, const otr_text_place *place,
                            const otr_template *const *english, const otr_template *const *other,
                            size_t count);

#endif

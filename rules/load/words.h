/* What names of each kind look like. Limits of length are part of the answer. */
#ifndef OTR_RULES_WORDS_H
#define OTR_RULES_WORDS_H

#include "base/str.h"

/* A pack, message, queue, category, place or profile: [a-z0-9][a-z0-9_-]*, at most 64 bytes. */
bool otr_word_is_slug(otr_str text);
/* A rule or a member of an object: [A-Za-z][A-Za-z0-9_]*, at most 64 bytes. */
bool otr_word_is_identifier(otr_str text);
/* The form of BCP 47, without asking whether the language exists: "de", "pt-BR", "zh-Hans". */
bool otr_word_is_locale(otr_str text);
/* The form of an IANA time zone, without asking whether it exists: "UTC", "Europe/Berlin", "Etc/GMT+5". */
bool otr_word_is_zone(otr_str text);

#endif

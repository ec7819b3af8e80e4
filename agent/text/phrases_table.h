/* Where the phrases of each language are; for the files of this folder. */
#ifndef OTR_TEXT_PHRASES_TABLE_H
#define OTR_TEXT_PHRASES_TABLE_H

#include "text/phrases.h"

/* By otr_phrase_length; a part has the first only. */
typedef const char *const otr_phrase_row[OTR_PHRASE_LENGTHS];

/* The table of a file that has a row for each phrase under its small name: without one it does not compile.
 */
#define OTR_PHRASE_ENTRY(NAME, name, kind) [OTR_PHRASE_##NAME] = (name),

extern const char *const *const otr_phrases_en[OTR_PHRASES];
extern const char *const *const otr_phrases_de[OTR_PHRASES];
extern const char *const *const otr_phrases_es[OTR_PHRASES];
extern const char *const *const otr_phrases_fr[OTR_PHRASES];
extern const char *const *const otr_phrases_zh[OTR_PHRASES];

#endif

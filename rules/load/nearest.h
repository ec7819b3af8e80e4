/* Which known word was probably meant: for error messages. */
#ifndef OTR_RULES_NEAREST_H
#define OTR_RULES_NEAREST_H

#include "base/str.h"

/*
 * The number of edits (insert, delete, replace a byte, swap two neighbours) from a to b, or limit + 1 when
 * there are more. Words over 48 bytes count as too far.
 */
unsigned otr_edit_distance(otr_str a, otr_str b, unsigned limit);

/* Keeps the best of several candidates. Zero-initialise, offer each, then read word; its data is NULL when
 * none is near. */
typedef struct otr_nearest {
    otr_str word;
    unsigned distance;
} otr_nearest;

/* wanted is the word as written. The first of equally near candidates stays. */
void otr_nearest_offer(otr_nearest *nearest, otr_str wanted, otr_str candidate);

/* For printf's "%s%.*s%s": `; did you mean WORD?` or nothing. */
#define OTR_NEAREST_ARG(n)                                                                                   \
    (n).word.data != NULL ? "; did you mean " : "", OTR_STR_ARG((n).word), (n).word.data != NULL ? "?" : ""

#endif

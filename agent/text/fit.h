/* How long a text is to a person, and texts cut to a length. Pure. */
#ifndef OTR_TEXT_FIT_H
#define OTR_TEXT_FIT_H

#include "base/buffer.h"

/* Characters as a person counts them: code points, but not what only changes the one before (accents of their
 * own, variation selectors, joiners). A byte that is no UTF-8 counts as one. */
size_t otr_text_length(otr_str utf8);
/*
 * Adds the text when it has at most so many characters, else its beginning and "…", as many together at most.
 * Cut between words, Chinese between any two characters; a first word that is too long is cut within, never
 * within a character. Nothing for 0.
 */
void otr_text_fit(otr_str utf8, size_t characters, otr_buffer *buffer);

#endif

/*
 * Whether a text names something: as a whole, so that what mentions "box-77" does not mention "box-7".
 * Letters, digits, - and _ right before or after make another name of it; points and colons end sentences as
 * well, and are in doubt read so.
 */
#ifndef OTR_BASE_MENTION_H
#define OTR_BASE_MENTION_H

#include "base/hash.h"
#include "base/str.h"

/* name is not empty. */
bool otr_mentions(otr_str text, otr_str name);
/* In bytes in which each text has its length before it as a varint, which may look like a letter: true in
 * doubt. */
bool otr_mentions_within(otr_bytes bytes, otr_str name);
/* Any bytes; of no size they are in none. */
bool otr_bytes_hold(otr_bytes bytes, const void *what, size_t size);
/* Whether one of the ids stands in the text, as 32 hex digits. */
bool otr_mentions_id(otr_str text, const otr_id *ids, size_t count);

#endif

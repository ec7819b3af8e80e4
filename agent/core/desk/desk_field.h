/* Names of what a ticket should have said, with commas between: "lot,asset.serial". Knows no case. */
#ifndef OTR_CORE_DESK_FIELD_H
#define OTR_CORE_DESK_FIELD_H

#include "base/buffer.h"

/* Whether each is a word of letters, digits, `_`, `-` and `.`, of at most 64 bytes. */
bool otr_desk_fields_ok(otr_str fields);
/* Takes the first of *rest into *field, without the blanks around it; false at its end. */
bool otr_desk_field_next(otr_str *rest, otr_str *field);
/* Adds it to those in all, at most OTR_LIMIT_CASE_FIELDS; false when it is among them or has no room. */
bool otr_desk_field_add(otr_buffer *all, otr_str field);

#endif

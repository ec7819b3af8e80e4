/* CEL's extensions for strings and numbers: functions of values that need nothing but their operands and a
 * room. */
#ifndef OTR_RULES_EXTENSION_H
#define OTR_RULES_EXTENSION_H

#include "rules/cel/functions.h"
#include "rules/cel/operate.h"

otr_reason otr_extension_call(const otr_function_entry *entry, const otr_value *operands, size_t count,
                              otr_room *room, otr_value *out);

/* The parts, each in a file of its own; types of operands are right. */
otr_reason otr_extension_text(otr_call call, const otr_value *operands, size_t count, otr_room *room,
                              otr_value *out);
otr_reason otr_extension_format(otr_str format, const otr_value *list, otr_room *room, otr_value *out);
otr_reason otr_extension_math(otr_call call, const otr_value *operands, size_t count, otr_value *out);

/* Text that grows at the end of a room, which is used for nothing else meanwhile. */
typedef struct otr_text_writer {
    otr_room *room;
    char *start;
    size_t size;
    bool full;
} otr_text_writer;

otr_text_writer otr_text_begin(otr_room *room);
void otr_text_add(otr_text_writer *writer, otr_str text);
otr_reason otr_text_end(const otr_text_writer *writer, otr_value *out);

#endif

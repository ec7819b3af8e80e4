#include "rules/cel/extension.h"

otr_text_writer otr_text_begin(otr_room *room)
{
    char *start = otr_room_take(room, 0);
    return (otr_text_writer){.room = room, .start = start, .full = start == NULL};
}

void otr_text_add(otr_text_writer *writer, otr_str text)
{
    if (writer->full || text.size == 0)
        return;
    if (text.size > writer->room->size - writer->room->used) {
        writer->full = true;
        return;
    }
    memcpy(writer->start + writer->size, text.data, text.size);
    writer->size += text.size;
    writer->room->used += text.size;
}

otr_reason otr_text_end(const otr_text_writer *writer, otr_value *out)
{
    if (writer->full)
        return OTR_REASON_ROOM;
    *out = (otr_value){.type = OTR_TYPE_STRING, .text = {writer->start, writer->size}};
    return OTR_REASON_NONE;
}

otr_reason otr_extension_call(const otr_function_entry *entry, const otr_value *operands, size_t count,
                              otr_room *room, otr_value *out)
{
    for (size_t i = 0; i < count; i++)
        if (!otr_function_takes(entry, i, operands[i].type))
            return OTR_REASON_NO_OVERLOAD;
    if (entry->call == OTR_CALL_FORMAT)
        return otr_extension_format(operands[0].text, &operands[1], room, out);
    if (entry->call < OTR_CALL_FORMAT)
        return otr_extension_text(entry->call, operands, count, room, out);
    return otr_extension_math(entry->call, operands, count, out);
}

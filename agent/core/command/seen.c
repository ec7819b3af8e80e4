#include "core/command/seen.h"

const otr_command_result *otr_seen_find(const otr_seen *seen, otr_id id)
{
    for (uint32_t i = 1; i <= seen->count; i++) {
        const otr_command_result *result =
            &seen->ring[(seen->next + OTR_LIMIT_COMMANDS_SEEN - i) % OTR_LIMIT_COMMANDS_SEEN];
        if (otr_id_equal(result->id, id))
            return result;
    }
    return NULL;
}

void otr_seen_add(otr_seen *seen, const otr_command_result *result)
{
    seen->ring[seen->next] = *result;
    seen->next = (seen->next + 1) % OTR_LIMIT_COMMANDS_SEEN;
    if (seen->count < OTR_LIMIT_COMMANDS_SEEN)
        seen->count++;
}

/* From the oldest to the newest. */
void otr_seen_write(const otr_seen *seen, otr_buffer *out)
{
    uint32_t first = seen->count < OTR_LIMIT_COMMANDS_SEEN ? 0 : seen->next;
    otr_buffer_add_varint(out, seen->count);
    for (uint32_t i = 0; i < seen->count; i++) {
        const otr_command_result *result = &seen->ring[(first + i) % OTR_LIMIT_COMMANDS_SEEN];
        otr_buffer_add_id(out, result->id);
        otr_buffer_add_u8(out, (uint8_t)result->refusal);
        otr_buffer_add_varint(out, result->alarms);
    }
}

void otr_seen_read(otr_seen *seen, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > OTR_LIMIT_COMMANDS_SEEN)
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        otr_command_result result = {.id = otr_reader_id(reader)};
        unsigned refusal = otr_reader_u8(reader);
        result.refusal = (otr_refusal)refusal;
        result.alarms = (uint32_t)otr_reader_varint(reader);
        if (refusal >= OTR_REFUSAL_COUNT)
            reader->failed = true;
        if (!reader->failed)
            otr_seen_add(seen, &result);
    }
}

#include "core/journal/journal.h"

#include "base/limits.h"

#include <stdlib.h>

enum { VERSION = 1 };

void otr_journal_begin(otr_buffer *batch)
{
    otr_buffer_clear(batch);
    otr_buffer_add_u8(batch, VERSION);
}

void otr_journal_turn(otr_buffer *batch, const otr_turn *turn)
{
    otr_buffer_add_u8(batch, 'T');
    otr_buffer_add_signed(batch, turn->core);
    otr_buffer_add_signed(batch, turn->utc - turn->core);
    otr_buffer_add_u8(batch, turn->synced ? 1 : 0);
}

void otr_journal_add(otr_buffer *batch, const otr_record *record)
{
    otr_buffer_add_u8(batch, (uint8_t)record->kind);
    switch (record->kind) {
    case OTR_INPUT_BOOT:
    case OTR_INPUT_TICK:
    case OTR_INPUT_ERASED:
        break;
    case OTR_INPUT_READINGS:
        otr_buffer_add_varint(batch, record->readings.device);
        otr_buffer_add_u64(batch, record->readings.key);
        otr_buffer_add_varint(batch, record->readings.count);
        otr_entries_write(batch, record->readings.entries, record->readings.count);
        break;
    case OTR_INPUT_CONTENT:
        otr_buffer_add_str(batch, record->content.slot);
        otr_buffer_add_str(batch, record->content.hash);
        break;
    case OTR_INPUT_LOSS:
        otr_buffer_add_varint(batch, record->loss.first_seq);
        otr_buffer_add_varint(batch, record->loss.last_seq);
        otr_buffer_add_varint(batch, record->loss.readings);
        otr_buffer_add_signed(batch, record->loss.first_core);
        otr_buffer_add_signed(batch, record->loss.last_core);
        otr_buffer_add_str(batch, record->loss.reason);
        break;
    case OTR_INPUT_REPORT:
        otr_buffer_add_str(batch, record->report.what);
        otr_buffer_add_str(batch, record->report.text);
        break;
    case OTR_INPUT_COMMAND:
        otr_command_encode(batch, &record->command);
        break;
    case OTR_INPUT_DEVICE_FETCH:
        otr_buffer_add_varint(batch, record->fetch.device);
        break;
    case OTR_INPUT_DEVICE_CONFIRM:
        otr_buffer_add_varint(batch, record->confirm.device);
        otr_buffer_add_varint(batch, record->confirm.count);
        for (size_t i = 0; i < record->confirm.count; i++)
            otr_buffer_add_id(batch, record->confirm.ids[i]);
        break;
    }
}

/* ---- reading back ---- */

/* Memory for the entries of one upload; grows to the largest. */
typedef struct scratch {
    otr_entry *entries;
    size_t capacity;
} scratch;

static otr_status read_readings(otr_reader *reader, otr_record *record, scratch *memory)
{
    record->readings.device = (uint32_t)otr_reader_varint(reader);
    record->readings.key = otr_reader_u64(reader);
    uint64_t count = otr_reader_varint(reader);
    if (reader->failed || count > OTR_LIMIT_UPLOAD_READINGS ||
        count * OTR_ENTRY_BYTES_MIN > otr_reader_left(reader))
        return OTR_CORRUPT;
    if (count > memory->capacity) {
        otr_entry *entries = realloc(memory->entries, count * sizeof *entries);
        if (entries == NULL)
            return OTR_MEMORY;
        memory->entries = entries;
        memory->capacity = count;
    }
    otr_entries_read(reader, memory->entries, count);
    record->readings.entries = memory->entries;
    record->readings.count = count;
    return reader->failed ? OTR_CORRUPT : OTR_OK;
}

static void read_confirm(otr_reader *reader, otr_record *record)
{
    record->confirm.device = (uint32_t)otr_reader_varint(reader);
    uint64_t count = otr_reader_varint(reader);
    if (count > OTR_LIMIT_DEVICE_COMMANDS_OPEN) {
        reader->failed = true;
        return;
    }
    record->confirm.count = count;
    for (uint64_t i = 0; i < count; i++)
        record->confirm.ids[i] = otr_reader_id(reader);
}

static otr_status read_record(otr_reader *reader, otr_record *record, scratch *memory)
{
    switch (record->kind) {
    case OTR_INPUT_BOOT:
    case OTR_INPUT_TICK:
    case OTR_INPUT_ERASED:
        return OTR_OK;
    case OTR_INPUT_READINGS:
        return read_readings(reader, record, memory);
    case OTR_INPUT_CONTENT:
        record->content.slot = otr_reader_str(reader);
        record->content.hash = otr_reader_str(reader);
        break;
    case OTR_INPUT_LOSS:
        record->loss.first_seq = otr_reader_varint(reader);
        record->loss.last_seq = otr_reader_varint(reader);
        record->loss.readings = otr_reader_varint(reader);
        record->loss.first_core = otr_reader_signed(reader);
        record->loss.last_core = otr_reader_signed(reader);
        record->loss.reason = otr_reader_str(reader);
        break;
    case OTR_INPUT_REPORT:
        record->report.what = otr_reader_str(reader);
        record->report.text = otr_reader_str(reader);
        break;
    case OTR_INPUT_COMMAND:
        return otr_command_decode(reader, &record->command) ? OTR_OK : OTR_CORRUPT;
    case OTR_INPUT_DEVICE_FETCH:
        record->fetch.device = (uint32_t)otr_reader_varint(reader);
        break;
    case OTR_INPUT_DEVICE_CONFIRM:
        read_confirm(reader, record);
        break;
    default:
        return OTR_CORRUPT;
    }
    return reader->failed ? OTR_CORRUPT : OTR_OK;
}

static otr_status read_turn(otr_reader *reader, const otr_journal_visitor *visitor)
{
    otr_turn turn;
    turn.core = otr_reader_signed(reader);
    turn.utc = (otr_time)((uint64_t)turn.core + (uint64_t)otr_reader_signed(reader));
    turn.synced = otr_reader_u8(reader) != 0;
    if (reader->failed)
        return OTR_CORRUPT;
    return visitor->turn(visitor->context, &turn);
}

otr_status otr_journal_read(otr_bytes batch, uint64_t first_seq, const otr_journal_visitor *visitor,
                            otr_error *error)
{
    otr_reader reader = otr_reader_of(batch);
    scratch memory = {0};
    otr_status status = otr_reader_u8(&reader) == VERSION ? OTR_OK : OTR_CORRUPT;
    bool in_turn = false;
    uint64_t seq = first_seq;
    while (status == OTR_OK && otr_reader_left(&reader) > 0) {
        uint8_t kind = otr_reader_u8(&reader);
        if (kind == 'T') {
            status = read_turn(&reader, visitor);
            in_turn = true;
            continue;
        }
        otr_record record = {.kind = (otr_input_kind)kind};
        status = in_turn ? read_record(&reader, &record, &memory) : OTR_CORRUPT;
        if (status == OTR_OK)
            status = visitor->record(visitor->context, seq++, &record);
    }
    free(memory.entries);
    if (status == OTR_CORRUPT)
        return otr_fail(error, OTR_CORRUPT, "journal batch %llu: not readable after input %llu",
                        (unsigned long long)first_seq, (unsigned long long)(seq - first_seq));
    return status;
}

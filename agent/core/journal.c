/*
 * Values of trackers are decimals with few digits and change little: a number is written as a scaled integer
 * minus the last one of that metric in the upload when that gives back exactly the same double, else as its
 * eight bytes.
 *
 * tag: bits 0-2 value form, bit 3 same metric as the reading before, bit 4 same time, bit 5 time in
 * milliseconds, bits 6-7 quality; an unsynced reading is preceded by the tag UNSYNCED alone.
 */
#include "core/journal.h"

#include "base/limits.h"

#include <math.h>
#include <stdlib.h>

enum { VERSION = 1 };
enum {
    FORM_DOUBLE,  /* eight bytes */
    FORM_INTEGER, /* signed difference of value */
    FORM_TENTH,   /* of value * 10 */
    FORM_HUNDREDTH,
    FORM_MILLIONTH,
    FORM_FLAG, /* u8 */
    FORM_TEXT,
    FORM_LOCATION, /* two signed differences in 1e-7 degree when exact, else u8 1 and two doubles */
};
enum { FORM_MASK = 7, SAME_METRIC = 8, SAME_TIME = 16, MILLISECONDS = 32, QUALITY_SHIFT = 6 };
enum { UNSYNCED = 3 << QUALITY_SHIFT };

static const double scales[] = {
    [FORM_INTEGER] = 1, [FORM_TENTH] = 10, [FORM_HUNDREDTH] = 100, [FORM_MILLIONTH] = 1000000};

/* What the reading before left, so that the next is a difference. */
typedef struct context {
    uint32_t metric;
    otr_time at;
    int64_t scaled; /* last number, in its own scale */
    int form;
    int64_t latitude;
    int64_t longitude;
} context;

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

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* value == scaled / scale exactly, sign of zero included. */
static bool scale_exactly(double value, double scale, int64_t *scaled)
{
    double product = value * scale;
    if (!(fabs(product) < 9e15))
        return false;
    int64_t rounded = (int64_t)(product < 0 ? product - 0.5 : product + 0.5);
    if (bits_of((double)rounded / scale) != bits_of(value))
        return false;
    *scaled = rounded;
    return true;
}

static int number_form(double value, int64_t *scaled)
{
    for (int form = FORM_INTEGER; form <= FORM_MILLIONTH; form++)
        if (scale_exactly(value, scales[form], scaled))
            return form;
    return FORM_DOUBLE;
}

static void add_location(otr_buffer *batch, const otr_entry *entry, context *last)
{
    int64_t latitude;
    int64_t longitude;
    if (scale_exactly(entry->location.latitude, 1e7, &latitude) &&
        scale_exactly(entry->location.longitude, 1e7, &longitude)) {
        otr_buffer_add_u8(batch, 0);
        otr_buffer_add_signed(batch, latitude - last->latitude);
        otr_buffer_add_signed(batch, longitude - last->longitude);
        last->latitude = latitude;
        last->longitude = longitude;
        return;
    }
    otr_buffer_add_u8(batch, 1);
    otr_buffer_add_double(batch, entry->location.latitude);
    otr_buffer_add_double(batch, entry->location.longitude);
}

static void add_entry(otr_buffer *batch, const otr_entry *entry, context *last)
{
    int form = FORM_DOUBLE;
    int64_t scaled = 0;
    if (entry->kind == OTR_KIND_NUMBER)
        form = number_form(entry->number, &scaled);
    else if (entry->kind == OTR_KIND_BOOL)
        form = FORM_FLAG;
    else
        form = entry->kind == OTR_KIND_TEXT ? FORM_TEXT : FORM_LOCATION;
    otr_time difference =
        (otr_time)((uint64_t)entry->at - (uint64_t)last->at); /* wraps back when it is read */
    unsigned tag = (unsigned)form | (unsigned)entry->quality << QUALITY_SHIFT;
    tag |= entry->metric == last->metric ? SAME_METRIC : 0;
    tag |= difference == 0 ? SAME_TIME : 0;
    tag |= difference != 0 && difference % OTR_MS == 0 ? MILLISECONDS : 0;
    if (entry->unsynced)
        otr_buffer_add_u8(batch, UNSYNCED);
    otr_buffer_add_u8(batch, (uint8_t)tag);
    if (entry->metric != last->metric)
        otr_buffer_add_varint(batch, entry->metric);
    if (difference != 0)
        otr_buffer_add_signed(batch, (tag & MILLISECONDS) != 0 ? difference / OTR_MS : difference);
    switch (form) {
    case FORM_DOUBLE:
        otr_buffer_add_double(batch, entry->number);
        break;
    case FORM_FLAG:
        otr_buffer_add_u8(batch, entry->flag ? 1 : 0);
        break;
    case FORM_TEXT:
        otr_buffer_add_str(batch, entry->text);
        break;
    case FORM_LOCATION:
        add_location(batch, entry, last);
        break;
    default:
        otr_buffer_add_signed(batch, form == last->form ? scaled - last->scaled : scaled);
        last->scaled = scaled;
        break;
    }
    last->form = form;
    last->metric = entry->metric;
    last->at = entry->at;
}

static const context fresh = {.metric = UINT32_MAX}; /* no metric's number */

void otr_journal_add(otr_buffer *batch, const otr_record *record)
{
    context last = fresh;
    otr_buffer_add_u8(batch, (uint8_t)record->kind);
    switch (record->kind) {
    case OTR_INPUT_BOOT:
    case OTR_INPUT_TICK:
        break;
    case OTR_INPUT_READINGS:
        otr_buffer_add_varint(batch, record->readings.device);
        otr_buffer_add_u64(batch, record->readings.key);
        otr_buffer_add_varint(batch, record->readings.count);
        for (size_t i = 0; i < record->readings.count; i++)
            add_entry(batch, &record->readings.entries[i], &last);
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
    }
}

/* ---- reading back ---- */

static void read_location(otr_reader *reader, otr_entry *entry, context *last)
{
    if (otr_reader_u8(reader) == 0) {
        last->latitude = (int64_t)((uint64_t)last->latitude + (uint64_t)otr_reader_signed(reader));
        last->longitude = (int64_t)((uint64_t)last->longitude + (uint64_t)otr_reader_signed(reader));
        entry->location.latitude = (double)last->latitude / 1e7;
        entry->location.longitude = (double)last->longitude / 1e7;
        return;
    }
    entry->location.latitude = otr_reader_double(reader);
    entry->location.longitude = otr_reader_double(reader);
}

static void read_value(otr_reader *reader, otr_entry *entry, int form, context *last)
{
    switch (form) {
    case FORM_DOUBLE:
        entry->kind = OTR_KIND_NUMBER;
        entry->number = otr_reader_double(reader);
        break;
    case FORM_FLAG:
        entry->kind = OTR_KIND_BOOL;
        entry->flag = otr_reader_u8(reader) != 0;
        break;
    case FORM_TEXT:
        entry->kind = OTR_KIND_TEXT;
        entry->text = otr_reader_str(reader);
        break;
    case FORM_LOCATION:
        entry->kind = OTR_KIND_LOCATION;
        read_location(reader, entry, last);
        break;
    default:
        entry->kind = OTR_KIND_NUMBER;
        last->scaled = (int64_t)((uint64_t)(form == last->form ? last->scaled : 0) +
                                 (uint64_t)otr_reader_signed(reader));
        entry->number = (double)last->scaled / scales[form];
        break;
    }
    last->form = form;
}

static void read_entry(otr_reader *reader, otr_entry *entry, context *last)
{
    unsigned tag = otr_reader_u8(reader);
    entry->unsynced = tag == UNSYNCED;
    if (entry->unsynced)
        tag = otr_reader_u8(reader);
    entry->quality = (uint8_t)(tag >> QUALITY_SHIFT);
    if (entry->quality > OTR_QUALITY_FUTURE)
        reader->failed = true;
    entry->metric = (tag & SAME_METRIC) != 0 ? last->metric : (uint32_t)otr_reader_varint(reader);
    int64_t difference = (tag & SAME_TIME) != 0 ? 0 : otr_reader_signed(reader);
    if ((tag & MILLISECONDS) != 0)
        difference = (int64_t)((uint64_t)difference * (uint64_t)OTR_MS);
    entry->at = (otr_time)((uint64_t)last->at + (uint64_t)difference);
    read_value(reader, entry, (int)(tag & FORM_MASK), last);
    last->metric = entry->metric;
    last->at = entry->at;
}

/* Memory for the entries of one upload; grows to the largest. */
typedef struct scratch {
    otr_entry *entries;
    size_t capacity;
} scratch;

static otr_status read_readings(otr_reader *reader, otr_record *record, scratch *memory)
{
    context last = fresh;
    record->readings.device = (uint32_t)otr_reader_varint(reader);
    record->readings.key = otr_reader_u64(reader);
    uint64_t count = otr_reader_varint(reader);
    /* the shortest reading has two bytes, so a count that the bytes cannot hold allocates nothing */
    if (reader->failed || count > OTR_LIMIT_UPLOAD_READINGS || count * 2 > otr_reader_left(reader))
        return OTR_CORRUPT;
    if (count > memory->capacity) {
        otr_entry *entries = realloc(memory->entries, count * sizeof *entries);
        if (entries == NULL)
            return OTR_MEMORY;
        memory->entries = entries;
        memory->capacity = count;
    }
    for (uint64_t i = 0; i < count && !reader->failed; i++)
        read_entry(reader, &memory->entries[i], &last);
    record->readings.entries = memory->entries;
    record->readings.count = count;
    return reader->failed ? OTR_CORRUPT : OTR_OK;
}

static otr_status read_record(otr_reader *reader, otr_record *record, scratch *memory)
{
    switch (record->kind) {
    case OTR_INPUT_BOOT:
    case OTR_INPUT_TICK:
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

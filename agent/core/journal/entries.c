/*
 * Values of trackers are decimals with few digits and change little: a number is written as a scaled integer
 * minus the last one of that metric in the upload when that gives back exactly the same double, else as its
 * eight bytes.
 *
 * tag: bits 0-2 value form, bit 3 same metric as the reading before, bit 4 same time, bit 5 time in
 * milliseconds, bits 6-7 quality; an unsynced reading is preceded by the tag UNSYNCED alone.
 */
#include "core/journal/entries.h"

#include <math.h>

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

static const context fresh = {.metric = UINT32_MAX}; /* no metric's number */

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

void otr_entries_write(otr_buffer *out, const otr_entry *entries, size_t count)
{
    context last = fresh;
    for (size_t i = 0; i < count; i++)
        add_entry(out, &entries[i], &last);
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

void otr_entries_read(otr_reader *reader, otr_entry *entries, size_t count)
{
    context last = fresh;
    for (size_t i = 0; i < count && !reader->failed; i++)
        read_entry(reader, &entries[i], &last);
}

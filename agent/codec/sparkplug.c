/* Payloads written straight into the buffer: a metric's size is known only after it, so it is written to its
 * end and its length put in front by moving it. */
#include "codec/sparkplug.h"

#include <string.h>

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2 };

enum {
    PAYLOAD_TIMESTAMP = 1,
    PAYLOAD_METRICS = 2,
    PAYLOAD_SEQ = 3,
    PAYLOAD_UUID = 4,
    PAYLOAD_BODY = 5,
    METRIC_NAME = 1,
    METRIC_ALIAS = 2,
    METRIC_TIMESTAMP = 3,
    METRIC_DATATYPE = 4,
    METRIC_HISTORICAL = 5,
    METRIC_NULL = 7,
    METRIC_PROPERTIES = 9,
    METRIC_LONG = 11,
    METRIC_DOUBLE = 13,
    METRIC_BOOLEAN = 14,
    METRIC_STRING = 15,
    SET_KEYS = 1,
    SET_VALUES = 2,
    VALUE_TYPE = 1,
    VALUE_INT = 3,
    VALUE_STRING = 8,
    TYPE_INT32 = 3,
};

static void tag(otr_buffer *out, unsigned field, unsigned wire)
{
    otr_buffer_add_varint(out, field << 3 | wire);
}

static void add_varint(otr_buffer *out, unsigned field, uint64_t value)
{
    tag(out, field, WIRE_VARINT);
    otr_buffer_add_varint(out, value);
}

static void add_text(otr_buffer *out, unsigned field, otr_str text)
{
    tag(out, field, WIRE_BYTES);
    otr_buffer_add_str(out, text);
}

static void add_time(otr_buffer *out, unsigned field, otr_time at)
{
    add_varint(out, field, at > 0 ? (uint64_t)(at / OTR_MS) : 0);
}

/* What was written since begin becomes a field of its own. */
static void wrap(otr_buffer *out, size_t begin, unsigned field)
{
    uint8_t head[11];
    size_t head_size = 0;
    size_t size = out->size - begin;
    head[head_size++] = (uint8_t)(field << 3 | WIRE_BYTES); /* all fields wrapped here are below 16 */
    uint64_t left = size;
    for (; left >= 0x80; left >>= 7)
        head[head_size++] = (uint8_t)(left | 0x80);
    head[head_size++] = (uint8_t)left;
    if (!otr_buffer_reserve(out, head_size))
        return;
    memmove(out->data + begin + head_size, out->data + begin, size);
    memcpy(out->data + begin, head, head_size);
    out->size += head_size;
}

static void add_properties(otr_buffer *out, const otr_sparkplug_metric *metric)
{
    bool told = metric->quality != OTR_SPARKPLUG_GOOD;
    size_t begin = out->size;
    if (!told && metric->unit.size == 0)
        return;
    if (told)
        add_text(out, SET_KEYS, OTR_STR("Quality"));
    if (metric->unit.size > 0)
        add_text(out, SET_KEYS, OTR_STR("engUnit"));
    if (told) {
        size_t value = out->size;
        add_varint(out, VALUE_TYPE, TYPE_INT32);
        add_varint(out, VALUE_INT, metric->quality);
        wrap(out, value, SET_VALUES);
    }
    if (metric->unit.size > 0) {
        size_t value = out->size;
        add_varint(out, VALUE_TYPE, OTR_SPARKPLUG_STRING);
        add_text(out, VALUE_STRING, metric->unit);
        wrap(out, value, SET_VALUES);
    }
    wrap(out, begin, METRIC_PROPERTIES);
}

static void add_value(otr_buffer *out, const otr_sparkplug_metric *metric)
{
    switch (metric->type) {
    case OTR_SPARKPLUG_INT64:
        add_varint(out, METRIC_LONG, (uint64_t)metric->integer);
        break;
    case OTR_SPARKPLUG_DOUBLE:
        tag(out, METRIC_DOUBLE, WIRE_64);
        otr_buffer_add_double(out, metric->number);
        break;
    case OTR_SPARKPLUG_BOOLEAN:
        add_varint(out, METRIC_BOOLEAN, metric->flag);
        break;
    case OTR_SPARKPLUG_STRING:
        add_text(out, METRIC_STRING, metric->text);
        break;
    case OTR_SPARKPLUG_NONE:
        break;
    }
}

void otr_sparkplug_begin(otr_buffer *out, otr_time at)
{
    if (at != OTR_TIME_NONE)
        add_time(out, PAYLOAD_TIMESTAMP, at);
}

void otr_sparkplug_add(otr_buffer *out, const otr_sparkplug_metric *metric)
{
    size_t begin = out->size;
    if (metric->name.size > 0)
        add_text(out, METRIC_NAME, metric->name);
    if (metric->has_alias)
        add_varint(out, METRIC_ALIAS, metric->alias);
    if (metric->at != OTR_TIME_NONE)
        add_time(out, METRIC_TIMESTAMP, metric->at);
    if (metric->tells_type)
        add_varint(out, METRIC_DATATYPE, metric->type);
    if (metric->is_historical)
        add_varint(out, METRIC_HISTORICAL, 1);
    if (metric->is_null)
        add_varint(out, METRIC_NULL, 1);
    add_properties(out, metric);
    if (!metric->is_null)
        add_value(out, metric);
    wrap(out, begin, PAYLOAD_METRICS);
}

void otr_sparkplug_seq(otr_buffer *out, uint8_t seq)
{
    add_varint(out, PAYLOAD_SEQ, seq);
}

void otr_sparkplug_wrap(otr_buffer *out, otr_time at, otr_sparkplug_compression how, otr_bytes body)
{
    otr_sparkplug_metric algorithm = {.name = OTR_STR("algorithm"),
                                      .at = at,
                                      .type = OTR_SPARKPLUG_STRING,
                                      .tells_type = true,
                                      .quality = OTR_SPARKPLUG_GOOD,
                                      .text =
                                          how == OTR_SPARKPLUG_GZIP ? OTR_STR("GZIP") : OTR_STR("DEFLATE")};
    otr_sparkplug_add(out, &algorithm);
    add_text(out, PAYLOAD_UUID, OTR_STR("SPBV1.0_COMPRESSED"));
    add_text(out, PAYLOAD_BODY, (otr_str){(const char *)body.data, body.size});
}

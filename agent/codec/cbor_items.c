#include "codec/cbor_items.h"

#include <cbor.h>

static void on_natural8(void *context, uint8_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NATURAL;
    to->natural = value;
}
static void on_natural16(void *context, uint16_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NATURAL;
    to->natural = value;
}
static void on_natural32(void *context, uint32_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NATURAL;
    to->natural = value;
}
static void on_natural64(void *context, uint64_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NATURAL;
    to->natural = value;
}
static void on_negative8(void *context, uint8_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NEGATIVE;
    to->natural = value;
}
static void on_negative16(void *context, uint16_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NEGATIVE;
    to->natural = value;
}
static void on_negative32(void *context, uint32_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NEGATIVE;
    to->natural = value;
}
static void on_negative64(void *context, uint64_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NEGATIVE;
    to->natural = value;
}
static void on_float(void *context, float value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_FLOAT;
    to->number = (double)value;
}
static void on_double(void *context, double value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_FLOAT;
    to->number = value;
}
static void on_text(void *context, cbor_data data, size_t size)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_TEXT;
    to->text = (otr_str){(const char *)data, size};
}
static void on_bytes(void *context, cbor_data data, size_t size)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_BYTES;
    to->text = (otr_str){(const char *)data, size};
}
static void on_chunks(void *context)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_CHUNKS;
}
static void on_array(void *context, size_t count)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_ARRAY;
    to->indefinite = false;
    to->natural = count;
}
static void on_array_indefinite(void *context)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_ARRAY;
    to->indefinite = true;
}
static void on_map(void *context, size_t count)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_MAP;
    to->indefinite = false;
    to->natural = count;
}
static void on_map_indefinite(void *context)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_MAP;
    to->indefinite = true;
}
static void on_tag(void *context, uint64_t value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_TAG;
    to->natural = value;
}
static void on_bool(void *context, bool value)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_BOOL;
    to->natural = value;
}
static void on_null(void *context)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_NULL;
}
static void on_break(void *context)
{
    otr_cbor_item *to = context;
    to->kind = OTR_CBOR_BREAK;
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_natural8,
    .uint16 = on_natural16,
    .uint32 = on_natural32,
    .uint64 = on_natural64,
    .negint8 = on_negative8,
    .negint16 = on_negative16,
    .negint32 = on_negative32,
    .negint64 = on_negative64,
    .byte_string_start = on_chunks,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_chunks,
    .indef_array_start = on_array_indefinite,
    .array_start = on_array,
    .indef_map_start = on_map_indefinite,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_null,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = on_break,
};

otr_cbor_result otr_cbor_next(otr_cbor_reader *reader)
{
    struct cbor_decoder_result result =
        cbor_stream_decode(reader->at, (size_t)(reader->end - reader->at), &callbacks, &reader->item);
    if (result.status != CBOR_DECODER_FINISHED)
        return result.status == CBOR_DECODER_NEDATA ? OTR_CBOR_CUT : OTR_CBOR_MALFORMED;
    reader->at += result.read;
    return OTR_CBOR_READ;
}

/*
 * otr_message to SenML, JSON or CBOR. One walk makes a short list of fields per record, one writer per
 * spelling puts it down. To keep packs small, a run of readings of one metric has its whole name in bn, the
 * unit stands in bu, and times are offsets from bt, a whole second; offsets stay so small that a double holds
 * their microseconds.
 */
#include "base/limits.h"
#include "codec/senml.h"
#include "codec/values.h"

#include <cbor.h>
#include <math.h>
#include <stdio.h>

typedef enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_SECONDS, FIELD_BOOL } field_kind;

typedef struct field {
    enum otr_senml_label label;
    field_kind kind;
    otr_str text;
    double number;
    otr_time micros; /* of FIELD_SECONDS */
    bool flag;
} field;

typedef struct encoder {
    otr_buffer *out;
    const otr_message *message;
    bool json;
    bool base_units;     /* no number lacks a unit, so bu never reaches too far */
    otr_str base_unit;   /* in force, as the following ones */
    otr_str base_metric; /* bn is device/metric; empty: device/ */
    bool base_name;      /* bn has been written */
    otr_time base_time;  /* bt, whole seconds in microseconds */
    field fields[8];
    size_t count;
    size_t records; /* written */
} encoder;

static void json_text(otr_buffer *out, otr_str text)
{
    otr_buffer_add_u8(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '"' || c == '\\')
            otr_buffer_add_u8(out, '\\');
        if ((uint8_t)c < 0x20)
            otr_buffer_add_format(out, "\\u%04x", (unsigned)(uint8_t)c);
        else
            otr_buffer_add_u8(out, (uint8_t)c);
    }
    otr_buffer_add_u8(out, '"');
}

/* The shortest of three precisions that reads back the same. */
static void json_number(otr_buffer *out, double number)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        double back = 0;
        int size = snprintf(text, sizeof text, "%.*g", digits, number);
        if (digits == 17 || (otr_str_to_double((otr_str){text, (size_t)size}, &back) && back == number)) {
            otr_buffer_add(out, text, (size_t)size);
            return;
        }
    }
}

static void json_seconds(otr_buffer *out, otr_time micros)
{
    char text[40];
    uint64_t size_us = micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros;
    int size =
        snprintf(text, sizeof text, "%s%llu.%06llu", micros < 0 ? "-" : "",
                 (unsigned long long)(size_us / OTR_SECOND), (unsigned long long)(size_us % OTR_SECOND));
    while (text[size - 1] == '0')
        size--;
    if (text[size - 1] == '.')
        size--;
    otr_buffer_add(out, text, (size_t)size);
}

static void write_json(encoder *e)
{
    otr_buffer_add_u8(e->out, e->records == 0 ? '[' : ',');
    for (size_t i = 0; i < e->count; i++) {
        const field *f = &e->fields[i];
        otr_buffer_add_format(e->out, "%c\"%s\":", i == 0 ? '{' : ',', otr_senml_label_text[f->label]);
        if (f->kind == FIELD_TEXT)
            json_text(e->out, f->text);
        else if (f->kind == FIELD_NUMBER)
            json_number(e->out, f->number);
        else if (f->kind == FIELD_SECONDS)
            json_seconds(e->out, f->micros);
        else
            otr_buffer_add_format(e->out, "%s", f->flag ? "true" : "false");
    }
    otr_buffer_add_u8(e->out, '}');
}

enum { CBOR_HEAD_BYTES = 9 };

typedef size_t (*head_writer)(uint64_t value, unsigned char *out, size_t size);

static size_t array_start(uint64_t count, unsigned char *out, size_t size)
{
    return cbor_encode_array_start((size_t)count, out, size);
}

static size_t map_start(uint64_t count, unsigned char *out, size_t size)
{
    return cbor_encode_map_start((size_t)count, out, size);
}

static size_t string_start(uint64_t length, unsigned char *out, size_t size)
{
    return cbor_encode_string_start((size_t)length, out, size);
}

static void cbor_head(otr_buffer *out, head_writer write, uint64_t value)
{
    if (otr_buffer_reserve(out, CBOR_HEAD_BYTES))
        out->size += write(value, out->data + out->size, CBOR_HEAD_BYTES);
}

static void cbor_number(otr_buffer *out, double number)
{
    if (number == floor(number) && fabs(number) < 9007199254740992.0 &&
        !(number == 0 && signbit(number) != 0)) {
        if (number >= 0)
            cbor_head(out, cbor_encode_uint, (uint64_t)number);
        else
            cbor_head(out, cbor_encode_negint, (uint64_t)(-1 - number));
        return;
    }
    if (!otr_buffer_reserve(out, CBOR_HEAD_BYTES))
        return;
    bool single = fabs(number) <= 3.4028234e38 && (double)(float)number == number;
    out->size += single ? cbor_encode_single((float)number, out->data + out->size, CBOR_HEAD_BYTES)
                        : cbor_encode_double(number, out->data + out->size, CBOR_HEAD_BYTES);
}

static double seconds_of(otr_time micros)
{
    otr_time whole = micros / OTR_SECOND;
    return micros % OTR_SECOND == 0 ? (double)whole : (double)micros / 1e6;
}

static void write_cbor(encoder *e)
{
    cbor_head(e->out, map_start, e->count);
    for (size_t i = 0; i < e->count; i++) {
        const field *f = &e->fields[i];
        if (f->label <= OTR_SENML_VD)
            cbor_head(e->out, cbor_encode_uint, f->label);
        else
            cbor_head(e->out, cbor_encode_negint, f->label - OTR_SENML_BVER);
        if (f->kind == FIELD_TEXT) {
            cbor_head(e->out, string_start, f->text.size);
            otr_buffer_add(e->out, f->text.data, f->text.size);
        } else if (f->kind == FIELD_BOOL) {
            otr_buffer_add_u8(e->out, f->flag ? 0xF5 : 0xF4);
        } else {
            cbor_number(e->out, f->kind == FIELD_NUMBER ? f->number : seconds_of(f->micros));
        }
    }
}

static void add_text(encoder *e, enum otr_senml_label label, otr_str text)
{
    e->fields[e->count++] = (field){.label = label, .kind = FIELD_TEXT, .text = text};
}

static void add_number(encoder *e, enum otr_senml_label label, double number)
{
    e->fields[e->count++] = (field){.label = label, .kind = FIELD_NUMBER, .number = number};
}

static void add_seconds(encoder *e, enum otr_senml_label label, otr_time micros)
{
    e->fields[e->count++] = (field){.label = label, .kind = FIELD_SECONDS, .micros = micros};
}

static otr_status add_time(encoder *e, const otr_reading *r, otr_error *error)
{
    otr_time limit = (otr_time)OTR_SENML_SECONDS_MAX * OTR_SECOND;
    otr_time base = 0;
    if (r->stamp == OTR_STAMP_RELATIVE &&
        (r->at_us >= OTR_SENML_ABSOLUTE * OTR_SECOND || r->at_us < -OTR_SENML_OFFSET_MAX))
        return otr_fail(error, OTR_INVALID, "SenML cannot tell a relative time of %lld s",
                        (long long)(r->at_us / OTR_SECOND));
    if (r->stamp == OTR_STAMP_ABSOLUTE) {
        if (r->at_us < OTR_SENML_ABSOLUTE * OTR_SECOND || r->at_us > limit)
            return otr_fail(error, OTR_INVALID, "SenML cannot tell a time of %lld s",
                            (long long)(r->at_us / OTR_SECOND));
        base = r->at_us - r->at_us % OTR_SECOND;
        if (e->base_time != 0 && r->at_us - e->base_time < OTR_SENML_OFFSET_MAX &&
            e->base_time - r->at_us < OTR_SENML_OFFSET_MAX)
            base = e->base_time;
    }
    if (base != e->base_time)
        add_seconds(e, OTR_SENML_BT, base);
    e->base_time = base;
    if (r->at_us != base)
        add_seconds(e, OTR_SENML_T, r->at_us - base);
    return OTR_OK;
}

/* bn and, where bn does not say it all, n. joined is scratch for bn. */
static void add_name(encoder *e, otr_str name, bool run, char *joined)
{
    otr_str metric = run ? name : (otr_str){NULL, 0};
    otr_str device = e->message->device;
    if (!e->base_name || !otr_str_equal(e->base_metric, metric)) {
        memcpy(joined, device.data, device.size);
        joined[device.size] = '/';
        if (metric.size > 0)
            memcpy(joined + device.size + 1, metric.data, metric.size);
        add_text(e, OTR_SENML_BN, (otr_str){joined, device.size + 1 + metric.size});
        e->base_name = true;
        e->base_metric = metric;
    }
    if (!run)
        add_text(e, OTR_SENML_N, name);
}

static void add_unit(encoder *e, otr_str unit)
{
    if (unit.size == 0 || otr_str_equal(unit, e->base_unit))
        return;
    if (!e->base_units) {
        add_text(e, OTR_SENML_U, unit);
        return;
    }
    add_text(e, OTR_SENML_BU, unit);
    e->base_unit = unit;
}

static void write_record(encoder *e)
{
    if (e->json)
        write_json(e);
    else
        write_cbor(e);
    e->records++;
    e->count = 0;
}

static otr_status check(const otr_reading *r, otr_error *error)
{
    if (r->quality != OTR_QUALITY_GOOD)
        return otr_fail(error, OTR_INVALID, "SenML cannot tell that a reading of %.*s is bad",
                        OTR_STR_ARG(r->metric));
    if (r->kind == OTR_KIND_LOCATION && !otr_str_is(r->metric, "location"))
        return otr_fail(error, OTR_INVALID, "a location is called location in SenML, not %.*s",
                        OTR_STR_ARG(r->metric));
    return otr_value_check(r, error);
}

static otr_status add_location(encoder *e, const otr_reading *r, char *joined, otr_error *error)
{
    add_name(e, OTR_STR("lat"), false, joined);
    add_text(e, OTR_SENML_U, OTR_STR("lat"));
    otr_status status = add_time(e, r, error);
    if (status != OTR_OK)
        return status;
    add_number(e, OTR_SENML_V, r->location.latitude);
    write_record(e);
    add_name(e, OTR_STR("lon"), false, joined);
    add_text(e, OTR_SENML_U, OTR_STR("lon"));
    status = add_time(e, r, error);
    add_number(e, OTR_SENML_V, r->location.longitude);
    write_record(e);
    return status;
}

static otr_status add_reading(encoder *e, size_t at, otr_error *error)
{
    char joined[OTR_LIMIT_DEVICE_NAME_BYTES + 1 + OTR_LIMIT_METRIC_NAME_BYTES];
    const otr_reading *r = &e->message->readings[at];
    const otr_reading *after = at + 1 < e->message->count ? r + 1 : NULL;
    otr_status status = check(r, error);
    if (status != OTR_OK)
        return status;
    if (r->kind == OTR_KIND_LOCATION)
        return add_location(e, r, joined, error);
    bool run = otr_str_equal(e->base_metric, r->metric) ||
               (after != NULL && after->kind != OTR_KIND_LOCATION && otr_str_equal(after->metric, r->metric));
    add_name(e, r->metric, run, joined);
    if (r->kind == OTR_KIND_NUMBER)
        add_unit(e, r->unit);
    status = add_time(e, r, error);
    if (status != OTR_OK)
        return status;
    if (r->kind == OTR_KIND_NUMBER)
        add_number(e, OTR_SENML_V, r->number);
    else if (r->kind == OTR_KIND_TEXT)
        add_text(e, OTR_SENML_VS, r->text);
    else
        e->fields[e->count++] = (field){.label = OTR_SENML_VB, .kind = FIELD_BOOL, .flag = r->flag};
    write_record(e);
    return OTR_OK;
}

otr_status otr_senml_encode(otr_buffer *out, unsigned format, const otr_message *message, otr_error *error)
{
    encoder e = {.out = out, .message = message, .json = format == OTR_FORMAT_SENML_JSON, .base_units = true};
    size_t records = message->count;
    for (size_t i = 0; i < message->count; i++) {
        const otr_reading *r = &message->readings[i];
        e.base_units = e.base_units && !(r->kind == OTR_KIND_NUMBER && r->unit.size == 0);
        records += r->kind == OTR_KIND_LOCATION;
    }
    if (records > OTR_LIMIT_UPLOAD_READINGS)
        return otr_fail(error, OTR_LIMIT, "%zu records are over the limit of %d", records,
                        OTR_LIMIT_UPLOAD_READINGS);
    if (!e.json)
        cbor_head(out, array_start, records);
    for (size_t i = 0; i < message->count; i++) {
        otr_status status = add_reading(&e, i, error);
        if (status != OTR_OK)
            return status;
    }
    if (e.json)
        otr_buffer_add_u8(out, ']');
    return OTR_OK;
}

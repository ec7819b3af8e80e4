/*
 * What hosts send. Fields are walked one after the other; a length-delimited field that is not ours is passed
 * over whole, so that nesting costs nothing. Groups, which proto2 has nearly forgotten, are refused.
 */
#include "base/limits.h"
#include "codec/json.h"
#include "codec/sparkplug.h"

typedef struct field {
    unsigned number;
    unsigned wire;
    uint64_t number_value; /* of a varint, or the bits of a fixed one */
    otr_bytes bytes;
} field;

/* The next field; false at the end, or with reader->failed set. */
static bool next_field(otr_reader *reader, field *out)
{
    if (otr_reader_left(reader) == 0 || reader->failed)
        return false;
    uint64_t tag = otr_reader_varint(reader);
    *out = (field){.number = (unsigned)(tag >> 3), .wire = (unsigned)(tag & 7)};
    reader->failed |= tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF;
    switch (out->wire) {
    case 0:
        out->number_value = otr_reader_varint(reader);
        break;
    case 1:
        out->number_value = otr_reader_u64(reader);
        break;
    case 2: {
        otr_str text = otr_reader_str(reader);
        out->bytes = (otr_bytes){(const uint8_t *)text.data, text.size};
        break;
    }
    case 5: {
        const uint8_t *raw = otr_reader_raw(reader, 4);
        for (int i = 0; raw != NULL && i < 4; i++)
            out->number_value |= (uint64_t)raw[i] << (8 * i);
        break;
    }
    default:
        reader->failed = true;
    }
    return !reader->failed;
}

static bool is(const field *f, unsigned number, unsigned wire)
{
    return f->number == number && f->wire == wire;
}

static otr_str text_of(const field *f)
{
    return (otr_str){(const char *)f->bytes.data, f->bytes.size};
}

static otr_time time_of(const field *f)
{
    uint64_t most = (uint64_t)INT64_MAX / (uint64_t)OTR_MS;
    return (otr_time)(f->number_value < most ? f->number_value : most) * OTR_MS;
}

static void take_real(otr_sparkplug_metric *metric, double number)
{
    metric->type = OTR_SPARKPLUG_DOUBLE;
    metric->number = number;
}

static otr_status take_value(otr_sparkplug_metric *metric, const field *f, otr_error *error)
{
    if (is(f, 10, 0) || is(f, 11, 0)) {
        metric->type = OTR_SPARKPLUG_INT64;
        metric->integer = (int64_t)f->number_value;
    } else if (is(f, 12, 5)) {
        uint32_t bits = (uint32_t)f->number_value;
        float number;
        memcpy(&number, &bits, sizeof number);
        take_real(metric, (double)number);
    } else if (is(f, 13, 1)) {
        double number;
        memcpy(&number, &f->number_value, sizeof number);
        take_real(metric, number);
    } else if (is(f, 14, 0)) {
        metric->type = OTR_SPARKPLUG_BOOLEAN;
        metric->flag = f->number_value != 0;
    } else if (is(f, 15, 2)) {
        metric->type = OTR_SPARKPLUG_STRING;
        metric->text = text_of(f);
        if (!otr_str_is_utf8(metric->text))
            return otr_fail(error, OTR_INVALID, "a value is not UTF-8");
    } else if (f->number >= 10 && f->number <= 19) {
        metric->type = OTR_SPARKPLUG_NONE;
    }
    return OTR_OK;
}

/* 32 bits and fewer travel unsigned, or with their sign in all 32: a negative one shows by its datatype
 * alone. Commands need not tell it, and then the sender must use 64 bits. */
static otr_status take_sign(otr_sparkplug_metric *metric, uint64_t datatype, otr_error *error)
{
    enum { INT8 = 1, INT16 = 2, INT32 = 3 };
    if (metric->type != OTR_SPARKPLUG_INT64 || datatype < INT8 || datatype > INT32)
        return OTR_OK;
    unsigned bits = 4U << datatype;
    uint64_t raw = (uint64_t)metric->integer;
    uint64_t low = raw & ((1ULL << bits) - 1);
    int64_t number = (int64_t)low - (low >> (bits - 1) != 0 ? 1LL << bits : 0);
    if (raw != low && raw != (uint32_t)number && raw != (uint64_t)number)
        return otr_fail(error, OTR_INVALID, "a value is too large for its datatype");
    metric->integer = number;
    return OTR_OK;
}

static otr_status read_metric(otr_bytes bytes, otr_sparkplug_metric *metric, otr_error *error)
{
    otr_reader reader = otr_reader_of(bytes);
    otr_status status = OTR_OK;
    uint64_t datatype = 0;
    field f;
    *metric = (otr_sparkplug_metric){.at = OTR_TIME_NONE, .quality = OTR_SPARKPLUG_GOOD};
    while (status == OTR_OK && next_field(&reader, &f)) {
        if (is(&f, 1, 2)) {
            metric->name = text_of(&f);
            if (!otr_str_is_utf8(metric->name))
                return otr_fail(error, OTR_INVALID, "a metric's name is not UTF-8");
        } else if (is(&f, 2, 0)) {
            metric->has_alias = true;
            metric->alias = f.number_value;
        } else if (is(&f, 3, 0)) {
            metric->at = time_of(&f);
        } else if (is(&f, 4, 0)) {
            metric->tells_type = true;
            datatype = f.number_value;
        } else if (is(&f, 5, 0)) {
            metric->is_historical = f.number_value != 0;
        } else if (is(&f, 7, 0)) {
            metric->is_null = f.number_value != 0;
        } else {
            status = take_value(metric, &f, error);
        }
    }
    if (status == OTR_OK && reader.failed)
        return otr_fail(error, OTR_INVALID, "a metric is malformed");
    return status == OTR_OK ? take_sign(metric, datatype, error) : status;
}

otr_status otr_sparkplug_decode(otr_arena *arena, otr_bytes payload, otr_sparkplug_payload *out,
                                otr_error *error)
{
    otr_reader reader = otr_reader_of(payload);
    field f;
    *out = (otr_sparkplug_payload){.at = OTR_TIME_NONE};
    if (payload.size > OTR_LIMIT_SPARKPLUG_BYTES)
        return otr_fail(error, OTR_LIMIT, "%zu bytes are over the limit of %d", payload.size,
                        OTR_LIMIT_SPARKPLUG_BYTES);
    while (next_field(&reader, &f)) {
        if (is(&f, 1, 0)) {
            out->at = time_of(&f);
        } else if (is(&f, 3, 0)) {
            out->has_seq = true;
            out->seq = f.number_value;
        } else if (is(&f, 2, 2)) {
            if (out->metrics == NULL)
                out->metrics = otr_arena_array(arena, OTR_LIMIT_SPARKPLUG_METRICS, sizeof *out->metrics);
            if (out->metrics == NULL)
                return otr_fail(error, OTR_MEMORY, "out of memory");
            if (out->count == OTR_LIMIT_SPARKPLUG_METRICS)
                return otr_fail(error, OTR_LIMIT, "more than %d metrics", OTR_LIMIT_SPARKPLUG_METRICS);
            otr_status status = read_metric(f.bytes, &out->metrics[out->count], error);
            if (status != OTR_OK)
                return status;
            out->count++;
        }
    }
    return reader.failed ? otr_fail(error, OTR_INVALID, "not a Sparkplug payload") : OTR_OK;
}

otr_status otr_sparkplug_state(otr_bytes payload, bool *online, otr_time *at, otr_error *error)
{
    if (payload.size > OTR_LIMIT_SPARKPLUG_BYTES)
        return otr_fail(error, OTR_LIMIT, "%zu bytes are over the limit of %d", payload.size,
                        OTR_LIMIT_SPARKPLUG_BYTES);
    json_t *root = otr_json_load(payload, error);
    if (root == NULL)
        return error != NULL ? error->status : OTR_INVALID;
    const json_t *there = json_object_get(root, "online");
    const json_t *stamp = json_object_get(root, "timestamp");
    double ms = json_is_number(stamp) ? json_number_value(stamp) : -1.0;
    bool ok = json_is_boolean(there) && ms >= 0.0 && ms < 9e15;
    if (ok) {
        *online = json_is_true(there);
        *at = (otr_time)ms * OTR_MS;
    }
    json_decref(root);
    return ok ? OTR_OK : otr_fail(error, OTR_INVALID, "STATE has no boolean online or no timestamp");
}

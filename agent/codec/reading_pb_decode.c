/* From a pack of proto/reading.proto. Columns are walked once, each with its own position; all must end
 * together. */
#include "codec/reading_pb.h"

#include "base/limits.h"
#include "codec/names.h"
#include "codec/protobuf.h"
#include "codec/values.h"
#include "proto/reading.pb-c.h"

typedef struct column_metric {
    otr_metric_name name;
    otr_conversion conversion;
    Outrider__V1__Kind kind;
    bool relative;
} column_metric;

typedef struct decoder {
    otr_arena *arena;
    otr_error *error;
    const Outrider__V1__Pack *pack;
    column_metric *metrics;
    otr_time absolute;
    otr_time relative;
    size_t numbers; /* consumed of each column */
    size_t flags;
    size_t texts;
    size_t locations;
    size_t bad;
} decoder;

static otr_status read_metric(decoder *d, const Outrider__V1__Metric *from, column_metric *to)
{
    otr_str unit = otr_str_of(from->unit);
    if (from->kind < OUTRIDER__V1__KIND__KIND_NUMBER || from->kind > OUTRIDER__V1__KIND__KIND_LOCATION)
        return otr_fail(d->error, OTR_INVALID, "kind %d is unknown", (int)from->kind);
    otr_status status =
        otr_metric_name_resolve(d->arena, otr_str_of(from->metric), unit, &to->name, d->error);
    if (status != OTR_OK)
        return status;
    if (to->name.part != OTR_NAME_WHOLE)
        return otr_fail(d->error, OTR_INVALID, "half a location; send kind KIND_LOCATION");
    if (unit.size == 0)
        unit = otr_str_of(to->name.unit);
    to->kind = from->kind;
    to->relative = from->relative != 0;
    return from->kind == OUTRIDER__V1__KIND__KIND_NUMBER
               ? otr_unit_conversion(unit, to->name.known, &to->conversion, d->error)
               : OTR_OK;
}

static otr_status read_metrics(decoder *d)
{
    size_t count = d->pack->n_metrics;
    if (count == 0 || count > OTR_LIMIT_METRICS)
        return otr_fail(d->error, count == 0 ? OTR_INVALID : OTR_LIMIT, "a pack has 1 to %d metrics, not %zu",
                        OTR_LIMIT_METRICS, count);
    d->metrics = otr_arena_array(d->arena, count, sizeof *d->metrics);
    if (d->metrics == NULL)
        return otr_fail(d->error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        otr_status status = read_metric(d, d->pack->metrics[i], &d->metrics[i]);
        if (status != OTR_OK)
            return otr_value_where(d->error, status, "metric", i);
        for (size_t j = 0; j < i; j++)
            if (otr_str_equal(d->metrics[j].name.metric, d->metrics[i].name.metric))
                d->metrics[i].name.metric = d->metrics[j].name.metric;
    }
    return OTR_OK;
}

static otr_status read_value(decoder *d, const column_metric *metric, otr_reading *out)
{
    const Outrider__V1__Pack *pack = d->pack;
    const otr_metric *known = metric->name.known;
    switch (metric->kind) {
    case OUTRIDER__V1__KIND__KIND_NUMBER:
        if (d->numbers < pack->n_number)
            return otr_value_number(d->arena, known, &metric->conversion, pack->number[d->numbers++], out,
                                    d->error);
        break;
    case OUTRIDER__V1__KIND__KIND_BOOL:
        if (d->flags < pack->n_flag)
            return otr_value_flag(known, pack->flag[d->flags++] != 0, out, d->error);
        break;
    case OUTRIDER__V1__KIND__KIND_TEXT:
        if (d->texts < pack->n_text)
            return otr_value_text(known, otr_str_of(pack->text[d->texts++]), out, d->error);
        break;
    default:
        if (d->locations < pack->n_latitude && d->locations < pack->n_longitude) {
            size_t at = d->locations++;
            return otr_value_location(known, pack->latitude[at], pack->longitude[at], out, d->error);
        }
        break;
    }
    return otr_fail(d->error, OTR_INVALID, "its column has no value left");
}

static otr_status read_reading(decoder *d, size_t at, otr_reading *out)
{
    const Outrider__V1__Pack *pack = d->pack;
    size_t index = pack->n_metric > 0 ? pack->metric[at] : 0;
    if (index >= pack->n_metrics)
        return otr_fail(d->error, OTR_INVALID, "metric %zu of %zu", index, pack->n_metrics);
    const column_metric *metric = &d->metrics[index];
    otr_time *clock = metric->relative ? &d->relative : &d->absolute;
    otr_time delta = pack->n_time_delta_us > 0 ? pack->time_delta_us[at] : 0;
    if (__builtin_add_overflow(*clock, delta, clock) || *clock > OTR_READING_PB_TIME_MAX ||
        *clock < -OTR_READING_PB_TIME_MAX)
        return otr_fail(d->error, OTR_INVALID, "the time is out of range");
    out->metric = metric->name.metric;
    out->at_us = *clock;
    out->stamp = metric->relative ? OTR_STAMP_RELATIVE : OTR_STAMP_ABSOLUTE;
    out->quality = OTR_QUALITY_GOOD;
    if (d->bad < pack->n_bad && pack->bad[d->bad] == at) {
        out->quality = OTR_QUALITY_BAD;
        d->bad++;
    }
    return read_value(d, metric, out);
}

/* How many readings the pack has; without a metric column as many as its one metric has values. */
static size_t count_readings(const decoder *d)
{
    const Outrider__V1__Pack *pack = d->pack;
    if (pack->n_metric > 0)
        return pack->n_metric;
    switch (d->metrics[0].kind) {
    case OUTRIDER__V1__KIND__KIND_NUMBER:
        return pack->n_number;
    case OUTRIDER__V1__KIND__KIND_BOOL:
        return pack->n_flag;
    case OUTRIDER__V1__KIND__KIND_TEXT:
        return pack->n_text;
    default:
        return pack->n_latitude;
    }
}

static otr_status read_readings(decoder *d, otr_message *out)
{
    const Outrider__V1__Pack *pack = d->pack;
    OTR_ASSERT(d->metrics != NULL);
    size_t count = count_readings(d);
    if (count == 0)
        return otr_fail(d->error, OTR_INVALID, "a pack without readings");
    if (count > OTR_LIMIT_UPLOAD_READINGS)
        return otr_fail(d->error, OTR_LIMIT, "%zu readings are over the limit of %d", count,
                        OTR_LIMIT_UPLOAD_READINGS);
    if (pack->n_metric == 0 && pack->n_metrics != 1)
        return otr_fail(d->error, OTR_INVALID, "several metrics and no metric column");
    if (pack->n_time_delta_us != 0 && pack->n_time_delta_us != count)
        return otr_fail(d->error, OTR_INVALID, "%zu times for %zu readings", pack->n_time_delta_us, count);
    out->readings = otr_arena_array(d->arena, count, sizeof *out->readings);
    if (out->readings == NULL)
        return otr_fail(d->error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        otr_status status = read_reading(d, i, &out->readings[i]);
        if (status != OTR_OK)
            return otr_value_where(d->error, status, "reading", i);
    }
    if (d->numbers != pack->n_number || d->flags != pack->n_flag || d->texts != pack->n_text ||
        d->locations != pack->n_latitude || d->locations != pack->n_longitude)
        return otr_fail(d->error, OTR_INVALID, "more values than readings");
    if (d->bad != pack->n_bad)
        return otr_fail(d->error, OTR_INVALID, "bad does not name readings in ascending order");
    out->count = count;
    return OTR_OK;
}

static otr_status read_device(decoder *d, otr_str identity, otr_message *out)
{
    otr_str device = otr_str_of(d->pack->device);
    if (identity.size > 0 && device.size > 0 && !otr_str_equal(device, identity))
        return otr_fail(d->error, OTR_DENIED, "reports as %.*s, but this session is %.*s",
                        device.size < 64 ? (int)device.size : 64, device.data, OTR_STR_ARG(identity));
    if (identity.size > 0)
        device = otr_arena_copy(d->arena, identity);
    if (identity.size > 0 && device.data == NULL)
        return otr_fail(d->error, OTR_MEMORY, "out of memory");
    if (!otr_device_name_ok(device))
        return otr_fail(d->error, OTR_INVALID, "the pack has no device name");
    out->device = device;
    return OTR_OK;
}

otr_status otr_reading_pb_decode(otr_arena *arena, otr_bytes payload, otr_str identity, otr_message *out,
                                 otr_error *error)
{
    otr_message message = {.count = 0};
    ProtobufCMessage *base = NULL;
    otr_status status = otr_protobuf_unpack(arena, &outrider__v1__pack__descriptor, payload, &base, error);
    if (status != OTR_OK)
        return status;
    decoder d = {.arena = arena, .error = error, .pack = (const Outrider__V1__Pack *)base};
    d.absolute = d.pack->base_time_us;
    status = read_device(&d, identity, &message);
    if (status == OTR_OK)
        status = read_metrics(&d);
    if (status == OTR_OK)
        status = read_readings(&d, &message);
    if (status == OTR_OK)
        *out = message;
    return status;
}

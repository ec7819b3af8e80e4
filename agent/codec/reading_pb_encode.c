/* To a pack of proto/reading.proto. The columns are sized for every reading; the arena goes when the pack is
 * written. */
#include "codec/reading_pb.h"

#include "base/limits.h"
#include "codec/protobuf.h"
#include "codec/values.h"
#include "proto/reading.pb-c.h"

typedef struct encoder {
    otr_arena arena;
    otr_error *error;
    const otr_message *message;
    Outrider__V1__Pack pack;
    size_t last_metric;
    otr_time absolute;
    otr_time relative;
} encoder;

static bool metric_is(const Outrider__V1__Metric *metric, const otr_reading *r)
{
    return otr_str_is(r->metric, metric->metric) &&
           metric->kind == (Outrider__V1__Kind)(r->kind - OTR_KIND_NUMBER) &&
           (metric->relative != 0) == (r->stamp == OTR_STAMP_RELATIVE) &&
           (r->kind != OTR_KIND_NUMBER || otr_str_is(r->unit, metric->unit));
}

static otr_status add_metric(encoder *e, const otr_reading *r)
{
    Outrider__V1__Metric *metric = otr_arena_alloc(&e->arena, sizeof *metric);
    if (metric == NULL)
        return otr_fail(e->error, OTR_MEMORY, "out of memory");
    if (e->pack.n_metrics == OTR_LIMIT_METRICS)
        return otr_fail(e->error, OTR_LIMIT, "more than %d metrics", OTR_LIMIT_METRICS);
    outrider__v1__metric__init(metric);
    metric->metric = otr_protobuf_text(&e->arena, r->metric);
    metric->unit = otr_protobuf_text(&e->arena, r->kind == OTR_KIND_NUMBER ? r->unit : OTR_STR(""));
    metric->kind = (Outrider__V1__Kind)(r->kind - OTR_KIND_NUMBER);
    metric->relative = r->stamp == OTR_STAMP_RELATIVE;
    if (metric->metric == NULL || metric->unit == NULL)
        return otr_fail(e->error, OTR_MEMORY, "out of memory");
    e->last_metric = e->pack.n_metrics;
    e->pack.metrics[e->pack.n_metrics++] = metric;
    return OTR_OK;
}

/* Sets last_metric to the reading's; a pack mostly walks through its metrics in turn. */
static otr_status find_metric(encoder *e, const otr_reading *r)
{
    for (size_t i = 0; i < e->pack.n_metrics; i++) {
        size_t at = (e->last_metric + i) % e->pack.n_metrics;
        if (metric_is(e->pack.metrics[at], r)) {
            e->last_metric = at;
            return OTR_OK;
        }
    }
    return add_metric(e, r);
}

static otr_status check(const otr_reading *r, otr_error *error)
{
    if (r->quality == OTR_QUALITY_FUTURE)
        return otr_fail(error, OTR_INVALID, "only the receiver judges a reading to be of the future");
    if (r->at_us > OTR_READING_PB_TIME_MAX || r->at_us < -OTR_READING_PB_TIME_MAX)
        return otr_fail(error, OTR_INVALID, "the time is out of range");
    return otr_value_check(r, error);
}

static otr_status add_reading(encoder *e, size_t at)
{
    Outrider__V1__Pack *pack = &e->pack;
    const otr_reading *r = &e->message->readings[at];
    otr_status status = check(r, e->error);
    if (status == OTR_OK)
        status = find_metric(e, r);
    if (status != OTR_OK)
        return status;
    otr_time *clock = r->stamp == OTR_STAMP_RELATIVE ? &e->relative : &e->absolute;
    pack->metric[pack->n_metric++] = (uint32_t)e->last_metric;
    pack->time_delta_us[pack->n_time_delta_us++] = r->at_us - *clock;
    *clock = r->at_us;
    if (r->quality == OTR_QUALITY_BAD)
        pack->bad[pack->n_bad++] = (uint32_t)at;
    if (r->kind == OTR_KIND_NUMBER) {
        pack->number[pack->n_number++] = r->number;
    } else if (r->kind == OTR_KIND_BOOL) {
        pack->flag[pack->n_flag++] = r->flag;
    } else if (r->kind == OTR_KIND_TEXT) {
        char *text = otr_protobuf_text(&e->arena, r->text);
        if (text == NULL)
            return otr_fail(e->error, OTR_MEMORY, "out of memory");
        pack->text[pack->n_text++] = text;
    } else {
        pack->latitude[pack->n_latitude++] = r->location.latitude;
        pack->longitude[pack->n_longitude++] = r->location.longitude;
    }
    return OTR_OK;
}

static bool make_columns(encoder *e, size_t count)
{
    Outrider__V1__Pack *pack = &e->pack;
    otr_arena *arena = &e->arena;
    pack->device = otr_protobuf_text(arena, e->message->device);
    pack->metrics = otr_arena_array(arena, count, sizeof(void *));
    pack->metric = otr_arena_array(arena, count, sizeof *pack->metric);
    pack->time_delta_us = otr_arena_array(arena, count, sizeof *pack->time_delta_us);
    pack->number = otr_arena_array(arena, count, sizeof *pack->number);
    pack->flag = otr_arena_array(arena, count, sizeof *pack->flag);
    pack->text = otr_arena_array(arena, count, sizeof(char *));
    pack->latitude = otr_arena_array(arena, count, sizeof *pack->latitude);
    pack->longitude = otr_arena_array(arena, count, sizeof *pack->longitude);
    pack->bad = otr_arena_array(arena, count, sizeof *pack->bad);
    return pack->device != NULL && pack->metrics != NULL && pack->metric != NULL &&
           pack->time_delta_us != NULL && pack->number != NULL && pack->flag != NULL && pack->text != NULL &&
           pack->latitude != NULL && pack->longitude != NULL && pack->bad != NULL;
}

static otr_status encode(encoder *e, otr_buffer *out)
{
    const otr_message *message = e->message;
    if (!make_columns(e, message->count))
        return otr_fail(e->error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < message->count && e->pack.base_time_us == 0; i++)
        if (message->readings[i].stamp == OTR_STAMP_ABSOLUTE)
            e->pack.base_time_us = message->readings[i].at_us;
    e->absolute = e->pack.base_time_us;
    for (size_t i = 0; i < message->count; i++) {
        otr_status status = add_reading(e, i);
        if (status != OTR_OK)
            return status;
    }
    if (e->pack.n_metrics == 1)
        e->pack.n_metric = 0;
    return otr_protobuf_pack(out, &e->pack.base, e->error);
}

otr_status otr_reading_pb_encode(otr_buffer *out, const otr_message *message, otr_error *error)
{
    encoder e = {.error = error, .message = message};
    outrider__v1__pack__init(&e.pack);
    otr_status status = encode(&e, out);
    otr_arena_done(&e.arena);
    return status;
}

#include "daemon/control/history_read.h"

#include <stdlib.h>

#include "core/journal/journal.h"
#include "platform/linux/store/store.h"
#include "platform/linux/store/store_reader.h"

/* How much earlier than it happened a reading may have come: clocks of devices may be ahead. */
#define AHEAD (OTR_LIMIT_FUTURE_SKEW_S * OTR_SECOND + OTR_MINUTE)

typedef struct reading {
    const otr_history_asked *asked;
    otr_history *out;
    uint32_t device;
    uint32_t metric;
    otr_time offset; /* of UTC to core time, as of the newest turn */
    otr_error *error;
} reading;

/* ---- numbers of names, and how core time stands to UTC ---- */

static otr_status see_name(void *context, const otr_row_name *row)
{
    reading *r = context;
    if (row->space == OTR_NAME_DEVICE && otr_str_equal(row->name, r->asked->device))
        r->device = row->number;
    if (row->space == OTR_NAME_METRIC && otr_str_equal(row->name, r->asked->metric))
        r->metric = row->number;
    return OTR_OK;
}

static otr_status see_turn(void *context, const otr_turn *turn)
{
    ((reading *)context)->offset = turn->utc - turn->core;
    return OTR_OK;
}

static otr_status pass_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_status pass_record(void *context, uint64_t seq, const otr_record *record)
{
    (void)context, (void)seq, (void)record;
    return OTR_OK;
}

static otr_status see_offset(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    const otr_journal_visitor visitor = {context, see_turn, pass_record};
    (void)core_time;
    return otr_journal_read(batch, first_seq, &visitor, NULL);
}

static otr_status look_up(reading *r, otr_str folder, otr_error *error)
{
    otr_store_reader *store = NULL;
    uint64_t last = 0;
    otr_status status = otr_store_reader_open(folder, &store, error);
    if (status != OTR_OK)
        return status;
    status = otr_store_reader_names(store, r, see_name, error);
    if (status == OTR_OK && r->device == UINT32_MAX)
        status = otr_fail(error, OTR_NOT_FOUND, "no device %.*s has reported", OTR_STR_ARG(r->asked->device));
    if (status == OTR_OK && r->metric == UINT32_MAX)
        status = otr_fail(error, OTR_NOT_FOUND, "no metric %.*s was reported", OTR_STR_ARG(r->asked->metric));
    if (status == OTR_OK)
        status = otr_store_reader_last(store, &last, error);
    if (status == OTR_OK && last > 0) {
        uint64_t after = last - 1;
        status = otr_store_reader_batches(store, &after, last, r, see_offset, error);
        status = status == OTR_NOT_FOUND ? OTR_OK : status;
    }
    otr_store_reader_close(store);
    return status;
}

/* ---- readings into buckets ---- */

static void put(otr_history *out, otr_time at, double value)
{
    otr_history_bucket *bucket = &out->buckets[(at - out->from) / out->every];
    if (bucket->count == 0 || value < bucket->min) {
        bucket->min = value;
        bucket->min_at = at;
    }
    if (bucket->count == 0 || value > bucket->max) {
        bucket->max = value;
        bucket->max_at = at;
    }
    bucket->sum += value;
    bucket->count++;
    out->readings++;
}

static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    const reading *r = context;
    (void)seq;
    if (record->kind != OTR_INPUT_READINGS || record->readings.device != r->device)
        return OTR_OK;
    for (size_t i = 0; i < record->readings.count; i++) {
        const otr_entry *entry = &record->readings.entries[i];
        if (entry->metric != r->metric || entry->at < r->out->from || entry->at >= r->out->to)
            continue;
        if (entry->quality != OTR_QUALITY_GOOD || entry->unsynced)
            r->out->bad++;
        else if (entry->kind == OTR_KIND_NUMBER)
            put(r->out, entry->at, entry->number);
        else if (entry->kind == OTR_KIND_BOOL)
            put(r->out, entry->at, entry->flag ? 1 : 0);
    }
    return OTR_OK;
}

static otr_status see_batch(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    const otr_journal_visitor visitor = {context, pass_turn, see_record};
    (void)core_time;
    reading *r = context;
    if (r->asked->stop != NULL && atomic_load(r->asked->stop))
        return otr_fail(r->error, OTR_FULL, "the gateway stops");
    if (r->asked->rows_max > 0 && r->out->rows == r->asked->rows_max)
        return otr_fail(
            r->error, OTR_FULL,
            "the device's readings of that span are in more than %llu rows of the journal: ask for a "
            "shorter one",
            (unsigned long long)r->asked->rows_max);
    r->out->rows++;
    return otr_journal_read(batch, first_seq, &visitor, NULL);
}

otr_status otr_history_read(otr_str folder, const otr_history_asked *asked, otr_history *out,
                            otr_error *error)
{
    *out = (otr_history){.from = asked->from, .to = asked->to, .every = asked->every};
    if (asked->to <= asked->from || asked->every <= 0)
        return otr_fail(error, OTR_INVALID, "the span ends before it begins");
    uint64_t count = (uint64_t)(asked->to - asked->from - 1) / (uint64_t)asked->every + 1;
    if (count > OTR_HISTORY_BUCKETS_MAX)
        return otr_fail(error, OTR_INVALID, "at most %d buckets: make them longer", OTR_HISTORY_BUCKETS_MAX);
    reading r = {.asked = asked, .out = out, .error = error, .device = UINT32_MAX, .metric = UINT32_MAX};
    out->count = (size_t)count;
    out->buckets = calloc(out->count, sizeof *out->buckets);
    if (out->buckets == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = look_up(&r, folder, error);
    if (status != OTR_OK)
        return status;
    const otr_store_config config = {.folder = folder};
    return otr_store_history(&config, r.device, asked->from - r.offset - AHEAD, OTR_TIME_NEVER - 1, see_batch,
                             &r, error);
}

void otr_history_done(otr_history *history)
{
    free(history->buckets);
    *history = (otr_history){.buckets = NULL};
}

/* ---- as JSON ---- */

static void put_time(json_t *object, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(at, text);
    json_object_set_new(object, name, json_string(text));
}

json_t *otr_history_json(const otr_history_asked *asked, const otr_history *history, double took_ms)
{
    json_t *root = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < history->count; i++) {
        const otr_history_bucket *one = &history->buckets[i];
        if (one->count == 0)
            continue;
        json_t *bucket = json_object();
        put_time(bucket, "from", history->from + (otr_time)i * history->every);
        json_object_set_new(bucket, "count", json_integer(one->count));
        json_object_set_new(bucket, "min", json_real(one->min));
        put_time(bucket, "min_at", one->min_at);
        json_object_set_new(bucket, "max", json_real(one->max));
        put_time(bucket, "max_at", one->max_at);
        json_object_set_new(bucket, "mean", json_real(one->sum / one->count));
        json_array_append_new(list, bucket);
    }
    json_object_set_new(root, "device", json_stringn(asked->device.data, asked->device.size));
    json_object_set_new(root, "metric", json_stringn(asked->metric.data, asked->metric.size));
    put_time(root, "from", history->from);
    put_time(root, "to", history->to);
    json_object_set_new(root, "every_s", json_real((double)history->every / (double)OTR_SECOND));
    json_object_set_new(root, "readings", json_integer((json_int_t)history->readings));
    json_object_set_new(root, "bad", json_integer((json_int_t)history->bad));
    json_object_set_new(root, "rows", json_integer((json_int_t)history->rows));
    json_object_set_new(root, "ms", json_real(took_ms));
    json_object_set_new(root, "buckets", list);
    return root;
}

static bool get_time(const json_t *object, const char *name, otr_time *out)
{
    const json_t *text = json_object_get(object, name);
    return json_is_string(text) &&
           otr_time_parse((otr_str){json_string_value(text), json_string_length(text)}, out);
}

static bool take_bucket(const json_t *one, otr_history *out)
{
    otr_time from;
    otr_history_bucket bucket = {.count = (uint32_t)json_integer_value(json_object_get(one, "count")),
                                 .min = json_number_value(json_object_get(one, "min")),
                                 .max = json_number_value(json_object_get(one, "max"))};
    if (!get_time(one, "from", &from) || !get_time(one, "min_at", &bucket.min_at) ||
        !get_time(one, "max_at", &bucket.max_at) || from < out->from || from >= out->to || bucket.count == 0)
        return false;
    bucket.sum = json_number_value(json_object_get(one, "mean")) * bucket.count;
    out->buckets[(from - out->from) / out->every] = bucket;
    return true;
}

bool otr_history_of_json(const json_t *object, otr_history *out)
{
    size_t i;
    json_t *one;
    double every_s = json_number_value(json_object_get(object, "every_s"));
    *out = (otr_history){.readings = (uint64_t)json_integer_value(json_object_get(object, "readings")),
                         .bad = (uint64_t)json_integer_value(json_object_get(object, "bad")),
                         .rows = (uint64_t)json_integer_value(json_object_get(object, "rows"))};
    if (!get_time(object, "from", &out->from) || !get_time(object, "to", &out->to) || out->to <= out->from ||
        !(every_s >= 1e-6 && every_s < 1e9))
        return false;
    out->every = (otr_time)(every_s * (double)OTR_SECOND + 0.5);
    uint64_t count = (uint64_t)(out->to - out->from - 1) / (uint64_t)out->every + 1;
    if (count > OTR_HISTORY_BUCKETS_MAX)
        return false;
    out->count = (size_t)count;
    out->buckets = calloc(out->count, sizeof *out->buckets);
    if (out->buckets == NULL)
        return false;
    json_array_foreach(json_object_get(object, "buckets"), i, one) if (!take_bucket(one, out)) return false;
    return true;
}

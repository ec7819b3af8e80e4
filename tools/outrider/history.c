#include "tools/outrider/history.h"

#include <stdlib.h>

#include "core/journal.h"
#include "platform/linux/store.h"
#include "platform/linux/store_reader.h"

/* How much earlier than it happened a reading may have come: clocks of devices may be ahead. */
#define AHEAD (OTR_LIMIT_FUTURE_SKEW_S * OTR_SECOND + OTR_MINUTE)

typedef struct reading {
    const otr_history_asked *asked;
    otr_history *out;
    uint32_t device;
    uint32_t metric;
    otr_time offset; /* of UTC to core time, as of the newest turn */
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
    ((reading *)context)->out->rows++;
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
    reading r = {.asked = asked, .out = out, .device = UINT32_MAX, .metric = UINT32_MAX};
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

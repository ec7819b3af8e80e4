/* A daemon's journal as a replay's input: batches back to uploads, numbers back to names. */
#include "tools/outrider/replay_input.h"

#include "base/buffer.h"

#include <stdlib.h>

struct otr_replay_journal {
    otr_store_reader *store;
    uint64_t last_seq;
    otr_arena memory;
    otr_str *names[2]; /* by space and number */
    size_t name_count[2];
    size_t name_capacity[2];
    /* of the batch at hand */
    const otr_replay_range *range;
    const otr_replay_sink *sink;
    otr_error *error;
    otr_turn turn;
    otr_reading *readings;
    size_t capacity;
};

static otr_status keep_name(void *context, const otr_row_name *row)
{
    otr_replay_journal *journal = context;
    int space = row->space == OTR_NAME_DEVICE ? 0 : 1;
    if (row->number >= journal->name_capacity[space]) {
        size_t capacity = ((size_t)row->number + 1) * 2;
        otr_str *names =
            row->number < 1 << 24 ? realloc(journal->names[space], capacity * sizeof *names) : NULL;
        if (names == NULL)
            return OTR_MEMORY;
        memset(names + journal->name_capacity[space], 0,
               (capacity - journal->name_capacity[space]) * sizeof *names);
        journal->names[space] = names;
        journal->name_capacity[space] = capacity;
    }
    if (row->number >= journal->name_count[space])
        journal->name_count[space] = (size_t)row->number + 1;
    journal->names[space][row->number] = otr_arena_copy(&journal->memory, row->name);
    return journal->names[space][row->number].data != NULL ? OTR_OK : OTR_MEMORY;
}

otr_status otr_replay_journal_open(otr_str folder, otr_replay_journal **out, otr_error *error)
{
    otr_replay_journal *journal = calloc(1, sizeof *journal);
    *out = NULL;
    if (journal == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = otr_store_reader_open(folder, &journal->store, error);
    if (status == OTR_OK)
        status = otr_store_reader_last(journal->store, &journal->last_seq, error);
    if (status == OTR_OK)
        status = otr_store_reader_names(journal->store, journal, keep_name, error);
    if (status == OTR_OK)
        *out = journal;
    else
        otr_replay_journal_close(journal);
    return status;
}

void otr_replay_journal_close(otr_replay_journal *journal)
{
    if (journal == NULL)
        return;
    otr_store_reader_close(journal->store);
    otr_arena_done(&journal->memory);
    free(journal->names[0]);
    free(journal->names[1]);
    free(journal->readings);
    free(journal);
}

otr_store_reader *otr_replay_journal_reader(otr_replay_journal *journal)
{
    return journal->store;
}

/* ---- the range ---- */

typedef struct edges {
    otr_replay_range range;
    bool one; /* the first turn is enough */
} edges;

static otr_status see_turn(void *context, const otr_turn *turn)
{
    edges *seen = context;
    if (seen->range.first == OTR_TIME_NONE)
        seen->range.first = turn->utc;
    seen->range.last = turn->utc;
    return OTR_OK;
}

static otr_status pass_over(void *context, uint64_t seq, const otr_record *record)
{
    (void)context, (void)seq, (void)record;
    return OTR_OK;
}

static otr_status see_edges(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    edges *seen = context;
    otr_journal_visitor visitor = {seen, see_turn, pass_over};
    (void)core_time;
    otr_status status = otr_journal_read(batch, first_seq, &visitor, NULL);
    return status == OTR_OK && seen->one ? OTR_FULL : status; /* stops here */
}

otr_status otr_replay_journal_range(otr_replay_journal *journal, otr_replay_range *out, otr_error *error)
{
    edges first = {{OTR_TIME_NONE, OTR_TIME_NONE}, true};
    edges last = {{OTR_TIME_NONE, OTR_TIME_NONE}, false};
    uint64_t before = 0;
    uint64_t newest = journal->last_seq > 0 ? journal->last_seq - 1 : 0;
    otr_status status =
        otr_store_reader_batches(journal->store, &before, journal->last_seq, &first, see_edges, error);
    if (status == OTR_FULL)
        status =
            otr_store_reader_batches(journal->store, &newest, journal->last_seq, &last, see_edges, error);
    *out = (otr_replay_range){first.range.first, last.range.last};
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* ---- the run ---- */

/* The entry as the device sent it: what was dated by the clock of the gateway alone is so again. */
static void resolve(const otr_replay_journal *journal, const otr_entry *entry, otr_reading *out)
{
    *out = (otr_reading){
        .metric = journal->names[1][entry->metric],
        .at_us = entry->at,
        .stamp = OTR_STAMP_ABSOLUTE,
        .kind = entry->kind,
        .quality = entry->quality,
    };
    if (entry->unsynced) {
        out->stamp = OTR_STAMP_RELATIVE;
        out->at_us = entry->at - journal->turn.core;
    }
    if (entry->kind == OTR_KIND_NUMBER)
        out->number = entry->number;
    else if (entry->kind == OTR_KIND_BOOL)
        out->flag = entry->flag;
    else if (entry->kind == OTR_KIND_TEXT)
        out->text = entry->text;
    else {
        out->location.latitude = entry->location.latitude;
        out->location.longitude = entry->location.longitude;
    }
}

static otr_status hand_readings(otr_replay_journal *journal, const otr_record *record)
{
    size_t count = record->readings.count;
    if (record->readings.device >= journal->name_count[0])
        return otr_fail(journal->error, OTR_CORRUPT, "a device of the journal has no name");
    if (count > journal->capacity) {
        otr_reading *readings = realloc(journal->readings, count * sizeof *readings);
        if (readings == NULL)
            return otr_fail(journal->error, OTR_MEMORY, "out of memory");
        journal->readings = readings;
        journal->capacity = count;
    }
    for (size_t i = 0; i < count; i++) {
        if (record->readings.entries[i].metric >= journal->name_count[1])
            return otr_fail(journal->error, OTR_CORRUPT, "a metric of the journal has no name");
        resolve(journal, &record->readings.entries[i], &journal->readings[i]);
    }
    otr_input input = {.kind = OTR_INPUT_READINGS};
    input.upload.message.device = journal->names[0][record->readings.device];
    input.upload.message.readings = journal->readings;
    input.upload.message.count = count;
    return journal->sink->take(journal->sink->context, &journal->turn, &input);
}

static otr_status keep_turn(void *context, const otr_turn *turn)
{
    otr_replay_journal *journal = context;
    journal->turn = *turn;
    return OTR_OK;
}

static otr_status hand_record(void *context, uint64_t seq, const otr_record *record)
{
    otr_replay_journal *journal = context;
    static const otr_input boot = {.kind = OTR_INPUT_BOOT};
    (void)seq;
    if (journal->turn.utc < journal->range->first || journal->turn.utc > journal->range->last)
        return OTR_OK;
    if (record->kind == OTR_INPUT_READINGS)
        return hand_readings(journal, record);
    if (record->kind == OTR_INPUT_BOOT)
        return journal->sink->take(journal->sink->context, &journal->turn, &boot);
    return OTR_OK; /* contents are the replay's own, deadlines come by themselves */
}

static otr_status read_batch(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    otr_replay_journal *journal = context;
    otr_journal_visitor visitor = {journal, keep_turn, hand_record};
    (void)core_time;
    return otr_journal_read(batch, first_seq, &visitor, journal->error);
}

otr_status otr_replay_journal_run(otr_replay_journal *journal, const otr_replay_range *range,
                                  const otr_replay_sink *sink, otr_error *error)
{
    uint64_t after = 0;
    otr_status status = OTR_OK;
    journal->range = range;
    journal->sink = sink;
    journal->error = error;
    while (status == OTR_OK)
        status =
            otr_store_reader_batches(journal->store, &after, journal->last_seq, journal, read_batch, error);
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

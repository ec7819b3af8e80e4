/* A daemon's journal as a replay's input: batches back to uploads, numbers back to names. */
#include "tools/outrider/replay/replay_input.h"

#include "base/buffer.h"
#include "core/asset/assigned.h"
#include "core/journal/journal.h"

#include <stdlib.h>

struct otr_replay_journal {
    otr_store_reader *store;
    uint64_t last_seq;
    otr_arena memory;
    otr_str *names[2]; /* by space and number */
    size_t name_count[2];
    size_t name_capacity[2];
    bool own_assignments;
    bool by_name;
    otr_replay_gaps gaps;
    /* of the batch at hand */
    const otr_replay_range *range;
    const otr_replay_sink *sink;
    otr_error *error;
    /* of the turn at hand */
    otr_turn turn;
    bool within; /* the range */
    otr_arena room;
    otr_input *inputs;
    uint64_t *seqs;
    size_t count;
    size_t capacity;
    uint64_t first_seq;
    /* of turns before the range: commands of which something may be left */
    otr_command *earlier;
    size_t earlier_count;
    size_t earlier_capacity;
    bool begun;
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
    otr_arena_done(&journal->room);
    free(journal->inputs);
    free(journal->seqs);
    free(journal->earlier);
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

/* ---- the turn at hand ---- */

void otr_replay_journal_leave_assignments(otr_replay_journal *journal)
{
    journal->own_assignments = true;
}

void otr_replay_journal_name_alarms(otr_replay_journal *journal)
{
    journal->by_name = true;
}

otr_replay_gaps otr_replay_journal_gaps(const otr_replay_journal *journal)
{
    return journal->gaps;
}

static otr_status no_memory(otr_replay_journal *journal)
{
    return otr_fail(journal->error, OTR_MEMORY, "out of memory");
}

/* One more input; NULL when memory is out. */
static otr_input *add(otr_replay_journal *journal, uint64_t seq, otr_input_kind kind)
{
    if (journal->count == journal->capacity) {
        size_t capacity = journal->capacity == 0 ? 64 : journal->capacity * 2;
        otr_input *inputs = realloc(journal->inputs, capacity * sizeof *inputs);
        if (inputs != NULL)
            journal->inputs = inputs;
        uint64_t *seqs = realloc(journal->seqs, capacity * sizeof *seqs);
        if (seqs != NULL)
            journal->seqs = seqs;
        if (inputs == NULL || seqs == NULL)
            return NULL;
        journal->capacity = capacity;
    }
    otr_input *input = &journal->inputs[journal->count];
    *input = (otr_input){.kind = kind};
    journal->seqs[journal->count++] = seq;
    return input;
}

static otr_status flush(otr_replay_journal *journal)
{
    otr_status status = OTR_OK;
    if (journal->within && journal->first_seq != 0) {
        otr_replay_turn turn = {journal->turn, journal->first_seq, journal->inputs, journal->seqs,
                                journal->count};
        status = journal->sink->take(journal->sink->context, &turn);
    }
    journal->count = 0;
    journal->first_seq = 0;
    otr_arena_reset(&journal->room);
    return status;
}

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

static otr_status device_of(otr_replay_journal *journal, uint32_t number, otr_str *out)
{
    if (number >= journal->name_count[0])
        return otr_fail(journal->error, OTR_CORRUPT, "a device of the journal has no name");
    *out = journal->names[0][number];
    return OTR_OK;
}

static otr_status add_readings(otr_replay_journal *journal, uint64_t seq, const otr_record *record)
{
    size_t count = record->readings.count;
    otr_input *input = add(journal, seq, OTR_INPUT_READINGS);
    otr_reading *readings = otr_arena_array(&journal->room, count, sizeof *readings);
    if (input == NULL || (readings == NULL && count > 0))
        return no_memory(journal);
    for (size_t i = 0; i < count; i++) {
        if (record->readings.entries[i].metric >= journal->name_count[1])
            return otr_fail(journal->error, OTR_CORRUPT, "a metric of the journal has no name");
        resolve(journal, &record->readings.entries[i], &readings[i]);
    }
    input->upload.message.readings = readings;
    input->upload.message.count = count;
    return device_of(journal, record->readings.device, &input->upload.message.device);
}

/* ---- assignments ---- */

typedef struct wanted {
    otr_replay_journal *journal;
    const otr_record *record;
    uint64_t seq;
} wanted;

static otr_status add_content(void *context, const otr_row_content *row)
{
    const wanted *to = context;
    otr_replay_journal *journal = to->journal;
    otr_input *input = add(journal, to->seq, OTR_INPUT_CONTENT);
    if (input == NULL)
        return no_memory(journal);
    journal->gaps.later += !otr_str_equal(row->hash, to->record->content.hash);
    input->content.slot = to->record->content.slot;
    input->content.hash = otr_arena_copy(&journal->room, row->hash);
    input->content.bytes = otr_arena_copy(&journal->room, row->bytes);
    return input->content.hash.data != NULL && input->content.bytes.data != NULL ? OTR_OK
                                                                                 : no_memory(journal);
}

static otr_status take_content(otr_replay_journal *journal, uint64_t seq, const otr_record *record)
{
    otr_str slot = record->content.slot;
    wanted to = {journal, record, seq};
    if (journal->own_assignments || !(otr_str_is(slot, "assignments") || otr_slot_is_assignment(slot)))
        return OTR_OK;
    if (record->content.hash.size == 0) {
        otr_input *input = add(journal, seq, OTR_INPUT_CONTENT);
        if (input == NULL)
            return no_memory(journal);
        input->content.slot = slot;
        input->content.hash = OTR_STR("");
        input->content.bytes = OTR_STR("");
        return OTR_OK;
    }
    otr_status status =
        otr_store_reader_content_since(journal->store, slot, seq, &to, add_content, journal->error);
    journal->gaps.missing += status == OTR_NOT_FOUND;
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* ---- commands ---- */

static otr_status name_alarm(void *context, const otr_row_alarm *row)
{
    wanted *to = context;
    otr_replay_journal *journal = to->journal;
    otr_command *command = &journal->inputs[journal->count - 1].command;
    otr_buffer rule = {0};
    otr_buffer_add_format(&rule, "%.*s/%.*s", OTR_STR_ARG(row->pack), OTR_STR_ARG(row->rule));
    command->alarm = (otr_id){{0}};
    command->rule = otr_arena_copy(&journal->room, otr_buffer_text(&rule));
    command->asset = otr_arena_copy(&journal->room, row->asset);
    bool failed = rule.failed || command->rule.data == NULL || command->asset.data == NULL;
    otr_buffer_done(&rule);
    return failed ? no_memory(journal) : OTR_OK;
}

static otr_status add_command(otr_replay_journal *journal, uint64_t seq, const otr_command *command,
                              bool by_name)
{
    otr_input *input = add(journal, seq, OTR_INPUT_COMMAND);
    wanted to = {.journal = journal, .seq = seq};
    if (input == NULL)
        return no_memory(journal);
    input->command = *command;
    if (!by_name || otr_id_is_zero(command->alarm))
        return OTR_OK;
    return otr_store_reader_alarm(journal->store, command->alarm, &to, name_alarm, journal->error);
}

static otr_status take_command(otr_replay_journal *journal, uint64_t seq, const otr_command *command)
{
    bool of_assignment = command->kind == OTR_COMMAND_REPLACE || command->kind == OTR_COMMAND_UNASSIGN;
    if (command->kind == OTR_COMMAND_ORDER || command->kind == OTR_COMMAND_FORGET ||
        command->kind == OTR_COMMAND_ASSIGNED || (of_assignment && journal->own_assignments))
        return OTR_OK;
    return add_command(journal, seq, command, journal->by_name);
}

/* What a command before the range may have left: a shelf that lasts, a point out of service. */
static otr_status keep_earlier(otr_replay_journal *journal, const otr_record *record)
{
    const otr_command *command = &record->command;
    if (record->kind != OTR_INPUT_COMMAND || journal->begun || command->kind < OTR_COMMAND_SHELVE ||
        command->kind > OTR_COMMAND_IN_SERVICE)
        return OTR_OK;
    if (journal->earlier_count == journal->earlier_capacity) {
        size_t capacity = journal->earlier_capacity == 0 ? 16 : journal->earlier_capacity * 2;
        otr_command *list = realloc(journal->earlier, capacity * sizeof *list);
        if (list == NULL)
            return no_memory(journal);
        journal->earlier = list;
        journal->earlier_capacity = capacity;
    }
    otr_command *one = &journal->earlier[journal->earlier_count++];
    *one = *command;
    if (command->span != 0) {
        one->until = otr_time_add(journal->turn.utc, command->span);
        one->span = 0;
    }
    one->rule = otr_arena_copy(&journal->memory, command->rule);
    one->asset = otr_arena_copy(&journal->memory, command->asset);
    one->who = otr_arena_copy(&journal->memory, command->who);
    one->reason = otr_arena_copy(&journal->memory, command->reason);
    bool copied = one->rule.data != NULL && one->asset.data != NULL && one->who.data != NULL &&
                  one->reason.data != NULL;
    return copied ? OTR_OK : no_memory(journal);
}

static otr_status add_earlier(otr_replay_journal *journal)
{
    otr_status status = OTR_OK;
    journal->begun = true;
    for (size_t i = 0; i < journal->earlier_count && status == OTR_OK; i++) {
        const otr_command *one = &journal->earlier[i];
        if (one->kind != OTR_COMMAND_SHELVE || one->until > journal->turn.utc)
            status = add_command(journal, 0, one, true);
    }
    return status;
}

/* ---- the run ---- */

static otr_status keep_turn(void *context, const otr_turn *turn)
{
    otr_replay_journal *journal = context;
    otr_status status = flush(journal);
    journal->turn = *turn;
    journal->within = turn->utc >= journal->range->first && turn->utc <= journal->range->last;
    return status;
}

static otr_status take_record(void *context, uint64_t seq, const otr_record *record)
{
    otr_replay_journal *journal = context;
    otr_status status = OTR_OK;
    otr_input *input = NULL;
    if (!journal->within)
        return keep_earlier(journal, record);
    if (journal->first_seq == 0)
        journal->first_seq = seq;
    if (!journal->begun)
        status = add_earlier(journal);
    if (status != OTR_OK)
        return status;
    switch (record->kind) {
    case OTR_INPUT_READINGS:
        return add_readings(journal, seq, record);
    case OTR_INPUT_CONTENT:
        return take_content(journal, seq, record);
    case OTR_INPUT_COMMAND:
        return take_command(journal, seq, &record->command);
    case OTR_INPUT_BOOT:
        return add(journal, seq, OTR_INPUT_BOOT) != NULL ? OTR_OK : no_memory(journal);
    case OTR_INPUT_LOSS:
        input = add(journal, seq, OTR_INPUT_LOSS);
        if (input == NULL)
            return no_memory(journal);
        input->loss = record->loss;
        return OTR_OK;
    case OTR_INPUT_DEVICE_FETCH:
        input = add(journal, seq, OTR_INPUT_DEVICE_FETCH);
        return input != NULL ? device_of(journal, record->fetch.device, &input->fetch.device)
                             : no_memory(journal);
    case OTR_INPUT_DEVICE_CONFIRM:
        input = add(journal, seq, OTR_INPUT_DEVICE_CONFIRM);
        if (input == NULL)
            return no_memory(journal);
        input->confirm.count = record->confirm.count;
        memcpy(input->confirm.ids, record->confirm.ids, sizeof input->confirm.ids);
        return device_of(journal, record->confirm.device, &input->confirm.device);
    case OTR_INPUT_TICK:   /* deadlines come by themselves */
    case OTR_INPUT_REPORT: /* decides nothing */
    case OTR_INPUT_ERASED:
        break;
    }
    return OTR_OK;
}

static otr_status read_batch(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    otr_replay_journal *journal = context;
    otr_journal_visitor visitor = {journal, keep_turn, take_record};
    (void)core_time;
    otr_status status = otr_journal_read(batch, first_seq, &visitor, journal->error);
    return status == OTR_OK ? flush(journal) : status; /* texts are views of the batch */
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

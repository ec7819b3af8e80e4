/*
 * The reference: a core that takes in the whole journal from its beginning as live inputs, and that nothing
 * interrupts. Whatever happened to the gateway on the way, its journal must be the one that this core writes,
 * byte for byte, and its rows the ones that this core makes.
 */
#include "sim.h"

#include "core/core.h"
#include "core/journal/journal.h"
#include "driver/internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { TURN_INPUTS = 8192 };

struct sim_reference {
    sim *s;
    otr_core *core;
    otr_effects effects;
    otr_disk *rows; /* what it has made */
    bool has_turn;
    otr_turn turn;
    otr_arena memory; /* of the inputs of the turn */
    otr_input inputs[TURN_INPUTS];
    size_t count;
    size_t batches; /* taken in */
};
typedef struct sim_reference reference;

static otr_str name_of(const otr_disk *disk, otr_name_space space, uint32_t number)
{
    for (size_t i = 0; i < disk->names.count; i++)
        if (disk->names.list[i].space == space && disk->names.list[i].number == number)
            return disk->names.list[i].name;
    return (otr_str){"?", 1};
}

static void take_readings(reference *r, const otr_record *record, otr_input *out)
{
    const otr_disk *disk = r->s->store.disk;
    otr_reading *readings = otr_arena_array(&r->memory, record->readings.count + 1, sizeof *readings);
    OTR_ASSERT(readings != NULL);
    for (size_t i = 0; i < record->readings.count; i++) {
        const otr_entry *entry = &record->readings.entries[i];
        readings[i] = (otr_reading){.metric = name_of(disk, OTR_NAME_METRIC, entry->metric),
                                    .at_us = entry->unsynced ? entry->at - r->turn.core : entry->at,
                                    .stamp = entry->unsynced ? OTR_STAMP_RELATIVE : OTR_STAMP_ABSOLUTE,
                                    .kind = entry->kind,
                                    .quality = entry->quality,
                                    .number = entry->number};
    }
    out->upload.message.device = name_of(disk, OTR_NAME_DEVICE, record->readings.device);
    out->upload.message.readings = readings;
    out->upload.message.count = record->readings.count;
    out->upload.key = record->readings.key;
}

static void take_content(const reference *r, const otr_record *record, uint64_t seq, otr_input *out)
{
    const otr_disk *disk = r->s->store.disk;
    for (size_t i = 0; i < disk->contents.count; i++)
        if (disk->contents.list[i].row.seq == seq &&
            otr_str_equal(disk->contents.list[i].row.slot, record->content.slot)) {
            out->content.slot = disk->contents.list[i].row.slot;
            out->content.hash = disk->contents.list[i].row.hash;
            out->content.bytes = disk->contents.list[i].row.bytes;
        }
}

static otr_str copy(reference *r, otr_str text)
{
    return text.size == 0 ? text : otr_arena_copy(&r->memory, text);
}

static void take_command(reference *r, const otr_record *record, otr_input *out)
{
    out->command = record->command;
    otr_command *c = &out->command;
    otr_str *const texts[] = {
        &c->rule,         &c->asset,         &c->who,       &c->reason,     &c->customer.category,
        &c->desk.to,      &c->desk.queue,    &c->desk.what, &c->desk.text,  &c->desk.fields,
        &c->voice.source, &c->voice.product, &c->order.who, &c->order.verb, &c->order.about,
        &c->order.answer, &c->order.refused};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = copy(r, *texts[i]);
    if (c->kind == OTR_COMMAND_FORGET) { /* the journal does not say who */
        c->asset = sim_people_forgets(r->s, c->id);
        c->who = OTR_STR("kim");
        c->alarm = (otr_id){{0}};
    }
}

static otr_status take_record(void *context, uint64_t seq, const otr_record *record)
{
    reference *r = context;
    const otr_disk *disk = r->s->store.disk;
    if (record->kind == OTR_INPUT_TICK)
        return OTR_OK; /* it makes its own */
    OTR_ASSERT(r->count < TURN_INPUTS);
    otr_input *input = &r->inputs[r->count++];
    *input = (otr_input){.kind = record->kind};
    switch (record->kind) {
    case OTR_INPUT_READINGS:
        take_readings(r, record, input);
        break;
    case OTR_INPUT_CONTENT:
        take_content(r, record, seq, input);
        break;
    case OTR_INPUT_LOSS:
        input->loss = record->loss;
        input->loss.reason = copy(r, record->loss.reason);
        break;
    case OTR_INPUT_REPORT:
        input->report.what = copy(r, record->report.what);
        input->report.text = copy(r, record->report.text);
        break;
    case OTR_INPUT_COMMAND:
        take_command(r, record, input);
        break;
    case OTR_INPUT_DEVICE_FETCH:
        input->fetch.device = name_of(disk, OTR_NAME_DEVICE, record->fetch.device);
        break;
    case OTR_INPUT_DEVICE_CONFIRM:
        input->confirm.device = name_of(disk, OTR_NAME_DEVICE, record->confirm.device);
        input->confirm.count = record->confirm.count;
        memcpy(input->confirm.ids, record->confirm.ids, sizeof input->confirm.ids);
        break;
    case OTR_INPUT_BOOT:
    case OTR_INPUT_TICK:
    case OTR_INPUT_ERASED:
        break;
    }
    return OTR_OK;
}

static void end_turn(reference *r)
{
    if (r->has_turn && otr_core_step(r->core, &r->turn, r->inputs, r->count, &r->effects) != OTR_OK)
        sim_fail(r->s, "no memory for the reference");
    r->has_turn = false;
    r->count = 0;
    otr_arena_reset(&r->memory);
}

static otr_status take_turn(void *context, const otr_turn *turn)
{
    reference *r = context;
    end_turn(r);
    r->has_turn = true;
    r->turn = *turn;
    return OTR_OK;
}

/* Its own rows, as if nothing had ever been told. */
static void keep_rows(reference *r)
{
    otr_outbox_fate fates[512];
    otr_effects *e = &r->effects;
    otr_commit commit = {.first_seq = e->first_seq,
                         .input_count = e->input_count,
                         .batch = otr_buffer_bytes(&e->batch),
                         .alarms = e->alarms.list,
                         .alarm_count = e->alarms.count,
                         .cases = e->cases.list,
                         .case_count = e->cases.count,
                         .notices = e->notices.list,
                         .notice_count = e->notices.count,
                         .fates = fates};
    otr_disk_put(r->rows, &commit);
    for (size_t i = 0; i < e->outbox.count; i++) {
        if (e->outbox.list[i].again)
            continue;
        otr_disk_entry *entry = OTR_DISK_ADD(r->rows->entries);
        *entry = (otr_disk_entry){.seq = e->outbox.list[i].seq, .decided = e->outbox.list[i].event};
    }
}

static otr_status say_turn(void *context, const otr_turn *turn)
{
    sim_say(context, "  turn core %lld utc %lld%s", (long long)turn->core, (long long)turn->utc,
            turn->synced ? "" : ", not synced");
    return OTR_OK;
}

static otr_status say_record(void *context, uint64_t seq, const otr_record *record)
{
    sim_say(context, "  input %llu of kind %d", (unsigned long long)seq, (int)record->kind);
    if (record->kind == OTR_INPUT_READINGS)
        for (size_t i = 0; i < record->readings.count; i++) {
            const otr_entry *entry = &record->readings.entries[i];
            sim_say(context, "    device %u metric %u at %lld: %.17g, quality %d%s", record->readings.device,
                    entry->metric, (long long)entry->at, entry->number, entry->quality,
                    entry->unsynced ? ", unsynced" : "");
        }
    return OTR_OK;
}

static void say_batch(sim *s, const char *whose, uint64_t first_seq, otr_bytes batch)
{
    otr_journal_visitor visitor = {s, say_turn, say_record};
    sim_say(s, "%s:", whose);
    (void)otr_journal_read(batch, first_seq, &visitor, NULL);
}

static void check_batch(reference *r, const otr_disk_batch *row)
{
    otr_journal_visitor visitor = {r, take_turn, take_record};
    otr_error error;
    if (otr_journal_read((otr_bytes){row->batch.data, row->batch.size}, row->first_seq, &visitor, &error) !=
        OTR_OK)
        sim_fail(r->s, "the journal does not read back: %s", error.text);
    end_turn(r);
    if (r->effects.batch.size != row->batch.size ||
        memcmp(r->effects.batch.data, row->batch.data, row->batch.size) != 0) {
        say_batch(r->s, "the journal", row->first_seq, (otr_bytes){row->batch.data, row->batch.size});
        say_batch(r->s, "the reference", row->first_seq, otr_buffer_bytes(&r->effects.batch));
        sim_fail(r->s, "from input %llu on, an uninterrupted core would have gone another way",
                 (unsigned long long)row->first_seq);
    }
    keep_rows(r);
    otr_effects_clear(&r->effects);
}

static void compare_alarms(reference *r)
{
    const otr_disk *is = r->s->store.disk;
    const otr_disk *meant = r->rows;
    if (is->alarms.count != meant->alarms.count)
        sim_fail(r->s, "there are %zu alarms, and %zu by the journal", is->alarms.count, meant->alarms.count);
    for (size_t i = 0; i < is->alarms.count && !sim_failed(r->s); i++) {
        const otr_row_alarm *a = &is->alarms.list[i];
        const otr_row_alarm *b = &meant->alarms.list[i];
        if (!otr_id_equal(a->id, b->id) || !otr_id_equal(a->case_id, b->case_id) ||
            a->revision != b->revision || a->state != b->state || a->open != b->open ||
            a->onset != b->onset || a->raised != b->raised || a->ended != b->ended)
            sim_fail(r->s,
                     "alarm %zu (%.*s of %.*s, revision %u, state %d) is by the journal another one "
                     "(revision %u, state %d)",
                     i, OTR_STR_ARG(a->rule), OTR_STR_ARG(a->asset), a->revision, (int)a->state, b->revision,
                     (int)b->state);
    }
}

static void compare_cases(reference *r)
{
    const otr_disk *is = r->s->store.disk;
    const otr_disk *meant = r->rows;
    if (is->cases.count != meant->cases.count)
        sim_fail(r->s, "there are %zu cases, and %zu by the journal", is->cases.count, meant->cases.count);
    for (size_t i = 0; i < is->cases.count && !sim_failed(r->s); i++) {
        const otr_row_case *a = &is->cases.list[i];
        const otr_row_case *b = &meant->cases.list[i];
        if (!otr_id_equal(a->id, b->id) || a->revision != b->revision || a->state != b->state ||
            a->opened != b->opened || a->closed != b->closed || !otr_str_equal(a->asset, b->asset) ||
            !otr_str_equal(a->customer, b->customer))
            sim_fail(r->s,
                     "case %zu of %.*s (revision %u, state %d) is by the journal another one (revision %u, "
                     "state %d)",
                     i, OTR_STR_ARG(a->asset), a->revision, (int)a->state, b->revision, (int)b->state);
    }
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(otr_id));
}

static size_t sorted_events(const otr_disk *disk, otr_id **out)
{
    otr_id *ids = calloc(disk->entries.count + 1, sizeof *ids);
    size_t count = 0;
    OTR_ASSERT(ids != NULL);
    for (size_t i = 0; i < disk->entries.count; i++)
        ids[i] = disk->entries.list[i].decided;
    qsort(ids, disk->entries.count, sizeof *ids, by_id);
    for (size_t i = 0; i < disk->entries.count; i++)
        if (count == 0 || !otr_id_equal(ids[count - 1], ids[i]))
            ids[count++] = ids[i];
    *out = ids;
    return count;
}

static void compare_events(reference *r)
{
    otr_id *is;
    otr_id *meant;
    size_t is_count = sorted_events(r->s->store.disk, &is);
    size_t meant_count = sorted_events(r->rows, &meant);
    if (is_count != meant_count || memcmp(is, meant, is_count * sizeof *is) != 0)
        sim_fail(r->s, "%zu events were decided, and by the journal %zu or others", is_count, meant_count);
    free(is);
    free(meant);
}

void sim_reference_init(sim *s)
{
    const otr_disk *disk = s->store.disk;
    otr_core_config config = {.group = OTR_STR("g"),
                              .gateway = OTR_STR("w"),
                              .incarnation = disk->incarnation,
                              .next_seq = 1,
                              .next_outbox_seq = 1};
    reference *r = calloc(1, sizeof *r);
    OTR_ASSERT(r != NULL && otr_core_create(&config, &r->core) == OTR_OK);
    r->s = s;
    otr_core_load_secret(r->core, disk->secret);
    r->rows = otr_disk_create(s->plan.seed);
    s->reference = r;
}

void sim_reference_done(sim *s)
{
    reference *r = s->reference;
    otr_core_free(r->core);
    otr_effects_done(&r->effects);
    otr_arena_done(&r->memory);
    otr_disk_free(r->rows);
    free(r);
}

void sim_reference_follow(sim *s)
{
    const otr_disk *disk = s->store.disk;
    for (reference *r = s->reference; r->batches < disk->batches.count && !sim_failed(s); r->batches++)
        check_batch(r, &disk->batches.list[r->batches]);
}

void sim_reference_compare(sim *s)
{
    otr_buffer is = {0};
    otr_buffer meant = {0};
    if (s->driver->broken || s->driver->committing || otr_effects_any(&s->driver->effects))
        return;
    sim_reference_follow(s);
    if (!sim_failed(s))
        compare_alarms(s->reference);
    if (!sim_failed(s))
        compare_cases(s->reference);
    if (!sim_failed(s))
        compare_events(s->reference);
    OTR_ASSERT(otr_core_snapshot(s->driver->core, &is) == OTR_OK);
    OTR_ASSERT(otr_core_snapshot(s->reference->core, &meant) == OTR_OK);
    size_t at = 0;
    while (at < is.size && at < meant.size && is.data[at] == meant.data[at])
        at++;
    if (at < is.size || at < meant.size)
        sim_fail(s, "the state differs from the journal's from byte %zu of %zu and %zu on", at, is.size,
                 meant.size);
    otr_buffer_done(&is);
    otr_buffer_done(&meant);
}

void sim_reference_check(sim *s)
{
    reference *r = s->reference;
    sim_reference_follow(s);
    if (!sim_failed(s))
        compare_alarms(r);
    if (!sim_failed(s))
        compare_cases(r);
    if (!sim_failed(s))
        compare_events(r);
}

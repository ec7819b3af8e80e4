/* What the journal has of what devices sent: acknowledged is kept, and nothing is kept twice or changed. */
#include "fleet.h"

#include "core/journal/journal.h"

#include <math.h>

/* ---- durable ---- */

static otr_status skip_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_status note_key(void *context, uint64_t seq, const otr_record *record)
{
    sim *s = context;
    (void)seq;
    if (record->kind == OTR_INPUT_COMMAND)
        sim_people_durable(s, record->command.id);
    if (record->kind != OTR_INPUT_READINGS)
        return OTR_OK;
    uint32_t number = sim_map_find(&s->fleet->keys, record->readings.key);
    if (number == SIM_MAP_NONE)
        sim_fail(s, "the journal has an upload that nobody sent");
    else
        s->fleet->messages.list[number].durable = true;
    return OTR_OK;
}

void sim_fleet_durable(sim *s, const otr_commit *commit)
{
    otr_journal_visitor visitor = {s, skip_turn, note_key};
    otr_error error;
    if (commit->batch.size > 0 &&
        otr_journal_read(commit->batch, commit->first_seq, &visitor, &error) != OTR_OK)
        sim_fail(s, "a batch does not read back: %s", error.text);
}

/* ---- at the end ---- */

typedef struct finding {
    sim *s;
    otr_turn turn;
} finding;

static otr_status keep_turn(void *context, const otr_turn *turn)
{
    ((finding *)context)->turn = *turn;
    return OTR_OK;
}

static otr_str name_of(const sim *s, otr_name_space space, uint32_t number)
{
    const otr_disk *disk = s->store.disk;
    for (size_t i = 0; i < disk->names.count; i++)
        if (disk->names.list[i].space == space && disk->names.list[i].number == number)
            return disk->names.list[i].name;
    return (otr_str){"?", 1};
}

static void compare(finding *f, const sim_message *m, const otr_record *record, uint32_t number)
{
    sim *s = f->s;
    const sim_device *d = &s->fleet->devices[m->device];
    if (!otr_str_is(name_of(s, OTR_NAME_DEVICE, record->readings.device), d->name))
        sim_fail(s, "message %u of %s is kept under another name", number, d->name);
    if (record->readings.count != m->count)
        sim_fail(s, "message %u has %zu readings, of which %zu are kept", number, m->count,
                 record->readings.count);
    for (size_t i = 0; i < m->count && !sim_failed(s); i++) {
        const sim_sample *sent = &d->samples.list[m->samples[i]];
        const otr_entry *kept = &record->readings.entries[i];
        otr_time off = kept->at - sent->at;
        if (!otr_str_is(name_of(s, OTR_NAME_METRIC, kept->metric), sim_metric_names[sent->metric]) ||
            kept->kind != OTR_KIND_NUMBER ||
            fabs(kept->number - sent->value) > 1e-4 + fabs(sent->value) * 1e-6)
            sim_fail(s, "reading %zu of message %u is kept as %g, and was %g", i, number, kept->number,
                     sent->value);
        else if (!m->relative && (off > OTR_MS || off < -OTR_MS))
            sim_fail(s, "reading %zu of message %u is kept %lld us off", i, number, (long long)off);
    }
}

static otr_status check_record(void *context, uint64_t seq, const otr_record *record)
{
    finding *f = context;
    sim *s = f->s;
    (void)seq;
    if (record->kind != OTR_INPUT_READINGS)
        return OTR_OK;
    uint32_t number = sim_map_find(&s->fleet->keys, record->readings.key);
    if (number == SIM_MAP_NONE)
        return OTR_OK; /* said before */
    sim_message *m = &s->fleet->messages.list[number];
    if (m->kept++ > 0)
        sim_fail(s, "message %u is in the journal twice", number);
    compare(f, m, record, number);
    return OTR_OK;
}

void sim_fleet_check(sim *s)
{
    finding f = {.s = s};
    otr_journal_visitor visitor = {&f, keep_turn, check_record};
    const otr_disk *disk = s->store.disk;
    otr_error error;
    uint64_t evicted = 0;
    uint64_t recorded = 0;
    for (size_t i = 0; i < disk->batches.count && !sim_failed(s); i++) {
        const otr_disk_batch *row = &disk->batches.list[i];
        evicted += row->evicted ? row->readings : 0;
        if (otr_journal_read((otr_bytes){row->batch.data, row->batch.size}, row->first_seq, &visitor,
                             &error) != OTR_OK)
            sim_fail(s, "the journal does not read back at %llu", (unsigned long long)row->first_seq);
    }
    for (size_t i = 0; i < disk->losses.count; i++)
        recorded += disk->losses.list[i].loss.readings;
    if (evicted != recorded)
        sim_fail(s, "%llu readings are lost and %llu recorded as lost", (unsigned long long)evicted,
                 (unsigned long long)recorded);
    for (size_t i = 0; i < s->fleet->messages.count && !sim_failed(s); i++) {
        const sim_message *m = &s->fleet->messages.list[i];
        if (m->acknowledged && m->kept == 0)
            sim_fail(s, "message %zu is acknowledged and not kept", i);
        if (m->garbage && m->acknowledged)
            sim_fail(s, "message %zu is garbage and was acknowledged", i);
    }
    for (size_t i = s->fleet->handles_of_life; i < s->fleet->handles.count; i++)
        if (!s->fleet->handles.list[i].answered)
            sim_fail(s, "an upload was never answered");
}

#include "core/core.h"

#include "base/limits.h"
#include "core/bind.h"
#include "core/case.h"
#include "core/device.h"
#include "core/evaluate.h"
#include "core/event.h"
#include "core/snapshot.h"

#include <stdlib.h>

static void wait_for_clock(otr_core *core, uint32_t device, const otr_entry *entry);

/* Year 10000: what lies outside 1970 to 9999 is no time of a reading. */
#define TIME_MAX (INT64_C(253402300800) * OTR_SECOND)

/* ---- life ---- */

otr_status otr_core_create(const otr_core_config *config, otr_core **out)
{
    otr_core *core = calloc(1, sizeof *core);
    *out = NULL;
    if (core == NULL)
        return OTR_MEMORY;
    core->config = *config;
    core->config.group = otr_arena_copy(&core->config_memory, config->group);
    core->config.gateway = otr_arena_copy(&core->config_memory, config->gateway);
    core->next_seq = config->next_seq;
    core->next_outbox_seq = config->next_outbox_seq;
    core->discarded.discard = true;
    core->effects = &core->discarded;
    core->boot = OTR_TIME_NONE;
    core->traced_utc = OTR_TIME_NONE;
    core->down_from = OTR_TIME_NONE;
    core->down_to = OTR_TIME_NONE;
    core->touched = calloc(1, sizeof *core->touched);
    if (core->config.group.data == NULL || core->config.gateway.data == NULL || core->touched == NULL) {
        otr_core_free(core);
        return OTR_MEMORY;
    }
    *out = core;
    return OTR_OK;
}

static void drop_waiting(otr_core *core)
{
    for (size_t i = 0; i < core->waiting_count; i++)
        if (core->waiting[i].entry.kind == OTR_KIND_TEXT)
            free((char *)core->waiting[i].entry.text.data);
    core->waiting_count = 0;
}

void otr_core_free(otr_core *core)
{
    if (core == NULL)
        return;
    otr_bind_done(core);
    for (uint32_t i = 0; i < core->device_capacity; i++) {
        for (uint32_t s = 0; s < core->devices[i].slot_count; s++)
            otr_slot_clear(&core->devices[i].slots[s]);
        free(core->devices[i].slots);
    }
    drop_waiting(core);
    free(core->waiting);
    free(core->devices);
    free(core->alarms);
    free(core->cases);
    free(core->entries);
    otr_names_done(&core->device_names);
    otr_names_done(&core->metric_names);
    otr_names_done(&core->labels);
    otr_timers_done(&core->asset_timers);
    otr_timers_done(&core->case_timers);
    otr_effects_done(&core->discarded);
    otr_arena_done(&core->config_memory);
    free(core);
}

uint32_t otr_core_label(otr_core *core, otr_str text)
{
    uint32_t number = otr_names_put(&core->labels, text, NULL);
    core->failed |= number == OTR_NAME_NONE;
    return number;
}

/* ---- taking an input: the same for live turns and for the journal ---- */

static void take_boot(otr_core *core)
{
    core->boot = core->now.core;
    core->down_from = core->traced_utc;
    core->down_to =
        core->traced_utc != OTR_TIME_NONE ? core->now.utc : OTR_TIME_NONE; /* the first start of all */
    for (uint32_t i = 0; i < core->asset_count; i++) {
        core->assets[i].awaiting = true;
        otr_evaluate_schedule(core, i);
    }
}

/* Readings that carry core time are judged once the clock is known; before, they wait. */
static void take_readings(otr_core *core, uint32_t device, const otr_entry *entries, size_t count)
{
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].unsynced)
            continue;
        if (i > first)
            otr_device_take(core, device, entries + first, i - first);
        wait_for_clock(core, device, &entries[i]);
        first = i + 1;
    }
    if (count > first)
        otr_device_take(core, device, entries + first, count - first);
}

static void wait_for_clock(otr_core *core, uint32_t device, const otr_entry *entry)
{
    if (core->waiting_count == OTR_LIMIT_PENDING_UNSYNCED) {
        core->stats.readings_bad++; /* kept in the journal, not judged */
        return;
    }
    if (core->waiting_count == core->waiting_capacity) {
        size_t capacity = core->waiting_capacity == 0 ? 64 : core->waiting_capacity * 2;
        struct otr_waiting *waiting = realloc(core->waiting, capacity * sizeof *waiting);
        if (waiting == NULL) {
            core->failed = true;
            return;
        }
        core->waiting = waiting;
        core->waiting_capacity = capacity;
    }
    struct otr_waiting *one = &core->waiting[core->waiting_count];
    *one = (struct otr_waiting){device, *entry};
    if (entry->kind == OTR_KIND_TEXT) {
        char *copy = malloc(entry->text.size + 1);
        if (copy == NULL) {
            core->failed = true;
            return;
        }
        memcpy(copy, entry->text.data, entry->text.size);
        one->entry.text.data = copy;
    }
    core->waiting_count++;
}

/* The clock is known now: what waited gets its stamp and is judged in order. */
static void stamp_waiting(otr_core *core)
{
    for (size_t i = 0; i < core->waiting_count && !core->failed; i++) {
        otr_entry entry = core->waiting[i].entry;
        entry.unsynced = false;
        entry.at += core->now.utc - core->now.core;
        otr_device_take(core, core->waiting[i].device, &entry, 1);
    }
    drop_waiting(core);
}

static void next_input(otr_core *core)
{
    core->seq = core->next_seq++;
    core->raised_in_seq = 0;
}

static void tick(otr_core *core)
{
    static const otr_record record = {.kind = OTR_INPUT_TICK};
    next_input(core);
    otr_journal_add(&core->effects->batch, &record);
    core->effects->input_count++;
}

static void fire_cases(otr_core *core, bool live, bool *ticked)
{
    uint32_t number;
    while (!core->failed && otr_timers_next(&core->case_timers) <= core->now.core) {
        if (live && !*ticked)
            tick(core);
        *ticked = true;
        (void)otr_timers_take(&core->case_timers, core->now.core, &number);
        otr_case_close(core, number);
    }
}

static void fire_assets(otr_core *core, bool live, bool *ticked)
{
    uint32_t number;
    while (!core->failed && otr_timers_take(&core->asset_timers, core->now.core, &number)) {
        if (!otr_evaluate_is_due(core, number))
            continue;
        if (live && !*ticked)
            tick(core);
        *ticked = true;
        otr_evaluate_due(core, number);
    }
}

/* What a tick means: the clock became known, or deadlines came due. */
static void take_tick(otr_core *core)
{
    bool ticked = true;
    if (core->now.synced && core->waiting_count > 0)
        stamp_waiting(core);
    fire_assets(core, false, &ticked);
    fire_cases(core, false, &ticked);
}

/* ---- the live turn ---- */

static uint32_t name_number(otr_core *core, otr_names *names, otr_name_space space, otr_str name)
{
    bool added = false;
    uint32_t number = otr_names_put(names, name, &added);
    if (number == OTR_NAME_NONE) {
        core->failed = true;
        return number;
    }
    otr_row_name *row = added ? OTR_ROWS_ADD(core->effects, names) : NULL;
    if (row != NULL)
        *row = (otr_row_name){space, number, otr_names_get(names, number)};
    return number;
}

static void resolve_time(const otr_core *core, const otr_reading *reading, otr_entry *entry)
{
    entry->at = reading->at_us;
    entry->unsynced = false;
    if (reading->stamp == OTR_STAMP_RELATIVE) {
        entry->unsynced = !core->now.synced;
        entry->at = otr_time_add(core->now.synced ? core->now.utc : core->now.core, reading->at_us);
    }
    bool future =
        core->now.synced && entry->at > otr_time_add(core->now.utc, OTR_LIMIT_FUTURE_SKEW_S * OTR_SECOND);
    if (!entry->unsynced && (future || entry->at < 0 || entry->at > TIME_MAX))
        entry->quality = OTR_QUALITY_FUTURE;
}

/* Readings with numbers for names and absolute times; the count is less when the metrics of the gateway are
 * too many. */
static size_t resolve(otr_core *core, const otr_message *message)
{
    if (message->count > core->entry_capacity) {
        otr_entry *entries = realloc(core->entries, message->count * sizeof *entries);
        if (entries == NULL) {
            core->failed = true;
            return 0;
        }
        core->entries = entries;
        core->entry_capacity = message->count;
    }
    const char *last_name = NULL;
    uint32_t last_metric = 0;
    size_t count = 0;
    for (size_t i = 0; i < message->count && !core->failed; i++) {
        const otr_reading *reading = &message->readings[i];
        otr_entry *entry = &core->entries[count];
        if (reading->metric.data != last_name) {
            if (core->metric_names.count >= OTR_LIMIT_METRICS &&
                otr_names_find(&core->metric_names, reading->metric) == OTR_NAME_NONE) {
                core->stats.readings_bad++;
                continue;
            }
            last_metric = name_number(core, &core->metric_names, OTR_NAME_METRIC, reading->metric);
            last_name = reading->metric.data;
        }
        entry->metric = last_metric;
        entry->kind = reading->kind;
        entry->quality = reading->quality;
        memcpy(&entry->number, &reading->number, sizeof *entry - offsetof(otr_entry, number));
        resolve_time(core, reading, entry);
        count++;
    }
    return count;
}

static void list_device(otr_core *core, uint32_t number)
{
    otr_device *device = otr_device_get(core, number);
    if (device == NULL || device->effects_mark == core->effects_mark)
        return;
    device->effects_mark = core->effects_mark;
    uint32_t *row = OTR_ROWS_ADD(core->effects, devices);
    if (row != NULL)
        *row = number;
}

static void step_upload(otr_core *core, const otr_input *input)
{
    otr_record record = {.kind = OTR_INPUT_READINGS};
    record.readings.device =
        name_number(core, &core->device_names, OTR_NAME_DEVICE, input->upload.message.device);
    record.readings.key = input->upload.key;
    record.readings.count = resolve(core, &input->upload.message);
    record.readings.entries = core->entries;
    if (core->failed)
        return;
    otr_journal_add(&core->effects->batch, &record);
    core->effects->reading_count += (uint32_t)record.readings.count;
    list_device(core, record.readings.device);
    take_readings(core, record.readings.device, core->entries, record.readings.count);
}

static void step_content(otr_core *core, const otr_input *input)
{
    otr_record record = {.kind = OTR_INPUT_CONTENT};
    record.content.slot = input->content.slot;
    record.content.hash = input->content.hash;
    otr_journal_add(&core->effects->batch, &record);
    otr_row_content *row = OTR_ROWS_ADD(core->effects, contents);
    if (row != NULL)
        *row = (otr_row_content){
            .slot = otr_effects_copy(core->effects, input->content.slot),
            .seq = core->seq,
            .hash = otr_effects_copy(core->effects, input->content.hash),
            .bytes = otr_effects_copy(core->effects, input->content.bytes),
        };
    core->effects->activated = true;
    otr_bind_activate(core, input->content.slot, input->content.hash, input->content.bytes);
}

static void report_loss(otr_core *core, const otr_loss *loss)
{
    otr_buffer text = {0};
    char from[OTR_TIME_TEXT_BYTES];
    char to[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(loss->first_core, from);
    (void)otr_time_format(loss->last_core, to);
    otr_buffer_add_format(&text, "%llu readings lost (%.*s), received %s to %s, inputs %llu to %llu",
                          (unsigned long long)loss->readings, OTR_STR_ARG(loss->reason), from, to,
                          (unsigned long long)loss->first_seq, (unsigned long long)loss->last_seq);
    otr_event_status(core, OTR_STR("loss"), otr_buffer_text(&text));
    core->failed |= text.failed;
    otr_buffer_done(&text);
}

static void step_input(otr_core *core, const otr_input *input)
{
    otr_record record = {.kind = input->kind};
    next_input(core);
    core->effects->input_count++;
    switch (input->kind) {
    case OTR_INPUT_BOOT:
        otr_journal_add(&core->effects->batch, &record);
        take_boot(core);
        break;
    case OTR_INPUT_READINGS:
        step_upload(core, input);
        break;
    case OTR_INPUT_CONTENT:
        step_content(core, input);
        break;
    case OTR_INPUT_LOSS:
        record.loss = input->loss;
        otr_journal_add(&core->effects->batch, &record);
        report_loss(core, &input->loss);
        break;
    case OTR_INPUT_REPORT:
        record.report.what = input->report.what;
        record.report.text = input->report.text;
        otr_journal_add(&core->effects->batch, &record);
        otr_event_status(core, input->report.what, input->report.text);
        break;
    case OTR_INPUT_TICK:
        OTR_ASSERT(!"a tick is made by the core");
    }
}

otr_status otr_core_step(otr_core *core, const otr_turn *turn, const otr_input *inputs, size_t count,
                         otr_effects *effects)
{
    bool fresh = effects->input_count == 0;
    OTR_ASSERT(turn->core >= core->now.core);
    core->effects = effects;
    if (fresh) {
        otr_journal_begin(&effects->batch);
        effects->first_seq = core->next_seq;
        core->effects_mark++;
    }
    size_t before = effects->batch.size;
    uint32_t inputs_before = effects->input_count;
    effects->core_time = turn->core;
    otr_journal_turn(&effects->batch, turn);
    core->now = *turn;
    if (turn->synced && core->waiting_count > 0) {
        tick(core);
        take_tick(core);
    }
    for (size_t i = 0; i < count && !core->failed; i++)
        step_input(core, &inputs[i]);
    bool ticked = false;
    fire_assets(core, true, &ticked);
    fire_cases(core, true, &ticked);
    core->effects = &core->discarded;
    if (core->failed || effects->failed || effects->batch.failed)
        return OTR_MEMORY;
    if (effects->input_count == inputs_before)
        effects->batch.size = before; /* nothing happened: no trace of the turn */
    else
        core->traced_utc = turn->utc;
    return OTR_OK;
}

otr_time otr_core_next(const otr_core *core)
{
    otr_time asset = otr_timers_next(&core->asset_timers);
    otr_time one = otr_timers_next(&core->case_timers);
    return asset < one ? asset : one;
}

/* ---- rebuilding ---- */

otr_status otr_core_load_name(otr_core *core, const otr_row_name *row)
{
    otr_names *names = row->space == OTR_NAME_DEVICE ? &core->device_names : &core->metric_names;
    bool added = false;
    uint32_t number = otr_names_put(names, row->name, &added);
    if (number == OTR_NAME_NONE)
        return OTR_MEMORY;
    return added && number == row->number ? OTR_OK : OTR_CORRUPT;
}

otr_status otr_core_load_content(otr_core *core, const otr_row_content *row, otr_error *error)
{
    otr_status status = otr_content_check(row->slot, row->bytes, error);
    if (status == OTR_OK)
        otr_bind_activate(core, row->slot, row->hash, row->bytes);
    return core->failed ? OTR_MEMORY : status;
}

otr_status otr_core_load_snapshot(otr_core *core, otr_bytes snapshot, otr_error *error)
{
    return otr_snapshot_read(core, snapshot, error);
}

static otr_status replay_turn(void *context, const otr_turn *turn)
{
    otr_core *core = context;
    if (turn->core < core->now.core)
        return OTR_CORRUPT;
    if (core->now.core != 0)
        core->traced_utc = core->now.utc;
    core->now = *turn;
    return OTR_OK;
}

static otr_status replay_record(void *context, uint64_t seq, const otr_record *record)
{
    otr_core *core = context;
    if (seq != core->next_seq)
        return OTR_CORRUPT;
    next_input(core);
    switch (record->kind) {
    case OTR_INPUT_BOOT:
        take_boot(core);
        break;
    case OTR_INPUT_TICK:
        take_tick(core);
        break;
    case OTR_INPUT_READINGS:
        if (record->readings.device >= core->device_names.count)
            return OTR_CORRUPT;
        take_readings(core, record->readings.device, record->readings.entries, record->readings.count);
        break;
    case OTR_INPUT_CONTENT:
        break; /* active already: a snapshot goes with every activation */
    case OTR_INPUT_LOSS:
        report_loss(core, &record->loss);
        break;
    case OTR_INPUT_REPORT:
        otr_event_status(core, record->report.what, record->report.text);
        break;
    }
    otr_effects_clear(core->effects);
    return core->failed ? OTR_MEMORY : OTR_OK;
}

otr_status otr_core_replay(otr_core *core, uint64_t first_seq, otr_bytes batch, otr_error *error)
{
    otr_journal_visitor visitor = {core, replay_turn, replay_record};
    core->next_seq = first_seq;
    return otr_journal_read(batch, first_seq, &visitor, error);
}

otr_status otr_core_keep_alarm(otr_core *core, const otr_row_alarm *row)
{
    bool added;
    uint32_t label = otr_names_put(&core->kept_alarms,
                                   (otr_str){(const char *)row->id.bytes, sizeof row->id.bytes}, &added);
    return label == OTR_NAME_NONE ? OTR_MEMORY : OTR_OK;
}

otr_status otr_core_finish_load(otr_core *core)
{
    for (uint32_t i = 0; i < core->alarm_capacity && !core->failed; i++) {
        otr_alarm *alarm = &core->alarms[i];
        otr_str id = {(const char *)alarm->id.bytes, sizeof alarm->id.bytes};
        if (!alarm->used || otr_names_find(&core->kept_alarms, id) != OTR_NAME_NONE)
            continue;
        otr_rule_state *state = &core->assets[alarm->asset].states[alarm->rule];
        state->alarm = OTR_NONE;
        state->phase = OTR_PHASE_NORMAL;
        otr_case_detach(core, alarm->case_number);
        alarm->used = false;
        core->alarm_open--;
    }
    otr_names_done(&core->kept_alarms);
    if (core->next_seq > 1)
        core->traced_utc = core->now.utc;
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++)
        (void)otr_evaluate_is_due(core, i);
    core->next_seq = core->config.next_seq > core->next_seq ? core->config.next_seq : core->next_seq;
    core->next_outbox_seq = core->config.next_outbox_seq;
    core->stats = (otr_stats){0};
    return core->failed ? OTR_MEMORY : OTR_OK;
}

otr_status otr_core_snapshot(const otr_core *core, otr_buffer *out)
{
    otr_snapshot_write(core, out);
    return out->failed ? OTR_MEMORY : OTR_OK;
}

/* ---- figures ---- */

const otr_stats *otr_core_stats(const otr_core *core)
{
    return &core->stats;
}

size_t otr_core_device_count(const otr_core *core)
{
    return core->device_names.count;
}

size_t otr_core_open_alarms(const otr_core *core)
{
    return core->alarm_open;
}

bool otr_core_knows_device(const otr_core *core, otr_str device)
{
    return otr_names_find(&core->device_names, device) != OTR_NAME_NONE;
}

otr_str otr_core_content_hash(const otr_core *core, otr_str slot)
{
    const otr_content *content = otr_bind_find(core, slot);
    return content != NULL ? content->hash : (otr_str){NULL, 0};
}

otr_turn otr_core_last_turn(const otr_core *core)
{
    return core->now;
}

void otr_core_contents(const otr_core *core, void (*each)(void *context, otr_str slot, otr_str hash),
                       void *context)
{
    for (size_t i = 0; i < core->content_count; i++)
        each(context, core->contents[i].slot, core->contents[i].hash);
}

#include "core/core.h"

#include "base/limits.h"
#include "core/bind.h"
#include "core/command/device_command.h"
#include "core/device/device.h"
#include "core/forget.h"
#include "core/orphan.h"
#include "core/outbox/event.h"
#include "core/snapshot.h"
#include "core/take.h"

#include <stdlib.h>

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
    otr_day_figures_init(&core->figures);
    core->desk_device.due = OTR_TIME_NEVER;
    core->desk_device.reported = OTR_TIME_NONE;
    core->assigned.next_civil = OTR_TIME_NEVER;
    core->traced.utc = OTR_TIME_NONE;
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
    otr_orphan_done(core);
    otr_standing_done(core);
    otr_points_done(core);
    otr_notices_done(core);
    otr_questions_done(core);
    otr_asset_views_done(core);
    otr_proofs_done(core);
    otr_order_book_done(&core->orders);
    otr_take_drop_waiting(core);
    free(core->waiting);
    free(core->devices);
    free(core->alarms);
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        otr_desk_done(&core->cases[i].desk);
        otr_dossier_done(&core->cases[i].dossier);
    }
    free(core->precedents.list);
    free(core->cases);
    free(core->asset_cases);
    otr_day_figures_done(&core->figures);
    otr_fares_done(&core->fares);
    free(core->commands);
    otr_numbers_done(&core->command_numbers);
    otr_timers_done(&core->command_timers);
    otr_numbers_done(&core->alarm_numbers);
    otr_numbers_done(&core->case_numbers);
    free(core->entries);
    otr_names_done(&core->device_names);
    otr_names_done(&core->metric_names);
    otr_names_done(&core->labels);
    otr_timers_done(&core->asset_timers);
    otr_timers_done(&core->case_timers);
    otr_timers_done(&core->desk_timers);
    otr_timers_done(&core->desk_civil);
    otr_effects_done(&core->discarded);
    otr_arena_done(&core->config_memory);
    free(core);
}

/* ---- the live turn ---- */

static void tick(otr_core *core)
{
    static const otr_record record = {.kind = OTR_INPUT_TICK};
    otr_take_next(core);
    otr_journal_add(&core->effects->batch, &record);
    core->effects->input_count++;
}

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

uint32_t otr_core_metric(otr_core *core, otr_str name)
{
    return name_number(core, &core->metric_names, OTR_NAME_METRIC, name);
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
    if (!otr_core_need_entries(core, message->count))
        return 0;
    const char *last_name = NULL;
    uint32_t last_metric = 0;
    size_t count = 0;
    for (size_t i = 0; i < message->count && !core->failed; i++) {
        const otr_reading *reading = &message->readings[i];
        otr_entry *entry = &core->entries[count];
        if (reading->metric.data != last_name) {
            last_metric = otr_core_metric(core, reading->metric);
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
    otr_take_readings(core, record.readings.device, core->entries, record.readings.count);
}

static void step_fetch(otr_core *core, const otr_input *input)
{
    otr_record record = {.kind = OTR_INPUT_DEVICE_FETCH};
    record.fetch.device = name_number(core, &core->device_names, OTR_NAME_DEVICE, input->fetch.device);
    if (core->failed)
        return;
    otr_journal_add(&core->effects->batch, &record);
    otr_device_command_fetch(core, record.fetch.device);
}

static void step_confirm(otr_core *core, const otr_input *input)
{
    otr_record record = {.kind = OTR_INPUT_DEVICE_CONFIRM};
    record.confirm.device = name_number(core, &core->device_names, OTR_NAME_DEVICE, input->confirm.device);
    record.confirm.count = input->confirm.count;
    memcpy(record.confirm.ids, input->confirm.ids, sizeof record.confirm.ids);
    if (core->failed)
        return;
    otr_journal_add(&core->effects->batch, &record);
    otr_device_command_confirm(core, record.confirm.device, record.confirm.ids, record.confirm.count);
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
    otr_bind_put(core, input->content.slot, input->content.hash, input->content.bytes);
}

static void step_input(otr_core *core, const otr_input *input)
{
    otr_record record = {.kind = input->kind};
    if (input->kind != OTR_INPUT_CONTENT)
        otr_bind_all(core);
    otr_take_next(core);
    core->effects->input_count++;
    switch (input->kind) {
    case OTR_INPUT_BOOT:
        otr_journal_add(&core->effects->batch, &record);
        otr_take_boot(core);
        otr_orphan_end_all(core);
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
        otr_take_loss(core, &input->loss);
        break;
    case OTR_INPUT_REPORT:
        record.report.what = input->report.what;
        record.report.text = input->report.text;
        otr_journal_add(&core->effects->batch, &record);
        otr_event_status(core, input->report.what, input->report.text);
        break;
    case OTR_INPUT_COMMAND:
        record.command = input->command.kind == OTR_COMMAND_FORGET ? otr_forget_record(core, &input->command)
                                                                   : input->command;
        otr_journal_add(&core->effects->batch, &record);
        otr_take_command(core, &input->command);
        break;
    case OTR_INPUT_DEVICE_FETCH:
        step_fetch(core, input);
        break;
    case OTR_INPUT_DEVICE_CONFIRM:
        step_confirm(core, input);
        break;
    case OTR_INPUT_TICK:
    case OTR_INPUT_ERASED:
        OTR_ASSERT(!"a tick is made by the core, and only the store erases");
    }
    otr_notice_flush(core);
    otr_asset_views_flush(core);
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
    if (otr_take_sync_pending(core)) {
        tick(core);
        otr_take_tick(core);
    }
    for (size_t i = 0; i < count && !core->failed; i++)
        step_input(core, &inputs[i]);
    otr_bind_all(core);
    otr_take_due(core, tick);
    core->effects = &core->discarded;
    if (core->failed || effects->failed || effects->memory.failed || effects->batch.failed)
        return OTR_MEMORY;
    if (effects->input_count == inputs_before)
        effects->batch.size = before; /* nothing happened: no trace of the turn */
    else
        core->traced = *turn;
    return OTR_OK;
}

void otr_core_number_next(otr_core *core, uint64_t seq)
{
    core->next_seq = seq;
}

static otr_time earliest(const otr_time *times, size_t count)
{
    otr_time first = OTR_TIME_NEVER;
    for (size_t i = 0; i < count; i++)
        first = times[i] < first ? times[i] : first;
    return first;
}

otr_time otr_core_next(const otr_core *core)
{
    const otr_time due[] = {
        otr_timers_next(&core->asset_timers),
        otr_timers_next(&core->case_timers),
        otr_timers_next(&core->command_timers),
        otr_points_next_due(core),
        otr_standing_next_due(core),
        otr_assigned_next_due(core),
        otr_notice_next_due(core),
        otr_desk_next_due(core),
        otr_desk_device_next_due(core),
        otr_question_next_due(core),
        otr_day_figures_next_due(core),
        otr_fares_next_due(core),
        otr_asset_views_next_due(core),
    };
    return earliest(due, sizeof due / sizeof due[0]);
}

otr_time otr_core_next_civil(const otr_core *core)
{
    const otr_time due[] = {
        core->points.count > 0 ? core->points.next_civil : OTR_TIME_NEVER,
        core->assigned.next_civil,
        otr_notice_next_civil(core),
        otr_desk_next_civil(core),
        otr_question_next_civil(core),
        otr_day_figures_next_civil(core),
    };
    return earliest(due, sizeof due / sizeof due[0]);
}

/* ---- figures ---- */

otr_status otr_core_snapshot(const otr_core *core, otr_buffer *out)
{
    otr_snapshot_write(core, out);
    return out->failed ? OTR_MEMORY : OTR_OK;
}

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

size_t otr_core_unreceived_tickets(const otr_core *core)
{
    return core->tickets_unreceived;
}

size_t otr_core_open_commands(const otr_core *core)
{
    return core->command_open;
}

uint32_t otr_core_device_number(const otr_core *core, otr_str device)
{
    return otr_names_find(&core->device_names, device);
}

otr_str otr_core_device_name(const otr_core *core, uint32_t device)
{
    return otr_names_get(&core->device_names, device);
}

bool otr_core_knows_device(const otr_core *core, otr_str device)
{
    return otr_names_find(&core->device_names, device) != OTR_NAME_NONE;
}

bool otr_core_has_room_for(const otr_core *core, const otr_message *message)
{
    if (core->metric_names.count + message->count <= OTR_LIMIT_METRICS)
        return true;
    size_t fresh = 0;
    for (size_t i = 0; i < message->count; i++)
        fresh += otr_names_find(&core->metric_names, message->readings[i].metric) == OTR_NAME_NONE;
    return core->metric_names.count + fresh <= OTR_LIMIT_METRICS;
}

otr_str otr_core_content_hash(const otr_core *core, otr_str slot)
{
    const otr_content *content = otr_bind_find(core, slot);
    return content != NULL ? content->hash : (otr_str){NULL, 0};
}

int64_t otr_core_pack_version(const otr_core *core, otr_str slot)
{
    const otr_content *content = otr_bind_find(core, slot);
    return content != NULL && content->loaded != NULL ? content->loaded->pack->version : -1;
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

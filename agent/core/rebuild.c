/* Rebuilding the core: names, contents, a snapshot, the journal's tail; then the rows that stand. */
#include "core/alarm/alarm.h"
#include "core/bind.h"
#include "core/case/case.h"
#include "core/command/device_command.h"
#include "core/core.h"
#include "core/orphan.h"
#include "core/outbox/event.h"
#include "core/rule/evaluate.h"
#include "core/snapshot.h"
#include "core/take.h"

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
        otr_bind_put(core, row->slot, row->hash, row->bytes);
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
        core->traced = core->now;
    core->now = *turn;
    return OTR_OK;
}

static otr_status replay_record(void *context, uint64_t seq, const otr_record *record)
{
    otr_core *core = context;
    if (seq != core->next_seq)
        return OTR_CORRUPT;
    otr_take_next(core);
    switch (record->kind) {
    case OTR_INPUT_BOOT:
        otr_take_boot(core);
        break;
    case OTR_INPUT_TICK:
        otr_take_tick(core);
        break;
    case OTR_INPUT_READINGS:
        if (record->readings.device >= core->device_names.count)
            return OTR_CORRUPT;
        for (size_t i = 0; i < record->readings.count; i++)
            if (record->readings.entries[i].metric >= core->metric_names.count)
                return OTR_CORRUPT;
        otr_take_readings(core, record->readings.device, record->readings.entries, record->readings.count);
        break;
    case OTR_INPUT_ERASED:
        break; /* the snapshot that came with the erasure knows nothing of it either */
    case OTR_INPUT_CONTENT:
        break; /* active already: a snapshot goes with every activation */
    case OTR_INPUT_LOSS:
        otr_take_loss(core, &record->loss);
        break;
    case OTR_INPUT_REPORT:
        otr_event_status(core, record->report.what, record->report.text);
        break;
    case OTR_INPUT_COMMAND:
        otr_take_command(core, &record->command);
        break;
    case OTR_INPUT_DEVICE_FETCH:
        otr_device_command_fetch(core, record->fetch.device);
        break;
    case OTR_INPUT_DEVICE_CONFIRM:
        otr_device_command_confirm(core, record->confirm.device, record->confirm.ids, record->confirm.count);
        break;
    }
    otr_notice_flush(core);
    otr_asset_views_flush(core);
    otr_effects_clear(core->effects);
    return core->failed ? OTR_MEMORY : OTR_OK;
}

otr_status otr_core_replay(otr_core *core, uint64_t first_seq, otr_bytes batch, otr_error *error)
{
    otr_journal_visitor visitor = {core, replay_turn, replay_record};
    core->next_seq = first_seq;
    otr_bind_all(core);
    return otr_journal_read(batch, first_seq, &visitor, error);
}

otr_status otr_core_keep_alarm(otr_core *core, const otr_row_alarm *row)
{
    otr_bind_all(core);
    return otr_orphan_keep_alarm(core, row);
}

otr_status otr_core_keep_case(otr_core *core, const otr_row_case *row)
{
    otr_bind_all(core);
    return otr_orphan_keep_case(core, row);
}

otr_status otr_core_finish_load(otr_core *core)
{
    otr_bind_all(core);
    for (uint32_t i = 0; i < core->alarm_capacity && !core->failed; i++) {
        otr_alarm *alarm = &core->alarms[i];
        if (!alarm->used || alarm->ended != OTR_TIME_NONE || otr_orphan_has_alarm(core, alarm->id))
            continue;
        otr_asset_state *asset = &core->assets[alarm->asset];
        otr_rule_state *state = &asset->states[alarm->rule];
        if (state->alarm == i) {
            state->alarm = OTR_NONE;
            state->phase = OTR_PHASE_NORMAL;
        }
        otr_device_command_alarm_ended(core, alarm);
        if (alarm->case_number != OTR_NONE)
            otr_case_detach(core, alarm->case_number);
        core->alarm_open--;
        otr_alarm_forget(core, asset, i);
    }
    otr_orphan_sort_out(core);
    if (core->next_seq > 1)
        core->traced = core->now;
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++)
        (void)otr_evaluate_is_due(core, i);
    core->next_seq = core->config.next_seq > core->next_seq ? core->config.next_seq : core->next_seq;
    core->next_outbox_seq = core->config.next_outbox_seq;
    core->stats = (otr_stats){0};
    return core->failed ? OTR_MEMORY : OTR_OK;
}

#include "core/device/freeze.h"

#include "base/limits.h"
#include "core/alarm/alarm.h"
#include "core/device/device.h"
#include "core/device/recount.h"
#include "core/device/timeline.h"
#include "core/journal/entries.h"
#include "core/window/recall.h"

/* ---- devices ---- */

static otr_entry entry_of(const otr_slot *slot)
{
    otr_entry entry = {.metric = slot->metric, .kind = slot->kind, .at = slot->at};
    if (slot->kind == OTR_KIND_NUMBER) {
        entry.number = slot->number;
    } else if (slot->kind == OTR_KIND_BOOL) {
        entry.flag = slot->flag;
    } else if (slot->kind == OTR_KIND_TEXT) {
        entry.text = (otr_str){slot->text.data, slot->text.size};
    } else {
        entry.location.latitude = slot->location.latitude;
        entry.location.longitude = slot->location.longitude;
    }
    return entry;
}

void otr_freeze_device(const otr_device *device, otr_buffer *out)
{
    otr_entry entries[OTR_LIMIT_METRICS_PER_DEVICE];
    size_t count = 0;
    for (uint32_t i = 0; i < device->slot_count; i++)
        if (device->slots[i].kind != OTR_KIND_ANY)
            entries[count++] = entry_of(&device->slots[i]);
    otr_buffer_add_signed(out, device->newest);
    otr_buffer_add_varint(out, count);
    otr_entries_write(out, entries, count);
}

void otr_thaw_device(otr_core *core, uint32_t number, bool store, otr_reader *in)
{
    otr_entry entries[OTR_LIMIT_METRICS_PER_DEVICE];
    otr_time newest = otr_reader_signed(in);
    uint64_t count = otr_reader_varint(in);
    if (count > OTR_LIMIT_METRICS_PER_DEVICE) {
        in->failed = true;
        return;
    }
    otr_entries_read(in, entries, count);
    otr_device *device = store && !in->failed ? otr_device_get(core, number) : NULL;
    if (device == NULL)
        return;
    device->newest = newest;
    for (uint32_t i = 0; i < device->slot_count; i++) {
        otr_slot_clear(&device->slots[i]);
        device->slots[i].at = OTR_TIME_NONE;
    }
    for (uint64_t i = 0; i < count && !core->failed; i++) {
        if (entries[i].metric >= core->metric_names.count) {
            in->failed = true;
            return;
        }
        otr_slot *slot = (otr_slot *)otr_device_slot(device, entries[i].metric);
        if (slot == NULL)
            slot = otr_device_add_slot(core, device, entries[i].metric);
        if (slot != NULL && !otr_slot_set(slot, &entries[i]))
            core->failed = true;
    }
}

/* ---- rules ---- */

static bool is_fresh(const otr_asset_state *asset, uint32_t index)
{
    const otr_rule_state *state = &asset->states[index];
    return state->phase == OTR_PHASE_NORMAL && state->alarm == OTR_NONE &&
           otr_again_of(asset, index) == OTR_TIME_NEVER;
}

enum { ALARM_NONE, ALARM_TOLD, ALARM_UNTOLD };

static void freeze_state(const otr_core *core, const otr_asset_state *asset, uint32_t index, otr_buffer *out)
{
    const otr_rule_state *state = &asset->states[index];
    uint32_t alarm = core->recount != NULL ? otr_recount_alarm(core, state->alarm) : state->alarm;
    otr_buffer_add_u64(out, asset->plan->rules[index].key);
    otr_buffer_add_u8(out, state->phase);
    otr_buffer_add_u8(out, state->frozen ? 1 : 0);
    bool runs = state->phase != OTR_PHASE_NORMAL; /* else they are what the last condition left */
    otr_buffer_add_signed(out, runs ? state->onset : 0);
    otr_buffer_add_signed(out, runs ? state->since - state->onset : 0);
    otr_buffer_add_signed(out, state->gap_at);
    otr_buffer_add_signed(out, state->gaps);
    otr_buffer_add_signed(out, otr_again_of(asset, index));
    otr_buffer_add_u8(out, alarm == OTR_NONE ? ALARM_NONE : alarm == OTR_UNTOLD ? ALARM_UNTOLD : ALARM_TOLD);
    if (alarm != OTR_NONE && alarm != OTR_UNTOLD)
        otr_buffer_add_id(out, core->alarms[alarm].id);
}

void otr_freeze_states(const otr_core *core, const otr_asset_state *asset, bool dead_man, otr_buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < asset->plan->rule_count; i++)
        count += !is_fresh(asset, i) && (dead_man || asset->plan->rules[i].rule->silent_for_us == 0);
    otr_buffer_add_varint(out, count);
    for (uint32_t i = 0; i < asset->plan->rule_count && count > 0; i++)
        if (!is_fresh(asset, i) && (dead_man || asset->plan->rules[i].rule->silent_for_us == 0))
            freeze_state(core, asset, i, out);
    otr_recall_write(asset, out);
}

static void thaw_state(otr_core *core, otr_asset_state *asset, otr_reader *in)
{
    otr_rule_state state = {.alarm = OTR_NONE};
    uint32_t index = otr_plan_find(asset->plan, otr_reader_u64(in));
    state.phase = otr_reader_u8(in);
    state.frozen = otr_reader_u8(in) != 0;
    state.onset = otr_reader_signed(in);
    state.since = otr_time_add(state.onset, otr_reader_signed(in));
    state.gap_at = otr_reader_signed(in);
    state.gaps = otr_reader_signed(in);
    otr_time again = otr_reader_signed(in);
    uint8_t has_alarm = otr_reader_u8(in);
    bool open = state.phase == OTR_PHASE_ACTIVE || state.phase == OTR_PHASE_CLEARING;
    if (has_alarm == ALARM_TOLD)
        state.alarm = otr_alarm_find(core, asset, otr_reader_id(in));
    else if (has_alarm == ALARM_UNTOLD)
        state.alarm = OTR_UNTOLD;
    if (state.phase > OTR_PHASE_CLEARING || has_alarm > ALARM_UNTOLD || open != (has_alarm != ALARM_NONE))
        in->failed = true;
    if (in->failed || index == OTR_NONE || (open && state.alarm == OTR_NONE))
        return;
    asset->states[index] = state;
    otr_again_set(asset, index, again);
}

void otr_thaw_states(otr_core *core, otr_asset_state *asset, otr_reader *in)
{
    for (uint32_t i = 0; i < asset->plan->rule_count; i++)
        if (asset->plan->rules[i].rule->silent_for_us == 0)
            otr_state_reset(asset, i);
    uint64_t count = otr_reader_varint(in);
    for (uint64_t i = 0; i < count && !in->failed; i++)
        thaw_state(core, asset, in);
    otr_recall_read(asset, in);
}

/* ---- the whole asset ---- */

void otr_freeze_asset(const otr_core *core, const otr_asset_state *asset, otr_buffer *out)
{
    otr_buffer_add_signed(out, asset->clock);
    otr_buffer_add_signed(out, asset->down_from);
    otr_buffer_add_signed(out, asset->down_to);
    otr_buffer_add_varint(out, asset->device_count);
    for (uint32_t i = 0; i < asset->device_count; i++) {
        otr_buffer_add_varint(out, asset->devices[i]);
        otr_freeze_device(&core->devices[asset->devices[i]], out);
    }
    otr_freeze_states(core, asset, false, out);
}

bool otr_thaw_asset(otr_core *core, uint32_t asset_number, otr_bytes bytes)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_reader in = otr_reader_of(bytes);
    for (uint32_t i = 0; i < asset->device_count; i++)
        otr_device_forget(&core->devices[asset->devices[i]]);
    asset->clock = otr_reader_signed(&in);
    asset->fired = asset->clock;
    asset->down_from = otr_reader_signed(&in);
    asset->down_to = otr_reader_signed(&in);
    asset->due = OTR_TIME_NONE + 1; /* found anew when next asked */
    uint64_t count = otr_reader_varint(&in);
    for (uint64_t i = 0; i < count && !in.failed; i++) {
        uint32_t number = (uint32_t)otr_reader_varint(&in);
        bool ours = number < core->device_names.count && number < core->device_capacity &&
                    core->devices[number].asset == asset_number;
        otr_thaw_device(core, number, ours, &in);
    }
    otr_thaw_states(core, asset, &in);
    return !in.failed && otr_reader_left(&in) == 0;
}

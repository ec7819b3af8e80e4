#include "core/snapshot_first.h"

#include "base/limits.h"
#include "core/device/device.h"

/* ---- devices ---- */

static void read_value(otr_core *core, otr_reader *reader, otr_slot *slot)
{
    otr_entry entry = {.kind = otr_reader_u8(reader), .at = slot->at};
    switch (entry.kind) {
    case OTR_KIND_ANY:
        return;
    case OTR_KIND_NUMBER:
        entry.number = otr_reader_double(reader);
        break;
    case OTR_KIND_BOOL:
        entry.flag = otr_reader_u8(reader) != 0;
        break;
    case OTR_KIND_TEXT:
        entry.text = otr_reader_str(reader);
        break;
    case OTR_KIND_LOCATION:
        entry.location.latitude = otr_reader_double(reader);
        entry.location.longitude = otr_reader_double(reader);
        break;
    default:
        reader->failed = true;
        return;
    }
    if (!reader->failed && !otr_slot_set(slot, &entry))
        core->failed = true;
}

static void read_device(otr_core *core, otr_reader *reader, uint32_t number)
{
    otr_device *device = otr_device_get(core, number);
    if (device == NULL)
        return;
    device->newest = otr_reader_signed(reader);
    uint64_t count = otr_reader_varint(reader);
    reader->failed |= count > OTR_LIMIT_METRICS_PER_DEVICE;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        uint64_t metric = otr_reader_varint(reader);
        if (metric >= core->metric_names.count) {
            reader->failed = true;
            return;
        }
        otr_slot *slot = otr_device_add_slot(core, device, (uint32_t)metric);
        if (slot == NULL)
            return;
        slot->at = otr_reader_signed(reader);
        read_value(core, reader, slot);
    }
}

void otr_snapshot_first_devices(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    reader->failed |= count > core->device_names.count;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_device(core, reader, (uint32_t)i);
}

/* ---- assets ---- */

static otr_alarm read_alarm(const otr_core *core, otr_reader *reader)
{
    otr_alarm alarm = {.used = true, .id = otr_reader_id(reader)};
    alarm.priority = otr_reader_u8(reader);
    alarm.revision = (uint32_t)otr_reader_varint(reader);
    alarm.seq = otr_reader_varint(reader);
    alarm.case_number = (uint32_t)otr_reader_varint(reader);
    uint64_t device = otr_reader_varint(reader);
    alarm.device = device == 0 ? OTR_NONE : (uint32_t)(device - 1);
    alarm.onset = otr_reader_signed(reader);
    alarm.raised = otr_reader_signed(reader);
    alarm.detected = otr_reader_signed(reader);
    alarm.ended = OTR_TIME_NONE;
    alarm.state = OTR_ALARM_UNACKNOWLEDGED;
    if (alarm.case_number >= core->case_capacity || !core->cases[alarm.case_number].used ||
        alarm.priority > OTR_PRIORITY_CRITICAL)
        reader->failed = true;
    else
        alarm.case_id = core->cases[alarm.case_number].id;
    return alarm;
}

static uint32_t find_rule(const otr_asset_state *asset, otr_str pack, otr_str name, uint64_t hash)
{
    for (uint32_t i = 0; i < asset->plan->rule_count; i++) {
        const otr_bound_rule *bound = &asset->plan->rules[i];
        if (bound->rule->condition_hash == hash && otr_str_equal(bound->rule->name, name) &&
            otr_str_equal(bound->pack->pack->name, pack))
            return i;
    }
    return OTR_NONE;
}

/* One whose rule or asset is no longer bound is read over; the row of its alarm then stays for the operators.
 */
static void read_state(otr_core *core, otr_reader *reader, uint32_t number, uint32_t *last)
{
    otr_rule_state state = {.alarm = OTR_NONE};
    otr_alarm alarm = {.used = false};
    otr_str pack = otr_reader_str(reader);
    otr_str name = otr_reader_str(reader);
    uint64_t hash = otr_reader_u64(reader);
    state.phase = otr_reader_u8(reader);
    state.frozen = otr_reader_u8(reader) != 0;
    state.onset = otr_reader_signed(reader);
    state.since = otr_reader_signed(reader);
    state.gap_at = otr_reader_signed(reader);
    state.gaps = otr_reader_signed(reader);
    if (otr_reader_u8(reader) != 0)
        alarm = read_alarm(core, reader);
    bool open = state.phase == OTR_PHASE_ACTIVE || state.phase == OTR_PHASE_CLEARING;
    if (state.phase > OTR_PHASE_CLEARING || open != alarm.used)
        reader->failed = true;
    if (reader->failed || number == OTR_NONE)
        return;
    otr_asset_state *asset = &core->assets[number];
    uint32_t rule = find_rule(asset, pack, name, hash);
    if (rule == OTR_NONE)
        return;
    alarm.asset = number;
    alarm.rule = rule;
    alarm.arrival = asset->plan->rules[rule].rule->silent_for_us > 0;
    if (open)
        state.alarm = otr_snapshot_put_alarm(core, &alarm, last);
    asset->states[rule] = state;
}

static void read_asset(otr_core *core, otr_reader *reader, uint32_t hint)
{
    otr_asset_state none = {.alarms = OTR_NONE};
    otr_str id = otr_reader_str(reader);
    uint32_t number = reader->failed ? OTR_NONE : otr_snapshot_find_asset(core, id, hint);
    otr_asset_state *asset = number != OTR_NONE ? &core->assets[number] : &none;
    asset->clock = otr_reader_signed(reader);
    asset->anchor = otr_reader_signed(reader);
    asset->heard = otr_reader_signed(reader);
    uint8_t flags = otr_reader_u8(reader);
    asset->awaiting = (flags & 1) != 0;
    asset->silence_told = (flags & 2) != 0;
    uint64_t count = otr_reader_varint(reader);
    uint32_t last = OTR_NONE;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_state(core, reader, number, &last);
}

void otr_snapshot_first_assets(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_asset(core, reader, (uint32_t)i);
}

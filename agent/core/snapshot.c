#include "core/snapshot.h"

#include "base/limits.h"
#include "core/case.h"
#include "core/device.h"
#include "core/evaluate.h"
#include "core/lifecycle_snapshot.h"

#include <stdlib.h>

enum { VERSION = 2, VERSION_BEFORE_LIFECYCLE = 1 };

/* ---- writing ---- */

static void add_value(otr_buffer *out, uint8_t kind, const otr_slot *slot)
{
    switch (kind) {
    case OTR_KIND_NUMBER:
        otr_buffer_add_double(out, slot->number);
        break;
    case OTR_KIND_BOOL:
        otr_buffer_add_u8(out, slot->flag ? 1 : 0);
        break;
    case OTR_KIND_TEXT:
        otr_buffer_add_str(out, (otr_str){slot->text.data, slot->text.size});
        break;
    case OTR_KIND_LOCATION:
        otr_buffer_add_double(out, slot->location.latitude);
        otr_buffer_add_double(out, slot->location.longitude);
        break;
    default:
        break;
    }
}

static void add_devices(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->device_names.count);
    for (uint32_t i = 0; i < core->device_names.count; i++) {
        static const otr_device none = {.newest = OTR_TIME_NONE};
        const otr_device *device = i < core->device_capacity ? &core->devices[i] : &none;
        otr_buffer_add_signed(out, device->newest);
        otr_buffer_add_varint(out, device->slot_count);
        for (uint32_t s = 0; s < device->slot_count; s++) {
            otr_buffer_add_varint(out, device->slots[s].metric);
            otr_buffer_add_signed(out, device->slots[s].at);
            otr_buffer_add_u8(out, device->slots[s].kind);
            add_value(out, device->slots[s].kind, &device->slots[s]);
        }
    }
}

static void add_label(const otr_core *core, otr_buffer *out, uint32_t label)
{
    otr_buffer_add_u8(out, label != OTR_NONE ? 1 : 0);
    if (label != OTR_NONE)
        otr_buffer_add_str(out, otr_names_get(&core->labels, label));
}

static void add_cases(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->case_capacity);
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        const otr_case *one = &core->cases[i];
        otr_buffer_add_u8(out, one->used ? 1 : 0);
        if (!one->used)
            continue;
        otr_buffer_add_u8(out, one->state);
        otr_buffer_add_varint(out, one->revision);
        otr_buffer_add_id(out, one->id);
        otr_buffer_add_varint(out, one->seq);
        add_label(core, out, one->asset);
        add_label(core, out, one->category);
        add_label(core, out, one->queue);
        add_label(core, out, one->title);
        otr_buffer_add_varint(out, one->open_alarms);
        otr_buffer_add_varint(out, one->alarm_count);
        otr_buffer_add_u8(out, one->priority);
        otr_buffer_add_u8(out, one->ticket ? 1 : 0);
        otr_buffer_add_signed(out, one->opened);
        otr_buffer_add_signed(out, one->onset);
        otr_buffer_add_signed(out, otr_timers_get(&core->case_timers, i));
    }
}

static void add_state(const otr_core *core, otr_buffer *out, const otr_bound_rule *bound,
                      const otr_rule_state *state)
{
    otr_buffer_add_str(out, bound->pack->pack->name);
    otr_buffer_add_str(out, bound->rule->name);
    otr_buffer_add_u64(out, bound->rule->condition_hash);
    otr_buffer_add_u8(out, state->phase);
    otr_buffer_add_u8(out, state->frozen ? 1 : 0);
    otr_buffer_add_signed(out, state->onset);
    otr_buffer_add_signed(out, state->since);
    otr_buffer_add_signed(out, state->gap_at);
    otr_buffer_add_signed(out, state->gaps);
    otr_buffer_add_u8(out, state->alarm != OTR_NONE ? 1 : 0);
    if (state->alarm == OTR_NONE)
        return;
    const otr_alarm *alarm = &core->alarms[state->alarm];
    otr_buffer_add_id(out, alarm->id);
    otr_buffer_add_u8(out, alarm->priority);
    otr_buffer_add_varint(out, alarm->revision);
    otr_buffer_add_varint(out, alarm->seq);
    otr_buffer_add_varint(out, alarm->case_number);
    otr_buffer_add_varint(out, alarm->device == OTR_NONE ? 0 : (uint64_t)alarm->device + 1);
    otr_buffer_add_signed(out, alarm->onset);
    otr_buffer_add_signed(out, alarm->raised);
    otr_buffer_add_signed(out, alarm->detected);
}

static void add_assets(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->asset_count);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_asset_state *asset = &core->assets[i];
        uint32_t running = 0;
        for (uint32_t r = 0; r < asset->plan->rule_count; r++)
            running += asset->states[r].phase != OTR_PHASE_NORMAL;
        otr_buffer_add_str(out, asset->asset->id);
        otr_buffer_add_signed(out, asset->clock);
        otr_buffer_add_signed(out, asset->anchor);
        otr_buffer_add_signed(out, asset->heard);
        otr_buffer_add_u8(out, (uint8_t)((asset->awaiting ? 1 : 0) | (asset->silence_told ? 2 : 0)));
        otr_buffer_add_varint(out, running);
        for (uint32_t r = 0; r < asset->plan->rule_count; r++)
            if (asset->states[r].phase != OTR_PHASE_NORMAL)
                add_state(core, out, &asset->plan->rules[r], &asset->states[r]);
    }
}

static void add_waiting(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->waiting_count);
    for (size_t i = 0; i < core->waiting_count; i++) {
        const otr_entry *entry = &core->waiting[i].entry;
        otr_buffer_add_varint(out, core->waiting[i].device);
        otr_buffer_add_varint(out, entry->metric);
        otr_buffer_add_u8(out, entry->kind);
        otr_buffer_add_u8(out, entry->quality);
        otr_buffer_add_signed(out, entry->at);
        if (entry->kind == OTR_KIND_TEXT) {
            otr_buffer_add_str(out, entry->text);
        } else if (entry->kind == OTR_KIND_LOCATION) {
            otr_buffer_add_double(out, entry->location.latitude);
            otr_buffer_add_double(out, entry->location.longitude);
        } else {
            otr_buffer_add_double(out, entry->kind == OTR_KIND_BOOL ? (double)entry->flag : entry->number);
        }
    }
}

void otr_snapshot_write(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_u8(out, VERSION);
    otr_buffer_add_signed(out, core->traced.core);
    otr_buffer_add_signed(out, core->traced.utc);
    otr_buffer_add_u8(out, (uint8_t)((core->traced.synced ? 1 : 0) | (core->boot_unsynced ? 2 : 0)));
    otr_buffer_add_varint(out, core->next_seq);
    otr_buffer_add_signed(out, core->boot);
    otr_buffer_add_signed(out, core->down_from);
    otr_buffer_add_signed(out, core->down_to);
    add_devices(core, out);
    add_cases(core, out);
    add_assets(core, out);
    add_waiting(core, out);
    otr_lifecycle_write(core, out);
}

/* ---- reading ---- */

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

static void read_devices(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > core->device_names.count)
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_device *device = otr_device_get(core, (uint32_t)i);
        if (device == NULL)
            return;
        device->newest = otr_reader_signed(reader);
        uint64_t slots = otr_reader_varint(reader);
        for (uint64_t s = 0; s < slots && !reader->failed && !core->failed; s++) {
            uint32_t metric = (uint32_t)otr_reader_varint(reader);
            otr_slot *slot = slots <= OTR_LIMIT_METRICS_PER_DEVICE && metric < core->metric_names.count
                                 ? otr_device_add_slot(core, device, metric)
                                 : NULL;
            if (slot == NULL) {
                reader->failed = true;
                return;
            }
            slot->at = otr_reader_signed(reader);
            read_value(core, reader, slot);
        }
    }
}

static uint32_t read_label(otr_core *core, otr_reader *reader)
{
    if (otr_reader_u8(reader) == 0)
        return OTR_NONE;
    otr_str text = otr_reader_str(reader);
    return reader->failed ? OTR_NONE : otr_core_label(core, text);
}

static void read_case(otr_core *core, otr_reader *reader, uint32_t number)
{
    otr_case *one = &core->cases[number];
    one->used = otr_reader_u8(reader) != 0;
    if (!one->used)
        return;
    one->state = otr_reader_u8(reader);
    one->revision = (uint32_t)otr_reader_varint(reader);
    one->id = otr_reader_id(reader);
    one->seq = otr_reader_varint(reader);
    one->asset = read_label(core, reader);
    one->category = read_label(core, reader);
    one->queue = read_label(core, reader);
    one->title = read_label(core, reader);
    one->open_alarms = (uint32_t)otr_reader_varint(reader);
    one->alarm_count = (uint32_t)otr_reader_varint(reader);
    one->priority = otr_reader_u8(reader);
    one->ticket = otr_reader_u8(reader) != 0;
    one->opened = otr_reader_signed(reader);
    one->onset = otr_reader_signed(reader);
    if (reader->failed || one->asset == OTR_NONE || one->category == OTR_NONE) {
        reader->failed = true;
        return;
    }
    if (!otr_numbers_mark(&core->case_numbers, number) || !otr_case_list(core, number))
        core->failed = true;
    if (one->priority > OTR_PRIORITY_CRITICAL)
        reader->failed = true;
    if (!otr_timers_set(&core->case_timers, number, otr_reader_signed(reader)))
        core->failed = true;
}

static void read_cases(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > otr_reader_left(reader)) {
        reader->failed = true;
        return;
    }
    if (!otr_core_grow((void **)&core->cases, &core->case_capacity, (uint32_t)count, sizeof *core->cases)) {
        core->failed = true;
        return;
    }
    for (uint64_t i = 0; i < count && !reader->failed; i++)
        read_case(core, reader, (uint32_t)i);
}

static void read_alarm(otr_core *core, otr_reader *reader, otr_alarm *alarm)
{
    *alarm = (otr_alarm){.used = true, .id = otr_reader_id(reader)};
    alarm->priority = otr_reader_u8(reader);
    alarm->revision = (uint32_t)otr_reader_varint(reader);
    alarm->seq = otr_reader_varint(reader);
    alarm->case_number = (uint32_t)otr_reader_varint(reader);
    uint64_t device = otr_reader_varint(reader);
    alarm->device = device == 0 ? OTR_NONE : (uint32_t)(device - 1);
    alarm->onset = otr_reader_signed(reader);
    alarm->raised = otr_reader_signed(reader);
    alarm->detected = otr_reader_signed(reader);
    bool withheld = alarm->case_number == OTR_NONE;
    if ((alarm->case_number >= core->case_capacity && !withheld) || alarm->priority > OTR_PRIORITY_CRITICAL)
        reader->failed = true;
}

static void adopt_alarm(otr_core *core, const otr_alarm *alarm, uint32_t asset, uint32_t rule)
{
    uint32_t number = otr_numbers_take(&core->alarm_numbers);
    if (number == OTR_NONE ||
        !otr_core_grow((void **)&core->alarms, &core->alarm_capacity, number + 1, sizeof *core->alarms)) {
        core->failed = true;
        return;
    }
    core->alarms[number] = *alarm;
    core->alarms[number].asset = asset;
    core->alarms[number].rule = rule;
    core->assets[asset].states[rule].alarm = number;
    core->alarm_open++;
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

/* A state whose rule or asset is no longer bound is read over; its alarm then stays in the rows for the
 * operators. */
static void read_state(otr_core *core, otr_reader *reader, uint32_t asset)
{
    otr_rule_state state = {.alarm = OTR_NONE};
    otr_alarm alarm;
    otr_str pack = otr_reader_str(reader);
    otr_str name = otr_reader_str(reader);
    uint64_t hash = otr_reader_u64(reader);
    state.phase = otr_reader_u8(reader);
    state.frozen = otr_reader_u8(reader) != 0;
    state.onset = otr_reader_signed(reader);
    state.since = otr_reader_signed(reader);
    state.gap_at = otr_reader_signed(reader);
    state.gaps = otr_reader_signed(reader);
    bool has_alarm = otr_reader_u8(reader) != 0;
    if (has_alarm)
        read_alarm(core, reader, &alarm);
    bool open = state.phase == OTR_PHASE_ACTIVE || state.phase == OTR_PHASE_CLEARING;
    if (state.phase > OTR_PHASE_CLEARING || open != has_alarm)
        reader->failed = true;
    uint32_t rule =
        reader->failed || asset == OTR_NONE ? OTR_NONE : find_rule(&core->assets[asset], pack, name, hash);
    if (rule == OTR_NONE)
        return;
    core->assets[asset].states[rule] = state;
    if (has_alarm)
        adopt_alarm(core, &alarm, asset, rule);
}

static uint32_t find_asset(const otr_core *core, otr_str id, uint32_t hint)
{
    for (uint32_t i = 0; i < core->asset_count; i++) {
        uint32_t number = (hint + i) % core->asset_count; /* the same order as when it was written, mostly */
        if (otr_str_equal(core->assets[number].asset->id, id))
            return number;
    }
    return OTR_NONE;
}

static void read_assets(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_asset_state read = {0};
        otr_str id = otr_reader_str(reader);
        read.clock = otr_reader_signed(reader);
        read.anchor = otr_reader_signed(reader);
        read.heard = otr_reader_signed(reader);
        uint8_t flags = otr_reader_u8(reader);
        uint64_t running = otr_reader_varint(reader);
        uint32_t number = reader->failed ? OTR_NONE : find_asset(core, id, (uint32_t)i);
        if (number != OTR_NONE) {
            otr_asset_state *asset = &core->assets[number];
            asset->clock = read.clock;
            asset->anchor = read.anchor;
            asset->heard = read.heard;
            asset->awaiting = (flags & 1) != 0;
            asset->silence_told = (flags & 2) != 0;
        }
        for (uint64_t r = 0; r < running && !reader->failed && !core->failed; r++)
            read_state(core, reader, number);
    }
}

static void read_waiting(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count == 0)
        return;
    if (count > OTR_LIMIT_PENDING_UNSYNCED || count > otr_reader_left(reader)) {
        reader->failed = true;
        return;
    }
    core->waiting = calloc(count, sizeof *core->waiting);
    if (core->waiting == NULL) {
        core->failed = true;
        return;
    }
    core->waiting_capacity = count;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        struct otr_waiting *one = &core->waiting[i];
        one->device = (uint32_t)otr_reader_varint(reader);
        one->entry.metric = (uint32_t)otr_reader_varint(reader);
        one->entry.kind = otr_reader_u8(reader);
        one->entry.quality = otr_reader_u8(reader);
        one->entry.unsynced = true;
        one->entry.at = otr_reader_signed(reader);
        if (one->entry.kind == OTR_KIND_TEXT) {
            otr_str text = otr_reader_str(reader);
            char *copy = malloc(text.size + 1);
            if (copy == NULL || reader->failed) {
                free(copy);
                one->entry.kind = OTR_KIND_ANY;
                reader->failed = true;
                return;
            }
            memcpy(copy, text.data, text.size);
            one->entry.text = (otr_str){copy, text.size};
        } else if (one->entry.kind == OTR_KIND_LOCATION) {
            one->entry.location.latitude = otr_reader_double(reader);
            one->entry.location.longitude = otr_reader_double(reader);
        } else if (one->entry.kind == OTR_KIND_BOOL) {
            one->entry.flag = otr_reader_double(reader) != 0;
        } else {
            one->entry.number = otr_reader_double(reader);
        }
        core->waiting_count = i + 1;
        if (one->device >= core->device_names.count || one->entry.metric >= core->metric_names.count)
            reader->failed = true;
    }
}

otr_status otr_snapshot_read(otr_core *core, otr_bytes bytes, otr_error *error)
{
    otr_reader reader = otr_reader_of(bytes);
    uint8_t version = otr_reader_u8(&reader);
    if (version != VERSION && version != VERSION_BEFORE_LIFECYCLE)
        return otr_fail(error, OTR_CORRUPT, "snapshot of an unknown version");
    core->now.core = otr_reader_signed(&reader);
    core->now.utc = otr_reader_signed(&reader);
    uint8_t flags = otr_reader_u8(&reader);
    core->now.synced = (flags & 1) != 0;
    core->boot_unsynced = (flags & 2) != 0;
    core->traced = core->now;
    core->next_seq = otr_reader_varint(&reader);
    core->boot = otr_reader_signed(&reader);
    core->down_from = otr_reader_signed(&reader);
    core->down_to = otr_reader_signed(&reader);
    read_devices(core, &reader);
    if (!reader.failed && !core->failed)
        read_cases(core, &reader);
    if (!reader.failed && !core->failed)
        read_assets(core, &reader);
    if (!reader.failed && !core->failed)
        read_waiting(core, &reader);
    if (!reader.failed && !core->failed && version != VERSION_BEFORE_LIFECYCLE)
        otr_lifecycle_read(core, &reader);
    if (core->failed)
        return OTR_MEMORY;
    if (reader.failed || otr_reader_left(&reader) > 0)
        return otr_fail(error, OTR_CORRUPT, "snapshot cut short or with rest");
    for (uint32_t i = 0; i < core->asset_count; i++)
        (void)otr_evaluate_is_due(core, i);
    return OTR_OK;
}

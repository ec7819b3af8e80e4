#include "core/snapshot.h"

#include "base/limits.h"
#include "core/alarm/alarm.h"
#include "core/alarm/lifecycle_snapshot.h"
#include "core/asset/whose.h"
#include "core/bind.h"
#include "core/case/case.h"
#include "core/command/device_command.h"
#include "core/device/device.h"
#include "core/device/freeze.h"
#include "core/device/timeline.h"
#include "core/notice/told.h"
#include "core/rule/evaluate.h"
#include "core/snapshot_first.h"

#include <stdlib.h>

/* 5: assignments by command. 2 and 3 were never released. */
enum { VERSION = 5, VERSION_BEFORE_COMMANDS = 4, VERSION_FIRST = 1 };

/* What else version 5 has at its end: so many sections, each with its number, in any order; each at most
 * once. */
static const struct section {
    uint8_t number; /* 1 to 31 */
    void (*write)(const otr_core *core, otr_buffer *out);
    void (*read)(otr_core *core, otr_reader *reader);
} sections[] = {
    {1, otr_notices_write, otr_notices_read},
    {2, otr_asset_views_write, otr_asset_views_read},
    {3, otr_desk_write, otr_desk_read},
    {4, otr_proofs_write, otr_proofs_read},
    {7, otr_dossiers_write, otr_dossiers_read},
    {5, otr_day_figures_write, otr_day_figures_read},
    {8, otr_told_write, otr_told_read},
    {6, otr_questions_write, otr_questions_read},
    {9, otr_voice_write, otr_voice_read},
    {10, otr_whose_write, otr_whose_read},
    {20, otr_order_book_write, otr_order_book_read},
};
enum { SECTIONS = sizeof sections / sizeof sections[0] };

/* ---- writing ---- */

static void add_devices(const otr_core *core, otr_buffer *out)
{
    static const otr_device none = {.newest = OTR_TIME_NONE};
    otr_buffer_add_varint(out, core->device_names.count);
    for (uint32_t i = 0; i < core->device_names.count; i++)
        otr_freeze_device(i < core->device_capacity ? &core->devices[i] : &none, out);
}

static void add_label_or_none(const otr_core *core, otr_buffer *out, uint32_t label)
{
    otr_buffer_add_u8(out, label != OTR_NONE ? 1 : 0);
    if (label != OTR_NONE)
        otr_label_write(core, label, out);
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
        add_label_or_none(core, out, one->asset);
        add_label_or_none(core, out, one->category);
        add_label_or_none(core, out, one->queue);
        add_label_or_none(core, out, one->title);
        otr_buffer_add_varint(out, one->open_alarms);
        otr_buffer_add_varint(out, one->alarm_count);
        otr_buffer_add_u8(out, one->priority);
        otr_buffer_add_u8(out,
                          (uint8_t)((one->ticket ? 1 : 0) | (one->list ? 2 : 0) | (one->urgent ? 4 : 0)));
        otr_buffer_add_signed(out, one->opened);
        otr_buffer_add_signed(out, one->onset);
        otr_buffer_add_signed(out, otr_timers_get(&core->case_timers, i));
    }
}

static void add_alarm(const otr_asset_state *asset, const otr_alarm *alarm, otr_buffer *out)
{
    otr_buffer_add_u64(out, asset->plan->rules[alarm->rule].key);
    otr_buffer_add_u8(
        out, (uint8_t)((alarm->arrival ? 1 : 0) | (alarm->historical ? 2 : 0) | (alarm->quiet ? 4 : 0)));
    otr_buffer_add_id(out, alarm->id);
    otr_buffer_add_u8(out, alarm->priority);
    otr_buffer_add_varint(out, alarm->revision);
    otr_buffer_add_varint(out, alarm->seq);
    otr_buffer_add_id(out, alarm->case_id);
    otr_buffer_add_varint(out, alarm->case_number);
    otr_buffer_add_varint(out, alarm->device == OTR_NONE ? 0 : (uint64_t)alarm->device + 1);
    otr_buffer_add_signed(out, alarm->onset);
    otr_buffer_add_signed(out, alarm->raised);
    otr_buffer_add_signed(out, alarm->detected);
    otr_buffer_add_signed(out, alarm->ended);
}

static void add_alarms(const otr_core *core, const otr_asset_state *asset, otr_buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = asset->alarms; i != OTR_NONE; i = core->alarms[i].next)
        count++;
    otr_buffer_add_varint(out, count);
    for (uint32_t i = asset->alarms; i != OTR_NONE; i = core->alarms[i].next)
        add_alarm(asset, &core->alarms[i], out);
}

static void add_assets(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->asset_count);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_asset_state *asset = &core->assets[i];
        otr_buffer_add_str(out, asset->asset->id);
        otr_buffer_add_signed(out, asset->clock);
        otr_buffer_add_signed(out, asset->anchor);
        otr_buffer_add_signed(out, asset->heard);
        otr_buffer_add_signed(out, asset->fired);
        otr_buffer_add_signed(out, asset->down_from);
        otr_buffer_add_signed(out, asset->down_to);
        otr_buffer_add_varint(out, asset->since_seq);
        otr_buffer_add_u8(out, (uint8_t)((asset->awaiting ? 1 : 0) | (asset->silence_told ? 2 : 0) |
                                         (asset->timeline != NULL ? 4 : 0)));
        add_alarms(core, asset, out);
        otr_freeze_states(core, asset, true, out);
        if (asset->timeline != NULL)
            otr_timeline_write(asset->timeline, out);
    }
}

/* In the byte of a waiting reading's quality: its time is UTC, and not core time. */
enum { WAITING_DATED = 0x80 };

static void add_waiting(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->waiting_count);
    for (size_t i = 0; i < core->waiting_count; i++) {
        const otr_entry *entry = &core->waiting[i].entry;
        otr_buffer_add_varint(out, core->waiting[i].device);
        otr_buffer_add_varint(out, entry->metric);
        otr_buffer_add_u8(out, entry->kind);
        otr_buffer_add_u8(out, (uint8_t)(entry->quality | (entry->unsynced ? 0 : WAITING_DATED)));
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
    otr_assigned_write(core, out);
    add_devices(core, out);
    add_cases(core, out);
    add_assets(core, out);
    add_waiting(core, out);
    otr_lifecycle_write(core, out);
    otr_device_command_write(core, out);
    otr_buffer_add_u8(out, SECTIONS);
    for (size_t i = 0; i < SECTIONS; i++) {
        otr_buffer_add_u8(out, sections[i].number);
        sections[i].write(core, out);
    }
}

/* ---- reading ---- */

static void read_devices(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > core->device_names.count)
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        otr_thaw_device(core, (uint32_t)i, true, reader);
}

static uint32_t read_label_or_none(otr_core *core, otr_reader *reader)
{
    return otr_reader_u8(reader) == 0 ? OTR_NONE : otr_label_read(core, reader);
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
    one->asset = read_label_or_none(core, reader);
    one->category = read_label_or_none(core, reader);
    one->queue = read_label_or_none(core, reader);
    one->title = read_label_or_none(core, reader);
    one->open_alarms = (uint32_t)otr_reader_varint(reader);
    one->alarm_count = (uint32_t)otr_reader_varint(reader);
    one->priority = otr_reader_u8(reader);
    uint8_t flags = otr_reader_u8(reader);
    one->ticket = (flags & 1) != 0;
    one->list = (flags & 2) != 0;
    one->urgent = (flags & 4) != 0;
    one->opened = otr_reader_signed(reader);
    one->onset = otr_reader_signed(reader);
    if (reader->failed || one->asset == OTR_NONE || one->category == OTR_NONE) {
        reader->failed = true;
        return;
    }
    bool closed = one->state == OTR_CASE_CLOSED;
    core->cases_kept += closed;
    if (!otr_numbers_mark(&core->case_numbers, number) || (!closed && !otr_case_list(core, number)))
        core->failed = true;
    if (one->priority > OTR_PRIORITY_CRITICAL || one->state > OTR_CASE_CLOSED)
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

static void read_fields(otr_core *core, otr_reader *reader, otr_alarm *alarm)
{
    uint8_t flags = otr_reader_u8(reader);
    *alarm = (otr_alarm){
        .used = true, .arrival = (flags & 1) != 0, .historical = (flags & 2) != 0, .quiet = (flags & 4) != 0};
    alarm->id = otr_reader_id(reader);
    alarm->priority = otr_reader_u8(reader);
    alarm->revision = (uint32_t)otr_reader_varint(reader);
    alarm->seq = otr_reader_varint(reader);
    alarm->case_id = otr_reader_id(reader);
    alarm->case_number = (uint32_t)otr_reader_varint(reader);
    uint64_t device = otr_reader_varint(reader);
    alarm->device = device == 0 ? OTR_NONE : (uint32_t)(device - 1);
    alarm->onset = otr_reader_signed(reader);
    alarm->raised = otr_reader_signed(reader);
    alarm->detected = otr_reader_signed(reader);
    alarm->ended = otr_reader_signed(reader);
    alarm->state = alarm->ended == OTR_TIME_NONE ? OTR_ALARM_UNACKNOWLEDGED : OTR_ALARM_NORMAL;
    bool untold = alarm->case_number == OTR_NONE;
    if ((alarm->case_number >= core->case_capacity && !untold) || alarm->priority > OTR_PRIORITY_CRITICAL)
        reader->failed = true;
}

uint32_t otr_snapshot_put_alarm(otr_core *core, const otr_alarm *alarm, uint32_t *last)
{
    uint32_t number = otr_numbers_take(&core->alarm_numbers);
    if (number == OTR_NONE ||
        !otr_core_grow((void **)&core->alarms, &core->alarm_capacity, number + 1, sizeof *core->alarms)) {
        core->failed = true;
        return OTR_NONE;
    }
    core->alarms[number] = *alarm;
    core->alarm_open += alarm->ended == OTR_TIME_NONE;
    core->alarms[number].next = OTR_NONE;
    if (*last == OTR_NONE)
        core->assets[alarm->asset].alarms = number;
    else
        core->alarms[*last].next = number;
    *last = number;
    return number;
}

/* One whose rule or asset is no longer bound is read over; its row then stays for the operators. */
static void read_alarm(otr_core *core, otr_reader *reader, uint32_t asset_number, uint32_t *last)
{
    otr_alarm alarm;
    uint64_t key = otr_reader_u64(reader);
    read_fields(core, reader, &alarm);
    if (reader->failed || asset_number == OTR_NONE)
        return;
    alarm.asset = asset_number;
    alarm.rule = otr_plan_find(core->assets[asset_number].plan, key);
    if (alarm.rule != OTR_NONE)
        (void)otr_snapshot_put_alarm(core, &alarm, last);
}

uint32_t otr_snapshot_find_asset(const otr_core *core, otr_str id, uint32_t hint)
{
    for (uint32_t i = 0; i < core->asset_count; i++) {
        uint32_t number = (hint + i) % core->asset_count;
        if (otr_str_equal(core->assets[number].asset->id, id))
            return number;
    }
    return OTR_NONE;
}

/* What stands here of an asset that is no longer assigned has no place. */
static void read_asset(otr_core *core, otr_reader *reader, uint32_t hint, bool with_since)
{
    static const otr_plan no_rules;
    otr_asset_state none = {.plan = &no_rules, .alarms = OTR_NONE};
    otr_str id = otr_reader_str(reader);
    uint32_t number = reader->failed ? OTR_NONE : otr_snapshot_find_asset(core, id, hint);
    otr_asset_state *asset = number != OTR_NONE ? &core->assets[number] : &none;
    asset->clock = otr_reader_signed(reader);
    asset->anchor = otr_reader_signed(reader);
    asset->heard = otr_reader_signed(reader);
    asset->fired = otr_reader_signed(reader);
    asset->down_from = otr_reader_signed(reader);
    asset->down_to = otr_reader_signed(reader);
    asset->since_seq = with_since ? otr_reader_varint(reader) : 0;
    uint8_t flags = otr_reader_u8(reader);
    asset->awaiting = (flags & 1) != 0;
    asset->silence_told = (flags & 2) != 0;
    uint64_t alarms = otr_reader_varint(reader);
    uint32_t last = OTR_NONE;
    for (uint64_t i = 0; i < alarms && !reader->failed && !core->failed; i++)
        read_alarm(core, reader, number, &last);
    otr_thaw_states(core, asset, reader);
    if ((flags & 4) != 0 && !reader->failed && !core->failed && !otr_timeline_read(core, asset, reader))
        reader->failed = true;
    otr_timeline_free(core, &none);
}

static void read_assets(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_asset(core, reader, (uint32_t)i, true);
}

static void read_assets_before_commands(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_asset(core, reader, (uint32_t)i, false);
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
        uint8_t quality = otr_reader_u8(reader);
        one->entry.quality = quality & (WAITING_DATED - 1);
        one->entry.unsynced = (quality & WAITING_DATED) == 0;
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

static const struct section *find_section(unsigned number)
{
    for (size_t i = 0; i < SECTIONS; i++)
        if (sections[i].number == number)
            return &sections[i];
    return NULL;
}

static void read_sections(otr_core *core, otr_reader *reader)
{
    uint32_t seen = 0;
    for (uint8_t count = otr_reader_u8(reader); count > 0 && !reader->failed && !core->failed; count--) {
        const struct section *section = find_section(otr_reader_u8(reader));
        uint32_t bit = section != NULL ? UINT32_C(1) << section->number : 0;
        if (section == NULL || (seen & bit) != 0) {
            reader->failed = true;
            return;
        }
        section->read(core, reader);
        seen |= bit;
    }
}

otr_status otr_snapshot_read(otr_core *core, otr_bytes bytes, otr_error *error)
{
    otr_reader reader = otr_reader_of(bytes);
    uint8_t version = otr_reader_u8(&reader);
    bool first = version == VERSION_FIRST;
    if (version != VERSION && version != VERSION_BEFORE_COMMANDS && !first)
        return otr_fail(error, OTR_CORRUPT, "snapshot of an unknown version: %u", version);
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
    if (version == VERSION)
        otr_assigned_read(core, &reader);
    otr_bind_all(core);
    if (!reader.failed && !core->failed)
        (first ? otr_snapshot_first_devices : read_devices)(core, &reader);
    if (!reader.failed && !core->failed)
        read_cases(core, &reader);
    if (!reader.failed && !core->failed)
        (first                ? otr_snapshot_first_assets
         : version == VERSION ? read_assets
                              : read_assets_before_commands)(core, &reader);
    if (!reader.failed && !core->failed)
        read_waiting(core, &reader);
    if (!reader.failed && !core->failed && !first)
        otr_lifecycle_read(core, &reader);
    if (!reader.failed && !core->failed && !first)
        otr_device_command_read(core, &reader);
    if (version == VERSION && !reader.failed && !core->failed)
        read_sections(core, &reader);
    if (core->failed)
        return OTR_MEMORY;
    if (reader.failed || otr_reader_left(&reader) > 0)
        return otr_fail(error, OTR_CORRUPT, "snapshot cut short or with rest");
    for (uint32_t i = 0; i < core->asset_count; i++)
        (void)otr_evaluate_is_due(core, i);
    return OTR_OK;
}

/*
 * Readings of one device that carry the same stamp, in one upload, are one instant: they are applied together
 * and the rules concerned are evaluated once. A metric that comes twice under one stamp begins a new instant,
 * so both values are judged. An instant older than the newest of its asset is late: it joins the asset's
 * timeline and is judged in its place once its backlog has settled.
 */
#include "core/device.h"

#include "base/limits.h"
#include "core/device_command.h"
#include "core/evaluate.h"
#include "core/recall.h"
#include "core/timeline.h"

#include <stdlib.h>

/* A device that says nothing for so long may have stored what it measured, though no profile knows how often
 * it should report. */
#define OTR_UNHEARD_US (15 * OTR_MINUTE)

otr_device *otr_device_get(otr_core *core, uint32_t number)
{
    uint32_t before = core->device_capacity;
    if (!otr_core_grow((void **)&core->devices, &core->device_capacity, number + 1, sizeof *core->devices)) {
        core->failed = true;
        return NULL;
    }
    for (uint32_t i = before; i < core->device_capacity; i++) {
        core->devices[i].newest = OTR_TIME_NONE;
        core->devices[i].asset = OTR_NONE;
    }
    return &core->devices[number];
}

const otr_slot *otr_device_slot(const otr_device *device, uint32_t metric)
{
    for (uint32_t i = 0; i < device->slot_count; i++)
        if (device->slots[i].metric == metric)
            return &device->slots[i];
    return NULL;
}

otr_slot *otr_device_add_slot(otr_core *core, otr_device *device, uint32_t metric)
{
    if (device->slot_count == device->slot_capacity) {
        uint16_t capacity = device->slot_capacity == 0 ? 4 : (uint16_t)(device->slot_capacity * 2);
        otr_slot *slots = realloc(device->slots, capacity * sizeof *slots);
        if (slots == NULL) {
            core->failed = true;
            return NULL;
        }
        device->slots = slots;
        device->slot_capacity = capacity;
    }
    otr_slot *slot = &device->slots[device->slot_count++];
    *slot = (otr_slot){.metric = metric, .at = OTR_TIME_NONE};
    if (device->asset != OTR_NONE && core->assets[device->asset].asset->profile != NULL)
        slot->profile = otr_profile_find(core->assets[device->asset].asset->profile,
                                         otr_names_get(&core->metric_names, metric));
    return slot;
}

void otr_device_profile(otr_core *core, otr_device *device, const otr_profile *profile)
{
    for (uint32_t i = 0; i < device->slot_count; i++) {
        otr_str name = otr_names_get(&core->metric_names, device->slots[i].metric);
        device->slots[i].profile = profile != NULL ? otr_profile_find(profile, name) : NULL;
    }
}

void otr_slot_clear(otr_slot *slot)
{
    if (slot->kind == OTR_KIND_TEXT)
        free(slot->text.data);
    slot->kind = OTR_KIND_ANY;
}

bool otr_slot_set(otr_slot *slot, const otr_entry *entry)
{
    if (entry->kind == OTR_KIND_TEXT) {
        char *copy = malloc(entry->text.size + 1);
        if (copy == NULL)
            return false;
        memcpy(copy, entry->text.data, entry->text.size);
        otr_slot_clear(slot);
        slot->text.data = copy;
        slot->text.size = entry->text.size;
    } else {
        otr_slot_clear(slot);
        if (entry->kind == OTR_KIND_NUMBER)
            slot->number = entry->number;
        else if (entry->kind == OTR_KIND_BOOL)
            slot->flag = entry->flag;
        else {
            slot->location.latitude = entry->location.latitude;
            slot->location.longitude = entry->location.longitude;
        }
    }
    slot->kind = entry->kind;
    slot->at = entry->at;
    return true;
}

bool otr_slot_equal(const otr_slot *slot, const otr_entry *entry)
{
    if (slot->kind != entry->kind)
        return false;
    switch (slot->kind) {
    case OTR_KIND_NUMBER:
        return slot->number == entry->number;
    case OTR_KIND_BOOL:
        return slot->flag == entry->flag;
    case OTR_KIND_TEXT:
        return otr_str_equal((otr_str){slot->text.data, slot->text.size}, entry->text);
    default:
        return slot->location.latitude == entry->location.latitude &&
               slot->location.longitude == entry->location.longitude;
    }
}

void otr_slot_value(const otr_slot *slot, otr_value *out)
{
    switch (slot->kind) {
    case OTR_KIND_NUMBER:
        out->type = OTR_TYPE_DOUBLE;
        out->number = slot->number;
        break;
    case OTR_KIND_BOOL:
        out->type = OTR_TYPE_BOOL;
        out->flag = slot->flag;
        break;
    case OTR_KIND_TEXT:
        out->type = OTR_TYPE_STRING;
        out->text = (otr_str){slot->text.data, slot->text.size};
        break;
    default:
        out->type = OTR_TYPE_LOCATION;
        out->location.latitude = slot->location.latitude;
        out->location.longitude = slot->location.longitude;
        break;
    }
}

/* A value that the sensor gives when it fails, or one outside what it can measure. */
static bool is_fault(const otr_slot *slot, const otr_entry *entry)
{
    const otr_profile_metric *profile = slot->profile;
    if (profile == NULL || entry->kind != OTR_KIND_NUMBER)
        return false;
    for (size_t i = 0; i < profile->fault_count; i++)
        if (entry->number == profile->fault_values[i])
            return true;
    return entry->number < profile->low || entry->number > profile->high;
}

/* The slot to write, or NULL when the device has too many metrics or memory is out. */
static otr_slot *slot_for(otr_core *core, otr_device *device, uint32_t metric)
{
    otr_slot *slot = (otr_slot *)otr_device_slot(device, metric);
    if (slot != NULL || device->slot_count >= OTR_LIMIT_METRICS_PER_DEVICE)
        return slot;
    return otr_device_add_slot(core, device, metric);
}

bool otr_device_apply(otr_core *core, uint32_t number, const otr_entry *entries, size_t count)
{
    otr_device *device = &core->devices[number];
    otr_time at = entries[0].at;
    otr_asset_state *asset = device->asset != OTR_NONE ? &core->assets[device->asset] : NULL;
    uint16_t written[OTR_INSTANT_READINGS]; /* by index: a new slot may move the others */
    size_t written_count = 0;
    otr_time longest_gap = 0;
    if (asset != NULL)
        otr_evaluate_advance(core, asset, at, true);
    for (size_t i = 0; i < count; i++) {
        otr_slot *slot = slot_for(core, device, entries[i].metric);
        if (slot == NULL || is_fault(slot, &entries[i])) {
            core->stats.readings_bad++;
            continue;
        }
        otr_time valid_until = otr_slot_valid_until(slot);
        slot->gap = slot->kind != OTR_KIND_ANY && at > valid_until ? at - valid_until : 0;
        if (slot->gap > longest_gap)
            longest_gap = slot->gap;
        if (!otr_slot_set(slot, &entries[i])) {
            core->failed = true;
            return false;
        }
        written[written_count++] = (uint16_t)(slot - device->slots);
    }
    device->newest = at;
    for (size_t i = 0; i < written_count && asset != NULL; i++) {
        otr_evaluate_touch(core, asset->plan, device->slots[written[i]].metric);
        otr_recall_feed(core, asset, number, &device->slots[written[i]]);
        if (device->commands != 0 && core->recount == NULL)
            otr_device_command_reading(core, number, &device->slots[written[i]]);
    }
    if (asset != NULL)
        otr_evaluate_instant(core, device->asset, number, at, longest_gap);
    for (size_t i = 0; i < written_count; i++)
        device->slots[written[i]].gap = 0;
    return longest_gap > 0;
}

void otr_device_forget(otr_device *device)
{
    for (uint32_t i = 0; i < device->slot_count; i++) {
        otr_slot_clear(&device->slots[i]);
        device->slots[i].at = OTR_TIME_NONE;
    }
}

/* Gathers the good readings of the instant that begins at index; returns the index after it. A metric that
 * comes twice begins a new instant, so that both values are judged. */
static size_t gather(otr_core *core, const otr_entry *entries, size_t index, size_t count, otr_entry *out,
                     size_t *out_count)
{
    otr_time at = entries[index].at;
    *out_count = 0;
    for (; index < count && entries[index].at == at && *out_count < OTR_INSTANT_READINGS; index++) {
        if (entries[index].quality != OTR_QUALITY_GOOD) {
            core->stats.readings_bad++;
            continue;
        }
        for (size_t i = 0; i < *out_count; i++)
            if (out[i].metric == entries[index].metric)
                return index;
        out[(*out_count)++] = entries[index];
    }
    return index;
}

/* What one upload did. */
typedef struct arrival {
    bool waited;   /* late readings waited before it */
    bool in_order; /* what is late among it is newer than all the device had sent before */
} arrival;

static void take_late(otr_core *core, uint32_t number, const otr_entry *instant, size_t count,
                      arrival *so_far)
{
    otr_device *device = &core->devices[number];
    core->stats.readings_late += count;
    if (device->newest != OTR_TIME_NONE && instant[0].at < device->newest)
        so_far->in_order = false;
    else
        device->newest = instant[0].at;
    if (device->asset == OTR_NONE || !otr_timeline_late(core, device->asset, number, instant, count))
        core->stats.readings_too_late += count;
}

/* The device says the same of the same time again, perhaps because it did not hear that we had it. */
static bool is_repeat(const otr_device *device, const otr_entry *instant, size_t count)
{
    if (instant[0].at != device->newest)
        return false;
    for (size_t i = 0; i < count; i++) {
        const otr_slot *slot = otr_device_slot(device, instant[i].metric);
        if (slot == NULL || slot->at != instant[i].at || !otr_slot_equal(slot, &instant[i]))
            return false;
    }
    return true;
}

static void take_instant(otr_core *core, uint32_t number, const otr_entry *instant, size_t count,
                         arrival *so_far)
{
    const otr_device *device = &core->devices[number];
    const otr_asset_state *asset = device->asset != OTR_NONE ? &core->assets[device->asset] : NULL;
    otr_time at = instant[0].at;
    otr_time newest = asset != NULL && asset->clock != OTR_TIME_NONE ? asset->clock : device->newest;
    if (is_repeat(device, instant, count))
        return;
    if ((newest != OTR_TIME_NONE && at < newest) || (asset != NULL && at <= asset->fired)) {
        take_late(core, number, instant, count, so_far);
        return;
    }
    uint32_t asset_number = device->asset;
    otr_time before = device->newest;
    bool unheard = before != OTR_TIME_NONE && at - before > OTR_UNHEARD_US;
    if (asset != NULL)
        otr_timeline_before(core, asset_number);
    bool gap = otr_device_apply(core, number, instant, count);
    if (asset != NULL)
        otr_timeline_add(core, asset_number, number, instant, count, gap || unheard, before);
}

void otr_device_heard(otr_core *core, uint32_t number)
{
    const otr_device *device = otr_device_get(core, number);
    if (device == NULL || device->asset == OTR_NONE)
        return;
    otr_evaluate_heard(core, device->asset);
    otr_evaluate_schedule(core, device->asset);
}

static bool is_ahead(const otr_core *core, otr_time at)
{
    return at != OTR_TIME_NONE && otr_time_is_ahead(at, core->now.utc);
}

/* UTC was set back, or a wrong clock was believed before the first sync: a newest reading that lies ahead of
 * now would make all that follows late. */
static void rewind_clock(otr_core *core, otr_device *device)
{
    if (!core->now.synced)
        return;
    if (device->asset == OTR_NONE) {
        if (is_ahead(core, device->newest))
            device->newest = OTR_TIME_NONE;
        return;
    }
    const otr_asset_state *asset = &core->assets[device->asset];
    if (!is_ahead(core, device->newest) && !is_ahead(core, asset->clock))
        return;
    otr_evaluate_rewind(core, device->asset);
    for (uint32_t i = 0; i < asset->device_count; i++)
        if (is_ahead(core, core->devices[asset->devices[i]].newest))
            core->devices[asset->devices[i]].newest = OTR_TIME_NONE;
}

void otr_device_take(otr_core *core, uint32_t number, const otr_entry *entries, size_t count)
{
    otr_device *device = otr_device_get(core, number);
    if (device == NULL)
        return;
    core->stats.readings += count;
    rewind_clock(core, device);
    uint32_t asset = device->asset;
    if (asset != OTR_NONE)
        otr_evaluate_heard(core, asset);
    const otr_timeline *timeline = asset != OTR_NONE ? core->assets[asset].timeline : NULL;
    arrival so_far = {.waited = timeline != NULL && timeline->late_count > 0, .in_order = true};
    for (size_t i = 0; i < count && !core->failed;) {
        otr_entry instant[OTR_INSTANT_READINGS];
        size_t instant_count = 0;
        if (entries[i].quality == OTR_QUALITY_FUTURE) {
            core->stats.readings_bad++;
            i++;
            continue;
        }
        i = gather(core, entries, i, count, instant, &instant_count);
        if (instant_count > 0)
            take_instant(core, number, instant, instant_count, &so_far);
    }
    if (asset == OTR_NONE)
        return;
    otr_timeline_uploaded(core, asset, so_far.in_order && !so_far.waited);
    /* What is due by now fires before the next upload, in whichever step that comes. */
    otr_evaluate_advance(core, &core->assets[asset], otr_evaluate_time(core, &core->assets[asset]), false);
    otr_evaluate_schedule(core, asset);
}

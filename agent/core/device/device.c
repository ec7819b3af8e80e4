/* Last values, and what an instant does to them. */
#include "core/device/device.h"

#include "base/limits.h"
#include "core/command/device_command.h"
#include "core/device/timeline.h"
#include "core/rule/evaluate.h"
#include "core/window/recall.h"

#include <stdlib.h>

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

bool otr_profile_is_fault(const otr_profile_metric *profile, const otr_entry *entry)
{
    if (profile == NULL || entry->kind != OTR_KIND_NUMBER)
        return false;
    for (size_t i = 0; i < profile->fault_count; i++)
        if (entry->number == profile->fault_values[i])
            return true;
    return entry->number < profile->low || entry->number > profile->high;
}

bool otr_device_is_fault(const otr_device *device, const otr_entry *entry)
{
    const otr_slot *slot = otr_device_slot(device, entry->metric);
    return slot != NULL && otr_profile_is_fault(slot->profile, entry);
}

/* The slot to write, or NULL when the device has too many metrics or memory is out. */
static otr_slot *slot_for(otr_core *core, otr_device *device, uint32_t metric)
{
    otr_slot *slot = (otr_slot *)otr_device_slot(device, metric);
    if (slot != NULL || device->slot_count >= OTR_LIMIT_METRICS_PER_DEVICE)
        return slot;
    return otr_device_add_slot(core, device, metric);
}

/* The silence that this instant ended is entered as one. */
static void enter_gap(otr_core *core, otr_asset_state *asset, uint32_t number, const uint16_t *written,
                      size_t written_count)
{
    const otr_device *device = &core->devices[number];
    uint32_t metrics[OTR_INSTANT_READINGS];
    size_t count = 0;
    otr_time from = OTR_TIME_NEVER;
    for (size_t i = 0; i < written_count; i++) {
        const otr_slot *slot = &device->slots[written[i]];
        if (slot->gap == 0)
            continue;
        otr_time last = slot->at - slot->gap - slot->profile->valid_for;
        metrics[count++] = slot->metric;
        from = last < from ? last : from;
    }
    if (count > 0)
        otr_proof_gap(core, asset, number, metrics, count, from, device->newest);
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
        if (slot == NULL || otr_profile_is_fault(slot->profile, &entries[i])) {
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
    if (longest_gap > 0 && asset != NULL && core->recount == NULL)
        enter_gap(core, asset, number, written, written_count);
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

/*
 * Readings of one device that carry the same stamp, in one upload, are one instant. A metric that comes twice
 * under one stamp begins a new instant, so both values are judged. An instant older than the newest of its
 * asset is late: it joins the asset's timeline and is judged in its place once its backlog has settled.
 */
#include "core/device/arrival.h"

#include "core/alarm/alarm.h"
#include "core/device/device.h"
#include "core/device/timeline.h"
#include "core/rule/evaluate.h"
#include "core/ticket/evidence.h"

#include <stdlib.h>

/* A device that says nothing for so long may have stored what it measured, though no profile knows how often
 * it should report. */
#define OTR_UNHEARD_US (15 * OTR_MINUTE)
/* What spans so much in one upload was stored on the way: what began and ended in it is history when it
 * comes. */
#define OTR_STORED_US (10 * OTR_MINUTE)

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
    for (size_t i = 0; i < count && asset != NULL; i++)
        otr_evidence_add(core, &core->assets[device->asset], number, &instant[i]);
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

void otr_arrival_heard(otr_core *core, uint32_t number)
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
    otr_evidence_rewind(&core->assets[device->asset], core->now.utc);
    for (uint32_t i = 0; i < asset->device_count; i++)
        if (is_ahead(core, core->devices[asset->devices[i]].newest))
            core->devices[asset->devices[i]].newest = OTR_TIME_NONE;
}

static bool is_in_order(const otr_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (entries[i].at < entries[i - 1].at)
            return false;
    return true;
}

/* Those of one stamp stay in their order. */
static int by_stamp(const void *a, const void *b)
{
    const otr_entry *left = *(const otr_entry *const *)a;
    const otr_entry *right = *(const otr_entry *const *)b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return (left > right) - (left < right);
}

/* An upload may list one metric after the other, or its newest reading first: it is read by its stamps. NULL
 * with core->failed when memory is out. */
static otr_entry *sort(otr_core *core, const otr_entry *entries, size_t count)
{
    const otr_entry **order = calloc(count, sizeof(const otr_entry *));
    otr_entry *sorted = calloc(count, sizeof *sorted);
    if (order != NULL && sorted != NULL) {
        for (size_t i = 0; i < count; i++)
            order[i] = &entries[i];
        qsort(order, count, sizeof(const otr_entry *), by_stamp);
        for (size_t i = 0; i < count; i++)
            sorted[i] = *order[i];
    } else {
        core->failed = true;
        free(sorted);
        sorted = NULL;
    }
    free(order);
    return sorted;
}

/* In order. What is dated into the future comes last and says nothing of when it was measured. */
static bool is_stored(const otr_entry *entries, size_t count)
{
    while (count > 0 && entries[count - 1].quality == OTR_QUALITY_FUTURE)
        count--;
    return count > 0 && entries[count - 1].at - entries[0].at >= OTR_STORED_US;
}

static void prove(otr_core *core, uint32_t number, const otr_entry *entries, size_t count)
{
    const otr_device *device = &core->devices[number];
    otr_asset_state *asset = device->asset != OTR_NONE ? &core->assets[device->asset] : NULL;
    for (size_t i = 0; i < count && asset != NULL && asset->proof != NULL; i++)
        otr_proof_reading(core, asset, number, &entries[i], otr_device_is_fault(device, &entries[i]));
}

static void take_sorted(otr_core *core, uint32_t number, const otr_entry *entries, size_t count)
{
    otr_device *device = otr_device_get(core, number);
    if (device == NULL)
        return;
    core->stats.readings += count;
    rewind_clock(core, device);
    uint32_t asset = device->asset;
    if (asset != OTR_NONE) {
        otr_asset_view_touch(core, asset); /* before what it brings */
        otr_evaluate_heard(core, asset);
    }
    const otr_timeline *timeline = asset != OTR_NONE ? core->assets[asset].timeline : NULL;
    core->stored = asset != OTR_NONE && is_stored(entries, count);
    arrival so_far = {.waited = timeline != NULL && timeline->late_count > 0, .in_order = true};
    for (size_t i = 0; i < count && !core->failed;) {
        otr_entry instant[OTR_INSTANT_READINGS];
        size_t instant_count = 0;
        size_t first = i;
        if (entries[i].quality == OTR_QUALITY_FUTURE) {
            core->stats.readings_bad++;
            i++;
        } else {
            i = gather(core, entries, i, count, instant, &instant_count);
        }
        prove(core, number, entries + first, i - first);
        if (instant_count > 0)
            take_instant(core, number, instant, instant_count, &so_far);
    }
    if (asset == OTR_NONE)
        return;
    if (core->stored)
        otr_alarm_tell_open(core, &core->assets[asset]);
    core->stored = false;
    otr_timeline_uploaded(core, asset, so_far.in_order && !so_far.waited);
    /* What is due by now fires before the next upload, in whichever step that comes. */
    otr_evaluate_advance(core, &core->assets[asset], otr_evaluate_time(core, &core->assets[asset]), false);
    otr_evaluate_schedule(core, asset);
}

void otr_arrival_take(otr_core *core, uint32_t number, const otr_entry *entries, size_t count)
{
    if (is_in_order(entries, count)) {
        take_sorted(core, number, entries, count);
        return;
    }
    otr_entry *sorted = sort(core, entries, count);
    if (sorted != NULL)
        take_sorted(core, number, sorted, count);
    free(sorted);
}

#include "core/view/device_view.h"

#include "core/device/device.h"

/* By age, the newest first; of one age by the order of their first report. */
static void insert(otr_device_view *view, const otr_device_reading *one)
{
    size_t at = view->count;
    while (at > 0 && view->readings[at - 1].at < one->at)
        at--;
    if (view->count == OTR_DEVICE_VIEW_READINGS) {
        view->more++;
        if (at == view->count)
            return;
    } else {
        view->count++;
    }
    memmove(&view->readings[at + 1], &view->readings[at], (view->count - 1 - at) * sizeof *one);
    view->readings[at] = *one;
}

static bool is_told_silent(const otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->plan->silent_count; i++) {
        unsigned phase = asset->states[asset->plan->silent[i]].phase;
        if (phase == OTR_PHASE_ACTIVE || phase == OTR_PHASE_CLEARING)
            return true;
    }
    return false;
}

static void look(const otr_core *core, uint32_t number, otr_time utc, otr_device_view *out)
{
    const otr_device *device = number < core->device_capacity ? &core->devices[number] : NULL;
    const otr_asset_state *asset =
        device != NULL && device->asset < core->asset_count ? &core->assets[device->asset] : NULL;
    bool expects = false;
    bool counts = false;
    out->number = number;
    out->device = otr_names_get(&core->device_names, number);
    out->asset = asset != NULL ? asset->asset->id : OTR_STR("");
    out->last = device != NULL ? device->newest : OTR_TIME_NONE;
    out->count = 0;
    out->more = 0;
    for (uint32_t i = 0; device != NULL && i < device->slot_count; i++) {
        const otr_slot *slot = &device->slots[i];
        otr_time until = otr_slot_valid_until(slot);
        if (slot->kind == OTR_KIND_ANY)
            continue;
        otr_device_reading one = {.metric = otr_names_get(&core->metric_names, slot->metric),
                                  .at = slot->at,
                                  .stale = utc != OTR_TIME_NONE && until <= utc};
        otr_slot_value(slot, &one.value);
        expects = expects || until != OTR_TIME_NEVER;
        counts = counts || (until != OTR_TIME_NEVER && !one.stale);
        insert(out, &one);
    }
    out->silent = (expects && !counts) || (asset != NULL && is_told_silent(asset));
}

void otr_core_devices(const otr_core *core, uint32_t from, otr_time utc, void *context,
                      bool (*each)(void *context, const otr_device_view *device))
{
    otr_device_view view;
    for (uint32_t i = from; i < core->device_names.count; i++) {
        look(core, i, utc, &view);
        if (!each(context, &view))
            return;
    }
}

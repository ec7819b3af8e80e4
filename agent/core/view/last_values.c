#include "core/view/last_values.h"

#include "core/state.h"

static otr_entry entry_of(const otr_slot *slot)
{
    otr_entry entry = {
        .metric = slot->metric, .kind = slot->kind, .quality = OTR_QUALITY_GOOD, .at = slot->at};
    switch ((otr_kind)slot->kind) {
    case OTR_KIND_NUMBER:
        entry.number = slot->number;
        break;
    case OTR_KIND_BOOL:
        entry.flag = slot->flag;
        break;
    case OTR_KIND_TEXT:
        entry.text = (otr_str){slot->text.data, slot->text.size};
        break;
    case OTR_KIND_LOCATION:
        entry.location.latitude = slot->location.latitude;
        entry.location.longitude = slot->location.longitude;
        break;
    case OTR_KIND_ANY:
        break;
    }
    return entry;
}

bool otr_core_last_values(const otr_core *core, void *context,
                          bool (*each)(void *context, uint32_t device, const otr_entry *entry))
{
    for (uint32_t d = 0; d < core->device_names.count && d < core->device_capacity; d++) {
        const otr_device *device = &core->devices[d];
        for (uint16_t i = 0; i < device->slot_count; i++) {
            otr_entry entry = entry_of(&device->slots[i]);
            if (entry.kind != OTR_KIND_ANY && !each(context, d, &entry))
                return false;
        }
    }
    return true;
}

otr_str otr_core_metric_name(const otr_core *core, uint32_t metric)
{
    return otr_names_get(&core->metric_names, metric);
}

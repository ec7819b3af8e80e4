/* Device state: last values, instants. */
#ifndef OTR_CORE_DEVICE_H
#define OTR_CORE_DEVICE_H

#include "core/state.h"

/* The device of that number, made when new; NULL when memory is out. */
otr_device *otr_device_get(otr_core *core, uint32_t number);
/* Applies readings of one instant and judges it: at most OTR_INSTANT_READINGS, good ones of one stamp, each
 * metric once. Returns whether it ended a gap. */
bool otr_device_apply(otr_core *core, uint32_t number, const otr_entry *entries, size_t count);
/* A value that the sensor gives when it fails, or one outside what it can measure; profile may be NULL. */
bool otr_profile_is_fault(const otr_profile_metric *profile, const otr_entry *entry);
/* The same by the device's own profile. */
bool otr_device_is_fault(const otr_device *device, const otr_entry *entry);
/* No value is known any more. */
void otr_device_forget(otr_device *device);
/* The slot of a metric, or NULL. */
const otr_slot *otr_device_slot(const otr_device *device, uint32_t metric);
/* Points the slots at the profile of the device's asset. */
void otr_device_profile(otr_core *core, otr_device *device, const otr_profile *profile);
/* Writes a slot without judging: for the snapshot. */
otr_slot *otr_device_add_slot(otr_core *core, otr_device *device, uint32_t metric);
bool otr_slot_set(otr_slot *slot, const otr_entry *entry);
void otr_slot_clear(otr_slot *slot);
bool otr_slot_equal(const otr_slot *slot, const otr_entry *entry);
/* The slot holds a value. */
void otr_slot_value(const otr_slot *slot, otr_value *out);
/* The event time at which the slot's value stops being valid; NEVER without a profile. */
static inline otr_time otr_slot_valid_until(const otr_slot *slot)
{
    if (slot->profile == NULL || slot->profile->valid_for == 0)
        return OTR_TIME_NEVER;
    return otr_time_add(slot->at, slot->profile->valid_for);
}

#endif

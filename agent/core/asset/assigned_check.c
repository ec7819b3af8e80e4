/* Whether an assignment fits beside what holds, before it becomes active. */
#include "core/asset/assigned_merge.h"

#include <stdio.h>

/* "belongs to box-1 until 2026-03-01T08:00:00Z". */
static otr_status refuse_device(const otr_core *core, const otr_asset *asset, otr_str device, otr_str owner,
                                otr_error *error)
{
    char until[OTR_TIME_TEXT_BYTES] = "";
    const otr_assigned *one = otr_assigned_find(&core->assigned, owner);
    bool ends = one != NULL && one->loaded != NULL && one->loaded->terms.until != OTR_TIME_NONE;
    if (ends)
        otr_time_format(one->loaded->terms.until, until);
    return otr_fail_at(error, OTR_INVALID, asset->line, asset->column,
                       "%.*s belongs to %.*s%s%s; end that, or begin this with \"from: after %.*s\"",
                       OTR_STR_ARG(device), OTR_STR_ARG(owner), ends ? " until " : "", until,
                       OTR_STR_ARG(owner));
}

/* The device that will serve where this new version of what holds says device. */
static otr_str device_after(const otr_core *core, const otr_asset *asset, otr_str device)
{
    for (uint32_t i = 0; i < core->assigned.replaced_count; i++) {
        const otr_replaced *one = &core->assigned.replaced[i];
        if (otr_str_equal(one->asset, asset->id) && otr_str_equal(one->old, device))
            return otr_replaced_stays(one, asset) ? one->fresh : device;
    }
    return device;
}

static otr_status check_devices(const otr_core *core, const otr_assigned *before,
                                const otr_assignments *loaded, otr_error *error)
{
    const otr_asset *asset = &loaded->assets[0];
    bool goes_on = before != NULL && before->loaded != NULL && before->state == OTR_ASSIGNED_ACTIVE;
    bool waits = loaded->terms.after.size > 0 || loaded->terms.from != OTR_TIME_NONE;
    if (waits && !goes_on)
        return OTR_OK; /* it begins when they are free */
    for (size_t i = 0; i < asset->device_count; i++) {
        otr_str device = goes_on ? device_after(core, asset, asset->devices[i]) : asset->devices[i];
        otr_str owner = otr_assigned_owner(core, device, asset->id);
        if (owner.size > 0)
            return refuse_device(core, asset, device, owner, error);
    }
    return OTR_OK;
}

static otr_status check_names(const otr_core *core, const otr_asset *asset, otr_error *error)
{
    if (asset->profile_name.size > 0 && otr_assigned_profile(core, asset->profile_name) == NULL)
        return otr_fail_at(error, OTR_INVALID, asset->line, asset->column,
                           "there is no profile %.*s, here or among the assignments",
                           OTR_STR_ARG(asset->profile_name));
    if (asset->customer_name.size > 0 &&
        (core->assignments == NULL ||
         otr_assignments_contact(core->assignments, asset->customer_name) == NULL))
        return otr_fail_at(error, OTR_INVALID, asset->line, asset->column,
                           "there is no customer %.*s, here or among the assignments",
                           OTR_STR_ARG(asset->customer_name));
    return OTR_OK;
}

otr_status otr_assigned_check(const otr_core *core, otr_str asset, const otr_assignments *loaded,
                              otr_error *error)
{
    const otr_asset *one = &loaded->assets[0];
    const otr_assignment_terms *terms = &loaded->terms;
    if (!terms->given || !otr_str_equal(one->id, asset))
        return otr_fail_at(error, OTR_INVALID, one->line, one->column,
                           "an assignment by command has a key assignment, and is of %.*s",
                           OTR_STR_ARG(asset));
    const otr_assigned *before = otr_assigned_find(&core->assigned, asset);
    if (before != NULL && before->loaded != NULL && terms->version <= before->loaded->terms.version)
        return otr_fail_at(error, OTR_INVALID, terms->line, terms->column,
                           "version %lld of %.*s is there; this is version %lld",
                           (long long)before->loaded->terms.version, OTR_STR_ARG(asset),
                           (long long)terms->version);
    if (otr_assignments_asset(core->assigned.stated, asset) != NULL)
        return otr_fail_at(error, OTR_INVALID, one->line, one->column,
                           "%.*s stands in the assignments of the configuration", OTR_STR_ARG(asset));
    otr_status status = check_devices(core, before, loaded, error);
    return status == OTR_OK ? check_names(core, one, error) : status;
}

otr_status otr_assigned_check_stated(const otr_core *core, const otr_assignments *loaded, otr_error *error)
{
    const otr_assigneds *all = &core->assigned;
    for (size_t i = 0; i < loaded->asset_count && all->count > 0; i++) {
        const otr_asset *asset = &loaded->assets[i];
        const otr_assigned *one = otr_assigned_find(all, asset->id);
        if (one != NULL && one->loaded != NULL && one->state != OTR_ASSIGNED_ENDED)
            return otr_fail_at(error, OTR_INVALID, asset->line, asset->column,
                               "%.*s is assigned by command; end that first", OTR_STR_ARG(asset->id));
    }
    for (uint32_t i = 0; i < all->count; i++) {
        const otr_assigned *one = &all->list[i];
        const otr_asset *held = one->loaded != NULL ? &one->loaded->assets[0] : NULL;
        for (size_t d = 0; held != NULL && one->state == OTR_ASSIGNED_ACTIVE && d < held->device_count; d++) {
            otr_str device = otr_replaced_device(core, held->id, held->devices[d]);
            const otr_asset *asset = otr_assignments_find(loaded, device);
            if (asset != NULL)
                return otr_fail_at(error, OTR_INVALID, asset->line, asset->column,
                                   "%.*s belongs to %.*s, which is assigned by command; end that first",
                                   OTR_STR_ARG(device), OTR_STR_ARG(held->id));
        }
    }
    return OTR_OK;
}

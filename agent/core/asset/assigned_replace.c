/* Devices that took the place of others in the midst of an assignment, and who has which device. */
#include "core/asset/assigned_merge.h"
#include "core/bind.h"

#include <stdlib.h>

static otr_str own(otr_core *core, otr_str text)
{
    char *copy = malloc(text.size + 1);
    core->failed |= copy == NULL;
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return (otr_str){copy, copy != NULL ? text.size : 0};
}

otr_str otr_replaced_device(const otr_core *core, otr_str asset, otr_str device)
{
    for (uint32_t i = 0; i < core->assigned.replaced_count; i++) {
        const otr_replaced *one = &core->assigned.replaced[i];
        if (otr_str_equal(one->asset, asset) && otr_str_equal(one->old, device))
            return one->fresh;
    }
    return device;
}

static void take_out(otr_assigneds *all, uint32_t at)
{
    free((char *)all->replaced[at].asset.data);
    free((char *)all->replaced[at].old.data);
    free((char *)all->replaced[at].fresh.data);
    all->replaced_count--;
    memmove(&all->replaced[at], &all->replaced[at + 1], (all->replaced_count - at) * sizeof *all->replaced);
}

/* One that took a place and goes itself leaves one entry, so that there are never more than devices. */
void otr_replaced_put(otr_core *core, otr_str asset, otr_str old, otr_str fresh)
{
    otr_assigneds *all = &core->assigned;
    for (uint32_t i = 0; i < all->replaced_count; i++) {
        otr_replaced *one = &all->replaced[i];
        if (!otr_str_equal(one->asset, asset) || !otr_str_equal(one->fresh, old))
            continue;
        if (otr_str_equal(one->old, fresh)) {
            take_out(all, i); /* it is back */
            return;
        }
        free((char *)one->fresh.data);
        one->fresh = own(core, fresh);
        return;
    }
    otr_replaced *list = realloc(all->replaced, (all->replaced_count + 1) * sizeof *list);
    if (list == NULL) {
        core->failed = true;
        return;
    }
    all->replaced = list;
    list[all->replaced_count++] = (otr_replaced){own(core, asset), own(core, old), own(core, fresh)};
}

static bool states(const otr_asset *asset, otr_str device)
{
    for (size_t i = 0; i < asset->device_count; i++)
        if (otr_str_equal(asset->devices[i], device))
            return true;
    return false;
}

bool otr_replaced_stays(const otr_replaced *one, const otr_asset *asset)
{
    return asset != NULL && states(asset, one->old) && !states(asset, one->fresh);
}

void otr_replaced_keep(otr_core *core, otr_str name, const otr_asset *asset)
{
    for (uint32_t i = core->assigned.replaced_count; i-- > 0;) {
        const otr_replaced *one = &core->assigned.replaced[i];
        if (otr_str_equal(one->asset, name) && !otr_replaced_stays(one, asset))
            take_out(&core->assigned, i);
    }
}

otr_refusal otr_assigned_replace(otr_core *core, const otr_command *command)
{
    const otr_asset *asset =
        core->assignments != NULL ? otr_assignments_find(core->assignments, command->rule) : NULL;
    if (asset == NULL)
        return OTR_REFUSAL_NO_DEVICE;
    if (otr_assignments_find(core->assignments, command->asset) != NULL)
        return OTR_REFUSAL_DEVICE_TAKEN;
    otr_replaced_put(core, asset->id, command->rule, command->asset);
    otr_assigned_rebind(core);
    otr_bind_all(core);
    return OTR_REFUSAL_ACCEPTED;
}

/* ---- who has a device ---- */

static bool names(const otr_core *core, const otr_asset *asset, otr_str device)
{
    for (size_t i = 0; i < asset->device_count; i++)
        if (otr_str_equal(otr_replaced_device(core, asset->id, asset->devices[i]), device))
            return true;
    return false;
}

/* Those of the file that begin with this device as it stands there, or got it in the place of another. */
static const otr_asset *stated_owner(const otr_core *core, otr_str device)
{
    const otr_assignments *stated = core->assigned.stated;
    const otr_asset *asset = stated != NULL ? otr_assignments_find(stated, device) : NULL;
    if (asset != NULL && names(core, asset, device) && otr_assigned_find(&core->assigned, asset->id) == NULL)
        return asset;
    for (uint32_t i = 0; i < core->assigned.replaced_count; i++) {
        const otr_replaced *one = &core->assigned.replaced[i];
        if (otr_str_equal(one->fresh, device) && otr_assigned_find(&core->assigned, one->asset) == NULL)
            return otr_assignments_asset(stated, one->asset);
    }
    return NULL;
}

otr_str otr_assigned_owner(const otr_core *core, otr_str device, otr_str except)
{
    for (uint32_t i = 0; i < core->assigned.count; i++) {
        const otr_assigned *one = &core->assigned.list[i];
        if (one->state == OTR_ASSIGNED_ACTIVE && one->loaded != NULL && !otr_str_equal(one->asset, except) &&
            names(core, &one->loaded->assets[0], device))
            return one->asset;
    }
    const otr_asset *asset = stated_owner(core, device);
    return asset != NULL && !otr_str_equal(asset->id, except) ? asset->id : (otr_str){NULL, 0};
}

#include "core/asset/assigned_merge.h"

#include "core/bind.h"

#include <stdlib.h>

static int by_asset(const void *asset, const void *one)
{
    return otr_str_compare(*(const otr_str *)asset, ((const otr_assigned *)one)->asset);
}

otr_assigned *otr_assigned_find(const otr_assigneds *all, otr_str asset)
{
    return all->count > 0 ? bsearch(&asset, all->list, all->count, sizeof *all->list, by_asset) : NULL;
}

const otr_profile *otr_assigned_profile(const otr_core *core, otr_str name)
{
    const otr_assigneds *all = &core->assigned;
    for (size_t i = 0; all->stated != NULL && i < all->stated->profile_count; i++)
        if (otr_str_equal(all->stated->profiles[i].name, name))
            return &all->stated->profiles[i];
    for (uint32_t i = 0; i < all->count; i++) {
        const otr_assignments *one = all->list[i].loaded;
        for (size_t k = 0; one != NULL && k < one->profile_count; k++)
            if (otr_str_equal(one->profiles[k].name, name))
                return &one->profiles[k];
    }
    return NULL;
}

typedef struct merging {
    otr_core *core;
    otr_assignments *made;
    otr_asset *assets;
    otr_contact *customers;
    struct otr_assigned_device *devices;
    otr_names taken;      /* devices */
    otr_names references; /* customers, by their place in the list */
} merging;

/* A device goes once: to the first that has it. */
static bool has_device(const merging *to, otr_str device)
{
    return otr_names_find(&to->taken, device) != OTR_NAME_NONE;
}

static bool add_devices(merging *to, otr_asset *asset)
{
    otr_str *devices = otr_arena_array(&to->made->memory, asset->device_count + 1, sizeof *devices);
    otr_str *roles = otr_arena_array(&to->made->memory, asset->device_count + 1, sizeof *roles);
    size_t count = 0;
    if (devices == NULL || roles == NULL)
        return false;
    for (size_t i = 0; i < asset->device_count; i++) {
        /* the old is compared with the new once what was swapped is gone */
        otr_str device =
            otr_arena_copy(&to->made->memory, otr_replaced_device(to->core, asset->id, asset->devices[i]));
        if (device.data == NULL)
            return false;
        if (has_device(to, device))
            continue;
        if (otr_names_put(&to->taken, device, NULL) == OTR_NAME_NONE)
            return false;
        devices[count] = device;
        roles[count++] = asset->roles[i];
        to->devices[to->made->device_count++] =
            (struct otr_assigned_device){device, (uint32_t)to->made->asset_count};
    }
    asset->devices = devices;
    asset->roles = roles;
    asset->device_count = count;
    return true;
}

static bool add_asset(merging *to, const otr_asset *one)
{
    otr_asset *asset = &to->assets[to->made->asset_count];
    *asset = *one;
    if (asset->profile == NULL && asset->profile_name.size > 0)
        asset->profile = otr_assigned_profile(to->core, asset->profile_name);
    if (asset->customer == NULL && asset->customer_name.size > 0) {
        uint32_t number = otr_names_find(&to->references, asset->customer_name);
        asset->customer = number != OTR_NAME_NONE ? &to->customers[number] : NULL;
    }
    if (!add_devices(to, asset))
        return false;
    to->made->asset_count++;
    return true;
}

/* The newest of a reference counts: they come before those of the file. */
static bool add_customers(merging *to, const otr_assignments *from)
{
    for (size_t i = 0; from != NULL && i < from->customer_count; i++) {
        bool added = false;
        if (otr_names_put(&to->references, from->customers[i].reference, &added) == OTR_NAME_NONE)
            return false;
        if (added)
            to->customers[to->made->customer_count++] = from->customers[i];
    }
    return true;
}

/* By command, or over. */
static bool is_elsewhere(const otr_core *core, otr_str asset)
{
    return otr_assigned_find(&core->assigned, asset) != NULL;
}

static int by_device(const void *a, const void *b)
{
    return otr_str_compare(((const struct otr_assigned_device *)a)->device,
                           ((const struct otr_assigned_device *)b)->device);
}

static int by_change(const void *a, const void *b)
{
    const otr_assigned *left = *(const otr_assigned *const *)a;
    const otr_assigned *right = *(const otr_assigned *const *)b;
    if (left->changed != right->changed)
        return left->changed < right->changed ? -1 : 1;
    return otr_str_compare(left->asset, right->asset);
}

static bool prepare(merging *to)
{
    const otr_assigneds *all = &to->core->assigned;
    const otr_assignments *stated = all->stated;
    size_t assets = all->count + (stated != NULL ? stated->asset_count : 0);
    size_t customers = stated != NULL ? stated->customer_count : 0;
    size_t devices = stated != NULL ? stated->device_count : 0;
    for (uint32_t i = 0; i < all->count; i++) {
        customers += all->list[i].loaded != NULL ? all->list[i].loaded->customer_count : 0;
        devices += all->list[i].loaded != NULL ? all->list[i].loaded->device_count : 0;
    }
    to->assets = otr_arena_array(&to->made->memory, assets + 1, sizeof *to->assets);
    to->customers = otr_arena_array(&to->made->memory, customers + 1, sizeof *to->customers);
    to->devices = otr_arena_array(&to->made->memory, devices + 1, sizeof *to->devices);
    to->made->assets = to->assets;
    to->made->customers = to->customers;
    to->made->devices = to->devices;
    return to->assets != NULL && to->customers != NULL && to->devices != NULL;
}

static bool fill(merging *to)
{
    const otr_assigneds *all = &to->core->assigned;
    const otr_assigned **order = calloc(all->count + 1, sizeof(void *));
    if (order == NULL)
        return false;
    size_t count = 0;
    for (uint32_t i = 0; i < all->count; i++)
        if (all->list[i].loaded != NULL && all->list[i].state != OTR_ASSIGNED_ENDED)
            order[count++] = &all->list[i];
    qsort(order, count, sizeof(void *), by_change);
    bool ok = true;
    for (size_t i = count; ok && i-- > 0;)
        ok = add_customers(to, order[i]->loaded);
    ok = ok && add_customers(to, all->stated);
    for (size_t i = 0; ok && all->stated != NULL && i < all->stated->asset_count; i++)
        if (!is_elsewhere(to->core, all->stated->assets[i].id))
            ok = add_asset(to, &all->stated->assets[i]);
    for (size_t i = 0; ok && i < count; i++)
        if (order[i]->state == OTR_ASSIGNED_ACTIVE)
            ok = add_asset(to, &order[i]->loaded->assets[0]);
    free(order);
    qsort(to->devices, to->made->device_count, sizeof *to->devices, by_device);
    return ok;
}

void otr_assigned_merge(otr_core *core)
{
    otr_assigneds *all = &core->assigned;
    otr_bind_retire(core, all->merged ? core->assignments : NULL);
    otr_ledgers_rebound(core);
    core->assignments = all->stated;
    all->merged = (all->count > 0 || all->replaced_count > 0) && !core->failed;
    if (!all->merged)
        return;
    merging to = {.core = core, .made = calloc(1, sizeof *to.made)};
    bool ok = to.made != NULL && prepare(&to);
    if (ok && all->stated != NULL) {
        to.made->staff = all->stated->staff;
        to.made->staff_count = all->stated->staff_count;
    }
    ok = ok && fill(&to);
    otr_names_done(&to.taken);
    otr_names_done(&to.references);
    core->failed |= !ok;
    core->assignments = to.made;
    otr_ledgers_rebound(core);
}

#include "core/asset/assignment.h"

#include "base/limits.h"
#include "core/asset/assignment_build.h"

#include <stdlib.h>

static otr_status build_assets(otr_assignment_build *build, const otr_yaml *node, otr_assignments *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    if (count > OTR_LIMIT_ASSETS)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d assets",
                           OTR_LIMIT_ASSETS);
    otr_asset *assets = otr_arena_array(build->memory, count, sizeof *assets);
    otr_named *names = otr_arena_array(build->scratch, count, sizeof *names);
    if (assets == NULL || names == NULL)
        return otr_build_memory(build);
    out->assets = assets;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        uint32_t number = (uint32_t)out->asset_count++;
        status = otr_build_asset(build, entry, &assets[number]);
        if (status != OTR_OK)
            return status;
        names[number] = (otr_named){assets[number].id, number, otr_yaml_get(entry, "asset")};
    }
    return otr_named_sort(build, names, count, "asset");
}

/* The device index: every device of every asset by name, each at most once. */
static otr_status index_devices(const otr_assignment_build *build, const otr_yaml *node, otr_assignments *out)
{
    size_t count = 0;
    for (size_t i = 0; i < out->asset_count; i++)
        count += out->assets[i].device_count;
    if (count > OTR_LIMIT_DEVICES)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d devices",
                           OTR_LIMIT_DEVICES);
    struct otr_assigned_device *devices = otr_arena_array(build->memory, count, sizeof *devices);
    otr_named *names = otr_arena_array(build->scratch, count, sizeof *names);
    uint32_t *owners = otr_arena_array(build->scratch, count, sizeof *owners);
    if (devices == NULL || names == NULL || owners == NULL)
        return otr_build_memory(build);
    uint32_t number = 0;
    uint32_t asset = 0;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next, asset++) {
        const otr_yaml *list = otr_yaml_get(entry, "devices");
        const otr_yaml *device = list != NULL ? list->first : NULL;
        for (size_t i = 0; i < out->assets[asset].device_count; i++, device = device->next) {
            owners[number] = asset;
            names[number] = (otr_named){out->assets[asset].devices[i], number, device};
            number++;
        }
    }
    otr_status status = otr_named_sort(build, names, count, "device");
    if (status != OTR_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        devices[i] = (struct otr_assigned_device){names[i].name, owners[names[i].number]};
    out->devices = devices;
    out->device_count = count;
    return OTR_OK;
}

static otr_status build_all(otr_assignment_build *build, const otr_yaml *root, otr_assignments *out)
{
    static const char *const known[] = {"version", "profiles",   "customers", "staff",
                                        "assets",  "assignment", NULL};
    const otr_yaml *version;
    int64_t number;
    otr_status status = otr_yaml_kind_is(root, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "version", &version, build->error);
    if (status == OTR_OK)
        status = otr_yaml_i64(version, 1, 1, &number, build->error);
    const otr_yaml *terms = otr_yaml_get(root, "assignment");
    if (status == OTR_OK && terms != NULL)
        status = otr_build_terms(build, terms);
    const otr_yaml *profiles = otr_yaml_get(root, "profiles");
    const otr_yaml *customers = otr_yaml_get(root, "customers");
    const otr_yaml *staff = otr_yaml_get(root, "staff");
    const otr_yaml *assets = otr_yaml_get(root, "assets");
    if (status == OTR_OK && profiles != NULL)
        status = otr_build_profiles(build, profiles);
    if (status == OTR_OK && customers != NULL)
        status = otr_build_customers(build, customers);
    if (status == OTR_OK && staff != NULL)
        status = otr_build_staff(build, staff);
    if (status == OTR_OK && !build->terms.given)
        status = otr_build_seconds(build);
    if (status == OTR_OK && assets != NULL)
        status = build_assets(build, assets, out);
    if (status == OTR_OK && assets != NULL)
        status = index_devices(build, assets, out);
    if (status == OTR_OK && terms != NULL && out->asset_count != 1)
        return otr_build_fail(build, terms, "an assignment by command has one asset");
    if (status == OTR_OK && terms != NULL && otr_str_equal(build->terms.after, out->assets[0].id))
        return otr_build_fail(build, terms, "an asset does not wait for itself");
    return status;
}

otr_status otr_assignments_load(otr_str yaml, otr_assignments **out, otr_error *error)
{
    *out = NULL;
    otr_assignments *made = calloc(1, sizeof *made);
    if (made == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena scratch = {0};
    otr_assignment_build build = {.memory = &made->memory, .scratch = &scratch, .error = error};
    otr_yaml *root = NULL;
    otr_status status = otr_yaml_parse_within(&scratch, yaml, OTR_LIMIT_ASSIGNMENTS_BYTES,
                                              OTR_LIMIT_ASSIGNMENTS_NODES, &root, error);
    if (status == OTR_OK)
        status = build_all(&build, root, made);
    made->terms = build.terms;
    made->zones = build.zones;
    made->zone_count = build.zone_count;
    made->profiles = build.profiles;
    made->profile_count = build.profile_count;
    made->customers = build.customers;
    made->customer_count = build.customer_count;
    made->staff = build.staff;
    made->staff_count = build.staff_count;
    if (scratch.failed || made->memory.failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&scratch);
    if (status != OTR_OK) {
        otr_assignments_free(made);
        return status;
    }
    *out = made;
    return OTR_OK;
}

void otr_assignments_free(otr_assignments *assignments)
{
    if (assignments == NULL)
        return;
    otr_arena_done(&assignments->memory);
    free(assignments);
}

/* What is found by name begins with it. */
static int by_name(const void *name, const void *one)
{
    return otr_str_compare(*(const otr_str *)name, *(const otr_str *)one);
}

static const void *find(otr_str name, const void *list, size_t count, size_t size)
{
    return count > 0 ? bsearch(&name, list, count, size, by_name) : NULL;
}

const otr_asset *otr_assignments_find(const otr_assignments *assignments, otr_str device)
{
    const struct otr_assigned_device *found =
        find(device, assignments->devices, assignments->device_count, sizeof *assignments->devices);
    return found != NULL ? &assignments->assets[found->asset] : NULL;
}

const otr_asset *otr_assignments_asset(const otr_assignments *assignments, otr_str id)
{
    for (size_t i = 0; assignments != NULL && i < assignments->asset_count; i++)
        if (otr_str_equal(assignments->assets[i].id, id))
            return &assignments->assets[i];
    return NULL;
}

const otr_value *otr_asset_field(const otr_asset *asset, otr_str path)
{
    return otr_field_find(asset->fields, asset->field_count, path);
}

const otr_place *otr_asset_place(const otr_asset *asset, otr_str name)
{
    for (size_t i = 0; i < asset->place_count; i++)
        if (otr_str_equal(asset->places[i].name, name))
            return &asset->places[i];
    return NULL;
}

otr_area otr_place_area(const otr_place *place)
{
    return (otr_area){place->latitude, place->longitude, place->radius_m, place->polygon};
}

const otr_profile_metric *otr_profile_find(const otr_profile *profile, otr_str metric)
{
    return find(metric, profile->metrics, profile->metric_count, sizeof *profile->metrics);
}

const otr_profile_command *otr_profile_command_find(const otr_profile *profile, otr_str command)
{
    return find(command, profile->commands, profile->command_count, sizeof *profile->commands);
}

/* One asset: its known keys are checked; every scalar of it, also of keys that we do not know, becomes a
 * field. */
#include "base/limits.h"
#include "base/reading.h"
#include "core/asset/assignment_build.h"

static otr_status add_contents(const otr_assignment_build *build, const otr_yaml *node,
                               otr_field_list *fields)
{
    otr_str text;
    otr_status status = otr_build_contents(build, node, &text);
    if (status == OTR_OK)
        otr_fields_add_text(fields, "contents", text);
    return status;
}

static otr_status build_fields(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    otr_field_list fields = {.memory = build->memory, .error = build->error};
    /* id and those of the route more; name is counted even when it is not in the file */
    size_t of_route = out->route != NULL ? OTR_ROUTE_FIELDS : 0;
    fields.list = otr_arena_array(build->memory, otr_fields_count(node) + 1 + of_route, sizeof *fields.list);
    if (fields.list == NULL)
        return otr_build_memory(build);
    otr_fields_add_text(&fields, "id", out->id);
    otr_fields_add_text(&fields, "class", out->class);
    otr_fields_add_text(&fields, "name", out->name);
    otr_str customer = out->customer != NULL ? out->customer->reference : out->customer_name;
    otr_str profile = out->profile != NULL ? out->profile->name : out->profile_name;
    if (customer.size > 0)
        otr_fields_add_text(&fields, "customer", customer);
    if (profile.size > 0)
        otr_fields_add_text(&fields, "profile", profile);
    otr_status status = out->route != NULL ? otr_build_route_fields(&fields, out->route) : OTR_OK;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        bool limit = otr_str_is(entry->key, "limit");
        status = otr_fields_check_key(&fields, entry);
        if (status == OTR_OK && entry->kind == OTR_YAML_LIST && otr_str_is(entry->key, "contents"))
            status = add_contents(build, entry, &fields);
        else if (status == OTR_OK && (limit || !otr_fields_key_is_fixed(entry->key)))
            status = otr_fields_add(&fields, entry, limit);
    }
    if (status != OTR_OK)
        return status;
    otr_fields_sort(&fields);
    out->fields = fields.list;
    out->field_count = fields.count;
    return OTR_OK;
}

/* DEVICE, or {device: DEVICE, role: ROLE}. */
static otr_status build_device(const otr_assignment_build *build, const otr_yaml *node, otr_str *device,
                               otr_str *role)
{
    static const char *const known[] = {"device", "role", NULL};
    const otr_yaml *name;
    const otr_yaml *part;
    if (node->kind != OTR_YAML_MAP)
        return otr_build_name(build, node, device);
    otr_status status = otr_yaml_need(node, "device", &name, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "role", &part, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = otr_build_name(build, name, device);
    if (status == OTR_OK)
        status = otr_build_text(build, part, role);
    if (status == OTR_OK && !otr_metric_name_ok(*role))
        return otr_build_fail(build, part, "a role has small letters, digits and _ only, at most %d",
                              OTR_LIMIT_METRIC_NAME_BYTES);
    return status;
}

static otr_status build_devices(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    otr_str *list = otr_arena_array(build->memory, otr_yaml_count(node), sizeof *list);
    otr_str *roles = otr_arena_array(build->memory, otr_yaml_count(node), sizeof *roles);
    if (list == NULL || roles == NULL)
        return otr_build_memory(build);
    out->devices = list;
    out->roles = roles;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        status = build_device(build, entry, &list[out->device_count], &roles[out->device_count]);
        out->device_count++;
    }
    return status;
}

/* An assignment by command may name what stands in another one; whether it does shows when it is bound. */
static bool is_elsewhere(const otr_assignment_build *build, const otr_named *list, size_t count,
                         const otr_yaml *node)
{
    bool here = !build->terms.given || node->kind != OTR_YAML_SCALAR;
    for (size_t i = 0; i < count && !here; i++)
        here = otr_str_equal(list[i].name, node->text);
    return !here;
}

static otr_status build_profile(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    uint32_t number = 0;
    if (is_elsewhere(build, build->profile_names, build->profile_count, node))
        return otr_build_text(build, node, &out->profile_name);
    otr_status status =
        otr_named_find(build, build->profile_names, build->profile_count, node, "profile", &number);
    out->profile = status == OTR_OK ? &build->profiles[number] : NULL;
    return status;
}

static otr_status build_customer(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    uint32_t number = 0;
    if (is_elsewhere(build, build->customer_names, build->customer_count, node))
        return otr_build_name(build, node, &out->customer_name);
    otr_status status =
        otr_named_find(build, build->customer_names, build->customer_count, node, "customer", &number);
    out->customer = status == OTR_OK ? &build->customers[number] : NULL;
    return status;
}

static otr_status build_references(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    const otr_yaml *profile = otr_yaml_get(node, "profile");
    const otr_yaml *customer = otr_yaml_get(node, "customer");
    otr_status status = OTR_OK;
    if (profile != NULL)
        status = build_profile(build, profile, out);
    if (status == OTR_OK && customer != NULL)
        status = build_customer(build, customer, out);
    const otr_yaml *contacts = otr_yaml_get(node, "contacts");
    if (status == OTR_OK && contacts != NULL)
        status = otr_build_asset_contacts(build, contacts, out);
    return status;
}

/* Its places and its route, whose places are the asset's too. */
static otr_status build_way(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    const otr_yaml *places = otr_yaml_get(node, "places");
    const otr_yaml *route = otr_yaml_get(node, "route");
    otr_place_list list = {0};
    otr_status status = OTR_OK;
    if (places != NULL || route != NULL)
        status = otr_build_places(build, places, otr_build_route_room(route), &list);
    if (status == OTR_OK && route != NULL)
        status = otr_build_route(build, route, &list, out);
    out->places = list.list;
    out->place_count = list.count;
    return status;
}

otr_status otr_build_asset(otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    const otr_yaml *id;
    const otr_yaml *class = NULL;
    const otr_yaml *name = otr_yaml_get(node, "name");
    const otr_yaml *devices = otr_yaml_get(node, "devices");
    out->line = node->line;
    out->column = node->column;
    otr_status status = otr_yaml_need(node, "asset", &id, build->error);
    if (status == OTR_OK)
        status = otr_build_name(build, id, &out->id);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "class", &class, build->error);
    if (status == OTR_OK)
        status = otr_build_name(build, class, &out->class);
    out->name = out->id;
    if (status == OTR_OK && name != NULL)
        status = otr_build_text(build, name, &out->name);
    if (status == OTR_OK)
        status = build_references(build, node, out);
    if (status == OTR_OK)
        status = build_way(build, node, out);
    if (status == OTR_OK)
        status = otr_build_details(build, node);
    if (status == OTR_OK && devices != NULL)
        status = build_devices(build, devices, out);
    return status == OTR_OK ? build_fields(build, node, out) : status;
}

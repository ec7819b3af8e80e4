/* Whether two assignments say the same of an asset, as far as rules and their history can tell. */
#include "core/asset/assignment.h"

static bool same_value(const otr_value *a, const otr_value *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == OTR_TYPE_NULL)
        return true;
    if (a->type == OTR_TYPE_STRING)
        return otr_str_equal(a->text, b->text);
    if (a->type == OTR_TYPE_BOOL)
        return a->flag == b->flag;
    return a->number == b->number;
}

bool otr_fields_same(const otr_field *a, size_t a_count, const otr_field *b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (!otr_str_equal(a[i].path, b[i].path) || !same_value(&a[i].value, &b[i].value))
            return false;
    return true;
}

static bool same_places(const otr_asset *a, const otr_asset *b)
{
    if (a->place_count != b->place_count)
        return false;
    for (size_t i = 0; i < a->place_count; i++) {
        otr_area left = otr_place_area(&a->places[i]);
        otr_area right = otr_place_area(&b->places[i]);
        if (!otr_str_equal(a->places[i].name, b->places[i].name) || !otr_area_same(&left, &right))
            return false;
    }
    return true;
}

static bool same_devices(const otr_asset *a, const otr_asset *b)
{
    if (a->device_count != b->device_count)
        return false;
    for (size_t i = 0; i < a->device_count; i++)
        if (!otr_str_equal(a->devices[i], b->devices[i]) || !otr_str_equal(a->roles[i], b->roles[i]))
            return false;
    return true;
}

static bool same_metric(const otr_profile_metric *a, const otr_profile_metric *b)
{
    if (!otr_str_equal(a->name, b->name) || a->valid_for != b->valid_for || a->low != b->low ||
        a->high != b->high || a->fault_count != b->fault_count)
        return false;
    for (size_t i = 0; i < a->fault_count; i++)
        if (a->fault_values[i] != b->fault_values[i])
            return false;
    return true;
}

static bool same_profile(const otr_profile *a, const otr_profile *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->metric_count != b->metric_count)
        return false;
    for (size_t i = 0; i < a->metric_count; i++)
        if (!same_metric(&a->metrics[i], &b->metrics[i]))
            return false;
    return true;
}

bool otr_asset_same(const otr_asset *a, const otr_asset *b)
{
    return otr_fields_same(a->fields, a->field_count, b->fields, b->field_count) && same_places(a, b) &&
           otr_route_same(a->route, b->route) && same_devices(a, b) && same_profile(a->profile, b->profile);
}

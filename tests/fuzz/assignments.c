/* Assignments from any bytes: whatever loads must find every device, field and profile metric that it holds.
 */
#include "core/asset/assignment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_asset(const otr_assignments *all, const otr_asset *asset)
{
    for (size_t i = 0; i < asset->device_count; i++)
        OTR_ASSERT(otr_assignments_find(all, asset->devices[i]) == asset);
    for (size_t i = 0; i < asset->field_count; i++)
        OTR_ASSERT(otr_asset_field(asset, asset->fields[i].path) == &asset->fields[i].value);
    for (size_t i = 0; i < asset->place_count; i++)
        OTR_ASSERT(otr_asset_place(asset, asset->places[i].name) == &asset->places[i]);
    for (size_t i = 0; asset->profile != NULL && i < asset->profile->metric_count; i++)
        OTR_ASSERT(otr_profile_find(asset->profile, asset->profile->metrics[i].name) ==
                   &asset->profile->metrics[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_assignments *all;
    otr_error error = {0};
    otr_status status = otr_assignments_load((otr_str){(const char *)data, size}, &all, &error);
    OTR_ASSERT((status == OTR_OK) == (all != NULL));
    OTR_ASSERT(status == OTR_OK || (error.status == status && error.text[0] != '\0'));
    for (size_t i = 0; all != NULL && i < all->asset_count; i++)
        check_asset(all, &all->assets[i]);
    otr_assignments_free(all);
    return 0;
}

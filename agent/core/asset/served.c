#include "core/asset/served.h"

static bool serves_the_same(const otr_asset *a, const otr_asset *b)
{
    if (a->customer == NULL || b->customer == NULL || a->device_count != b->device_count ||
        !otr_str_equal(a->customer->reference, b->customer->reference))
        return false;
    for (size_t i = 0; i < a->device_count; i++)
        if (!otr_str_equal(a->devices[i], b->devices[i]))
            return false;
    return true;
}

void otr_served_tell(otr_core *core, const otr_asset_state *state, uint64_t to_seq)
{
    const otr_asset *asset = state->asset;
    for (uint32_t i = 0; asset->customer != NULL && i < state->device_count; i++) {
        otr_row_served *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, served);
        if (row != NULL)
            *row = (otr_row_served){otr_effects_copy(core->effects, asset->id),
                                    otr_effects_copy(core->effects, asset->customer->reference),
                                    state->devices[i], state->since_seq, to_seq};
    }
}

void otr_served_rebound(otr_core *core, otr_asset_state *made, uint32_t count)
{
    otr_names by_id = {0};
    for (uint32_t i = 0; i < core->asset_count; i++)
        (void)otr_names_put(&by_id, core->assets[i].asset->id, NULL);
    for (uint32_t i = 0; i < count; i++) {
        otr_asset_state *fresh = &made[i];
        uint32_t number = otr_names_find(&by_id, fresh->asset->id);
        otr_asset_state *old =
            number != OTR_NAME_NONE && number < core->asset_count ? &core->assets[number] : NULL;
        if (old != NULL && serves_the_same(old->asset, fresh->asset)) {
            fresh->since_seq = old->since_seq;
            old->since_seq = UINT64_MAX; /* goes on */
            continue;
        }
        fresh->since_seq = core->seq;
        otr_served_tell(core, fresh, UINT64_MAX);
    }
    for (uint32_t i = 0; i < core->asset_count; i++)
        if (core->assets[i].since_seq != UINT64_MAX)
            otr_served_tell(core, &core->assets[i], core->seq);
    otr_names_done(&by_id);
}

#include "core/journey_now.h"

#include "core/recall.h"

/* The state that follows the route is one for all questions about it. */
static uint32_t find_route(const otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->plan->window_count; i++)
        if (asset->shapes[i].kind == OTR_WINDOW_ROUTE && asset->shapes[i].route != NULL)
            return i;
    return OTR_NONE;
}

static bool ask(const otr_asset_state *asset, uint32_t window, otr_function function, otr_time *out)
{
    const void *state = asset->windows + asset->plan->windows[window].offset;
    const otr_use use = {.function = function};
    otr_value value;
    if (otr_window_ask(&asset->shapes[window], state, &use, NULL, asset->clock, &value) != OTR_OK)
        return false;
    *out = value.time;
    return true;
}

bool otr_journey_now_of(const otr_asset_state *asset, otr_journey_now *out)
{
    uint32_t window = asset->clock != OTR_TIME_NONE ? find_route(asset) : OTR_NONE;
    return window != OTR_NONE && ask(asset, window, OTR_FUNCTION_ARRIVAL, &out->arrival) &&
           ask(asset, window, OTR_FUNCTION_ARRIVAL_ERROR, &out->error);
}

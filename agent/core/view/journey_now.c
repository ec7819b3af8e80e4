#include "core/view/journey_now.h"

#include "core/window/recall.h"

/* The state that follows the route is one for all questions about it. */
static uint32_t find_route(const otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->plan->window_count; i++)
        if (asset->shapes[i].kind == OTR_WINDOW_ROUTE && asset->shapes[i].route != NULL)
            return i;
    return OTR_NONE;
}

static bool ask_value(const otr_asset_state *asset, uint32_t window, otr_function function, otr_value *out)
{
    const void *state = asset->windows + asset->plan->windows[window].offset;
    const otr_use use = {.function = function};
    return otr_window_ask(&asset->shapes[window], state, &use, NULL, asset->clock, out) == OTR_OK;
}

static bool ask(const otr_asset_state *asset, uint32_t window, otr_function function, otr_time *out)
{
    otr_value value;
    if (!ask_value(asset, window, function, &value))
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

/* By its own name before "destination", which every route has. */
const otr_place *otr_journey_place(const otr_asset *asset, const otr_area *area)
{
    const otr_place *found = NULL;
    for (size_t i = 0; i < asset->place_count; i++) {
        otr_area one = otr_place_area(&asset->places[i]);
        if (otr_area_same(&one, area) && (found == NULL || otr_str_is(found->name, "destination")))
            found = &asset->places[i];
    }
    return found;
}

const otr_place *otr_journey_next_stop(const otr_asset_state *asset)
{
    uint32_t window = asset->clock != OTR_TIME_NONE ? find_route(asset) : OTR_NONE;
    otr_value visited;
    if (window == OTR_NONE || !ask_value(asset, window, OTR_FUNCTION_STOP, &visited))
        return NULL;
    const otr_route *route = asset->shapes[window].route;
    size_t next = (size_t)visited.integer + 1;
    return next < route->stop_count ? otr_journey_place(asset->asset, &route->stops[next].area) : NULL;
}

#include "core/host.h"

#include "base/geo.h"
#include "core/device.h"
#include "core/evaluate.h"

static otr_status load(void *opaque, uint32_t symbol, otr_value *out)
{
    const otr_host_context *context = opaque;
    uint32_t metric = context->bound->pack->metrics[symbol];
    if (metric == OTR_NONE) {
        const otr_value *field = context->asset->fields[context->bound->fields + symbol];
        if (field == NULL)
            return OTR_NOT_FOUND;
        *out = *field;
        return OTR_OK;
    }
    const otr_slot *slot = otr_evaluate_slot(context->core, context->asset, metric, context->at);
    if (slot == NULL || (context->at != OTR_TIME_NONE && otr_slot_valid_until(slot) < context->at))
        return OTR_UNKNOWN;
    switch (slot->kind) {
    case OTR_KIND_NUMBER:
        out->type = OTR_TYPE_DOUBLE;
        out->number = slot->number;
        return OTR_OK;
    case OTR_KIND_BOOL:
        out->type = OTR_TYPE_BOOL;
        out->flag = slot->flag;
        return OTR_OK;
    case OTR_KIND_TEXT:
        out->type = OTR_TYPE_STRING;
        out->text = (otr_str){slot->text.data, slot->text.size};
        return OTR_OK;
    default:
        out->type = OTR_TYPE_LOCATION;
        out->location.latitude = slot->location.latitude;
        out->location.longitude = slot->location.longitude;
        return OTR_OK;
    }
}

static otr_status call(void *opaque, uint32_t number, otr_value *out)
{
    const otr_host_context *context = opaque;
    const otr_use *use = &context->bound->pack->pack->symbols.uses[number];
    otr_value here;
    if (use->function != OTR_FUNCTION_DISTANCE)
        return OTR_UNKNOWN;
    otr_status status = load(opaque, use->symbol, &here);
    if (status != OTR_OK)
        return status;
    const otr_place *place = otr_asset_place(context->asset->asset, use->place);
    if (place == NULL || here.type != OTR_TYPE_LOCATION)
        return OTR_NOT_FOUND;
    out->type = OTR_TYPE_DOUBLE;
    out->number = otr_geo_distance_m(here.location.latitude, here.location.longitude, place->latitude,
                                     place->longitude);
    return OTR_OK;
}

otr_host otr_host_of(otr_host_context *context)
{
    return (otr_host){.context = context, .load = load, .call = call};
}

otr_status otr_host_field(const otr_asset *asset, otr_str path, otr_value *out)
{
    static const otr_str asset_prefix = {"asset.", 6};
    if (!otr_str_starts(path, asset_prefix))
        return OTR_NOT_FOUND;
    const otr_value *field =
        otr_asset_field(asset, (otr_str){path.data + asset_prefix.size, path.size - asset_prefix.size});
    if (field == NULL)
        return OTR_NOT_FOUND;
    *out = *field;
    return OTR_OK;
}

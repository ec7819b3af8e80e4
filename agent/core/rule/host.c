#include "core/rule/host.h"

#include "core/device/device.h"
#include "core/rule/evaluate.h"
#include "core/window/recall.h"

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
    const otr_slot *slot =
        otr_evaluate_slot(context->core, context->asset,
                          context->bound->pack->pack->symbols.list[symbol].role, metric, context->at);
    if (slot == NULL || (context->at != OTR_TIME_NONE && otr_slot_valid_until(slot) < context->at))
        return OTR_UNKNOWN;
    otr_slot_value(slot, out);
    return OTR_OK;
}

static otr_status call(void *opaque, uint32_t use, otr_value *out)
{
    return otr_recall_ask(opaque, use, out);
}

otr_host otr_host_of(otr_host_context *context)
{
    return (otr_host){.context = context, .load = load, .call = call};
}

const otr_value *otr_host_field(const otr_asset *asset, const otr_pack *pack, otr_str path)
{
    static const otr_str asset_prefix = {"asset.", 6};
    if (!otr_str_starts(path, asset_prefix))
        return NULL;
    path = (otr_str){path.data + asset_prefix.size, path.size - asset_prefix.size};
    const otr_value *field = otr_asset_field(asset, path);
    if (field == NULL)
        field = otr_field_find(pack->defaults, pack->default_count, path);
    return field != NULL && field->type != OTR_TYPE_NULL ? field : NULL;
}

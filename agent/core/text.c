#include "core/text.h"

#include "core/alarm.h"
#include "core/evaluate.h"
#include "core/host.h"

#include <stdio.h>

static otr_str copy(otr_core *core, const char *text)
{
    return otr_effects_copy(core->effects, otr_str_of(text));
}

/* At most two decimals, none that say nothing. */
static otr_str number_text(otr_core *core, double number)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%.2f", number);
    char *end = text + strlen(text);
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    return copy(core, strcmp(text, "-0") == 0 ? "0" : text);
}

static otr_str minute_text(otr_core *core, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE || otr_time_format(at, text) < 17)
        return (otr_str){NULL, 0};
    text[10] = ' ';
    memcpy(text + 16, " UTC", 5);
    return copy(core, text);
}

otr_str otr_text_slot(otr_core *core, const otr_slot *slot)
{
    char text[64];
    switch (slot->kind) {
    case OTR_KIND_NUMBER:
        return number_text(core, slot->number);
    case OTR_KIND_BOOL:
        return copy(core, slot->flag ? "yes" : "no");
    case OTR_KIND_TEXT:
        return otr_effects_copy(core->effects, (otr_str){slot->text.data, slot->text.size});
    default:
        (void)snprintf(text, sizeof text, "%.5f, %.5f", slot->location.latitude, slot->location.longitude);
        return copy(core, text);
    }
}

static otr_str value_text(otr_core *core, const otr_value *value)
{
    switch (value->type) {
    case OTR_TYPE_DOUBLE:
        return number_text(core, value->number);
    case OTR_TYPE_BOOL:
        return copy(core, value->flag ? "yes" : "no");
    case OTR_TYPE_STRING:
        return otr_effects_copy(core->effects, value->text);
    default:
        return (otr_str){NULL, 0};
    }
}

otr_str otr_text_fact(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str path)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    if (otr_str_is(path, "rule"))
        return bound->rule->name;
    if (otr_str_is(path, "onset"))
        return minute_text(core, alarm->onset);
    if (otr_str_is(path, "raised"))
        return minute_text(core, alarm->raised);
    if (otr_str_is(path, "ended"))
        return minute_text(core, alarm->ended);
    if (otr_str_is(path, "device.id"))
        return otr_names_get(&core->device_names, alarm->device);
    if (otr_str_is(path, "case")) {
        char text[OTR_ID_TEXT_BYTES];
        otr_id_format(alarm->case_id, text);
        text[8] = '\0'; /* enough to say on a telephone */
        return copy(core, text);
    }
    if (otr_str_is(path, "coverage")) {
        char text[16];
        otr_time until = alarm->ended != OTR_TIME_NONE ? alarm->ended : alarm->raised;
        (void)snprintf(text, sizeof text, "%d %%", otr_alarm_coverage(&asset->states[alarm->rule], until));
        return copy(core, text);
    }
    const otr_value *field = otr_host_field(asset->asset, bound->pack->pack, path);
    if (field != NULL)
        return value_text(core, field);
    uint32_t metric = otr_names_find(&core->metric_names, path);
    const otr_slot *slot = metric != OTR_NAME_NONE
                               ? otr_evaluate_slot(core, asset, (otr_str){NULL, 0}, metric, OTR_TIME_NONE)
                               : NULL;
    return slot != NULL ? otr_text_slot(core, slot) : (otr_str){NULL, 0};
}

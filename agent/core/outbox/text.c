#include "core/outbox/text.h"

#include "core/alarm/alarm.h"
#include "core/rule/evaluate.h"
#include "core/rule/host.h"

#include <stdio.h>
#include <stdlib.h>

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

otr_str otr_text_minute(otr_core *core, otr_time at)
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

/* "temperature", or "cargo.temperature" */
static const otr_slot *slot_of(otr_core *core, const otr_asset_state *asset, otr_str path)
{
    size_t dot = 0;
    while (dot < path.size && path.data[dot] != '.')
        dot++;
    bool has_role = dot < path.size;
    otr_str role = {has_role ? path.data : NULL, has_role ? dot : 0};
    otr_str name = has_role ? (otr_str){path.data + dot + 1, path.size - dot - 1} : path;
    uint32_t metric = otr_names_find(&core->metric_names, name);
    return metric != OTR_NAME_NONE ? otr_evaluate_slot(core, asset, role, metric, OTR_TIME_NONE) : NULL;
}

const otr_place *otr_text_place(otr_core *core, const otr_asset_state *asset)
{
    const otr_slot *slot = slot_of(core, asset, OTR_STR("location"));
    for (size_t i = 0; slot != NULL && slot->kind == OTR_KIND_LOCATION && i < asset->asset->place_count;
         i++) {
        otr_area area = otr_place_area(&asset->asset->places[i]);
        if (otr_area_holds(&area, slot->location.latitude, slot->location.longitude))
            return &asset->asset->places[i];
    }
    return NULL;
}

bool otr_text_is_value(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str path)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_value *field = otr_host_field(asset->asset, bound->pack->pack, path);
    if (field != NULL)
        return field->type == OTR_TYPE_DOUBLE || field->type == OTR_TYPE_BOOL;
    const otr_slot *slot = slot_of(core, asset, path);
    return slot != NULL && (slot->kind == OTR_KIND_NUMBER || slot->kind == OTR_KIND_BOOL);
}

otr_str otr_text_fact(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str path)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    if (otr_str_is(path, "rule"))
        return bound->rule->name;
    if (otr_str_is(path, "onset"))
        return otr_text_minute(core, alarm->onset);
    if (otr_str_is(path, "raised"))
        return otr_text_minute(core, alarm->raised);
    if (otr_str_is(path, "ended"))
        return otr_text_minute(core, alarm->ended);
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
    const otr_slot *slot = slot_of(core, asset, path);
    return slot != NULL ? otr_text_slot(core, slot) : (otr_str){NULL, 0};
}

otr_str otr_text_quantity(otr_core *core, otr_str number, otr_str unit)
{
    char text[96];
    otr_str sign = otr_str_is(unit, "Cel") ? OTR_STR("°C") : unit;
    (void)snprintf(text, sizeof text, "%.*s %.*s", OTR_STR_ARG(number), OTR_STR_ARG(sign));
    return copy(core, text);
}

static otr_str span_text(otr_core *core, double number, otr_str unit)
{
    char text[OTR_TIME_TEXT_BYTES];
    otr_time scale = otr_str_is(unit, "min") ? OTR_MINUTE
                     : otr_str_is(unit, "h") ? OTR_HOUR
                     : otr_str_is(unit, "d") ? OTR_DAY
                                             : OTR_SECOND;
    double span = number * (double)scale;
    if (!(span >= 0 && span < (double)OTR_DAY * 100000))
        return (otr_str){NULL, 0};
    size_t size = otr_span_format((otr_time)span, text);
    return otr_effects_copy(core->effects, (otr_str){text, size});
}

/* The form for the number in English, its # filled in. */
static otr_str plural_text(otr_core *core, double number, otr_str shown, const otr_str *forms)
{
    otr_form form = number == 0 && forms[OTR_FORM_EXACTLY_0].data != NULL   ? OTR_FORM_EXACTLY_0
                    : number == 1 && forms[OTR_FORM_EXACTLY_1].data != NULL ? OTR_FORM_EXACTLY_1
                    : number == 1 && forms[OTR_FORM_ONE].data != NULL       ? OTR_FORM_ONE
                                                                            : OTR_FORM_OTHER;
    otr_buffer out = {0};
    for (size_t i = 0; i < forms[form].size; i++) {
        bool mark = forms[form].data[i] == '#';
        otr_buffer_add(&out, mark ? shown.data : &forms[form].data[i], mark ? shown.size : 1);
    }
    core->failed |= out.failed;
    otr_str text = otr_effects_copy(core->effects, otr_buffer_text(&out));
    otr_buffer_done(&out);
    return text;
}

/* false: the fact is no number. */
static bool number_of(otr_str fact, double *out)
{
    char text[64];
    char *end;
    if (fact.size == 0 || fact.size >= sizeof text)
        return false;
    memcpy(text, fact.data, fact.size);
    text[fact.size] = '\0';
    *out = strtod(text, &end);
    return *end == '\0';
}

otr_str otr_text_piece(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                       const otr_piece *piece)
{
    otr_str fact = otr_text_fact(core, asset, alarm, piece->text);
    bool plain = piece->kind == OTR_PIECE_VALUE && piece->filter == OTR_FILTER_NONE;
    double number;
    otr_time at;
    if (fact.data == NULL || plain)
        return fact;
    if (piece->filter == OTR_FILTER_TIME)
        return otr_time_parse(fact, &at) ? otr_text_minute(core, at) : fact;
    if (!number_of(fact, &number))
        return fact;
    if (piece->kind == OTR_PIECE_PLURAL)
        return plural_text(core, number, fact, piece->forms);
    return piece->filter == OTR_FILTER_SPAN ? span_text(core, number, piece->unit)
                                            : otr_text_quantity(core, fact, piece->unit);
}

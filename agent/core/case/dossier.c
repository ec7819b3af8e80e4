#include "core/case/dossier.h"

#include "core/case/case.h"
#include "core/ticket/known.h"

#include <stdlib.h>

static otr_dossier_alarm *find_alarm(otr_dossier *dossier, otr_id id)
{
    for (uint32_t i = 0; i < dossier->alarm_count; i++)
        if (otr_id_equal(dossier->alarms[i].id, id))
            return &dossier->alarms[i];
    return NULL;
}

static bool is_about(const otr_dossier *dossier, uint32_t trouble)
{
    for (uint32_t i = 0; i < dossier->trouble_count; i++)
        if (dossier->troubles[i] == trouble)
            return true;
    return false;
}

uint32_t otr_dossier_find(const otr_core *core, uint32_t asset, uint32_t whose, const otr_known *known)
{
    uint32_t number = asset < core->asset_cases_capacity ? core->asset_cases[asset] - 1 : OTR_NONE;
    for (; number != OTR_NONE; number = core->cases[number].next)
        for (size_t i = 0; i < known->count; i++) {
            otr_str trouble = known->items[i].entry->trouble;
            uint32_t label = trouble.size > 0 ? otr_names_find(&core->labels, trouble) : OTR_NAME_NONE;
            if (label != OTR_NAME_NONE && is_about(&core->cases[number].dossier, label) &&
                otr_case_is_of(&core->cases[number], whose))
                return number;
        }
    return OTR_NONE;
}

/* ---- joining ---- */

static void add_troubles(otr_core *core, otr_dossier *dossier, const otr_known *known)
{
    for (size_t i = 0; i < known->count && dossier->trouble_count < OTR_LIMIT_CASE_TROUBLES; i++) {
        if (known->items[i].entry->trouble.size == 0)
            continue;
        uint32_t label = otr_core_label(core, known->items[i].entry->trouble);
        if (label != OTR_NONE && !is_about(dossier, label))
            dossier->troubles[dossier->trouble_count++] = label;
    }
}

static bool has_code(otr_str codes, otr_str code, size_t *count)
{
    otr_str one;
    for (*count = 0; otr_fault_code_next(&codes, &one); ++*count)
        if (otr_str_equal(one, code))
            return true;
    return false;
}

static void add_codes(otr_core *core, otr_dossier *dossier, otr_str codes)
{
    otr_str code;
    size_t count;
    while (otr_fault_code_next(&codes, &code)) {
        if (has_code(dossier->codes, code, &count) || count == OTR_LIMIT_CASE_CODES)
            continue;
        size_t size = dossier->codes.size;
        char *grown = realloc((char *)dossier->codes.data, size + code.size + 1);
        if (grown == NULL) {
            core->failed = true;
            return;
        }
        if (size > 0)
            grown[size++] = ' ';
        memcpy(grown + size, code.data, code.size);
        dossier->codes = (otr_str){grown, size + code.size};
    }
}

static void compare_by(otr_dossier *dossier, const otr_asset *asset, const otr_bound_rule *bound)
{
    otr_str codes = dossier->codes;
    otr_str code = {NULL, 0};
    const otr_value *model = otr_asset_field(asset, OTR_STR("model"));
    otr_str product = model != NULL && model->type == OTR_TYPE_STRING ? model->text : asset->class;
    otr_str pack = bound->pack->pack->name;
    dossier->alike = otr_fault_code_next(&codes, &code)
                         ? otr_hash64(1, 0, code.data, code.size)
                         : otr_hash64(otr_hash64(2, 0, pack.data, pack.size), 0, bound->rule->name.data,
                                      bound->rule->name.size);
    dossier->product = otr_hash64(3, 0, product.data, product.size);
}

static otr_dossier_alarm view_of(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    return (otr_dossier_alarm){
        .id = alarm->id,
        .pack = otr_core_label(core, bound->pack->pack->name),
        .rule = otr_core_label(core, bound->rule->name),
        .priority = alarm->priority,
        .device = alarm->device,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .detected = alarm->detected,
        .ended = alarm->ended,
    };
}

/* When there are too many the second oldest goes: the first is what the case began with. */
static void add_alarm(otr_core *core, otr_dossier *dossier, const otr_dossier_alarm *alarm)
{
    if (dossier->alarm_count == OTR_LIMIT_CASE_ALARMS) {
        memmove(&dossier->alarms[1], &dossier->alarms[2],
                (OTR_LIMIT_CASE_ALARMS - 2) * sizeof *dossier->alarms);
        dossier->alarm_count--;
    }
    uint32_t count = dossier->alarm_count + 1;
    if (count > dossier->alarm_capacity) {
        uint32_t capacity = count == 1 ? 1 : 2 * dossier->alarm_capacity; /* most cases have one */
        otr_dossier_alarm *grown = realloc(dossier->alarms, capacity * sizeof *grown);
        if (grown == NULL) {
            core->failed = true;
            return;
        }
        dossier->alarms = grown;
        dossier->alarm_capacity = capacity;
    }
    dossier->alarms[dossier->alarm_count++] = *alarm;
}

void otr_dossier_join(otr_core *core, otr_case *one, const otr_asset_state *asset, const otr_alarm *alarm,
                      otr_str codes, const otr_known *known)
{
    otr_dossier *dossier = &one->dossier;
    add_troubles(core, dossier, known);
    add_codes(core, dossier, codes);
    if (dossier->alike == 0)
        compare_by(dossier, asset->asset, &asset->plan->rules[alarm->rule]);
    otr_dossier_follow(core, one, asset, alarm);
    if (find_alarm(dossier, alarm->id) != NULL || core->failed)
        return;
    otr_dossier_alarm view = view_of(core, asset, alarm);
    add_alarm(core, dossier, &view);
}

void otr_dossier_merge(otr_core *core, otr_dossier *dossier, const otr_dossier *other)
{
    for (uint32_t i = 0; i < other->trouble_count && dossier->trouble_count < OTR_LIMIT_CASE_TROUBLES; i++)
        if (!is_about(dossier, other->troubles[i]))
            dossier->troubles[dossier->trouble_count++] = other->troubles[i];
    add_codes(core, dossier, other->codes);
    for (uint32_t i = 0; i < other->alarm_count && !core->failed; i++)
        add_alarm(core, dossier, &other->alarms[i]);
    if (dossier->alike == 0) {
        dossier->alike = other->alike;
        dossier->product = other->product;
    }
}

void otr_dossier_follow(otr_core *core, otr_case *one, const otr_asset_state *asset, const otr_alarm *alarm)
{
    otr_dossier_alarm *found = find_alarm(&one->dossier, alarm->id);
    if (found != NULL)
        *found = view_of(core, asset, alarm);
}

/* ---- the queue ---- */

static uint32_t reason(otr_core *core, otr_buffer *text)
{
    uint32_t label = text->failed ? OTR_NONE : otr_core_label(core, otr_buffer_text(text));
    core->failed |= text->failed;
    otr_buffer_done(text);
    return label == OTR_NONE ? 0 : label + 1;
}

/* Reasons are labels: there are no more of them than lines, entries and rules. */
uint32_t otr_dossier_route(otr_core *core, otr_case *one, const otr_asset_state *asset,
                           const otr_alarm *alarm, const otr_known *known)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_dossier *dossier = &one->dossier;
    otr_buffer text = {0};
    otr_str file;
    const otr_route_line *line = otr_known_route(core, asset->asset, bound, dossier->codes, &file);
    if (line != NULL) {
        otr_buffer_add_format(&text, "route %.*s:%d", OTR_STR_ARG(file), line->line);
        dossier->why = reason(core, &text);
        if (line->assignee.size > 0) {
            uint32_t label = otr_core_label(core, line->assignee);
            dossier->specialist = label != OTR_NONE ? label + 1 : 0;
        }
        return otr_core_label(core, line->queue);
    }
    for (size_t i = 0; i < known->count; i++) {
        const otr_knowledge_entry *entry = known->items[i].entry;
        if (entry->queue.size == 0)
            continue;
        otr_buffer_add_format(&text, "known: %.*s", OTR_STR_ARG(entry->title));
        dossier->why = reason(core, &text);
        return otr_core_label(core, entry->queue);
    }
    otr_buffer_add_format(&text, "rule %.*s/%.*s", OTR_STR_ARG(bound->pack->pack->name),
                          OTR_STR_ARG(bound->rule->name));
    dossier->why = reason(core, &text);
    return otr_core_label(core, bound->rule->queue);
}

void otr_dossier_done(otr_dossier *dossier)
{
    free((char *)dossier->codes.data);
    free(dossier->alarms);
    *dossier = (otr_dossier){0};
}

#include "core/bind.h"

#include "core/alarm/alarm.h"
#include "core/asset/served.h"
#include "core/asset/whose.h"
#include "core/asset/zones.h"
#include "core/command/device_command.h"
#include "core/cost.h"
#include "core/desk/desk_device.h"
#include "core/device/device.h"
#include "core/device/timeline.h"
#include "core/figures/figure_about.h"
#include "core/rule/evaluate.h"
#include "core/rule/host.h"
#include "core/rule/plan.h"
#include "core/ticket/evidence.h"
#include "core/window/recall.h"

#include <stdlib.h>

static int by_slot(const void *slot, const void *one)
{
    return otr_str_compare(*(const otr_str *)slot, ((const otr_content *)one)->slot);
}

const otr_content *otr_bind_find(const otr_core *core, otr_str slot)
{
    return core->content_count > 0
               ? bsearch(&slot, core->contents, core->content_count, sizeof *core->contents, by_slot)
               : NULL;
}

static otr_str own(otr_str text)
{
    char *copy = malloc(text.size + 1);
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return (otr_str){copy, text.size};
}

static void free_content(otr_content *content)
{
    if (content->loaded != NULL) {
        otr_pack_free(content->loaded->pack);
        free(content->loaded->metrics);
        free(content->loaded);
    }
    otr_zone_free(content->zone);
    otr_knowledge_free(content->knowledge);
    free((char *)content->slot.data);
    free((char *)content->hash.data);
    *content = (otr_content){0};
}

/* The pack's metrics get numbers, so that plans can list rules by metric before a reading comes. */
static bool resolve_metrics(otr_core *core, otr_loaded_pack *loaded)
{
    const otr_symbols *symbols = &loaded->pack->symbols;
    loaded->metrics = calloc(symbols->count + 1, sizeof *loaded->metrics);
    if (loaded->metrics == NULL)
        return false;
    for (uint32_t i = 0; i < symbols->count; i++) {
        bool added = false;
        loaded->metrics[i] = OTR_NONE;
        if (symbols->list[i].kind != OTR_SYMBOL_METRIC)
            continue;
        loaded->metrics[i] = otr_names_put(&core->metric_names, symbols->list[i].metric, &added);
        if (loaded->metrics[i] == OTR_NAME_NONE)
            return false;
        if (!added || core->effects->discard)
            continue;
        otr_row_name *row = OTR_ROWS_ADD(core->effects, names);
        if (row != NULL)
            *row = (otr_row_name){OTR_NAME_METRIC, loaded->metrics[i],
                                  otr_names_get(&core->metric_names, loaded->metrics[i])};
    }
    return true;
}

static otr_loaded_pack *load_pack(otr_core *core, otr_str bytes)
{
    otr_loaded_pack *loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL)
        return NULL;
    if (otr_pack_load(bytes, &loaded->pack, NULL) == OTR_OK && resolve_metrics(core, loaded))
        return loaded;
    otr_pack_free(loaded->pack);
    free(loaded->metrics);
    free(loaded);
    return NULL;
}

/* Takes the content of slot out of the list, or an empty one. */
static otr_content take_content(otr_core *core, otr_str slot)
{
    const otr_content *found = otr_bind_find(core, slot);
    if (found == NULL)
        return (otr_content){0};
    otr_content old = *found;
    size_t at = (size_t)(found - core->contents);
    core->content_count--;
    memmove(&core->contents[at], &core->contents[at + 1], (core->content_count - at) * sizeof old);
    return old;
}

static bool insert_content(otr_core *core, const otr_content *content)
{
    otr_content *contents = realloc(core->contents, (core->content_count + 1) * sizeof *contents);
    if (contents == NULL)
        return false;
    core->contents = contents;
    size_t at = core->content_count++;
    for (; at > 0 && otr_str_compare(contents[at - 1].slot, content->slot) > 0; at--)
        contents[at] = contents[at - 1];
    contents[at] = *content;
    return true;
}

/* ---- assets ---- */

/* What binding builds before it replaces what is there. */
typedef struct binding {
    otr_plan *plans;
    otr_asset_state *assets;
    uint32_t asset_count;
    uint32_t largest;
    uint32_t *matched; /* scratch: rules of the asset at hand, as numbers over all packs */
} binding;

static void free_assets(otr_core *core, otr_asset_state *assets, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        otr_timeline_free(core, &assets[i]);
        otr_recall_free(&assets[i]);
        otr_evidence_free(&assets[i]);
        otr_proof_free(assets[i].proof);
        free(assets[i].states);
        free(assets[i].fields);
        free(assets[i].devices);
    }
    free(assets);
}

static bool resolve_devices(otr_core *core, otr_asset_state *state)
{
    for (size_t i = 0; i < state->asset->device_count; i++) {
        bool added = false;
        uint32_t number = otr_names_put(&core->device_names, state->asset->devices[i], &added);
        if (number == OTR_NAME_NONE || otr_device_get(core, number) == NULL)
            return false;
        state->devices[state->device_count++] = number;
        otr_row_name *row = added && !core->effects->discard ? OTR_ROWS_ADD(core->effects, names) : NULL;
        if (row != NULL)
            *row = (otr_row_name){OTR_NAME_DEVICE, number, otr_names_get(&core->device_names, number)};
    }
    return true;
}

static bool make_asset(otr_core *core, binding *made, const otr_asset *asset)
{
    otr_asset_state *state = &made->assets[made->asset_count];
    *state = (otr_asset_state){.asset = asset,
                               .clock = OTR_TIME_NONE,
                               .heard = core->now.core,
                               .fired = OTR_TIME_NONE,
                               .down_from = OTR_TIME_NONE,
                               .down_to = OTR_TIME_NONE,
                               .ends = OTR_NONE,
                               .due = OTR_TIME_NEVER,
                               .alarms = OTR_NONE};
    state->plan =
        otr_plan_make(core, &made->plans, made->matched, otr_plan_match(core, asset, made->matched));
    if (state->plan == NULL)
        return false;
    if (state->plan->rule_count > made->largest)
        made->largest = state->plan->rule_count;
    made->asset_count++;
    state->states = calloc(state->plan->rule_count + 1, sizeof *state->states);
    state->fields = calloc(state->plan->field_count + 1, sizeof(void *));
    state->devices = calloc(asset->device_count + 1, sizeof *state->devices);
    if (state->states == NULL || state->fields == NULL || state->devices == NULL ||
        !resolve_devices(core, state) || !otr_recall_create(state))
        return false;
    for (uint32_t i = 0; i < state->plan->rule_count; i++) {
        const otr_bound_rule *bound = &state->plan->rules[i];
        const otr_symbols *symbols = &bound->pack->pack->symbols;
        state->states[i].alarm = OTR_NONE;
        for (uint32_t s = 0; s < symbols->count; s++)
            if (symbols->list[s].kind == OTR_SYMBOL_FIELD)
                state->fields[bound->fields + s] =
                    otr_host_field(asset, bound->pack->pack, symbols->list[s].path);
    }
    return true;
}

static uint32_t count_rules(const otr_core *core)
{
    uint32_t count = 0;
    for (size_t c = 0; c < core->content_count; c++)
        if (core->contents[c].loaded != NULL)
            count += (uint32_t)core->contents[c].loaded->pack->rule_count;
    return count;
}

static bool build(otr_core *core, binding *made)
{
    size_t count = core->assignments != NULL ? core->assignments->asset_count : 0;
    made->assets = calloc(count + 2, sizeof *made->assets);
    made->matched = calloc(count_rules(core) + 1, sizeof *made->matched);
    bool ok = made->assets != NULL && made->matched != NULL;
    for (size_t i = 0; ok && i < count; i++)
        ok = make_asset(core, made, &core->assignments->assets[i]);
    if (ok && otr_desk_device_wanted(core))
        ok = make_asset(core, made, otr_desk_asset());
    free(made->matched);
    for (const otr_plan *plan = core->plans; plan != NULL;
         plan = plan->next) /* they settle their past first */
        made->largest = plan->rule_count > made->largest ? plan->rule_count : made->largest;
    size_t words = made->largest / 64 + 1;
    uint64_t *touched = calloc(words, sizeof *touched);
    if (!ok || touched == NULL) {
        free(touched);
        return false;
    }
    free(core->touched);
    core->touched = touched;
    return true;
}

/* ---- moving what runs ---- */

/* Alarms whose rule the asset keeps move over; open ones of the others stay in old, to be withdrawn. */
static void move_alarms(otr_core *core, otr_asset_state *old, otr_asset_state *fresh, uint32_t fresh_number,
                        const uint32_t *moved)
{
    uint32_t *end = &fresh->alarms;
    for (uint32_t *link = &old->alarms; *link != OTR_NONE;) {
        uint32_t number = *link;
        otr_alarm *alarm = &core->alarms[number];
        if (moved[alarm->rule] == OTR_NONE) {
            link = &alarm->next;
            continue;
        }
        *link = alarm->next;
        alarm->asset = fresh_number;
        alarm->rule = moved[alarm->rule];
        alarm->next = OTR_NONE;
        *end = number;
        end = &alarm->next;
    }
}

/* The running state of each rule that the asset keeps moves over. */
static void move_states(otr_core *core, otr_asset_state *old, otr_asset_state *fresh, uint32_t fresh_number)
{
    OTR_ASSERT(old->plan != NULL && fresh->plan != NULL);
    uint32_t *moved = calloc(old->plan->rule_count + 1, sizeof *moved);
    if (moved == NULL) {
        core->failed = true;
        return;
    }
    for (uint32_t j = 0; j < old->plan->rule_count; j++) {
        moved[j] = otr_plan_find(fresh->plan, old->plan->rules[j].key);
        if (moved[j] == OTR_NONE)
            continue;
        fresh->states[moved[j]] = old->states[j];
        otr_again_set(fresh, moved[j], otr_again_of(old, j));
    }
    otr_recall_move(old, fresh);
    otr_evidence_move(core, old, fresh);
    move_alarms(core, old, fresh, fresh_number, moved);
    free(moved);
    fresh->timeline = old->timeline;
    old->timeline = NULL;
    fresh->clock = old->clock;
    fresh->anchor = old->anchor;
    fresh->heard = old->heard;
    fresh->fired = old->fired;
    fresh->down_from = old->down_from;
    fresh->down_to = old->down_to;
    fresh->awaiting = old->awaiting;
    fresh->silence_told = old->silence_told;
    fresh->ends = old->ends;
    fresh->due = OTR_TIME_NONE + 1; /* found anew when next asked */
}

/* What came late is judged by the rules, limits and devices under which it was reported: others begin a past
 * of their own. */
static bool same_past(const otr_asset_state *old, const otr_asset_state *fresh)
{
    OTR_ASSERT(old->plan != NULL && fresh->plan != NULL);
    if (old->plan->rule_count != fresh->plan->rule_count || !otr_asset_same(old->asset, fresh->asset))
        return false;
    for (uint32_t i = 0; i < old->plan->rule_count; i++) {
        const otr_bound_rule *before = &old->plan->rules[i];
        const otr_bound_rule *after = &fresh->plan->rules[i];
        const otr_pack *packs[2] = {before->pack->pack, after->pack->pack};
        if (before->key != after->key || before->rule->lateness_us != after->rule->lateness_us ||
            !otr_fields_same(packs[0]->defaults, packs[0]->default_count, packs[1]->defaults,
                             packs[1]->default_count))
            return false;
    }
    return true;
}

/* What is left has neither rule nor asset. */
void otr_bind_withdraw(otr_core *core, otr_asset_state *old)
{
    while (old->alarms != OTR_NONE && !core->failed) {
        if (core->alarms[old->alarms].ended == OTR_TIME_NONE)
            otr_alarm_withdraw(core, old, old->alarms);
        else
            otr_alarm_forget(core, old, old->alarms);
    }
}

/* Nothing of what its devices said, or of what was shown, is the next customer's. */
static void hand_on(otr_core *core, otr_asset_state *old)
{
    for (uint32_t d = 0; d < old->device_count; d++)
        otr_device_forget(&core->devices[old->devices[d]]);
    otr_asset_view_clear(core, old);
    uint32_t label = otr_names_find(&core->labels, old->asset->id);
    if (label != OTR_NAME_NONE)
        otr_points_hand_on(core, label);
}

static void move_all(otr_core *core, binding *made)
{
    otr_names by_id = {0};
    for (uint32_t i = 0; i < made->asset_count; i++)
        if (otr_names_put(&by_id, made->assets[i].asset->id, NULL) != i)
            core->failed = true;
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++) {
        otr_asset_state *old = &core->assets[i];
        uint32_t number = otr_names_find(&by_id, old->asset->id);
        otr_asset_state *fresh = number != OTR_NAME_NONE ? &made->assets[number] : NULL;
        bool handed_on = fresh != NULL && otr_whose_changes(old->asset, fresh->asset);
        if (fresh == NULL || handed_on || !same_past(old, fresh))
            otr_timeline_finish(core, i);
        if (fresh == NULL || handed_on)
            otr_whose_claim(core, old->asset);
        if (handed_on)
            hand_on(core, old);
        else if (fresh != NULL)
            move_states(core, old, fresh, number);
        if (fresh != NULL && old->asset->customer == NULL)
            otr_whose_claim(core, fresh->asset);
        otr_bind_withdraw(core, old);
    }
    otr_names_done(&by_id);
}

static void assign_devices(otr_core *core, const binding *made)
{
    for (uint32_t i = 0; i < core->device_capacity; i++)
        core->devices[i].next_asset = OTR_NONE;
    for (uint32_t i = 0; i < made->asset_count; i++)
        for (uint32_t d = 0; d < made->assets[i].device_count; d++)
            core->devices[made->assets[i].devices[d]].next_asset = i;
    for (uint32_t i = 0; i < core->device_capacity; i++) {
        otr_device *device = &core->devices[i];
        const otr_asset *old = device->asset != OTR_NONE ? core->assets[device->asset].asset : NULL;
        const otr_asset *now = device->next_asset != OTR_NONE ? made->assets[device->next_asset].asset : NULL;
        /* One that watches over another asset now brings no value along: it was measured on other goods. */
        if (now != NULL && (old == NULL || !otr_str_equal(old->id, now->id)))
            otr_device_forget(device);
        device->asset = device->next_asset;
        otr_device_profile(core, device, now != NULL ? now->profile : NULL);
    }
}

static void adopt(otr_core *core, binding *made)
{
    for (uint32_t i = 0; i < core->asset_count; i++)
        (void)otr_timers_set(&core->asset_timers, i, OTR_TIME_NEVER);
    otr_served_rebound(core, made->assets, made->asset_count);
    otr_proof_rebound(core, made->assets, made->asset_count);
    assign_devices(core, made);
    free_assets(core, core->assets, core->asset_count);
    otr_plans_free(core->plans);
    core->assets = made->assets;
    core->asset_count = made->asset_count;
    core->plans = made->plans;
    otr_figure_places(core);
    otr_device_command_rebound(core);
    otr_desk_device_rebound(core);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        if (core->assets[i].clock != OTR_TIME_NONE)
            otr_timeline_before(core, i);
        (void)otr_evaluate_is_due(core, i);
    }
}

static void rebind(otr_core *core)
{
    binding made = {0};
    if (!build(core, &made)) {
        free_assets(core, made.assets, made.asset_count);
        otr_plans_free(made.plans);
        core->failed = true;
        return;
    }
    move_all(core, &made);
    adopt(core, &made);
    otr_points_rebound(core);
}

/* What is replaced lives on until otr_bind_all has moved the states and alarms that name it. */
static bool retire(otr_core *core, otr_content *content, otr_assignments *assignments)
{
    struct otr_retired *retired = calloc(1, sizeof *retired);
    if (retired == NULL)
        return false;
    *retired = (struct otr_retired){core->retired, *content, assignments};
    core->retired = retired;
    *content = (otr_content){0};
    return true;
}

void otr_bind_retire(otr_core *core, otr_assignments *assignments)
{
    otr_content none = {0};
    if (!retire(core, &none, assignments)) {
        otr_assignments_free(assignments);
        core->failed = true;
    }
}

void otr_bind_drop(otr_core *core, otr_str prefix, otr_str name)
{
    for (size_t i = 0; i < core->content_count; i++) {
        otr_str slot = core->contents[i].slot;
        if (!otr_str_starts(slot, prefix) ||
            !otr_str_equal((otr_str){slot.data + prefix.size, slot.size - prefix.size}, name))
            continue;
        otr_content old = take_content(core, slot);
        free_content(&old);
        return;
    }
}

static void drop_retired(otr_core *core)
{
    while (core->retired != NULL) {
        struct otr_retired *next = core->retired->next;
        free_content(&core->retired->content);
        otr_assignments_free(core->retired->assignments);
        free(core->retired);
        core->retired = next;
    }
}

/* Zones and knowledge bind no rule: nobody keeps one over a step. */
static void put_unbound(otr_core *core, otr_content *fresh, otr_str bytes)
{
    bool ok = true;
    if (bytes.size > 0 && otr_slot_is_zone(fresh->slot))
        ok =
            otr_zone_load((otr_bytes){(const uint8_t *)bytes.data, bytes.size}, &fresh->zone, NULL) == OTR_OK;
    else if (bytes.size > 0)
        ok = otr_knowledge_load(bytes, &fresh->knowledge, NULL) == OTR_OK;
    otr_content old = take_content(core, fresh->slot);
    free_content(&old);
    ok = ok && (bytes.size == 0 || insert_content(core, fresh));
    if (!ok || bytes.size == 0)
        free_content(fresh);
    core->failed |= !ok;
}

void otr_bind_put(otr_core *core, otr_str slot, otr_str hash, otr_str bytes)
{
    otr_content fresh = {.slot = own(slot), .hash = own(hash)};
    otr_assignments *loaded = NULL;
    bool is_pack = otr_slot_is_pack(slot);
    bool ok = fresh.slot.data != NULL && fresh.hash.data != NULL;
    if (ok && (otr_slot_is_zone(slot) || otr_slot_is_knowledge(slot))) {
        put_unbound(core, &fresh, bytes);
        return;
    }
    if (ok && is_pack && bytes.size > 0) {
        fresh.loaded = load_pack(core, bytes);
        ok = fresh.loaded != NULL;
    } else if (ok && !is_pack && bytes.size > 0) {
        ok = otr_assignments_load(bytes, &loaded, NULL) == OTR_OK;
    }
    otr_content old = take_content(core, slot);
    ok = retire(core, &old, NULL) && ok;
    ok = ok && (bytes.size == 0 || insert_content(core, &fresh));
    if (!ok || bytes.size == 0)
        free_content(&fresh);
    core->failed |= !ok;
    if (otr_slot_is_assignment(slot))
        otr_assigned_put(core, otr_slot_asset(slot), loaded);
    else if (!is_pack)
        otr_assigned_put_stated(core, loaded);
}

void otr_bind_all(otr_core *core)
{
    if (core->retired == NULL || core->failed)
        return;
    otr_notice_flush(core); /* what is offered names what goes now */
    otr_assigned_settle(core);
    rebind(core);
    otr_notice_flush(core);
    otr_asset_views_rebound(core);
    otr_ledgers_drop_idle(core);
    drop_retired(core);
}

void otr_bind_done(otr_core *core)
{
    drop_retired(core);
    free_assets(core, core->assets, core->asset_count);
    otr_plans_free(core->plans);
    for (size_t i = 0; i < core->content_count; i++)
        free_content(&core->contents[i]);
    free(core->contents);
    otr_assigned_done(core);
    free(core->touched);
}

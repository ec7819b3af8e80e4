#include "core/figures/figure_about.h"

#include "core/asset/whose.h"
#include "core/snapshot_first.h"
#include "core/view/journey_now.h"

#include <stdio.h>
#include <stdlib.h>

/* Kept with a case. */
static const otr_bucket_dimension kept[OTR_FIGURE_KEPT] = {OTR_BY_RULE, OTR_BY_PRODUCT, OTR_BY_LOT,
                                                           OTR_BY_LANE, OTR_BY_STEP};

static otr_str field(const otr_asset *asset, const char *path)
{
    const otr_value *value = otr_asset_field(asset, otr_str_of(path));
    return value != NULL && value->type == OTR_TYPE_STRING ? value->text : (otr_str){NULL, 0};
}

static otr_str format(char out[OTR_FIGURE_KEY_BYTES], otr_str a, const char *between, otr_str b)
{
    int size = snprintf(out, OTR_FIGURE_KEY_BYTES, "%.*s%s%.*s", OTR_STR_ARG(a), between, OTR_STR_ARG(b));
    /* what is cut could end within a character: no key is better than half of one */
    return size > 0 && size < OTR_FIGURE_KEY_BYTES ? (otr_str){out, (size_t)size} : (otr_str){NULL, 0};
}

static void add_rule(otr_str pack, otr_str rule, otr_figure_about *out)
{
    if (pack.size > 0 && rule.size > 0)
        out->keys[OTR_BY_RULE] = format(out->rule, pack, "/", rule);
}

/* ---- places ---- */

static void note_places(const otr_asset *asset, uint32_t whose, otr_names *seen, uint32_t *first,
                        otr_names *shared)
{
    for (size_t i = 0; i < asset->place_count; i++) {
        bool fresh = false;
        uint32_t number = otr_names_put(seen, asset->places[i].name, &fresh);
        if (number == OTR_NAME_NONE)
            return;
        if (fresh)
            first[number] = whose;
        if (whose == 0 || first[number] != whose)
            (void)otr_names_put(shared, asset->places[i].name, NULL);
    }
}

void otr_figure_places(otr_core *core)
{
    otr_names seen = {0};
    otr_names shared = {0};
    size_t count = 1;
    for (uint32_t i = 0; i < core->asset_count; i++)
        count += core->assets[i].asset->place_count;
    uint32_t *first = calloc(count, sizeof *first);
    core->failed |= first == NULL;
    for (uint32_t i = 0; first != NULL && i < core->asset_count; i++) {
        const otr_asset *asset = core->assets[i].asset;
        if (asset->place_count > 0)
            note_places(asset, otr_whose(core, asset), &seen, first, &shared);
    }
    free(first);
    otr_names_done(&seen);
    otr_names_done(&core->figures.places);
    core->figures.places = shared;
}

static bool is_shared(const otr_core *core, const otr_place *place)
{
    return otr_names_find(&core->figures.places, place->name) != OTR_NAME_NONE;
}

/* Empty when one of them is unknown, or some customer's alone. */
static otr_str lane(const otr_core *core, const otr_place *from, const otr_place *to,
                    char out[OTR_FIGURE_KEY_BYTES])
{
    if (from == NULL || to == NULL || !is_shared(core, from) || !is_shared(core, to))
        return (otr_str){NULL, 0};
    return format(out, from->name, ">", to->name);
}

/* The ends of its route; NULL where they have no name. */
static const otr_place *end_of(const otr_asset *asset, bool last)
{
    const otr_route *route = asset->route;
    return otr_journey_place(asset, &route->stops[last ? route->stop_count - 1 : 0].area);
}

static void add_asset(const otr_core *core, const otr_asset_state *state, otr_figure_about *out)
{
    const otr_asset *asset = state->asset;
    otr_str model = field(asset, "model");
    out->keys[OTR_BY_PRODUCT] = model.size > 0 ? model : asset->class;
    out->keys[OTR_BY_LOT] = field(asset, "lot");
    if (asset->route != NULL) {
        const otr_place *next = otr_journey_next_stop(state);
        out->keys[OTR_BY_LANE] = lane(core, end_of(asset, false), end_of(asset, true), out->lane);
        if (next != NULL && is_shared(core, next))
            out->keys[OTR_BY_STEP] = next->name;
    }
}

void otr_figure_of_alarm(const otr_core *core, const otr_asset_state *asset, uint32_t rule,
                         otr_figure_about *out)
{
    const otr_bound_rule *bound = &asset->plan->rules[rule];
    *out = (otr_figure_about){.rule = ""};
    add_rule(bound->pack->pack->name, bound->rule->name, out);
    add_asset(core, asset, out);
    out->keys[OTR_BY_CAUSE] = bound->rule->category;
    if (bound->rule->ticket)
        out->keys[OTR_BY_QUEUE] = bound->rule->queue;
}

void otr_figure_of_names(const otr_core *core, otr_str pack, otr_str rule, otr_str asset, uint32_t hint,
                         otr_figure_about *out)
{
    *out = (otr_figure_about){.rule = ""};
    add_rule(pack, rule, out);
    if (asset.size == 0 || core->asset_count == 0)
        return;
    uint32_t at = otr_snapshot_find_asset(core, asset, hint < core->asset_count ? hint : 0);
    if (at != OTR_NONE)
        add_asset(core, &core->assets[at], out);
}

void otr_figure_of_case(const otr_core *core, const otr_case *one, otr_figure_about *out)
{
    *out = (otr_figure_about){.rule = ""};
    uint32_t number = (uint32_t)(one - core->cases);
    for (size_t i = 0; i < OTR_FIGURE_KEPT && number < core->figures.case_capacity; i++)
        if (core->figures.cases[number].keys[i] > 0)
            out->keys[kept[i]] = otr_names_get(&core->labels, core->figures.cases[number].keys[i] - 1);
    otr_figure_of_case_now(core, one, out);
}

void otr_figure_of_case_now(const otr_core *core, const otr_case *one, otr_figure_about *out)
{
    out->keys[OTR_BY_CAUSE] = otr_names_get(
        &core->labels, one->dossier.trouble_count > 0 ? one->dossier.troubles[0] : one->category);
    out->keys[OTR_BY_QUEUE] = otr_names_get(&core->labels, one->queue);
}

void otr_figure_keep(otr_core *core, const otr_figure_about *about, struct otr_case_about *out)
{
    for (size_t i = 0; i < OTR_FIGURE_KEPT; i++) {
        otr_str key = about->keys[kept[i]];
        out->keys[i] = key.size > 0 ? otr_core_label(core, key) + 1 : 0;
    }
}

/* ---- forgetting ---- */

/* Of the lanes and places of assets as they are now. */
static bool is_named_now(const otr_core *core, const otr_bucket_cell *cell)
{
    const otr_bucket *bucket = &core->figures.bucket;
    char text[OTR_FIGURE_KEY_BYTES];
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_asset *asset = core->assets[i].asset;
        if (cell->dimension == OTR_BY_LANE && asset->route != NULL) {
            otr_str key = lane(core, end_of(asset, false), end_of(asset, true), text);
            if (key.size > 0 && otr_bucket_find(bucket, OTR_BY_LANE, key) == cell)
                return true;
        }
        for (size_t k = 0; cell->dimension == OTR_BY_STEP && k < asset->place_count; k++)
            if (is_shared(core, &asset->places[k]) &&
                otr_bucket_find(bucket, OTR_BY_STEP, asset->places[k].name) == cell)
                return true;
    }
    return false;
}

void otr_figure_forget_places(otr_core *core)
{
    otr_bucket *bucket = &core->figures.bucket;
    for (uint32_t i = bucket->count; i > 0 && !core->failed; i--) {
        const otr_bucket_cell *cell = bucket->cells[i - 1];
        bool placed = cell->dimension == OTR_BY_LANE || cell->dimension == OTR_BY_STEP;
        if (!placed || cell->key_size == 0 || is_named_now(core, cell))
            continue;
        core->failed |= otr_bucket_hide(bucket, cell) != OTR_OK;
        core->figures.due = core->now.core;
        i = bucket->count + 1; /* the rest may be new */
    }
}

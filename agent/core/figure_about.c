#include "core/figure_about.h"

#include "core/journey_now.h"
#include "core/snapshot_first.h"

#include <stdio.h>

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

static void add_asset(const otr_asset_state *state, otr_figure_about *out)
{
    const otr_asset *asset = state->asset;
    otr_str model = field(asset, "model");
    out->keys[OTR_BY_PRODUCT] = model.size > 0 ? model : asset->class;
    out->keys[OTR_BY_LOT] = field(asset, "lot");
    if (asset->route != NULL) {
        const otr_route *route = asset->route;
        const otr_place *from = otr_journey_place(asset, &route->stops[0].area);
        const otr_place *to = otr_journey_place(asset, &route->stops[route->stop_count - 1].area);
        const otr_place *next = otr_journey_next_stop(state);
        if (from != NULL && to != NULL)
            out->keys[OTR_BY_LANE] = format(out->lane, from->name, ">", to->name);
        if (next != NULL)
            out->keys[OTR_BY_STEP] = next->name;
    }
}

void otr_figure_of_alarm(const otr_core *core, const otr_asset_state *asset, uint32_t rule,
                         otr_figure_about *out)
{
    const otr_bound_rule *bound = &asset->plan->rules[rule];
    (void)core;
    *out = (otr_figure_about){.rule = ""};
    add_rule(bound->pack->pack->name, bound->rule->name, out);
    add_asset(asset, out);
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
        add_asset(&core->assets[at], out);
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

/* What a pack costs at run time. */
#include "core/cost.h"
#include "tools/outrider/check/check_pack.h"

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static size_t rules_of_metric(const otr_pack *pack, uint32_t symbol, const otr_asset *asset)
{
    size_t count = 0;
    for (size_t i = 0; i < pack->rule_count; i++)
        count += otr_cost_touches(&pack->rules[i], symbol) &&
                 (asset == NULL || otr_rule_watches(asset, pack, &pack->rules[i]));
    return count;
}

/* The most of all assets, or of an asset that every rule watches. */
static size_t most_rules(const otr_pack *pack, uint32_t symbol, const otr_assignments *assignments)
{
    size_t most = 0;
    if (assignments == NULL)
        return rules_of_metric(pack, symbol, NULL);
    for (size_t i = 0; i < assignments->asset_count; i++) {
        size_t count = rules_of_metric(pack, symbol, &assignments->assets[i]);
        most = count > most ? count : most;
    }
    return most;
}

static void add_memory(otr_buffer *out, const otr_pack *pack, const otr_assignments *assignments,
                       size_t metrics)
{
    otr_cost cost;
    if (otr_cost_of_asset(pack, NULL, &cost) != OTR_OK)
        return;
    otr_buffer_add_format(out, "  memory: %zu bytes an asset (%zu rule%s",
                          cost.state_bytes + cost.window_bytes, cost.rules, plural(cost.rules));
    if (cost.window_bytes > 0)
        otr_buffer_add_format(out, ", %zu of it for functions over the past", cost.window_bytes);
    otr_buffer_add_format(out, "), %zu bytes a device (%zu metric%s)\n", metrics * otr_cost_metric_bytes(),
                          metrics, plural(metrics));
    if (assignments == NULL)
        return;
    size_t all = 0;
    size_t watched = 0;
    for (size_t i = 0; i < assignments->asset_count; i++) {
        if (otr_cost_of_asset(pack, &assignments->assets[i], &cost) != OTR_OK)
            return;
        all += cost.state_bytes + cost.window_bytes;
        watched += cost.rules > 0;
    }
    otr_buffer_add_format(out, "  of %zu asset%s it watches %zu: %zu bytes in all\n",
                          assignments->asset_count, plural(assignments->asset_count), watched, all);
}

void otr_check_cost(otr_buffer *out, const otr_pack *pack, const otr_assignments *assignments)
{
    size_t metrics = 0;
    for (uint32_t s = 0; s < pack->symbols.count; s++)
        metrics += pack->symbols.list[s].kind == OTR_SYMBOL_METRIC && rules_of_metric(pack, s, NULL) > 0;
    add_memory(out, pack, assignments, metrics);
    if (metrics == 0)
        return;
    const char *before = "  a reading has rules evaluated:";
    for (uint32_t s = 0; s < pack->symbols.count; s++) {
        if (pack->symbols.list[s].kind != OTR_SYMBOL_METRIC || rules_of_metric(pack, s, NULL) == 0)
            continue;
        otr_buffer_add_format(out, "%s %.*s %zu", before, OTR_STR_ARG(pack->symbols.list[s].path),
                              most_rules(pack, s, assignments));
        before = ",";
    }
    otr_buffer_add_format(out, "\n");
}

/* What a pack costs at run time. */
#include "core/cost.h"
#include "tools/outrider/check_pack.h"

#include <stdlib.h>

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

static size_t asset_bytes(const otr_pack *pack, const otr_asset *asset, size_t *rules)
{
    size_t bytes = 0;
    *rules = 0;
    for (size_t i = 0; i < pack->rule_count; i++) {
        if (asset != NULL && !otr_rule_watches(asset, pack, &pack->rules[i]))
            continue;
        bytes += otr_cost_rule_bytes(pack, &pack->rules[i]);
        ++*rules;
    }
    return *rules > 0 ? bytes + otr_cost_asset_bytes(pack) : 0;
}

static void add_memory(otr_buffer *out, const otr_pack *pack, const otr_assignments *assignments,
                       size_t metrics)
{
    size_t rules;
    size_t bytes = asset_bytes(pack, NULL, &rules);
    otr_buffer_add_format(
        out, "  memory: %zu bytes an asset (%zu rule%s), %zu bytes a device (%zu metric%s)\n", bytes, rules,
        plural(rules), metrics * otr_cost_metric_bytes(), metrics, plural(metrics));
    if (assignments == NULL)
        return;
    size_t all = 0;
    size_t watched = 0;
    for (size_t i = 0; i < assignments->asset_count; i++) {
        all += asset_bytes(pack, &assignments->assets[i], &rules);
        watched += rules > 0;
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

#include "core/ticket/evidence.h"

#include "base/limits.h"
#include "base/metric.h"
#include "core/device/device.h"
#include "core/rule/host.h"
#include "core/snapshot_first.h"
#include "core/ticket/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of one metric of one device. */
struct otr_asset_series {
    uint32_t metric;
    uint32_t device;
    const otr_profile_metric *profile; /* may be NULL */
    otr_series *series;                /* owned */
};

/* ---- what the plan encloses ---- */

static struct otr_plan_evidence *find_metric(const otr_plan *plan, otr_str metric)
{
    for (uint32_t i = 0; i < plan->evidence_count; i++)
        if (otr_str_equal(plan->evidence[i].metric, metric))
            return &plan->evidence[i];
    return NULL;
}

static void add_rule(otr_plan *plan, const otr_bound_rule *bound)
{
    for (size_t i = 0; i < bound->rule->evidence_count; i++) {
        struct otr_plan_evidence *one = find_metric(plan, bound->rule->evidence[i]);
        if (one == NULL && plan->evidence_count == OTR_LIMIT_EVIDENCE)
            return;
        if (one == NULL) {
            one = &plan->evidence[plan->evidence_count++];
            *one = (struct otr_plan_evidence){.metric = bound->rule->evidence[i], .pack = bound->pack->pack};
        }
        if (bound->rule->evidence_last_us > one->last)
            one->last = bound->rule->evidence_last_us;
    }
}

bool otr_evidence_plan(otr_plan *plan)
{
    plan->evidence = otr_arena_array(&plan->memory, OTR_LIMIT_EVIDENCE, sizeof *plan->evidence);
    plan->evidence_of = otr_arena_array(&plan->memory, plan->metric_count + 1, sizeof *plan->evidence_of);
    if (plan->evidence == NULL || plan->evidence_of == NULL)
        return false;
    for (uint32_t i = 0; i < plan->rule_count; i++)
        if (plan->rules[i].rule->ticket)
            add_rule(plan, &plan->rules[i]);
    for (uint32_t metric = 0; metric < plan->metric_count; metric++)
        plan->evidence_of[metric] = find_metric(plan, otr_names_get(plan->metric_names, metric)) != NULL;
    return true;
}

/* Metrics that are younger than the plan are few. */
static const struct otr_plan_evidence *enclosed(const otr_plan *plan, uint32_t metric)
{
    if (metric < plan->metric_count && !plan->evidence_of[metric])
        return NULL;
    return find_metric(plan, otr_names_get(plan->metric_names, metric));
}

/* ---- limits ---- */

static double limit_of(const otr_asset *asset, const struct otr_plan_evidence *one, const char *end,
                       double none)
{
    char path[OTR_LIMIT_METRIC_NAME_BYTES + 32];
    (void)snprintf(path, sizeof path, "asset.limit.%.*s_%s", OTR_STR_ARG(one->metric), end);
    const otr_value *value = otr_host_field(asset, one->pack, otr_str_of(path));
    return value != NULL && value->type == OTR_TYPE_DOUBLE ? value->number : none;
}

static void set_limits(otr_series *series, const otr_asset *asset, const struct otr_plan_evidence *one)
{
    const otr_metric *known = otr_metric_find(one->metric);
    series->low = limit_of(asset, one, "min", -INFINITY);
    series->high = limit_of(asset, one, "max", INFINITY);
    series->is_temperature = known != NULL && strcmp(known->unit, "Cel") == 0;
}

/* ---- readings ---- */

static struct otr_asset_series *find_series(const otr_asset_state *asset, uint32_t metric, uint32_t device)
{
    for (uint32_t i = 0; i < asset->series_count; i++)
        if (asset->series[i].metric == metric && asset->series[i].device == device)
            return &asset->series[i];
    return NULL;
}

/* Takes the series over, also when that fails: NULL with core->failed. */
static struct otr_asset_series *put_series(otr_core *core, otr_asset_state *asset, uint32_t metric,
                                           uint32_t device, otr_series *series,
                                           const struct otr_plan_evidence *one)
{
    struct otr_asset_series *list =
        series != NULL ? realloc(asset->series, (asset->series_count + 1) * sizeof *asset->series) : NULL;
    if (list == NULL) {
        core->failed = true;
        free(series);
        return NULL;
    }
    const otr_profile *profile = asset->asset->profile;
    asset->series = list;
    list[asset->series_count] = (struct otr_asset_series){
        metric, device, profile != NULL ? otr_profile_find(profile, one->metric) : NULL, series};
    set_limits(series, asset->asset, one);
    return &list[asset->series_count++];
}

static struct otr_asset_series *begin_series(otr_core *core, otr_asset_state *asset, uint32_t metric,
                                             uint32_t device)
{
    const struct otr_plan_evidence *one = enclosed(asset->plan, metric);
    if (one == NULL || asset->series_count == OTR_LIMIT_ASSET_SERIES)
        return NULL;
    otr_series *series = malloc(sizeof *series);
    if (series != NULL)
        otr_series_init(series, one->last);
    return put_series(core, asset, metric, device, series, one);
}

void otr_evidence_add(otr_core *core, otr_asset_state *asset, uint32_t device, const otr_entry *entry)
{
    if (entry->kind != OTR_KIND_NUMBER || !isfinite(entry->number))
        return;
    if (entry->metric < asset->plan->metric_count && !asset->plan->evidence_of[entry->metric])
        return;
    struct otr_asset_series *one = find_series(asset, entry->metric, device);
    if (one == NULL)
        one = begin_series(core, asset, entry->metric, device);
    if (one == NULL || otr_profile_is_fault(one->profile, entry))
        return;
    otr_series_add(one->series, entry->at, entry->number, one->profile != NULL ? one->profile->valid_for : 0);
}

void otr_evidence_rewind(otr_asset_state *asset, otr_time utc)
{
    for (uint32_t i = 0; i < asset->series_count; i++) {
        otr_series *series = asset->series[i].series;
        if (series->newest != OTR_TIME_NONE && otr_time_is_ahead(series->newest, utc))
            otr_series_reset(series);
    }
}

/* ---- new assignments and packs ---- */

static bool serves(const otr_asset_state *asset, uint32_t device)
{
    for (uint32_t i = 0; i < asset->device_count; i++)
        if (asset->devices[i] == device)
            return true;
    return false;
}

static otr_time width_of(otr_time last)
{
    otr_series fresh;
    otr_series_init(&fresh, last);
    return fresh.width;
}

/* Takes the series over, or frees it where it has no place. */
static void adopt(otr_core *core, otr_asset_state *asset, uint32_t metric, uint32_t device,
                  otr_series *series)
{
    const struct otr_plan_evidence *one = enclosed(asset->plan, metric);
    if (one == NULL || !serves(asset, device) || series->width != width_of(one->last) ||
        asset->series_count == OTR_LIMIT_ASSET_SERIES || find_series(asset, metric, device) != NULL) {
        free(series);
        return;
    }
    (void)put_series(core, asset, metric, device, series, one);
}

void otr_evidence_move(otr_core *core, otr_asset_state *old, otr_asset_state *fresh)
{
    for (uint32_t i = 0; i < old->series_count; i++)
        adopt(core, fresh, old->series[i].metric, old->series[i].device, old->series[i].series);
    old->series_count = 0;
}

void otr_evidence_free(otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->series_count; i++)
        free(asset->series[i].series);
    free(asset->series);
    asset->series = NULL;
    asset->series_count = 0;
}

/* ---- into the ticket ---- */

static void fill(otr_core *core, const struct otr_asset_series *from, const otr_rule *rule, otr_time to,
                 otr_ticket_series *out)
{
    otr_series_summary *sum = otr_arena_alloc(&core->effects->memory, sizeof *sum);
    if (sum == NULL) {
        core->failed = true;
        return;
    }
    otr_series_sum(from->series, rule->evidence_last_us, to, sum);
    otr_str metric = otr_names_get(&core->metric_names, from->metric);
    const otr_metric *known = otr_metric_find(metric);
    *out = (otr_ticket_series){
        .metric = metric,
        .unit = otr_str_of(known != NULL ? known->unit : ""),
        .device = otr_names_get(&core->device_names, from->device),
        .from = sum->from,
        .to = sum->to,
        .readings = sum->readings,
        .low = from->series->low,
        .high = from->series->high,
        .min = sum->min,
        .min_at = sum->min_at,
        .max = sum->max,
        .max_at = sum->max_at,
        .mean = sum->mean,
        .mkt = sum->mkt,
        .outside_s = sum->outside_s,
        .coverage_percent = sum->coverage_percent,
        .times = sum->times,
        .values = sum->values,
        .count = sum->count,
    };
}

static bool encloses(const otr_rule *rule, otr_str metric)
{
    for (size_t i = 0; i < rule->evidence_count; i++)
        if (otr_str_equal(rule->evidence[i], metric))
            return true;
    return false;
}

otr_ticket_series *otr_evidence_series(otr_core *core, const otr_asset_state *asset, const otr_rule *rule,
                                       size_t *count)
{
    otr_ticket_series *list = otr_arena_array(&core->effects->memory, asset->series_count + 1, sizeof *list);
    *count = 0;
    core->failed |= list == NULL;
    for (uint32_t i = 0; i < asset->series_count && !core->failed; i++) {
        const struct otr_asset_series *one = &asset->series[i];
        if (!encloses(rule, otr_names_get(&core->metric_names, one->metric)))
            continue;
        otr_time to = asset->clock > one->series->newest ? asset->clock : one->series->newest;
        fill(core, one, rule, to, &list[*count]);
        *count += list[*count].readings > 0;
    }
    return list;
}

/* ---- snapshot ---- */

void otr_evidence_write(const otr_core *core, otr_buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->asset_count; i++)
        count += core->assets[i].series_count > 0;
    otr_buffer_add_varint(out, count);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_asset_state *asset = &core->assets[i];
        if (asset->series_count == 0)
            continue;
        otr_buffer_add_str(out, asset->asset->id);
        otr_buffer_add_u8(out, (uint8_t)asset->series_count);
        for (uint32_t s = 0; s < asset->series_count; s++) {
            otr_buffer_add_varint(out, asset->series[s].metric);
            otr_buffer_add_varint(out, asset->series[s].device);
            otr_series_write(asset->series[s].series, out);
        }
    }
}

static void read_series(otr_core *core, otr_reader *reader, otr_asset_state *asset)
{
    uint64_t metric = otr_reader_varint(reader);
    uint64_t device = otr_reader_varint(reader);
    otr_series *series = malloc(sizeof *series);
    core->failed |= series == NULL;
    if (core->failed)
        return;
    otr_series_read(series, reader);
    if (reader->failed || asset == NULL || metric >= core->metric_names.count) {
        free(series);
        return;
    }
    adopt(core, asset, (uint32_t)metric, (uint32_t)device, series);
}

/* What has no place any more is read over. */
void otr_evidence_read(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_str id = otr_reader_str(reader);
        uint8_t series = otr_reader_u8(reader);
        uint32_t number = core->asset_count > 0 && !reader->failed
                              ? otr_snapshot_find_asset(core, id, (uint32_t)(i % core->asset_count))
                              : OTR_NONE;
        for (; series > 0 && !reader->failed && !core->failed; series--)
            read_series(core, reader, number != OTR_NONE ? &core->assets[number] : NULL);
    }
}

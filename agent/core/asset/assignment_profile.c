/* Profiles (what a kind of device reports, how often, and when it is wrong) and customers. */
#include "base/limits.h"
#include "base/reading.h"
#include "core/asset/assignment_build.h"
#include "rules/load/words.h"

#include <math.h>

enum { VALID_INTERVALS = 3 }; /* valid_for by default: two readings may get lost before silence is a gap */

static otr_status read_faults(const otr_assignment_build *build, const otr_yaml *node,
                              otr_profile_metric *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    double *values = otr_arena_array(build->memory, count, sizeof *values);
    if (values == NULL)
        return otr_build_memory(build);
    out->fault_values = values;
    out->fault_count = count;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = otr_yaml_double(entry, values++, build->error);
    return status;
}

static otr_status read_spans(const otr_assignment_build *build, const otr_yaml *node, otr_profile_metric *out)
{
    const otr_yaml *interval = otr_yaml_get(node, "expected_interval");
    const otr_yaml *valid = otr_yaml_get(node, "valid_for");
    otr_status status = OTR_OK;
    if (interval != NULL)
        status = otr_yaml_span(interval, &out->expected_interval, build->error);
    if (status != OTR_OK)
        return status;
    out->valid_for = out->expected_interval > OTR_TIME_NEVER / VALID_INTERVALS
                         ? OTR_TIME_NEVER
                         : out->expected_interval * VALID_INTERVALS;
    if (valid == NULL)
        return OTR_OK;
    status = otr_yaml_span(valid, &out->valid_for, build->error);
    if (status == OTR_OK && (out->valid_for == 0 || out->valid_for < out->expected_interval))
        return otr_build_fail(build, valid, "valid_for must not be shorter than expected_interval");
    return status;
}

static otr_status read_range(const otr_assignment_build *build, const otr_yaml *node, otr_profile_metric *out)
{
    const otr_yaml *low = otr_yaml_get(node, "min");
    const otr_yaml *high = otr_yaml_get(node, "max");
    otr_status status = OTR_OK;
    out->low = -INFINITY;
    out->high = INFINITY;
    if (low != NULL)
        status = otr_yaml_double(low, &out->low, build->error);
    if (status == OTR_OK && high != NULL)
        status = otr_yaml_double(high, &out->high, build->error);
    if (status == OTR_OK && out->low > out->high)
        return otr_build_fail(build, high != NULL ? high : node, "max must not be below min");
    return status;
}

static otr_status read_metric(const otr_assignment_build *build, const otr_yaml *node,
                              otr_profile_metric *out)
{
    static const char *const known[] = {"expected_interval", "valid_for", "fault_values", "min", "max", NULL};
    if (!otr_metric_name_ok(node->key))
        return otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                           "a metric's name has small letters, digits and _ only, at most %d",
                           OTR_LIMIT_METRIC_NAME_BYTES);
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = read_spans(build, node, out);
    if (status == OTR_OK)
        status = read_range(build, node, out);
    const otr_yaml *faults = otr_yaml_get(node, "fault_values");
    if (status == OTR_OK && faults != NULL)
        status = read_faults(build, faults, out);
    if (status != OTR_OK)
        return status;
    out->name = otr_arena_copy(build->memory, node->key);
    return out->name.data != NULL ? OTR_OK : otr_build_memory(build);
}

/* Keeps the list sorted by name while it grows: there are few, and no key comes twice. */
static void insert_metric(otr_profile_metric *list, size_t count, otr_profile_metric metric)
{
    size_t at = count;
    while (at > 0 && otr_str_compare(list[at - 1].name, metric.name) > 0) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = metric;
}

static otr_status read_metrics(const otr_assignment_build *build, const otr_yaml *metrics, otr_profile *out)
{
    otr_status status = otr_yaml_kind_is(metrics, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(metrics);
    if (count > OTR_LIMIT_METRICS_PER_DEVICE)
        return otr_fail_at(build->error, OTR_LIMIT, metrics->line, metrics->column,
                           "a profile has at most %d metrics", OTR_LIMIT_METRICS_PER_DEVICE);
    otr_profile_metric *list = otr_arena_array(build->memory, count, sizeof *list);
    if (list == NULL)
        return otr_build_memory(build);
    out->metrics = list;
    for (const otr_yaml *entry = metrics->first; entry != NULL; entry = entry->next) {
        otr_profile_metric metric = {0};
        status = read_metric(build, entry, &metric);
        if (status != OTR_OK)
            return status;
        insert_metric(list, out->metric_count++, metric);
    }
    return OTR_OK;
}

static otr_status read_profile(const otr_assignment_build *build, const otr_yaml *node, otr_profile *out)
{
    static const char *const known[] = {"metrics", "commands", NULL};
    const otr_yaml *commands = otr_yaml_get(node, "commands");
    const otr_yaml *metrics = otr_yaml_get(node, "metrics");
    otr_status status = OTR_OK;
    if (commands == NULL)
        status = otr_yaml_need(node, "metrics", &metrics, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK && metrics != NULL)
        status = read_metrics(build, metrics, out);
    if (status == OTR_OK && commands != NULL)
        status = otr_build_commands(build, commands, out);
    if (status != OTR_OK)
        return status;
    out->name = otr_arena_copy(build->memory, node->key);
    return out->name.data != NULL ? OTR_OK : otr_build_memory(build);
}

otr_status otr_build_profiles(otr_assignment_build *build, const otr_yaml *node)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    otr_profile *profiles = otr_arena_array(build->memory, count, sizeof *profiles);
    build->profile_names = otr_arena_array(build->scratch, count, sizeof *build->profile_names);
    if (profiles == NULL || build->profile_names == NULL)
        return otr_build_memory(build);
    build->profiles = profiles;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        uint32_t number = (uint32_t)build->profile_count++;
        status = read_profile(build, entry, &profiles[number]);
        if (status != OTR_OK)
            return status;
        build->profile_names[number] = (otr_named){profiles[number].name, number, entry};
    }
    return otr_named_sort(build, build->profile_names, build->profile_count, "profile");
}

/* The metrics of a map: their columns, how cells become values, and what they are called. */
#include "base/metric.h"
#include "tools/outrider/feed/feed_map_build.h"

static bool metric_name_ok(otr_str name)
{
    if (name.size == 0 || name.size > OTR_LIMIT_METRIC_NAME_BYTES || name.data[0] < 'a' || name.data[0] > 'z')
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
            return false;
    }
    return true;
}

/* What the metric's columns make of it: a location, a magnitude, or by its kind in the catalogue. */
static otr_status read_columns(otr_feed_map *map, const otr_yaml *node, otr_feed_metric *metric,
                               otr_error *error)
{
    const otr_yaml *column = otr_yaml_get(node, "column");
    const otr_yaml *magnitude = otr_yaml_get(node, "magnitude");
    const otr_yaml *latitude = otr_yaml_get(node, "latitude");
    const otr_yaml *longitude = otr_yaml_get(node, "longitude");
    otr_status status = OTR_OK;
    if ((column != NULL) + (magnitude != NULL) + (latitude != NULL) != 1 ||
        (latitude == NULL) != (longitude == NULL))
        return otr_feed_map_fail(node, error,
                                 "one of column, magnitude, or latitude with longitude expected");
    metric->column_count = 1;
    if (column != NULL)
        return otr_feed_map_column(map, column, &metric->columns[0], error);
    if (latitude != NULL) {
        metric->kind = OTR_FEED_LOCATION;
        metric->column_count = 2;
        status = otr_feed_map_column(map, latitude, &metric->columns[0], error);
        return status == OTR_OK ? otr_feed_map_column(map, longitude, &metric->columns[1], error) : status;
    }
    metric->kind = OTR_FEED_MAGNITUDE_OF;
    metric->column_count = 0;
    status = otr_yaml_kind_is(magnitude, OTR_YAML_LIST, error);
    if (status != OTR_OK)
        return status;
    for (const otr_yaml *axis = magnitude->first; axis != NULL; axis = axis->next) {
        if (metric->column_count == OTR_FEED_MAGNITUDE)
            return otr_feed_map_fail(axis, error, "two or three columns expected");
        status = otr_feed_map_column(map, axis, &metric->columns[metric->column_count++], error);
        if (status != OTR_OK)
            return status;
    }
    return metric->column_count >= 2 ? OTR_OK
                                     : otr_feed_map_fail(magnitude, error, "two or three columns expected");
}

static otr_status read_flags(otr_feed_map *map, const otr_yaml *node, otr_feed_metric *metric,
                             otr_error *error)
{
    const otr_yaml *is = otr_yaml_get(node, "is");
    const otr_yaml *truths = otr_yaml_get(node, "true");
    const otr_yaml *falsehoods = otr_yaml_get(node, "false");
    otr_status status = OTR_OK;
    if (is == NULL && truths == NULL && falsehoods == NULL)
        return OTR_OK;
    if ((is != NULL) == (truths != NULL))
        return otr_feed_map_fail(node, error, "either is, or true with a list of cells, expected");
    if (metric->kind != OTR_FEED_NUMBER && metric->kind != OTR_FEED_BOOL)
        return otr_feed_map_fail(node, error, "is and true are for one column");
    metric->kind = OTR_FEED_BOOL;
    if (is != NULL) {
        otr_str *one = otr_arena_array(&map->memory, 1, sizeof *one);
        if (one == NULL)
            return otr_fail(error, OTR_MEMORY, "out of memory");
        metric->truths = one;
        metric->truth_count = 1;
        status = otr_yaml_kind_is(is, OTR_YAML_SCALAR, error);
        if (status == OTR_OK)
            status = otr_feed_map_copy(map, is->text, one, error);
    } else {
        status = otr_feed_map_list(map, truths, &metric->truths, &metric->truth_count, error);
        if (status == OTR_OK && metric->truth_count == 0)
            status = otr_feed_map_fail(truths, error, "at least one cell that means true expected");
    }
    if (status == OTR_OK && falsehoods != NULL)
        status = otr_feed_map_list(map, falsehoods, &metric->falsehoods, &metric->falsehood_count, error);
    return status;
}

/* none: the cells that say in words that there is nothing, such as "NO CODES". */
static otr_status read_empties(otr_feed_map *map, const otr_yaml *node, otr_feed_metric *metric,
                               otr_error *error)
{
    const otr_yaml *none = otr_yaml_get(node, "none");
    if (none == NULL)
        return OTR_OK;
    if (metric->kind != OTR_FEED_TEXT)
        return otr_feed_map_fail(none, error, "none is for texts");
    return otr_feed_map_list(map, none, &metric->empties, &metric->empty_count, error);
}

static otr_status read_metric(otr_feed_map *map, const otr_yaml *node, otr_feed_metric *metric,
                              otr_error *error)
{
    static const char *const known[] = {"column", "magnitude", "latitude", "longitude", "scale",
                                        "offset", "unit",      "is",       "true",      "false",
                                        "text",   "none",      NULL};
    if (!metric_name_ok(node->key))
        return otr_fail_at(error, OTR_INVALID, node->key_line, node->key_column,
                           "a metric name expected: small letters, digits and _");
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, error);
    if (status == OTR_OK)
        status = otr_feed_map_copy(map, node->key, &metric->name, error);
    if (status != OTR_OK)
        return status;
    const otr_metric *entry = otr_metric_find(metric->name);
    const otr_yaml *text = otr_yaml_get(node, "text");
    bool is_text = entry != NULL && entry->kind == OTR_KIND_TEXT;
    metric->scale = 1;
    metric->unit = otr_str_of(entry != NULL ? entry->unit : "");
    if (text != NULL && (status = otr_yaml_bool(text, &is_text, error)) != OTR_OK)
        return status;
    if (is_text)
        metric->kind = OTR_FEED_TEXT;
    else if (entry != NULL && entry->kind == OTR_KIND_BOOL)
        metric->kind = OTR_FEED_BOOL;
    status = read_columns(map, node, metric, error);
    if (status == OTR_OK)
        status = read_flags(map, node, metric, error);
    if (status == OTR_OK)
        status = read_empties(map, node, metric, error);
    if (status != OTR_OK)
        return status;
    bool numeric = metric->kind == OTR_FEED_NUMBER || metric->kind == OTR_FEED_MAGNITUDE_OF;
    const otr_yaml *scale = otr_yaml_get(node, "scale");
    const otr_yaml *offset = otr_yaml_get(node, "offset");
    const otr_yaml *unit = otr_yaml_get(node, "unit");
    if (!numeric && (scale != NULL || offset != NULL || unit != NULL))
        return otr_feed_map_fail(node, error, "scale, offset and unit are for numbers");
    if (scale != NULL)
        status = otr_yaml_double(scale, &metric->scale, error);
    if (status == OTR_OK && offset != NULL)
        status = otr_yaml_double(offset, &metric->offset, error);
    if (status == OTR_OK && unit != NULL)
        status = otr_yaml_kind_is(unit, OTR_YAML_SCALAR, error);
    return status == OTR_OK && unit != NULL ? otr_feed_map_copy(map, unit->text, &metric->unit, error)
                                            : status;
}

otr_status otr_feed_map_metrics(otr_feed_map *map, const otr_yaml *root, otr_error *error)
{
    const otr_yaml *metrics = otr_yaml_get(root, "metrics");
    size_t count = 0;
    if (metrics == NULL)
        return otr_feed_map_missing(root, "metrics", error);
    otr_status status = otr_yaml_kind_is(metrics, OTR_YAML_MAP, error);
    if (status != OTR_OK)
        return status;
    for (const otr_yaml *node = metrics->first; node != NULL; node = node->next)
        count++;
    if (count == 0 || count > OTR_LIMIT_METRICS_PER_DEVICE)
        return otr_feed_map_fail(metrics, error, "1 to 64 metrics expected");
    map->metrics = otr_arena_array(&map->memory, count, sizeof *map->metrics);
    if (map->metrics == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (const otr_yaml *node = metrics->first; node != NULL && status == OTR_OK; node = node->next)
        status = read_metric(map, node, &map->metrics[map->metric_count++], error);
    return status;
}

/*
 * What a device reports of one metric: a number, true or false, a text, a place; over several instants also a
 * list, or numbers in short (test_series.h).
 */
#include "base/limits.h"
#include "base/metric.h"
#include "tools/outrider/test/test_build.h"
#include "tools/outrider/test/test_series.h"

#include <math.h>

static const char *kind_text(unsigned kind)
{
    static const char *const names[] = {"anything", "a number", "true or false", "a text",
                                        "a place such as {latitude: 52.5, longitude: 13.4}"};
    return names[kind];
}

static bool is_none(const otr_yaml *node)
{
    return node->kind == OTR_YAML_SCALAR && node->style == OTR_YAML_PLAIN && otr_str_is(node->text, "_");
}

static otr_status read_text(otr_test_reader *reader, const otr_yaml *node, otr_reading *out)
{
    if (node->text.size > OTR_LIMIT_TEXT_VALUE_BYTES)
        return otr_test_fail(reader, node, "a text of more than %d bytes", OTR_LIMIT_TEXT_VALUE_BYTES);
    out->kind = OTR_KIND_TEXT;
    out->text = otr_arena_copy(&reader->file->memory, node->text);
    return out->text.data != NULL ? OTR_OK : otr_test_no_memory(reader);
}

/* One value as it is written; known: the kind that the catalogue asks for, or ANY. */
static otr_status read_scalar(otr_test_reader *reader, const otr_yaml *node, unsigned known, otr_reading *out)
{
    otr_error unwanted;
    *out = (otr_reading){.kind = OTR_KIND_ANY};
    if (is_none(node))
        return OTR_OK;
    if (node->kind != OTR_YAML_SCALAR)
        return otr_test_fail(reader, node, "expected %s", kind_text(known));
    if (known == OTR_KIND_TEXT)
        return read_text(reader, node, out);
    if (otr_yaml_bool(node, &out->flag, &unwanted) == OTR_OK)
        out->kind = OTR_KIND_BOOL;
    else if (otr_yaml_double(node, &out->number, &unwanted) == OTR_OK)
        out->kind = OTR_KIND_NUMBER;
    else if (known == OTR_KIND_ANY)
        return read_text(reader, node, out);
    if (known == OTR_KIND_ANY || out->kind == known)
        return OTR_OK;
    otr_str text = node->text;
    return otr_test_fail(reader, node, "expected %s, found %.*s%s", kind_text(known),
                         (int)(text.size < 60 ? text.size : 60), text.data,
                         known == OTR_KIND_BOOL ? "; several values are a list: [true, false]" : "");
}

static otr_status read_list(otr_test_reader *reader, const otr_yaml *node, unsigned known,
                            otr_test_values *out)
{
    out->count = 0;
    out->list = otr_arena_array(&reader->file->memory, otr_yaml_count(node) + 1, sizeof *out->list);
    if (out->list == NULL)
        return otr_test_no_memory(reader);
    otr_status status = OTR_OK;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_scalar(reader, entry, known, &out->list[out->count++]);
    if (status == OTR_OK && out->count == 0)
        return otr_test_fail(reader, node, "expected at least one value");
    return status;
}

static otr_status read_series(otr_test_reader *reader, const otr_yaml *node, otr_test_series *out)
{
    otr_error why = {0};
    if (node->kind != OTR_YAML_SCALAR)
        return otr_test_fail(reader, node, "expected numbers");
    otr_status status = otr_test_series_parse(&reader->file->memory, node->text, out, &why);
    return status == OTR_OK ? OTR_OK
                            : otr_fail_at(reader->error, status, node->line, node->column, "%s", why.text);
}

/* Numbers in short. */
static otr_status read_numbers(otr_test_reader *reader, const otr_yaml *node, otr_test_values *out)
{
    otr_test_series series;
    otr_status status = read_series(reader, node, &series);
    if (status != OTR_OK)
        return status;
    out->count = series.count;
    out->list = otr_arena_array(&reader->file->memory, series.count, sizeof *out->list);
    if (out->list == NULL)
        return otr_test_no_memory(reader);
    for (size_t i = 0; i < series.count; i++) {
        out->list[i].kind = isnan(series.values[i]) ? OTR_KIND_ANY : OTR_KIND_NUMBER;
        out->list[i].number = series.values[i];
    }
    return OTR_OK;
}

/* A coordinate's value at an instant: the last one stays, so that a ramp meets a constant. */
static double at(const otr_test_series *series, size_t i)
{
    return series->values[i < series->count ? i : series->count - 1];
}

static otr_status read_place(otr_test_reader *reader, const otr_yaml *map, otr_test_values *out)
{
    static const char *const known[] = {"latitude", "longitude", NULL};
    const otr_yaml *nodes[2] = {NULL, NULL};
    otr_test_series series[2] = {{0}};
    otr_status status = otr_yaml_only(map, known, reader->error);
    for (int i = 0; i < 2 && status == OTR_OK; i++) {
        status = otr_yaml_need(map, known[i], &nodes[i], reader->error);
        if (status == OTR_OK)
            status = read_series(reader, nodes[i], &series[i]);
    }
    if (status != OTR_OK)
        return status;
    if (series[0].count > 1 && series[1].count > 1 && series[0].count != series[1].count)
        return otr_test_fail(reader, map, "%zu latitudes, but %zu longitudes", series[0].count,
                             series[1].count);
    out->count = series[0].count > series[1].count ? series[0].count : series[1].count;
    out->list = otr_arena_array(&reader->file->memory, out->count, sizeof *out->list);
    if (out->list == NULL)
        return otr_test_no_memory(reader);
    for (size_t i = 0; i < out->count; i++) {
        double latitude = at(&series[0], i);
        double longitude = at(&series[1], i);
        if (isnan(latitude) || isnan(longitude))
            continue;
        if (!(fabs(latitude) <= 90))
            return otr_test_fail(reader, nodes[0], "latitudes are -90 to 90");
        if (!(fabs(longitude) <= 180))
            return otr_test_fail(reader, nodes[1], "longitudes are -180 to 180");
        out->list[i].kind = OTR_KIND_LOCATION;
        out->list[i].location.latitude = latitude;
        out->list[i].location.longitude = longitude;
    }
    return OTR_OK;
}

/* Whether a text that stands for the whole entry is numbers in short. */
static bool looks_like_series(const otr_yaml *node, unsigned known)
{
    bool letters = false;
    if (node->kind != OTR_YAML_SCALAR || known == OTR_KIND_TEXT || known == OTR_KIND_BOOL ||
        node->text.size == 0 || strchr("0123456789.+-_", node->text.data[0]) == NULL)
        return false;
    for (size_t i = 0; i < node->text.size; i++)
        letters |= strchr("0123456789.+-_eEx \t\n", node->text.data[i]) == NULL;
    return !letters;
}

static otr_status remember_metric(otr_test_reader *reader, const otr_yaml *node, otr_str name)
{
    for (size_t i = 0; i < reader->metric_count; i++)
        if (otr_str_equal(reader->metrics[i].text, name))
            return OTR_OK;
    if (reader->metric_count == OTR_LIMIT_METRICS)
        return otr_test_fail(reader, node, "more than %d metrics", OTR_LIMIT_METRICS);
    if (reader->metric_count == reader->metric_capacity) {
        size_t capacity = reader->metric_capacity == 0 ? 16 : reader->metric_capacity * 2;
        otr_test_word *metrics = otr_arena_array(&reader->file->memory, capacity, sizeof *metrics);
        if (metrics == NULL)
            return otr_test_no_memory(reader);
        if (reader->metric_count > 0)
            memcpy(metrics, reader->metrics, reader->metric_count * sizeof *metrics);
        reader->metrics = metrics;
        reader->metric_capacity = capacity;
    }
    reader->metrics[reader->metric_count++] = (otr_test_word){name, node->key_line, node->key_column};
    return OTR_OK;
}

otr_status otr_test_read_values(otr_test_reader *reader, const otr_yaml *node, bool series,
                                otr_test_values *out)
{
    const otr_metric *metric = otr_metric_find(node->key);
    unsigned known = metric != NULL ? metric->kind : OTR_KIND_ANY;
    *out = (otr_test_values){.metric = otr_arena_copy(&reader->file->memory, node->key)};
    if (out->metric.data == NULL)
        return otr_test_no_memory(reader);
    if (!otr_metric_name_ok(out->metric))
        return otr_fail_at(reader->error, OTR_INVALID, node->key_line, node->key_column,
                           "a metric is named with small letters, digits and _");
    otr_status status = remember_metric(reader, node, out->metric);
    if (status != OTR_OK)
        return status;
    if (node->kind == OTR_YAML_MAP && (known == OTR_KIND_ANY || known == OTR_KIND_LOCATION))
        status = read_place(reader, node, out);
    else if (node->kind == OTR_YAML_LIST)
        status = read_list(reader, node, known, out);
    else if (series && looks_like_series(node, known))
        status = read_numbers(reader, node, out);
    else {
        out->count = 1;
        out->list = otr_arena_alloc(&reader->file->memory, sizeof *out->list);
        status = out->list != NULL ? read_scalar(reader, node, known, out->list) : otr_test_no_memory(reader);
    }
    if (status != OTR_OK)
        return status;
    out->constant = out->count == 1 && node->kind != OTR_YAML_LIST;
    if (!series && !out->constant)
        return otr_test_fail(reader, node, "several values, but no `every` that says when each was");
    return OTR_OK;
}

#include "tools/outrider/feed/feed_map_build.h"

#include <stdio.h>

otr_status otr_feed_map_fail(const otr_yaml *node, otr_error *error, const char *text)
{
    return otr_fail_at(error, OTR_INVALID, node->line, node->column, "%s", text);
}

otr_status otr_feed_map_missing(const otr_yaml *map, const char *key, otr_error *error)
{
    return otr_fail_at(error, OTR_INVALID, map->line, map->column, "%s is missing", key);
}

otr_status otr_feed_map_copy(otr_feed_map *map, otr_str text, otr_str *out, otr_error *error)
{
    *out = otr_arena_copy(&map->memory, text);
    return out->data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static bool is_plain_number(const otr_yaml *node)
{
    if (node->style != OTR_YAML_PLAIN || node->text.size == 0)
        return false;
    for (size_t i = 0; i < node->text.size; i++)
        if (node->text.data[i] < '0' || node->text.data[i] > '9')
            return false;
    return true;
}

otr_status otr_feed_map_column(otr_feed_map *map, const otr_yaml *node, size_t *out, otr_error *error)
{
    int64_t number = 0;
    otr_str name = {NULL, 0};
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_SCALAR, error);
    if (status != OTR_OK)
        return status;
    if (is_plain_number(node))
        status = otr_yaml_i64(node, 1, OTR_FEED_NOWHERE, &number, error);
    else if (node->text.size == 0)
        status = otr_feed_map_fail(node, error, "a column's name, or its number from 1");
    else
        status = otr_feed_map_copy(map, node->text, &name, error);
    if (status != OTR_OK)
        return status;
    if (name.size == 0 && map->format == OTR_FEED_JSON)
        return otr_feed_map_fail(node, error, "JSON has no numbered columns: give the key");
    if (name.size > 0 && map->format == OTR_FEED_CSV && !map->header)
        return otr_feed_map_fail(node, error, "a recording without a header has only numbered columns");
    for (size_t i = 0; i < map->column_count; i++) {
        *out = i;
        if (map->columns[i].number == (size_t)number && otr_str_equal(map->columns[i].name, name))
            return OTR_OK;
    }
    if (map->column_count == OTR_FEED_COLUMNS)
        return otr_feed_map_fail(node, error, "too many columns");
    *out = map->column_count++;
    map->columns[*out] = (otr_feed_column){name, (size_t)number, node->line, node->column};
    return OTR_OK;
}

otr_status otr_feed_map_list(otr_feed_map *map, const otr_yaml *node, const otr_str **out, size_t *count,
                             otr_error *error)
{
    size_t size = 0;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, error);
    if (status != OTR_OK)
        return status;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next)
        size++;
    otr_str *list = otr_arena_array(&map->memory, size > 0 ? size : 1, sizeof *list);
    if (list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    *out = list;
    *count = size;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        status = otr_yaml_kind_is(entry, OTR_YAML_SCALAR, error);
        if (status == OTR_OK)
            status = otr_feed_map_copy(map, entry->text, list++, error);
    }
    return status;
}

/* One character of a few. */
static otr_status read_char(const otr_yaml *node, const char *allowed, const char *expected, char *out,
                            otr_error *error)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_SCALAR, error);
    if (status != OTR_OK)
        return status;
    if (node->text.size != 1 || node->text.data[0] == '\0' || strchr(allowed, node->text.data[0]) == NULL)
        return otr_feed_map_fail(node, error, expected);
    *out = node->text.data[0];
    return OTR_OK;
}

static otr_status read_count(const otr_yaml *node, int64_t low, size_t *out, otr_error *error)
{
    int64_t number = 0;
    otr_status status = otr_yaml_i64(node, low, OTR_FEED_NOWHERE, &number, error);
    *out = (size_t)number;
    return status;
}

static otr_status read_format(otr_feed_map *map, const otr_yaml *root, otr_error *error)
{
    const otr_yaml *node = otr_yaml_get(root, "format");
    otr_str text;
    if (node == NULL)
        return otr_feed_map_missing(root, "format (csv or json)", error);
    otr_status status = otr_yaml_text(node, &text, error);
    if (status != OTR_OK)
        return status;
    if (!otr_str_is(text, "csv") && !otr_str_is(text, "json"))
        return otr_feed_map_fail(node, error, "csv or json expected");
    map->format = otr_str_is(text, "csv") ? OTR_FEED_CSV : OTR_FEED_JSON;
    return OTR_OK;
}

static otr_status read_layout(otr_feed_map *map, const otr_yaml *root, otr_error *error)
{
    static const char *const csv_only[] = {"separator", "header", "trailing", "comment", "skip", "cells"};
    const otr_yaml *node;
    otr_status status = OTR_OK;
    for (size_t i = 0; i < sizeof csv_only / sizeof csv_only[0] && map->format == OTR_FEED_JSON; i++)
        if ((node = otr_yaml_get(root, csv_only[i])) != NULL)
            return otr_fail_at(error, OTR_INVALID, node->key_line, node->key_column, "%s is for csv only",
                               csv_only[i]);
    if ((node = otr_yaml_get(root, "separator")) != NULL)
        status = read_char(node, ",; \t|", "one of \",\" \";\" \"|\" \"\\t\" or \" \" expected",
                           &map->separator, error);
    if (status == OTR_OK && (node = otr_yaml_get(root, "decimal")) != NULL)
        status = read_char(node, ".,", "\".\" or \",\" expected", &map->decimal, error);
    if (status == OTR_OK && (node = otr_yaml_get(root, "comment")) != NULL)
        status = read_char(node, "#;%$/!'\"*-", "one character that begins a comment expected", &map->comment,
                           error);
    if (status == OTR_OK && (node = otr_yaml_get(root, "header")) != NULL)
        status = otr_yaml_bool(node, &map->header, error);
    if (status == OTR_OK && (node = otr_yaml_get(root, "trailing")) != NULL)
        status = otr_yaml_bool(node, &map->trailing, error);
    if (status == OTR_OK && (node = otr_yaml_get(root, "skip")) != NULL)
        status = read_count(node, 0, &map->skip, error);
    if (status == OTR_OK && (node = otr_yaml_get(root, "cells")) != NULL)
        status = map->header ? otr_feed_map_fail(node, error, "the header says how many cells a row has")
                             : read_count(node, 1, &map->cells, error);
    if (status == OTR_OK && (node = otr_yaml_get(root, "absent")) != NULL)
        status = otr_feed_map_list(map, node, &map->absent, &map->absent_count, error);
    if (status != OTR_OK || map->format == OTR_FEED_JSON)
        return status;
    if (!map->header && map->cells == 0)
        return otr_feed_map_missing(root, "cells (of a row: there is no header to count them by)", error);
    if (map->decimal == ',' && map->separator == ',')
        return otr_feed_map_missing(
            root, "another separator or another decimal sign: the comma can't be both, it", error);
    return OTR_OK;
}

static otr_status read_device(otr_feed_map *map, const otr_yaml *root, otr_error *error)
{
    static const char *const known[] = {"column", "prefix", NULL};
    const otr_yaml *node = otr_yaml_get(root, "device");
    if (node == NULL)
        return otr_feed_map_missing(root, "device (a name, or {column: ...})", error);
    if (node->kind == OTR_YAML_SCALAR) {
        if (!otr_device_name_ok(node->text))
            return otr_feed_map_fail(node, error, "a device name expected: letters, digits and : . _ -");
        return otr_feed_map_copy(map, node->text, &map->device, error);
    }
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, error);
    if (status != OTR_OK)
        return status;
    const otr_yaml *prefix = otr_yaml_get(node, "prefix");
    const otr_yaml *column = otr_yaml_get(node, "column");
    if (column == NULL)
        return otr_feed_map_missing(node, "column", error);
    otr_str text = {NULL, 0};
    if (prefix != NULL) {
        status = otr_yaml_text(prefix, &text, error);
        if (status == OTR_OK)
            status = otr_feed_map_copy(map, text, &map->device_prefix, error);
    }
    return status == OTR_OK ? otr_feed_map_column(map, column, &map->device_column, error) : status;
}

static const struct {
    const char *name;
    otr_feed_clock clock;
    otr_time tick_us; /* 0: the map says it by step */
} clocks[] = {
    {"rfc3339", OTR_FEED_RFC3339, 1},          {"epoch_s", OTR_FEED_EPOCH, OTR_SECOND},
    {"epoch_ms", OTR_FEED_EPOCH, OTR_MS},      {"epoch_us", OTR_FEED_EPOCH, 1},
    {"elapsed_s", OTR_FEED_COUNT, OTR_SECOND}, {"index", OTR_FEED_COUNT, 0},
};
enum { CLOCKS = sizeof clocks / sizeof clocks[0] };

static otr_status read_clock(otr_feed_map *map, const otr_yaml *time, otr_error *error)
{
    const otr_yaml *node = otr_yaml_get(time, "format");
    otr_str text;
    if (node == NULL)
        return otr_feed_map_missing(time, "format", error);
    otr_status status = otr_yaml_text(node, &text, error);
    if (status != OTR_OK)
        return status;
    for (size_t i = 0; i < CLOCKS; i++) {
        if (!otr_str_is(text, clocks[i].name))
            continue;
        map->clock = clocks[i].clock;
        map->tick_us = clocks[i].tick_us;
        return OTR_OK;
    }
    return otr_feed_map_fail(node, error,
                             "rfc3339, epoch_s, epoch_ms, epoch_us, elapsed_s or index expected");
}

static otr_status read_base(otr_feed_map *map, const otr_yaml *node, otr_error *error)
{
    otr_str text;
    if (map->clock != OTR_FEED_COUNT)
        return otr_feed_map_fail(node, error, "base is for elapsed_s and index only");
    if (otr_yaml_text(node, &text, error) != OTR_OK || !otr_time_parse(text, &map->base))
        return otr_feed_map_fail(node, error, "a time as 2020-05-05T07:21:56Z expected");
    return OTR_OK;
}

static otr_status read_step(otr_feed_map *map, const otr_yaml *node, otr_error *error)
{
    if (map->tick_us != 0)
        return otr_feed_map_fail(node, error, "step is for index only");
    otr_status status = otr_yaml_span(node, &map->tick_us, error);
    if (status == OTR_OK && map->tick_us == 0)
        status = otr_feed_map_fail(node, error, "a step above 0 expected");
    return status;
}

static otr_status read_zone(otr_feed_map *map, const otr_yaml *node, otr_error *error)
{
    static const char day[] = "2000-01-01T00:00:00";
    char sample[sizeof day + 8];
    otr_str text;
    otr_time ignored;
    if (map->clock != OTR_FEED_RFC3339)
        return otr_feed_map_fail(node, error, "zone is for rfc3339 only");
    otr_status status = otr_yaml_text(node, &text, error);
    if (status != OTR_OK)
        return status;
    int size = snprintf(sample, sizeof sample, "%s%.*s", day, OTR_STR_ARG(text));
    if (text.size == 0 || size < 0 || (size_t)size >= sizeof sample ||
        !otr_time_parse(otr_str_of(sample), &ignored))
        return otr_feed_map_fail(node, error, "an offset as \"+02:00\" or \"Z\" expected");
    return otr_feed_map_copy(map, text, &map->zone, error);
}

static otr_status read_time(otr_feed_map *map, const otr_yaml *root, otr_error *error)
{
    static const char *const known[] = {"column", "format", "base", "step", "zone", NULL};
    const otr_yaml *time = otr_yaml_get(root, "time");
    if (time == NULL)
        return otr_feed_map_missing(root, "time", error);
    otr_status status = otr_yaml_kind_is(time, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = otr_yaml_only(time, known, error);
    if (status == OTR_OK)
        status = read_clock(map, time, error);
    if (status != OTR_OK)
        return status;
    const otr_yaml *column = otr_yaml_get(time, "column");
    const otr_yaml *base = otr_yaml_get(time, "base");
    const otr_yaml *step = otr_yaml_get(time, "step");
    const otr_yaml *zone = otr_yaml_get(time, "zone");
    if (column == NULL)
        return otr_feed_map_missing(time, "column", error);
    if (step == NULL && map->tick_us == 0)
        return otr_feed_map_missing(time, "step", error);
    if (base != NULL)
        status = read_base(map, base, error);
    if (status == OTR_OK && step != NULL)
        status = read_step(map, step, error);
    if (status == OTR_OK && zone != NULL)
        status = read_zone(map, zone, error);
    return status == OTR_OK ? otr_feed_map_column(map, column, &map->time_column, error) : status;
}

otr_status otr_feed_map_load(otr_str yaml, otr_feed_map *map, otr_error *error)
{
    static const char *const known[] = {"format",  "separator", "decimal", "header", "trailing",
                                        "comment", "skip",      "cells",   "device", "time",
                                        "metrics", "absent",    NULL};
    otr_arena tree = {0};
    otr_yaml *root = NULL;
    *map = (otr_feed_map){.separator = ',',
                          .decimal = '.',
                          .header = true,
                          .base = OTR_TIME_NONE,
                          .device_column = OTR_FEED_NOWHERE,
                          .time_column = OTR_FEED_NOWHERE};
    otr_status status = otr_yaml_parse(&tree, yaml, &root, error);
    if (status == OTR_OK)
        status = otr_yaml_kind_is(root, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, error);
    if (status == OTR_OK)
        status = read_format(map, root, error);
    if (status == OTR_OK)
        status = read_layout(map, root, error);
    if (status == OTR_OK)
        status = read_device(map, root, error);
    if (status == OTR_OK)
        status = read_time(map, root, error);
    if (status == OTR_OK)
        status = otr_feed_map_metrics(map, root, error);
    otr_arena_done(&tree);
    if (status != OTR_OK)
        otr_feed_map_done(map);
    return status;
}

void otr_feed_map_done(otr_feed_map *map)
{
    otr_arena_done(&map->memory);
    *map = (otr_feed_map){0};
}

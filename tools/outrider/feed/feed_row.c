#include "tools/outrider/feed/feed_row.h"

#include <math.h>
#include <stdio.h>

/* Year 9999: above it a stamp can't be written. */
#define NEWEST ((otr_time)253402300799 * OTR_SECOND)

static size_t digits(otr_str text, size_t at)
{
    size_t first = at;
    while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9')
        at++;
    return at - first;
}

bool otr_feed_number(otr_str text, char decimal, double *out)
{
    char plain[64];
    size_t at = 0;
    if (text.size == 0 || text.size >= sizeof plain)
        return false;
    if (text.data[at] == '-' || text.data[at] == '+')
        at++;
    size_t whole = digits(text, at);
    size_t fraction = 0;
    at += whole;
    memcpy(plain, text.data, text.size);
    if (at < text.size && text.data[at] == decimal) {
        plain[at++] = '.';
        fraction = digits(text, at);
        at += fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (at < text.size && (text.data[at] == 'e' || text.data[at] == 'E')) {
        at++;
        if (at < text.size && (text.data[at] == '-' || text.data[at] == '+'))
            at++;
        size_t exponent = digits(text, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.size && otr_str_to_double((otr_str){plain, text.size}, out);
}

/* "column temperature" or "column 3", for refusals. */
static const char *column_text(const otr_feed_map *map, size_t index, char out[96])
{
    const otr_feed_column *column = &map->columns[index];
    if (column->name.size > 0)
        (void)snprintf(out, 96, "column %.*s", (int)(column->name.size < 80 ? column->name.size : 80),
                       column->name.data);
    else
        (void)snprintf(out, 96, "column %zu", column->number);
    return out;
}

static char printable(char c)
{
    if ((unsigned char)c < ' ' || c == 0x7F)
        return '?';
    return c;
}

/* What stands in a cell, shortened and with control characters taken out. */
static const char *cell_text(const otr_feed_cell *cell, char out[48])
{
    size_t size = cell->text.size < 40 ? cell->text.size : 40;
    if (cell->kind == OTR_FEED_CELL_MISSING)
        return "nothing";
    if (cell->kind == OTR_FEED_CELL_BOOL)
        return cell->flag ? "true" : "false";
    if (cell->text.size == 0) {
        (void)snprintf(out, 48, cell->kind == OTR_FEED_CELL_NUMBER ? "%.15g" : "\"\"", cell->number);
        return out;
    }
    out[0] = '"';
    for (size_t i = 0; i < size; i++)
        out[i + 1] = printable(cell->text.data[i]);
    memcpy(out + size + 1, size < cell->text.size ? "\"..." : "\"", size < cell->text.size ? 5 : 2);
    return out;
}

static bool among(otr_str text, const otr_str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (otr_str_equal(text, list[i]))
            return true;
    return false;
}

static bool is_absent(const otr_feed_map *map, const otr_feed_cell *cell)
{
    return cell->kind == OTR_FEED_CELL_MISSING ||
           (cell->kind == OTR_FEED_CELL_TEXT && among(cell->text, map->absent, map->absent_count));
}

static otr_status wrong(const otr_feed_map *map, size_t column, const otr_feed_cell *cell, const char *wanted,
                        otr_error *error)
{
    char name[96];
    char text[48];
    return otr_fail(error, OTR_INVALID, "%s: %s expected, found %s", column_text(map, column, name), wanted,
                    cell_text(cell, text));
}

static otr_status number_of(const otr_feed_map *map, const otr_feed_cell *cells, size_t column, double *out,
                            otr_error *error)
{
    const otr_feed_cell *cell = &cells[column];
    *out = cell->number;
    if (cell->kind == OTR_FEED_CELL_NUMBER && isfinite(cell->number))
        return OTR_OK;
    if (cell->kind == OTR_FEED_CELL_TEXT && otr_feed_number(cell->text, map->decimal, out) && isfinite(*out))
        return OTR_OK;
    return wrong(map, column, cell, "a number", error);
}

static otr_status stamp_of(const otr_feed_map *map, const otr_feed_cell *cells, otr_time *out,
                           otr_error *error)
{
    const otr_feed_cell *cell = &cells[map->time_column];
    if (map->clock == OTR_FEED_RFC3339) {
        char local[64];
        if (cell->kind != OTR_FEED_CELL_TEXT)
            return wrong(map, map->time_column, cell, "a time", error);
        /* With the map's offset appended only a stamp without one of its own is a time. */
        int size = snprintf(local, sizeof local, "%.*s%.*s", OTR_STR_ARG(cell->text), OTR_STR_ARG(map->zone));
        if ((map->zone.size > 0 && size > 0 && (size_t)size < sizeof local &&
             otr_time_parse(otr_str_of(local), out)) ||
            otr_time_parse(cell->text, out))
            return OTR_OK;
        return wrong(map, map->time_column, cell, "a time", error);
    }
    double number;
    otr_status status = number_of(map, cells, map->time_column, &number, error);
    if (status != OTR_OK)
        return status;
    double micros = round(number * (double)map->tick_us);
    if (fabs(micros) > (double)NEWEST)
        return wrong(map, map->time_column, cell, "a time", error);
    *out = (otr_time)micros;
    if (map->clock == OTR_FEED_COUNT && map->base != OTR_TIME_NONE)
        *out = otr_time_add(*out, map->base);
    return OTR_OK;
}

static otr_status device_of(const otr_feed_map *map, const otr_feed_cell *cells, otr_arena *arena,
                            otr_str *out, otr_error *error)
{
    *out = map->device;
    if (map->device_column == OTR_FEED_NOWHERE)
        return OTR_OK;
    const otr_feed_cell *cell = &cells[map->device_column];
    char name[OTR_LIMIT_DEVICE_NAME_BYTES + 2];
    int size =
        snprintf(name, sizeof name, "%.*s%.*s", OTR_STR_ARG(map->device_prefix), OTR_STR_ARG(cell->text));
    if (cell->text.size == 0 || size < 0 || (size_t)size >= sizeof name ||
        !otr_device_name_ok((otr_str){name, (size_t)size}))
        return wrong(map, map->device_column, cell, "a device name", error);
    *out = otr_arena_copy(arena, (otr_str){name, (size_t)size});
    return out->data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_status flag_of(const otr_feed_map *map, const otr_feed_metric *metric, const otr_feed_cell *cells,
                          bool *out, otr_error *error)
{
    static const otr_str yes[] = {{"true", 4}, {"1", 1}};
    static const otr_str no[] = {{"false", 5}, {"0", 1}};
    const otr_feed_cell *cell = &cells[metric->columns[0]];
    bool own = metric->truth_count > 0;
    otr_str text = cell->text;
    if (cell->kind == OTR_FEED_CELL_BOOL)
        text = otr_str_of(cell->flag ? "true" : "false");
    *out = among(text, own ? metric->truths : yes, own ? metric->truth_count : 2);
    if (*out || (own && metric->falsehood_count == 0))
        return OTR_OK;
    if (among(text, own ? metric->falsehoods : no, own ? metric->falsehood_count : 2))
        return OTR_OK;
    return wrong(map, metric->columns[0], cell, "one of the cells that mean true or false", error);
}

static otr_status location_of(const otr_feed_map *map, const otr_feed_metric *metric,
                              const otr_feed_cell *cells, otr_reading *out, otr_error *error)
{
    otr_status status = number_of(map, cells, metric->columns[0], &out->location.latitude, error);
    if (status == OTR_OK)
        status = number_of(map, cells, metric->columns[1], &out->location.longitude, error);
    if (status != OTR_OK)
        return status;
    if (fabs(out->location.latitude) > 90)
        return wrong(map, metric->columns[0], &cells[metric->columns[0]], "a latitude from -90 to 90", error);
    if (fabs(out->location.longitude) > 180)
        return wrong(map, metric->columns[1], &cells[metric->columns[1]], "a longitude from -180 to 180",
                     error);
    return OTR_OK;
}

static otr_status scalar_of(const otr_feed_map *map, const otr_feed_metric *metric,
                            const otr_feed_cell *cells, otr_reading *out, otr_error *error)
{
    double sum = 0;
    double number = 0;
    for (size_t i = 0; i < metric->column_count; i++) {
        otr_status status = number_of(map, cells, metric->columns[i], &number, error);
        if (status != OTR_OK)
            return status;
        sum += number * number;
    }
    out->number =
        (metric->kind == OTR_FEED_MAGNITUDE_OF ? sqrt(sum) : number) * metric->scale + metric->offset;
    if (!isfinite(out->number))
        return wrong(map, metric->columns[0], &cells[metric->columns[0]], "a finite number", error);
    return OTR_OK;
}

static otr_status text_of(const otr_feed_map *map, const otr_feed_metric *metric, const otr_feed_cell *cells,
                          otr_reading *out, otr_error *error)
{
    const otr_feed_cell *cell = &cells[metric->columns[0]];
    if (cell->kind == OTR_FEED_CELL_BOOL || (cell->kind == OTR_FEED_CELL_NUMBER && cell->text.size == 0) ||
        cell->text.size > OTR_LIMIT_TEXT_VALUE_BYTES || !otr_str_is_utf8(cell->text))
        return wrong(map, metric->columns[0], cell, "a short text", error);
    out->text = among(cell->text, metric->empties, metric->empty_count) ? OTR_STR("") : cell->text;
    return OTR_OK;
}

static otr_status reading_of(const otr_feed_map *map, const otr_feed_metric *metric,
                             const otr_feed_cell *cells, otr_reading *out, otr_error *error)
{
    switch (metric->kind) {
    case OTR_FEED_NUMBER:
    case OTR_FEED_MAGNITUDE_OF:
        out->kind = OTR_KIND_NUMBER;
        return scalar_of(map, metric, cells, out, error);
    case OTR_FEED_LOCATION:
        out->kind = OTR_KIND_LOCATION;
        return location_of(map, metric, cells, out, error);
    case OTR_FEED_BOOL:
        out->kind = OTR_KIND_BOOL;
        return flag_of(map, metric, cells, &out->flag, error);
    case OTR_FEED_TEXT:
        break;
    }
    out->kind = OTR_KIND_TEXT;
    return text_of(map, metric, cells, out, error);
}

/* How many of the metric's cells hold no value: all or none of them may. */
static size_t absent_cells(const otr_feed_map *map, const otr_feed_metric *metric, const otr_feed_cell *cells)
{
    size_t absent = 0;
    for (size_t i = 0; i < metric->column_count; i++)
        absent += is_absent(map, &cells[metric->columns[i]]);
    return absent;
}

otr_status otr_feed_row_build(const otr_feed_map *map, const otr_feed_cell *cells, otr_arena *arena,
                              otr_feed_row *row, otr_error *error)
{
    otr_status status = device_of(map, cells, arena, &row->device, error);
    if (status == OTR_OK)
        status = stamp_of(map, cells, &row->at_us, error);
    if (status != OTR_OK)
        return status;
    row->readings = otr_arena_array(arena, map->metric_count, sizeof *row->readings);
    if (row->readings == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    row->count = 0;
    for (size_t i = 0; i < map->metric_count; i++) {
        const otr_feed_metric *metric = &map->metrics[i];
        size_t absent = absent_cells(map, metric, cells);
        char name[96];
        if (absent == metric->column_count)
            continue;
        if (absent > 0)
            return otr_fail(error, OTR_INVALID, "%s: some cells of %.*s have a value and some have none",
                            column_text(map, metric->columns[0], name), OTR_STR_ARG(metric->name));
        otr_reading *reading = &row->readings[row->count];
        *reading = (otr_reading){.metric = metric->name, .unit = metric->unit, .at_us = row->at_us};
        status = reading_of(map, metric, cells, reading, error);
        if (status != OTR_OK)
            return status;
        row->count++;
    }
    return OTR_OK;
}

#include "core/ticket/series.h"

#include "core/window/window_kinds.h"

#include <math.h>

enum { MILLISECOND = 1000 };

static otr_time cell_of(const otr_series *series, otr_time at)
{
    return at >= 0 ? at / series->width : -((-at + series->width - 1) / series->width);
}

static otr_series_cell *place_of(const otr_series *series, otr_time number)
{
    otr_time slot = number % OTR_SERIES_CELLS;
    return (otr_series_cell *)&series->cells[slot < 0 ? slot + OTR_SERIES_CELLS : slot];
}

void otr_series_init(otr_series *series, otr_time span)
{
    *series = (otr_series){.low = -INFINITY, .high = INFINITY, .newest = OTR_TIME_NONE};
    otr_time width = (span + OTR_SERIES_CELLS - 2) / (OTR_SERIES_CELLS - 1);
    width += MILLISECOND - 1 - (width + MILLISECOND - 1) % MILLISECOND; /* so that times stay exact */
    series->width = width < OTR_SECOND ? OTR_SECOND : width;
}

void otr_series_reset(otr_series *series)
{
    series->newest = OTR_TIME_NONE;
    memset(series->cells, 0, sizeof series->cells);
}

/* The value held until a later reading, at most as long as it is valid. */
static void hold(const otr_series *series, otr_time until, otr_series_cell *cell)
{
    otr_time span = until - series->newest;
    if (series->valid_for > 0 && span > series->valid_for)
        span = series->valid_for;
    float seconds = (float)((double)span / OTR_SECOND);
    cell->covered_s += seconds;
    if (series->value < series->low || series->value > series->high)
        cell->outside_s += seconds;
    if (series->is_temperature)
        cell->harm += (float)(otr_window_mkt_rate(series->value) * (double)seconds);
}

static void put(otr_series_cell *cell, uint32_t offset_ms, double value)
{
    /* of equals the earlier one: then the order of arrival does not matter */
    bool first = cell->count == 0;
    if (first || value < cell->min || (value == cell->min && offset_ms < cell->min_ms)) {
        cell->min = value;
        cell->min_ms = offset_ms;
    }
    if (first || value > cell->max || (value == cell->max && offset_ms < cell->max_ms)) {
        cell->max = value;
        cell->max_ms = offset_ms;
    }
    cell->sum += (float)value;
    cell->count++;
}

void otr_series_add(otr_series *series, otr_time at, double value, otr_time valid_for)
{
    otr_time number = cell_of(series, at);
    bool first = series->newest == OTR_TIME_NONE;
    if (!first && number <= cell_of(series, series->newest) - OTR_SERIES_CELLS)
        return;
    if (!first && at > series->newest)
        hold(series, at, place_of(series, cell_of(series, series->newest)));
    otr_series_cell *cell = place_of(series, number);
    if (cell->number != (uint32_t)number || cell->count == 0)
        *cell = (otr_series_cell){.number = (uint32_t)number};
    put(cell, (uint32_t)((at - number * series->width) / MILLISECOND), value);
    if (first || at >= series->newest) {
        series->newest = at;
        series->value = value;
        series->valid_for = valid_for;
    }
}

/* ---- summing up ---- */

static void add_point(otr_series_summary *out, otr_time at, double value)
{
    out->times[out->count] = at;
    out->values[out->count++] = value;
}

static void add_cell(otr_series_summary *out, const otr_series_cell *cell, otr_time begin)
{
    otr_time min_at = begin + (otr_time)cell->min_ms * MILLISECOND;
    otr_time max_at = begin + (otr_time)cell->max_ms * MILLISECOND;
    bool falls = max_at < min_at;
    add_point(out, falls ? max_at : min_at, falls ? cell->max : cell->min);
    if (min_at != max_at || cell->min != cell->max)
        add_point(out, falls ? min_at : max_at, falls ? cell->min : cell->max);
    if (out->readings == 0 || cell->min < out->min) {
        out->min = cell->min;
        out->min_at = min_at;
    }
    if (out->readings == 0 || cell->max > out->max) {
        out->max = cell->max;
        out->max_at = max_at;
    }
    out->readings += cell->count;
}

typedef struct sums {
    double values;
    double covered_s;
    double outside_s;
    double harm;
} sums;

static void add_sums(sums *to, const otr_series_cell *cell)
{
    to->values += (double)cell->sum;
    to->covered_s += (double)cell->covered_s;
    to->outside_s += (double)cell->outside_s;
    to->harm += (double)cell->harm;
}

void otr_series_sum(const otr_series *series, otr_time span, otr_time to, otr_series_summary *out)
{
    *out = (otr_series_summary){.from = otr_time_add(to, -span),
                                .to = to,
                                .min = NAN,
                                .max = NAN,
                                .mean = NAN,
                                .mkt = NAN,
                                .outside_s = NAN};
    out->min_at = OTR_TIME_NONE;
    out->max_at = OTR_TIME_NONE;
    if (series->newest == OTR_TIME_NONE || to == OTR_TIME_NONE)
        return; /* nothing is in it, or the clock was set back and the asset has no time yet */
    sums all = {0};
    otr_series_cell last = {0};
    otr_time newest = cell_of(series, series->newest);
    for (otr_time number = newest - OTR_SERIES_CELLS + 1; number <= newest; number++) {
        const otr_series_cell *cell = place_of(series, number);
        if (cell->number != (uint32_t)number || cell->count == 0 || (number + 1) * series->width <= out->from)
            continue;
        add_cell(out, cell, number * series->width);
        add_sums(&all, cell);
    }
    if (out->readings == 0)
        return;
    hold(series, to, &last);
    add_sums(&all, &last);
    otr_time newest_ms = series->newest / MILLISECOND * MILLISECOND;
    if (out->times[out->count - 1] < newest_ms)
        add_point(out, newest_ms, series->value);
    out->mean = all.values / out->readings;
    bool limited = isfinite(series->low) || isfinite(series->high);
    double covered = all.covered_s * OTR_SECOND < (double)span ? all.covered_s : (double)span / OTR_SECOND;
    out->coverage_percent = round(1000 * covered * OTR_SECOND / (double)span) / 10;
    if (limited)
        out->outside_s = all.outside_s < covered ? round(all.outside_s) : round(covered);
    if (series->is_temperature && all.covered_s > 0 && all.harm > 0)
        out->mkt = otr_window_mkt_celsius(all.harm / all.covered_s);
}

/* ---- snapshot ---- */

static void write_cell(const otr_series_cell *cell, otr_buffer *out)
{
    otr_buffer_add_double(out, cell->min);
    otr_buffer_add_double(out, cell->max);
    otr_buffer_add_varint(out, cell->number);
    otr_buffer_add_varint(out, cell->count);
    otr_buffer_add_varint(out, cell->min_ms);
    otr_buffer_add_varint(out, cell->max_ms);
    otr_buffer_add_double(out, (double)cell->sum);
    otr_buffer_add_double(out, (double)cell->covered_s);
    otr_buffer_add_double(out, (double)cell->outside_s);
    otr_buffer_add_double(out, (double)cell->harm);
}

static void read_cell(otr_series_cell *cell, otr_reader *in)
{
    cell->min = otr_reader_double(in);
    cell->max = otr_reader_double(in);
    cell->number = (uint32_t)otr_reader_varint(in);
    cell->count = (uint32_t)otr_reader_varint(in);
    cell->min_ms = (uint32_t)otr_reader_varint(in);
    cell->max_ms = (uint32_t)otr_reader_varint(in);
    cell->sum = (float)otr_reader_double(in);
    cell->covered_s = (float)otr_reader_double(in);
    cell->outside_s = (float)otr_reader_double(in);
    cell->harm = (float)otr_reader_double(in);
    in->failed |= !isfinite(cell->min) || !isfinite(cell->max) || cell->count == 0;
}

void otr_series_write(const otr_series *series, otr_buffer *out)
{
    uint8_t used = 0;
    for (int i = 0; i < OTR_SERIES_CELLS; i++)
        used += series->cells[i].count > 0;
    otr_buffer_add_signed(out, series->width);
    otr_buffer_add_signed(out, series->newest);
    otr_buffer_add_signed(out, series->valid_for);
    otr_buffer_add_double(out, series->value);
    otr_buffer_add_u8(out, series->is_temperature ? 1 : 0);
    otr_buffer_add_u8(out, used);
    for (int i = 0; i < OTR_SERIES_CELLS; i++) {
        if (series->cells[i].count == 0)
            continue;
        otr_buffer_add_u8(out, (uint8_t)i);
        write_cell(&series->cells[i], out);
    }
}

void otr_series_read(otr_series *series, otr_reader *in)
{
    *series = (otr_series){.low = -INFINITY, .high = INFINITY};
    series->width = otr_reader_signed(in);
    series->newest = otr_reader_signed(in);
    series->valid_for = otr_reader_signed(in);
    series->value = otr_reader_double(in);
    series->is_temperature = otr_reader_u8(in) != 0;
    uint8_t used = otr_reader_u8(in);
    in->failed |= series->width < OTR_SECOND || series->valid_for < 0 || !isfinite(series->value) ||
                  used > OTR_SERIES_CELLS;
    for (uint8_t n = 0; n < used && !in->failed; n++) {
        uint8_t i = otr_reader_u8(in);
        if (i >= OTR_SERIES_CELLS) {
            in->failed = true;
            return;
        }
        read_cell(&series->cells[i], in);
    }
}

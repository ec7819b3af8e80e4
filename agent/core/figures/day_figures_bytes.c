/* Figures in a snapshot: only numbers that are not zero. */
#include "base/limits.h"
#include "core/figures/day_figures.h"
#include "core/state.h"

#include <stdlib.h>

/* ---- cells ---- */

static void write_cell(const otr_bucket_cell *cell, otr_buffer *out)
{
    otr_buffer_add_u8(out, (uint8_t)cell->dimension);
    otr_buffer_add_str(out, otr_bucket_key(cell));
    otr_buffer_add_varint(out, cell->rank);
    for (int i = 0; i < OTR_COUNT_COUNT; i++)
        if (cell->counts[i] > 0) {
            otr_buffer_add_u8(out, (uint8_t)(i + 1));
            otr_buffer_add_varint(out, cell->counts[i]);
        }
    otr_buffer_add_u8(out, 0);
    uint8_t scores = 0;
    uint8_t spreads = 0;
    for (int i = 0; i < OTR_SCORE_COUNT; i++)
        for (int v = 0; v < OTR_BUCKET_SCORE_VALUES; v++)
            scores |= (uint8_t)(cell->scores[i][v] > 0 ? 1 << i : 0);
    for (int i = 0; i < OTR_SPREAD_COUNT; i++)
        for (int b = 0; b < OTR_BUCKET_BINS; b++)
            spreads |= (uint8_t)(cell->spreads[i].bins[b] > 0 ? 1 << i : 0);
    otr_buffer_add_u8(out, scores);
    for (int i = 0; i < OTR_SCORE_COUNT; i++)
        for (int v = 0; v < OTR_BUCKET_SCORE_VALUES && (scores >> i & 1) != 0; v++)
            otr_buffer_add_varint(out, cell->scores[i][v]);
    otr_buffer_add_u8(out, spreads);
    for (int i = 0; i < OTR_SPREAD_COUNT; i++) {
        if ((spreads >> i & 1) == 0)
            continue;
        otr_buffer_add_varint(out, cell->spreads[i].sum);
        for (int b = 0; b < OTR_BUCKET_BINS; b++)
            otr_buffer_add_varint(out, cell->spreads[i].bins[b]);
    }
}

static uint64_t read_sum(otr_reader *reader)
{
    uint64_t sum = otr_reader_varint(reader);
    reader->failed |= sum > OTR_BUCKET_SUM_MAX;
    return reader->failed ? 0 : sum;
}

static void read_counts(otr_bucket_cell *cell, otr_reader *reader)
{
    for (uint8_t number = otr_reader_u8(reader); number != 0 && !reader->failed;
         number = otr_reader_u8(reader)) {
        if (number > OTR_COUNT_COUNT)
            reader->failed = true;
        else
            cell->counts[number - 1] = read_sum(reader);
    }
}

static void read_cell(otr_core *core, otr_reader *reader)
{
    otr_bucket *bucket = &core->figures.bucket;
    unsigned dimension = otr_reader_u8(reader);
    otr_str key = otr_reader_str(reader);
    uint64_t rank = read_sum(reader);
    uint32_t before = bucket->count;
    if (reader->failed || dimension >= OTR_BY_COUNT || key.size > OTR_LIMIT_BUCKET_KEY_BYTES) {
        reader->failed = true;
        return;
    }
    otr_bucket_cell *cell = otr_bucket_at(bucket, (otr_bucket_dimension)dimension, key);
    core->failed |= cell == NULL;
    reader->failed |= bucket->count == before; /* twice */
    if (cell == NULL || reader->failed)
        return;
    cell->rank = rank;
    read_counts(cell, reader);
    unsigned scores = otr_reader_u8(reader);
    for (int i = 0; i < OTR_SCORE_COUNT; i++)
        for (int v = 0; v < OTR_BUCKET_SCORE_VALUES && (scores >> i & 1) != 0; v++)
            cell->scores[i][v] = (uint32_t)otr_reader_varint(reader);
    unsigned spreads = otr_reader_u8(reader);
    for (int i = 0; i < OTR_SPREAD_COUNT; i++) {
        if ((spreads >> i & 1) == 0)
            continue;
        cell->spreads[i].sum = read_sum(reader);
        for (int b = 0; b < OTR_BUCKET_BINS; b++)
            cell->spreads[i].bins[b] = (uint32_t)otr_reader_varint(reader);
    }
}

/* ---- cases ---- */

static bool is_kept(const struct otr_case_about *one)
{
    return one->keys[0] > 0 || one->keys[1] > 0; /* each asset has a class */
}

static void write_cases(const otr_core *core, otr_buffer *out)
{
    const otr_day_figures *figures = &core->figures;
    uint32_t count = 0;
    for (uint32_t i = 0; i < figures->case_capacity; i++)
        count += is_kept(&figures->cases[i]);
    otr_buffer_add_varint(out, count);
    for (uint32_t i = 0; i < figures->case_capacity; i++) {
        if (!is_kept(&figures->cases[i]))
            continue;
        otr_buffer_add_varint(out, i);
        for (int k = 0; k < OTR_FIGURE_KEPT; k++) {
            otr_buffer_add_u8(out, figures->cases[i].keys[k] > 0 ? 1 : 0);
            if (figures->cases[i].keys[k] > 0)
                otr_label_write(core, figures->cases[i].keys[k] - 1, out);
        }
    }
}

static void read_case(otr_core *core, otr_reader *reader)
{
    otr_day_figures *figures = &core->figures;
    uint64_t number = otr_reader_varint(reader);
    if (reader->failed || number >= core->case_capacity || !core->cases[number].used ||
        (number < figures->case_capacity && is_kept(&figures->cases[number]))) {
        reader->failed = true;
        return;
    }
    if (!otr_core_grow((void **)&figures->cases, &figures->case_capacity, (uint32_t)number + 1,
                       sizeof *figures->cases)) {
        core->failed = true;
        return;
    }
    for (int k = 0; k < OTR_FIGURE_KEPT && !reader->failed && !core->failed; k++)
        figures->cases[number].keys[k] = otr_reader_u8(reader) != 0 ? otr_label_read(core, reader) + 1 : 0;
}

/* ---- all ---- */

void otr_day_figures_write(const otr_core *core, otr_buffer *out)
{
    const otr_day_figures *figures = &core->figures;
    otr_desk_device_write(core, out);
    otr_buffer_add_u8(out, figures->begun ? 1 : 0);
    otr_buffer_add_signed(out, figures->bucket.day);
    otr_buffer_add_varint(out, figures->bucket.revision);
    otr_buffer_add_signed(out, figures->due);
    otr_buffer_add_id(out, figures->event);
    otr_buffer_add_varint(out, figures->kept_count);
    for (uint32_t i = 0; i < figures->kept_count; i++)
        otr_buffer_add_signed(out, figures->kept[i]);
    otr_buffer_add_varint(out, figures->bucket.count);
    for (uint32_t i = 0; i < figures->bucket.count; i++)
        write_cell(figures->bucket.cells[i], out);
    write_cases(core, out);
    otr_buffer_add_varint(out, figures->wait_count);
    for (uint32_t i = 0; i < figures->wait_count; i++) {
        otr_buffer_add_id(out, figures->waits[i].alarm);
        otr_buffer_add_u8(out, figures->waits[i].spread);
    }
    otr_fares_write(core, out);
}

static void read_waits(otr_day_figures *figures, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    reader->failed |= count > OTR_LIMIT_FIGURES_WAITS;
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        otr_figure_wait *one = &figures->waits[figures->wait_count++];
        one->alarm = otr_reader_id(reader);
        one->spread = otr_reader_u8(reader);
        reader->failed |= one->spread >= OTR_SPREAD_COUNT;
    }
}

static int32_t read_day(otr_reader *reader)
{
    int64_t day = otr_reader_signed(reader);
    reader->failed |= day < INT32_MIN || day > INT32_MAX - 1;
    return reader->failed ? OTR_DAY_NONE : (int32_t)day;
}

static void read_kept(otr_day_figures *figures, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    reader->failed |= count > OTR_FIGURE_DAYS_KEPT;
    for (uint64_t i = 0; i < count && !reader->failed; i++)
        figures->kept[figures->kept_count++] = read_day(reader);
}

void otr_day_figures_read(otr_core *core, otr_reader *reader)
{
    otr_day_figures *figures = &core->figures;
    otr_desk_device_read(core, reader);
    figures->begun = otr_reader_u8(reader) != 0;
    figures->bucket.day = read_day(reader);
    figures->bucket.revision = (uint32_t)otr_reader_varint(reader);
    figures->due = otr_reader_signed(reader);
    figures->event = otr_reader_id(reader);
    read_kept(figures, reader);
    for (uint64_t n = otr_reader_varint(reader); n > 0 && !reader->failed && !core->failed; n--)
        read_cell(core, reader);
    for (uint64_t n = otr_reader_varint(reader); n > 0 && !reader->failed && !core->failed; n--)
        read_case(core, reader);
    read_waits(figures, reader);
    if (!reader->failed && !core->failed)
        otr_fares_read(core, reader);
}

void otr_day_figures_init(otr_day_figures *figures)
{
    *figures =
        (otr_day_figures){.bucket = {.day = OTR_DAY_NONE, .oldest = OTR_TIME_NEVER}, .due = OTR_TIME_NEVER};
}

void otr_day_figures_done(otr_day_figures *figures)
{
    otr_bucket_done(&figures->bucket);
    otr_names_done(&figures->places);
    free(figures->cases);
}

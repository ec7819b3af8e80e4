#include "tools/outrider/feed/feed_source.h"

/* SenML reads seconds below 2^28 as relative to now (RFC 8428 section 4.5.3). */
#define OLDEST_ABSOLUTE ((otr_time)(1 << 28) * OTR_SECOND)

static otr_status shift(const otr_feed_source *source, otr_feed_row *row, otr_error *error)
{
    row->at_us = otr_time_add(row->at_us, source->shift_us);
    for (size_t i = 0; i < row->count; i++)
        row->readings[i].at_us = row->at_us;
    if (source->any_time || row->at_us >= OLDEST_ABSOLUTE)
        return OTR_OK;
    return otr_fail(error, OTR_INVALID, "the time is before 1978-07-05, where SenML's absolute times begin");
}

void otr_feed_source_start(otr_feed_source *source, const otr_feed_map *map, otr_str bytes)
{
    *source = (otr_feed_source){.map = map, .bytes = bytes, .line = 1};
}

otr_feed_step otr_feed_source_next(otr_feed_source *source, otr_feed_row *row, otr_error *error)
{
    otr_feed_cell cells[OTR_FEED_COLUMNS];
    otr_arena_reset(&source->memory);
    *row = (otr_feed_row){0};
    otr_feed_step step = source->map->format == OTR_FEED_CSV
                             ? otr_feed_csv_next(source, cells, &row->line, error)
                             : otr_feed_json_next(source, cells, &row->line, error);
    row->record = source->record;
    if (step != OTR_FEED_ROW)
        return step;
    otr_status status = otr_feed_row_build(source->map, cells, &source->memory, row, error);
    if (status == OTR_OK)
        status = shift(source, row, error);
    if (status == OTR_OK)
        return OTR_FEED_ROW;
    return status == OTR_MEMORY ? OTR_FEED_FAILED : OTR_FEED_REFUSED;
}

void otr_feed_source_done(otr_feed_source *source)
{
    otr_arena_done(&source->memory);
    *source = (otr_feed_source){0};
}

#include "tools/outrider/feed_source.h"

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
        return OTR_FEED_ROW;
    return status == OTR_MEMORY ? OTR_FEED_FAILED : OTR_FEED_REFUSED;
}

void otr_feed_source_done(otr_feed_source *source)
{
    otr_arena_done(&source->memory);
    *source = (otr_feed_source){0};
}

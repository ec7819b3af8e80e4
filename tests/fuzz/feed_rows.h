/* Reads a whole recording and checks each row; shared by the fuzzers of the formats. */
#ifndef OTR_TESTS_FUZZ_FEED_ROWS_H
#define OTR_TESTS_FUZZ_FEED_ROWS_H

#include "tools/outrider/feed/feed_source.h"

#include <math.h>

static inline void check_row(const otr_feed_row *row)
{
    OTR_ASSERT(otr_device_name_ok(row->device));
    for (size_t i = 0; i < row->count; i++) {
        OTR_ASSERT(row->readings[i].kind != OTR_KIND_ANY);
        OTR_ASSERT(row->readings[i].kind != OTR_KIND_NUMBER || isfinite(row->readings[i].number));
        OTR_ASSERT(row->readings[i].kind != OTR_KIND_TEXT || otr_str_is_utf8(row->readings[i].text));
    }
}

static inline void read_rows(const char *map_text, const uint8_t *data, size_t size)
{
    otr_feed_map map;
    otr_feed_source source;
    otr_feed_row row;
    otr_error error;
    otr_feed_step step = OTR_FEED_ROW;
    OTR_ASSERT(otr_feed_map_load(otr_str_of(map_text), &map, &error) == OTR_OK);
    otr_feed_source_start(&source, &map, (otr_str){(const char *)data, size});
    for (size_t before = 0; step == OTR_FEED_ROW || step == OTR_FEED_REFUSED; before = source.at) {
        step = otr_feed_source_next(&source, &row, &error);
        OTR_ASSERT(source.at >= before && source.at <= size);
        if (step == OTR_FEED_ROW)
            check_row(&row);
    }
    otr_feed_source_done(&source);
    otr_feed_map_done(&map);
}

#endif

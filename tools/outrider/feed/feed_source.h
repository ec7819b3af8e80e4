/*
 * A recording as rows, in the order of the file: CSV by RFC 4180 (with the liberties that the map declares)
 * or JSON objects one a line, in arrays, or in arrays run together. It reads bytes that the caller holds; a
 * row that breaks its format is refused with its line and the reading goes on with the next.
 */
#ifndef OTR_TOOLS_FEED_SOURCE_H
#define OTR_TOOLS_FEED_SOURCE_H

#include "base/buffer.h"
#include "tools/outrider/feed/feed_row.h"

typedef enum otr_feed_step {
    OTR_FEED_ROW,     /* *row is filled; its views last until the next step */
    OTR_FEED_REFUSED, /* row->line and *error say which and why */
    OTR_FEED_END,
    OTR_FEED_FAILED, /* the file does not fit its map (a column that is not there): *error; nothing more comes
                      */
} otr_feed_step;

enum { OTR_FEED_ROW_BYTES = 65536, OTR_FEED_CELLS = 1024 };

typedef struct otr_feed_source {
    const otr_feed_map *map;
    otr_str bytes;
    otr_time shift_us; /* added to every time */
    bool any_time;     /* also times that SenML can't carry: to find the shift */
    size_t at;         /* next byte, for progress */
    size_t line;       /* of the next byte, from 1 */
    size_t record;
    bool started;
    size_t cell_count;                /* CSV: cells of a full row */
    size_t cell_of[OTR_FEED_COLUMNS]; /* CSV: where each of the map's columns stands */
    otr_str cells[OTR_FEED_CELLS];    /* CSV: of the row at hand */
    size_t open_line;                 /* JSON: where the array that is open began; 0: none */
    otr_arena memory;                 /* of the row at hand */
} otr_feed_source;

/* Zero-initialised by this; then shift_us and any_time may be set. Nothing fails before the first step. */
void otr_feed_source_start(otr_feed_source *source, const otr_feed_map *map, otr_str bytes);
otr_feed_step otr_feed_source_next(otr_feed_source *source, otr_feed_row *row, otr_error *error);
void otr_feed_source_done(otr_feed_source *source);

/* The two formats; cells has room for every column of the map. REFUSED and FAILED fill *error. */
otr_feed_step otr_feed_csv_next(otr_feed_source *source, otr_feed_cell *cells, size_t *line,
                                otr_error *error);
otr_feed_step otr_feed_json_next(otr_feed_source *source, otr_feed_cell *cells, size_t *line,
                                 otr_error *error);

#endif

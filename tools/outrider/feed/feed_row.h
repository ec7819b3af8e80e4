/* One row of a recording: from the cells that the map names to a device, a time and readings. No I/O, no
 * guessing. */
#ifndef OTR_TOOLS_FEED_ROW_H
#define OTR_TOOLS_FEED_ROW_H

#include "tools/outrider/feed/feed_map.h"

typedef enum otr_feed_cell_kind {
    OTR_FEED_CELL_MISSING, /* JSON: no such key, or null */
    OTR_FEED_CELL_TEXT,    /* as written: numbers and times are parsed from it */
    OTR_FEED_CELL_NUMBER,  /* a JSON number */
    OTR_FEED_CELL_BOOL,
} otr_feed_cell_kind;

typedef struct otr_feed_cell {
    otr_str text;
    double number;
    otr_feed_cell_kind kind;
    bool flag;
} otr_feed_cell;

typedef struct otr_feed_row {
    size_t line;   /* in the recording, from 1, where the row begins */
    size_t record; /* from 1, headers and comments not counted */
    otr_str device;
    otr_time at_us; /* UTC, with the source's shift */
    otr_reading *readings;
    size_t count; /* 0: every metric was absent */
} otr_feed_row;

/*
 * cells: one per column of the map. The row's views point into the cells, the map and the arena. On failure
 * *error has the reason: the row is to be refused.
 */
otr_status otr_feed_row_build(const otr_feed_map *map, const otr_feed_cell *cells, otr_arena *arena,
                              otr_feed_row *row, otr_error *error);

/* A number in the map's notation: digits with at most one decimal sign and an exponent, nothing else. */
bool otr_feed_number(otr_str text, char decimal, double *out);

#endif

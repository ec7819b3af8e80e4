/*
 * The map of a recording: which column is the device, the time and each metric, and how its cells are
 * written. Read from YAML and refused whole when anything in it is unknown or missing. Immutable once loaded.
 */
#ifndef OTR_TOOLS_FEED_MAP_H
#define OTR_TOOLS_FEED_MAP_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/reading.h"
#include "base/status.h"

enum {
    OTR_FEED_COLUMNS = 128,  /* columns that one map may name */
    OTR_FEED_MAGNITUDE = 3,  /* axes of one magnitude */
    OTR_FEED_NOWHERE = 9999, /* a column that the map does not use */
};

typedef enum otr_feed_format { OTR_FEED_CSV, OTR_FEED_JSON } otr_feed_format;

typedef enum otr_feed_clock {
    OTR_FEED_RFC3339,
    OTR_FEED_EPOCH, /* a number, tick_us each */
    OTR_FEED_COUNT, /* base + number * tick_us: elapsed_s and index */
} otr_feed_clock;

typedef enum otr_feed_kind {
    OTR_FEED_NUMBER,
    OTR_FEED_MAGNITUDE_OF, /* root of the sum of squares of its columns */
    OTR_FEED_LOCATION,     /* columns: latitude, longitude */
    OTR_FEED_BOOL,
    OTR_FEED_TEXT,
} otr_feed_kind;

/* A column by its name (CSV header, JSON key or path a.b) or, with an empty name, by its number from 1. */
typedef struct otr_feed_column {
    otr_str name;
    size_t number;
    int line; /* in the map, for errors */
    int column;
} otr_feed_column;

typedef struct otr_feed_metric {
    otr_str name;
    otr_str unit;
    otr_feed_kind kind;
    size_t columns[OTR_FEED_MAGNITUDE]; /* index in the map's columns */
    size_t column_count;
    double scale; /* value = cell * scale + offset */
    double offset;
    const otr_str *truths; /* BOOL: cells that mean true; none: true, 1, false, 0 */
    size_t truth_count;
    const otr_str *falsehoods; /* cells that mean false; none: every other cell */
    size_t falsehood_count;
    const otr_str *empties; /* TEXT: cells that mean the empty text */
    size_t empty_count;
} otr_feed_metric;

typedef struct otr_feed_map {
    otr_arena memory; /* owns everything below */
    otr_feed_format format;
    char separator; /* ' ' means runs of spaces and tabs */
    char decimal;
    char comment; /* first byte of lines to leave out; 0: none */
    bool header;
    bool trailing;        /* a row may end with one separator more */
    size_t skip;          /* lines before the header or the first row */
    size_t cells;         /* of a row, when there is no header */
    otr_str device;       /* constant name, or empty */
    size_t device_column; /* OTR_FEED_NOWHERE with a constant name */
    otr_str device_prefix;
    size_t time_column;
    otr_feed_clock clock;
    otr_time tick_us;
    otr_time base; /* OTR_TIME_NONE when the map has none: only with rebased times */
    otr_str zone;  /* offset for stamps without one, "+02:00"; empty: UTC */
    otr_feed_metric *metrics;
    size_t metric_count;
    const otr_str *absent;
    size_t absent_count;
    otr_feed_column columns[OTR_FEED_COLUMNS];
    size_t column_count;
} otr_feed_map;

/* On failure *error has line, column and reason, and *map is empty. Views point into the map's own memory. */
otr_status otr_feed_map_load(otr_str yaml, otr_feed_map *map, otr_error *error);
void otr_feed_map_done(otr_feed_map *map);

#endif

/*
 * The past of one metric for a ticket: a few cells of time, and in each the least and the greatest reading
 * with their times, so that nothing that people look for is thinned away. Cells lie at multiples of their
 * width, so a reading that comes late finds its place and the order of arrival decides nothing of the
 * extremes. How long a value held is counted in the order of arrival: what came late counts there not at all.
 */
#ifndef OTR_CORE_SERIES_H
#define OTR_CORE_SERIES_H

#include "base/buffer.h"
#include "base/time.h"

enum {
    OTR_SERIES_CELLS = 17, /* one more than the span has widths: a part of the oldest */
    OTR_SERIES_POINTS = 2 * OTR_SERIES_CELLS + 1,
};

typedef struct otr_series_cell {
    double min;
    double max;
    uint32_t number; /* of the cell since 1970, in its low bits */
    uint32_t count;  /* of readings; 0: none */
    uint32_t min_ms; /* since the cell's begin */
    uint32_t max_ms;
    float sum;
    float covered_s; /* by values that were read in the cell */
    float outside_s; /* of it outside the limits */
    float harm;      /* of it, by Arrhenius; temperatures only */
} otr_series_cell;

typedef struct otr_series {
    otr_time width;
    double low; /* limits; -INFINITY and INFINITY where there is none */
    double high;
    bool is_temperature; /* in °C */
    otr_time newest;     /* NONE before the first reading */
    otr_time valid_for;  /* how long the newest holds; 0: until the next */
    double value;        /* the newest */
    otr_series_cell cells[OTR_SERIES_CELLS];
} otr_series;

/* What is known of a span. Numbers are NaN where there is none. */
typedef struct otr_series_summary {
    otr_time from;
    otr_time to;
    uint32_t readings;
    double min;
    otr_time min_at;
    double max;
    otr_time max_at;
    double mean; /* of the readings */
    double mkt;
    double outside_s;
    double coverage_percent;
    size_t count; /* points, by time; times to the millisecond */
    otr_time times[OTR_SERIES_POINTS];
    double values[OTR_SERIES_POINTS];
} otr_series_summary;

/* Empty, for a span of so long. */
void otr_series_init(otr_series *series, otr_time span);
/* Empty again, with its span and limits. */
void otr_series_reset(otr_series *series);
/* value is finite. */
void otr_series_add(otr_series *series, otr_time at, double value, otr_time valid_for);
/* What it has of the span up to an event time that is not before its newest reading. */
void otr_series_sum(const otr_series *series, otr_time span, otr_time to, otr_series_summary *out);

/* Limits are not written. */
void otr_series_write(const otr_series *series, otr_buffer *out);
void otr_series_read(otr_series *series, otr_reader *in);

#endif

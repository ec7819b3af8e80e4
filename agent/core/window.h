/*
 * The past of one metric that a rule asks about, in a bounded number of bytes: what avg("10m"),
 * time_above(...), mkt(...), anomaly(), dwell(...) and the like need. Event time. State is plain memory of
 * the caller, of a size that its shape fixes; it holds no pointers, so copying the bytes copies the state.
 * Feeding and asking allocate nothing. The same readings in the same order give the same state, whatever was
 * asked in between.
 *
 * Spans are cut into cells (RESOLUTION in window_cells.h): up to that many readings in a span count exactly,
 * beyond that those of one cell are summed up, and the oldest cell counts until its newest reading leaves the
 * span. A reading holds until the next one, at most as long as it is valid; time beyond that is a gap and
 * counts nowhere.
 */
#ifndef OTR_CORE_WINDOW_H
#define OTR_CORE_WINDOW_H

#include "base/buffer.h"
#include "base/time.h"
#include "rules/expression.h"

/* Uses that can share one state have one kind. */
typedef enum otr_window_kind {
    OTR_WINDOW_NONE,  /* nothing is kept: last, age, distance, inside need the newest reading alone */
    OTR_WINDOW_CELLS, /* avg min max count sum delta rate stddev peak */
    OTR_WINDOW_MEDIAN,
    OTR_WINDOW_CHANGE, /* changed */
    OTR_WINDOW_TREND,  /* predict */
    OTR_WINDOW_LIMIT,  /* time_above, time_below, longest_above, longest_below, duration */
    OTR_WINDOW_MKT,
    OTR_WINDOW_ANOMALY,
    OTR_WINDOW_PLACE, /* dwell */
    OTR_WINDOW_TRACK, /* speed, heading, eta */
    OTR_WINDOW_PULSE, /* delta_v */
    OTR_WINDOW_FALL,  /* drop_height */
} otr_window_kind;

/* What one state is for. Equal shapes of one metric are one state. */
typedef struct otr_window_shape {
    otr_window_kind kind;
    uint32_t needs;  /* CELLS, LIMIT: bits by otr_function of what is asked, so that no more is kept */
    otr_time span;   /* 0: since the beginning, where the function allows none */
    bool below;      /* LIMIT: below the limit instead of above it */
    double limit;    /* LIMIT, PULSE */
    double latitude; /* PLACE */
    double longitude;
    double radius_m;
    double unit; /* PULSE, FALL: m/s2 of one unit of the metric: 1, or 9.80665 for g */
} otr_window_shape;

/* The newest reading of the metric, as the caller keeps it anyway. */
typedef struct otr_window_reading {
    otr_time at;
    otr_time valid_for; /* of its metric's profile; 0: for ever */
    otr_value
        value; /* DOUBLE, BOOL, STRING or LOCATION; a kind that the window does not take is passed over */
} otr_window_reading;

/* Bytes of the state; a multiple of 8. 0 for NONE. */
size_t otr_window_bytes(const otr_window_shape *shape);
/* state: 8-byte aligned. */
void otr_window_init(const otr_window_shape *shape, void *state);
/* Takes the next reading; at never decreases. */
void otr_window_add(const otr_window_shape *shape, void *state, const otr_window_reading *reading);
/*
 * What the function gives at event time now, which is not before the newest reading. UNKNOWN where the
 * readings say too little: none in the span, too few for a trend or a deviation.
 */
otr_status otr_window_ask(const otr_window_shape *shape, const void *state, const otr_use *use, otr_time now,
                          otr_value *out);
/*
 * The next event time after now at which what the function gives may change by time alone: a cell leaves the
 * span, or a value that grows with time reaches one of the spans (ascending) or passes it by 1 µs. NEVER when
 * only readings change it. newest is the metric's newest reading, NULL before the first.
 */
otr_time otr_window_next(const otr_window_shape *shape, const void *state, const otr_use *use,
                         const otr_window_reading *newest, const otr_time *spans, size_t span_count,
                         otr_time now);
/* Functions of kind NONE, from the newest reading alone. UNKNOWN before the first. */
otr_status otr_window_newest(const otr_use *use, const otr_window_reading *newest, otr_time now,
                             otr_value *out);
/* Only what is in use; read fails the reader when the bytes do not fit the shape. */
void otr_window_write(const otr_window_shape *shape, const void *state, otr_buffer *out);
void otr_window_read(const otr_window_shape *shape, void *state, otr_reader *in);

#endif

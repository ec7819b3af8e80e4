/*
 * The past of one metric that a rule asks about, in a bounded number of bytes: what avg("10m"),
 * time_above(...), mkt(...), anomaly(), dwell(...) and the like need. Event time. State is plain memory of
 * the caller, of a size that its shape fixes; it holds no pointers, so copying the bytes copies the state.
 * Feeding and asking allocate nothing. The same readings in the same order give the same bytes, whatever was
 * asked in between.
 *
 * The window is (now - span, now]. Spans are cut into cells (window_cells.h): as many readings as there are
 * cells count exactly, beyond that those of one cell are summed up, and the oldest cell counts until its
 * newest reading leaves the span. Where time counts (LIMIT, MKT), cells hold runs and stretches of time
 * instead, and are cut at the window's start. A reading holds until the next one, at most as long as it is
 * valid; time beyond that is a gap and counts nowhere.
 *
 * One state is used by one thread at a time.
 */
#ifndef OTR_CORE_WINDOW_H
#define OTR_CORE_WINDOW_H

#include "base/area.h"
#include "base/buffer.h"
#include "base/time.h"
#include "core/asset/route.h"
#include "rules/cel/expression.h"

/* Uses that can share one state have one kind. */
typedef enum otr_window_kind {
    OTR_WINDOW_NONE,   /* nothing is kept: last, age, distance, inside need the newest reading alone */
    OTR_WINDOW_CELLS,  /* avg min max count sum delta rate stddev peak */
    OTR_WINDOW_MEDIAN, /* median */
    OTR_WINDOW_CHANGE, /* changed */
    OTR_WINDOW_TREND,  /* predict */
    OTR_WINDOW_LIMIT,  /* time_above, time_below, longest_above, longest_below, duration */
    OTR_WINDOW_MKT,    /* mkt */
    OTR_WINDOW_ANOMALY,
    OTR_WINDOW_PLACE, /* dwell */
    OTR_WINDOW_TRACK, /* speed, heading, eta */
    OTR_WINDOW_PULSE, /* delta_v */
    OTR_WINDOW_FALL,  /* drop_height */
    OTR_WINDOW_ROUTE, /* progress, off_route, at_stop, stop, overstay, arrival, arrival_error */
    OTR_WINDOW_STILL, /* stopped */
    OTR_WINDOW_KINDS
} otr_window_kind;

typedef otr_area otr_window_place;

/* What one state is for. What a kind does not use is 0. */
typedef struct otr_window_shape {
    otr_window_kind kind;
    uint32_t needs; /* CELLS, LIMIT, TRACK: bits by otr_function of what is asked, so that no more is kept */
    otr_time span;  /* 0: since the beginning, in a single cell */
    bool below;     /* LIMIT: below the limit instead of above it */
    bool magnitude; /* LIMIT: of the value without its sign */
    double limit;   /* LIMIT, PULSE: in the unit of the metric */
    double unit;    /* PULSE, FALL: m/s2 of one unit of the metric: 1, or 9.80665 for g */
    otr_window_place place; /* PLACE */
    const otr_route *route; /* ROUTE: resolved by the caller, who owns it; NULL: the asset has none */
} otr_window_shape;

/* The newest reading of the metric, as the caller keeps it anyway. */
typedef struct otr_window_reading {
    otr_time at;
    otr_time valid_for; /* of its metric's profile; 0: for ever */
    otr_value value;    /* DOUBLE, BOOL, STRING or LOCATION */
} otr_window_reading;

/*
 * The shape that the use needs: its own limit and place resolved by the caller, unit as in the shape. place
 * may be NULL where the function has none. Kind NONE for last, age, distance and inside.
 */
otr_window_shape otr_window_shape_of(const otr_use *use, double limit, const otr_window_place *place,
                                     double unit);
/* Whether one state can serve both; then shape comes to serve both. Before the state is made. */
bool otr_window_join(otr_window_shape *shape, const otr_window_shape *other);

/* Bytes of the state; a multiple of 8. 0 for NONE. */
size_t otr_window_bytes(const otr_window_shape *shape);
/* state: 8-byte aligned. */
void otr_window_init(const otr_window_shape *shape, void *state);
/*
 * Takes the next reading; at never decreases. What the kind cannot take is passed over: a type that it does
 * not know, a number that is not finite or beyond 2^400. A count alone takes every type.
 */
void otr_window_add(const otr_window_shape *shape, void *state, const otr_window_reading *reading);
/*
 * What the function gives at event time now, which is not before the newest reading. place: of ETA, else
 * NULL. UNKNOWN where the readings say too little: none in the span (count is 0 and changed is false then,
 * once there was one), too few for a trend or a deviation, no covered time. Must not be called for kind NONE.
 */
otr_status otr_window_ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                          const otr_window_place *place, otr_time now, otr_value *out);
/*
 * The next event time after now at which what the function gives may change by time alone: a cell leaves the
 * span, or a value that grows or shrinks with time (age, dwell, time_*, longest_*, duration) reaches one of
 * the spans (ascending) or passes it by 1 µs. NEVER when only readings change it. Never late, perhaps early.
 * newest is the metric's newest reading, NULL before the first; only age looks at it, and only age may have a
 * state of NULL. predict and mkt drift a little between readings; they are to be asked when a cell leaves and
 * at readings.
 */
otr_time otr_window_next(const otr_window_shape *shape, const void *state, const otr_use *use,
                         const otr_window_reading *newest, const otr_time *spans, size_t span_count,
                         otr_time now);
/* Only what is in use. read gives the same bytes of state, and fails the reader when what it reads does not
 * fit the shape or contradicts itself; the state is empty then. */
void otr_window_write(const otr_window_shape *shape, const void *state, otr_buffer *out);
void otr_window_read(const otr_window_shape *shape, void *state, otr_reader *in);

#endif

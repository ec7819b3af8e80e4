/*
 * What each kind of window brings: how its state is laid out and what is done with it. A state is words: the
 * time of the newest reading taken (NONE before the first, and then all else is as init leaves it), words of
 * the kind's own, up to two rings of cells.
 */
#ifndef OTR_CORE_WINDOW_KINDS_H
#define OTR_CORE_WINDOW_KINDS_H

#include "core/window/window.h"
#include "core/window/window_cells.h"

enum { OTR_WINDOW_HEAD_MAX = 12, OTR_WINDOW_RINGS_MAX = 2 };

/* Instants are within ±73,000 years of 1970, so that sums and differences of two of them fit; the last one
 * means for ever. */
#define OTR_WINDOW_TIME_MAX (INT64_C(1) << 61)
/* Numbers larger than this come from no sensor; their squares and sums stay finite. */
#define OTR_WINDOW_NUMBER_MAX 0x1p400
/* What is summed up is held within this. */
#define OTR_WINDOW_SUM_MAX 0x1p1000
#define OTR_WINDOW_COUNT_MAX (UINT64_C(1) << 52)

/* How a word is written, and what it may be. */
typedef enum otr_window_word {
    OTR_WORD_TIME,
    OTR_WORD_NUMBER,
    OTR_WORD_POSITIVE, /* number of at least 0 */
    OTR_WORD_COUNT,    /* at least 1 */
    OTR_WORD_FLAG,     /* 0 or 1 */
    OTR_WORD_BITS,
} otr_window_word;

typedef struct otr_window_ring {
    otr_cells_shape shape;
    uint8_t words[OTR_CELLS_WORDS_MAX]; /* otr_window_word */
} otr_window_ring;

typedef struct otr_window_layout {
    uint32_t head_count; /* words between the newest time and the rings */
    uint32_t ring_count;
    uint32_t own_count; /* words of a kind that has no head and no rings, and writes and reads itself */
    uint8_t head[OTR_WINDOW_HEAD_MAX]; /* otr_window_word */
    otr_window_ring rings[OTR_WINDOW_RINGS_MAX];
} otr_window_layout;

/* The first word of every state. */
typedef struct otr_window_state {
    otr_time newest;
} otr_window_state;

typedef struct otr_window_ops {
    void (*layout)(const otr_window_shape *shape, otr_window_layout *out);
    /* The reading is one that the kind takes. newest is still that of the reading before. */
    void (*add)(const otr_window_shape *shape, void *state, const otr_window_reading *reading);
    /* There was a reading. A number that is not finite is no answer; the caller sees to it. */
    otr_status (*ask)(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out);
    /* There was a reading. At most OTR_TIME_NEVER. */
    otr_time (*next)(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now);
    /* Whether what was read, each word for itself in order, fits together. NULL: nothing more to see. */
    bool (*valid)(const otr_window_shape *shape, const void *state);
    otr_type takes; /* DYN: any */
    /* For the kind's own words only. */
    void (*init)(void *state);
    void (*write)(const void *state, otr_buffer *out);
    void (*read)(void *state, otr_reader *in);
} otr_window_ops;

extern const otr_window_ops otr_window_stats_ops;
extern const otr_window_ops otr_window_median_ops;
extern const otr_window_ops otr_window_change_ops;
extern const otr_window_ops otr_window_trend_ops;
extern const otr_window_ops otr_window_limit_ops;
extern const otr_window_ops otr_window_mkt_ops;
extern const otr_window_ops otr_window_anomaly_ops;
extern const otr_window_ops otr_window_place_ops;
extern const otr_window_ops otr_window_track_ops;
extern const otr_window_ops otr_window_route_ops;
extern const otr_window_ops otr_window_still_ops;
extern const otr_window_ops otr_window_pulse_ops; /* PULSE and FALL */

/* NULL for NONE. */
const otr_window_ops *otr_window_ops_of(const otr_window_shape *shape);
/* Of a whole state. */
size_t otr_window_words(const otr_window_layout *layout);
bool otr_window_is_place(double latitude, double longitude);

static inline bool otr_window_need(const otr_window_shape *shape, otr_function function)
{
    return (shape->needs >> function & 1) != 0;
}

/* What is not after it is not in the window. */
static inline otr_time otr_window_start(otr_time span, otr_time now)
{
    return span == 0 ? OTR_TIME_NONE : now - span;
}

static inline double otr_window_bound(double sum)
{
    if (sum >= OTR_WINDOW_SUM_MAX)
        return OTR_WINDOW_SUM_MAX;
    return sum > -OTR_WINDOW_SUM_MAX ? sum : -OTR_WINDOW_SUM_MAX;
}

static inline double otr_window_bound_positive(double sum)
{
    return sum < OTR_WINDOW_SUM_MAX ? (sum > 0 ? sum : 0) : OTR_WINDOW_SUM_MAX;
}

static inline uint64_t otr_window_bound_count(uint64_t count)
{
    return count < OTR_WINDOW_COUNT_MAX ? count : OTR_WINDOW_COUNT_MAX;
}

static inline otr_time otr_window_earlier(otr_time a, otr_time b)
{
    return a < b ? a : b;
}

static inline otr_status otr_window_number(double number, otr_value *out)
{
    out->type = OTR_TYPE_DOUBLE;
    out->number = number;
    return OTR_OK;
}

static inline otr_status otr_window_duration(otr_time span, otr_value *out)
{
    out->type = OTR_TYPE_DURATION;
    out->time = span;
    out->below_ns = 0;
    return OTR_OK;
}

/* The ring that begins after so many bytes of the state, to change and to see. */
static inline otr_cells *otr_window_own_ring(void *state, size_t before)
{
    return (otr_cells *)((char *)state + before);
}

static inline const otr_cells *otr_window_see_ring(const void *state, size_t before)
{
    return (const otr_cells *)((const char *)state + before);
}

/* When the oldest cell that is in the window now leaves it. */
static inline otr_time otr_window_leaves(const otr_cells_shape *shape, const otr_cells *cells, otr_time now)
{
    if (shape->span == 0)
        return OTR_TIME_NEVER;
    uint32_t live = otr_cells_live(shape, cells, otr_window_start(shape->span, now));
    return live == cells->count ? OTR_TIME_NEVER : otr_cells_see(shape, cells, live)[0].time + shape->span;
}

/* The earlier of next and at, as far as at is still to come. */
static inline otr_time otr_window_soonest(otr_time next, otr_time at, otr_time now)
{
    return at > now && at < next ? at : next;
}

/* When a value that was 0 at since and grows with time comes to one of the spans or passes it. */
otr_time otr_window_ramp(otr_time since, const otr_time *spans, size_t span_count, otr_time now);

/* Holding: until when the reading counts if no other comes. */
otr_time otr_window_until(const otr_window_reading *reading);

/* ---- mean kinetic temperature ---- */

/* How fast harm is done at that temperature, and at which temperature it is done so fast. */
double otr_window_mkt_rate(double celsius);
double otr_window_mkt_celsius(double rate);

#endif

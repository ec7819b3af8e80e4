/* speed, heading, eta: fixes, and where speed is asked the way that led to each. Of a cell the newest fix
 * stays. */
#include "core/window/window_kinds.h"

#include "base/geo.h"

enum { AT, LATITUDE, LONGITUDE, LEG, WORDS }; /* LEG: metres from the fix before, by way of those left out */

/* Nearer than this, scattered fixes have any bearing. */
static const double heading_distance_min_m = 10;
/* Slower than this, the arrival is a guess. */
static const double closing_speed_min = 0.1;

static otr_cells_shape ring_shape(const otr_window_shape *shape)
{
    return (otr_cells_shape){.span = shape->span,
                             .words = otr_window_need(shape, OTR_FUNCTION_SPEED) ? WORDS : LEG,
                             .resolution = OTR_CELLS_RESOLUTION};
}

static const otr_cells *ring_of(const void *state)
{
    return otr_window_see_ring(state, sizeof(otr_window_state));
}

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    out->ring_count = 1;
    out->rings[0] =
        (otr_window_ring){.shape = ring_shape(shape),
                          .words = {OTR_WORD_TIME, OTR_WORD_NUMBER, OTR_WORD_NUMBER, OTR_WORD_POSITIVE}};
}

static double apart_m(const otr_word *from, const otr_word *to)
{
    return otr_geo_distance_m(from[LATITUDE].number, from[LONGITUDE].number, to[LATITUDE].number,
                              to[LONGITUDE].number);
}

static double to_place_m(const otr_word *from, const otr_window_place *place)
{
    return otr_area_distance_m(place, from[LATITUDE].number, from[LONGITUDE].number);
}

static void keep_newer(const void *context, otr_word *older, const otr_word *newer)
{
    const otr_cells_shape *ring = context;
    for (uint32_t i = AT; i < LEG; i++)
        older[i] = newer[i];
    if (ring->words > LEG)
        older[LEG].number = otr_window_bound_positive(older[LEG].number + newer[LEG].number);
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_cells *cells = otr_window_own_ring(state, sizeof(otr_window_state));
    otr_word cell[WORDS] = {[AT] = {.time = reading->at},
                            [LATITUDE] = {.number = reading->value.location.latitude},
                            [LONGITUDE] = {.number = reading->value.location.longitude}};
    otr_cells_expire(&ring, cells, otr_window_start(shape->span, reading->at));
    const otr_word *before = otr_cells_newest(&ring, cells);
    if (ring.words > LEG)
        cell[LEG].number = before != NULL ? apart_m(before, cell) : 0;
    otr_cells_add(&ring, cells, cell, keep_newer, &ring);
}

static otr_status speed_of(const otr_cells_shape *ring, const otr_cells *cells, uint32_t live, double seconds,
                           otr_value *out)
{
    double way = 0;
    if (seconds <= 0)
        return OTR_UNKNOWN;
    for (uint32_t i = live + 1; i < cells->count; i++)
        way += otr_cells_see(ring, cells, i)[LEG].number;
    return otr_window_number(way / seconds, out);
}

static otr_status heading_of(const otr_word *oldest, const otr_word *newest, otr_value *out)
{
    if (apart_m(oldest, newest) < heading_distance_min_m)
        return OTR_UNKNOWN;
    return otr_window_number(otr_geo_bearing_degrees(oldest[LATITUDE].number, oldest[LONGITUDE].number,
                                                     newest[LATITUDE].number, newest[LONGITUDE].number),
                             out);
}

static otr_status eta_of(const otr_word *oldest, const otr_word *newest, const otr_window_place *place,
                         double seconds, otr_value *out)
{
    double left = to_place_m(newest, place);
    if (left <= place->radius_m)
        return otr_window_duration(0, out);
    double closing = seconds > 0 ? (to_place_m(oldest, place) - left) / seconds : 0;
    if (!(closing > closing_speed_min))
        return OTR_UNKNOWN;
    return otr_window_duration((otr_time)(left / closing * OTR_SECOND), out);
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    otr_cells_shape ring = ring_shape(shape);
    const otr_cells *cells = ring_of(state);
    uint32_t live = otr_cells_live(&ring, cells, otr_window_start(shape->span, now));
    if (live == cells->count)
        return OTR_UNKNOWN;
    const otr_word *oldest = otr_cells_see(&ring, cells, live);
    const otr_word *newest = otr_cells_newest(&ring, cells);
    double seconds = (double)(newest[AT].time - oldest[AT].time) / OTR_SECOND;
    switch (use->function) {
    case OTR_FUNCTION_SPEED:
        return speed_of(&ring, cells, live, seconds, out);
    case OTR_FUNCTION_HEADING:
        return heading_of(oldest, newest, out);
    default:
        OTR_ASSERT(use->function == OTR_FUNCTION_ETA && place != NULL);
        return eta_of(oldest, newest, place, seconds, out);
    }
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)use, (void)spans, (void)span_count;
    otr_cells_shape ring = ring_shape(shape);
    return otr_window_leaves(&ring, ring_of(state), now);
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    otr_cells_shape ring = ring_shape(shape);
    const otr_cells *cells = ring_of(state);
    const otr_word *newest = otr_cells_newest(&ring, cells);
    for (uint32_t i = 0; i < cells->count; i++) {
        const otr_word *cell = otr_cells_see(&ring, cells, i);
        if (!otr_window_is_place(cell[LATITUDE].number, cell[LONGITUDE].number))
            return false;
    }
    return newest != NULL && newest[AT].time == ((const otr_window_state *)state)->newest;
}

const otr_window_ops otr_window_track_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_LOCATION};

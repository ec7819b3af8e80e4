/* dwell: since when the device is inside the place. */
#include "core/window/window_kinds.h"

typedef struct dwell {
    otr_time newest;
    uint64_t inside;
    otr_time since; /* 0 while outside */
} dwell;

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    (void)shape;
    out->head_count = 2;
    out->head[0] = OTR_WORD_FLAG;
    out->head[1] = OTR_WORD_TIME;
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    dwell *self = state;
    uint64_t inside =
        otr_area_holds(&shape->place, reading->value.location.latitude, reading->value.location.longitude);
    if (inside != self->inside)
        self->since = inside != 0 ? reading->at : 0;
    self->inside = inside;
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)shape, (void)use, (void)place;
    const dwell *self = state;
    return otr_window_duration(self->inside != 0 ? now - self->since : 0, out);
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)shape, (void)use;
    const dwell *self = state;
    return self->inside != 0 ? otr_window_ramp(self->since, spans, span_count, now) : OTR_TIME_NEVER;
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    (void)shape;
    const dwell *self = state;
    return self->inside != 0 ? self->since <= self->newest : self->since == 0;
}

const otr_window_ops otr_window_place_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_LOCATION};

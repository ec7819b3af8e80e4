/* stopped: since when the device has been within some metres of one spot. One fix further away may be an
 * error: only the next one says that it has moved on. */
#include "core/window/window_kinds.h"

#include "base/geo.h"

static const double still_m = 100;

typedef struct still {
    otr_time newest;
    double latitude; /* where it stands */
    double longitude;
    otr_time since;
    uint64_t away; /* the newest fix was further off */
    double away_latitude;
    double away_longitude;
    otr_time away_at;
} still;

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    static const uint8_t head[] = {OTR_WORD_NUMBER, OTR_WORD_NUMBER, OTR_WORD_TIME, OTR_WORD_FLAG,
                                   OTR_WORD_NUMBER, OTR_WORD_NUMBER, OTR_WORD_TIME};
    (void)shape;
    out->head_count = sizeof head;
    memcpy(out->head, head, sizeof head);
}

static bool is_near(double latitude, double longitude, const otr_window_reading *reading)
{
    return otr_geo_distance_m(latitude, longitude, reading->value.location.latitude,
                              reading->value.location.longitude) <= still_m;
}

static void stand(still *self, double latitude, double longitude, otr_time since)
{
    self->latitude = latitude;
    self->longitude = longitude;
    self->since = since;
}

static void stray(still *self, bool away, const otr_window_reading *reading)
{
    self->away = away;
    self->away_latitude = away ? reading->value.location.latitude : 0;
    self->away_longitude = away ? reading->value.location.longitude : 0;
    self->away_at = away ? reading->at : 0;
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    (void)shape;
    still *self = state;
    if (self->newest == OTR_TIME_NONE) {
        stand(self, reading->value.location.latitude, reading->value.location.longitude, reading->at);
        return;
    }
    bool near = is_near(self->latitude, self->longitude, reading);
    if (!near && self->away != 0) {
        bool there = is_near(self->away_latitude, self->away_longitude, reading);
        stand(self, there ? self->away_latitude : reading->value.location.latitude,
              there ? self->away_longitude : reading->value.location.longitude,
              there ? self->away_at : reading->at);
        near = true;
    }
    stray(self, !near, reading);
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)shape, (void)use, (void)place;
    const still *self = state;
    return otr_window_duration(self->away != 0 ? 0 : now - self->since, out);
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)shape, (void)use;
    const still *self = state;
    return self->away != 0 ? OTR_TIME_NEVER : otr_window_ramp(self->since, spans, span_count, now);
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    (void)shape;
    const still *self = state;
    if (!otr_window_is_place(self->latitude, self->longitude) || self->since > self->newest)
        return false;
    if (self->away == 0)
        return self->away_latitude == 0 && self->away_longitude == 0 && self->away_at == 0;
    return otr_window_is_place(self->away_latitude, self->away_longitude) && self->away_at <= self->newest;
}

const otr_window_ops otr_window_still_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_LOCATION};

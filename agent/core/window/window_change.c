/* changed: when the value last differed from the one before. Values are compared by a hash, so that texts of
 * any length take one word. One state serves all spans. */
#include "core/window/window_kinds.h"

#include "base/hash.h"

typedef struct change {
    otr_time newest;
    uint64_t value; /* hash of the newest */
    uint64_t changed;
    otr_time changed_at; /* 0 while changed is not set */
} change;

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    (void)shape;
    static const uint8_t head[] = {OTR_WORD_BITS, OTR_WORD_FLAG, OTR_WORD_TIME};
    out->head_count = sizeof head;
    memcpy(out->head, head, sizeof head);
}

static uint64_t hash_of(const otr_value *value)
{
    switch (value->type) {
    case OTR_TYPE_BOOL:
        return otr_hash64(OTR_TYPE_BOOL, 0, &value->flag, sizeof value->flag);
    case OTR_TYPE_STRING:
        return otr_hash64(OTR_TYPE_STRING, 0, value->text.data, value->text.size);
    case OTR_TYPE_LOCATION: {
        double place[2] = {value->location.latitude, value->location.longitude};
        return otr_hash64(OTR_TYPE_LOCATION, 0, place, sizeof place);
    }
    default: {
        double number = value->number == 0 ? 0 : value->number; /* -0 equals 0 */
        return otr_hash64(OTR_TYPE_DOUBLE, 0, &number, sizeof number);
    }
    }
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    (void)shape;
    change *self = state;
    uint64_t value = hash_of(&reading->value);
    if (self->newest != OTR_TIME_NONE && value != self->value) {
        self->changed = 1;
        self->changed_at = reading->at;
    }
    self->value = value;
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)shape, (void)place;
    const change *self = state;
    out->type = OTR_TYPE_BOOL;
    out->flag = self->changed != 0 && self->changed_at > otr_window_start(use->span, now);
    return OTR_OK;
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)shape, (void)spans, (void)span_count;
    const change *self = state;
    if (self->changed == 0 || use->span == 0)
        return OTR_TIME_NEVER;
    return otr_window_soonest(OTR_TIME_NEVER, self->changed_at + use->span, now);
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    (void)shape;
    const change *self = state;
    return self->changed != 0 ? self->changed_at <= self->newest : self->changed_at == 0;
}

const otr_window_ops otr_window_change_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_DYN};

/* anomaly: the score of core/anomaly, as of the newest reading. */
#include "core/window/anomaly.h"
#include "core/window/window_kinds.h"

typedef struct scored {
    otr_time newest;
    otr_anomaly anomaly;
} scored;
_Static_assert(sizeof(scored) % sizeof(otr_word) == 0, "a state is whole words");

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    (void)shape;
    out->own_count = sizeof(otr_anomaly) / sizeof(otr_word);
}

static void init(void *state)
{
    scored *self = state;
    otr_anomaly_init(&self->anomaly);
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    (void)shape;
    scored *self = state;
    otr_anomaly_add(&self->anomaly, reading->at, reading->value.number);
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)shape, (void)use, (void)place, (void)now;
    const scored *self = state;
    if (!otr_anomaly_ready(&self->anomaly))
        return OTR_UNKNOWN;
    return otr_window_number(otr_anomaly_score(&self->anomaly), out);
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)shape, (void)state, (void)use, (void)spans, (void)span_count, (void)now;
    return OTR_TIME_NEVER;
}

static void write(const void *state, otr_buffer *out)
{
    const scored *self = state;
    otr_anomaly_write(&self->anomaly, out);
}

static void read(void *state, otr_reader *in)
{
    scored *self = state;
    otr_anomaly_read(&self->anomaly, in);
}

const otr_window_ops otr_window_anomaly_ops = {.layout = layout,
                                               .add = add,
                                               .ask = ask,
                                               .next = next,
                                               .takes = OTR_TYPE_DOUBLE,
                                               .init = init,
                                               .write = write,
                                               .read = read};

#include "scenario.h"

#include <math.h>
#include <stdlib.h>

static const struct {
    otr_function function;
    const char *name;
} names[] = {
#define X(name)                                                                                              \
    {                                                                                                        \
        OTR_FUNCTION_##name, #name                                                                           \
    }
    X(AVG),        X(MIN),        X(MAX),           X(COUNT),         X(SUM),      X(DELTA),   X(RATE),
    X(STDDEV),     X(MEDIAN),     X(CHANGED),       X(PREDICT),       X(MKT),      X(DWELL),   X(SPEED),
    X(TIME_ABOVE), X(TIME_BELOW), X(LONGEST_ABOVE), X(LONGEST_BELOW), X(DURATION), X(HEADING), X(ETA),
    X(PEAK),       X(DELTA_V),    X(DROP_HEIGHT),   X(ANOMALY),
#undef X
};

const otr_function asked_functions[] = {
    OTR_FUNCTION_AVG,           OTR_FUNCTION_MIN,           OTR_FUNCTION_MAX,        OTR_FUNCTION_COUNT,
    OTR_FUNCTION_SUM,           OTR_FUNCTION_DELTA,         OTR_FUNCTION_RATE,       OTR_FUNCTION_STDDEV,
    OTR_FUNCTION_MEDIAN,        OTR_FUNCTION_CHANGED,       OTR_FUNCTION_PREDICT,    OTR_FUNCTION_MKT,
    OTR_FUNCTION_DWELL,         OTR_FUNCTION_SPEED,         OTR_FUNCTION_TIME_ABOVE, OTR_FUNCTION_TIME_BELOW,
    OTR_FUNCTION_LONGEST_ABOVE, OTR_FUNCTION_LONGEST_BELOW, OTR_FUNCTION_DURATION,   OTR_FUNCTION_HEADING,
    OTR_FUNCTION_ETA,           OTR_FUNCTION_PEAK,          OTR_FUNCTION_DELTA_V,    OTR_FUNCTION_DROP_HEIGHT,
};
const size_t asked_function_count = sizeof asked_functions / sizeof asked_functions[0];

const char *function_name(otr_function function)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].function == function)
            return names[i].name;
    return "?";
}

uint64_t random_next(uint64_t *seed)
{
    *seed += 0x9E3779B97F4A7C15U;
    uint64_t mixed = *seed;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
    return mixed ^ mixed >> 31;
}

int64_t random_between(uint64_t *seed, int64_t low, int64_t high)
{
    return low + (int64_t)(random_next(seed) % (uint64_t)(high - low + 1));
}

static bool one_in(uint64_t *seed, int64_t n)
{
    return random_between(seed, 1, n) == 1;
}

/* What a series is like. */
typedef struct mood {
    uint64_t seed;
    otr_time spacing;
    otr_time valid_for;
    double base;
    double step;
    int burst; /* readings left in it */
    double latitude;
    double longitude;
} mood;

static bool is_shock(otr_function function)
{
    return function == OTR_FUNCTION_DELTA_V || function == OTR_FUNCTION_DROP_HEIGHT ||
           function == OTR_FUNCTION_DURATION || function == OTR_FUNCTION_PEAK;
}

static bool is_location(otr_function function)
{
    return function == OTR_FUNCTION_DWELL || function == OTR_FUNCTION_SPEED ||
           function == OTR_FUNCTION_HEADING || function == OTR_FUNCTION_ETA;
}

static otr_time spacing_of(const scenario *made, mood *how)
{
    if (made->asked.use.function == OTR_FUNCTION_DELTA_V ||
        made->asked.use.function == OTR_FUNCTION_DROP_HEIGHT) {
        static const otr_time apart[] = {5000, 20000, 100000, 249999, 250000, 250001, 2000000};
        return apart[random_between(&how->seed, 0, 6)];
    }
    if (how->burst == 0 && one_in(&how->seed, 20))
        how->burst = (int)random_between(&how->seed, 2, 12);
    if (how->burst > 0) {
        how->burst--;
        return one_in(&how->seed, 4) ? 0 : random_between(&how->seed, 0, how->spacing / 50 + 1);
    }
    if (one_in(&how->seed, made->density == SPARSE ? 40 : 400))
        return random_between(&how->seed, 1, made->asked.use.span * 2);
    if (one_in(&how->seed, 6))
        return how->spacing;
    return random_between(&how->seed, 1, how->spacing * 2);
}

static double number_of(const scenario *made, mood *how)
{
    double steps = (double)random_between(&how->seed, -4, 4);
    otr_function function = made->asked.use.function;
    if (function == OTR_FUNCTION_DROP_HEIGHT)
        steps = one_in(&how->seed, 4) ? 9 : (double)random_between(&how->seed, -8, 8) / 2;
    else if (is_shock(function) && one_in(&how->seed, 2))
        return steps;
    return how->base + steps * how->step;
}

static otr_value location_of(const scenario *made, mood *how)
{
    static const double strides[] = {0, 0.00003, 0.0003, 0.001, 0.003};
    double stride = strides[random_between(&how->seed, 0, 4)];
    double north = (double)random_between(&how->seed, -100, 100) / 100;
    double east = (double)random_between(&how->seed, -100, 100) / 100;
    if (one_in(&how->seed, 2)) {
        north = made->asked.place.latitude > how->latitude ? 1 : -1;
        east = 0;
    }
    how->latitude += north * stride;
    how->longitude += east * stride;
    if (how->longitude > 180)
        how->longitude -= 360;
    return (otr_value){.type = OTR_TYPE_LOCATION, .location = {how->latitude, how->longitude}};
}

static otr_value value_of(const scenario *made, mood *how)
{
    static const otr_str words[] = {{"open", 4}, {"shut", 4}, {"", 0}};
    if (is_location(made->asked.use.function))
        return location_of(made, how);
    if (made->asked.use.function == OTR_FUNCTION_CHANGED) {
        if (how->base == 1)
            return (otr_value){.type = OTR_TYPE_BOOL, .flag = one_in(&how->seed, 8)};
        if (how->base == 2)
            return (otr_value){.type = OTR_TYPE_STRING,
                               .text = words[one_in(&how->seed, 8) ? one_in(&how->seed, 2) : 2]};
        return (otr_value){.type = OTR_TYPE_DOUBLE, .number = one_in(&how->seed, 8) ? 5 : 4};
    }
    return (otr_value){.type = OTR_TYPE_DOUBLE, .number = number_of(made, how)};
}

/* Waits until the reading is one of 32 in its span. */
static otr_time thinned(const scenario *made, otr_time at)
{
    enum { MOST = 32 };
    if (made->density == DENSE || made->count < MOST)
        return at;
    otr_time free = made->readings[made->count - MOST].at + made->asked.use.span;
    return at < free ? free : at;
}

static void ask_something(scenario *made, otr_function function, mood *how)
{
    static const otr_time spans[] = {OTR_SECOND, 10 * OTR_SECOND, 10 * OTR_MINUTE,
                                     OTR_HOUR,   OTR_DAY,         30 * OTR_DAY};
    static const double bases[] = {0, 1, 2, 8, 20, -40, 1e6};
    otr_use *use = &made->asked.use;
    use->function = function;
    use->span = spans[random_between(&how->seed, is_shock(function) ? 0 : 1, is_shock(function) ? 1 : 5)];
    use->ahead = random_between(&how->seed, 0, 2) * use->span / 2;
    how->base = bases[random_between(&how->seed, 0, function == OTR_FUNCTION_MKT ? 5 : 6)];
    how->step = one_in(&how->seed, 2) ? 0.5 : 0.1;
    made->asked.limit = how->base;
    if (is_shock(function)) {
        how->base = function == OTR_FUNCTION_DELTA_V ? 10 : 2;
        made->asked.limit = 2;
    }
    made->asked.unit = one_in(&how->seed, 2) ? 1 : 9.80665;
    if (function == OTR_FUNCTION_DROP_HEIGHT)
        how->step = made->asked.unit == 1 ? 1 : 0.1;
    if (function == OTR_FUNCTION_CHANGED)
        how->base = (double)random_between(&how->seed, 0, 2);
    made->asked.place = (otr_window_place){51.5, one_in(&how->seed, 3) ? 179.9995 : 0.1, 150, NULL};
    how->latitude = made->asked.place.latitude - 0.002;
    how->longitude = made->asked.place.longitude;
    use->limit = made->asked.limit;
}

void scenario_make(scenario *made, otr_function function, density wanted, uint64_t seed)
{
    static const int sparse_parts[] = {3, 10, 24};
    static const int dense_parts[] = {50, 200, 1000};
    mood how = {.seed = seed * 1000 + function};
    *made = (scenario){.density = wanted};
    ask_something(made, function, &how);
    otr_time span = made->asked.use.span;
    int pick = (int)random_between(&how.seed, 0, 2);
    how.spacing = span / (wanted == SPARSE ? sparse_parts[pick] : dense_parts[pick]);
    otr_time valid_for[] = {0, how.spacing, how.spacing * 3, span / 2};
    how.valid_for = valid_for[random_between(&how.seed, 0, 3)];
    /* Now and then before 1970, where cells of the grid have negative numbers. */
    otr_time at =
        (one_in(&how.seed, 4) ? -OTR_DAY : 1700000000 * OTR_SECOND) + random_between(&how.seed, 0, OTR_DAY);
    size_t count = wanted == SPARSE ? 120 : SCENARIO_READINGS_MAX;
    while (made->count < count) {
        at = thinned(made, at + spacing_of(made, &how));
        otr_window_reading *reading = &made->readings[made->count];
        *reading = (otr_window_reading){at, how.valid_for, value_of(made, &how)};
        if (reading->value.type == OTR_TYPE_DOUBLE)
            made->scale = fmax(made->scale, fabs(reading->value.number));
        made->count++;
    }
    made->shape =
        otr_window_shape_of(&made->asked.use, made->asked.limit, &made->asked.place, made->asked.unit);
}

void scenario_ever(scenario *made)
{
    made->asked.use.span = 0;
    made->shape.span = 0;
}

void *scenario_state(const otr_window_shape *shape)
{
    void *state = malloc(otr_window_bytes(shape));
    if (state == NULL)
        abort();
    otr_window_init(shape, state);
    return state;
}

otr_status scenario_ask(const scenario *made, const void *state, otr_time now, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_NULL};
    return otr_window_ask(&made->shape, state, &made->asked.use, &made->asked.place, now, out);
}

otr_time scenario_now(const scenario *made, size_t index, uint64_t *seed)
{
    otr_time at = made->readings[index].at;
    otr_time end =
        index + 1 < made->count ? made->readings[index + 1].at : at + 3 * made->asked.use.span + OTR_HOUR;
    otr_time now = at;
    if (one_in(seed, 3))
        now = made->readings[random_between(seed, index > 40 ? (int64_t)index - 40 : 0, (int64_t)index)].at +
              made->asked.use.span - random_between(seed, 0, 1);
    else if (one_in(seed, 2) && end > at)
        now = random_between(seed, at, end - 1);
    return now < at || now >= end ? at : now;
}

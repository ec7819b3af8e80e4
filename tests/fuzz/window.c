/*
 * Any shape, a state read from any bytes, then readings and questions from what is left: nothing may read
 * past the state (the sanitizers' part), next must lie ahead, and what is written at the end reads back to
 * the same bytes.
 */
#include "core/window/window.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const otr_function functions[] = {
    OTR_FUNCTION_AVG,           OTR_FUNCTION_STDDEV,   OTR_FUNCTION_RATE,          OTR_FUNCTION_PEAK,
    OTR_FUNCTION_MEDIAN,        OTR_FUNCTION_CHANGED,  OTR_FUNCTION_PREDICT,       OTR_FUNCTION_TIME_ABOVE,
    OTR_FUNCTION_LONGEST_BELOW, OTR_FUNCTION_DURATION, OTR_FUNCTION_MKT,           OTR_FUNCTION_DWELL,
    OTR_FUNCTION_SPEED,         OTR_FUNCTION_HEADING,  OTR_FUNCTION_ETA,           OTR_FUNCTION_DELTA_V,
    OTR_FUNCTION_DROP_HEIGHT,   OTR_FUNCTION_COUNT,    OTR_FUNCTION_LONGEST_ABOVE, OTR_FUNCTION_MIN,
    OTR_FUNCTION_ANOMALY,       OTR_FUNCTION_PROGRESS, OTR_FUNCTION_ARRIVAL,       OTR_FUNCTION_OVERSTAY,
    OTR_FUNCTION_STOPPED,
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static otr_use use_of(otr_reader *in)
{
    static const otr_time spans[] = {0, 1, 40, OTR_SECOND, OTR_HOUR, 400 * OTR_DAY};
    otr_use use = {.function = functions[otr_reader_u8(in) % FUNCTIONS]};
    use.span = spans[otr_reader_u8(in) % (sizeof spans / sizeof spans[0])];
    use.ahead = use.span;
    use.limit = (double)(int8_t)otr_reader_u8(in);
    return use;
}

static otr_value value_of(otr_reader *in)
{
    static const char words[] = "abcdefgh";
    switch (otr_reader_u8(in) % 6) {
    case 0:
        return (otr_value){.type = OTR_TYPE_DOUBLE, .number = otr_reader_double(in)};
    case 1:
        return (otr_value){.type = OTR_TYPE_BOOL, .flag = otr_reader_u8(in) % 2};
    case 2:
        return (otr_value){.type = OTR_TYPE_STRING, .text = {words, otr_reader_u8(in) % sizeof words}};
    case 3:
        return (otr_value){
            .type = OTR_TYPE_LOCATION,
            .location = {(double)(int8_t)otr_reader_u8(in), (double)(int8_t)otr_reader_u8(in)}};
    case 4:
        return (otr_value){.type = OTR_TYPE_LOCATION,
                           .location = {otr_reader_double(in), otr_reader_double(in)}};
    default:
        return (otr_value){.type = OTR_TYPE_DOUBLE, .number = (double)(int8_t)otr_reader_u8(in)};
    }
}

static const otr_geo_point line[] = {{50, -10}, {51, 20}, {-20, 120}};
static const double along[] = {0, 2100000, 14000000};
static const otr_route_stop stops[] = {{{50, -10, 20000, NULL}, 0, 0, 0},
                                       {{51, 20, 200000, NULL}, 2100000, OTR_HOUR, OTR_HOUR},
                                       {{-20, 120, 200000, NULL}, 14000000, 0, 0}};
static const otr_route route = {line, along, 3, stops, 3, 14000000, 100000, 20};

/* One reading, and questions after it; false when the bytes are used up. */
static bool step(const otr_window_shape *shape, void *state, const otr_use *use,
                 const otr_window_place *place, otr_time *at, otr_reader *in)
{
    static const otr_time spans[] = {0, 1, OTR_SECOND, OTR_HOUR};
    otr_value out;
    otr_window_reading reading = {0};
    reading.value = value_of(in);
    reading.valid_for = (otr_time)(otr_reader_varint(in) >> 1);
    if (__builtin_add_overflow(*at, (otr_time)(otr_reader_varint(in) >> 1), at))
        *at = INT64_MAX;
    reading.at = *at;
    if (in->failed)
        return false;
    otr_window_add(shape, state, &reading);
    otr_time now = otr_time_add(*at, (otr_time)(otr_reader_varint(in) >> 1));
    (void)otr_window_ask(shape, state, use, place, now, &out);
    if (otr_window_next(shape, state, use, &reading, spans, 4, now) <= now && now != OTR_TIME_NEVER)
        abort();
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_reader in = otr_reader_of((otr_bytes){data, size});
    otr_window_place place = {51.5, 179.99, 100, NULL};
    otr_use use = use_of(&in);
    otr_window_shape shape =
        otr_window_shape_of(&use, use.limit, &place, otr_reader_u8(&in) % 2 ? 9.80665 : 1);
    if (shape.needs != 0 && otr_reader_u8(&in) % 2)
        shape.needs = shape.kind == OTR_WINDOW_CELLS ? shape.needs | otr_reader_u8(&in)
                                                     : shape.needs | 0xF << OTR_FUNCTION_TIME_ABOVE;
    if (shape.kind == OTR_WINDOW_ROUTE)
        shape.route = &route;
    size_t bytes = otr_window_bytes(&shape);
    void *state = malloc(bytes);
    void *again = malloc(bytes);
    if (state == NULL || again == NULL)
        abort();
    otr_window_read(&shape, state, &in);
    in.failed = false;
    otr_time at = (otr_time)(otr_reader_varint(&in) >> 1);
    while (step(&shape, state, &use, &place, &at, &in))
        continue;
    otr_buffer written = {0};
    otr_window_write(&shape, state, &written);
    otr_reader back = otr_reader_of(otr_buffer_bytes(&written));
    otr_window_read(&shape, again, &back);
    if (back.failed || otr_reader_left(&back) != 0 || memcmp(state, again, bytes) != 0)
        abort();
    otr_buffer_done(&written);
    free(state);
    free(again);
    return 0;
}

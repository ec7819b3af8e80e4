#include "evaluate.h"

#include "cmocka_all.h"

#include <stdio.h>

static const struct {
    const char *name;
    otr_status status;
    otr_value value;
} fixed[] = {
    {"temperature", OTR_OK, {.type = OTR_TYPE_DOUBLE, .number = 9.5}},
    {"humidity", OTR_UNKNOWN, {0}},
    {"pressure", OTR_OK, {.type = OTR_TYPE_DOUBLE, .number = __builtin_nan("")}},
    {"door", OTR_OK, {.type = OTR_TYPE_BOOL, .flag = true}},
    {"fix", OTR_OK, {.type = OTR_TYPE_BOOL, .flag = false}},
    {"fault", OTR_OK, {.type = OTR_TYPE_STRING, .text = {"E12", 3}}},
    {"shock", OTR_OK, {.type = OTR_TYPE_STRING, .text = {"hard", 4}}}, /* a double to the catalogue */
    {"coolant_temperature", OTR_OK, {.type = OTR_TYPE_STRING, .text = {"hot", 3}}}, /* the same */
    {"tilt", OTR_OK, {.type = (otr_type)255}},                                      /* a host gone mad */
    {"acceleration", OTR_OK, {.type = OTR_TYPE_DOUBLE, .number = 9.75}},
    {"location", OTR_OK, {.type = OTR_TYPE_LOCATION, .location = {51.5, -0.25}}},
    {"cargo.temperature", OTR_OK, {.type = OTR_TYPE_DOUBLE, .number = 4.5}},
    {"cargo.location", OTR_OK, {.type = OTR_TYPE_LOCATION, .location = {52, 0.25}}},
    {"door.battery", OTR_OK, {.type = OTR_TYPE_DOUBLE, .number = 60}},
    {"probe_2.odour", OTR_OK, {.type = OTR_TYPE_INT, .integer = 7}},
    {"probe_2.humidity", OTR_UNKNOWN, {0}},
    {"crates", OTR_OK, {.type = OTR_TYPE_UINT, .natural = 42}},
    {"axles", OTR_OK, {.type = OTR_TYPE_INT, .integer = 3}},
    {"odd", OTR_OK, {.type = (otr_type)200}},
    {"heap", OTR_OK, {.type = OTR_TYPE_LIST}},
    {"asset.class", OTR_OK, {.type = OTR_TYPE_STRING, .text = {"cold-chain", 10}}},
    {"asset.limit.temperature_max", OTR_OK, {.type = OTR_TYPE_DOUBLE, .number = 8}},
    {"asset.limit.count", OTR_OK, {.type = OTR_TYPE_INT, .integer = 3}},
    {"asset.huge", OTR_OK, {.type = OTR_TYPE_INT, .integer = 9007199254740993}},
    {"asset.due", OTR_OK, {.type = OTR_TYPE_TIMESTAMP, .time = 1700000000 * OTR_SECOND}},
    {"asset.patience", OTR_OK, {.type = OTR_TYPE_DURATION, .time = 90 * OTR_MINUTE}},
    {"asset.fragile", OTR_OK, {.type = OTR_TYPE_BOOL, .flag = true}},
    {"asset.note", OTR_OK, {.type = OTR_TYPE_NULL}},
    {"asset.raw", OTR_OK, {.type = OTR_TYPE_BYTES, .text = {"\xFF\x00", 2}}},
    {"asset.empty", OTR_OK, {.type = OTR_TYPE_STRING}},
    {"asset.zone", OTR_OK, {.type = OTR_TYPE_STRING, .text = {"Test/Zone", 9}}},
    {"asset.later", OTR_UNKNOWN, {0}},
    {"device.id", OTR_OK, {.type = OTR_TYPE_STRING, .text = {"box-1", 5}}},
};

static otr_status load(void *context, uint32_t symbol, otr_value *out)
{
    const otr_symbols *symbols = context;
    assert_true(symbol < symbols->count);
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (!otr_str_is(symbols->list[symbol].path, fixed[i].name))
            continue;
        *out = fixed[i].value;
        return fixed[i].status;
    }
    return OTR_NOT_FOUND;
}

#define NUMBER(x)                                                                                            \
    {                                                                                                        \
        .type = OTR_TYPE_DOUBLE, .number = (x)                                                               \
    }
#define SPAN(x)                                                                                              \
    {                                                                                                        \
        .type = OTR_TYPE_DURATION, .time = (x)                                                               \
    }
#define FLAG(x)                                                                                              \
    {                                                                                                        \
        .type = OTR_TYPE_BOOL, .flag = (x)                                                                   \
    }

/* What each function gives of any metric that has a value, whatever its arguments are. */
static const otr_value past[OTR_FUNCTIONS] = {
    [OTR_FUNCTION_AVG] = NUMBER(9),
    [OTR_FUNCTION_MIN] = NUMBER(4.5),
    [OTR_FUNCTION_MAX] = NUMBER(11.5),
    [OTR_FUNCTION_COUNT] = {.type = OTR_TYPE_INT, .integer = 12},
    [OTR_FUNCTION_SUM] = NUMBER(108),
    [OTR_FUNCTION_DELTA] = NUMBER(1.5),
    [OTR_FUNCTION_RATE] = NUMBER(0.0025),
    [OTR_FUNCTION_STDDEV] = NUMBER(0.75),
    [OTR_FUNCTION_MEDIAN] = NUMBER(8.75),
    [OTR_FUNCTION_AGE] = SPAN(2 * OTR_MINUTE),
    [OTR_FUNCTION_AT] = {.type = OTR_TYPE_TIMESTAMP, .time = 1709294400 * OTR_SECOND},
    [OTR_FUNCTION_CHANGED] = FLAG(true),
    [OTR_FUNCTION_PREDICT] = NUMBER(12.5),
    [OTR_FUNCTION_TIME_ABOVE] = SPAN(25 * OTR_MINUTE),
    [OTR_FUNCTION_TIME_BELOW] = SPAN(0),
    [OTR_FUNCTION_LONGEST_ABOVE] = SPAN(20 * OTR_MINUTE),
    [OTR_FUNCTION_LONGEST_BELOW] = SPAN(0),
    [OTR_FUNCTION_MKT] = NUMBER(7.25),
    [OTR_FUNCTION_ANOMALY] = NUMBER(0.125),
    [OTR_FUNCTION_DISTANCE] = NUMBER(1250),
    [OTR_FUNCTION_INSIDE] = FLAG(false),
    [OTR_FUNCTION_DWELL] = SPAN(0),
    [OTR_FUNCTION_SPEED] = NUMBER(12.5),
    [OTR_FUNCTION_HEADING] = NUMBER(90),
    [OTR_FUNCTION_ETA] = SPAN(100 * OTR_SECOND),
    [OTR_FUNCTION_PEAK] = NUMBER(3.5),
    [OTR_FUNCTION_PROGRESS] = NUMBER(0.75),
    [OTR_FUNCTION_OFF_ROUTE] = NUMBER(400),
    [OTR_FUNCTION_AT_STOP] = FLAG(false),
    [OTR_FUNCTION_STOP] = {.type = OTR_TYPE_INT, .integer = 2},
    [OTR_FUNCTION_OVERSTAY] = SPAN(0),
    [OTR_FUNCTION_ARRIVAL] = {.type = OTR_TYPE_TIMESTAMP, .time = 1709298000 * OTR_SECOND},
    [OTR_FUNCTION_ARRIVAL_ERROR] = SPAN(5 * OTR_MINUTE),
    [OTR_FUNCTION_STOPPED] = SPAN(40 * OTR_MINUTE),
    [OTR_FUNCTION_DURATION] = SPAN(12 * OTR_MS),
    [OTR_FUNCTION_DELTA_V] = NUMBER(0.5),
    [OTR_FUNCTION_DROP_HEIGHT] = NUMBER(0.75),
};

/* The only place is the depot, a limit must be set, and a metric that was never reported has no past. */
static otr_status call(void *context, uint32_t number, otr_value *out)
{
    const otr_symbols *symbols = context;
    otr_value ignored;
    assert_true(number < symbols->use_count);
    const otr_use *use = &symbols->uses[number];
    assert_int_equal(symbols->list[use->symbol].kind, OTR_SYMBOL_METRIC);
    if (use->place.size > 0 && !otr_str_is(use->place, "depot"))
        return OTR_NOT_FOUND;
    if (use->limit_symbol != OTR_USE_NO_SYMBOL && load(context, use->limit_symbol, &ignored) != OTR_OK)
        return OTR_NOT_FOUND;
    otr_status status = load(context, use->symbol, out);
    if (status == OTR_OK && use->function != OTR_FUNCTION_LAST)
        *out = past[use->function];
    return status;
}

/* One zone that changes its offset once: two hours ahead since 2000, before one. */
static otr_status zone(void *context, otr_str name, int64_t utc_s, int32_t *ahead_s)
{
    (void)context;
    if (!otr_str_is(name, "Test/Zone"))
        return OTR_NOT_FOUND;
    *ahead_s = utc_s >= 946684800 ? 7200 : 3600;
    return OTR_OK;
}

otr_host fixed_host(otr_symbols *symbols)
{
    return (otr_host){.context = symbols, .load = load, .call = call, .zone = zone};
}

static void print_value(const otr_value *value, char *out, size_t capacity);

static void print_items(const otr_value *value, char *out, size_t capacity)
{
    bool map = value->type == OTR_TYPE_MAP;
    size_t items = value->list.count * (map ? 2 : 1);
    (void)snprintf(out, capacity, map ? " {" : " [");
    for (size_t i = 0; i < items; i++) {
        size_t used = strlen(out);
        (void)snprintf(out + used, capacity - used, "%s", i == 0 ? "" : map && i % 2 == 1 ? " = " : ", ");
        used = strlen(out);
        print_value(&value->list.items[i], out + used, capacity - used);
    }
    size_t used = strlen(out);
    (void)snprintf(out + used, capacity - used, map ? "}" : "]");
}

static void print_value(const otr_value *value, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%s", otr_type_text(value->type));
    size_t used = strlen(out);
    char *rest = out + used;
    size_t size = capacity - used;
    char time[OTR_TIME_TEXT_BYTES];
    switch (value->type) {
    case OTR_TYPE_BOOL:
        (void)snprintf(rest, size, " %s", value->flag ? "true" : "false");
        break;
    case OTR_TYPE_INT:
        (void)snprintf(rest, size, " %lld", (long long)value->integer);
        break;
    case OTR_TYPE_UINT:
        (void)snprintf(rest, size, " %llu", (unsigned long long)value->natural);
        break;
    case OTR_TYPE_DOUBLE:
        (void)snprintf(rest, size, " %.17g", value->number);
        break;
    case OTR_TYPE_STRING:
        (void)snprintf(rest, size, " %.*s", OTR_STR_ARG(value->text));
        break;
    case OTR_TYPE_BYTES:
        (void)snprintf(rest, size, " ");
        for (size_t i = 0; i < value->text.size; i++)
            (void)snprintf(rest + 1 + 2 * i, size - 1 - 2 * i, "%02x", (unsigned char)value->text.data[i]);
        break;
    case OTR_TYPE_TIMESTAMP:
        (void)otr_time_format(value->time, time);
        (void)snprintf(rest, size, " %s", time);
        break;
    case OTR_TYPE_DURATION:
        (void)snprintf(rest, size, " %lld", (long long)value->time);
        break;
    case OTR_TYPE_LIST:
    case OTR_TYPE_MAP:
        print_items(value, rest, size);
        break;
    case OTR_TYPE_TYPE:
        (void)snprintf(rest, size, " %.*s", OTR_STR_ARG(value->text));
        break;
    case OTR_TYPE_LOCATION:
        (void)snprintf(rest, size, " %g %g", value->location.latitude, value->location.longitude);
        break;
    default:
        break;
    }
}

void evaluate(otr_str text, char outcome[OUTCOME_BYTES])
{
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *expression = NULL;
    otr_error error = {0};
    otr_value value;
    otr_status status = otr_expression_compile(&arena, text, NULL, OTR_SCOPE_ALL, OTR_TYPE_DYN, &symbols,
                                               &expression, &error);
    if (status != OTR_OK) {
        assert_null(expression);
        assert_int_equal(error.status, status);
        (void)snprintf(outcome, OUTCOME_BYTES, "refused %d:%d %s", error.line, error.column, error.text);
    } else {
        uint8_t bytes[ROOM_BYTES];
        otr_room room = {.bytes = bytes, .size = sizeof bytes};
        otr_host host = fixed_host(&symbols);
        host.room = &room;
        status = otr_expression_evaluate(expression, &host, &value, &error);
        room.used = 0;
        assert_int_equal(otr_expression_evaluate(expression, &host, &value, NULL), status);
        if (status == OTR_OK) {
            print_value(&value, outcome, OUTCOME_BYTES);
        } else {
            assert_int_equal(error.status, status);
            (void)snprintf(outcome, OUTCOME_BYTES, "%s %d:%d %s",
                           status == OTR_INVALID ? "error" : otr_status_text(status), error.line,
                           error.column, error.text);
        }
    }
    otr_arena_done(&arena);
}

static bool matches(const char *outcome, const char *wanted)
{
    bool failure = strchr(outcome, ':') != NULL && strncmp(outcome, "timestamp", 9) != 0;
    return failure ? strncmp(outcome, wanted, strlen(wanted)) == 0 : strcmp(outcome, wanted) == 0;
}

void expect_rows(const row *rows, size_t count)
{
    int different = 0;
    for (size_t i = 0; i < count; i++) {
        char outcome[OUTCOME_BYTES];
        evaluate(otr_str_of(rows[i].text), outcome);
        if (matches(outcome, rows[i].outcome))
            continue;
        print_error("%s\n  wanted %s\n  got    %s\n", rows[i].text, rows[i].outcome, outcome);
        different++;
    }
    assert_int_equal(different, 0);
}

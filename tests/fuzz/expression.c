/*
 * Any text is compiled, and what compiles is evaluated against hosts that give every type, the edges of each,
 * every status and types that do not exist. A condition must give a bool or an error, the two runs of one
 * host must agree, and the place of an error must lie in the text. The same text with an environment, where
 * nothing but the grammar is refused: one in four names is known there, and may be a list or a map.
 */
#include "rules/cel/expression.h"
#include "base/limits.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const otr_value odd[] = {
    {.type = OTR_TYPE_DOUBLE, .number = 9.5},
    {.type = OTR_TYPE_BOOL, .flag = true},
    {.type = OTR_TYPE_STRING, .text = {"E12", 3}},
    {.type = OTR_TYPE_LOCATION, .location = {51.5, -0.25}},
    {.type = OTR_TYPE_DOUBLE, .number = NAN},
    {.type = OTR_TYPE_DOUBLE, .number = -INFINITY},
    {.type = OTR_TYPE_DOUBLE, .number = 1e300},
    {.type = OTR_TYPE_INT, .integer = INT64_MIN},
    {.type = OTR_TYPE_INT, .integer = 0},
    {.type = OTR_TYPE_UINT, .natural = UINT64_MAX},
    {.type = OTR_TYPE_STRING, .text = {NULL, 0}},
    {.type = OTR_TYPE_STRING, .text = {"-9223372036854775809", 20}},
    {.type = OTR_TYPE_STRING, .text = {"1h-", 3}},
    {.type = OTR_TYPE_BYTES, .text = {"\xFF\x00\x80", 3}},
    {.type = OTR_TYPE_TIMESTAMP, .time = OTR_TIME_NEVER},
    {.type = OTR_TYPE_TIMESTAMP, .time = OTR_TIME_NONE},
    {.type = OTR_TYPE_DURATION, .time = INT64_MAX},
    {.type = OTR_TYPE_DURATION, .time = -1},
    {.type = OTR_TYPE_NULL},
    {.type = OTR_TYPE_DYN},
    {.type = OTR_TYPE_LIST},
    {.type = OTR_TYPE_TYPE},
    {.type = (otr_type)255},
    {.type = (otr_type)-1},
};
static const otr_status statuses[] = {OTR_OK, OTR_OK,        OTR_OK, OTR_UNKNOWN,
                                      OTR_OK, OTR_NOT_FOUND, OTR_OK, OTR_IO};

enum { ODD = sizeof odd / sizeof odd[0], STATUSES = sizeof statuses / sizeof statuses[0], ROUNDS = 2 * ODD };

typedef struct whim {
    const otr_symbols *symbols;
    uint32_t round;
} whim;

static otr_status give(const whim *mood, uint32_t symbol, otr_value *out)
{
    uint32_t pick = symbol * 5 + mood->round;
    *out = odd[pick % ODD];
    return mood->round < ODD ? OTR_OK : statuses[(pick / 3) % STATUSES];
}

/* The first rounds are honest about the types of the catalogue as often as not. */
static otr_status load(void *context, uint32_t symbol, otr_value *out)
{
    const whim *mood = context;
    if (symbol >= mood->symbols->count)
        abort();
    otr_status status = give(mood, symbol, out);
    if ((mood->round & 1) == 0)
        for (uint32_t i = 0; i < ODD; i++)
            if (odd[(i + mood->round) % ODD].type == mood->symbols->list[symbol].type)
                *out = odd[(i + mood->round) % ODD];
    return status;
}

static const otr_value few[] = {
    {.type = OTR_TYPE_INT, .integer = 7},
    {.type = OTR_TYPE_STRING, .text = {"(a*)*b", 6}},
    {.type = OTR_TYPE_DURATION, .time = -1, .below_ns = 999},
    {.type = OTR_TYPE_TIMESTAMP, .time = 1700000000 * OTR_SECOND},
    {.type = OTR_TYPE_STRING, .text = {"Test/Zone", 9}},
    {.type = OTR_TYPE_DOUBLE, .number = 0.5},
};
static const otr_value collections[] = {
    {.type = OTR_TYPE_LIST, .list = {few, 6}},
    {.type = OTR_TYPE_MAP, .list = {few, 1}},
    {.type = OTR_TYPE_LIST, .list = {NULL, 0}},
    {.type = OTR_TYPE_TYPE, .text = {"int", 3}},
};
enum { COLLECTIONS = sizeof collections / sizeof collections[0] };

static bool knows(void *context, otr_str name)
{
    (void)context;
    return name.size % 4 == 1;
}

static otr_status load_any(void *context, uint32_t symbol, otr_value *out)
{
    const whim *mood = context;
    uint32_t pick = symbol + mood->round;
    *out = pick % 2 == 0 ? collections[pick / 2 % COLLECTIONS] : odd[pick % ODD];
    return OTR_OK;
}

static otr_status zone(void *context, otr_str name, int64_t utc_s, int32_t *ahead_s)
{
    (void)context;
    *ahead_s = utc_s > 0 ? 3600 : -3600;
    return name.size > 4 ? OTR_OK : OTR_NOT_FOUND;
}

static otr_status call(void *context, uint32_t number, otr_value *out)
{
    const whim *mood = context;
    if (number >= mood->symbols->use_count)
        abort();
    return give(mood, mood->symbols->uses[number].symbol + number, out);
}

static void check_place(const otr_error *error, otr_str text)
{
    int lines = 1;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n';
    if (error->line < 1 || error->line > lines || error->column < 1 ||
        (size_t)error->column > text.size + 1 || error->text[0] == '\0')
        abort();
}

/* What a value refers to can be read to its end. */
static size_t read_all(const otr_value *value)
{
    size_t sum = 0;
    if (value->type == OTR_TYPE_STRING || value->type == OTR_TYPE_BYTES || value->type == OTR_TYPE_TYPE)
        for (size_t i = 0; i < value->text.size; i++)
            sum += (unsigned char)value->text.data[i];
    if (value->type == OTR_TYPE_LIST || value->type == OTR_TYPE_MAP)
        for (size_t i = 0; i < value->list.count * (value->type == OTR_TYPE_MAP ? 2 : 1); i++)
            sum += read_all(&value->list.items[i]);
    return sum;
}

static uint8_t room_bytes[16384];

static void evaluate(const otr_expression *expression, const otr_symbols *symbols, otr_type wanted,
                     otr_str text, bool open)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        whim mood = {.symbols = symbols, .round = round};
        otr_room room = {.bytes = room_bytes + round % 8, .size = sizeof room_bytes - 8};
        otr_host host = {.context = &mood, .load = open ? load_any : load, .call = call, .zone = zone};
        if (open || round % 3 != 0)
            host.room = &room;
        otr_value value;
        otr_value again;
        otr_error error;
        otr_status status = otr_expression_evaluate(expression, &host, &value, &error);
        size_t sum = status == OTR_OK ? read_all(&value) : 0;
        room.used = 0;
        if (otr_expression_evaluate(expression, &host, &again, NULL) != status)
            abort();
        if (status == OTR_OK && sum != read_all(&again))
            abort();
        if (status != OTR_OK) {
            check_place(&error, text);
            continue;
        }
        if (value.type != again.type || (value.type == OTR_TYPE_BOOL && value.flag != again.flag))
            abort();
        if (wanted != OTR_TYPE_DYN && value.type != wanted)
            abort();
        if (value.type == OTR_TYPE_DYN || value.type > OTR_TYPE_LOCATION)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_str text = {(const char *)data, size};
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *expression = NULL;
    otr_error error = {0};
    otr_type wanted = size % 2 == 0 ? OTR_TYPE_BOOL : OTR_TYPE_DYN;
    otr_status status =
        otr_expression_compile(&arena, text, NULL, OTR_SCOPE_ALL, wanted, &symbols, &expression, &error);
    if (status == OTR_OK)
        evaluate(expression, &symbols, wanted, text, false);
    else if (expression != NULL)
        abort();
    else
        check_place(&error, text);
    static const otr_environment environment = {.container = {"a.b", 3}, .knows = knows};
    symbols = (otr_symbols){0};
    if (otr_expression_compile_open(&arena, text, &environment, &symbols, &expression, &error) == OTR_OK)
        evaluate(expression, &symbols, OTR_TYPE_DYN, text, true);
    else
        check_place(&error, text);
    otr_arena_done(&arena);
    return 0;
}

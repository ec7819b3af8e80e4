/*
 * Instants and spans of time to the nanosecond, at the ends of their ranges and beyond 64 bits of
 * nanoseconds. Where the compiler has integers of 128 bits, sums, spans from text, their parts and their text
 * are reckoned a second time in them, over edges and over numbers by OUTRIDER_SEED; elsewhere the tables are
 * what there is.
 */
#include "cmocka_all.h"

#include "rules/cel/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(text) ((otr_str){text, strlen(text)})

static otr_value moment(otr_type type, otr_time us, int32_t below_ns)
{
    otr_value value = {.type = type, .time = us};
    value.below_ns = below_ns;
    return value;
}

typedef struct span_row {
    const char *text;
    otr_reason reason;
    otr_time us;
    int32_t below_ns;
} span_row;

static void spans_keep_each_nanosecond_up_to_64_bits_of_them(void **state)
{
    (void)state;
    static const span_row rows[] = {
        {"9223372036854775807ns", OTR_REASON_NONE, 9223372036854775, 807},
        {"9223372036854775808ns", OTR_REASON_RANGE, 0, 0},
        {"-9223372036854775808ns", OTR_REASON_NONE, -9223372036854776, 192},
        {"-9223372036854775809ns", OTR_REASON_RANGE, 0, 0},
        {"9999999999999999999w", OTR_REASON_RANGE, 0, 0},
        {"10000000000000000000ns", OTR_REASON_FORMAT, 0, 0},
        {"9223372036s854775807ns", OTR_REASON_NONE, 9223372036854775, 807},
        {"9223372036s854775808ns", OTR_REASON_RANGE, 0, 0},
        {"9999999999999999999w1x", OTR_REASON_RANGE, 0, 0}, /* what comes after it is not looked at */
        {"0.999999999999999999w", OTR_REASON_NONE, 604799999999, 999},
        {"0.9999999999999999999w", OTR_REASON_NONE, 604799999999, 999},
        {"0.000000000000001653w", OTR_REASON_NONE, 0, 0},
        {"0.000000000000001654w", OTR_REASON_NONE, 0, 1},
        {"0.3333333333333333333h", OTR_REASON_NONE, 1199999999, 999},
        {"-0.000000001s", OTR_REASON_NONE, -1, 999},
        {"-0.5us", OTR_REASON_NONE, -1, 500},
        {"-1us", OTR_REASON_NONE, -1, 0},
        {"1.9ns", OTR_REASON_NONE, 0, 1},
        {"2.5d1.25h", OTR_REASON_NONE, 220500000000, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_value out = moment(OTR_TYPE_DURATION, 0, 0);
        otr_reason reason = otr_duration_parse(STR(rows[i].text), &out);
        if (reason != rows[i].reason || out.time != rows[i].us || out.below_ns != rows[i].below_ns)
            fail_msg("%s: %s, %" PRId64 " us and %d ns", rows[i].text, otr_reason_text(reason), out.time,
                     out.below_ns);
    }
}

static void sums_carry_over_microseconds(void **state)
{
    (void)state;
    otr_value a = moment(OTR_TYPE_TIMESTAMP, -1, 999);
    otr_value b = moment(OTR_TYPE_DURATION, 0, 1);
    otr_value out;
    assert_int_equal(otr_operate_arithmetic(OTR_OPERATOR_ADD, &a, &b, NULL, &out), OTR_REASON_NONE);
    assert_true(out.type == OTR_TYPE_TIMESTAMP && out.time == 0 && out.below_ns == 0);
    assert_int_equal(otr_operate_arithmetic(OTR_OPERATOR_SUBTRACT, &out, &b, NULL, &out), OTR_REASON_NONE);
    assert_true(out.time == -1 && out.below_ns == 999);
    a = moment(OTR_TYPE_DURATION, 9223372036854775, 807);
    assert_int_equal(otr_operate_arithmetic(OTR_OPERATOR_ADD, &a, &b, NULL, &out), OTR_REASON_OVERFLOW);
    a = moment(OTR_TYPE_TIMESTAMP, 253402300799999999, 999);
    assert_int_equal(otr_operate_arithmetic(OTR_OPERATOR_ADD, &a, &b, NULL, &out), OTR_REASON_OVERFLOW);
    a = moment(OTR_TYPE_TIMESTAMP, INT64_MIN, 0);
    assert_int_equal(otr_operate_arithmetic(OTR_OPERATOR_SUBTRACT, &a, &b, NULL, &out), OTR_REASON_OVERFLOW);
}

#ifdef __SIZEOF_INT128__

enum { ROUNDS = 200000, ROUNDS_LONG = 20000000, WORD_SEED = 1 };

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static uint64_t seed_of_run(void)
{
    const char *text = getenv("OUTRIDER_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : WORD_SEED;
}

static uint64_t rounds_of_run(void)
{
    return getenv("OUTRIDER_LONG") != NULL ? ROUNDS_LONG : ROUNDS;
}

static __int128 wide_of(const otr_value *value)
{
    return (__int128)value->time * 1000 + value->below_ns;
}

static bool wide_fits(otr_type type, __int128 ns)
{
    const __int128 second = 1000000000;
    if (type == OTR_TYPE_TIMESTAMP)
        return ns >= -62135596800 * second && ns < 253402300800 * second;
    return ns >= INT64_MIN && ns <= INT64_MAX;
}

/* The value must be what so many nanoseconds are, its fraction not negative. */
static bool is_wide(const otr_value *value, otr_type type, __int128 ns)
{
    return value->type == type && value->below_ns >= 0 && value->below_ns < 1000 && wide_of(value) == ns;
}

static void expect_sum(otr_operator op, const otr_value *a, const otr_value *b)
{
    bool instant_a = a->type == OTR_TYPE_TIMESTAMP;
    bool instant_b = b->type == OTR_TYPE_TIMESTAMP;
    bool add = op == OTR_OPERATOR_ADD;
    otr_type type = instant_a != instant_b ? OTR_TYPE_TIMESTAMP : OTR_TYPE_DURATION;
    __int128 ns = add ? wide_of(a) + wide_of(b) : wide_of(a) - wide_of(b);
    otr_reason expected = add ? (instant_a && instant_b ? OTR_REASON_NO_OVERLOAD : OTR_REASON_NONE)
                              : (!instant_a && instant_b ? OTR_REASON_NO_OVERLOAD : OTR_REASON_NONE);
    if (expected == OTR_REASON_NONE && !wide_fits(type, ns))
        expected = OTR_REASON_OVERFLOW;
    otr_value out = *a;
    otr_reason reason = otr_operate_arithmetic(op, a, b, NULL, &out);
    if (reason != expected || (reason == OTR_REASON_NONE && !is_wide(&out, type, ns)))
        fail_msg("%s %" PRId64 " us %d ns %s %s %" PRId64 " us %d ns: %s, %" PRId64 " us %d ns",
                 otr_type_text(a->type), a->time, a->below_ns, otr_operator_text(op), otr_type_text(b->type),
                 b->time, b->below_ns, otr_reason_text(reason), out.time, out.below_ns);
}

static const int32_t below_edges[] = {0, 1, 191, 192, 193, 499, 806, 807, 808, 999};
static const otr_time us_edges[] = {
    0,
    1,
    999999,
    1000000,
    3599999999,
    3600000000,
    9223372036854774,
    9223372036854775,
    9223372036854776,
    62135596800000000,
    62135596799999999,
    62135596800000001,
    253402300799999999,
    253402300800000000,
    253402300800000000 + 9223372036854775,
    INT64_MAX / 2,
    INT64_MAX - 1,
    INT64_MAX,
};
enum { BELOWS = sizeof below_edges / sizeof *below_edges, EDGES = sizeof us_edges / sizeof *us_edges };
enum { MOMENTS = 2 * 2 * EDGES * BELOWS }; /* both types, both signs */

static otr_value edge(size_t i)
{
    otr_time us = us_edges[i / BELOWS % EDGES];
    bool negative = i / BELOWS / EDGES % 2 != 0;
    return moment(i / BELOWS / EDGES / 2 == 0 ? OTR_TYPE_DURATION : OTR_TYPE_TIMESTAMP,
                  negative ? -us - 1 : us, below_edges[i % BELOWS]);
}

static otr_value any_moment(uint64_t *state)
{
    if (draw(state) % 4 == 0)
        return edge(draw(state) % MOMENTS);
    int64_t us = (int64_t)draw(state) >> (draw(state) % 64); /* of all magnitudes */
    return moment(draw(state) % 2 == 0 ? OTR_TYPE_DURATION : OTR_TYPE_TIMESTAMP, us,
                  (int32_t)(draw(state) % 1000));
}

static void expect_sums(const otr_value *a, const otr_value *b)
{
    expect_sum(OTR_OPERATOR_ADD, a, b);
    expect_sum(OTR_OPERATOR_SUBTRACT, a, b);
}

static void sums_are_those_of_128_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < MOMENTS; i++)
        for (size_t j = 0; j < MOMENTS; j++) {
            otr_value a = edge(i);
            otr_value b = edge(j);
            expect_sums(&a, &b);
        }
    uint64_t from = seed_of_run();
    for (uint64_t i = 0; i < rounds_of_run(); i++) {
        otr_value a = any_moment(&from);
        otr_value b = any_moment(&from);
        expect_sums(&a, &b);
    }
}

static void expect_parts(const otr_value *span)
{
    static const struct {
        otr_call call;
        int64_t unit;
        int64_t modulus;
    } parts[] = {{OTR_CALL_GET_HOURS, 3600000000000, 0},
                 {OTR_CALL_GET_MINUTES, 60000000000, 0},
                 {OTR_CALL_GET_SECONDS, 1000000000, 0},
                 {OTR_CALL_GET_MILLISECONDS, 1000000, 1000}};
    __int128 ns = wide_of(span);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        otr_value out;
        __int128 part = ns / parts[i].unit;
        if (parts[i].modulus != 0)
            part %= parts[i].modulus;
        assert_int_equal(otr_calendar_get(parts[i].call, NULL, span, 1, &out), OTR_REASON_NONE);
        if (out.integer != part)
            fail_msg("%" PRId64 " us %d ns: part %zu is %" PRId64, span->time, span->below_ns, i,
                     out.integer);
    }
}

static void expect_text(const otr_value *span)
{
    uint8_t bytes[64];
    otr_room room = {.bytes = bytes, .size = sizeof bytes};
    otr_str text;
    __int128 ns = wide_of(span);
    const char *sign = ns < 0 ? "-" : "";
    ns = ns < 0 ? -ns : ns;
    char expected[64];
    int size = snprintf(expected, sizeof expected, "%s%" PRId64 ".%09ds", sign, (int64_t)(ns / 1000000000),
                        (int)(ns % 1000000000));
    while (expected[size - 2] == '0')
        size--;
    size -= expected[size - 2] == '.';
    expected[size - 1] = 's';
    assert_int_equal(otr_text_of(span, &room, &text), OTR_REASON_NONE);
    if (text.size != (size_t)size || memcmp(text.data, expected, text.size) != 0)
        fail_msg("%" PRId64 " us %d ns: %.*s", span->time, span->below_ns, OTR_STR_ARG(text));
}

static void parts_and_text_are_those_of_128_bits(void **state)
{
    (void)state;
    uint64_t from = seed_of_run();
    for (uint64_t i = 0; i < rounds_of_run(); i++) {
        otr_value span = i < MOMENTS ? edge(i) : any_moment(&from);
        assert_true(otr_value_fits(&span) == wide_fits(span.type, wide_of(&span)));
        span.type = OTR_TYPE_DURATION;
        expect_parts(&span);
        expect_text(&span);
    }
}

typedef struct spelled {
    char text[256];
    size_t size;
    __int128 ns;
    otr_reason reason; /* of what stands there; the first that is wrong */
} spelled;

static unsigned digit(uint64_t *from)
{
    static const unsigned char often[] = {0, 9, 9, 0};
    return draw(from) % 3 == 0 ? often[draw(from) % 4] : (unsigned)(draw(from) % 10);
}

static void spell_number(spelled *to, uint64_t *from)
{
    static const char *const names[] = {"w", "d", "h", "m", "s", "ms", "us", "ns"};
    static const int64_t units[] = {604800000000000, 86400000000000, 3600000000000, 60000000000,
                                    1000000000,      1000000,        1000,          1};
    unsigned which = (unsigned)(draw(from) % 8);
    unsigned wholes = (unsigned)(draw(from) % (draw(from) % 8 == 0 ? 21 : 20 - 2 * which % 14));
    unsigned decimals = draw(from) % 2 == 0 ? 0 : (unsigned)(draw(from) % 22);
    __int128 whole = 0;
    __int128 part = 0;
    int64_t scale = 1;
    if (wholes == 0 && decimals == 0)
        wholes = 1;
    for (unsigned i = 0; i < wholes; i++) {
        unsigned one = digit(from);
        whole = whole * 10 + one;
        to->text[to->size++] = (char)('0' + one);
    }
    if (decimals > 0)
        to->text[to->size++] = '.';
    for (unsigned i = 0; i < decimals; i++) {
        unsigned one = digit(from);
        if (i < 18) {
            part = part * 10 + one;
            scale *= 10;
        }
        to->text[to->size++] = (char)('0' + one);
    }
    to->size += (size_t)snprintf(to->text + to->size, sizeof to->text - to->size, "%s", names[which]);
    if (to->reason != OTR_REASON_NONE)
        return;
    to->ns += whole * units[which] + part * units[which] / scale;
    if (wholes > 19)
        to->reason = OTR_REASON_FORMAT;
    else if (to->ns > (__int128)INT64_MAX + 1)
        to->reason = OTR_REASON_RANGE;
}

static void spans_from_text_are_those_of_128_bits(void **state)
{
    (void)state;
    uint64_t from = seed_of_run();
    unsigned counts[3] = {0};
    for (uint64_t i = 0; i < rounds_of_run(); i++) {
        spelled one = {.size = 0, .reason = OTR_REASON_NONE};
        bool negative = draw(&from) % 2 == 0;
        if (negative)
            one.text[one.size++] = '-';
        for (uint64_t parts = 1 + draw(&from) % 3; parts > 0; parts--)
            spell_number(&one, &from);
        one.ns = negative ? -one.ns : one.ns;
        if (one.reason == OTR_REASON_NONE && !wide_fits(OTR_TYPE_DURATION, one.ns))
            one.reason = OTR_REASON_RANGE;
        otr_value out = moment(OTR_TYPE_DURATION, 0, 0);
        otr_reason reason = otr_duration_parse((otr_str){one.text, one.size}, &out);
        if (reason != one.reason || (reason == OTR_REASON_NONE && !is_wide(&out, OTR_TYPE_DURATION, one.ns)))
            fail_msg("%.*s: %s, %" PRId64 " us %d ns", (int)one.size, one.text, otr_reason_text(reason),
                     out.time, out.below_ns);
        counts[reason == OTR_REASON_NONE ? 0 : reason == OTR_REASON_RANGE ? 1 : 2]++;
    }
    print_message("%u spans, %u out of range, %u refused\n", counts[0], counts[1], counts[2]);
    assert_true(counts[0] > rounds_of_run() / 8 && counts[1] > rounds_of_run() / 8);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_keep_each_nanosecond_up_to_64_bits_of_them),
        cmocka_unit_test(sums_carry_over_microseconds),
#ifdef __SIZEOF_INT128__
        cmocka_unit_test(sums_are_those_of_128_bits),
        cmocka_unit_test(parts_and_text_are_those_of_128_bits),
        cmocka_unit_test(spans_from_text_are_those_of_128_bits),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Instants and spans as tables of text and value, both ways. */
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#define AT(seconds) ((seconds)*OTR_SECOND)

static void an_instant_is_read_in_each_of_its_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        otr_time at;
    } table[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01 00:00:00", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1969-12-31T23:59:59.5Z", -500 * OTR_MS},
        {"2024-02-29T12:00:00Z", AT(1709208000)},
        {"2000-02-29T00:00:00Z", AT(951782400)},
        {"2024-02-29T12:00:00.123456Z", AT(1709208000) + 123456},
        {"2024-02-29T12:00:00.1234567Z", AT(1709208000) + 123456},
        {"2024-02-29T12:00:00 UTC", AT(1709208000)},
        {"2024-02-29T14:00:00+02:00", AT(1709208000)},
        {"2024-02-29T14:00:00+0200", AT(1709208000)},
        {"2024-02-29T06:30:00-05:30", AT(1709208000)},
        {"2024-03-01T01:45:00+13:45", AT(1709208000)},
        {"2016-12-31T23:59:60Z", AT(1483228800)}, /* a leap second is the next one */
        {"0001-01-01T00:00:00Z", AT(-62135596800)},
        {"9999-12-31T23:59:59.999999Z", AT(253402300800) - 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        otr_time at = 1;
        if (!otr_time_parse(otr_str_of(table[i].text), &at) || at != table[i].at)
            fail_msg("%s: %lld", table[i].text, (long long)at);
    }
}

static void what_is_no_instant_is_refused(void **state)
{
    (void)state;
    static const char *const table[] = {
        "",
        "now",
        "2024-02-29",
        "2023-02-29T00:00:00Z", /* no leap year */
        "1900-02-29T00:00:00Z", /* a century is none */
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:61Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00Z",
        "2024-1-01T00:00:00Z",
        "2024-01-01T00:00:00+2:00",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+02:60",
        "2024-01-01T00:00:00+02",
        "2024-01-01T00:00:00Zx",
        "2024-01-01T00:00:00 CET",
        " 2024-01-01T00:00:00Z",
        "-024-01-01T00:00:00Z",
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        otr_time at;
        if (otr_time_parse(otr_str_of(table[i]), &at))
            fail_msg("%s", table[i]);
    }
}

static void an_instant_is_written_with_the_decimals_it_needs(void **state)
{
    (void)state;
    static const struct {
        otr_time at;
        const char *text;
    } table[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {AT(1709208000), "2024-02-29T12:00:00Z"},
        {AT(1709208000) + 120 * OTR_MS, "2024-02-29T12:00:00.120Z"},
        {AT(1709208000) + 7, "2024-02-29T12:00:00.000007Z"},
        {AT(4107542399), "2100-02-28T23:59:59Z"},
        {AT(4107542400), "2100-03-01T00:00:00Z"},
        {AT(253402300800), "-"},
        {AT(-62135596801), "-"},
        {OTR_TIME_NEVER, "-"},
        {OTR_TIME_NONE, "-"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[OTR_TIME_TEXT_BYTES];
        size_t size = otr_time_format(table[i].at, text);
        assert_string_equal(text, table[i].text);
        assert_int_equal(size, strlen(table[i].text));
    }
}

/* The C library counts days in another way. */
static void every_day_of_eight_centuries_is_that_of_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -135140; day < 157000; day++) {
        time_t seconds = (time_t)(day * 86400 + 3661);
        struct tm utc;
        char expected[32];
        char text[OTR_TIME_TEXT_BYTES];
        otr_time back = 0;
        assert_non_null(gmtime_r(&seconds, &utc));
        (void)strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &utc);
        (void)otr_time_format(seconds * OTR_SECOND, text);
        assert_string_equal(text, expected);
        assert_true(otr_time_parse(otr_str_of(text), &back));
        assert_true(back == seconds * OTR_SECOND);
    }
}

static void a_sum_stays_within_its_range(void **state)
{
    (void)state;
    assert_true(otr_time_add(1, 2) == 3);
    assert_true(otr_time_whole(7, 5) == 10 && otr_time_whole(10, 5) == 10 && otr_time_whole(-7, 5) == -5);
    assert_true(otr_time_whole(OTR_TIME_NEVER - 1, OTR_SECOND) == OTR_TIME_NEVER);
    assert_true(otr_time_add(OTR_TIME_NEVER, -5) == OTR_TIME_NEVER);
    assert_true(otr_time_add(OTR_TIME_NEVER - 1, 2) == OTR_TIME_NEVER);
    assert_true(otr_time_add(OTR_TIME_NONE + 2, -5) == OTR_TIME_NONE + 1);
}

static void a_span_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        otr_time span;
    } table[] = {
        {"10m", 10 * OTR_MINUTE},
        {"1h30m", 90 * OTR_MINUTE},
        {"1.5h", 90 * OTR_MINUTE},
        {"500ms", 500 * OTR_MS},
        {"7us", 7},
        {"2d", 2 * OTR_DAY},
        {"1w1d", 8 * OTR_DAY},
        {"0s", 0},
        {"0.1s", 100 * OTR_MS},
    };
    static const char *const refused[] = {"",    "10",     "m",      "10 m",      "-1m", "1m1m", "1y",
                                          "10M", "1.2.3s", "1h 30m", "99999999w", "m10", "1e3s", "."};
    otr_time span;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!otr_span_parse(otr_str_of(table[i].text), &span) || span != table[i].span)
            fail_msg("%s", table[i].text);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (otr_span_parse(otr_str_of(refused[i]), &span))
            fail_msg("'%s'", refused[i]);
}

static void a_span_is_written_in_its_two_largest_units(void **state)
{
    (void)state;
    static const struct {
        otr_time span;
        const char *text;
    } table[] = {
        {0, "0s"},
        {-5, "0s"},
        {250 * OTR_MS, "250ms"},
        {12 * OTR_SECOND + 999 * OTR_MS, "12s"},
        {65 * OTR_MINUTE, "1h 5m"},
        {65 * OTR_MINUTE + 7 * OTR_SECOND, "1h 5m"},
        {OTR_HOUR + 7 * OTR_SECOND, "1h"},
        {74 * OTR_HOUR, "3d 2h"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[OTR_TIME_TEXT_BYTES];
        (void)otr_span_format(table[i].span, text);
        assert_string_equal(text, table[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instant_is_read_in_each_of_its_forms),
        cmocka_unit_test(what_is_no_instant_is_refused),
        cmocka_unit_test(an_instant_is_written_with_the_decimals_it_needs),
        cmocka_unit_test(every_day_of_eight_centuries_is_that_of_the_c_library),
        cmocka_unit_test(a_sum_stays_within_its_range),
        cmocka_unit_test(a_span_is_read),
        cmocka_unit_test(a_span_is_written_in_its_two_largest_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

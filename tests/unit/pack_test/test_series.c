/* tools/outrider/test_series: numbers in short, as rows of text and what they stand for. */
#include "tools/outrider/test/test_series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

static void text_of(const otr_test_series *series, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < series->count && used < size; i++) {
        const char *blank = i == 0 ? "" : " ";
        if (isnan(series->values[i]))
            used += (size_t)snprintf(out + used, size - used, "%s_", blank);
        else
            used += (size_t)snprintf(out + used, size - used, "%s%.10g", blank, series->values[i]);
    }
}

static void numbers_in_short_stand_for_their_values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *values;
    } rows[] = {
        {"9.5", "9.5"},
        {" 9.5 ", "9.5"},
        {"-3 +4 .5 1e3 2E-1", "-3 4 0.5 1000 0.2"},
        {"9x0", "9"},
        {"9x3", "9 9 9 9"},
        {"-9x1 7", "-9 -9 7"},
        {"9 + 0.5x3", "9 9.5 10 10.5"},
        {"9+0.5x3", "9 9.5 10 10.5"},
        {"9 - 0.5x2 7", "9 8.5 8 7"},
        {"9-0.5x2", "9 8.5 8"},
        {"9 -0.5x2", "9 -0.5 -0.5 -0.5"}, /* a value of its own */
        {"1 _ 2 _x2 3", "1 _ 2 _ _ _ 3"},
        {"1\n2\t3", "1 2 3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_test_series series;
        otr_error error = {0};
        char got[256];
        if (otr_test_series_parse(&arena, otr_str_of(rows[i].text), &series, &error) != OTR_OK)
            fail_msg("%s: %s", rows[i].text, error.text);
        text_of(&series, got, sizeof got);
        assert_string_equal(got, rows[i].values);
        otr_arena_done(&arena);
    }
}

static void the_end_of_a_ramp_is_as_exact_as_its_begin(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_test_series series;
    assert_int_equal(otr_test_series_parse(&arena, OTR_STR("0 + 0.1x1000"), &series, NULL), OTR_OK);
    assert_int_equal(series.count, 1001);
    assert_true(series.values[1000] == 100.0);
    assert_true(series.values[10] == 1.0);
    otr_arena_done(&arena);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {"",         " ",
                                       "x3",       "9x",
                                       "9x-1",     "9 + x3",
                                       "9 + 0.5",  "9 +",
                                       "9 - -1x2", "9,5",
                                       "9.5Cel",   "1..2",
                                       "nan",      "inf",
                                       "1e999",    "0x10x",
                                       "_ + 1x2",  "__",
                                       "9x2x3",    "9 x3",
                                       "+ 1x3",    "9x99999999999999999999"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_test_series series;
        otr_error error = {0};
        if (otr_test_series_parse(&arena, otr_str_of(rows[i]), &series, &error) != OTR_INVALID)
            fail_msg("\"%s\" is taken", rows[i]);
        assert_true(error.text[0] != '\0');
        otr_arena_done(&arena);
    }
}

static void too_many_values_are_refused_before_they_take_memory(void **state)
{
    (void)state;
    static const char *const rows[] = {"1x100000", "1x4000000000", "1x60000 2x60000",
                                       "1x9223372036854775807"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_test_series series;
        assert_int_equal(otr_test_series_parse(&arena, otr_str_of(rows[i]), &series, NULL), OTR_LIMIT);
        assert_true(arena.used_bytes < 4 << 20);
        otr_arena_done(&arena);
    }
    otr_arena arena = {0};
    otr_test_series series;
    assert_int_equal(otr_test_series_parse(&arena, OTR_STR("1x99999"), &series, NULL), OTR_OK);
    otr_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_short_stand_for_their_values),
        cmocka_unit_test(the_end_of_a_ramp_is_as_exact_as_its_begin),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(too_many_values_are_refused_before_they_take_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Numbers and per cent: separators, grouping, rounding. */
#include "said.h"

static void numbers_have_the_separators_of_the_locale(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *en, *de, *ch, *es, *latin, *fr, *canada, *zh;
    } rows[] = {
        {0, 2, "0", "0", "0", "0", "0", "0", "0", "0"},
        {1.5, 2, "1.5", "1,5", "1.5", "1,5", "1.5", "1,5", "1,5", "1.5"},
        {-0.04, 1, "0", "0", "0", "0", "0", "0", "0", "0"},
        {-0.06, 1, "-0.1", "-0,1", "-0.1", "-0,1", "-0.1", "-0,1", "-0,1", "-0.1"},
        {-18.5, 1, "-18.5", "-18,5", "-18.5", "-18,5", "-18.5", "-18,5", "-18,5", "-18.5"},
        {999, 0, "999", "999", "999", "999", "999", "999", "999", "999"},
        {999.96, 1, "1,000", "1.000", "1’000", "1000", "1,000", "1\u202f000", "1\u00a0000", "1,000"},
        {1000, 0, "1,000", "1.000", "1’000", "1000", "1,000", "1\u202f000", "1\u00a0000", "1,000"},
        {9999, 0, "9,999", "9.999", "9’999", "9999", "9,999", "9\u202f999", "9\u00a0999", "9,999"},
        {10000, 0, "10,000", "10.000", "10’000", "10.000", "10,000", "10\u202f000", "10\u00a0000", "10,000"},
        {-1234567.25, 2, "-1,234,567.25", "-1.234.567,25", "-1’234’567.25", "-1.234.567,25", "-1,234,567.25",
         "-1\u202f234\u202f567,25", "-1\u00a0234\u00a0567,25", "-1,234,567.25"},
        {1e6, 2, "1,000,000", "1.000.000", "1’000’000", "1.000.000", "1,000,000", "1\u202f000\u202f000",
         "1\u00a0000\u00a0000", "1,000,000"},
        {NAN, 2, "–", "–", "–", "–", "–", "–", "–", "–"},
        {-INFINITY, 2, "–", "–", "–", "–", "–", "–", "–", "–"},
    };
    static const char *const tags[] = {"en", "de", "de-CH", "es", "es-419", "fr", "fr-CA", "zh"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const expected[] = {rows[i].en,    rows[i].de, rows[i].ch,     rows[i].es,
                                        rows[i].latin, rows[i].fr, rows[i].canada, rows[i].zh};
        for (size_t k = 0; k < sizeof tags / sizeof *tags; k++) {
            otr_buffer buffer = {0};
            otr_locale_number(locale_of(tags[k]), &buffer, rows[i].value, rows[i].decimals);
            assert_said(&buffer, expected[k], tags[k], i);
        }
    }
}

static void zeros_at_the_end_are_dropped_and_counted(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
        int decimals_max;
        int decimals;
    } rows[] = {
        {100, "100", 0, 0},         {100, "100", 2, 0}, {1.10, "1.1", 2, 1},   {1.10, "1.1", 1, 1},
        {2.675, "2.67", 2, 2},      {0.5, "0", 0, 0},   {1.5, "2", 0, 0},      {0.125, "0.125", 9, 3},
        {1.0000000001, "1", 9, 0},  {1.25, "1", -1, 0}, {1.25, "1.25", 99, 2}, {0.05, "0.05", 2, 2},
        {1.0000000004, "1", 99, 0}, {NAN, "–", 3, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_buffer buffer = {0};
        otr_locale_number(locale_of("en"), &buffer, rows[i].value, rows[i].decimals_max);
        assert_said(&buffer, rows[i].text, "en", i);
        if (otr_locale_decimals(rows[i].value, rows[i].decimals_max) != rows[i].decimals)
            fail_msg("row %zu: %d decimals", i, otr_locale_decimals(rows[i].value, rows[i].decimals_max));
    }
}

static void the_largest_number_is_written_out(void **state)
{
    (void)state;
    otr_buffer buffer = {0};
    otr_locale_number(locale_of("fr"), &buffer, -1.7976931348623157e308, 9);
    assert_false(buffer.failed);
    assert_int_equal(otr_buffer_text(&buffer).size, 1 + 309 + 102 * strlen("\u202f"));
    otr_buffer_done(&buffer);
}

static void per_cent_stands_where_the_locale_puts_it(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"en", "45%"},    {"en-US", "45%"},    {"de", "45\u00a0%"},    {"de-CH", "45%"}, {"es", "45\u00a0%"},
        {"es-MX", "45%"}, {"fr", "45\u00a0%"}, {"fr-CA", "45\u00a0%"}, {"zh", "45%"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_buffer buffer = {0};
        otr_locale_percent(locale_of(rows[i][0]), &buffer, 45.2, 0);
        assert_said(&buffer, rows[i][1], rows[i][0], i);
    }
    otr_buffer buffer = {0};
    otr_locale_percent(locale_of("de"), &buffer, 99.55, 1);
    assert_said(&buffer, "99,5\u00a0%", "de", 0);
    otr_locale_percent(locale_of("de"), &buffer, NAN, 1);
    assert_said(&buffer, "–", "de", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_the_separators_of_the_locale),
        cmocka_unit_test(zeros_at_the_end_are_dropped_and_counted),
        cmocka_unit_test(the_largest_number_is_written_out),
        cmocka_unit_test(per_cent_stands_where_the_locale_puts_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

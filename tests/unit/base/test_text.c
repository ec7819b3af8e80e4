/* Views of text, errors, and the log. */
#include "base/log.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void utf8_is_what_the_standard_calls_well_formed(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "plain",
                                       "gr\xc3\xbc\xc3\x9f",
                                       "\xe2\x82\xac",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {
        "\x80",
        "\xc3",
        "\xc0\xaf",
        "\xc1\xbf", /* stray, cut, overlong */
        "\xe0\x80\xaf",
        "\xe0\x9f\xbf",
        "\xf0\x80\x80\xaf",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf", /* surrogates */
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xe2\x82",
        "\xe2\x28\xa1",
        "\xf0\x90\x80",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(otr_str_is_utf8(otr_str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (otr_str_is_utf8(otr_str_of(bad[i])))
            fail_msg("row %zu", i);
    assert_false(otr_str_is_utf8((otr_str){"a\0b", 3}));
}

static void texts_compare_by_bytes_and_the_shorter_comes_first(void **state)
{
    (void)state;
    assert_true(otr_str_compare(OTR_STR("a"), OTR_STR("b")) < 0);
    assert_true(otr_str_compare(OTR_STR("ab"), OTR_STR("a")) > 0);
    assert_true(otr_str_compare(OTR_STR("\xff"), OTR_STR("a")) > 0);
    assert_int_equal(otr_str_compare((otr_str){NULL, 0}, OTR_STR("")), 0);
    assert_true(otr_str_starts(OTR_STR("pack/x"), OTR_STR("pack/")));
    assert_false(otr_str_starts(OTR_STR("pac"), OTR_STR("pack/")));
    assert_true(otr_str_equal((otr_str){NULL, 0}, OTR_STR("")));
}

static void a_number_is_the_whole_text_or_nothing(void **state)
{
    (void)state;
    double number;
    int64_t whole;
    assert_true(otr_str_to_double((otr_str){"1.5e3x", 5}, &number) && number == 1500);
    assert_true(otr_str_to_double(OTR_STR("1e-400"), &number) && number == 0);
    assert_false(otr_str_to_double(OTR_STR("1e400"), &number));
    assert_true(otr_str_to_i64(OTR_STR("-9223372036854775808"), &whole) && whole == INT64_MIN);
    assert_false(otr_str_to_i64(OTR_STR("9223372036854775808"), &whole));
    static const char *const bad[] = {"", " 1", "1 ", "1,5", "--1", "one"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(otr_str_to_double(otr_str_of(bad[i]), &number));
        assert_false(otr_str_to_i64(otr_str_of(bad[i]), &whole));
    }
    assert_false(otr_str_to_double((otr_str){"1\0", 2}, &number));
}

static void an_error_has_its_place_and_its_reason(void **state)
{
    (void)state;
    otr_error error;
    assert_int_equal(otr_fail_at(&error, OTR_INVALID, 3, 9, "no %s", "rule"), OTR_INVALID);
    assert_int_equal(error.line, 3);
    assert_int_equal(error.column, 9);
    assert_string_equal(error.text, "no rule");
    assert_int_equal(otr_fail(&error, OTR_LIMIT, "%0400d", 1), OTR_LIMIT);
    assert_int_equal(error.line, 0);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_int_equal(otr_fail(NULL, OTR_IO, "x"), OTR_IO);
    assert_string_equal(otr_status_text(OTR_FULL), "full");
}

/* What fd 2 gets while write_lines runs. */
static size_t captured(void (*write_lines)(void), char *out, size_t capacity)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int old = dup(STDERR_FILENO);
    (void)dup2(fileno(file), STDERR_FILENO);
    write_lines();
    (void)dup2(old, STDERR_FILENO);
    (void)close(old);
    rewind(file);
    size_t size = fread(out, 1, capacity - 1, file);
    out[size] = '\0';
    (void)fclose(file);
    return size;
}

static void flood(void)
{
    for (int i = 0; i < 100; i++)
        otr_log(OTR_LOG_WARNING, "flood", "i=%d", i);
    otr_log(OTR_LOG_WARNING, "another", "place=%d", 1);
}

static void one_place_of_the_log_cannot_drown_the_others(void **state)
{
    (void)state;
    char text[16384];
    int lines = 0;
    (void)captured(flood, text, sizeof text);
    for (const char *at = text; (at = strstr(at, "event=flood")) != NULL; at++)
        lines++;
    assert_int_equal(lines, OTR_LOG_BURST);
    assert_non_null(strstr(text, "level=warning event=another place=1\n"));
}

static void levels(void)
{
    otr_log_level_set(OTR_LOG_ERROR);
    otr_log(OTR_LOG_WARNING, "hidden", "x=%d", 1);
    otr_log(OTR_LOG_ERROR, "shown", "text=\"%s\"", "two\nlines");
    otr_log_level_set(OTR_LOG_NOTICE);
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    otr_log(OTR_LOG_NOTICE, "long", "%s", text);
}

static void a_line_of_the_log_is_one_line_whatever_is_in_it(void **state)
{
    (void)state;
    char text[16384];
    (void)captured(levels, text, sizeof text);
    assert_null(strstr(text, "hidden"));
    assert_non_null(strstr(text, "event=shown text=\"two lines\"\n"));
    const char *cut = strstr(text, "event=long");
    assert_non_null(cut);
    assert_true(strlen(cut) < 1024 && cut[strlen(cut) - 1] == '\n');
    otr_log_level level;
    assert_true(otr_log_level_parse(OTR_STR("debug"), &level) && level == OTR_LOG_DEBUG);
    assert_false(otr_log_level_parse(OTR_STR("loud"), &level));
    assert_string_equal(otr_log_level_text(OTR_LOG_INFO), "info");
}

static void many(void)
{
    for (int i = 0; i < 40; i++) { /* one place each */
        otr_log_place place = {0};
        char text[900];
        memset(text, 'y', sizeof text);
        text[sizeof text - 1] = '\0';
        otr_log_write(&place, OTR_LOG_NOTICE, "many", "i=%d %s", i, text);
    }
}

static void the_newest_lines_are_kept_whole(void **state)
{
    (void)state;
    static char ignored[65536];
    static char recent[OTR_LOG_RECENT_BYTES + 1];
    (void)captured(many, ignored, sizeof ignored);
    size_t size = otr_log_recent(recent, OTR_LOG_RECENT_BYTES);
    recent[size] = '\0';
    assert_true(size > OTR_LOG_RECENT_BYTES - 1000);
    assert_int_equal(strncmp(recent, "level=notice event=many i=", 26), 0);
    assert_non_null(strstr(recent, "i=39 "));
    assert_null(strstr(recent, "i=5 "));
    assert_int_equal(recent[size - 1], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_what_the_standard_calls_well_formed),
        cmocka_unit_test(texts_compare_by_bytes_and_the_shorter_comes_first),
        cmocka_unit_test(a_number_is_the_whole_text_or_nothing),
        cmocka_unit_test(an_error_has_its_place_and_its_reason),
        cmocka_unit_test(one_place_of_the_log_cannot_drown_the_others),
        cmocka_unit_test(a_line_of_the_log_is_one_line_whatever_is_in_it),
        cmocka_unit_test(the_newest_lines_are_kept_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

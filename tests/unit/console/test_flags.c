/* Options as tables: each kind takes what it should, refuses the rest, and words may stand anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <getopt.h>

#include "tools/outrider/flags.h"

typedef struct values {
    const char *text;
    const char *name;
    double seconds;
    double number;
    int count;
    bool on;
} values;

static const otr_flag first[] = {{"text", OTR_FLAG_TEXT, offsetof(values, text)},
                                 {"on", OTR_FLAG_SWITCH, offsetof(values, on)},
                                 {"count", OTR_FLAG_COUNT, offsetof(values, count)}};
static const otr_flag second[] = {{"name", OTR_FLAG_NAME, offsetof(values, name)},
                                  {"seconds", OTR_FLAG_SECONDS, offsetof(values, seconds)},
                                  {"number", OTR_FLAG_NUMBER, offsetof(values, number)}};

static int parse(values *out, int argc, const char *const *words)
{
    char *argv[16] = {(char *)(uintptr_t) "verb"};
    for (int i = 0; i < argc; i++)
        argv[i + 1] = (char *)(uintptr_t)words[i];
    const otr_flag_group groups[] = {OTR_FLAG_GROUP(first, out, NULL), OTR_FLAG_GROUP(second, out, NULL)};
    return otr_flags_parse(argc + 1, argv, "usage\n", groups, 2);
}
#define PARSE(out, ...)                                                                                      \
    parse((out), (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})

static void all_kinds_of_both_groups_are_taken(void **state)
{
    (void)state;
    values v = {.count = 7};
    assert_int_equal(PARSE(&v, "word", "--text", "-x", "--on", "--name=gw-1", "other", "--seconds", "0.5",
                           "--number", "-3"),
                     -1);
    assert_string_equal(v.text, "-x");
    assert_string_equal(v.name, "gw-1");
    assert_true(v.on);
    assert_true(v.seconds == 0.5);
    assert_true(v.number == -3);
    assert_int_equal(v.count, 7);
    assert_int_equal(optind, 9);
}

static void what_a_kind_does_not_take_is_wrong_usage(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"--name", "a/b"},         {"--name", ""},       {"--seconds", "0"}, {"--seconds", "-1"},
        {"--seconds", "soon"},     {"--seconds", "nan"}, {"--count", "0"},   {"--count", "1.5"},
        {"--count", "3000000000"}, {"--number", "x"},    {"--nothing", "x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        values v = {.count = 0};
        if (parse(&v, 2, rows[i]) != 2)
            fail_msg("%s %s", rows[i][0], rows[i][1]);
    }
}

static void help_ends_with_nothing_done(void **state)
{
    (void)state;
    values v = {.count = 0};
    assert_int_equal(PARSE(&v, "--help"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_of_both_groups_are_taken),
        cmocka_unit_test(what_a_kind_does_not_take_is_wrong_usage),
        cmocka_unit_test(help_ends_with_nothing_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

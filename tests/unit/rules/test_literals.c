/* What CEL's literals mean: the facts of langdef and of the basic and parse sections of its conformance
 * suite. */
#include "cmocka_all.h"
#include "evaluate.h"

static void numbers_keep_their_type_and_value(void **state)
{
    (void)state;
    static const row rows[] = {
        {"0", "int 0"},
        {"7u", "uint 7"},
        {"7U", "uint 7"},
        {"1.25", "double 1.25"},
        {".5", "double 0.5"},
        {"0e+0", "double 0"},
        {"-2.5e+1", "double -25"},
        {"6e2", "double 600"},
        {"1E-2", "double 0.01"},
        {"0x2A", "int 42"},
        {"-0xff", "int -255"},
        {"0xFFu", "uint 255"},
        {"9223372036854775807", "int 9223372036854775807"},
        {"-9223372036854775808", "int -9223372036854775808"},
        {"- 9223372036854775808", "int -9223372036854775808"},
        {"18446744073709551615u", "uint 18446744073709551615"},
        {"1e-400", "double 0"},
        {"1.7976931348623157e308", "double 1.7976931348623157e+308"},
        {"9223372036854775808", "refused 1:1 this number does not fit an int"},
        {"-9223372036854775809", "refused 1:1 this number does not fit an int"},
        {"1 + 18446744073709551616u", "refused 1:5 18446744073709551616 is too large"},
        {"0x10000000000000000", "refused 1:1 0x10000000000000000 is too large"},
        {"1e999", "refused 1:1 1e999 is too large"},
        {"0x", "refused 1:1 hex digits"},
        {"1.", "refused 1:3 the expression ends here, but a name after the dot"},
        {"10m", "refused 1:3 \"m\" right after a number; a span of time is written duration(\"10m\")"},
        {"5e", "refused 1:2 \"e\" right after a number"},
    };
    EXPECT_ROWS(rows);
}

static void strings_take_every_quote_and_escape(void **state)
{
    (void)state;
    static const row rows[] = {
        {"''", "string "},
        {"\"it's\"", "string it's"},
        {"'say \"no\"'", "string say \"no\""},
        {"'''a'b''c'''", "string a'b''c"},
        {"\"\"\"x\ny\"\"\"", "string x\ny"},
        {"'\\a\\b\\f\\n\\r\\t\\v' == '\\x07\\x08\\x0C\\x0A\\x0D\\x09\\x0B'", "bool true"},
        {"'\\\\ \\? \\\" \\' \\`'", "string \\ ? \" ' `"},
        {"'\\u00e9'", "string \xC3\xA9"},
        {"'\\U0001F431'", "string \xF0\x9F\x90\xB1"},
        {"'\\x41\\X42\\103'", "string ABC"},
        {"'\\377'", "string \xC3\xBF"},
        {"'\\u270C' == '\xE2\x9C\x8C'", "bool true"},
        {"size('\\000a')", "int 2"},
        {"r'\\n'", "string \\n"},
        {"R\"a\\\\b\"", "string a\\\\b"},
        {"r'''\\'''", "string \\"},
        {"'a' // a comment\n", "string a"},
        {"'open", "refused 1:1 this string is not closed"},
        {"1 + 'a\nb'", "refused 1:5 this string is not closed on its line"},
        {"'''a''", "refused 1:1 this string is not closed"},
        {"'ab\\s'", "refused 1:4 this escape is not one of CEL's"},
        {"'\\x4'", "refused 1:2 this escape"},
        {"'\\400'", "refused 1:2 this escape"},
        {"'\\ud83d\\ude03'", "refused 1:2 this escape"},
        {"'\\U00110000'", "refused 1:2 this escape"},
        {"'\\", "refused 1:1 this string is not closed"},
        {"'\xFF'", "refused 1:1 this string is not UTF-8"},
    };
    EXPECT_ROWS(rows);
}

static void bytes_count_octets(void **state)
{
    (void)state;
    static const row rows[] = {
        {"b''", "bytes "},
        {"b'abc'", "bytes 616263"},
        {"B\"\xC3\xBF\"", "bytes c3bf"},
        {"b'\\377\\000'", "bytes ff00"},
        {"b'\\xfe'", "bytes fe"},
        {"br'\\x'", "bytes 5c78"},
        {"b'''\n'''", "bytes 0a"},
        {"b'\\u00ff'", "refused 1:3 this escape is not one of CEL's for bytes"},
        {"size(b'\\xff\\xff')", "int 2"},
    };
    EXPECT_ROWS(rows);
}

static void the_rest_of_the_lexis_is_told_apart(void **state)
{
    (void)state;
    static const row rows[] = {
        {"true", "bool true"},
        {"false", "bool false"},
        {"null", "null"},
        {" \t\r\n\f1 // one\n + // and\n 2", "int 3"},
        {"1 // no newline at the end", "int 1"},
        {"temperature > 5 and door", "refused 1:17 and is written &&"},
        {"door or fix", "refused 1:6 or is written ||"},
        {"a = 3", "refused 1:3 a single = means nothing; write =="},
        {"door & fix", "refused 1:6 a single & means nothing; write &&"},
        {"1 # 2", "refused 1:3 the character # has no meaning here"},
        {"1 \xC2\xA0+ 2", "refused 1:3 the byte 0xC2 has no meaning here"},
        {"while > 3", "refused 1:1 while is a reserved word"},
        {"in > 3", "refused 1:1 unexpected in; a value is expected"},
        {"asset.package", "not found 1:1 asset.package is not set"},
        {"asset.`content-type`", "not found 1:1 asset.content-type is not set"},
        {"asset . `class`", "string cold-chain"},
        {"`temperature` > 1.0", "refused 1:1 unexpected `temperature`; a name is expected"},
        {"asset.`class`()", "refused 1:14 unexpected (; an operator or the end is expected"},
        {"asset.`a*b`", "refused 1:9 between ` and `"},
        {"asset.``", "refused 1:8 between ` and `"},
        {"asset.`a", "refused 1:9 between ` and `"},
        {"asset.in", "refused 1:7 unexpected in; a name after the dot is expected"},
        {"", "refused 1:1 the expression ends here, but a value is expected"},
        {"  // nothing", "refused 1:13 the expression ends here"},
    };
    EXPECT_ROWS(rows);
}

static void bytes_that_are_not_in_a_string_are_bounded_by_its_size(void **state)
{
    (void)state;
    char outcome[OUTCOME_BYTES];
    const char text[] = {'1', '+', '2', '9', '9'}; /* not terminated */
    evaluate((otr_str){text, 3}, outcome);
    assert_string_equal(outcome, "int 3");
    evaluate((otr_str){NULL, 0}, outcome);
    assert_string_equal(outcome, "refused 1:1 the expression ends here, but a value is expected");
    evaluate((otr_str){"1 +\0 2", 6}, outcome);
    assert_string_equal(outcome, "refused 1:4 the byte 0x00 has no meaning here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_keep_their_type_and_value),
        cmocka_unit_test(strings_take_every_quote_and_escape),
        cmocka_unit_test(bytes_count_octets),
        cmocka_unit_test(the_rest_of_the_lexis_is_told_apart),
        cmocka_unit_test(bytes_that_are_not_in_a_string_are_bounded_by_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

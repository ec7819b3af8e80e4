/* CEL's extensions for strings and numbers. */
#include "cmocka_all.h"
#include "evaluate.h"

#include <stdio.h>

static void positions_in_text_count_code_points(void **state)
{
    (void)state;
    static const row rows[] = {
        {"'tacocat'.charAt(3)", "string o"},
        {"'caf\\u00e9!'.charAt(3) + '\\U0001F431'.charAt(0)", "string \xC3\xA9\xF0\x9F\x90\xB1"},
        {"'abc'.charAt(3)", "string "},
        {"'abc'.charAt(4)", "error 1:7 the index is out of range"},
        {"'abc'.charAt(-1)", "error 1:7 the index is out of range"},
        {"'\\u00e9\\u00e9a'.indexOf('a')", "int 2"},
        {"'abab'.indexOf('b', 2)", "int 3"},
        {"'abab'.indexOf('c')", "int -1"},
        {"'abab'.indexOf('', 4)", "int 4"},
        {"'abab'.indexOf('', 5)", "error 1:8 the index is out of range"},
        {"'abab'.lastIndexOf('ab')", "int 2"},
        {"'abab'.lastIndexOf('ab', 1)", "int 0"},
        {"'a'.lastIndexOf('abc')", "int -1"},
        {"'a\\u00e9'.lastIndexOf('')", "int 2"},
        {"'h\\u00e9llo'.substring(1, 3)", "string \xC3\xA9l"},
        {"'hello'.substring(5)", "string "},
        {"'hello'.substring(3, 2)", "error 1:9 the index is out of range"},
        {"'hello'.substring(0, 6)", "error 1:9 the index is out of range"},
        {"fault.substring(1)", "string 12"},
        {"axles.substring(1)", "error 1:7 no matching overload for an int"},
        {"'a'.substring('b')", "refused 1:15 substring() does not take a string here"},
        {"'a'.substring()", "refused 1:5 substring() takes 1 to 2 arguments here, there are 0"},
    };
    EXPECT_ROWS(rows);
}

static void text_is_taken_apart_and_put_together(void **state)
{
    (void)state;
    static const row rows[] = {
        {"'TacoC\\u00c6t'.lowerAscii()", "string tacoc\xC3\x86t"},
        {"'tacoC\\u00e6t'.upperAscii()", "string TACOC\xC3\xA6T"},
        {"' \\t\\u00a0\\u2003text \\u3000\\n'.trim()", "string text"},
        {"'  '.trim()", "string "},
        {"'a\\u200b'.trim().size()", "int 2"},
        {"'a-b-c'.replace('-', '+')", "string a+b+c"},
        {"'a-b-c'.replace('-', '', 1)", "string ab-c"},
        {"'a-b-c'.replace('-', '+', 0)", "string a-b-c"},
        {"'a-b-c'.replace('-', '', 4294967297)", "string abc"}, /* a size_t may have 32 bits */
        {"'aaa'.replace('aa', 'b')", "string ba"},
        {"'\\u00e9a'.replace('', '.')", "string .\xC3\xA9.a."},
        {"'a,b,,c'.split(',')", "list [string a, string b, string , string c]"},
        {"'a,b,,c'.split(',', 2)", "list [string a, string b,,c]"},
        {"'a,b'.split(',', 0)", "list []"},
        {"'a\\u00e9b'.split('')", "list [string a, string \xC3\xA9, string b]"},
        {"''.split(',')", "list [string ]"},
        {"''.split('')", "list []"},
        {"['a', fault].join(' ')", "string a E12"},
        {"[].join()", "string "},
        {"['a', axles].join()", "error 1:14 no matching overload for a list"},
        {"strings.quote('a\"\\n\\\\')", "string \"a\\\"\\n\\\\\""},
        {"strings.unquote('a')", "refused 1:9 there is no function unquote"},
        {"[{'a': 1}].map(strings, strings.quote('x'))", "refused 1:33 there is no function quote"},
    };
    EXPECT_ROWS(rows);
}

static void format_takes_a_clause_for_each_argument(void **state)
{
    (void)state;
    static const row rows[] = {
        {"'%s is %d at %.1f %%'.format([fault, axles, temperature])", "string E12 is 3 at 9.5 %"},
        {"'%s'.format([[1, 'a', null, {'b': 2u, 'a': 0.5}]])", "string [1, a, null, {a: 0.5, b: 2}]"},
        {"'%s'.format([{2: 'x', 10: 'y', true: []}])", "string {10: y, 2: x, true: []}"},
        {"'%x %X %o %b %b'.format([255, b'\\xab', 8u, -5, true])", "string ff AB 10 -101 1"},
        {"'%x'.format(['Az'])", "string 417a"},
        {"'%e %f'.format([1234.5, 2])", "string 1.234500e+03 2.000000"},
        {"'%f %s'.format([-1.0 / 0.0, 0.0 / 0.0])", "string -Infinity NaN"},
        {"'%b'.format([-9223372036854775808])",
         "string -1000000000000000000000000000000000000000000000000000000000000000"},
        {"'%.60f'.format([1e300]).size()", "int 362"},
        {"'%.61f'.format([1.0])", "error 1:9 format() has a % clause that is none, or none for its argument"},
        {"'%d'.format(['a'])", "error 1:6 format() has a % clause"},
        {"'%d'.format([1.5])", "error 1:6 format() has a % clause"},
        {"'%q'.format([1])", "error 1:6 format() has a % clause"},
        {"'%'.format([1])", "error 1:5 format() has a % clause"},
        {"'%.'.format([1])", "error 1:6 format() has a % clause"},
        {"'%s %s'.format([1])", "error 1:9 an argument is out of range"},
        {"'%s'.format([location])", "error 1:6 format() has a % clause"},
        {"'%s'.format('a')", "refused 1:13 format() does not take a string here"},
    };
    EXPECT_ROWS(rows);
}

static void numbers_keep_their_type(void **state)
{
    (void)state;
    static const row rows[] = {
        {"math.greatest(1, 2.5, 2u)", "double 2.5"},
        {"math.least([3u, axles, 3.0])", "uint 3"},
        {"math.greatest(temperature, asset.limit.temperature_max)", "double 9.5"},
        {"math.greatest(1, 'a')", "error 1:6 no matching overload"},
        {"math.greatest([])", "error 1:6 an argument is out of range"},
        {"math.greatest()", "refused 1:6 math.greatest() takes an argument"},
        {"math.ceil(1.2) + math.floor(-1.2) + math.round(2.5) + math.trunc(-2.9)", "double 1"},
        {"math.round(-0.5)", "double -1"},
        {"math.ceil(1)", "refused 1:11 math.ceil() does not take an int here"},
        {"math.ceil(axles)", "error 1:6 no matching overload for an int"},
        {"math.abs(-3) == 3 && math.abs(-1.5) == 1.5 && math.abs(2u) == 2u", "bool true"},
        {"math.abs(-9223372036854775808)", "error 1:6 the result is out of range"},
        {"math.sign(-2) == -1 && math.sign(0u) == 0u && math.sign(0.5) == 1.0", "bool true"},
        {"math.isNaN(pressure) && !math.isInf(pressure) && !math.isFinite(pressure)", "bool true"},
        {"math.bitAnd(6, 3) + math.bitOr(6, 3) + math.bitXor(6, 3)", "int 14"},
        {"math.bitNot(0u)", "uint 18446744073709551615"},
        {"math.bitAnd(1, 1u)", "error 1:6 no matching overload"},
        {"math.bitShiftLeft(1, 63)", "int -9223372036854775808"},
        {"math.bitShiftRight(-1, 60)", "int 15"},
        {"math.bitShiftLeft(1u, 64)", "uint 0"},
        {"math.bitShiftRight(1, -1)", "error 1:6 an argument is out of range"},
        {"math.pi(1)", "refused 1:6 there is no function pi"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_in_text_count_code_points),
        cmocka_unit_test(text_is_taken_apart_and_put_together),
        cmocka_unit_test(format_takes_a_clause_for_each_argument),
        cmocka_unit_test(numbers_keep_their_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

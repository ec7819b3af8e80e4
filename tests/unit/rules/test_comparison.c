/* Equality and order within and across types, after CEL's comparisons section. */
#include "cmocka_all.h"
#include "evaluate.h"

static void equal_values_of_one_type_are_equal(void **state)
{
    (void)state;
    static const row rows[] = {
        {"3 == 3", "bool true"},
        {"-3 == 3", "bool false"},
        {"3u == 3u", "bool true"},
        {"3u != 4u", "bool true"},
        {"1.0 == 1e+0", "bool true"},
        {"-0.0 == 0.0", "bool true"},
        {"0.0/0.0 == 0.0/0.0", "bool false"},
        {"0.0/0.0 != 0.0/0.0", "bool true"},
        {"'abc' == r'abc'", "bool true"},
        {"'abc' == 'ABC'", "bool false"},
        {"'Am\\u00E9lie' == 'Ame\\u0301lie'", "bool false"},
        {"b'\\303\\277' == b'\xC3\xBF'", "bool true"},
        {"b'abc' == b'abcd'", "bool false"},
        {"null == null", "bool true"},
        {"null != null", "bool false"},
        {"true == true", "bool true"},
        {"false != true", "bool true"},
        {"duration('60s') == duration('1m')", "bool true"},
        {"timestamp('1970-01-01T00:00:01Z') == timestamp(1)", "bool true"},
        {"location == location", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void numbers_of_different_types_stand_on_one_line(void **state)
{
    (void)state;
    static const row rows[] = {
        {"1 == 1u", "bool true"},
        {"1 == 1.0", "bool true"},
        {"dyn(2) == 1u", "bool false"},
        {"dyn(1u) == 1.0", "bool true"},
        {"dyn(2.5) != 2", "bool true"},
        {"dyn(1) == 0.0/0.0", "bool false"},
        {"dyn(1u) < 0.0/0.0", "bool false"},
        {"dyn(1u) >= 0.0/0.0", "bool false"},
        {"dyn(1) < 2u", "bool true"},
        {"dyn(-1) < 0u", "bool true"},
        {"dyn(-1) > 0u", "bool false"},
        {"dyn(1u) > -1", "bool true"},
        {"dyn(1) < 1.5", "bool true"},
        {"dyn(1.5) > 1u", "bool true"},
        {"dyn(1) < 9223372036854775808u", "bool true"},
        {"dyn(9223372036854775808u) > 9223372036854775807", "bool true"},
        {"dyn(9223372036854775807) < 9223372036854777857.0", "bool true"},
        {"dyn(-9223372036854775808) > -9223372036854777857.0", "bool true"},
        {"dyn(9223372036854775807) < 9223372036854775808.0", "bool false"},
        {"dyn(9223372036854775807) >= 9223372036854775808.0", "bool true"},
        {"dyn(18446744073709551615u) < 18446744073709590000.0", "bool true"},
        {"dyn(18446744073709551615u) < -1.0", "bool false"},
        {"dyn(18446744073709551615u) > -1", "bool true"},
        {"temperature > 9", "bool true"},
        {"temperature > 10u", "bool false"},
        {"9 < temperature", "bool true"},
        {"10 <= temperature", "bool false"},
        {"9.5 == temperature", "bool true"},
        {"9 != temperature", "bool true"},
        {"10u >= temperature", "bool true"},
        {"temperature < 9007199254740993", "bool true"},
        {"asset.huge == 9007199254740992", "bool false"},
        {"asset.huge > 9007199254740992", "bool true"},
        {"9007199254740992 == asset.huge", "bool false"},
        {"asset.huge == 9007199254740993", "bool true"},
        {"asset.huge < 9007199254740994u", "bool true"},
        {"crates == 42", "bool true"},
        {"axles >= 3.0", "bool true"},
        {"axles < 2", "bool false"},
        {"temperature > axles", "bool true"},
        {"axles < crates", "bool true"},
        {"temperature > asset.limit.temperature_max", "bool true"},
        {"asset.limit.temperature_max >= temperature", "bool false"},
        {"asset.limit.temperature_max < 9", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void nan_is_neither_before_nor_after_anything(void **state)
{
    (void)state;
    static const row rows[] = {
        {"pressure > 0.0", "bool false"},       {"pressure <= 0.0", "bool false"},
        {"pressure == pressure", "bool false"}, {"pressure != pressure", "bool true"},
        {"0 < pressure", "bool false"},         {"pressure < crates", "bool false"},
        {"pressure >= pressure", "bool false"}, {"pressure * 1.0 != 1.0", "bool true"},
        {"!(pressure > 0.0)", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void texts_bytes_bools_and_times_have_an_order(void **state)
{
    (void)state;
    static const row rows[] = {
        {"'a' < 'b'", "bool true"},
        {"'' < 'a'", "bool true"},
        {"'Abc' < 'aBC'", "bool true"},
        {"'abc' < 'abcd'", "bool true"},
        {"'abc' >= 'abd'", "bool false"},
        {"'f' < '\\u1EBF'", "bool true"},
        {"'\xCE\xB1' > 'omega'", "bool true"},
        {"b'a' < b'b'", "bool true"},
        {"b'\\000\\001' > b'\\001'", "bool false"},
        {"false < true", "bool true"},
        {"true <= false", "bool false"},
        {"duration('200s') < duration('300s')", "bool true"},
        {"duration('-1s') > duration('0s')", "bool false"},
        {"timestamp('2009-02-13T23:59:00Z') > timestamp('2009-02-13T23:00:00Z')", "bool true"},
        {"asset.due >= timestamp(1700000000)", "bool true"},
        {"asset.patience < duration('90m')", "bool false"},
        {"fault >= 'E1'", "bool true"},
        {"fault == 'E12'", "bool true"},
        {"asset.class == \"cold-chain\"", "bool true"},
        {"asset.class != device.id", "bool true"},
        {"asset.empty < device.id", "bool true"},
        {"door == asset.fragile", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void types_that_do_not_compare_are_refused_or_fail(void **state)
{
    (void)state;
    static const row rows[] = {
        {"'a' == 1", "refused 1:5 == cannot compare string with int"},
        {"temperature == 'warm'", "refused 1:13 == cannot compare double with string"},
        {"'foo' < 1024", "refused 1:7 < cannot compare string with int"},
        {"door > 1", "refused 1:6 > cannot compare bool with int"},
        {"b'a' == 'a'", "refused 1:6 == cannot compare bytes with string"},
        {"duration('1s') == 1", "refused 1:16 == cannot compare duration with int"},
        {"timestamp(1) < duration('1s')", "refused 1:14 < cannot compare timestamp with duration"},
        {"null < null", "refused 1:6 < cannot compare null with null"},
        {"temperature == null", "refused 1:13 == cannot compare double with null; it never is null"},
        {"location < location", "refused 1:10 < cannot compare location with location"},
        {"1 < 2 < 3", "refused 1:7 < cannot compare bool with int; two comparisons are joined with &&"},
        {"dyn('foo') > 1024", "error 1:12 no matching overload: string > int"},
        {"asset.class > 1", "error 1:13 no matching overload: string > double"},
        {"asset.class >= asset.limit.count", "error 1:13 no matching overload: string >= int"},
        {"asset.note < 1", "error 1:12 no matching overload: null < double"},
        {"asset.class == 1", "bool false"},
        {"dyn('1') == 1", "bool false"},
        {"asset.note == null", "bool true"},
        {"dyn(0) == null", "bool false"},
        {"asset.class != null", "bool true"},
        {"dyn(false) == 0", "bool false"},
    };
    EXPECT_ROWS(rows);
}

static void a_list_of_constants_holds_equal_values(void **state)
{
    (void)state;
    static const row rows[] = {
        {"2 in [1, 2, 3]", "bool true"},
        {"4 in [1, 2, 3]", "bool false"},
        {"'x' in []", "bool false"},
        {"'x' in [1, 'x', 2]", "bool true"},
        {"'b' in [1u, 'str', 2, b'b']", "bool false"},
        {"temperature in [9, 9.5]", "bool true"},
        {"temperature in [1, 2u,]", "bool false"},
        {"fault in [\"E11\", \"E12\"]", "bool true"},
        {"!(fault in ['E1', 'E2'])", "bool true"},
        {"asset.class in ['frozen', 'cold-chain']", "bool true"},
        {"crates in [40 + 2]", "bool true"},
        {"asset.note in [null]", "bool true"},
        {"duration('60s') in [duration('1m')]", "bool true"},
        {"humidity in [1.0]", "unknown 1:1 humidity has no value"},
        {"temperature in ['warm']", "refused 1:13 a double is never in a list of string"},
        {"temperature in [asset.limit.temperature_max]", "bool false"},
        {"temperature in [asset.limit.temperature_max + 1.5]", "bool true"},
        {"1 in {1: 2}", "bool true"},
        {"2.0 in {1: 2}", "bool false"},
        {"1 in asset.list", "not found 1:6 asset.list is not set"},
        {"1 in asset.class", "error 1:3 no matching overload"},
        {"1 in 'abc'", "refused 1:6 to the right of in there is a list"},
        {"[1] in [[1]]", "bool true"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_of_one_type_are_equal),
        cmocka_unit_test(numbers_of_different_types_stand_on_one_line),
        cmocka_unit_test(nan_is_neither_before_nor_after_anything),
        cmocka_unit_test(texts_bytes_bools_and_times_have_an_order),
        cmocka_unit_test(types_that_do_not_compare_are_refused_or_fail),
        cmocka_unit_test(a_list_of_constants_holds_equal_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Lists and maps as values, and the macros that go through them. */
#include "cmocka_all.h"
#include "evaluate.h"

#include "base/limits.h"

#include <stdio.h>

static void lists_and_maps_hold_values_of_any_type(void **state)
{
    (void)state;
    static const row rows[] = {
        {"[1, 'a', temperature]", "list [int 1, string a, double 9.5]"},
        {"[]", "list []"},
        {"[[1], []]", "list [list [int 1], list []]"},
        {"{'a': 1, 2: door}", "map {string a = int 1, int 2 = bool true}"},
        {"{}", "map {}"},
        {"[1, 2] + [axles]", "list [int 1, int 2, int 3]"},
        {"[1] + 'a'", "refused 1:5 there is no list + string"},
        {"size([1, 2]) + size({'a': 1}) + {1: 1}.size()", "int 4"},
        {"[1, axles][1]", "int 3"},
        {"[1, 2][1.0]", "int 2"},
        {"[1, 2][0.5]", "error 1:7 the index is out of range"},
        {"[1, 2][-1]", "error 1:7 the index is out of range"},
        {"[1, 2][2u]", "error 1:7 the index is out of range"},
        {"[1, 2]['a']", "refused 1:8 the index of a list is an int, this is a string"},
        {"[1, 2][asset.class]", "error 1:7 no matching overload for a list"},
        {"fault[0]", "refused 1:6 only lists and maps are indexed with [ ], this is a string"},
        {"axles[0]", "error 1:6 no matching overload for an int"},
        {"{'a': 1}['a'] + {'b': 2}.b", "int 3"},
        {"{1: 'x'}[1u]", "string x"},
        {"{1: 'x'}[2]", "error 1:9 no such key"},
        {"{1: 'x'}.y", "error 1:10 no such key"},
        {"{1: 'x'}[2] == 'x' || door", "bool true"},
        {"{'a-b': 1}.`a-b`", "int 1"},
        {"{fault: 1}.E12", "int 1"},
        {"{1: 1, 1u: 2}", "error 1:1 a map has each key once"},
        {"{1.5: 1}", "error 1:1 a key of a map is a bool, int, uint or string"},
        {"{null: 1}", "error 1:1 a key of a map"},
        {"[1, 2.0] == [1.0, 2u]", "bool true"},
        {"[1] == [1, 2]", "bool false"},
        {"{'a': 1, 'b': [2]} == {'b': [2.0], 'a': 1u}", "bool true"},
        {"{'a': 1} != {'a': 2}", "bool true"},
        {"[1] < [2]", "refused 1:5 < cannot compare list with list"},
        {"2 in [1, axles - 1]", "bool true"},
        {"'E12' in {fault: 1}", "bool true"},
        {"[pressure] == [pressure]", "bool false"},
        {"[location][0].latitude", "double 51.5"},
        {"[axles][0].a", "error 1:12 an int has no field a"},
        {"{'a': {'b': 1}}.a.b", "int 1"},
    };
    EXPECT_ROWS(rows);
}

static void has_asks_for_a_field_without_reading_it(void **state)
{
    (void)state;
    static const row rows[] = {
        {"has(asset.class)", "bool true"},
        {"has(asset.limit.tilt_max)", "bool false"},
        {"has(asset.limit.tilt_max) && asset.limit.tilt_max > 3.0", "bool false"},
        {"has(asset.later)", "unknown 1:1 asset.later has no value"},
        {"has({'a': 1}.a)", "bool true"},
        {"has({'a': axles}.b)", "bool false"},
        {"has([axles][0].a)", "error 1:1 an int has no field a"},
        {"has(temperature)", "refused 1:5 has() takes a field"},
        {"has(1)", "refused 1:5 has() takes a field"},
        {"has()", "refused 1:1 has() takes 1 argument here, there are 0"},
    };
    EXPECT_ROWS(rows);
}

static void macros_go_through_lists_and_keys(void **state)
{
    (void)state;
    static const row rows[] = {
        {"[1, 2, 3].all(x, x > 0)", "bool true"},
        {"[1, 2, 3].all(x, x > axles - 2)", "bool false"},
        {"[].all(x, false)", "bool true"},
        {"[].exists(x, true)", "bool false"},
        {"['E11', 'E12'].exists(code, fault == code)", "bool true"},
        {"[temperature, 3.0].exists(t, t > asset.limit.temperature_max)", "bool true"},
        {"{'a': 1}.exists(k, k == 'a')", "bool true"},
        {"{'a': 1}.exists(k, v, k == 'a' && v == 1)", "bool true"},
        {"[5, 6].all(i, v, v == i + 5)", "bool true"},
        {"[1, 2, 3].exists_one(x, x > 2)", "bool true"},
        {"[1, 2, 3].existsOne(i, x, x > 1)", "bool false"},
        {"[1, 2, 3].map(x, x * axles)", "list [int 3, int 6, int 9]"},
        {"[1, 2, 3].map(x, x > 1, x * 2)", "list [int 4, int 6]"},
        {"{'a': 1, 'b': 2}.map(k, k + '!')", "list [string a!, string b!]"},
        {"[1, 2, 3].filter(x, x % 2 == 1)", "list [int 1, int 3]"},
        {"{'a': 1, 'b': 2}.filter(k, k != 'a')", "list [string b]"},
        {"[4, 5].transformList(i, v, i + v)", "list [int 4, int 6]"},
        {"[4, 5].transformList(i, v, i > 0, i + v)", "list [int 6]"},
        {"{'a': 1}.transformMap(k, v, v + 1)", "map {string a = int 2}"},
        {"{'a': 1, 'b': 2}.transformMap(k, v, v > 1, k)", "map {string b = string b}"},
        {"[4, 5].transformMap(i, v, v)", "map {int 0 = int 4, int 1 = int 5}"},
        {"[[1, 2], [3]].map(l, l.map(x, x + size(l)))", "list [list [int 3, int 4], list [int 4]]"},
        {"[1, 2].all(x, [3, 4].all(y, [5].all(z, x < y && y < z)))", "bool true"},
        {"[1].map(x, [2].map(x, x))", "list [list [int 2]]"},
        {"[1].map(temperature, temperature) + [temperature]", "list [int 1, double 9.5]"},
        {"[{'class': 'a'}].map(asset, asset.class)", "list [string a]"},
        {"[1, 2].map(x, x).filter(y, y > 1).map(z, z * 10)[0]", "int 20"},
        {"door && [1].exists(x, door && x == 1) ? [1].map(x, -x)[0] : 0", "int -1"},
    };
    EXPECT_ROWS(rows);
}

static void errors_in_macros_weigh_as_in_and_and_or(void **state)
{
    (void)state;
    static const row rows[] = {
        {"[1, 0].exists(x, 1 / x == 1)", "bool true"},
        {"[0, 1].exists(x, 1 / x == 1)", "bool true"},
        {"[0, 1].exists(x, 1 / x == 5)", "error 1:20 division by zero"},
        {"[0, 1].all(x, 1 / x == 5)", "bool false"},
        {"[0, 1].all(x, 1 / x == 1)", "error 1:17 division by zero"},
        {"[1, 2].all(x, humidity > 1.0)", "unknown 1:24 humidity has no value"},
        {"[1, 2].all(x, x > 1 && humidity > 1.0)", "bool false"},
        {"[0, 1].all(x, x == 0 ? 1 / x == 1 : humidity > 1.0)", "unknown 1:46 humidity has no value"},
        {"[0, 1].exists_one(x, 1 / x == 1)", "error 1:24 division by zero"},
        {"[0, 1].map(x, 1 / x)", "error 1:17 division by zero"},
        {"[0, 1].map(x, 1 / x) == [1] || door", "bool true"},
        {"[0].exists(x, [0].all(y, 1 / y == 1)) || door", "bool true"},
        {"[1].all(x, dyn(1))", "error 1:12 no matching overload"},
        {"[1].filter(x, dyn(1))", "error 1:15 no matching overload"},
        {"[1].all(x, 1)", "refused 1:12 all() needs a bool here, this is an int"},
        {"axles.all(x, true)", "error 1:7 no matching overload for an int"},
        {"'abc'.all(x, true)", "refused 1:1 all() goes through a list or a map, this is a string"},
        {"[1].all(1, true)", "refused 1:9 all() needs the name of a variable here"},
        {"[1].all(x.y, true)", "refused 1:9 all() needs the name of a variable here"},
        {"[1].all(x, x, true)", "refused 1:5 the two variables need two names"},
        {"[1].all(x)", "refused 1:5 all() takes 2 to 3 arguments here, there is 1"},
        {"[1].map(x, y, z, x)", "refused 1:5 map() takes 2 to 3 arguments here, there are 4"},
        {"[1].all(x, true) && x > 1", "not found 1:23 x is not set"},
    };
    EXPECT_ROWS(rows);
}

static void what_is_made_fits_the_room_or_is_over_a_limit(void **state)
{
    (void)state;
    char outcome[OUTCOME_BYTES];
    const char *doubled =
        "['0123456789abcdef'].map(a, a + a + a + a).map(a, a + a + a + a).map(a, a + a + a + a)"
        ".map(a, a + a + a + a).map(a, a + a + a + a).map(a, size(a))[0]";
    evaluate(otr_str_of(doubled), outcome);
    assert_string_equal(outcome, "over a limit 1:119 the room for text, lists and maps is used up");
    /* 2^20 values on a few lines of memory, which == would go through one by one */
    char twice[1024] = "[1]";
    for (int i = 0; i < 20; i++)
        (void)sprintf(twice + strlen(twice), ".map(a, [a, a])");
    evaluate(otr_str_of(twice), outcome);
    assert_string_equal(outcome, "over a limit 1:237 a list or map has too many values in it");
    const char *loops =
        "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, "
        "[1,2,3,4,5,6,7,8,9,10].all(d, a + b + c + d > 0))))";
    evaluate(otr_str_of(loops), outcome);
    /* OTR_LIMIT_EXPRESSION_STEPS */
    assert_string_equal(outcome, "over a limit 1:114 too many steps");
}

static void a_condition_needs_no_room_of_the_host(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        otr_status status;
    } rows[] = {
        {"[1, axles].map(x, x * 2).exists(y, y == 6)", OTR_OK},
        {"string(axles) + 'x' == '3x'", OTR_OK},
        {"fault + 'x'", OTR_LIMIT},
        {"[axles]", OTR_LIMIT},
        {"fault", OTR_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_symbols symbols = {0};
        otr_expression *expression;
        otr_value value;
        assert_int_equal(otr_expression_compile(&arena, otr_str_of(rows[i].text), NULL, OTR_SCOPE_ALL,
                                                OTR_TYPE_DYN, &symbols, &expression, NULL),
                         OTR_OK);
        otr_host host = fixed_host(&symbols);
        assert_int_equal(otr_expression_evaluate(expression, &host, &value, NULL), rows[i].status);
        otr_arena_done(&arena);
    }
}

static void parts_of_time_are_those_of_the_zone(void **state)
{
    (void)state;
    static const row rows[] = {
        {"timestamp('2024-02-29T23:31:30.123456789Z').getFullYear()", "int 2024"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getMonth()", "int 1"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getDate()", "int 29"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getDayOfMonth()", "int 28"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getDayOfYear()", "int 59"},
        {"timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "int 365"},
        {"timestamp('2023-12-31T00:00:00Z').getDayOfYear()", "int 364"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getDayOfWeek()", "int 4"},
        {"timestamp('1969-12-28T00:00:00Z').getDayOfWeek()", "int 0"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getHours()", "int 23"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getMinutes()", "int 31"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getSeconds()", "int 30"},
        {"timestamp('2024-02-29T23:31:30.123456789Z').getMilliseconds()", "int 123"},
        {"timestamp('1969-12-31T23:59:59.25Z').getMilliseconds()", "int 250"},
        {"timestamp('0001-01-01T00:00:00Z').getFullYear('-00:01')", "int 0"},
        {"timestamp('2024-02-29T23:31:30Z').getDate('+00:29')", "int 1"},
        {"timestamp('2024-02-29T23:31:30Z').getDate('00:28')", "int 29"},
        {"timestamp('2024-02-29T00:00:00Z').getHours('-02:30')", "int 21"},
        {"timestamp('2024-02-29T00:00:00Z').getHours(asset.zone)", "int 2"},
        {"timestamp('1999-12-31T23:59:59Z').getHours(asset.zone)", "int 0"},
        {"asset.due.getHours()", "int 22"},
        {"asset.due.getHours('UTC')", "int 22"},
        {"asset.due.getHours(asset.class)", "error 1:11 there is no such time zone"},
        {"asset.due.getHours('Europe/Berlin')", "refused 1:20 rules know UTC and offsets such as"},
        {"asset.due.getHours('+25:00')", "refused 1:20 rules know UTC and offsets"},
        {"asset.due.getHours(1)", "refused 1:20 a time zone is a string"},
        {"asset.patience.getHours() + asset.patience.getMinutes()", "int 91"},
        {"duration('-90s').getMinutes() + duration('1.25s').getMilliseconds()", "int 249"},
        {"asset.patience.getDate()", "error 1:16 no matching overload"},
        {"duration('1s').getDate()", "refused 1:1 getDate() is called on a timestamp, this is a duration"},
        {"axles.getHours()", "error 1:7 no matching overload for an int"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_maps_hold_values_of_any_type),
        cmocka_unit_test(has_asks_for_a_field_without_reading_it),
        cmocka_unit_test(macros_go_through_lists_and_keys),
        cmocka_unit_test(errors_in_macros_weigh_as_in_and_and_or),
        cmocka_unit_test(what_is_made_fits_the_room_or_is_over_a_limit),
        cmocka_unit_test(a_condition_needs_no_room_of_the_host),
        cmocka_unit_test(parts_of_time_are_those_of_the_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

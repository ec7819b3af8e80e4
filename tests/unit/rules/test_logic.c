/* && and || are commutative over errors, ?: takes one branch; after CEL's logic section. */
#include "cmocka_all.h"
#include "evaluate.h"

static void bools_combine(void **state)
{
    (void)state;
    static const row rows[] = {
        {"true && true", "bool true"},
        {"true && false", "bool false"},
        {"false || true", "bool true"},
        {"false || false", "bool false"},
        {"!true", "bool false"},
        {"!!door", "bool true"},
        {"!asset.fragile", "bool false"},
        {"true || false && false", "bool true"},
        {"(true || false) && false", "bool false"},
        {"door && !fix", "bool true"},
        {"fix || door", "bool true"},
        {"fix && door || door && !fix", "bool true"},
        {"door && door && door && fix", "bool false"},
        {"fix || fix || fix || door", "bool true"},
        {"fix || fix || fix", "bool false"},
        {"door && asset.fragile", "bool true"},
        {"(door && fix) == false", "bool true"},
        {"1 + 1 == 2 && 'a' < 'b'", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void an_operand_that_decides_absorbs_errors_on_either_side(void **state)
{
    (void)state;
    static const row rows[] = {
        {"false && 1 / 0 > 2", "bool false"},
        {"1 / 0 > 2 && false", "bool false"},
        {"true || 1 / 0 > 2", "bool true"},
        {"1 / 0 > 2 || true", "bool true"},
        {"fix && 1 / 0 > 2", "bool false"},
        {"1 / 0 > 2 && fix", "bool false"},
        {"door || 1 / 0 > 2", "bool true"},
        {"1 / 0 > 2 || door", "bool true"},
        {"1 / 0 > 2 && door && fix", "bool false"},
        {"door && 1 / 0 > 2 && fix", "bool false"},
        {"door && fix && 1 / 0 > 2", "bool false"},
        {"fix || 1 / 0 > 2 || 2 / 0 > 1 || door", "bool true"},
        {"humidity > 1.0 && fix", "bool false"},
        {"fix && humidity > 1.0", "bool false"},
        {"humidity > 1.0 || door", "bool true"},
        {"asset.gone && fix", "bool false"},
        {"dyn(3) && fix", "bool false"},
        {"fix && dyn(3)", "bool false"},
        {"dyn('x') || door", "bool true"},
        {"(1 / 0 > 2 || door) && door", "bool true"},
        {"(1 / 0 > 2 && door) || door", "bool true"},
        {"(1 / 0 > 2 && door || fix) && fix", "bool false"},
        {"door && (1 / 0 > 2 && (humidity > 2.0 || fix) && fix) == false", "bool true"},
        {"1 + (1 / 0 > 2 || door ? 1 : 2)", "int 2"},
        {"(fix ? axles : 2) > 1 && (1 / 0 > 2) && fix", "bool false"},
        {"1 + (door ? (fix ? 1 : 2) : 3) == 3 && (1 / 0 > 2 || door)", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void an_error_that_nothing_absorbs_comes_out(void **state)
{
    (void)state;
    static const row rows[] = {
        {"true && 1 / 0 > 2", "error 1:11 division by zero"},
        {"1 / 0 > 2 && true", "error 1:3 division by zero"},
        {"1 / 0 > 2 || false", "error 1:3 division by zero"},
        {"door && 1 / 0 > 2", "error 1:11 division by zero"},
        {"1 / 0 > 2 || fix", "error 1:3 division by zero"},
        {"1 / 0 > 2 && 1 % 0 > 2", "error 1:3 division by zero"},
        {"fix || 1 % 0 > 2 || 1 / 0 > 2", "error 1:10 modulus by zero"},
        {"(door && 1 / 0 > 2) || fix", "error 1:12 division by zero"},
        {"!(1 / 0 > 2 && door)", "error 1:5 division by zero"},
        {"true && dyn(3)", "error 1:6 no matching overload: && does not take an int"},
        {"dyn(3) || false", "error 1:8 no matching overload: || does not take an int"},
        {"door && dyn(3)", "error 1:6 no matching overload: && does not take an int"},
        {"dyn('x') || fix", "error 1:10 no matching overload: || does not take a string"},
        {"!asset.class", "error 1:1 no matching overload: ! does not take a string"},
        {"humidity > 1.0 && door", "unknown 1:10 humidity has no value"},
        {"door && humidity > 1.0", "unknown 1:18 humidity has no value"},
        {"asset.gone || fix", "not found 1:1 asset.gone is not set"},
    };
    EXPECT_ROWS(rows);
}

static void what_is_not_known_yet_weighs_more_than_what_is_wrong(void **state)
{
    (void)state;
    static const row rows[] = {
        {"1 / 0 > 2 && humidity > 1.0", "unknown 1:23 humidity has no value"},
        {"humidity > 1.0 && 1 / 0 > 2", "unknown 1:10 humidity has no value"},
        {"asset.gone || humidity > 1.0", "unknown 1:24 humidity has no value"},
        {"asset.gone || 1 / 0 > 2 || asset.later", "unknown 1:28 asset.later has no value"},
        {"asset.gone && 1 / 0 > 2", "not found 1:1 asset.gone is not set"},
        {"humidity > 1.0 || asset.later", "unknown 1:10 humidity has no value"},
    };
    EXPECT_ROWS(rows);
}

static void a_ternary_evaluates_one_branch(void **state)
{
    (void)state;
    static const row rows[] = {
        {"true ? 1 : 2", "int 1"},
        {"false ? 'a' : 'b'", "string b"},
        {"door ? 1 : 1 / 0", "int 1"},
        {"fix ? 1 / 0 : 2", "int 2"},
        {"door ? 1 / 0 : 2", "error 1:10 division by zero"},
        {"1 / 0 > 4 ? 'a' : 'b'", "error 1:3 division by zero"},
        {"humidity > 1.0 ? 1 : 2", "unknown 1:10 humidity has no value"},
        {"fix ? 1 : fix ? 2 : 3", "int 3"},
        {"fix ? 1 : door ? 2 : 3", "int 2"},
        {"door ? fix ? 1 : 2 : 3", "refused 1:12 unexpected ?; : is expected"},
        {"door ? (fix ? 1 : 2) : 3", "int 2"},
        {"(door ? 2 : 3) * 5", "int 10"},
        {"temperature > (door ? 9.0 : 10.0)", "bool true"},
        {"door ? dyn(1) : 'x'", "int 1"},
        {"asset.class ? 1 : 2", "error 1:1 no matching overload for a string"},
        {"'cows' ? 1 : 2", "refused 1:1 before ? there must be a bool, this is a string"},
        {"door ? 1 : 2.0", "refused 1:6 both results of ?: must have one type, these are int and double"},
        {"true ? 'cows' : 17", "refused 1:6 both results of ?: must have one type"},
        {"door ? 1", "refused 1:9 the expression ends here, but : is expected"},
        {"true && door ? 1 : 2", "int 1"},
    };
    EXPECT_ROWS(rows);
}

static void only_bools_are_joined(void **state)
{
    (void)state;
    static const row rows[] = {
        {"door && temperature", "refused 1:9 && takes bools, this is a double"},
        {"'a' || door", "refused 1:1 || takes bools, this is a string"},
        {"false && 32", "refused 1:10 && takes bools, this is an int"},
        {"!0", "refused 1:2 ! takes bools, this is an int"},
        {"!temperature", "refused 1:2 ! takes bools, this is a double"},
        {"door && (temperature)", "refused 1:9 && takes bools, this is a double"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bools_combine),
        cmocka_unit_test(an_operand_that_decides_absorbs_errors_on_either_side),
        cmocka_unit_test(an_error_that_nothing_absorbs_comes_out),
        cmocka_unit_test(what_is_not_known_yet_weighs_more_than_what_is_wrong),
        cmocka_unit_test(a_ternary_evaluates_one_branch),
        cmocka_unit_test(only_bools_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Arithmetic of each type: results, overflow, division by zero; after CEL's integer_math, fp_math and
 * timestamps. */
#include "cmocka_all.h"
#include "evaluate.h"

static void ints_are_64_bits_and_overflow_is_an_error(void **state)
{
    (void)state;
    static const row rows[] = {
        {"30 + 12", "int 42"},
        {"30 + (-12)", "int 18"},
        {"-4 - (-10)", "int 6"},
        {"6 * -7", "int -42"},
        {"-6 * (-7)", "int 42"},
        {"-20 / 3", "int -6"},
        {"-80 / (-7)", "int 11"},
        {"47 % 5", "int 2"},
        {"43 % (-5)", "int 3"},
        {"-43 % 5", "int -3"},
        {"-43 % (-5)", "int -3"},
        {"-(42)", "int -42"},
        {"-(-42)", "int 42"},
        {"--42", "int 42"},
        {"2 + 3 * 4", "int 14"},
        {"(2 + 3) * 4", "int 20"},
        {"100 - 10 - 1", "int 89"},
        {"100 / 10 / 5", "int 2"},
        {"5 * (3 + 4) == 5 * 3 + 5 * 4", "bool true"},
        {"15 / 0", "error 1:4 division by zero"},
        {"15 % 0", "error 1:4 modulus by zero"},
        {"9223372036854775807 + 1", "error 1:21 the result is out of range"},
        {"-9223372036854775808 - 1", "error 1:22 the result is out of range"},
        {"2 - (-9223372036854775807)", "error 1:3 the result is out of range"},
        {"-(-9223372036854775808)", "error 1:1 the result is out of range"},
        {"(-9223372036854775808) * -1", "error 1:24 the result is out of range"},
        {"-9223372036854775808 / -1", "error 1:22 the result is out of range"},
        {"-9223372036854775808 % -1", "error 1:22 the result is out of range"},
        {"4000000000 * 4000000000", "error 1:12 the result is out of range"},
        {"axles * 4 + 1", "int 13"},
        {"axles / (axles - axles)", "error 1:7 division by zero"},
        {"-axles", "int -3"},
        {"asset.limit.count - 5", "int -2"},
    };
    EXPECT_ROWS(rows);
}

static void uints_have_no_negative_side(void **state)
{
    (void)state;
    static const row rows[] = {
        {"40u + 2u", "uint 42"},
        {"42u - 42u", "uint 0"},
        {"6u * 7u", "uint 42"},
        {"43u / 2u", "uint 21"},
        {"43u % 5u", "uint 3"},
        {"0u - 1u", "error 1:4 the result is out of range"},
        {"18446744073709551615u + 1u", "error 1:23 the result is out of range"},
        {"5000000000u * 5000000000u", "error 1:13 the result is out of range"},
        {"1u / 0u", "error 1:4 division by zero"},
        {"1u % 0u", "error 1:4 modulus by zero"},
        {"-(5u)", "refused 1:1 - takes an int or a double, this is a uint"},
        {"-5u", "refused 1:1 - takes an int or a double, this is a uint"},
        {"crates / 5u", "uint 8"},
        {"crates - 43u", "error 1:8 the result is out of range"},
    };
    EXPECT_ROWS(rows);
}

static void doubles_follow_ieee_754(void **state)
{
    (void)state;
    static const row rows[] = {
        {"4.25 + 15.25", "double 19.5"},
        {"17.75 + (-7.75)", "double 10"},
        {"42.875 - (-22.0)", "double 64.875"},
        {"40.75 * (-2.25)", "double -91.6875"},
        {"-8.875 / (-0.0625)", "double 142"},
        {"0.1 + 0.2 == 0.3", "bool false"},
        {"-(4.5)", "double -4.5"},
        {"-(0.0)", "double -0"},
        {"15.75 / 0.0", "double inf"},
        {"-15.75 / 0.0", "double -inf"},
        {"2.0 * 8.99e307", "double inf"},
        {"1e-324 / 2.0", "double 0"},
        {"5.5 % 2.0", "refused 1:5 there is no double % double"},
        {"temperature * 2.0 - 1.0", "double 18"},
        {"-temperature", "double -9.5"},
        {"temperature - asset.limit.temperature_max", "double 1.5"},
        {"asset.limit.temperature_max + 0.5", "double 8.5"},
        {"asset.limit.temperature_max / asset.limit.temperature_max", "double 1"},
        {"temperature % 2.0", "refused 1:13 there is no double % double"},
        {"asset.limit.temperature_max % 2.0", "refused 1:29 there is no dyn % double"},
    };
    EXPECT_ROWS(rows);
}

static void numbers_of_two_types_are_never_mixed_in_silence(void **state)
{
    (void)state;
    static const row rows[] = {
        {"temperature * 2", "refused 1:15 double * int: numbers of two types are not mixed; write 2.0"},
        {"2 * temperature", "refused 1:1 int * double: numbers of two types are not mixed; write 2.0"},
        {"temperature - -3", "refused 1:15 double - int: numbers of two types are not mixed; write -3.0"},
        {"temperature + 3u", "refused 1:15 double + uint: numbers of two types are not mixed; write 3.0"},
        {"1 + 1u", "refused 1:5 int + uint: numbers of two types are not mixed; write 1"},
        {"1 + 1.0", "refused 1:1 int + double: numbers of two types are not mixed; write 1.0"},
        {"size(fault) + 1u", "refused 1:15 int + uint: numbers of two types are not mixed; write 1"},
        {"size(fault) * temperature",
         "refused 1:1 int * double: numbers of two types are not mixed; convert one "
         "with double(...)"},
        {"temperature > 5.0 + 1", "refused 1:21 double + int: numbers of two types are not mixed; write 1.0"},
        {"double(size(fault)) * temperature", "double 28.5"},
        {"asset.limit.count * 2.0",
         "error 1:19 no matching overload: int * double; numbers of two types are not mixed"},
        {"axles + crates", "error 1:7 no matching overload: int + uint"},
        {"dyn(1) + dyn(1.5)", "error 1:8 no matching overload: int + double"},
        {"true + 1", "refused 1:6 there is no bool + int"},
        {"'a' + 1", "refused 1:5 there is no string + int"},
        {"'a' + 'b'", "string ab"},
        {"b'a' + b'b'", "bytes 6162"},
        {"'a' + b'b'", "refused 1:5 there is no string + bytes"},
        {"asset.class + asset.class", "string cold-chaincold-chain"},
        {"asset.class - asset.class", "error 1:13 no matching overload: string - string"},
        {"-door", "refused 1:1 - takes an int or a double, this is a bool"},
        {"-asset.class", "error 1:1 no matching overload: - does not take a string"},
        {"null + null", "refused 1:6 there is no null + null"},
    };
    EXPECT_ROWS(rows);
}

static void instants_and_spans_add_up(void **state)
{
    (void)state;
    static const row rows[] = {
        {"duration('10m')", "duration 600000000"},
        {"duration('1h30m')", "duration 5400000000"},
        {"duration('-1.5s')", "duration -1500000"},
        {"duration('+2d')", "duration 172800000000"},
        {"duration('0')", "duration 0"},
        {"duration('250ms') + duration('1us')", "duration 250001"},
        {"duration('1999ns')", "duration 1"},
        {"duration('50s') - duration('1m')", "duration -10000000"},
        {"timestamp('2009-02-13T23:00:00Z') + duration('240s')", "timestamp 2009-02-13T23:04:00Z"},
        {"duration('120s') + timestamp('2009-02-13T23:00:00Z')", "timestamp 2009-02-13T23:02:00Z"},
        {"timestamp('2009-02-13T23:10:00Z') - duration('600s')", "timestamp 2009-02-13T23:00:00Z"},
        {"timestamp('2009-02-13T23:31:00Z') - timestamp('2009-02-13T23:29:00Z')", "duration 120000000"},
        {"timestamp('2009-02-13T23:31:00+01:00')", "timestamp 2009-02-13T22:31:00Z"},
        {"timestamp('0001-01-01T00:00:00Z') + duration('-1s')", "error 1:35 the result is out of range"},
        {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error 1:35 the result is out of range"},
        {"timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')",
         "error 1:35 the result is out"},
        {"duration('9000000000s') + duration('9000000000s')", "error 1:25 the result is out of range"},
        {"duration('320000000000s')", "refused 1:10 \"320000000000s\" is out of the range of a duration"},
        {"string(duration('9223372036854775807ns'))", "string 9223372036.854775807s"},
        {"string(duration('-9223372036854775808ns'))", "string -9223372036.854775808s"},
        {"duration('9223372036854775808ns')",
         "refused 1:10 \"9223372036854775808ns\" is out of the range of a duration"},
        {"duration('10 minutes')",
         "refused 1:10 \"10 minutes\" cannot be read as a duration; it looks like \"10m\""},
        {"duration('')", "refused 1:10 \"\" cannot be read as a duration"},
        {"duration('5')", "refused 1:10 \"5\" cannot be read as a duration"},
        {"duration('-')", "refused 1:10 \"-\" cannot be read as a duration"},
        {"duration('.m')", "refused 1:10 \".m\" cannot be read as a duration"},
        {"timestamp('0000-01-01T00:00:00Z')",
         "refused 1:11 \"0000-01-01T00:00:00Z\" cannot be read as a timestamp"},
        {"timestamp('0001-01-01T00:00:00+01:00')",
         "refused 1:11 \"0001-01-01T00:00:00+01:00\" is out of the range"},
        {"timestamp('soon')", "refused 1:11 \"soon\" cannot be read as a timestamp; it looks like"},
        {"duration('1s') * 2", "refused 1:16 there is no duration * int"},
        {"timestamp(0) + timestamp(0)", "refused 1:14 there is no timestamp + timestamp"},
        {"duration('1s') - timestamp(0)", "refused 1:16 there is no duration - timestamp"},
        {"asset.due + asset.patience", "timestamp 2023-11-14T23:43:20Z"},
        {"asset.due - asset.due", "duration 0"},
        {"asset.due + asset.due", "error 1:11 no matching overload: timestamp + timestamp"},
        {"asset.patience * duration('1s')", "refused 1:16 there is no dyn * duration"},
        {"timestamp(0) / asset.due", "refused 1:14 there is no timestamp / dyn"},
        {"asset.patience * 2", "error 1:16 no matching overload: duration * int"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ints_are_64_bits_and_overflow_is_an_error),
        cmocka_unit_test(uints_have_no_negative_side),
        cmocka_unit_test(doubles_follow_ieee_754),
        cmocka_unit_test(numbers_of_two_types_are_never_mixed_in_silence),
        cmocka_unit_test(instants_and_spans_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

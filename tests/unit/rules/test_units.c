/* Units: a comparison, sum or difference of two known ones is refused, with its place. */
#include "cmocka_all.h"
#include "evaluate.h"

static void two_units_are_not_compared_added_or_subtracted(void **state)
{
    (void)state;
    static const row rows[] = {
        {"temperature > humidity", "refused 1:13 Cel is compared with %RH"},
        {"humidity == temperature", "refused 1:10 %RH is compared with Cel"},
        {"door && temperature <= pressure", "refused 1:21 Cel is compared with Pa"},
        {"temperature + humidity > 3.0", "refused 1:13 %RH is added to Cel"},
        {"temperature - 1.0 - humidity > 3.0", "refused 1:19 %RH is subtracted from Cel"},
        {"temperature > asset.limit.humidity_max", "refused 1:13 Cel is compared with %RH"},
        {"temperature > asset.limit.humidity_min", "refused 1:13 Cel is compared with %RH"},
        {"temperature > asset.limit.shock_high", "refused 1:13 Cel is compared with g"},
        {"temperature > asset.limit.shock_low", "refused 1:13 Cel is compared with g"},
        {"-temperature < -humidity", "refused 1:14 Cel is compared with %RH"},
        {"(door ? temperature : coolant_temperature) > humidity", "refused 1:44 Cel is compared with %RH"},
        {"(door ? temperature : 8.0) > humidity", "refused 1:28 Cel is compared with %RH"},
        {"temperature in [humidity, 8.0]", "refused 1:13 Cel is compared with %RH"},
        {"double(temperature) > math.abs(humidity)", "refused 1:21 Cel is compared with %RH"},
        {"math.greatest(temperature, 8.0, humidity)", "refused 1:33 Cel is compared with %RH"},
        {"math.least(temperature, 8.0) > humidity", "refused 1:30 Cel is compared with %RH"},
        {"cargo.temperature > humidity", "refused 1:19 Cel is compared with %RH"},
        {"shock > acceleration", "refused 1:7 g is compared with m/s2"},
        {"[1.0].exists(x, temperature + x > humidity)", "refused 1:33 Cel is compared with %RH"},
    };
    EXPECT_ROWS(rows);
}

static void functions_of_the_past_have_their_units(void **state)
{
    (void)state;
    static const row rows[] = {
        {"temperature.avg('1h') > humidity", "refused 1:23 Cel is compared with %RH"},
        {"temperature.delta('1h') > humidity.stddev('1h')", "refused 1:25 Cel is compared with %RH"},
        {"humidity < temperature.predict('1h', '1h')", "refused 1:10 %RH is compared with Cel"},
        {"humidity < temperature.last()", "refused 1:10 %RH is compared with Cel"},
        {"temperature.mkt() > humidity", "refused 1:19 Cel is compared with %RH"},
        {"crates.mkt() > humidity", "refused 1:14 Cel is compared with %RH"},
        {"location.distance('depot') > speed", "refused 1:28 m is compared with m/s"},
        {"acceleration.delta_v(2.0, '1h') > acceleration", "refused 1:33 m/s is compared with m/s2"},
        {"acceleration.drop_height('1h') > acceleration", "refused 1:32 m is compared with m/s2"},
        {"location.heading() > location.speed()", "refused 1:20 deg is compared with m/s"},
        {"acceleration.peak('1h') > shock", "refused 1:25 m/s2 is compared with g"},
        {"temperature.time_above(asset.limit.humidity_max) > duration('1h')",
         "refused 1:13 Cel is compared with %RH"},
        {"location.speed() > speed", "not found 1:20 speed is not set"},
        {"temperature.time_above(asset.limit.temperature_max) > duration('1h')", "bool false"},
        {"temperature.time_above(asset.limit.count) > duration('1h')", "bool false"},
        {"temperature.rate('1h') > humidity || door", "bool true"},
        {"temperature.anomaly() > humidity || door", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void where_a_unit_is_not_known_nothing_is_refused(void **state)
{
    (void)state;
    static const row rows[] = {
        {"temperature > 8.0", "bool true"},
        {"temperature < asset.limit.temperature_max - 0.5", "bool false"},
        {"temperature > asset.limit.count", "bool true"},
        {"temperature > crates", "bool false"},
        {"temperature * 1.8 + 32.0 > crates", "bool true"},
        {"temperature * 1.0 > humidity || door", "bool true"},
        {"temperature / 2.0 > humidity || door", "bool true"},
        {"dyn(temperature) > humidity || door", "bool true"},
        {"string(temperature) == string(humidity) || door", "bool true"},
        {"(door ? temperature : humidity) > 8.0", "bool true"},
        {"location.latitude > temperature", "bool true"},
        {"temperature - cargo.temperature > 4.0", "bool true"},
        {"asset.limit.humidity_maximum > temperature || door", "bool true"},
        {"asset.humidity_max > temperature || door", "bool true"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_units_are_not_compared_added_or_subtracted),
        cmocka_unit_test(functions_of_the_past_have_their_units),
        cmocka_unit_test(where_a_unit_is_not_known_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Foreign names to ours and units to primary units, row by row. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "codec/names.h"
#include "codec/units.h"

#include <math.h>

static void ipso_paths_have_names_of_the_catalogue(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *metric;
        const char *unit;
    } rows[] = {
        {"3303/0/5700", "temperature", "Cel"},
        {"/3303/0/5700", "temperature", "Cel"},
        {"3303/1/5700", "temperature_1", "Cel"},
        {"3304/0/5700", "humidity", "%RH"},
        {"3301/0/5700", "light", "lx"},
        {"3315/0/5700", "pressure", "Pa"},
        {"3323/0/5700", "pressure", "Pa"},
        {"3316/0/5700", "voltage", "V"},
        {"3317/0/5700", "current", "A"},
        {"3313/0/5702", "acceleration_x", "m/s2"},
        {"3313/0/5704", "acceleration_z", "m/s2"},
        {"6/0/2", "altitude", "m"},
        {"6/0/6", "speed", "m/s"},
        {"3336/0/5705", "heading", "deg"},
        {"3/0/9", "battery", "%EL"},
        {"3/0/7", "voltage", "mV"},
        {"3/0/7/0", "voltage", "mV"},
        {"3/0/11/1", "fault", ""},
        {"3/0/0", "maker", ""},
        {"3/0/3", "firmware", ""},
        {"3350/0/5700", "ipso_3350_0_5700", ""},
        {"3303/0/5518", "ipso_3303_0_5518", ""},
        {"3303/0", "m_3303_0", ""},
        {"3303/0/5700/1/2", "m_3303_0_5700_1_2", ""},
        {"70000/0/1", "m_70000_0_1", ""},
        {"3303//5700", "m_3303_5700", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_metric_name name;
        otr_error error;
        otr_str path = otr_str_of(rows[i].path);
        assert_int_equal(otr_metric_name_resolve(&arena, path, OTR_STR(""), &name, &error), OTR_OK);
        if (!otr_str_is(name.metric, rows[i].metric) || strcmp(name.unit, rows[i].unit) != 0)
            fail_msg("%s gives %.*s in %s", rows[i].path, OTR_STR_ARG(name.metric), name.unit);
        assert_true(otr_metric_name_ok(name.metric));
        otr_arena_done(&arena);
    }
}

static void other_names_are_normalised(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"temperature", "temperature"},
        {"Temperature", "temperature"},
        {"air-temp (C)", "air_temp_c_"},
        {"a__b", "a__b"},
        {"a -- b", "a_b"},
        {"3v3", "m_3v3"},
        {"_x", "m_x"},
        {".x", "m_x"},
        {"room/Temp.1", "room_temp_1"},
        {"T\xc3\xb6pf", "t_pf"},
        {"x_", "x_"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_metric_name name;
        otr_metric_name again;
        otr_error error;
        otr_str path = otr_str_of(rows[i][0]);
        assert_int_equal(otr_metric_name_resolve(&arena, path, OTR_STR(""), &name, &error), OTR_OK);
        if (!otr_str_is(name.metric, rows[i][1]))
            fail_msg("%s gives %.*s", rows[i][0], OTR_STR_ARG(name.metric));
        assert_true(otr_metric_name_ok(name.metric));
        assert_int_equal(otr_metric_name_resolve(&arena, name.metric, OTR_STR(""), &again, &error), OTR_OK);
        assert_true(otr_str_equal(name.metric, again.metric));
        otr_arena_done(&arena);
    }
}

static void names_without_a_letter_or_digit_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {"", "-", "__", "/ /", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_metric_name name;
        otr_error error;
        assert_int_equal(otr_metric_name_resolve(&arena, otr_str_of(rows[i]), OTR_STR(""), &name, &error),
                         OTR_INVALID);
        otr_arena_done(&arena);
    }
}

static void a_catalogue_name_is_one_static_view(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_metric_name a;
    otr_metric_name b;
    otr_error error;
    assert_int_equal(otr_metric_name_resolve(&arena, OTR_STR("3303/0/5700"), OTR_STR(""), &a, &error),
                     OTR_OK);
    assert_int_equal(otr_metric_name_resolve(&arena, OTR_STR("TEMPERATURE"), OTR_STR(""), &b, &error),
                     OTR_OK);
    assert_ptr_equal(a.metric.data, b.metric.data);
    assert_non_null(a.known);
    otr_arena_done(&arena);
}

static void units_become_primary_or_those_of_the_catalogue(void **state)
{
    (void)state;
    static const struct {
        const char *metric; /* of the catalogue, or "" */
        const char *unit;
        double number;
        const char *unit_out;
        double number_out;
    } rows[] = {
        {"temperature", "", 4, "Cel", 4},
        {"temperature", "Cel", 4, "Cel", 4},
        {"temperature", "K", 273.15, "Cel", 0},
        {"", "K", 273.15, "Cel", 0},
        {"", "", 4, "", 4},
        {"pressure", "hPa", 1013.25, "Pa", 101325},
        {"speed", "km/h", 90, "m/s", 25},
        {"speed", "mm/h", 3600000, "m/s", 1},
        {"voltage", "mV", 3300, "V", 3.3},
        {"", "mA", 1500, "A", 1.5},
        {"", "ms", 1500, "s", 1.5},
        {"", "min", 2, "s", 120},
        {"", "h", 2, "s", 7200},
        {"altitude", "km", 1.5, "m", 1500},
        {"altitude", "cm", 150, "m", 1.5},
        {"", "mm", 1500, "m", 1.5},
        {"", "kW", 1.5, "W", 1500},
        {"", "kWh", 2, "J", 7200000},
        {"", "Wh", 2, "J", 7200},
        {"", "Ah", 2, "C", 7200},
        {"", "KiB", 2, "B", 2048},
        {"", "ppm", 400, "/", 0.0004},
        {"", "ug/m3", 25, "kg/m3", 25e-9},
        {"", "MHz", 868, "Hz", 868e6},
        {"", "%", 0.5, "/", 0.5},
        {"", "/", 0.5, "/", 0.5},
        {"", "/100", 50, "/", 0.5},
        {"", "%RH", 50, "%RH", 50},
        {"humidity", "%RH", 50, "%RH", 50},
        {"humidity", "/", 0.5, "%RH", 50},
        {"battery", "%", 0.5, "%EL", 50},
        {"battery", "/100", 50, "%EL", 50},
        {"signal", "dBm", -70, "dBm", -70},
        {"signal", "dBW", -100, "dBm", -70},
        {"", "dBm", -70, "dBW", -100},
        {"shock", "g", 3, "g", 3},
        {"shock", "m/s2", 19.6133, "g", 2},
        {"acceleration", "g", 2, "m/s2", 19.6133},
        {"tilt", "deg", 90, "deg", 90},
        {"", "widgets", 3, "widgets", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_conversion conversion;
        otr_error error;
        double number = NAN;
        const otr_metric *known =
            rows[i].metric[0] != '\0' ? otr_metric_find(otr_str_of(rows[i].metric)) : NULL;
        if (otr_unit_conversion(otr_str_of(rows[i].unit), known, &conversion, &error) != OTR_OK)
            fail_msg("row %zu: %s", i, error.text);
        assert_true(otr_unit_convert(&conversion, rows[i].number, &number));
        if (!otr_str_is(conversion.unit, rows[i].unit_out) || number != rows[i].number_out)
            fail_msg("row %zu: %.17g %.*s", i, number, OTR_STR_ARG(conversion.unit));
        otr_conversion again;
        assert_int_equal(otr_unit_conversion(conversion.unit, known, &again, &error), OTR_OK);
        assert_true(again.plain || again.ratio);
        assert_true(otr_str_equal(again.unit, conversion.unit));
    }
}

static void units_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *metric;
        const char *unit;
        const char *reason;
    } rows[] = {
        {"temperature", "degF", "unit degF is none of SenML's; send Cel"},
        {"", "degF", "unit degF is none of SenML's; send Cel"},
        {"", "psi", "unit psi is none of SenML's; send hPa or Pa"},
        {"temperature", "V", "unit V does not fit temperature, which is in Cel"},
        {"temperature", "C", "unit C does not fit temperature, which is in Cel"},
        {"humidity", "Cel", "unit Cel does not fit humidity, which is in %RH"},
        {"", "a unit", "the unit has a byte that no SenML unit has"},
        {"", "\xc2\xb0", "the unit has a byte that no SenML unit has"},
        {"", "abcdefghijklmnopq", "a unit of 17 bytes is none of SenML's"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_conversion conversion;
        otr_error error;
        const otr_metric *known =
            rows[i].metric[0] != '\0' ? otr_metric_find(otr_str_of(rows[i].metric)) : NULL;
        assert_int_equal(otr_unit_conversion(otr_str_of(rows[i].unit), known, &conversion, &error),
                         OTR_INVALID);
        assert_string_equal(error.text, rows[i].reason);
    }
}

static void a_percentage_sent_as_a_ratio_is_refused(void **state)
{
    (void)state;
    otr_conversion conversion;
    otr_error error;
    double number = 0;
    assert_int_equal(
        otr_unit_conversion(OTR_STR("%"), otr_metric_find(OTR_STR("humidity")), &conversion, &error), OTR_OK);
    assert_false(otr_unit_convert(&conversion, 45, &number));
    assert_false(otr_unit_convert(&conversion, -0.1, &number));
    assert_false(otr_unit_convert(&conversion, NAN, &number));
    assert_true(otr_unit_convert(&conversion, 1, &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipso_paths_have_names_of_the_catalogue),
        cmocka_unit_test(other_names_are_normalised),
        cmocka_unit_test(names_without_a_letter_or_digit_are_refused),
        cmocka_unit_test(a_catalogue_name_is_one_static_view),
        cmocka_unit_test(units_become_primary_or_those_of_the_catalogue),
        cmocka_unit_test(units_that_do_not_fit_are_refused),
        cmocka_unit_test(a_percentage_sent_as_a_ratio_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

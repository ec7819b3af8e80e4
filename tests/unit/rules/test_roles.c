/* cargo.temperature is the metric of the device with that role: which names are read so, and what the host is
 * told of them. */
#include "cmocka_all.h"
#include "evaluate.h"

static void a_name_before_a_metric_is_the_role_of_a_device(void **state)
{
    (void)state;
    static const row rows[] = {
        {"cargo.temperature", "double 4.5"},
        {"cargo.temperature < temperature", "bool true"},
        {"cargo . temperature > 4.0", "bool true"},
        {"cargo.location.latitude - location.latitude", "double 0.5"},
        {"probe_2.odour * 2", "int 14"},
        {"probe_2.humidity > 60.0", "unknown 1:18 probe_2.humidity has no value"},
        {"cargo.temperature.avg('1h') > cargo.temperature.last()", "bool true"},
        {"cargo.location.inside('depot')", "bool false"},
        {"probe_2.humidity.avg('1h')", "unknown 1:18 probe_2.humidity.avg() has no value"},
        {"[1].exists(cargo, cargo == 1)", "bool true"},
        {"[{'temperature': 1}].exists(cargo, cargo.temperature == 1)", "bool true"},
        /* a metric has no fields, so its name may be that of a role too */
        {"door.battery < 70.0 && door", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void other_names_with_a_dot_keep_their_meaning(void **state)
{
    (void)state;
    static const row rows[] = {
        {"cargo.latitude > 1.0", "not found 1:1 cargo is not set"},
        {"location.longitude", "double -0.25"},
        {"location.altitude",
         "refused 1:10 there is no field altitude; a location has latitude and longitude"},
        {"temperature.unit", "refused 1:13 a double has no fields, so there is no unit"},
        {"temperature.Latitude", "refused 1:13 a double has no fields, so there is no Latitude"},
        {"cargo.temperature.unit", "refused 1:19 a double has no fields, so there is no unit"},
        {"cargo.Temperature", "refused 1:7 there is no field Temperature"},
        {"Cargo.temperature", "refused 1:1 Cargo cannot be a metric"},
        {"math.temperature", "refused 1:6 there is no field temperature"},
        {"google.protobuf.Any", "refused 1:8 there is no field protobuf"},
        {"int.temperature", "refused 1:5 a type has no fields, so there is no temperature"},
        {"assets.temperature", "refused 1:1 assets cannot be a role; did you mean asset?"},
        {"devcie.id == 'box-1'", "refused 1:1 devcie cannot be a role; did you mean device?"},
        {"door.battery.avg('1h') + cargo.door", "refused 1:24 there is no double + bool"},
        {"has(cargo.temperature)", "refused 1:5 has() takes a field of an object or map"},
        {"cargo.door.avg('1h')",
         "refused 1:1 avg() is called on a number: temperature.avg(\"10m\"); cargo.door is a "
         "bool"},
    };
    EXPECT_ROWS(rows);
}

static void the_host_is_told_metric_and_role(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *expression = NULL;
    otr_error error = {0};
    size_t count = 0;
    otr_str text = OTR_STR("cargo.temperature > temperature && cargo.temperature < 20.0 && cargo.crates > 1");
    assert_int_equal(otr_expression_compile(&arena, text, NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL, &symbols,
                                            &expression, &error),
                     OTR_OK);
    (void)otr_expression_symbols(expression, &count);
    assert_int_equal(count, 3);
    const otr_symbol *of_cargo = &symbols.list[0];
    assert_true(otr_str_is(of_cargo->path, "cargo.temperature"));
    assert_true(otr_str_is(of_cargo->role, "cargo") && otr_str_is(of_cargo->metric, "temperature"));
    assert_true(of_cargo->kind == OTR_SYMBOL_METRIC && of_cargo->type == OTR_TYPE_DOUBLE);
    const otr_symbol *of_any = &symbols.list[1];
    assert_true(otr_str_is(of_any->path, "temperature") && otr_str_is(of_any->metric, "temperature"));
    assert_int_equal(of_any->role.size, 0);
    assert_true(otr_str_is(symbols.list[2].metric, "crates") && symbols.list[2].type == OTR_TYPE_DYN);
    otr_arena_done(&arena);
}

static void match_sees_no_metric_of_a_role_either(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *expression = NULL;
    otr_error error = {0};
    assert_int_equal(otr_expression_compile(&arena, OTR_STR("cargo.temperature > 8.0"), NULL,
                                            OTR_SCOPE_FIELDS, OTR_TYPE_BOOL, &symbols, &expression, &error),
                     OTR_INVALID);
    assert_string_equal(error.text,
                        "cargo.temperature is a metric; only fields of asset and device are known here");
    otr_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_before_a_metric_is_the_role_of_a_device),
        cmocka_unit_test(other_names_with_a_dot_keep_their_meaning),
        cmocka_unit_test(the_host_is_told_metric_and_role),
        cmocka_unit_test(match_sees_no_metric_of_a_role_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

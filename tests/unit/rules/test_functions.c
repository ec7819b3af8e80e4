/* Functions, conversions, names and what is refused for now. */
#include "cmocka_all.h"
#include "evaluate.h"

static void conversions_keep_the_value_or_fail(void **state)
{
    (void)state;
    static const row rows[] = {
        {"int(42u)", "int 42"},
        {"int(-7.9)", "int -7"},
        {"int('987')", "int 987"},
        {"int('-5')", "int -5"},
        {"int(timestamp('2009-02-13T23:31:30Z'))", "int 1234567890"},
        {"int(timestamp('1969-12-31T23:59:59.5Z'))", "int -1"},
        {"int(18446744073709551615u)", "error 1:1 the value does not fit"},
        {"int(9223372036854775807.0)", "error 1:1 the value does not fit"},
        {"int(-9223372036854775808.0)", "error 1:1 the value does not fit"},
        {"int(0.0 / 0.0)", "error 1:1 the value does not fit"},
        {"int('12x')", "refused 1:5 \"12x\" cannot be read as an int"},
        {"int(asset.class)", "error 1:1 the text cannot be read as the type"},
        {"uint(1729)", "uint 1729"},
        {"uint(25.5)", "uint 25"},
        {"uint('300')", "uint 300"},
        {"uint(-1)", "error 1:1 the value does not fit"},
        {"uint(-0.5)", "error 1:1 the value does not fit"},
        {"uint(6.022e23)", "error 1:1 the value does not fit"},
        {"uint('-1')", "refused 1:6 \"-1\" cannot be read as a uint"},
        {"uint('18446744073709551616')", "refused 1:6"},
        {"double(3)", "double 3"},
        {"double(18446744073709551615u)", "double 1.8446744073709552e+19"},
        {"double('-84.32e7')", "double -843200000"},
        {"double(axles) / 2.0", "double 1.5"},
        {"double('x')", "refused 1:8 \"x\" cannot be read as a double"},
        {"bool('TRUE') && bool('t') && bool('1')", "bool true"},
        {"bool('False') || bool('f') || bool('0')", "bool false"},
        {"bool('TrUe')", "refused 1:6 \"TrUe\" cannot be read as a bool"},
        {"bool(1)", "refused 1:6 there is no bool() of an int"},
        {"string('a')", "string a"},
        {"string(b'abc')", "string abc"},
        {"string(true)", "string true"},
        {"string(b'\\xff')", "error 1:1 the text cannot be read"},
        {"string(asset.raw)", "error 1:1 the text cannot be read"},
        {"string(5)", "string 5"},
        {"string(-0x8)", "string -8"},
        {"string(5u)", "string 5"},
        {"string(temperature)", "string 9.5"},
        {"string(1.0)", "string 1"},
        {"string(0.1 + 0.2)", "string 0.30000000000000004"},
        {"string(1e20)", "string 100000000000000000000"},
        {"string(1e21)", "string 1e+21"},
        {"string(1e-4)", "string 0.0001"},
        {"string(1.5e-7)", "string 1.5e-07"},
        {"string(pressure)", "string NaN"},
        {"string(-1.0 / 0.0)", "string -Inf"},
        {"string(duration('1h0.5s'))", "string 3600.5s"},
        {"string(duration('-1ns'))", "string -0.000000001s"},
        {"string(timestamp('2024-05-01T12:00:00.000000001Z'))", "string 2024-05-01T12:00:00.000000001Z"},
        {"string(timestamp('1969-12-31T23:59:59.75Z'))", "string 1969-12-31T23:59:59.75Z"},
        {"string(int)", "string int"},
        {"string([1])", "refused 1:8 there is no string() of a list"},
        {"string(asset.note)", "error 1:1 no matching overload for null"},
        {"timestamp('2024-01-01T00:00:00.000000001Z') > timestamp('2024-01-01T00:00:00Z')", "bool true"},
        {"duration('1us') - duration('1ns') < duration('1us')", "bool true"},
        {"duration('-1ns') + duration('1ns') == duration('0')", "bool true"},
        {"string(axles)", "string 3"},
        {"bytes('\xC3\xBF')", "bytes c3bf"},
        {"bytes('\\377') == b'\\377'", "bool false"},
        {"timestamp(1000000000)", "timestamp 2001-09-09T01:46:40Z"},
        {"timestamp(253402300800)", "error 1:1 the value does not fit"},
        {"timestamp(-62135596801)", "error 1:1 the value does not fit"},
        {"duration(duration('100s')) == duration('100s')", "bool true"},
        {"duration(asset.class)", "error 1:1 the text cannot be read"},
        {"int(uint(int(uint(int(uint(int(uint(int(uint(int(uint(7))))))))))))", "int 7"},
        {"int()", "refused 1:1 int() takes 1 argument here, there are 0"},
        {"int(1, 2)", "refused 1:1 int() takes 1 argument here, there are 2"},
        {"int(door)", "refused 1:5 there is no int() of a bool"},
        {"dyn(1) == 1", "bool true"},
    };
    EXPECT_ROWS(rows);
}

static void text_functions_count_code_points_and_compare_bytes(void **state)
{
    (void)state;
    static const row rows[] = {
        {"size('')", "int 0"},
        {"size('four')", "int 4"},
        {"'\xCE\xB1\xCE\xB2'.size()", "int 2"},
        {"size(b'\xCE\xB1')", "int 2"},
        {"size(fault)", "int 3"},
        {"fault.size() > 2", "bool true"},
        {"size(asset.empty)", "int 0"},
        {"size(axles)", "error 1:1 no matching overload for an int"},
        {"size(5)", "refused 1:6 size() takes a string, bytes, a list or a map, this is an int"},
        {"'foobar'.startsWith('foo')", "bool true"},
        {"'foobar'.startsWith('bar')", "bool false"},
        {"'foobar'.endsWith('bar')", "bool true"},
        {"''.endsWith('')", "bool true"},
        {"'a'.endsWith('ba')", "bool false"},
        {"'foobar'.contains('oba')", "bool true"},
        {"'foobar'.contains('')", "bool true"},
        {"''.contains('a')", "bool false"},
        {"fault.startsWith('E')", "bool true"},
        {"asset.class.contains('chain')", "bool true"},
        {"asset.empty.contains('')", "bool true"},
        {"asset.class.endsWith(device.id)", "bool false"},
        {"fault.contains(axles)", "error 1:7 no matching overload for an int"},
        {"temperature.contains('1')", "refused 1:1 contains() takes strings, this is a double"},
        {"fault.contains(1)", "refused 1:16 contains() takes strings, this is an int"},
        {"fault.contains()", "refused 1:7 contains() takes 1 argument here, there are 0"},
        {"contains(fault, 'a')", "refused 1:1 contains() is called on a value: write x.contains(...)"},
        {"'5'.int()", "refused 1:5 int() is not called on a value: write int(x)"},
        {"fault.startWith('E')", "refused 1:7 there is no function startWith; did you mean startsWith?"},
        {"siz(fault)", "refused 1:1 there is no function siz; did you mean size?"},
        {"frobnicate(1)", "refused 1:1 there is no function frobnicate"},
    };
    EXPECT_ROWS(rows);
}

static void a_location_has_two_coordinates_and_distances(void **state)
{
    (void)state;
    static const row rows[] = {
        {"location", "location 51.5 -0.25"},
        {"location.latitude", "double 51.5"},
        {"location.longitude < 0.0", "bool true"},
        {"(location).latitude", "double 51.5"},
        {"location.lat", "refused 1:10 there is no field lat; a location has latitude and longitude"},
        {"location.distance('depot')", "double 1250"},
        {"location.distance('depot') < 2000.0", "bool true"},
        {"location.distance('depot') / 1000.0 > 1.0 && door", "bool true"},
        {"location.distance('nowhere') < 1.0", "not found 1:10 location.distance(): not found"},
        {"location.distance('nowhere') < 1.0 || door", "bool true"},
        {"location.progress() + 0.0", "double 0.75"},
        {"location.off_route() > 300.0 && !location.at_stop()", "bool true"},
        {"location.stop() == 2", "bool true"},
        {"location.stopped() > duration('30m') && location.overstay() == duration('0s')", "bool true"},
        {"location.arrival() - location.arrival_error() > timestamp('2024-03-01T12:00:00Z')", "bool true"},
        {"temperature.progress() > 0.5",
         "refused 1:1 progress() is called on a location: location.progress(); "
         "temperature is a double"},
        {"location.off_route() > temperature", "refused 1:22 m is compared with Cel"},
        {"location.distance(fault)", "refused 1:19 distance() takes the name of a place, a constant string"},
        {"location.distance(5)", "refused 1:19 distance() takes the name of a place"},
        {"temperature.distance('depot')", "refused 1:1 distance() is called on a location: "
                                          "location.distance(\"destination\"); temperature is a double"},
        {"fault.latitude", "refused 1:7 a string has no fields, so there is no latitude"},
        {"axles.latitude", "error 1:7 no matching overload for an int"},
        {"cargo.location.wheels", "refused 1:16 there is no field wheels"},
        {"location.latitude.degrees", "refused 1:19 a double has no fields"},
    };
    EXPECT_ROWS(rows);
}

static void names_are_fields_or_metrics(void **state)
{
    (void)state;
    static const row rows[] = {
        {"asset.limit.temperature_max", "double 8"},
        {"asset . limit\n. temperature_max", "double 8"},
        {".temperature", "double 9.5"},
        {".asset.class", "string cold-chain"},
        {"device.id", "string box-1"},
        {"(temperature)", "double 9.5"},
        {"humidity", "unknown 1:1 humidity has no value"},
        {"never_seen > 1.0", "not found 1:12 never_seen is not set"},
        {"asset.limit.gone + 1.0", "not found 1:1 asset.limit.gone is not set"},
        {"asset", "refused 1:1 asset is an object: name one of its fields, such as asset.class"},
        {"device == 'a'", "refused 1:1 device is an object: name one of its fields, such as device.id"},
        {"Temperature > 3.0",
         "refused 1:1 Temperature cannot be a metric: lower-case letters, digits and _, at most 48; "
         "did you mean temperature?"},
        {"_x", "refused 1:1 _x cannot be a metric"},
        {"a2345678901234567890123456789012345678901234567890", "refused 1:1 a23456789012345"},
        {"shock > 2.0", "error 1:7 shock is a string; a double is expected"},
        {"shock > asset.limit.count", "error 1:7 shock is a string"},
        {"shock > asset.later", "error 1:7 shock is a string"},
        {"temperature > coolant_temperature", "error 1:13 coolant_temperature is a string"},
        {"shock * 2.0", "error 1:1 shock is a string"},
        {"tilt > 2.0", "error 1:6 tilt is of an unknown type; a double is expected"},
        {"odd", "error 1:1 odd is of an unknown type"},
        {"odd == 1", "error 1:5 odd is of an unknown type"},
        {"odd || door", "bool true"},
        {"heap", "error 1:1 heap is a list"},
        {"heap == 1", "error 1:6 heap is a list"},
        {"heap == axles", "error 1:6 heap is a list"},
        {"int", "type int"},
        {"type(1) == int", "bool true"},
        {"type(temperature) == double && type(axles) != uint", "bool true"},
        {"type(asset.due) == google.protobuf.Timestamp", "bool true"},
        {"type(type(null))", "type type"},
    };
    EXPECT_ROWS(rows);
}

static void the_rest_of_cel_is_refused_by_name(void **state)
{
    (void)state;
    static const row rows[] = {
        {"Box{width: 1, height: 2,}", "refused 1:4 a message is not supported"},
        {"a.b.Box{}", "refused 1:8 a message is not supported"},
        {".a.Box{as: 1}", "refused 1:7 a message is not supported"},
        {"Box{1: 1}", "refused 1:5 unexpected 1; the name of a field is expected"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_keep_the_value_or_fail),
        cmocka_unit_test(text_functions_count_code_points_and_compare_bytes),
        cmocka_unit_test(a_location_has_two_coordinates_and_distances),
        cmocka_unit_test(names_are_fields_or_metrics),
        cmocka_unit_test(the_rest_of_cel_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

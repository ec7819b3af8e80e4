/*
 * The rules of RFC 8428 that both spellings share, told in JSON: base fields, names and devices, values,
 * times, versions, locations, and that each refusal names its record. Packs have the shape of the RFC's
 * examples, with our own content.
 */
#include "tests/unit/codec/support.h"

#include "base/limits.h"

#include <math.h>
#include <stdio.h>

#define ID "probe-7"

static void one_record_is_a_reading_taken_now(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"n\":\"urn:dev:ow:probe-7:temperature\",\"u\":\"Cel\",\"v\":23.1}]", ID);
    expect_number(&u, 0, "temperature", "Cel", 23.1);
    expect_time(&u, 0, OTR_STAMP_RELATIVE, 0);
    assert_int_equal(u.message.count, 1);
    assert_true(otr_str_is(u.message.device, ID));
    upload_done(&u);
}

static void base_fields_reach_all_later_records_until_replaced(void **state)
{
    (void)state;
    upload u;
    upload_json(&u,
                "[{\"bn\":\"probe-7/"
                "\",\"bt\":1714521600.001,\"bu\":\"A\",\"bver\":5,\"n\":\"voltage\",\"u\":\"V\",\"v\":120.1},"
                "{\"n\":\"current\",\"t\":-5,\"v\":1.2},"
                "{\"n\":\"current\",\"t\":-4,\"v\":1.3,\"bt\":1714521700},"
                "{\"n\":\"current\",\"bu\":\"mA\",\"v\":1500},"
                "{\"bn\":\"probe-7/aux_\",\"n\":\"current\",\"v\":1}]",
                ID);
    expect_number(&u, 0, "voltage", "V", 120.1);
    expect_time(&u, 0, OTR_STAMP_ABSOLUTE, 1714521600001000);
    expect_number(&u, 1, "current", "A", 1.2);
    expect_time(&u, 1, OTR_STAMP_ABSOLUTE, 1714521595001000);
    expect_time(&u, 2, OTR_STAMP_ABSOLUTE, 1714521696000000);
    expect_number(&u, 3, "current", "A", 1.5);
    expect_time(&u, 3, OTR_STAMP_ABSOLUTE, 1714521700000000);
    expect_number(&u, 4, "aux_current", "A", 0.001);
    upload_done(&u);
}

static void a_record_without_name_shares_the_metric_of_the_one_before(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"bn\":\"probe-7/own_thing\",\"v\":1},{\"v\":2},{\"n\":\"\",\"v\":3}]", ID);
    expect_number(&u, 2, "own_thing", "", 3);
    const otr_reading *r = u.message.readings;
    assert_ptr_equal(r[0].metric.data, r[1].metric.data);
    assert_ptr_equal(r[0].metric.data, r[2].metric.data);
    upload_done(&u);
}

static void one_metric_has_one_view_even_in_two_units(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"n\":\"line\",\"u\":\"V\",\"v\":1},{\"n\":\"line\",\"u\":\"mV\",\"v\":2500}]", ID);
    expect_number(&u, 0, "line", "V", 1);
    expect_number(&u, 1, "line", "V", 2.5);
    assert_ptr_equal(u.message.readings[0].metric.data, u.message.readings[1].metric.data);
    upload_done(&u);
}

static void more_names_than_are_remembered_still_resolve(void **state)
{
    (void)state;
    static char text[65536];
    int size = snprintf(text, sizeof text, "[");
    for (int i = 0; i < 400; i++)
        size += snprintf(text + size, sizeof text - (size_t)size, "%s{\"n\":\"m%d\",\"v\":%d}",
                         i > 0 ? "," : "", i % 100, i);
    (void)snprintf(text + size, sizeof text - (size_t)size, "]");
    upload u;
    upload_json(&u, text, ID);
    for (int i = 0; i < 400; i++) {
        char metric[16];
        (void)snprintf(metric, sizeof metric, "m%d", i % 100);
        expect_number(&u, (size_t)i, metric, "", i);
    }
    upload_done(&u);
}

static void base_value_and_value_add_up(void **state)
{
    (void)state;
    upload u;
    upload_json(
        &u,
        "[{\"bv\":20,\"n\":\"temperature\",\"v\":1.5},{\"n\":\"temperature\"},{\"n\":\"door\",\"vb\":true}]",
        ID);
    expect_number(&u, 0, "temperature", "Cel", 21.5);
    expect_number(&u, 1, "temperature", "Cel", 20);
    assert_int_equal(u.message.readings[2].kind, OTR_KIND_BOOL);
    upload_done(&u);
}

static void times_below_2_to_28_count_from_reception(void **state)
{
    (void)state;
    upload u;
    upload_json(
        &u,
        "[{\"n\":\"light\",\"t\":-10.5,\"v\":1},{\"n\":\"light\",\"t\":268435455.999999,\"v\":1},"
        "{\"n\":\"light\",\"t\":268435456,\"v\":1},{\"n\":\"light\",\"t\":1714521600.123457,\"v\":1}]",
        ID);
    expect_time(&u, 0, OTR_STAMP_RELATIVE, -10500000);
    expect_time(&u, 1, OTR_STAMP_RELATIVE, 268435455999999);
    expect_time(&u, 2, OTR_STAMP_ABSOLUTE, 268435456000000);
    expect_time(&u, 3, OTR_STAMP_ABSOLUTE, 1714521600123457);
    upload_done(&u);
}

static void times_out_of_range_are_refused(void **state)
{
    (void)state;
    json_refused("[{\"n\":\"light\",\"t\":1e300,\"v\":1}]", ID, OTR_INVALID,
                 "record 0: the time is out of range");
    json_refused("[{\"n\":\"light\",\"t\":-3e9,\"v\":1}]", ID, OTR_INVALID,
                 "record 0: the time is out of range");
    json_refused("[{\"n\":\"light\",\"v\":1},{\"bt\":1e18,\"n\":\"light\",\"v\":1}]", ID, OTR_INVALID,
                 "record 1: bt is out of range");
}

static void a_session_may_name_itself_or_nobody(void **state)
{
    (void)state;
    static const char *const names[] = {"temperature",          "probe-7/temperature",
                                        "probe-7:temperature",  "3303/0/5700",
                                        "/3303/0/5700",         "probe-7/3303/0/5700",
                                        "probe-7//3303/0/5700", "urn:dev:mac:probe-7/temperature",
                                        "probe-7/Temperature"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "[{\"n\":\"%s\",\"v\":4}]", names[i]);
        upload u;
        upload_json(&u, text, ID);
        if (u.status != OTR_OK)
            fail_msg("%s: %s", names[i], u.error.text);
        expect_number(&u, 0, "temperature", "Cel", 4);
        upload_done(&u);
    }
}

static void a_session_that_names_another_device_is_denied(void **state)
{
    (void)state;
    json_refused("[{\"n\":\"light\",\"v\":1},{\"n\":\"light\",\"v\":1},{\"n\":\"light\",\"v\":1},{\"n\":"
                 "\"probe-8/light\",\"v\":1}]",
                 ID, OTR_DENIED, "record 3: reports as probe-8, but this session is probe-7");
    json_refused("[{\"n\":\"probe-8:light\",\"v\":1}]", ID, OTR_DENIED,
                 "record 0: reports as probe-8, but this session is probe-7");
    json_refused("[{\"n\":\"probe-70/light\",\"v\":1}]", ID, OTR_DENIED,
                 "record 0: reports as probe-70, but this session is probe-7");
    json_refused("[{\"n\":\"urn:dev:ow:probe-8:light\",\"v\":1}]", ID, OTR_DENIED,
                 "record 0: reports as urn:dev:ow:probe-8, but this session is probe-7");
    json_refused("[{\"n\":\"probe-7\",\"v\":1}]", ID, OTR_INVALID, "record 0: the name has no metric");
    json_refused("[{\"n\":\"probe-7/\",\"v\":1}]", ID, OTR_INVALID, "record 0: the name has no metric");
}

static void without_a_session_the_name_begins_with_the_device(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"bn\":\"4711/\",\"n\":\"3303/0/5700\",\"v\":4},{\"n\":\"cabin/Air Temp\",\"v\":4}]",
                "");
    expect_refused(
        &u, OTR_INVALID,
        "record 1: a name has letters, digits and - : . / _ only and begins with a letter or digit");
    upload_done(&u);
    upload_json(&u, "[{\"bn\":\"4711/\",\"n\":\"3303/0/5700\",\"v\":4},{\"n\":\"cabin/Air-Temp\",\"v\":5}]",
                "");
    expect_number(&u, 0, "temperature", "Cel", 4);
    expect_number(&u, 1, "cabin_air_temp", "", 5);
    assert_true(otr_str_is(u.message.device, "4711"));
    upload_done(&u);
    json_refused("[{\"n\":\"temperature\",\"v\":1}]", "", OTR_INVALID,
                 "record 0: the name has no device; send DEVICE/METRIC");
    json_refused("[{\"n\":\"3303/0/5700\",\"v\":1}]", "", OTR_INVALID,
                 "record 0: the name has no device; send DEVICE/METRIC");
    json_refused("[{\"n\":\"a/light\",\"v\":1},{\"n\":\"b/light\",\"v\":1}]", "", OTR_INVALID,
                 "record 1: reports as b, the records before it as a");
}

static void an_identity_that_is_no_device_name_is_denied(void **state)
{
    (void)state;
    json_refused("[{\"n\":\"light\",\"v\":1}]", "a/b", OTR_DENIED,
                 "the identity of this session is no device name");
}

static void names_keep_to_their_characters_and_sizes(void **state)
{
    (void)state;
    const char *charset =
        "record 0: a name has letters, digits and - : . / _ only and begins with a letter or digit";
    json_refused("[{\"n\":\"-light\",\"v\":1}]", ID, OTR_INVALID, charset);
    json_refused("[{\"n\":\"/light\",\"v\":1}]", ID, OTR_INVALID, charset);
    json_refused("[{\"n\":\"li+ght\",\"v\":1}]", ID, OTR_INVALID, charset);
    json_refused("[{\"n\":\"l\\u00e4rm\",\"v\":1}]", ID, OTR_INVALID, charset);
    json_refused("[{\"v\":1}]", ID, OTR_INVALID, "record 0: neither n nor bn names it");
    json_refused("[{\"n\":\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\",\"v\":1}]", ID, OTR_LIMIT,
                 "record 0: the metric name abcdefghijklmnop... is over the limit of 48 bytes");
}

static void a_record_has_exactly_one_value(void **state)
{
    (void)state;
    json_refused("[{\"n\":\"light\"}]", ID, OTR_INVALID, "record 0: no value");
    json_refused("[{\"bn\":\"probe-7/\",\"bt\":1714521600},{\"n\":\"light\",\"v\":1}]", ID, OTR_INVALID,
                 "record 0: no value");
    json_refused("[{\"n\":\"light\",\"v\":1,\"vb\":true}]", ID, OTR_INVALID, "record 0: more than one value");
    json_refused("[{\"n\":\"light\",\"s\":1}]", ID, OTR_INVALID,
                 "record 0: a sum alone is not kept; send a value");
    json_refused("[{\"bs\":1,\"n\":\"light\"}]", ID, OTR_INVALID,
                 "record 0: a sum alone is not kept; send a value");
    json_refused("[{\"n\":\"blob\",\"vd\":\"AAEC\"}]", ID, OTR_INVALID,
                 "record 0: a data value (vd) is not kept");
}

static void a_sum_beside_a_value_is_ignored(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"n\":\"light\",\"v\":7,\"s\":1e6,\"ut\":60,\"bs\":2}]", ID);
    expect_number(&u, 0, "light", "lx", 7);
    upload_done(&u);
}

static void unknown_labels_are_ignored_unless_they_must_be_understood(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"n\":\"light\",\"v\":7,\"color\":[{\"a\":null}],\"_x\":1}]", ID);
    expect_number(&u, 0, "light", "lx", 7);
    upload_done(&u);
    json_refused("[{\"n\":\"light\",\"v\":7},{\"n\":\"light\",\"v\":7,\"crypt_\":1}]", ID, OTR_INVALID,
                 "record 1: a label that ends in _ must be understood and is not");
}

static void versions_up_to_ours_and_one_per_pack(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"bver\":26,\"n\":\"speed\",\"u\":\"km/h\",\"v\":36}]", ID);
    expect_number(&u, 0, "speed", "m/s", 10);
    upload_done(&u);
    json_refused("[{\"bver\":11,\"n\":\"light\",\"v\":1}]", ID, OTR_INVALID,
                 "record 0: version 11 is newer than 10");
    json_refused("[{\"bver\":0,\"n\":\"light\",\"v\":1}]", ID, OTR_INVALID, "record 0: bver is no version");
    json_refused("[{\"bver\":10,\"n\":\"light\",\"v\":1},{\"bver\":9,\"n\":\"light\",\"v\":1}]", ID,
                 OTR_INVALID, "record 1: version 9 after version 10");
}

static void values_fit_the_catalogue(void **state)
{
    (void)state;
    upload u;
    upload_json(
        &u,
        "[{\"n\":\"door\",\"vb\":true},{\"n\":\"door\",\"v\":0},{\"n\":\"3/0/11\",\"v\":4},"
        "{\"n\":\"fault\",\"vs\":\"P0143\"},{\"n\":\"own\",\"vs\":\"\"},{\"n\":\"own\",\"vb\":false}]",
        ID);
    assert_int_equal(u.status, OTR_OK);
    const otr_reading *r = u.message.readings;
    assert_true(r[0].kind == OTR_KIND_BOOL && r[0].flag);
    assert_true(r[1].kind == OTR_KIND_BOOL && !r[1].flag);
    assert_true(r[2].kind == OTR_KIND_TEXT && otr_str_is(r[2].text, "4") && otr_str_is(r[2].metric, "fault"));
    assert_true(r[3].kind == OTR_KIND_TEXT && otr_str_is(r[3].text, "P0143"));
    assert_true(r[4].kind == OTR_KIND_TEXT && r[4].text.size == 0);
    assert_true(r[5].kind == OTR_KIND_BOOL && !r[5].flag);
    upload_done(&u);
    json_refused("[{\"n\":\"temperature\",\"vs\":\"warm\"}]", ID, OTR_INVALID,
                 "record 0: temperature takes a number, not a text");
    json_refused("[{\"n\":\"temperature\",\"vb\":true}]", ID, OTR_INVALID,
                 "record 0: temperature takes a number, not a bool");
    json_refused("[{\"n\":\"door\",\"v\":2}]", ID, OTR_INVALID, "record 0: door takes a bool, not a number");
    json_refused("[{\"n\":\"fault\",\"v\":1.5}]", ID, OTR_INVALID,
                 "record 0: fault takes a text, not a number");
    json_refused("[{\"n\":\"location\",\"v\":1}]", ID, OTR_INVALID,
                 "record 0: location takes a location, not a number");
}

static void texts_are_bounded(void **state)
{
    (void)state;
    char text[400];
    char value[258];
    upload u;
    memset(value, 'x', 256);
    value[255] = '\0';
    (void)snprintf(text, sizeof text, "[{\"n\":\"note\",\"vs\":\"%s\"}]", value);
    upload_json(&u, text, ID);
    assert_int_equal(u.status, OTR_OK);
    upload_done(&u);
    value[255] = 'x';
    value[256] = '\0';
    (void)snprintf(text, sizeof text, "[{\"n\":\"note\",\"vs\":\"%s\"}]", value);
    json_refused(text, ID, OTR_LIMIT, "record 0: a text of 256 bytes is over the limit of 255");
}

static void numbers_are_finite(void **state)
{
    (void)state;
    json_refused("[{\"bv\":1e308,\"n\":\"own\",\"v\":1e308}]", ID, OTR_INVALID,
                 "record 0: the value is not a finite number");
    upload u;
    upload_json(&u, "[{\"n\":\"own\",\"v\":1e999}]", ID);
    assert_int_equal(u.status, OTR_INVALID);
    upload_done(&u);
}

static void latitude_and_longitude_become_a_location(void **state)
{
    (void)state;
    static const char *const packs[] = {
        "[{\"n\":\"lat\",\"u\":\"lat\",\"v\":52.5},{\"n\":\"lon\",\"u\":\"lon\",\"v\":-4.25}]",
        ("[{\"n\":\"probe-7/gps/Longitude\",\"v\":-4.25},{\"n\":\"light\",\"v\":1},"
         "{\"n\":\"probe-7/gps/Latitude\",\"v\":52.5}]"),
        "[{\"n\":\"6/0/0\",\"v\":52.5},{\"n\":\"6/0/1\",\"v\":-4.25}]",
        "[{\"n\":\"3336/0/6051\",\"v\":52.5},{\"n\":\"3336/0/6052\",\"v\":-4.25}]",
        "[{\"n\":\"position\",\"u\":\"lat\",\"v\":52.5},{\"n\":\"position\",\"u\":\"lon\",\"v\":-4.25}]",
    };
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++) {
        upload u;
        upload_json(&u, packs[i], ID);
        if (u.status != OTR_OK)
            fail_msg("%s: %s", packs[i], u.error.text);
        const otr_reading *r = &u.message.readings[0];
        assert_true(otr_str_is(r->metric, "location") && r->kind == OTR_KIND_LOCATION);
        assert_true(r->location.latitude == 52.5 && r->location.longitude == -4.25);
        assert_int_equal(u.message.count, i == 1 ? 2 : 1);
        upload_done(&u);
    }
}

static void a_track_may_pair_or_group_its_halves(void **state)
{
    (void)state;
    upload u;
    upload_json(
        &u,
        "[{\"bt\":1714521600,\"n\":\"lat\",\"v\":1},{\"n\":\"lat\",\"t\":60,\"v\":2},{\"n\":\"lat\",\"t\":60,"
        "\"v\":3},"
        "{\"n\":\"lon\",\"t\":60,\"v\":20},{\"n\":\"lon\",\"t\":60,\"v\":30},{\"n\":\"lon\",\"v\":10}]",
        ID);
    assert_int_equal(u.message.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(u.message.readings[i].location.longitude == 10 * u.message.readings[i].location.latitude);
    upload_done(&u);
}

static void half_a_location_is_refused(void **state)
{
    (void)state;
    json_refused("[{\"n\":\"light\",\"v\":1},{\"n\":\"lat\",\"v\":1}]", ID, OTR_INVALID,
                 "record 1: a latitude without a longitude of the same name and time");
    json_refused("[{\"n\":\"lat\",\"v\":1},{\"n\":\"lon\",\"t\":1,\"v\":1}]", ID, OTR_INVALID,
                 "record 0: a latitude without a longitude of the same name and time");
    json_refused("[{\"n\":\"a/lat\",\"v\":1},{\"n\":\"b/lon\",\"v\":1}]", "a", OTR_DENIED,
                 "record 1: reports as b, but this session is a");
    json_refused("[{\"n\":\"6/0/0\",\"v\":1},{\"n\":\"6/1/1\",\"v\":1}]", ID, OTR_INVALID,
                 "record 0: a latitude without a longitude of the same name and time");
    json_refused("[{\"n\":\"lon\",\"v\":1},{\"n\":\"lat\",\"v\":90.5}]", ID, OTR_INVALID,
                 "record 1: latitude 90.5 is outside -90..90");
    json_refused("[{\"n\":\"lon\",\"v\":-180.5}]", ID, OTR_INVALID,
                 "record 0: longitude -180.5 is outside -180..180");
    json_refused("[{\"n\":\"lon\",\"u\":\"m\",\"v\":1}]", ID, OTR_INVALID,
                 "record 0: unit m does not fit a lon");
    json_refused("[{\"n\":\"6/0/0\",\"u\":\"lon\",\"v\":1}]", ID, OTR_INVALID,
                 "record 0: unit lon does not fit a lat");
    json_refused("[{\"n\":\"1/0/9\",\"u\":\"lon\",\"v\":1}]", ID, OTR_INVALID,
                 "record 0: a longitude without a latitude of the same name and time");
    json_refused("[{\"n\":\"lat\",\"vs\":\"N\"}]", ID, OTR_INVALID,
                 "record 0: location takes a location, not a text");
}

static void the_unit_that_an_object_states_must_be_the_one_assumed(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[{\"n\":\"3303/0/5701\",\"vs\":\"Cel\"},{\"n\":\"3303/0/5700\",\"v\":4}]", ID);
    expect_number(&u, 1, "temperature", "Cel", 4);
    upload_done(&u);
    json_refused("[{\"n\":\"3303/0/5700\",\"v\":40},{\"n\":\"3303/0/5701\",\"vs\":\"degF\"}]", ID,
                 OTR_INVALID, "record 1: the object is in degF; send Cel");
}

static void what_is_no_pack_is_refused(void **state)
{
    (void)state;
    json_refused("[]", ID, OTR_INVALID, "a pack without records");
    json_refused("{}", ID, OTR_INVALID, "a pack is an array of records");
    json_refused("7", ID, OTR_INVALID, "a pack is an array of records");
    json_refused("[{\"n\":\"light\",\"v\":1},[]]", ID, OTR_INVALID, "record 1: a record is an object");
    json_refused("[{\"n\":\"light\",\"v\":\"1\"}]", ID, OTR_INVALID, "record 0: v is a number");
    json_refused("[{\"n\":7,\"v\":1}]", ID, OTR_INVALID, "record 0: n is a string");
    json_refused("[{\"n\":\"door\",\"vb\":1}]", ID, OTR_INVALID, "record 0: vb is true or false");
    json_refused("[{\"n\":\"light\",\"v\":null}]", ID, OTR_INVALID, "record 0: v is a number");
}

static void json_errors_have_a_place(void **state)
{
    (void)state;
    upload u;
    upload_json(&u, "[\n {\"n\":\"light\",\n  \"v\":1,\"v\":2}]", ID);
    assert_int_equal(u.status, OTR_INVALID);
    assert_int_equal(u.error.line, 3);
    assert_non_null(strstr(u.error.text, "duplicate"));
    upload_done(&u);
    upload_json(&u, "[{\"n\":\"light\",\"v\":1}] x", ID);
    assert_int_equal(u.status, OTR_INVALID);
    assert_int_equal(u.error.line, 1);
    upload_done(&u);
    upload_json(&u, "[\n{\"x\":[[[[[[[1]]]]]]]}]", ID);
    _Static_assert(OTR_LIMIT_NESTING == 8, "as the text says");
    expect_refused(&u, OTR_LIMIT, "nested deeper than 8");
    assert_int_equal(u.error.line, 2);
    assert_int_equal(u.error.column, 12);
    upload_done(&u);
    upload_json(&u, "[{\"n\":\"light\",\"v\":1,\"x\":\"[[[[[[[[[\\\"[[[[[[[[[\"}]", ID);
    assert_int_equal(u.status, OTR_OK);
    upload_done(&u);
}

static void sizes_are_capped(void **state)
{
    (void)state;
    static char text[OTR_LIMIT_UPLOAD_BYTES + 1];
    memset(text, ' ', sizeof text);
    upload u;
    upload_decode(&u, OTR_FORMAT_SENML_JSON, (otr_bytes){(const uint8_t *)text, sizeof text}, ID);
    expect_refused(&u, OTR_LIMIT, "65537 bytes are over the limit of 65536");
    upload_done(&u);
    size_t at = 0;
    text[at++] = '[';
    for (int i = 0; i <= OTR_LIMIT_UPLOAD_READINGS; i++)
        at += (size_t)sprintf(text + at, "%s{}", i > 0 ? "," : "");
    text[at++] = ']';
    upload_decode(&u, OTR_FORMAT_SENML_JSON, (otr_bytes){(const uint8_t *)text, at}, ID);
    expect_refused(&u, OTR_LIMIT, "more than 8192 records");
    upload_done(&u);
}

static void an_unknown_format_is_refused(void **state)
{
    (void)state;
    upload u;
    upload_decode(&u, 50, (otr_bytes){(const uint8_t *)"[]", 2}, ID);
    expect_refused(&u, OTR_INVALID, "content format 50 is none of 110, 112 and 65001");
    upload_done(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_record_is_a_reading_taken_now),
        cmocka_unit_test(base_fields_reach_all_later_records_until_replaced),
        cmocka_unit_test(a_record_without_name_shares_the_metric_of_the_one_before),
        cmocka_unit_test(one_metric_has_one_view_even_in_two_units),
        cmocka_unit_test(more_names_than_are_remembered_still_resolve),
        cmocka_unit_test(base_value_and_value_add_up),
        cmocka_unit_test(times_below_2_to_28_count_from_reception),
        cmocka_unit_test(times_out_of_range_are_refused),
        cmocka_unit_test(a_session_may_name_itself_or_nobody),
        cmocka_unit_test(a_session_that_names_another_device_is_denied),
        cmocka_unit_test(without_a_session_the_name_begins_with_the_device),
        cmocka_unit_test(an_identity_that_is_no_device_name_is_denied),
        cmocka_unit_test(names_keep_to_their_characters_and_sizes),
        cmocka_unit_test(a_record_has_exactly_one_value),
        cmocka_unit_test(a_sum_beside_a_value_is_ignored),
        cmocka_unit_test(unknown_labels_are_ignored_unless_they_must_be_understood),
        cmocka_unit_test(versions_up_to_ours_and_one_per_pack),
        cmocka_unit_test(values_fit_the_catalogue),
        cmocka_unit_test(texts_are_bounded),
        cmocka_unit_test(numbers_are_finite),
        cmocka_unit_test(latitude_and_longitude_become_a_location),
        cmocka_unit_test(a_track_may_pair_or_group_its_halves),
        cmocka_unit_test(half_a_location_is_refused),
        cmocka_unit_test(the_unit_that_an_object_states_must_be_the_one_assumed),
        cmocka_unit_test(what_is_no_pack_is_refused),
        cmocka_unit_test(json_errors_have_a_place),
        cmocka_unit_test(sizes_are_capped),
        cmocka_unit_test(an_unknown_format_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

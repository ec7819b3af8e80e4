/* Packs of proto/reading.proto that are not ours: written with the generated code, whole and broken. */
#include "tests/unit/codec/support.h"

#include "base/limits.h"
#include "proto/reading.pb-c.h"

#define ID "probe-7"

static void decode(upload *u, const Outrider__V1__Pack *pack, const char *identity)
{
    static uint8_t bytes[2 * OTR_LIMIT_UPLOAD_BYTES];
    assert_true(outrider__v1__pack__get_packed_size(pack) <= sizeof bytes);
    size_t size = outrider__v1__pack__pack(pack, bytes);
    upload_decode(u, OTR_FORMAT_READING, (otr_bytes){bytes, size}, identity);
}

static void refused(const Outrider__V1__Pack *pack, otr_status status, const char *reason)
{
    upload u;
    decode(&u, pack, ID);
    expect_refused(&u, status, reason);
    upload_done(&u);
}

static Outrider__V1__Metric metric_of(const char *name, const char *unit, Outrider__V1__Kind kind)
{
    Outrider__V1__Metric metric = OUTRIDER__V1__METRIC__INIT;
    metric.metric = (char *)name;
    metric.unit = (char *)unit;
    metric.kind = kind;
    return metric;
}

static void the_smallest_pack_is_one_reading_taken_now(void **state)
{
    (void)state;
    Outrider__V1__Pack pack = OUTRIDER__V1__PACK__INIT;
    Outrider__V1__Metric metric = metric_of("temperature", "", OUTRIDER__V1__KIND__KIND_NUMBER);
    Outrider__V1__Metric *metrics[] = {&metric};
    double number = 4.2;
    metric.relative = 1;
    pack.n_metrics = 1;
    pack.metrics = metrics;
    pack.n_number = 1;
    pack.number = &number;
    upload u;
    decode(&u, &pack, ID);
    expect_number(&u, 0, "temperature", "Cel", 4.2);
    expect_time(&u, 0, OTR_STAMP_RELATIVE, 0);
    assert_true(otr_str_is(u.message.device, ID));
    upload_done(&u);
    decode(&u, &pack, "");
    expect_refused(&u, OTR_INVALID, "the pack has no device name");
    upload_done(&u);
}

static void columns_times_and_units_come_together(void **state)
{
    (void)state;
    Outrider__V1__Pack pack = OUTRIDER__V1__PACK__INIT;
    Outrider__V1__Metric list[] = {metric_of("3303/0/5700", "K", OUTRIDER__V1__KIND__KIND_NUMBER),
                                   metric_of("door", "", OUTRIDER__V1__KIND__KIND_BOOL),
                                   metric_of("location", "", OUTRIDER__V1__KIND__KIND_LOCATION),
                                   metric_of("Own Text", "", OUTRIDER__V1__KIND__KIND_TEXT)};
    Outrider__V1__Metric *metrics[] = {&list[0], &list[1], &list[2], &list[3]};
    uint32_t metric[] = {0, 1, 0, 2, 3};
    int64_t deltas[] = {0, 1, 999999, -5, 0};
    double numbers[] = {273.15, 283.15};
    protobuf_c_boolean flag = 1;
    char text[] = "ok";
    char *texts[] = {text};
    double latitude = 52.5;
    double longitude = 4.5;
    uint32_t bad[] = {2};
    char device[] = ID;
    pack.device = device;
    pack.base_time_us = 1714521600000000;
    pack.n_metrics = 4;
    pack.metrics = metrics;
    pack.n_metric = 5;
    pack.metric = metric;
    pack.n_time_delta_us = 5;
    pack.time_delta_us = deltas;
    pack.n_number = 2;
    pack.number = numbers;
    pack.n_flag = 1;
    pack.flag = &flag;
    pack.n_text = 1;
    pack.text = texts;
    pack.n_latitude = pack.n_longitude = 1;
    pack.latitude = &latitude;
    pack.longitude = &longitude;
    pack.n_bad = 1;
    pack.bad = bad;
    upload u;
    decode(&u, &pack, "");
    expect_number(&u, 0, "temperature", "Cel", 0);
    expect_number(&u, 2, "temperature", "Cel", 10);
    expect_time(&u, 0, OTR_STAMP_ABSOLUTE, 1714521600000000);
    expect_time(&u, 1, OTR_STAMP_ABSOLUTE, 1714521600000001);
    expect_time(&u, 2, OTR_STAMP_ABSOLUTE, 1714521601000000);
    expect_time(&u, 3, OTR_STAMP_ABSOLUTE, 1714521600999995);
    assert_int_equal(u.message.readings[2].quality, OTR_QUALITY_BAD);
    assert_int_equal(u.message.readings[1].quality, OTR_QUALITY_GOOD);
    assert_true(otr_str_is(u.message.readings[4].metric, "own_text"));
    upload_done(&u);

    char other[] = "probe-8";
    pack.device = other;
    refused(&pack, OTR_DENIED, "reports as probe-8, but this session is probe-7");
    pack.device = device;
    latitude = 91;
    refused(&pack, OTR_INVALID, "reading 3: latitude 91 is outside -90..90");
    latitude = 52.5;
    metric[4] = 4;
    refused(&pack, OTR_INVALID, "reading 4: metric 4 of 4");
    metric[4] = 3;
    bad[0] = 9;
    refused(&pack, OTR_INVALID, "bad does not name readings in ascending order");
    bad[0] = 2;
    pack.n_number = 1;
    refused(&pack, OTR_INVALID, "reading 2: its column has no value left");
    pack.n_number = 2;
    pack.n_longitude = 0;
    refused(&pack, OTR_INVALID, "reading 3: its column has no value left");
    pack.n_longitude = 1;
    pack.n_metric = pack.n_time_delta_us = 4;
    refused(&pack, OTR_INVALID, "more values than readings");
    pack.n_metric = 5;
    refused(&pack, OTR_INVALID, "4 times for 5 readings");
    pack.n_time_delta_us = 5;
    deltas[4] = INT64_MAX;
    refused(&pack, OTR_INVALID, "reading 4: the time is out of range");
    deltas[4] = 0;
    text[0] = (char)0xff;
    refused(&pack, OTR_INVALID, "reading 4: the text is not UTF-8 without NUL");
    text[0] = 'o';
    list[1].kind = (Outrider__V1__Kind)9;
    refused(&pack, OTR_INVALID, "metric 1: kind 9 is unknown");
    list[1] = metric_of("temperature", "", OUTRIDER__V1__KIND__KIND_BOOL);
    refused(&pack, OTR_INVALID, "reading 1: temperature takes a number, not a bool");
    list[1] = metric_of("lat", "", OUTRIDER__V1__KIND__KIND_NUMBER);
    refused(&pack, OTR_INVALID, "metric 1: half a location; send kind KIND_LOCATION");
    list[1] = metric_of("", "", OUTRIDER__V1__KIND__KIND_BOOL);
    refused(&pack, OTR_INVALID, "metric 1: the name has no metric");
    pack.n_metric = 0;
    refused(&pack, OTR_INVALID, "metric 1: the name has no metric");
    list[1] = metric_of("door", "", OUTRIDER__V1__KIND__KIND_BOOL);
    refused(&pack, OTR_INVALID, "several metrics and no metric column");
    pack.n_metrics = 0;
    refused(&pack, OTR_INVALID, "a pack has 1 to 1024 metrics, not 0");
}

static void counts_are_capped(void **state)
{
    (void)state;
    static protobuf_c_boolean flags[OTR_LIMIT_UPLOAD_READINGS + 1];
    Outrider__V1__Pack pack = OUTRIDER__V1__PACK__INIT;
    Outrider__V1__Metric metric = metric_of("door", "", OUTRIDER__V1__KIND__KIND_BOOL);
    Outrider__V1__Metric *metrics[] = {&metric};
    pack.n_metrics = 1;
    pack.metrics = metrics;
    pack.flag = flags;
    pack.n_flag = OTR_LIMIT_UPLOAD_READINGS;
    upload u;
    decode(&u, &pack, ID);
    assert_int_equal(u.status, OTR_OK);
    assert_int_equal(u.message.count, OTR_LIMIT_UPLOAD_READINGS);
    upload_done(&u);
    pack.n_flag++;
    refused(&pack, OTR_LIMIT, "8193 readings are over the limit of 8192");
}

static void what_is_no_protobuf_is_refused(void **state)
{
    (void)state;
    static const uint8_t rows[][4] = {
        {0x0a, 0x7f, 0x00, 0x00}, {0xff, 0xff, 0xff, 0xff}, {0x1a, 0x02, 0x0a, 0x09}};
    for (size_t i = 0; i < 3; i++) {
        upload u;
        upload_decode(&u, OTR_FORMAT_READING, (otr_bytes){rows[i], 4}, ID);
        expect_refused(&u, OTR_INVALID, "not a protobuf Pack");
        upload_done(&u);
    }
}

static void unknown_fields_are_ignored(void **state)
{
    (void)state;
    /* metrics {metric: "x"}, number: 1.0, and field 200: "new" */
    static const uint8_t bytes[] = {0x1a, 0x03, 0x0a, 0x01, 'x',  0x31, 0,    0,   0,   0,
                                    0,    0,    0xf0, 0x3f, 0xc2, 0x0c, 0x03, 'n', 'e', 'w'};
    upload u;
    upload_decode(&u, OTR_FORMAT_READING, (otr_bytes){bytes, sizeof bytes}, ID);
    expect_number(&u, 0, "x", "", 1);
    upload_done(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_pack_is_one_reading_taken_now),
        cmocka_unit_test(columns_times_and_units_come_together),
        cmocka_unit_test(counts_are_capped),
        cmocka_unit_test(what_is_no_protobuf_is_refused),
        cmocka_unit_test(unknown_fields_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The map of a recording: what it takes, and that each mistake is refused at its place with a reason. */
#include "feed_fixture.h"

static const char full[] = "format: csv\n"
                           "separator: ';'\n"
                           "decimal: ','\n"
                           "comment: '#'\n"
                           "skip: 2\n"
                           "trailing: true\n"
                           "absent: ['', NA]\n"
                           "device: {column: mote, prefix: 'mote-'}\n"
                           "time: {column: 1, format: rfc3339, zone: '+02:00'}\n"
                           "metrics:\n"
                           "  temperature: {column: T, scale: 0.1, offset: -40, unit: Cel}\n"
                           "  shock: {magnitude: [x, y, z], scale: 0.001}\n"
                           "  location: {latitude: lat, longitude: lon}\n"
                           "  fix: {column: status, is: A}\n"
                           "  door: {column: D, true: [open, ajar], false: [shut]}\n"
                           "  fault: {column: code}\n";

static void a_full_map_is_read(void **state)
{
    (void)state;
    otr_feed_map map;
    otr_error error = {0};
    assert_int_equal(otr_feed_map_load(otr_str_of(full), &map, &error), OTR_OK);
    assert_int_equal(map.format, OTR_FEED_CSV);
    assert_int_equal(map.separator, ';');
    assert_int_equal(map.decimal, ',');
    assert_int_equal(map.comment, '#');
    assert_int_equal(map.skip, 2);
    assert_true(map.trailing);
    assert_true(map.header);
    assert_int_equal(map.absent_count, 2);
    assert_true(otr_str_is(map.device_prefix, "mote-"));
    assert_true(otr_str_is(map.zone, "+02:00"));
    assert_int_equal(map.metric_count, 6);
    assert_float_equal(map.metrics[0].offset, -40, 0);
    assert_int_equal(map.metrics[1].kind, OTR_FEED_MAGNITUDE_OF);
    assert_int_equal(map.metrics[1].column_count, 3);
    assert_true(otr_str_is(map.metrics[1].unit, "g")); /* from the catalogue */
    assert_int_equal(map.metrics[2].kind, OTR_FEED_LOCATION);
    assert_int_equal(map.metrics[3].kind, OTR_FEED_BOOL);
    assert_int_equal(map.metrics[4].truth_count, 2);
    assert_int_equal(map.metrics[4].falsehood_count, 1);
    assert_int_equal(map.metrics[5].kind, OTR_FEED_TEXT);
    assert_int_equal(map.columns[map.time_column].number, 1);
    otr_feed_map_done(&map);
}

static void a_column_that_two_metrics_name_is_one_column(void **state)
{
    (void)state;
    otr_feed_map map;
    otr_error error = {0};
    const char *text = "format: csv\ndevice: d\ntime: {column: t, format: epoch_s}\n"
                       "metrics: {temperature: {column: a}, humidity: {column: a}}\n";
    assert_int_equal(otr_feed_map_load(otr_str_of(text), &map, &error), OTR_OK);
    assert_int_equal(map.column_count, 2);
    assert_int_equal(map.metrics[0].columns[0], map.metrics[1].columns[0]);
    otr_feed_map_done(&map);
}

#define HEAD "format: csv\ndevice: d\n"
#define TIME "time: {column: t, format: epoch_s}\n"
#define TAIL "metrics: {temperature: {column: a}}\n"

static const struct {
    const char *map;
    int line;
    int column;
    const char *reason;
} refused[] = {
    {"", 1, 1, "format"},
    {"format: xml\n", 1, 9, "csv or json"},
    {HEAD TIME, 1, 1, "metrics is missing"},
    {HEAD TAIL, 1, 1, "time is missing"},
    {"format: csv\n" TIME TAIL, 1, 1, "device"},
    {HEAD TIME TAIL "seperator: ';'\n", 5, 1, "separator"},
    {HEAD TIME TAIL "separator: ab\n", 5, 12, "expected"},
    {HEAD TIME TAIL "decimal: ','\n", 1, 1, "comma"},
    {HEAD TIME TAIL "header: false\ncells: 2\n", 3, 16, "numbered columns"},
    {"format: csv\ndevice: 'a b'\n" TIME TAIL, 2, 9, "device name"},
    {"format: csv\ndevice: {prefix: x}\n" TIME TAIL, 2, 9, "column is missing"},
    {"format: csv\nheader: false\ndevice: d\ntime: {column: 1, format: epoch_s}\nmetrics: {temperature: "
     "{column: 2}}\n",
     1, 1, "cells"},
    {HEAD "time: {column: t, format: unix}\n" TAIL, 3, 27, "epoch_s"},
    {HEAD "time: {column: t, format: index}\n" TAIL, 3, 7, "step is missing"},
    {HEAD "time: {column: t, format: index, step: 0s}\n" TAIL, 3, 40, "above 0"},
    {HEAD "time: {column: t, format: epoch_s, step: 5s}\n" TAIL, 3, 42, "index only"},
    {HEAD "time: {column: t, format: epoch_s, base: 2020-01-01T00:00:00Z}\n" TAIL, 3, 42,
     "elapsed_s and index"},
    {HEAD "time: {column: t, format: elapsed_s, base: soon}\n" TAIL, 3, 44, "2020-05-05"},
    {HEAD "time: {column: t, format: rfc3339, zone: CET}\n" TAIL, 3, 42, "offset"},
    {HEAD "time: {column: 0, format: epoch_s}\n" TAIL, 3, 16, ""},
    {HEAD TIME "metrics: {}\n", 4, 10, "1 to 64"},
    {HEAD TIME "metrics: {Temperature: {column: a}}\n", 4, 11, "small letters"},
    {HEAD TIME "metrics: {temperature: {}}\n", 4, 24, "one of column"},
    {HEAD TIME "metrics: {temperature: {column: a, magnitude: [b, c]}}\n", 4, 24, "one of column"},
    {HEAD TIME "metrics: {shock: {magnitude: [a]}}\n", 4, 30, "two or three"},
    {HEAD TIME "metrics: {shock: {magnitude: [a, b, c, d]}}\n", 4, 40, "two or three"},
    {HEAD TIME "metrics: {location: {latitude: a}}\n", 4, 21, "latitude with longitude"},
    {HEAD TIME "metrics: {door: {column: a, is: x, true: [y]}}\n", 4, 17, "either is"},
    {HEAD TIME "metrics: {door: {column: a, true: []}}\n", 4, 35, "at least one"},
    {HEAD TIME "metrics: {door: {column: a, scale: 2}}\n", 4, 17, "for numbers"},
    {HEAD TIME "metrics: {temperature: {column: a, scale: much}}\n", 4, 43, ""},
    {HEAD TIME "metrics: {temperature: {column: a, none: [x]}}\n", 4, 42, "none is for texts"},
    {"format: json\ndevice: d\nheader: true\n" TIME TAIL, 3, 1, "csv only"},
    {"format: json\ndevice: d\n" TIME "metrics: {temperature: {column: 3}}\n", 4, 33, "give the key"},
};

static void each_mistake_is_refused_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        otr_feed_map map;
        otr_error error = {0};
        if (otr_feed_map_load(otr_str_of(refused[i].map), &map, &error) == OTR_OK)
            fail_msg("accepted:\n%s", refused[i].map);
        if (error.line != refused[i].line || error.column != refused[i].column ||
            strstr(error.text, refused[i].reason) == NULL)
            fail_msg("%s\ngave %d:%d: %s", refused[i].map, error.line, error.column, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_map_is_read),
        cmocka_unit_test(a_column_that_two_metrics_name_is_one_column),
        cmocka_unit_test(each_mistake_is_refused_at_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

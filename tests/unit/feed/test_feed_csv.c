/* CSV recordings: RFC 4180 and the declared liberties; every row that breaks its format is refused with its
 * line and never guessed. */
#include "feed_fixture.h"

#include <stdio.h>

#define MAP "format: csv\ndevice: d\ntime: {column: t, format: epoch_s}\n"
#define METRIC "metrics: {temperature: {column: v}}\n"

static void rows_come_in_the_order_of_the_file(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "t,v\n1500000000,1.5\r\n1500000000.25,-2e1\n1400000000,+.5");
    expect_number(&recording, 2, 1.5);
    assert_int_equal(recording.row.at_us, 1500000000 * OTR_SECOND);
    assert_true(otr_str_is(recording.row.device, "d"));
    assert_true(otr_str_is(recording.row.readings[0].unit, "Cel"));
    expect_number(&recording, 3, -20);
    assert_int_equal(recording.row.at_us, 1500000000250 * OTR_MS);
    expect_number(&recording, 4, 0.5);
    expect_end(&recording);
    close_recording(&recording);
}

static void a_quoted_cell_may_hold_separators_quotes_and_line_breaks(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP "metrics: {fault: {column: v}}\n",
                   "t,note,v\n\"1500000000\",\"a,b\nc\",\"say \"\"no\"\"\" \n1500000001,\"\",x\n");
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_int_equal(recording.row.line, 2);
    assert_true(otr_str_is(recording.row.readings[0].text, "say \"no\""));
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_int_equal(recording.row.line, 4);
    expect_end(&recording);
    close_recording(&recording);
}

static void a_stray_quote_costs_one_row(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC,
                   "t,v\n1500000000,\"1\n1500000001,2\n1500000002,3\"4\n1500000003,\"5\"6\n1500000004,7\n");
    expect_refused(&recording, 2, "text after the closing quote"); /* the next quote closes it, in line 4 */
    expect_number(&recording, 3, 2);
    expect_refused(&recording, 4, "quote inside");
    expect_refused(&recording, 5, "text after");
    expect_number(&recording, 6, 7);
    expect_end(&recording);
    close_recording(&recording);
}

static void a_quote_that_is_never_closed_costs_one_row(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "t,v\n1500000000,\"1\n1500000001,2\n");
    expect_refused(&recording, 2, "not closed");
    expect_number(&recording, 3, 2);
    expect_end(&recording);
    close_recording(&recording);
}

static void a_row_with_too_few_or_too_many_cells_is_refused(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "t,v\n1500000000\n1500000001,2\n1500000002,3,4\n1500000003,5,\n");
    expect_refused(&recording, 2, "1 cells, expected 2");
    expect_number(&recording, 3, 2);
    expect_refused(&recording, 4, "3 cells, expected 2");
    expect_refused(&recording, 5, "3 cells, expected 2"); /* a trailing separator must be declared */
    expect_end(&recording);
    close_recording(&recording);
}

static void a_declared_trailing_separator_may_stand_or_be_missing(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP "trailing: true\n" METRIC,
                   "t, v\n1500000000, 1,\r\n1500000001, 2\r\n1500000002, 3, \r\n1500000003,\r\n");
    expect_number(&recording, 2, 1);
    expect_number(&recording, 3, 2);
    expect_number(&recording, 4, 3);
    expect_refused(&recording, 5, "number expected, found \"\""); /* two cells, the second empty */
    expect_end(&recording);
    close_recording(&recording);
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const cells[] = {"x", "1x", "0x10", "inf", "nan", "1e",    "1e999",
                                        "-", ".",  "1,5",  "1 2", "--1", "1.2.3", ""};
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        otr_recording recording;
        char bytes[64];
        (void)snprintf(bytes, sizeof bytes, "t;v\n1500000000;%s\n", cells[i]);
        open_recording(&recording, MAP "separator: ';'\n" METRIC, bytes);
        expect_refused(&recording, 2, "column v: a number expected");
        close_recording(&recording);
    }
}

static void a_decimal_comma_is_read_and_a_point_is_then_refused(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP "separator: ';'\ndecimal: ','\n" METRIC,
                   "t;v\n1500000000;-1,25\n1500000001;1.25\n1500000002;-583.206.639\n");
    expect_number(&recording, 2, -1.25);
    expect_refused(&recording, 3, "number");
    expect_refused(&recording, 4, "number");
    expect_end(&recording);
    close_recording(&recording);
}

static void runs_of_blanks_separate_cells(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording,
                   "format: csv\nseparator: ' '\ndecimal: ','\nheader: false\ncells: 3\n"
                   "device: {column: 2, prefix: 'mote-'}\ntime: {column: 1, format: epoch_ms}\n"
                   "metrics: {temperature: {column: 3}}\n",
                   "  1164976515546 1   23,2\n1164976548187\t20 23 \n\n1164976548187 20\n");
    expect_number(&recording, 1, 23.2);
    assert_true(otr_str_is(recording.row.device, "mote-1"));
    assert_int_equal(recording.row.at_us, 1164976515546 * OTR_MS);
    expect_number(&recording, 2, 23);
    assert_true(otr_str_is(recording.row.device, "mote-20"));
    expect_refused(&recording, 4, "2 cells, expected 3");
    expect_end(&recording);
    close_recording(&recording);
}

static void skipped_lines_comments_and_a_byte_order_mark_are_left_out(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP "skip: 1\ncomment: '#'\n" METRIC,
                   "\xEF\xBB\xBFlogger 7\n# unit: C\nt,v\n# x\n1500000000,4\n");
    expect_number(&recording, 5, 4);
    assert_int_equal(recording.row.record, 1);
    expect_end(&recording);
    close_recording(&recording);
}

static void absent_cells_leave_their_metric_out(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(
        &recording,
        MAP
        "absent: ['', NA]\nmetrics: {temperature: {column: v}, location: {latitude: la, longitude: lo}}\n",
        "t,v,la,lo\n1500000000,NA,1,2\n1500000001,3,,\n1500000002,,,\n1500000003,,1,\n");
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_int_equal(recording.row.count, 1);
    assert_int_equal(recording.row.readings[0].kind, OTR_KIND_LOCATION);
    assert_float_equal(recording.row.readings[0].location.longitude, 2, 0);
    expect_number(&recording, 3, 3);
    assert_int_equal(recording.row.count, 1);
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_int_equal(recording.row.count, 0);
    expect_refused(&recording, 5, "some cells of location have a value");
    expect_end(&recording);
    close_recording(&recording);
}

static void values_are_scaled_and_axes_joined(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(
        &recording,
        MAP "metrics: {shock: {magnitude: [x, y, z], scale: 0.001}, temperature: {column: x, scale: 0.1, "
            "offset: -40}}\n",
        "t,x,y,z\n1500000000,200,-300,600\n");
    expect_number(&recording, 2, 0.7);
    assert_float_equal(recording.row.readings[1].number, -20, 1e-9);
    close_recording(&recording);
}

static void a_position_outside_the_globe_is_refused(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP "metrics: {location: {latitude: la, longitude: lo}}\n",
                   "t,la,lo\n1500000000,90.1,2\n1500000001,1,-180.5\n");
    expect_refused(&recording, 2, "latitude");
    expect_refused(&recording, 3, "longitude");
    close_recording(&recording);
}

static void cells_become_flags_as_the_map_says(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(
        &recording,
        MAP "metrics: {fix: {column: s, is: A}, door: {column: d, true: [open], false: [shut]}, moving: "
            "{column: m, true: ['1'], false: ['0']}}\n",
        "t,s,d,m\n1500000000,A,open,1\n1500000001,D,shut,0\n1500000002,A,ajar,1\n1500000003,A,open,2\n");
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_true(recording.row.readings[0].flag);
    assert_true(recording.row.readings[1].flag);
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_false(recording.row.readings[0].flag);
    assert_false(recording.row.readings[2].flag);
    expect_refused(&recording, 4, "true or false expected, found \"ajar\"");
    expect_refused(&recording, 5, "found \"2\"");
    close_recording(&recording);
}

static void a_text_that_says_that_there_is_none_is_empty(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording,
                   "format: csv\ndevice: car\ntime: {column: t, format: epoch_s}\n"
                   "metrics: {dtc: {column: codes, none: [\"4300\", \"NO CODES\"]}}\n",
                   "t,codes\n1600000000,4300\n1600000001,NO CODES\n1600000002,P0420\n1600000003,\n");
    static const char *const expected[] = {"", "", "P0420", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(next(&recording), OTR_FEED_ROW);
        assert_int_equal(recording.row.count, 1);
        assert_true(otr_str_is(recording.row.readings[0].text, expected[i]));
    }
    expect_end(&recording);
    close_recording(&recording);
}

static void local_stamps_get_the_zone_and_others_keep_theirs(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording,
                   "format: csv\ndevice: d\ntime: {column: t, format: rfc3339, zone: '+02:00'}\n" METRIC,
                   "t,v\n2020-05-05 09:21:56,1\n2020-05-05T09:21:56Z,2\n2020-05-05T09:21:56+0100,3\n5 "
                   "May,4\n2020-02-30 00:00:00,5\n");
    expect_number(&recording, 2, 1);
    otr_time local = recording.row.at_us;
    expect_number(&recording, 3, 2);
    assert_int_equal(recording.row.at_us - local, 2 * OTR_HOUR);
    expect_number(&recording, 4, 3);
    assert_int_equal(recording.row.at_us - local, OTR_HOUR);
    expect_refused(&recording, 5, "column t: a time expected");
    expect_refused(&recording, 6, "a time expected");
    close_recording(&recording);
}

static void counted_times_start_at_the_base(void **state)
{
    (void)state;
    otr_recording recording;
    otr_time base;
    assert_true(otr_time_parse(OTR_STR("2010-05-09T00:00:00Z"), &base));
    open_recording(&recording,
                   "format: csv\ndevice: d\ntime: {column: n, format: index, base: 2010-05-09T00:00:00Z, "
                   "step: 5s}\n" METRIC,
                   "n,v\n1,1\n4417,2\n");
    expect_number(&recording, 2, 1);
    assert_int_equal(recording.row.at_us, base + 5 * OTR_SECOND);
    expect_number(&recording, 3, 2);
    assert_int_equal(recording.row.at_us, base + 5 * OTR_SECOND * 4417);
    close_recording(&recording);
}

static void a_time_that_senml_reads_as_relative_is_refused(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "t,v\n268435455,1\n268435456,2\n-1,3\n1e18,4\n");
    expect_refused(&recording, 2, "1978-07-05");
    expect_number(&recording, 3, 2);
    expect_refused(&recording, 4, "1978-07-05");
    expect_refused(&recording, 5, "a time");
    close_recording(&recording);
}

static void a_column_that_is_not_there_fails_with_its_place_in_the_map(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "t,w\n1500000000,1\n");
    assert_int_equal(next(&recording), OTR_FEED_FAILED);
    assert_int_equal(recording.error.line, 4);
    assert_int_equal(recording.error.column, 33);
    close_recording(&recording);
    open_recording(&recording, MAP METRIC, "t,v,v\n1500000000,1,2\n");
    assert_int_equal(next(&recording), OTR_FEED_FAILED);
    assert_non_null(strstr(recording.error.text, "more than one"));
    close_recording(&recording);
    open_recording(&recording, MAP METRIC, "");
    assert_int_equal(next(&recording), OTR_FEED_FAILED);
    close_recording(&recording);
}

static void a_bad_device_name_is_refused(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording,
                   "format: csv\ndevice: {column: d}\ntime: {column: t, format: epoch_s}\n" METRIC,
                   "d,t,v\n,1500000000,1\na b,1500000000,1\na/b,1500000000,1\nab,1500000000,1\n");
    expect_refused(&recording, 2, "device name");
    expect_refused(&recording, 3, "device name");
    expect_refused(&recording, 4, "device name");
    expect_number(&recording, 5, 1);
    close_recording(&recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_the_order_of_the_file),
        cmocka_unit_test(a_quoted_cell_may_hold_separators_quotes_and_line_breaks),
        cmocka_unit_test(a_stray_quote_costs_one_row),
        cmocka_unit_test(a_quote_that_is_never_closed_costs_one_row),
        cmocka_unit_test(a_row_with_too_few_or_too_many_cells_is_refused),
        cmocka_unit_test(a_declared_trailing_separator_may_stand_or_be_missing),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(a_decimal_comma_is_read_and_a_point_is_then_refused),
        cmocka_unit_test(runs_of_blanks_separate_cells),
        cmocka_unit_test(skipped_lines_comments_and_a_byte_order_mark_are_left_out),
        cmocka_unit_test(absent_cells_leave_their_metric_out),
        cmocka_unit_test(values_are_scaled_and_axes_joined),
        cmocka_unit_test(a_position_outside_the_globe_is_refused),
        cmocka_unit_test(cells_become_flags_as_the_map_says),
        cmocka_unit_test(a_text_that_says_that_there_is_none_is_empty),
        cmocka_unit_test(local_stamps_get_the_zone_and_others_keep_theirs),
        cmocka_unit_test(counted_times_start_at_the_base),
        cmocka_unit_test(a_time_that_senml_reads_as_relative_is_refused),
        cmocka_unit_test(a_column_that_is_not_there_fails_with_its_place_in_the_map),
        cmocka_unit_test(a_bad_device_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

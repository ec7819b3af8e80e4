/* JSON recordings: objects one a line, in arrays, in arrays run together; a broken object is refused alone.
 */
#include "feed_fixture.h"

#define MAP "format: json\ndevice: {column: id}\ntime: {column: t, format: epoch_s}\n"
#define METRIC "metrics: {temperature: {column: v}}\n"
#define ROW(v) "{\"id\":\"a\",\"t\":1500000000,\"v\":" #v "}"

static void lines_arrays_and_arrays_run_together_are_the_same_rows(void **state)
{
    static const struct {
        const char *bytes;
        size_t lines[3];
    } forms[] = {
        {ROW(1) "\n" ROW(2) "\r\n" ROW(3) "\n", {1, 2, 3}},
        {"[" ROW(1) "," ROW(2) ",\n" ROW(3) "]", {1, 1, 2}},
        {"[" ROW(1) "," ROW(2) "][" ROW(3) "]", {1, 1, 1}},
        {"[]\n[" ROW(1) "]\n\n[" ROW(2) "][" ROW(3) "]\n[]", {2, 4, 4}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        otr_recording recording;
        open_recording(&recording, MAP METRIC, forms[i].bytes);
        for (size_t k = 0; k < 3; k++) {
            expect_number(&recording, forms[i].lines[k], (double)k + 1);
            assert_int_equal(recording.row.record, k + 1);
            assert_true(otr_str_is(recording.row.device, "a"));
        }
        expect_end(&recording);
        close_recording(&recording);
    }
}

static void a_missing_key_or_null_leaves_the_metric_out(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "{\"id\":\"a\",\"t\":1500000000}\n" ROW(null));
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_int_equal(recording.row.count, 0);
    assert_int_equal(next(&recording), OTR_FEED_ROW);
    assert_int_equal(recording.row.count, 0);
    expect_end(&recording);
    close_recording(&recording);
}

static void a_missing_device_or_time_is_refused(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "{\"t\":1500000000,\"v\":1}\n{\"id\":\"a\",\"v\":1}\n" ROW(3));
    expect_refused(&recording, 1, "column id: a device name expected, found nothing");
    expect_refused(&recording, 2, "column t: a number expected, found nothing");
    expect_number(&recording, 3, 3);
    close_recording(&recording);
}

static void numbers_flags_texts_and_paths_are_read(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(
        &recording,
        "format: json\ndevice: {column: id, prefix: 'imei-'}\ntime: {column: at.utc, format: rfc3339}\n"
        "metrics:\n  temperature: {column: s.t}\n  door: {column: open}\n  fault: {column: code}\n"
        "  humidity: {column: h}\n",
        "{\"id\":355,\"at\":{\"utc\":\"2019-03-21T17:40:14.488Z\"},\"s\":{\"t\":25.181},\"open\":true,"
        "\"code\":\"P0143\",\"h\":\"44.5\"}");
    expect_number(&recording, 1, 25.181);
    assert_true(otr_str_is(recording.row.device, "imei-355"));
    assert_true(recording.row.readings[1].flag);
    assert_true(otr_str_is(recording.row.readings[2].text, "P0143"));
    assert_float_equal(recording.row.readings[3].number, 44.5, 0);
    char text[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(recording.row.at_us, text);
    assert_string_equal(text, "2019-03-21T17:40:14.488Z");
    close_recording(&recording);
}

static void a_value_of_another_kind_is_refused(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, ROW("warm") "\n" ROW(true) "\n" ROW([1]) "\n" ROW({}) "\n" ROW(4));
    expect_refused(&recording, 1, "found \"warm\"");
    expect_refused(&recording, 2, "found true");
    expect_refused(&recording, 3, "v is not a single value");
    expect_refused(&recording, 4, "v is not a single value");
    expect_number(&recording, 5, 4);
    close_recording(&recording);
}

static void a_broken_object_is_refused_alone(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC,
                   "{\"id\":\"a\",\"t\":1500000000,\"v\":}\n" ROW(2) "\n{\"id\":\"a\",\"v\n" ROW(
                       4) "\n"
                          "{\"id\":\"a\",\"id\":\"b\",\"t\":1500000000,\"v\":1}\nhello\n" ROW(7));
    expect_refused(&recording, 1, "not JSON");
    expect_number(&recording, 2, 2);
    expect_refused(&recording, 3, "not closed");
    expect_number(&recording, 4, 4);
    expect_refused(&recording, 5, "duplicate");
    expect_refused(&recording, 6, "an object expected");
    expect_number(&recording, 7, 7);
    expect_end(&recording);
    close_recording(&recording);
}

static void a_file_that_ends_in_mid_object_or_array_says_so(void **state)
{
    (void)state;
    otr_recording recording;
    open_recording(&recording, MAP METRIC, "[" ROW(1) ",\n{\"id\":\"a\",\"t\":15");
    expect_number(&recording, 1, 1);
    expect_refused(&recording, 2, "not closed");
    expect_refused(&recording, 3, "the array of line 1");
    expect_end(&recording);
    close_recording(&recording);
    open_recording(&recording, MAP METRIC, "[" ROW(1) "\n[" ROW(2) "]");
    expect_number(&recording, 1, 1);
    expect_refused(&recording, 2, "before that of line 1 is closed");
    expect_number(&recording, 2, 2);
    expect_end(&recording);
    close_recording(&recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_arrays_and_arrays_run_together_are_the_same_rows),
        cmocka_unit_test(a_missing_key_or_null_leaves_the_metric_out),
        cmocka_unit_test(a_missing_device_or_time_is_refused),
        cmocka_unit_test(numbers_flags_texts_and_paths_are_read),
        cmocka_unit_test(a_value_of_another_kind_is_refused),
        cmocka_unit_test(a_broken_object_is_refused_alone),
        cmocka_unit_test(a_file_that_ends_in_mid_object_or_array_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

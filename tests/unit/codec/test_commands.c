/* codec/commands: the pack that GET /c answers, read by the decoders of uploads as by a stranger; and the ids
 * that POST /c says. */
#include "codec/commands.h"
#include "codec/readings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const otr_device_command_item items[] = {
    {.id = {{0xab, 1}}, .name = {"boost_cooling", 13}, .is_flag = true, .flag = true},
    {.id = {{0xcd, 2}}, .name = {"set_point", 9}, .unit = {"Cel", 3}, .number = 3.25},
    {.id = {{0xef, 3}}, .name = {"fan", 3}, .is_flag = true},
};

static void commands_in_json_are_senml_with_an_id(void **state)
{
    (void)state;
    otr_buffer out = {0};
    otr_commands_encode(&out, OTR_FORMAT_SENML_JSON, OTR_STR("f1"), items, 3);
    static const char wanted[] =
        "[{\"bn\":\"f1/\",\"n\":\"boost_cooling\",\"vb\":true,\"id\":\"ab010000000000000000000000000000\"},"
        "{\"n\":\"set_point\",\"u\":\"Cel\",\"v\":3.25,\"id\":\"cd020000000000000000000000000000\"},"
        "{\"n\":\"fan\",\"vb\":false,\"id\":\"ef030000000000000000000000000000\"}]";
    assert_false(out.failed);
    if (!otr_str_is(otr_buffer_text(&out), wanted))
        fail_msg("%.*s", OTR_STR_ARG(otr_buffer_text(&out)));
    otr_buffer_done(&out);
}

static void who_does_not_know_the_id_reads_both_spellings(void **state)
{
    (void)state;
    static const unsigned formats[] = {OTR_FORMAT_SENML_JSON, OTR_FORMAT_SENML_CBOR};
    for (size_t f = 0; f < 2; f++) {
        otr_buffer out = {0};
        otr_arena arena = {0};
        otr_message message;
        otr_error error;
        otr_commands_encode(&out, formats[f], OTR_STR("f1"), items, 3);
        if (otr_readings_decode(&arena, formats[f], otr_buffer_bytes(&out), OTR_STR("f1"), &message,
                                &error) != OTR_OK)
            fail_msg("format %u: %s", formats[f], error.text);
        assert_true(otr_str_is(message.device, "f1"));
        assert_int_equal(message.count, 3);
        assert_true(otr_str_is(message.readings[0].metric, "boost_cooling"));
        assert_true(message.readings[0].flag);
        assert_true(message.readings[1].number == 3.25);
        assert_false(message.readings[2].flag);
        otr_arena_done(&arena);
        otr_buffer_done(&out);
    }
}

static void as_many_as_a_device_can_have_fit_one_message(void **state)
{
    (void)state;
    otr_device_command_item most[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    char name[OTR_LIMIT_METRIC_NAME_BYTES];
    char device[OTR_LIMIT_DEVICE_NAME_BYTES];
    memset(name, 'n', sizeof name);
    memset(device, 'd', sizeof device);
    for (size_t i = 0; i < OTR_LIMIT_DEVICE_COMMANDS_OPEN; i++)
        most[i] = (otr_device_command_item){
            .name = {name, sizeof name}, .unit = {"0123456789abcdef", 16}, .number = -1.23456789012345e-300};
    otr_buffer out = {0};
    otr_commands_encode(&out, OTR_FORMAT_SENML_JSON, (otr_str){device, sizeof device}, most,
                        OTR_LIMIT_DEVICE_COMMANDS_OPEN);
    assert_in_range(out.size, 1, 1024);
    otr_buffer_done(&out);
}

static void none_is_an_empty_pack(void **state)
{
    (void)state;
    otr_buffer out = {0};
    otr_commands_encode(&out, OTR_FORMAT_SENML_JSON, OTR_STR("f1"), NULL, 0);
    assert_true(otr_str_is(otr_buffer_text(&out), "[]"));
    otr_buffer_clear(&out);
    otr_commands_encode(&out, OTR_FORMAT_SENML_CBOR, OTR_STR("f1"), NULL, 0);
    assert_int_equal(out.size, 1);
    assert_int_equal(out.data[0], 0x80);
    otr_buffer_done(&out);
}

#define ID "ab010000000000000000000000000000"
#define OTHER "0123456789abcdef0123456789abcdef"

static void ids_are_read_whatever_stands_between_them(void **state)
{
    (void)state;
    static const char *const texts[] = {ID "\n" OTHER, " " ID "," OTHER "\r\n", ID ", \n" OTHER " "};
    otr_id ids[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    size_t count = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(otr_commands_parse(otr_str_of(texts[i]), ids, &count, NULL), OTR_OK);
        assert_int_equal(count, 2);
        assert_true(otr_id_equal(ids[0], items[0].id));
        assert_int_equal(ids[1].bytes[15], 0xef);
    }
}

static void what_is_no_list_of_ids_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        otr_status status;
    } rows[] = {
        {"", OTR_INVALID},
        {"\n", OTR_INVALID},
        {"ab01", OTR_INVALID},
        {"AB010000000000000000000000000000", OTR_INVALID},
        {ID "0", OTR_INVALID},
        {"xb010000000000000000000000000000", OTR_INVALID},
        {"{\"id\":\"" ID "\"}", OTR_INVALID},
        {ID ID, OTR_INVALID},
        {ID " " ID " " ID " " ID, OTR_OK},
        {ID " " ID " " ID " " ID " " ID, OTR_LIMIT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_id ids[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
        size_t count;
        otr_error error;
        otr_status status = otr_commands_parse(otr_str_of(rows[i].text), ids, &count, &error);
        if (status != rows[i].status)
            fail_msg("row %zu: %s", i, otr_status_text(status));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_in_json_are_senml_with_an_id),
        cmocka_unit_test(who_does_not_know_the_id_reads_both_spellings),
        cmocka_unit_test(as_many_as_a_device_can_have_fit_one_message),
        cmocka_unit_test(none_is_an_empty_pack),
        cmocka_unit_test(ids_are_read_whatever_stands_between_them),
        cmocka_unit_test(what_is_no_list_of_ids_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

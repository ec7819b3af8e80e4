/* CloudEvents in one piece, as MQTT 3.1.1 carries them. */
#include "codec/cloudevent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const otr_attribute attributes[] = {
    {OTR_STR("specversion"), OTR_STR("1.0")},
    {OTR_STR("id"), OTR_STR("0a0b")},
    {OTR_STR("subject"), OTR_STR("K\xc3\xbche \"7\"\\")},
    {OTR_STR("severitynumber"), OTR_STR("17")},
};
enum { COUNT = sizeof attributes / sizeof attributes[0] };

static otr_bytes bytes_of(const char *text)
{
    return (otr_bytes){(const uint8_t *)text, strlen(text)};
}

static void expect_written(const char *content_type, const char *data, const char *expected)
{
    otr_buffer out = {0};
    assert_int_equal(otr_cloudevent_write(&out, attributes, COUNT, otr_str_of(content_type), bytes_of(data)),
                     OTR_OK);
    otr_buffer_add_u8(&out, 0);
    assert_string_equal((const char *)out.data, expected);
    otr_buffer_done(&out);
}

#define HEAD                                                                                                 \
    "{\"specversion\":\"1.0\",\"id\":\"0a0b\",\"subject\":\"K\xc3\xbche "                                    \
    "\\\"7\\\"\\\\\",\"severitynumber\":17,"

static void json_is_a_value_and_all_else_base64(void **state)
{
    (void)state;
    expect_written("application/json", "{\"a\": [1]}",
                   HEAD "\"datacontenttype\":\"application/json\",\"data\":{\"a\": [1]}}");
    expect_written("application/protobuf", "\x01\xff",
                   HEAD "\"datacontenttype\":\"application/protobuf\",\"data_base64\":\"Af8=\"}");
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    static const char *const types[] = {"application/json", "application/protobuf"};
    for (size_t t = 0; t < 2; t++) {
        otr_buffer out = {0};
        otr_arena arena = {0};
        otr_cloudevent back;
        otr_error error = {0};
        assert_int_equal(
            otr_cloudevent_write(&out, attributes, COUNT, otr_str_of(types[t]), bytes_of("[true,\"x\"]")),
            OTR_OK);
        assert_int_equal(otr_cloudevent_read(&arena, otr_buffer_bytes(&out), &back, &error), OTR_OK);
        assert_true(otr_str_is(back.content_type, types[t]));
        assert_int_equal(back.data.size, 10);
        assert_memory_equal(back.data.data, "[true,\"x\"]", 10);
        assert_int_equal(back.attribute_count, COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(otr_str_equal(back.attributes[i].name, attributes[i].name));
            assert_true(otr_str_equal(back.attributes[i].value, attributes[i].value));
        }
        otr_arena_done(&arena);
        otr_buffer_done(&out);
    }
}

static void a_service_event_is_read_from_a_whole_one(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_service_event event;
    otr_error error = {0};
    const char *text =
        "{\"specversion\":\"1.0\",\"data\":{\"kind\":\"alarm\",\"what\":\"raised\",\"asset\":\"a1\"}}";
    assert_int_equal(otr_service_decode(&arena, OTR_STR(""), bytes_of(text), &event, &error), OTR_OK);
    assert_true(otr_str_is(event.asset, "a1"));
    assert_int_equal(otr_service_decode(&arena, OTR_STR("application/cloudevents+json; charset=utf-8"),
                                        bytes_of(text), &event, &error),
                     OTR_OK);
    assert_int_equal(otr_service_decode(&arena, OTR_STR("application/json"), bytes_of(text), &event, &error),
                     OTR_INVALID);
    otr_arena_done(&arena);
}

static void documents_that_are_no_events_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "[]",
        "7",
        "{\"data\":1}",
        "{\"specversion\":1.0,\"data\":1}",
        "{\"specversion\":\"0.3\",\"data\":1}",
        "{\"specversion\":\"1.0\"}",
        "{\"specversion\":\"1.0\",\"data\":1,\"data_base64\":\"\"}",
        "{\"specversion\":\"1.0\",\"data_base64\":7}",
        "{\"specversion\":\"1.0\",\"data_base64\":\"A\"}",
        "{\"specversion\":\"1.0\",\"id\":\"a\",\"id\":\"b\",\"data\":1}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_cloudevent event;
        otr_error error = {0};
        assert_int_equal(otr_cloudevent_read(&arena, bytes_of(rows[i]), &event, &error), OTR_INVALID);
        assert_true(error.text[0] != '\0');
        assert_int_equal(otr_cloudevent_read(&arena, bytes_of(rows[i]), &event, NULL), OTR_INVALID);
        otr_arena_done(&arena);
    }
}

static void extensions_beyond_the_limit_are_passed_over(void **state)
{
    (void)state;
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "{\"specversion\":\"1.0\",\"data\":null");
    for (int i = 0; i < 2 * OTR_CLOUDEVENT_ATTRIBUTES_MAX; i++)
        otr_buffer_add_format(&text, ",\"x%d\":%s", i, i % 2 == 0 ? "true" : "3");
    otr_buffer_add_u8(&text, '}');
    otr_arena arena = {0};
    otr_cloudevent event;
    assert_int_equal(otr_cloudevent_read(&arena, otr_buffer_bytes(&text), &event, NULL), OTR_OK);
    assert_int_equal(event.attribute_count, OTR_CLOUDEVENT_ATTRIBUTES_MAX);
    assert_true(otr_str_is(event.attributes[1].value, "true") && otr_str_is(event.attributes[2].value, "3"));
    otr_arena_done(&arena);
    otr_buffer_done(&text);
}

static void a_text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    const otr_attribute bad = {OTR_STR("subject"), OTR_STR("\xff")};
    otr_buffer out = {0};
    assert_int_equal(otr_cloudevent_write(&out, &bad, 1, OTR_STR("application/json"), bytes_of("1")),
                     OTR_INVALID);
    assert_int_equal(out.size, 0);
    otr_buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_a_value_and_all_else_base64),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(a_service_event_is_read_from_a_whole_one),
        cmocka_unit_test(documents_that_are_no_events_are_refused),
        cmocka_unit_test(extensions_beyond_the_limit_are_passed_over),
        cmocka_unit_test(a_text_that_is_not_utf8_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Orders and their envelopes: both forms carry the same, and each thing that is wrong is named. */
#include "base/limits.h"
#include "codec/base64.h"
#include "codec/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT(literal)                                                                                        \
    {                                                                                                        \
        (literal), sizeof(literal) - 1                                                                       \
    }

static const otr_order example = {
    .id = TEXT("4f1c-1"),
    .to = TEXT("depot/gw-1"),
    .counter = 1714557600000001,
    .until = 1714557600 * OTR_SECOND,
    .request = TEXT("{\"do\":\"ack\",\"alarm\":\"ab\",\"revision\":2}"),
    .reply_to = TEXT("outrider/v1/depot/gw-1/answer/kim"),
    .correlation = TEXT("7"),
};

static void assert_same(const otr_order *a, const otr_order *b)
{
    assert_true(otr_str_equal(a->id, b->id) && otr_str_equal(a->to, b->to));
    assert_true(a->counter == b->counter && a->until == b->until);
    assert_true(otr_str_equal(a->request, b->request));
    assert_true(otr_str_equal(a->reply_to, b->reply_to) && otr_str_equal(a->correlation, b->correlation));
}

static void an_order_is_the_same_in_protobuf_and_in_json(void **state)
{
    (void)state;
    for (int json = 0; json < 2; json++) {
        otr_arena arena = {0};
        otr_buffer bytes = {0};
        otr_order back;
        otr_error error;
        assert_int_equal(otr_order_write(&bytes, &example, json, &error), OTR_OK);
        assert_int_equal(otr_order_read(&arena, otr_buffer_bytes(&bytes), &back, &error), OTR_OK);
        assert_same(&back, &example);
        otr_buffer_done(&bytes);
        otr_arena_done(&arena);
    }
}

static void an_envelope_holds_the_very_bytes(void **state)
{
    static const uint8_t content[] = {0, 1, 2, 250, 0, 9, '{'};
    uint8_t signature[OTR_ORDER_SIGNATURE_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof signature; i++)
        signature[i] = (uint8_t)(255 - i);
    for (size_t size = 1; size <= sizeof content; size++)
        for (int json = 0; json < 2; json++) {
            otr_envelope envelope = {{content, size}, {{1, 2, 3}}, {signature, sizeof signature}};
            otr_envelope back;
            otr_arena arena = {0};
            otr_buffer bytes = {0};
            otr_error error;
            otr_envelope_write(&bytes, &envelope, json);
            assert_true(otr_envelope_is(otr_buffer_bytes(&bytes)));
            assert_int_equal(otr_envelope_read(&arena, otr_buffer_bytes(&bytes), &back, &error), OTR_OK);
            assert_int_equal(back.content.size, size);
            assert_memory_equal(back.content.data, content, size);
            assert_memory_equal(back.signature.data, signature, sizeof signature);
            assert_true(otr_id_equal(back.key, envelope.key));
            otr_buffer_done(&bytes);
            otr_arena_done(&arena);
        }
}

static void what_is_signed_begins_with_its_purpose(void **state)
{
    otr_buffer bytes = {0};
    (void)state;
    otr_order_message(&bytes, (otr_bytes){(const uint8_t *)"{}", 2});
    assert_int_equal(bytes.size, 21);
    assert_memory_equal(bytes.data, "outrider command 1\0{}", 21);
    otr_buffer_done(&bytes);
}

static void an_action_is_no_envelope(void **state)
{
    static const char action[] = "{\"id\":\"00\",\"action\":\"stop\",\"token\":\"signed\"}";
    (void)state;
    assert_false(otr_envelope_is((otr_bytes){(const uint8_t *)action, sizeof action - 1}));
    assert_false(otr_envelope_is((otr_bytes){NULL, 0}));
    assert_true(otr_envelope_is((otr_bytes){(const uint8_t *)"\x0a", 1}));
}

static void each_mistake_in_an_order_is_named(void **state)
{
    static const struct {
        const char *text;
        otr_status status;
        const char *reason;
    } rows[] = {
        {"{", OTR_INVALID, "line 1"},
        {"{\"id\":\"a\",\"id\":\"b\"}", OTR_INVALID, "duplicate"},
        {"{\"to\":\"g/w\"}", OTR_INVALID, "\"id\" is missing"},
        {"{\"id\":7}", OTR_INVALID, "\"id\" is no string"},
        {"{\"id\":\"a "
         "b\",\"to\":\"g/w\",\"counter\":1,\"until\":\"2024-05-01T12:00:00Z\",\"do\":{\"do\":\"x\"}}",
         OTR_INVALID, "printable"},
        {"{\"id\":\"a\",\"to\":\"\",\"counter\":1,\"until\":\"2024-05-01T12:00:00Z\",\"do\":{\"do\":\"x\"}}",
         OTR_INVALID, "GROUP/GATEWAY"},
        {"{\"id\":\"a\",\"to\":\"g/"
         "w\",\"counter\":0,\"until\":\"2024-05-01T12:00:00Z\",\"do\":{\"do\":\"x\"}}",
         OTR_INVALID, "counter"},
        {"{\"id\":\"a\",\"to\":\"g/"
         "w\",\"counter\":-1,\"until\":\"2024-05-01T12:00:00Z\",\"do\":{\"do\":\"x\"}}",
         OTR_INVALID, "counter"},
        {"{\"id\":\"a\",\"to\":\"g/"
         "w\",\"counter\":1.5,\"until\":\"2024-05-01T12:00:00Z\",\"do\":{\"do\":\"x\"}}",
         OTR_INVALID, "counter"},
        {"{\"id\":\"a\",\"to\":\"g/w\",\"counter\":9007199254740993,\"until\":\"2024-05-01T12:00:00Z\","
         "\"do\":{\"do\":\"x\"}}",
         OTR_INVALID, "counter"},
        {"{\"id\":\"a\",\"to\":\"g/w\",\"counter\":1,\"until\":\"soon\",\"do\":{\"do\":\"x\"}}", OTR_INVALID,
         "until"},
        {"{\"id\":\"a\",\"to\":\"g/w\",\"counter\":1,\"until\":\"2024-05-01T12:00:00Z\",\"do\":\"ack\"}",
         OTR_INVALID, "object with"},
        {"{\"do\":[[[[[[[[1]]]]]]]]}", OTR_LIMIT, "nested"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_order order;
        otr_error error = {.text = ""};
        otr_bytes content = {(const uint8_t *)rows[i].text, strlen(rows[i].text)};
        otr_status status = otr_order_read(&arena, content, &order, &error);
        if (status != rows[i].status || strstr(error.text, rows[i].reason) == NULL)
            fail_msg("%s: %s, %s", rows[i].text, otr_status_text(status), error.text);
        otr_arena_done(&arena);
    }
}

static void an_order_may_say_as_much_as_its_limits_say(void **state)
{
    static const struct {
        const char *before;
        const char *after;
        size_t most;
    } texts[] = {
        {"{\"id\":\"",
         "\",\"to\":\"g/w\",\"counter\":1,\"until\":\"2024-05-01T12:00:00Z\",\"do\":{\"do\":\"x\"}}",
         OTR_LIMIT_ORDER_ID_BYTES},
        {"{\"id\":\"a\",\"to\":\"g/"
         "w\",\"counter\":1,\"until\":\"2024-05-01T12:00:00Z\",\"do\":{\"do\":\"x\"},\"reply_to\":\"",
         "\"}", OTR_LIMIT_ORDER_TEXT_BYTES},
    };
    (void)state;
    _Static_assert(OTR_LIMIT_ORDER_COUNTER + 1 == 9007199254740993, "as the row above says");
    for (size_t i = 0; i < 2 * sizeof texts / sizeof texts[0]; i++) {
        char text[OTR_LIMIT_ORDER_TEXT_BYTES + 200];
        char word[OTR_LIMIT_ORDER_TEXT_BYTES + 2] = "";
        otr_arena arena = {0};
        otr_order order;
        otr_error error;
        memset(word, 'a', texts[i / 2].most + i % 2);
        int size = snprintf(text, sizeof text, "%s%s%s", texts[i / 2].before, word, texts[i / 2].after);
        otr_status status =
            otr_order_read(&arena, (otr_bytes){(const uint8_t *)text, (size_t)size}, &order, &error);
        assert_int_equal(status == OTR_OK, i % 2 == 0);
        otr_arena_done(&arena);
    }
}

static void an_envelope_is_refused_for_its_size_its_key_and_its_signature(void **state)
{
    static const struct {
        const char *text;
        const char *reason;
    } rows[] = {
        {"{\"signed\":\"YQ==\"}", "\"signature\" is missing"},
        {"{\"signed\":\"YQ=\",\"signature\":\"\",\"key\":\"\"}", "\"signed\" is no base64"},
        {"{\"signed\":\"YR==\",\"signature\":\"\",\"key\":\"\"}", "\"signed\" is no base64"},
        {"{\"signed\":\"YQ==\",\"signature\":\"YQ==\",\"key\":\"zz\"}", "\"key\""},
        {"{\"signed\":\"YQ==\",\"signature\":\"YQ==\",\"key\":\"00112233445566778899aabbccddeeff\"}",
         "64 bytes"},
        {"{\"signed\":\"\",\"signature\":\"YQ==\",\"key\":\"00112233445566778899aabbccddeeff\"}",
         "nothing is signed"},
        {"\x0a\x7f", "protobuf"},
    };
    otr_arena arena = {0};
    otr_envelope envelope;
    otr_error error = {.text = ""};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_bytes payload = {(const uint8_t *)rows[i].text, strlen(rows[i].text)};
        assert_int_equal(otr_envelope_read(&arena, payload, &envelope, &error), OTR_INVALID);
        if (strstr(error.text, rows[i].reason) == NULL)
            fail_msg("%s: %s", rows[i].text, error.text);
    }
    uint8_t *large = calloc(1, OTR_LIMIT_ENVELOPE_BYTES + 1);
    assert_int_equal(
        otr_envelope_read(&arena, (otr_bytes){large, OTR_LIMIT_ENVELOPE_BYTES + 1}, &envelope, &error),
        OTR_LIMIT);
    assert_non_null(strstr(error.text, "oversized"));
    free(large);
    otr_arena_done(&arena);
}

static void base64_has_one_spelling(void **state)
{
    static const char *const wrong[] = {
        "Y", "YQ", "YQ=", "YR==", "YWI", "YWJ=", "=YQ=", "Y===", "====", "YQ==YQ==", "YW Jj", "YWJ-"};
    otr_arena arena = {0};
    otr_bytes bytes;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (otr_base64_read(&arena, otr_str_of(wrong[i]), &bytes, NULL) != OTR_INVALID)
            fail_msg("%s was read", wrong[i]);
    assert_int_equal(otr_base64_read(&arena, OTR_STR("+/+/"), &bytes, NULL), OTR_OK);
    assert_memory_equal(bytes.data, "\xfb\xff\xbf", 3);
    otr_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_the_same_in_protobuf_and_in_json),
        cmocka_unit_test(an_envelope_holds_the_very_bytes),
        cmocka_unit_test(what_is_signed_begins_with_its_purpose),
        cmocka_unit_test(an_action_is_no_envelope),
        cmocka_unit_test(each_mistake_in_an_order_is_named),
        cmocka_unit_test(an_order_may_say_as_much_as_its_limits_say),
        cmocka_unit_test(an_envelope_is_refused_for_its_size_its_key_and_its_signature),
        cmocka_unit_test(base64_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* codec/sparkplug: bytes as another implementation writes them, what hosts send, and topics. That a stranger
 * reads what we write is shown by tests/conformance/sparkplug. */
#include "base/limits.h"
#include "codec/sparkplug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_value_takes_the_bytes_that_the_schema_gives_it(void **state)
{
    (void)state;
    otr_buffer out = {0};
    otr_sparkplug_metric metric = {.has_alias = true,
                                   .alias = 3,
                                   .at = 5 * OTR_MS,
                                   .type = OTR_SPARKPLUG_DOUBLE,
                                   .is_historical = true,
                                   .quality = OTR_SPARKPLUG_BAD,
                                   .number = 1.0};
    otr_sparkplug_begin(&out, 7 * OTR_MS);
    otr_sparkplug_add(&out, &metric);
    otr_sparkplug_seq(&out, 0);
    static const uint8_t wanted[] = {0x08, 7,                      /* timestamp */
                                     0x12, 0x20,                   /* metric */
                                     0x10, 3,    0x18, 5, 0x28, 1, /* alias, time, past */
                                     0x4a, 0x0f, 0x0a, 7, 'Q',  'u', 'a',  'l',  'i',
                                     't',  'y',  0x12, 4, 0x08, 3,   0x18, 0,          /* Int32 0 */
                                     0x69, 0,    0,    0, 0,    0,   0,    0xf0, 0x3f, /* 1.0 */
                                     0x18, 0};                                         /* seq, present */
    assert_false(out.failed);
    assert_int_equal(out.size, sizeof wanted);
    assert_memory_equal(out.data, wanted, sizeof wanted);
    otr_buffer_done(&out);
}

static void every_kind_reads_back(void **state)
{
    (void)state;
    otr_buffer out = {0};
    otr_arena arena = {0};
    otr_error error;
    otr_sparkplug_payload payload;
    otr_sparkplug_metric metrics[] = {
        {.name = OTR_STR("bdSeq"), .at = OTR_SECOND, .type = OTR_SPARKPLUG_INT64, .integer = -3},
        {.has_alias = true,
         .alias = 1ULL << 40,
         .at = OTR_TIME_NONE,
         .type = OTR_SPARKPLUG_DOUBLE,
         .number = -0.1},
        {.name = OTR_STR("door"), .at = OTR_TIME_NONE, .type = OTR_SPARKPLUG_BOOLEAN, .flag = true},
        {.name = OTR_STR("state"),
         .at = OTR_TIME_NONE,
         .type = OTR_SPARKPLUG_STRING,
         .text = OTR_STR("open")},
        {.name = OTR_STR("none"), .at = OTR_TIME_NONE, .type = OTR_SPARKPLUG_DOUBLE, .is_null = true},
    };
    enum { COUNT = sizeof metrics / sizeof *metrics };
    otr_sparkplug_begin(&out, OTR_TIME_NONE);
    for (size_t i = 0; i < COUNT; i++) {
        metrics[i].quality = OTR_SPARKPLUG_GOOD;
        metrics[i].unit = OTR_STR("Cel");
        metrics[i].tells_type = true;
        otr_sparkplug_add(&out, &metrics[i]);
    }
    otr_sparkplug_seq(&out, 255);
    assert_int_equal(otr_sparkplug_decode(&arena, otr_buffer_bytes(&out), &payload, &error), OTR_OK);
    assert_true(payload.at == OTR_TIME_NONE);
    assert_true(payload.has_seq && payload.seq == 255);
    assert_int_equal(payload.count, COUNT);
    assert_true(otr_str_is(payload.metrics[0].name, "bdSeq"));
    assert_true(payload.metrics[0].at == OTR_SECOND && payload.metrics[0].integer == -3);
    assert_true(payload.metrics[1].alias == 1ULL << 40);
    assert_true(payload.metrics[1].number == -0.1);
    assert_true(payload.metrics[2].flag);
    assert_true(otr_str_is(payload.metrics[3].text, "open"));
    assert_true(payload.metrics[4].is_null);
    otr_arena_done(&arena);
    otr_buffer_done(&out);
}

static otr_status decode(const void *bytes, size_t size)
{
    otr_arena arena = {0};
    otr_sparkplug_payload payload;
    otr_error error;
    otr_status status =
        otr_sparkplug_decode(&arena, (otr_bytes){(const uint8_t *)bytes, size}, &payload, &error);
    otr_arena_done(&arena);
    return status;
}

/* One metric of that datatype, after its value or before it. */
static otr_status number_of(uint64_t raw, uint8_t datatype, bool type_first, int64_t *number)
{
    otr_buffer metric = {0};
    otr_buffer out = {0};
    otr_arena arena = {0};
    otr_sparkplug_payload payload;
    otr_error error;
    for (int i = 0; i < 2; i++) {
        bool type = type_first == (i == 0);
        otr_buffer_add_u8(&metric, type ? 0x20 : 0x50);
        otr_buffer_add_varint(&metric, type ? datatype : raw);
    }
    otr_buffer_add_u8(&out, 0x12);
    otr_buffer_add_varint(&out, metric.size);
    otr_buffer_add(&out, metric.data, metric.size);
    otr_status status = otr_sparkplug_decode(&arena, otr_buffer_bytes(&out), &payload, &error);
    *number = status == OTR_OK ? payload.metrics[0].integer : 0;
    otr_arena_done(&arena);
    otr_buffer_done(&out);
    otr_buffer_done(&metric);
    return status;
}

static void a_negative_number_shows_by_its_datatype(void **state)
{
    (void)state;
    static const struct {
        uint64_t raw;
        uint8_t datatype;
        int64_t number;
    } rows[] = {
        {4294967278, 3, -18},
        {UINT64_MAX - 17, 3, -18},
        {0x80000000, 3, INT32_MIN},
        {0x7fffffff, 3, INT32_MAX},
        {0xffee, 2, -18},
        {4294967278, 2, -18},
        {0x7fff, 2, INT16_MAX},
        {0xee, 1, -18},
        {4294967278, 1, -18},
        {127, 1, 127},
        {4294967278, 7, 4294967278},
        {4294967278, 0, 4294967278},
        {UINT64_MAX, 4, -1},
        {255, 5, 255},
    };
    int64_t number;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        assert_int_equal(number_of(rows[i / 2].raw, rows[i / 2].datatype, i % 2 == 0, &number), OTR_OK);
        assert_true(number == rows[i / 2].number);
    }
    assert_int_equal(number_of(300, 1, true, &number), OTR_INVALID);
    assert_int_equal(number_of(0x10000, 2, false, &number), OTR_INVALID);
    assert_int_equal(number_of(1ULL << 32, 3, true, &number), OTR_INVALID);
}

static void what_is_no_payload_is_refused(void **state)
{
    (void)state;
    static uint8_t large[OTR_LIMIT_SPARKPLUG_BYTES + 1];
    static uint8_t many[2 * (OTR_LIMIT_SPARKPLUG_METRICS + 1)];
    for (size_t i = 0; i < sizeof many; i += 2)
        many[i] = 0x12;
    assert_int_equal(decode("", 0), OTR_OK);
    assert_int_equal(decode("\x13\x14", 2), OTR_INVALID);     /* a group */
    assert_int_equal(decode("\x12\x05\x10", 3), OTR_INVALID); /* shorter than it says */
    assert_int_equal(decode("\x12\x02\x68\x01", 4), OTR_OK);  /* field 13 as a varint: passed over */
    assert_int_equal(decode("\x12\x02\x69\x01", 4), OTR_INVALID);
    assert_int_equal(decode("\x12\x03\x0a\x01\xff", 5), OTR_INVALID); /* a name that is no UTF-8 */
    assert_int_equal(decode(many, sizeof many), OTR_LIMIT);
    assert_int_equal(decode(many, sizeof many - 2), OTR_OK);
    assert_int_equal(decode(large, sizeof large), OTR_LIMIT);
}

static otr_status state_of(const char *text, bool *online, otr_time *at)
{
    otr_error error;
    return otr_sparkplug_state((otr_bytes){(const uint8_t *)text, strlen(text)}, online, at, &error);
}

static void a_host_says_whether_it_is_there(void **state)
{
    (void)state;
    bool online = false;
    otr_time at = 0;
    assert_int_equal(state_of("{\"online\":true,\"timestamp\":1700000000123}", &online, &at), OTR_OK);
    assert_true(online && at == 1700000000123 * OTR_MS);
    assert_int_equal(state_of("{\"timestamp\":5,\"online\":false,\"more\":1}", &online, &at), OTR_OK);
    assert_true(!online && at == 5 * OTR_MS);
    assert_int_equal(state_of("ONLINE", &online, &at), OTR_INVALID); /* Sparkplug 2.2 */
    assert_int_equal(state_of("{\"online\":1,\"timestamp\":5}", &online, &at), OTR_INVALID);
    assert_int_equal(state_of("{\"online\":true,\"timestamp\":\"5\"}", &online, &at), OTR_INVALID);
    assert_int_equal(state_of("{\"online\":true,\"timestamp\":-5}", &online, &at), OTR_INVALID);
    assert_int_equal(state_of("[]", &online, &at), OTR_INVALID);
}

static void topics_name_node_and_device(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_str group = OTR_STR("depot north");
    otr_str node = OTR_STR("gw-1");
    otr_str device;
    assert_true(otr_str_is(otr_sparkplug_topic(&arena, group, "NBIRTH", node, OTR_STR("")),
                           "spBv1.0/depot north/NBIRTH/gw-1"));
    assert_true(otr_str_is(otr_sparkplug_topic(&arena, group, "DDATA", node, OTR_STR("f1")),
                           "spBv1.0/depot north/DDATA/gw-1/f1"));
    assert_true(otr_str_is(otr_sparkplug_state_topic(&arena, OTR_STR("scada")), "spBv1.0/STATE/scada"));
    assert_true(
        otr_sparkplug_topic_is(OTR_STR("spBv1.0/depot north/DCMD/gw-1/f1"), group, "DCMD", node, &device));
    assert_true(otr_str_is(device, "f1"));
    assert_true(
        otr_sparkplug_topic_is(OTR_STR("spBv1.0/depot north/NCMD/gw-1"), group, "NCMD", node, &device));
    assert_true(device.size == 0);
    assert_false(
        otr_sparkplug_topic_is(OTR_STR("spBv1.0/depot north/NCMD/gw-10"), group, "NCMD", node, &device));
    assert_false(otr_sparkplug_topic_is(OTR_STR("spBv1.0/depot north/NCMD"), group, "NCMD", node, &device));
    assert_false(
        otr_sparkplug_topic_is(OTR_STR("spBv1.0/depot north/DCMD/gw-1/f1/x"), group, "DCMD", node, &device));
    otr_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_takes_the_bytes_that_the_schema_gives_it),
        cmocka_unit_test(every_kind_reads_back),
        cmocka_unit_test(a_negative_number_shows_by_its_datatype),
        cmocka_unit_test(what_is_no_payload_is_refused),
        cmocka_unit_test(a_host_says_whether_it_is_there),
        cmocka_unit_test(topics_name_node_and_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

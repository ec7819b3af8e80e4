/* What is encoded decodes to the same message, to the microsecond and to the last bit of a number, in every
 * format. */
#include "tests/unit/codec/support.h"

#include "tests/unit/codec/random_message.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const unsigned formats[] = {OTR_FORMAT_SENML_JSON, OTR_FORMAT_SENML_CBOR, OTR_FORMAT_READING};

static void expect_round_trip(unsigned format, const otr_message *message, const char *identity,
                              uint64_t seed)
{
    otr_buffer bytes = {0};
    otr_error error;
    size_t at = 0;
    if (otr_readings_encode(&bytes, format, message, &error) != OTR_OK)
        fail_msg("seed %llu, format %u: %s", (unsigned long long)seed, format, error.text);
    upload u;
    upload_decode(&u, format, otr_buffer_bytes(&bytes), identity);
    if (u.status != OTR_OK)
        fail_msg("seed %llu, format %u: %s", (unsigned long long)seed, format, u.error.text);
    if (!same_message(message, &u.message, &at))
        fail_msg("seed %llu, format %u: reading %zu differs in %.*s", (unsigned long long)seed, format, at,
                 format == OTR_FORMAT_SENML_JSON ? (int)bytes.size : 0, (const char *)bytes.data);
    upload_done(&u);
    otr_buffer_done(&bytes);
}

static void random_messages_come_back_the_same(void **state)
{
    (void)state;
    const char *given = getenv("OUTRIDER_SEED");
    uint64_t start = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) << 20;
    printf("OUTRIDER_SEED=%llu\n", (unsigned long long)start);
    for (uint64_t round = 0; round < 600; round++) {
        otr_arena arena = {0};
        uint64_t seed = start + (round << 10);
        otr_message message = random_message(&arena, &seed, round % 3 != 2);
        for (size_t i = 0; i < 3; i++)
            if (round % 3 != 2 || formats[i] == OTR_FORMAT_READING)
                expect_round_trip(formats[i], &message, round % 2 == 0 ? message.device.data : "",
                                  start + (round << 10));
        otr_arena_done(&arena);
    }
}

static void times_keep_their_microsecond_from_1978_to_far_ahead(void **state)
{
    (void)state;
    static const otr_time times[] = {268435456000000,  1714521600999999,  1714521600000001,  4102444799999999,
                                     7258118400123457, 32503680000000001, 253402300799999999};
    otr_reading readings[7];
    for (size_t i = 0; i < 7; i++)
        readings[i] = (otr_reading){.metric = OTR_STR("light"),
                                    .unit = OTR_STR("lx"),
                                    .at_us = times[i],
                                    .kind = OTR_KIND_NUMBER,
                                    .number = (double)i};
    for (size_t f = 0; f < 3; f++) {
        for (size_t i = 0; i < 7; i++)
            expect_round_trip(formats[f], &(otr_message){OTR_STR("a"), &readings[i], 1}, "a", 0);
        expect_round_trip(formats[f], &(otr_message){OTR_STR("a"), readings, 7}, "a", 0);
    }
}

static void packs_are_small(void **state)
{
    (void)state;
    otr_reading readings[60];
    static const size_t most[] = {1440, 960, 780}; /* bytes: 24, 16 and 13 for each */
    for (size_t i = 0; i < 60; i++)
        readings[i] = (otr_reading){.metric = OTR_STR("temperature"),
                                    .unit = OTR_STR("Cel"),
                                    .at_us = 1714521600 * OTR_SECOND + (otr_time)i * OTR_MINUTE,
                                    .kind = OTR_KIND_NUMBER,
                                    .number = 4.01 + (double)i / 100};
    for (size_t f = 0; f < 3; f++) {
        otr_buffer bytes = {0};
        otr_error error;
        assert_int_equal(
            otr_readings_encode(&bytes, formats[f], &(otr_message){OTR_STR("probe-7"), readings, 60}, &error),
            OTR_OK);
        if (bytes.size > most[f])
            fail_msg("format %u: %zu bytes", formats[f], bytes.size);
        otr_buffer_done(&bytes);
    }
}

static void what_a_format_cannot_tell_is_refused_and_leaves_the_buffer_alone(void **state)
{
    (void)state;
    const otr_reading good = {.metric = OTR_STR("light"),
                              .unit = OTR_STR("lx"),
                              .at_us = 1714521600 * OTR_SECOND,
                              .kind = OTR_KIND_NUMBER,
                              .number = 1};
    otr_reading rows[8] = {good, good, good, good, good, good, good, good};
    unsigned refused_by_protobuf = 0;
    rows[0].at_us = 268435455 * OTR_SECOND;
    rows[1].quality = OTR_QUALITY_BAD;
    rows[2].quality = OTR_QUALITY_FUTURE;
    rows[3].number = NAN;
    rows[4].metric = OTR_STR("Light");
    rows[5].metric = OTR_STR("lat");
    rows[6].kind = OTR_KIND_TEXT;
    rows[6].text = OTR_STR("a\0b");
    rows[7].at_us = OTR_TIME_NEVER;
    for (size_t i = 0; i < 8; i++) {
        for (size_t f = 0; f < 3; f++) {
            otr_buffer bytes = {0};
            otr_error error = {.status = OTR_OK};
            otr_reading readings[2] = {good, rows[i]};
            otr_buffer_add(&bytes, "kept", 4);
            otr_status status =
                otr_readings_encode(&bytes, formats[f], &(otr_message){OTR_STR("a"), readings, 2}, &error);
            if (status == OTR_OK && formats[f] != OTR_FORMAT_READING)
                fail_msg("row %zu was written in format %u", i, formats[f]);
            if (status != OTR_OK) {
                assert_int_equal(status, OTR_INVALID);
                assert_int_equal(bytes.size, 4);
                refused_by_protobuf |= formats[f] == OTR_FORMAT_READING ? 1U << i : 0;
            }
            otr_buffer_done(&bytes);
        }
    }
    assert_int_equal(refused_by_protobuf, 0xFC); /* it can tell old times and bad readings */
}

static void a_message_needs_a_device_and_readings(void **state)
{
    (void)state;
    otr_reading reading = {
        .metric = OTR_STR("light"), .kind = OTR_KIND_NUMBER, .at_us = 1714521600 * OTR_SECOND};
    for (size_t f = 0; f < 3; f++) {
        otr_buffer bytes = {0};
        otr_error error;
        assert_int_equal(
            otr_readings_encode(&bytes, formats[f], &(otr_message){OTR_STR("a/b"), &reading, 1}, &error),
            OTR_INVALID);
        assert_int_equal(
            otr_readings_encode(&bytes, formats[f], &(otr_message){OTR_STR("a"), &reading, 0}, &error),
            OTR_INVALID);
        assert_int_equal(otr_readings_encode(&bytes, 50, &(otr_message){OTR_STR("a"), &reading, 1}, &error),
                         OTR_INVALID);
        otr_buffer_done(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_messages_come_back_the_same),
        cmocka_unit_test(times_keep_their_microsecond_from_1978_to_far_ahead),
        cmocka_unit_test(packs_are_small),
        cmocka_unit_test(what_a_format_cannot_tell_is_refused_and_leaves_the_buffer_alone),
        cmocka_unit_test(a_message_needs_a_device_and_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

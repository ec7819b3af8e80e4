/* SenML CBOR from bytes put down by hand: every form of number, lengths definite and not, depth, and what is
 * malformed. */
#include "tests/unit/codec/support.h"

#include "base/limits.h"

#include <stdio.h>

#define ID "probe-7"

/* "light", the name of most records here. */
#define LIGHT "00 65 6c 69 67 68 74 "

static void a_pack_of_two_records(void **state)
{
    (void)state;
    upload u;
    /* [{bn: "probe-7/", bt: 1714521600, n: "light", u: "lx", v: 7}, {t: 60, v: 8}] */
    upload_cbor(&u,
                "82 a5 21 68 70 72 6f 62 65 2d 37 2f 22 1a 66 31 86 00 " LIGHT "01 62 6c 78 02 07"
                "a3 06 18 3c " LIGHT "02 08",
                ID);
    expect_number(&u, 0, "light", "lx", 7);
    expect_time(&u, 0, OTR_STAMP_ABSOLUTE, 1714521600000000);
    expect_number(&u, 1, "light", "lx", 8);
    expect_time(&u, 1, OTR_STAMP_ABSOLUTE, 1714521660000000);
    upload_done(&u);
}

static void every_form_of_number(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        double number;
    } rows[] = {
        {"17", 23},
        {"18 ff", 255},
        {"19 01 00", 256},
        {"1a 00 01 00 00", 65536},
        {"1b 00 00 00 01 00 00 00 00", 4294967296.0},
        {"20", -1},
        {"38 63", -100},
        {"39 03 e7", -1000},
        {"3a 00 01 86 9f", -100000},
        {"3b 00 00 00 01 00 00 00 00", -4294967297.0},
        {"f9 4d 60", 21.5}, /* half */
        {"f9 c4 00", -4},
        {"f9 00 01", 5.960464477539063e-8},
        {"fa 41 ac 00 00", 21.5}, /* single */
        {"fb 40 35 80 00 00 00 00 00", 21.5},
        {"c4 82 20 18 d7", 21.5},     /* 215 * 10^-1 */
        {"c4 82 21 39 08 65", -21.5}, /* -2150 * 10^-2 */
        {"c4 82 02 03", 300},
        {"c4 82 25 1a 00 12 d6 87", 1.234567},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char hex[128];
        upload u;
        (void)snprintf(hex, sizeof hex, "81 a2 00 61 78 02 %s", rows[i].hex);
        upload_cbor(&u, hex, ID);
        if (u.status != OTR_OK)
            fail_msg("%s: %s", rows[i].hex, u.error.text);
        expect_number(&u, 0, "x", "", rows[i].number);
        upload_done(&u);
    }
}

static void times_are_precise_in_every_form(void **state)
{
    (void)state;
    upload u;
    /* bt as double 1714521600.123457, as decimal 1714521600123457 * 10^-6, t as single -0.5 */
    upload_cbor(&u,
                "83 a3 22 fb 41 d9 8c 61 80 07 e6 b8 " LIGHT "02 01"
                "a3 22 c4 82 25 1b 00 06 17 59 2a ef 62 41 " LIGHT "02 01"
                "a4 22 00 06 fa bf 00 00 00 " LIGHT "02 01",
                ID);
    expect_time(&u, 0, OTR_STAMP_ABSOLUTE, 1714521600123457);
    expect_time(&u, 1, OTR_STAMP_ABSOLUTE, 1714521600123457);
    expect_time(&u, 2, OTR_STAMP_RELATIVE, -500000);
    upload_done(&u);
}

static void lengths_may_be_indefinite(void **state)
{
    (void)state;
    upload u;
    upload_cbor(&u, "9f bf " LIGHT "02 01 ff a2 " LIGHT "02 02 ff", ID);
    expect_number(&u, 0, "light", "lx", 1);
    expect_number(&u, 1, "light", "lx", 2);
    assert_int_equal(u.message.count, 2);
    upload_done(&u);
    upload_cbor(&u, "d9 d9 f7 81 a2 " LIGHT "02 01", ID); /* the tag of self-described CBOR */
    expect_number(&u, 0, "light", "lx", 1);
    upload_done(&u);
}

static void bools_and_texts(void **state)
{
    (void)state;
    upload u;
    upload_cbor(&u, "83 a2 00 64 64 6f 6f 72 04 f5 a2 00 64 64 6f 6f 72 04 f4 a2 00 61 78 03 62 c3 a4", ID);
    assert_int_equal(u.status, OTR_OK);
    assert_true(u.message.readings[0].flag);
    assert_false(u.message.readings[1].flag);
    assert_true(otr_str_is(u.message.readings[2].text, "\xc3\xa4"));
    upload_done(&u);
    cbor_refused("81 a2 00 61 78 03 62 c3 28", ID, OTR_INVALID,
                 "record 0: the text is not UTF-8 without NUL");
    cbor_refused("81 a2 00 61 78 03 61 00", ID, OTR_INVALID, "record 0: the text is not UTF-8 without NUL");
}

static void unknown_labels_are_ignored_with_all_they_hold(void **state)
{
    (void)state;
    upload u;
    /* "ext": {"a": [1, {}, h'00', (_ "x", "y")]}, 99: null, -20: undefined, "e": 1(2) */
    upload_cbor(
        &u,
        "81 a6 63 65 78 74 a1 61 61 84 01 a0 41 00 7f 61 78 61 79 ff 18 63 f6 33 f7 61 65 c1 02 " LIGHT
        "02 07",
        ID);
    expect_number(&u, 0, "light", "lx", 7);
    upload_done(&u);
    cbor_refused("82 a2 " LIGHT "02 07 a3 " LIGHT "02 07 62 78 5f 01", ID, OTR_INVALID,
                 "record 1: a label that ends in _ must be understood and is not");
}

static void depth_is_capped(void **state)
{
    (void)state;
    upload u;
    upload_cbor(&u, "81 a3 61 78 81 81 81 81 81 81 01 " LIGHT "02 07", ID);
    assert_int_equal(u.status, OTR_OK);
    upload_done(&u);
    cbor_refused("81 a3 61 78 81 81 81 81 81 81 81 01 " LIGHT "02 07", ID, OTR_LIMIT,
                 "record 0: nested deeper than 8");
    cbor_refused("81 a3 61 78 c1 c1 c1 c1 c1 c1 c1 01 " LIGHT "02 07", ID, OTR_LIMIT,
                 "record 0: nested deeper than 8");
}

static void lengths_beyond_the_payload_are_refused_before_memory_is_taken(void **state)
{
    (void)state;
    cbor_refused("9a 00 00 20 01 a0", ID, OTR_LIMIT, "more than 8192 records");
    cbor_refused("9b ff ff ff ff ff ff ff ff a0", ID, OTR_LIMIT, "more than 8192 records");
    cbor_refused("99 20 00 a0", ID, OTR_INVALID, "the CBOR ends too early");
    cbor_refused("81 bb ff ff ff ff ff ff ff ff 02 01", ID, OTR_INVALID, "record 0: the CBOR ends too early");
    cbor_refused("81 a1 00 7b ff ff ff ff ff ff ff ff 61", ID, OTR_INVALID,
                 "record 0: the CBOR ends too early");
    cbor_refused("81 a3 61 78 9b ff ff ff ff ff ff ff ff 01 02", ID, OTR_INVALID,
                 "record 0: the CBOR ends too early");
}

static void more_records_than_allowed_are_refused_without_a_count(void **state)
{
    (void)state;
    static uint8_t bytes[OTR_LIMIT_UPLOAD_BYTES];
    size_t size = 0;
    bytes[size++] = 0x9f;
    for (int i = 0; i <= OTR_LIMIT_UPLOAD_READINGS; i++) {
        static const uint8_t shorter[] = {0xa1, 0x02, 0x01};
        static const uint8_t first[] = {0xa2, 0x21, 0x61, 0x78, 0x02, 0x01};
        const uint8_t *from = i == 0 ? first : shorter;
        size_t length = i == 0 ? sizeof first : sizeof shorter;
        memcpy(bytes + size, from, length);
        size += length;
    }
    bytes[size++] = 0xff;
    upload u;
    upload_decode(&u, OTR_FORMAT_SENML_CBOR, (otr_bytes){bytes, size}, ID);
    expect_refused(&u, OTR_LIMIT, "more than 8192 records");
    upload_done(&u);
}

static void malformed_packs_are_refused(void **state)
{
    (void)state;
    cbor_refused("", ID, OTR_INVALID, "record 0: the CBOR ends too early");
    cbor_refused("80", ID, OTR_INVALID, "a pack without records");
    cbor_refused("9f ff", ID, OTR_INVALID, "a pack without records");
    cbor_refused("a0", ID, OTR_INVALID, "a pack is an array of records");
    cbor_refused("81 f6 f6 f6", ID, OTR_INVALID, "record 0: a record is a map");
    cbor_refused("81 a2 " LIGHT "02 01 00", ID, OTR_INVALID, "bytes after the pack");
    cbor_refused("82 a2 " LIGHT "02 01 a2 " LIGHT "02 1c", ID, OTR_INVALID, "record 1: malformed CBOR");
    cbor_refused("81 a2 " LIGHT "02 61 31", ID, OTR_INVALID, "record 0: a number is due");
    cbor_refused("81 a2 " LIGHT "02 c1 01", ID, OTR_INVALID, "record 0: a number is due");
    cbor_refused("81 a2 " LIGHT "02 c4 01", ID, OTR_INVALID,
                 "record 0: a decimal is an array of exponent and mantissa");
    cbor_refused("81 a2 " LIGHT "02 c4 82 01 c2 41 01", ID, OTR_INVALID,
                 "record 0: a decimal's exponent and mantissa are integers");
    cbor_refused("81 a2 " LIGHT "02 c4 82 1a 7f ff ff ff 01", ID, OTR_INVALID,
                 "record 0: a decimal's exponent is out of range");
    cbor_refused("81 a2 " LIGHT "02 f9 7e 00", ID, OTR_INVALID, "record 0: the value is not a finite number");
    cbor_refused("81 a2 " LIGHT "02 fb 7f f0 00 00 00 00 00 00", ID, OTR_INVALID,
                 "record 0: the value is not a finite number");
    cbor_refused("81 a3 " LIGHT "06 f9 7e 00 02 01", ID, OTR_INVALID, "record 0: the time is out of range");
    cbor_refused("81 a2 00 7f 61 78 ff 02 01", ID, OTR_INVALID, "record 0: a text of indefinite length");
    cbor_refused("81 a2 00 41 78 02 01", ID, OTR_INVALID, "record 0: a text is due");
    cbor_refused("81 a2 " LIGHT "08 61 78", ID, OTR_INVALID, "record 0: a byte string is due");
    cbor_refused("81 a2 " LIGHT "08 41 78", ID, OTR_INVALID, "record 0: a data value (vd) is not kept");
    cbor_refused("81 a2 00 64 64 6f 6f 72 04 01", ID, OTR_INVALID, "record 0: vb is a bool");
    cbor_refused("81 a3 20 20 " LIGHT "02 01", ID, OTR_INVALID, "record 0: bver is an unsigned integer");
    cbor_refused("81 a3 20 0b " LIGHT "02 01", ID, OTR_INVALID, "record 0: version 11 is newer than 10");
    cbor_refused("81 a2 f5 01 02 01", ID, OTR_INVALID, "record 0: a label is an integer or a text");
    cbor_refused("81 bf " LIGHT "02 ff", ID, OTR_INVALID, "record 0: a number is due");
    cbor_refused("81 a1 61 78 ff", ID, OTR_INVALID, "record 0: a break where a value is due");
    cbor_refused("81 a3 " LIGHT "02 01 02 02", ID, OTR_INVALID, "record 0: a second v");
}

static void every_cut_of_a_pack_is_refused(void **state)
{
    (void)state;
    static const uint8_t pack[] = {
        0x82, 0xa5, 0x21, 0x68, 'p', 'r', 'o', 'b', 'e',  '-',  '7',  '/',  0x22, 0x1a, 0x66, 0x31, 0x86,
        0x00, 0x00, 0x65, 'l',  'i', 'g', 'h', 't', 0x01, 0x62, 'l',  'x',  0x02, 0xc4, 0x82, 0x20, 0x18,
        0xd7, 0xa3, 0x00, 0x64, 'd', 'o', 'o', 'r', 0x04, 0xf5, 0x06, 0xfa, 0x41, 0xac, 0x00, 0x00};
    upload u;
    upload_decode(&u, OTR_FORMAT_SENML_CBOR, (otr_bytes){pack, sizeof pack}, ID);
    assert_int_equal(u.status, OTR_OK);
    upload_done(&u);
    for (size_t size = 0; size < sizeof pack; size++) {
        upload_decode(&u, OTR_FORMAT_SENML_CBOR, (otr_bytes){pack, size}, ID);
        assert_int_equal(u.status, OTR_INVALID);
        upload_done(&u);
    }
}

static void a_stranger_is_denied(void **state)
{
    (void)state;
    cbor_refused("81 a2 00 67 61 2f 6c 69 67 68 74 02 01", ID, OTR_DENIED,
                 "record 0: reports as a, but this session is probe-7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_of_two_records),
        cmocka_unit_test(every_form_of_number),
        cmocka_unit_test(times_are_precise_in_every_form),
        cmocka_unit_test(lengths_may_be_indefinite),
        cmocka_unit_test(bools_and_texts),
        cmocka_unit_test(unknown_labels_are_ignored_with_all_they_hold),
        cmocka_unit_test(depth_is_capped),
        cmocka_unit_test(lengths_beyond_the_payload_are_refused_before_memory_is_taken),
        cmocka_unit_test(more_records_than_allowed_are_refused_without_a_count),
        cmocka_unit_test(malformed_packs_are_refused),
        cmocka_unit_test(every_cut_of_a_pack_is_refused),
        cmocka_unit_test(a_stranger_is_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

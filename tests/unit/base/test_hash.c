/* SipHash-2-4 against the vectors of its authors: key 00..0f, message 00, 01, .. of each length. */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KEY0 0x0706050403020100ULL
#define KEY1 0x0f0e0d0c0b0a0908ULL

static void message(uint8_t out[64])
{
    for (int i = 0; i < 64; i++)
        out[i] = (uint8_t)i;
}

static void the_64_bit_hash_is_that_of_the_published_vectors(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        uint64_t hash;
    } vectors[] = {
        {0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd}, {2, 0x0d6c8009d9a94f5a},  {3, 0x85676696d7fb7e2d},
        {7, 0xab0200f58b01d137}, {8, 0x93f5f5799a932462}, {15, 0xa129ca6149be45e5}, {16, 0x3f2acc7f57c29bdb},
    };
    uint8_t data[64];
    message(data);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(otr_hash64(KEY0, KEY1, data, vectors[i].size), vectors[i].hash);
}

static void the_128_bit_hash_is_that_of_the_published_vectors(void **state)
{
    (void)state;
    static const char *const vectors[] = {
        "a3817f04ba25a8e66df67214c7550293",
        "da87c1d86b99af44347659119b22fc45",
        "8177228da4a45dc7fca38bdef60affe4",
        "9c70b60c5267a94e5f33b6b02985ed51",
    };
    uint8_t data[64];
    message(data);
    for (size_t size = 0; size < 4; size++) {
        char text[OTR_ID_TEXT_BYTES];
        otr_id_format(otr_hash128(KEY0, KEY1, data, size), text);
        assert_string_equal(text, vectors[size]);
    }
}

static void an_identity_reads_back_from_its_text_and_from_nothing_else(void **state)
{
    (void)state;
    char text[OTR_ID_TEXT_BYTES];
    otr_id back;
    otr_id id = otr_hash128(1, 2, "x", 1);
    otr_id_format(id, text);
    assert_true(otr_id_parse(otr_str_of(text), &back));
    assert_true(otr_id_equal(id, back));
    assert_false(otr_id_is_zero(id));
    assert_false(otr_id_parse((otr_str){text, 31}, &back));
    text[5] = 'G';
    assert_false(otr_id_parse(otr_str_of(text), &back));
    text[5] = 'A'; /* one text for one identity */
    assert_false(otr_id_parse(otr_str_of(text), &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_64_bit_hash_is_that_of_the_published_vectors),
        cmocka_unit_test(the_128_bit_hash_is_that_of_the_published_vectors),
        cmocka_unit_test(an_identity_reads_back_from_its_text_and_from_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

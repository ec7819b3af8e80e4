/* Names in texts: whole ones, and in bytes whatever the lengths before them look like. */
#include "base/buffer.h"
#include "base/mention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool says(const char *text)
{
    return otr_mentions(otr_str_of(text), OTR_STR("box-7"));
}

static void only_whole_names_count(void **state)
{
    (void)state;
    static const char *const name_it[] = {
        "box-7",       "at box-7.",        "(box-7)",   "box-7: warm", "box-77 and box-7",
        "asset:box-7", "assignment/box-7", "\"box-7\"", "“box-7”"};
    static const char *const others[] = {"",         "box-",     "box-77",      "box-7a", "mybox-7",
                                         "my-box-7", "my_box-7", "box-7-later", "box-7_b"};
    for (size_t i = 0; i < sizeof name_it / sizeof name_it[0]; i++)
        assert_true(says(name_it[i]));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(says(others[i]));
}

/* Between two others, as they are encoded: the length of the next follows right upon the text. */
static bool within(const char *text, size_t size_of_others)
{
    otr_buffer bytes = {0};
    otr_buffer other = {0};
    for (size_t i = 0; i < size_of_others; i++)
        otr_buffer_add(&other, "y", 1);
    otr_buffer_add_str(&bytes, otr_buffer_text(&other));
    otr_buffer_add_str(&bytes, otr_str_of(text));
    otr_buffer_add_str(&bytes, otr_buffer_text(&other));
    bool found = otr_mentions_within(otr_buffer_bytes(&bytes), OTR_STR("box-7"));
    otr_buffer_done(&bytes);
    otr_buffer_done(&other);
    return found;
}

/* The name begins or ends a text of that size, whose length may look like a letter. */
static bool within_sized(size_t size, bool begins)
{
    char text[20001];
    memset(text, ' ', size);
    memcpy(begins ? text : text + size - 5, "box-7", 5);
    text[size] = '\0';
    return within(text, 'a');
}

static void lengths_are_no_letters(void **state)
{
    (void)state;
    for (size_t size = 0; size < 16384; size += size < 300 ? 1 : 97)
        assert_true(within("box-7", size) && within("it is box-7", size) && within("box-7 it is", size));
    for (size_t size = 5; size < 16384; size += size < 300 ? 1 : 97)
        assert_true(within_sized(size, true) && within_sized(size, false));
    for (size_t size = 0; size < 40; size++)
        assert_false(within("box-77", size) || within("it is box-77", size) || within("mybox-7", size));
}

static void an_id_is_found_in_a_text(void **state)
{
    (void)state;
    const otr_id ids[] = {{{1, 2, 0xAB}}, {{3}}};
    assert_true(otr_mentions_id(OTR_STR("alarm=0102ab00000000000000000000000000 for=1h"), ids, 2));
    assert_true(otr_mentions_id(OTR_STR("03000000000000000000000000000000"), ids, 2));
    assert_false(otr_mentions_id(OTR_STR("03000000000000000000000000000000"), ids, 1));
    assert_false(otr_mentions_id(OTR_STR("0300000000000000000000000000000"), ids, 2));
    assert_false(otr_mentions_id(OTR_STR(""), ids, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_whole_names_count),
        cmocka_unit_test(lengths_are_no_letters),
        cmocka_unit_test(an_id_is_found_in_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

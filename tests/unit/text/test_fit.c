/* The length of a text as a person counts it, and texts cut to a length. */
#include "said.h"
#include "text/fit.h"

static void length_counts_what_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {
        {"", 0},
        {"plain", 5},
        {"grüß", 4},
        {"e\u0301a", 2}, /* an accent of its own */
        {"9.5\u00a0°C", 6},
        {"冷藏箱", 3},
        {"❤\ufe0f", 1},  /* told to be an emoji */
        {"👍🏽", 1}, /* with a colour of skin */
        {"\U00020000", 1},
        {"\xff\xfe", 2}, /* no UTF-8 */
        {"\xe5\x86", 2}, /* cut */
        {"\xc3(", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (otr_text_length(otr_str_of(rows[i].text)) != rows[i].length)
            fail_msg("row %zu: %zu", i, otr_text_length(otr_str_of(rows[i].text)));
    assert_int_equal(otr_text_length((otr_str){NULL, 0}), 0);
}

static void a_text_is_cut_between_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t characters;
        const char *cut;
    } rows[] = {
        {"The box is too warm.", 20, "The box is too warm."},
        {"The box is too warm.", 19, "The box is too…"},
        {"The box is too warm.", 15, "The box is too…"},
        {"The box is too warm.", 14, "The box is…"},
        {"The box is too warm.", 4, "The…"},
        {"The box is too warm.", 3, "Th…"},
        {"The box is too warm.", 1, "…"},
        {"The box is too warm.", 0, ""},
        {"Since 14:30, as far as known", 13, "Since 14:30…"},
        {"Warm – since noon", 8, "Warm…"},
        {"Kühlkette unterbrochen", 12, "Kühlkette…"},
        {"Donaudampfschifffahrt", 6, "Donau…"},
        {"un e\u0301le\u0301ment", 5, "un…"},
        {"e\u0301le\u0301ment", 4, "e\u0301le\u0301…"},
        {"12,5\u202f°C dans la glacière", 9, "12,5\u202f°C…"},
        {"12,5\u202f°C dans la glacière", 6, "12,5…"},
        {"冷藏箱温度过高。请检查。", 12, "冷藏箱温度过高。请检查。"},
        {"冷藏箱温度过高。请检查。", 9, "冷藏箱温度过高…"},
        {"冷藏箱温度过高。请检查。", 5, "冷藏箱温…"},
        {"冷藏箱 TRK-7 温度过高", 8, "冷藏箱…"},
        {"冷藏箱TRK-7温度过高", 7, "冷藏箱…"},
        {"ab \xff\xff\xff cd", 5, "ab…"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_buffer buffer = {0};
        otr_text_fit(otr_str_of(rows[i].text), rows[i].characters, &buffer);
        assert_said(&buffer, rows[i].cut, rows[i].text, i);
    }
}

static void a_cut_text_is_never_longer_nor_half_a_character(void **state)
{
    (void)state;
    static const char *const pieces[] = {"word",     " ",  "ü",      "e\u0301", "冷", "。",
                                         "👍🏽", ", ", "\u202f", "°C",      "-",  "\xff"};
    uint64_t seed = 88172645463325252;
    otr_buffer text = {0};
    otr_buffer cut = {0};
    for (int i = 0; i < 20000; i++) {
        otr_buffer_clear(&text);
        otr_buffer_clear(&cut);
        bool whole = true;
        for (int k = 0; k < i % 40; k++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            const char *piece = pieces[seed % (i % 2 ? 11 : 12)];
            whole = whole && piece[0] != '\xff';
            otr_buffer_add(&text, piece, strlen(piece));
        }
        size_t characters = seed % 50;
        otr_text_fit(otr_buffer_text(&text), characters, &cut);
        if (otr_text_length(otr_buffer_text(&cut)) > characters ||
            (whole && !otr_str_is_utf8(otr_buffer_text(&cut))))
            fail_msg("turn %d, %zu of \"%.*s\": \"%.*s\"", i, characters, OTR_STR_ARG(otr_buffer_text(&text)),
                     OTR_STR_ARG(otr_buffer_text(&cut)));
    }
    otr_buffer_done(&text);
    otr_buffer_done(&cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_counts_what_is_seen),
        cmocka_unit_test(a_text_is_cut_between_words),
        cmocka_unit_test(a_cut_text_is_never_longer_nor_half_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

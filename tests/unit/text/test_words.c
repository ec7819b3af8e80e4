/* Lists, yes and no; and that nothing said is ever half a character, whatever is asked for. */
#include "said.h"

static void a_list_is_joined_as_the_language_does(void **state)
{
    (void)state;
    static const char *const rows[][5] = {
        /* locale, none to three */
        {"en", "", "a", "a and b", "a, b and c"}, {"en-US", "", "a", "a and b", "a, b, and c"},
        {"de", "", "a", "a und b", "a, b und c"}, {"es", "", "a", "a y b", "a, b y c"},
        {"fr", "", "a", "a et b", "a, b et c"},   {"zh", "", "a", "a和b", "a、b和c"},
    };
    static const otr_str items[] = {{"a", 1}, {"b", 1}, {"c", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t count = 0; count <= 3; count++) {
            otr_buffer buffer = {0};
            otr_locale_list(locale_of(rows[i][0]), &buffer, items, count);
            assert_said(&buffer, rows[i][count + 1], rows[i][0], count);
        }
    }
}

static void spanish_and_softens_before_its_own_sound(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Isabel", "a e Isabel"}, {"iglesia", "a e iglesia"},
        {"hijos", "a e hijos"},   {"Hilo", "a e Hilo"},
        {"ítem", "a e ítem"},     {"hielo", "a y hielo"},
        {"hiato", "a y hiato"},   {"yogur", "a y yogur"},
        {"h", "a y h"},           {"", "a y "},
        {"oro", "a y oro"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_str items[] = {OTR_STR("a"), otr_str_of(rows[i][0])};
        otr_buffer buffer = {0};
        otr_locale_list(locale_of("es-MX"), &buffer, items, 2);
        assert_said(&buffer, rows[i][1], "es", i);
    }
}

static void categories_have_names_and_others_keep_theirs(void **state)
{
    (void)state;
    static const char *const opening[][2] = {
        {"en", "opening"}, {"de-AT", "Öffnen"}, {"es", "apertura"}, {"fr", "ouverture"}, {"zh-Hans", "开启"},
    };
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++)
        assert_true(
            otr_str_is(otr_locale_category(locale_of(opening[i][0]), OTR_STR("opening")), opening[i][1]));
    assert_true(otr_str_is(otr_locale_category(locale_of("de"), OTR_STR("tea-leaves")), "tea-leaves"));
    assert_true(otr_str_is(otr_locale_category(locale_of("de"), OTR_STR("")), ""));
}

static void yes_no_and_not_known_have_words(void **state)
{
    (void)state;
    static const char *const rows[][4] = {
        {"en", "yes", "no", "unknown"},      {"de", "ja", "nein", "unbekannt"},
        {"es", "sí", "no", "no disponible"}, {"fr", "oui", "non", "non disponible"},
        {"zh", "是", "否", "未知"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const otr_locale *locale = locale_of(rows[i][0]);
        assert_true(otr_str_is(otr_locale_yes_no(locale, true), rows[i][1]));
        assert_true(otr_str_is(otr_locale_yes_no(locale, false), rows[i][2]));
        assert_true(otr_str_is(otr_locale_unknown(locale), rows[i][3]));
    }
}

/* xorshift: the same numbers in every run. */
static uint64_t draw(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static double any_double(uint64_t *seed)
{
    uint64_t bits = draw(seed);
    double value;
    memcpy(&value, &bits, sizeof value);
    return draw(seed) % 2 ? value : (double)(int64_t)bits / 1e12;
}

static int any_int(uint64_t *seed)
{
    uint64_t bits = draw(seed);
    return bits % 4 == 0 ? (int)(uint32_t)(bits >> 32) : (int)(bits >> 32) % 64;
}

static otr_civil any_civil(uint64_t *seed)
{
    return (otr_civil){any_int(seed),      any_int(seed) % 14, any_int(seed) % 33, any_int(seed) % 25,
                       any_int(seed) % 61, any_int(seed),      any_int(seed)};
}

static void whatever_is_said_is_whole_text(void **state)
{
    (void)state;
    static const char *const tags[] = {"en", "en-US", "de", "de-CH", "es", "es-419", "fr", "fr-CA", "zh"};
    static const char *const units[] = {"Cel", "K", "/", "m", "km", "m/s", "Pa", "kg", "s", "min", "x", ""};
    uint64_t seed = 0x9E3779B97F4A7C15;
    otr_buffer buffer = {0};
    for (int i = 0; i < 20000; i++) {
        const otr_locale *locale = locale_of(tags[draw(&seed) % 9]);
        otr_str unit = otr_str_of(units[draw(&seed) % 12]);
        otr_measures measures = (otr_measures)(draw(&seed) % 3);
        double value = any_double(&seed);
        otr_buffer_clear(&buffer);
        otr_locale_number(locale, &buffer, value, any_int(&seed));
        otr_locale_percent(locale, &buffer, value, any_int(&seed));
        otr_locale_quantity(locale, &buffer, value, unit, measures);
        otr_locale_difference(locale, &buffer, value, unit, measures);
        otr_locale_distance(locale, &buffer, value, measures);
        otr_locale_date(locale, &buffer, any_civil(&seed));
        otr_locale_time(locale, &buffer, any_civil(&seed));
        otr_locale_moment(locale, &buffer, any_civil(&seed), any_civil(&seed));
        otr_locale_interval(locale, &buffer, any_civil(&seed), any_civil(&seed), any_civil(&seed));
        otr_locale_span(locale, &buffer, (otr_time)draw(&seed));
        otr_locale_span_short(locale, &buffer, (otr_time)draw(&seed));
        otr_plural plural = otr_locale_plural(locale, value, any_int(&seed));
        if (buffer.failed || !otr_str_is_utf8(otr_buffer_text(&buffer)) ||
            !otr_locale_has_plural(locale, plural))
            fail_msg("turn %d: %.*s", i, OTR_STR_ARG(otr_buffer_text(&buffer)));
    }
    otr_buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_joined_as_the_language_does),
        cmocka_unit_test(spanish_and_softens_before_its_own_sound),
        cmocka_unit_test(yes_no_and_not_known_have_words),
        cmocka_unit_test(categories_have_names_and_others_keep_theirs),
        cmocka_unit_test(whatever_is_said_is_whole_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which locale a tag means, where texts are looked up, and which plural a number takes. */
#include "said.h"

static void a_tag_finds_the_nearest_locale(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"en", "en"},
        {"en-GB", "en"},
        {"en-US", "en-US"},
        {"EN_us", "en-US"},
        {"en-US-x-a", "en-US"},
        {"de", "de"},
        {"de-AT", "de"},
        {"de-CH", "de-CH"},
        {"de-LI", "de-CH"},
        {"es", "es"},
        {"es-ES", "es"},
        {"es-MX", "es-419"},
        {"es-AR", "es"},
        {"es-419", "es-419"},
        {"fr", "fr"},
        {"fr-BE", "fr"},
        {"fr-CA", "fr-CA"},
        {"zh", "zh"},
        {"zh-Hans-CN", "zh"},
        {"zh-Hant", "zh"},
        {"zh-CN", "zh"},
        {"pt", "en"},
        {"", "en"},
        {"-", "en"},
        {"deutsch", "en"},
        {"e", "en"},
        {"de-u-nu-latn", "de"},
        {"--------", "en"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_str tag = otr_locale_tag(locale_of(rows[i][0]));
        if (!otr_str_is(tag, rows[i][1]))
            fail_msg("%s is %.*s, expected %s", rows[i][0], OTR_STR_ARG(tag), rows[i][1]);
    }
    assert_true(otr_str_is(otr_locale_tag(otr_locale_find((otr_str){NULL, 0})), "en"));
}

static void texts_are_looked_up_from_the_special_to_english(void **state)
{
    (void)state;
    static const char *const rows[][6] = {
        {"zh-Hans-CN", "zh-Hans-CN", "zh-Hans", "zh", "en"},
        {"es-MX", "es-MX", "es-419", "es", "en"},
        {"es-419", "es-419", "es", "en"},
        {"de", "de", "en"},
        {"en-US", "en-US", "en"},
        {"en", "en"},
        {"", "en"},
        {"de-DE-u-co-phonebk", "de-DE-u-co-phonebk", "de-DE-u-co", "de-DE", "de", "en"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned step = 0;
        otr_str tag;
        while (otr_locale_fallback(otr_str_of(rows[i][0]), step, &tag)) {
            if (step >= 5 || rows[i][step + 1] == NULL || !otr_str_is(tag, rows[i][step + 1]))
                fail_msg("%s, step %u: %.*s", rows[i][0], step, OTR_STR_ARG(tag));
            step++;
        }
        if (step < 5 && rows[i][step + 1] != NULL)
            fail_msg("%s ends before %s", rows[i][0], rows[i][step + 1]);
        assert_false(otr_locale_fallback(otr_str_of(rows[i][0]), step + 1, &tag));
        assert_false(otr_locale_fallback(otr_str_of(rows[i][0]), 1000, &tag));
    }
}

static void a_number_takes_the_plural_of_its_language(void **state)
{
    (void)state;
    enum { ONE = OTR_PLURAL_ONE, MANY = OTR_PLURAL_MANY, OTHER = OTR_PLURAL_OTHER };
    static const struct {
        double number;
        int decimals;
        int en, de, es, fr, zh;
    } rows[] = {
        {0, 0, OTHER, OTHER, OTHER, ONE, OTHER},
        {1, 0, ONE, ONE, ONE, ONE, OTHER},
        {-1, 0, ONE, ONE, ONE, ONE, OTHER},
        {1, 1, OTHER, OTHER, ONE, ONE, OTHER},
        {1.5, 1, OTHER, OTHER, OTHER, ONE, OTHER},
        {1.96, 1, OTHER, OTHER, OTHER, OTHER, OTHER}, /* shown as 2 */
        {0.9996, 0, ONE, ONE, ONE, ONE, OTHER},       /* shown as 1 */
        {2, 0, OTHER, OTHER, OTHER, OTHER, OTHER},
        {11, 0, OTHER, OTHER, OTHER, OTHER, OTHER},
        {1000000, 0, OTHER, OTHER, MANY, MANY, OTHER},
        {3000000, 0, OTHER, OTHER, MANY, MANY, OTHER},
        {1000000, 1, OTHER, OTHER, OTHER, OTHER, OTHER},
        {1000001, 0, OTHER, OTHER, OTHER, OTHER, OTHER},
        {NAN, 0, OTHER, OTHER, OTHER, OTHER, OTHER},
        {INFINITY, 0, OTHER, OTHER, OTHER, OTHER, OTHER},
        {1, -5, ONE, ONE, ONE, ONE, OTHER},
        {1, 1000, OTHER, OTHER, ONE, ONE, OTHER},
    };
    static const char *const tags[] = {"en", "de", "es", "fr", "zh"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int expected[] = {rows[i].en, rows[i].de, rows[i].es, rows[i].fr, rows[i].zh};
        for (size_t k = 0; k < 5; k++) {
            otr_plural plural = otr_locale_plural(locale_of(tags[k]), rows[i].number, rows[i].decimals);
            if ((int)plural != expected[k])
                fail_msg("row %zu, %s: %s", i, tags[k], otr_plural_text(plural));
            assert_true(otr_locale_has_plural(locale_of(tags[k]), plural));
        }
    }
    assert_false(otr_locale_has_plural(locale_of("zh"), OTR_PLURAL_ONE));
    assert_false(otr_locale_has_plural(locale_of("de"), OTR_PLURAL_MANY));
    assert_false(otr_locale_has_plural(locale_of("fr"), OTR_PLURAL_FEW));
}

static void plurals_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < OTR_PLURALS; i++) {
        otr_plural plural;
        assert_true(otr_plural_parse(otr_str_of(otr_plural_text((otr_plural)i)), &plural) && plural == i);
    }
    otr_plural plural = OTR_PLURAL_TWO;
    assert_false(otr_plural_parse(OTR_STR("some"), &plural));
    assert_int_equal(plural, OTR_PLURAL_TWO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_finds_the_nearest_locale),
        cmocka_unit_test(texts_are_looked_up_from_the_special_to_english),
        cmocka_unit_test(a_number_takes_the_plural_of_its_language),
        cmocka_unit_test(plurals_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

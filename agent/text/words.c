/* Lists, and the few words that stand for values. */
#include "text/locale_table.h"

static const struct {
    const char *comma;
    const char *and;
    const char *yes;
    const char *no;
    const char *unknown; /* where gender would show, what fits any: "not available" */
} words[OTR_LANGUAGES] = {
    [OTR_LANGUAGE_EN] = {", ", " and ", "yes", "no", "unknown"},
    [OTR_LANGUAGE_DE] = {", ", " und ", "ja", "nein", "unbekannt"},
    [OTR_LANGUAGE_ES] = {", ", " y ", "sí", "no", "no disponible"},
    [OTR_LANGUAGE_FR] = {", ", " et ", "oui", "non", "non disponible"},
    [OTR_LANGUAGE_ZH] = {"、", "和", "是", "否", "未知"},
};

static char lower(otr_str text, size_t at)
{
    if (at >= text.size)
        return '\0';
    char c = text.data[at];
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Spanish y becomes e before the sound of i: Isabel, hijos, but hielo. */
static bool begins_with_i(otr_str text)
{
    if (otr_str_starts(text, OTR_STR("í")) || otr_str_starts(text, OTR_STR("Í")))
        return true;
    if (lower(text, 0) == 'h') {
        text = (otr_str){text.data + 1, text.size - 1};
        if (otr_str_starts(text, OTR_STR("í")) || otr_str_starts(text, OTR_STR("Í")))
            return true;
        return lower(text, 0) == 'i' && lower(text, 1) != 'a' && lower(text, 1) != 'e';
    }
    return lower(text, 0) == 'i';
}

void otr_locale_list(const otr_locale *locale, otr_buffer *buffer, const otr_str *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count;
        if (i > 0 && !last)
            otr_locale_add(buffer, words[locale->language].comma);
        if (i > 0 && last) {
            bool softened = locale->language == OTR_LANGUAGE_ES && begins_with_i(items[i]);
            otr_locale_add(buffer, count > 2 ? locale->last_comma : "");
            otr_locale_add(buffer, softened ? " e " : words[locale->language].and);
        }
        otr_buffer_add(buffer, items[i].data, items[i].size);
    }
}

otr_str otr_locale_yes_no(const otr_locale *locale, bool yes)
{
    return otr_str_of(yes ? words[locale->language].yes : words[locale->language].no);
}

otr_str otr_locale_unknown(const otr_locale *locale)
{
    return otr_str_of(words[locale->language].unknown);
}

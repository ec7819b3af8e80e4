/* CLDR's plural rules of cardinal numbers. A number without decimals has a whole part only: v = 0 there. */
#include "text/locale_table.h"

#include <math.h>

static const char *const names[] = {
#define X(name, text) text,
    OTR_PLURAL_LIST(X)
#undef X
};

const char *otr_plural_text(otr_plural plural)
{
    OTR_ASSERT((unsigned)plural < OTR_PLURALS);
    return names[plural];
}

bool otr_plural_parse(otr_str text, otr_plural *out)
{
    for (unsigned i = 0; i < OTR_PLURALS; i++) {
        if (otr_str_is(text, names[i])) {
            *out = (otr_plural)i;
            return true;
        }
    }
    return false;
}

/* Halves go to the even digit, as printf rounds what is shown. */
static double as_shown(double number, int decimals)
{
    double scale = pow(10, decimals);
    return nearbyint(fabs(number) * scale) / scale;
}

/* Whole millions take "de": 1 000 000 de colis. */
static bool is_millions(double number, int decimals)
{
    return decimals == 0 && number != 0 && fmod(number, 1e6) == 0;
}

otr_plural otr_locale_plural(const otr_locale *locale, double number, int decimals_shown)
{
    if (!isfinite(number))
        return OTR_PLURAL_OTHER;
    int decimals = decimals_shown < 0                         ? 0
                   : decimals_shown > OTR_LOCALE_DECIMALS_MAX ? OTR_LOCALE_DECIMALS_MAX
                                                              : decimals_shown;
    double shown = as_shown(number, decimals);
    switch (locale->language) {
    case OTR_LANGUAGE_EN:
    case OTR_LANGUAGE_DE:
        return shown == 1 && decimals == 0 ? OTR_PLURAL_ONE : OTR_PLURAL_OTHER;
    case OTR_LANGUAGE_ES:
        return shown == 1                     ? OTR_PLURAL_ONE
               : is_millions(shown, decimals) ? OTR_PLURAL_MANY
                                              : OTR_PLURAL_OTHER;
    case OTR_LANGUAGE_FR:
        return shown < 2 ? OTR_PLURAL_ONE : is_millions(shown, decimals) ? OTR_PLURAL_MANY : OTR_PLURAL_OTHER;
    default:
        return OTR_PLURAL_OTHER;
    }
}

bool otr_locale_has_plural(const otr_locale *locale, otr_plural plural)
{
    bool romance = locale->language == OTR_LANGUAGE_ES || locale->language == OTR_LANGUAGE_FR;
    return plural == OTR_PLURAL_OTHER || (plural == OTR_PLURAL_MANY && romance) ||
           (plural == OTR_PLURAL_ONE && locale->language != OTR_LANGUAGE_ZH);
}

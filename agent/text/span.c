/* Spans of time in words. French no-break spaces are made even: CLDR has three kinds for four units. */
#include "text/locale_table.h"

typedef enum unit { DAY, HOUR, MINUTE, SECOND, UNITS } unit;

static const otr_time lengths[UNITS] = {OTR_DAY, OTR_HOUR, OTR_MINUTE, OTR_SECOND};

/* The space before the word, then the word for one and for more; millions of days are not told apart. */
typedef struct words {
    const char *space;
    const char *one[UNITS];
    const char *other[UNITS];
    const char *between; /* two units */
} words;

static const words full[OTR_LANGUAGES] = {
    [OTR_LANGUAGE_EN] = {" ",
                         {"day", "hour", "minute", "second"},
                         {"days", "hours", "minutes", "seconds"},
                         " "},
    [OTR_LANGUAGE_DE] = {" ",
                         {"Tag", "Stunde", "Minute", "Sekunde"},
                         {"Tage", "Stunden", "Minuten", "Sekunden"},
                         " "},
    [OTR_LANGUAGE_ES] = {" ",
                         {"día", "hora", "minuto", "segundo"},
                         {"días", "horas", "minutos", "segundos"},
                         " "},
    [OTR_LANGUAGE_FR] = {"\u00a0",
                         {"jour", "heure", "minute", "seconde"},
                         {"jours", "heures", "minutes", "secondes"},
                         " "},
    [OTR_LANGUAGE_ZH] = {"", {"天", "小时", "分钟", "秒钟"}, {"天", "小时", "分钟", "秒钟"}, ""},
};

/* English and Spanish have the signs of SI. */
static const words brief[OTR_LANGUAGES] = {
    [OTR_LANGUAGE_EN] = {" ", {"d", "h", "min", "s"}, {"d", "h", "min", "s"}, " "},
    [OTR_LANGUAGE_DE] = {" ", {"Tg.", "Std.", "Min.", "Sek."}, {"Tg.", "Std.", "Min.", "Sek."}, " "},
    [OTR_LANGUAGE_ES] = {" ", {"d", "h", "min", "s"}, {"d", "h", "min", "s"}, " "},
    [OTR_LANGUAGE_FR] = {"\u202f", {"j", "h", "min", "s"}, {"j", "h", "min", "s"}, " "},
    [OTR_LANGUAGE_ZH] = {"", {"天", "小时", "分钟", "秒"}, {"天", "小时", "分钟", "秒"}, ""},
};

static void add_unit(const otr_locale *locale, otr_buffer *buffer, const words *set, unit which,
                     otr_time count)
{
    otr_locale_number(locale, buffer, (double)count, 0);
    otr_locale_add(buffer, set->space);
    bool one = otr_locale_plural(locale, (double)count, 0) == OTR_PLURAL_ONE;
    otr_locale_add(buffer, one ? set->one[which] : set->other[which]);
}

static void add_span(const otr_locale *locale, otr_buffer *buffer, const words *set, otr_time span)
{
    if (span == OTR_TIME_NEVER || span == OTR_TIME_NONE) {
        otr_locale_add(buffer, OTR_LOCALE_NONE);
        return;
    }
    unit first = DAY;
    while (first < SECOND && span < lengths[first])
        first++;
    otr_time count = span > 0 ? span / lengths[first] : 0;
    otr_time rest = span - count * lengths[first];
    add_unit(locale, buffer, set, first, count);
    if (first < SECOND && rest >= lengths[first + 1]) {
        otr_locale_add(buffer, set->between);
        add_unit(locale, buffer, set, first + 1, rest / lengths[first + 1]);
    }
}

void otr_locale_span(const otr_locale *locale, otr_buffer *buffer, otr_time span)
{
    add_span(locale, buffer, &full[locale->language], span);
}

void otr_locale_span_short(const otr_locale *locale, otr_buffer *buffer, otr_time span)
{
    add_span(locale, buffer, &brief[locale->language], span);
}

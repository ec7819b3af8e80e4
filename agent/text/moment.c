/* Dates, times of the day, and intervals. */
#include "base/date.h"
#include "text/locale_table.h"

static const char *const months[OTR_LANGUAGES][12] = {
    [OTR_LANGUAGE_EN] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    [OTR_LANGUAGE_DE] = {"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.",
                         "Nov.", "Dez."},
    [OTR_LANGUAGE_ES] = {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"},
    [OTR_LANGUAGE_FR] = {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
                         "nov.", "déc."},
    /* Chinese counts its months: %m. */
    [OTR_LANGUAGE_ZH] = {"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月",
                         "12月"},
};

static const char *const halves[OTR_LANGUAGES][2] = {
    [OTR_LANGUAGE_EN] = {"AM", "PM"},     [OTR_LANGUAGE_DE] = {"AM", "PM"},
    [OTR_LANGUAGE_ES] = {"a.m.", "p.m."}, [OTR_LANGUAGE_FR] = {"AM", "PM"},
    [OTR_LANGUAGE_ZH] = {"上午", "下午"},
};

/* Yesterday, today, tomorrow. */
enum { TODAY = 1, NO_WORD = 3 };
static const char *const days[OTR_LANGUAGES][NO_WORD] = {
    [OTR_LANGUAGE_EN] = {"yesterday", "today", "tomorrow"},
    [OTR_LANGUAGE_DE] = {"gestern", "heute", "morgen"},
    [OTR_LANGUAGE_ES] = {"ayer", "hoy", "mañana"},
    [OTR_LANGUAGE_FR] = {"hier", "aujourd’hui", "demain"},
    [OTR_LANGUAGE_ZH] = {"昨天", "今天", "明天"},
};

static bool is_real(const otr_civil *at)
{
    return at->month >= 1 && at->month <= 12 && at->day >= 1 && at->day <= 31 && at->hour >= 0 &&
           at->hour <= 23 && at->minute >= 0 && at->minute <= 59;
}

static void add_number(otr_buffer *buffer, const char *format, int number)
{
    otr_buffer_add_format(buffer, format, number);
}

static void add_field(const otr_locale *locale, otr_buffer *buffer, char field, const otr_civil *at)
{
    switch (field) {
    case 'd':
        add_number(buffer, "%d", at->day);
        break;
    case 'm':
        add_number(buffer, "%d", at->month);
        break;
    case 'b':
        otr_locale_add(buffer, months[locale->language][at->month - 1]);
        break;
    case 'Y':
        add_number(buffer, "%d", at->year);
        break;
    case 'H':
        add_number(buffer, "%02d", at->hour);
        break;
    case 'k':
        add_number(buffer, "%d", at->hour);
        break;
    case 'l':
        add_number(buffer, "%d", at->hour % 12 == 0 ? 12 : at->hour % 12);
        break;
    case 'M':
        add_number(buffer, "%02d", at->minute);
        break;
    default:
        OTR_ASSERT(field == 'p');
        otr_locale_add(buffer, halves[locale->language][at->hour / 12]);
        break;
    }
}

static void add_pattern(const otr_locale *locale, otr_buffer *buffer, const char *pattern,
                        const otr_civil *at)
{
    if (!is_real(at)) {
        otr_locale_add(buffer, OTR_LOCALE_NONE);
        return;
    }
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '%')
            add_field(locale, buffer, *++pattern, at);
        else
            otr_buffer_add_u8(buffer, (uint8_t)*pattern);
    }
}

void otr_locale_date(const otr_locale *locale, otr_buffer *buffer, otr_civil at)
{
    add_pattern(locale, buffer, locale->date, &at);
}

void otr_locale_time(const otr_locale *locale, otr_buffer *buffer, otr_civil at)
{
    add_pattern(locale, buffer, locale->time, &at);
}

static int64_t day_number(const otr_civil *at)
{
    return otr_date_day(at->year, at->month, at->day);
}

/* The column of days, or NO_WORD. */
static int day_word(const otr_civil *at, const otr_civil *now)
{
    int64_t apart = day_number(at) - day_number(now);
    return apart >= -1 && apart <= 1 ? (int)apart + TODAY : NO_WORD;
}

static void add_day(const otr_locale *locale, otr_buffer *buffer, const otr_civil *at, const otr_civil *now)
{
    int word = day_word(at, now);
    if (word != NO_WORD) {
        otr_locale_add(buffer, days[locale->language][word]);
        otr_buffer_add_u8(buffer, ' ');
        return;
    }
    add_pattern(locale, buffer, at->year == now->year ? locale->day : locale->date, at);
    otr_locale_add(buffer, locale->day_time_space);
}

static bool all_real(otr_buffer *buffer, const otr_civil *a, const otr_civil *b)
{
    if (is_real(a) && is_real(b))
        return true;
    otr_locale_add(buffer, OTR_LOCALE_NONE);
    return false;
}

void otr_locale_moment(const otr_locale *locale, otr_buffer *buffer, otr_civil at, otr_civil now)
{
    if (!all_real(buffer, &at, &now))
        return;
    if (day_word(&at, &now) != TODAY)
        add_day(locale, buffer, &at, &now);
    add_pattern(locale, buffer, locale->time, &at);
}

void otr_locale_interval(const otr_locale *locale, otr_buffer *buffer, otr_civil from, otr_civil to,
                         otr_civil now)
{
    if (!is_real(&now) || !all_real(buffer, &from, &to)) {
        if (!is_real(&now))
            otr_locale_add(buffer, OTR_LOCALE_NONE);
        return;
    }
    bool one_day = day_number(&from) == day_number(&to);
    if (!one_day || day_word(&from, &now) != TODAY)
        add_day(locale, buffer, &from, &now);
    bool one_half = one_day && from.hour / 12 == to.hour / 12;
    add_pattern(locale, buffer,
                one_half && locale->time_in_half != NULL ? locale->time_in_half : locale->time, &from);
    otr_locale_add(buffer, one_day ? locale->dash : " – ");
    if (!one_day)
        add_day(locale, buffer, &to, &now);
    add_pattern(locale, buffer, locale->time, &to);
}

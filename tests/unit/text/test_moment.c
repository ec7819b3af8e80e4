/* Dates, times of the day, moments as seen from a day, intervals, and spans in words. */
#include "said.h"

enum { LOCALES = 9 };
static const char *const tags[LOCALES] = {"en", "en-US", "de", "de-CH", "es", "es-419", "fr", "fr-CA", "zh"};

static otr_civil civil(int year, int month, int day, int hour, int minute)
{
    return (otr_civil){year, month, day, hour, minute, 59, 0};
}

static void a_date_is_of_medium_length(void **state)
{
    (void)state;
    static const struct {
        int month, day;
        const char *text[LOCALES];
    } rows[] = {
        {3,
         5,
         {"5 Mar 2026", "Mar 5, 2026", "5. März 2026", "5. März 2026", "5 mar 2026", "5 mar 2026",
          "5 mars 2026", "5 mars 2026", "2026年3月5日"}},
        {9,
         30,
         {"30 Sep 2026", "Sep 30, 2026", "30. Sept. 2026", "30. Sept. 2026", "30 sept 2026", "30 sept 2026",
          "30 sept. 2026", "30 sept. 2026", "2026年9月30日"}},
        {12,
         31,
         {"31 Dec 2026", "Dec 31, 2026", "31. Dez. 2026", "31. Dez. 2026", "31 dic 2026", "31 dic 2026",
          "31 déc. 2026", "31 déc. 2026", "2026年12月31日"}},
        {13, 1, {"–", "–", "–", "–", "–", "–", "–", "–", "–"}},
        {0, 1, {"–", "–", "–", "–", "–", "–", "–", "–", "–"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < LOCALES; k++) {
            otr_buffer buffer = {0};
            otr_locale_date(locale_of(tags[k]), &buffer, civil(2026, rows[i].month, rows[i].day, 0, 0));
            assert_said(&buffer, rows[i].text[k], tags[k], i);
        }
    }
}

static void each_month_has_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *locale;
        const char *names[12];
    } rows[] = {
        {"en", {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}},
        {"de",
         {"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."}},
        {"es", {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"}},
        {"fr",
         {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int month = 1; month <= 12; month++) {
            char expected[40];
            (void)snprintf(expected, sizeof expected, "1%s %s 2026", i == 1 ? "." : "",
                           rows[i].names[month - 1]);
            otr_buffer buffer = {0};
            otr_locale_date(locale_of(rows[i].locale), &buffer, civil(2026, month, 1, 0, 0));
            assert_said(&buffer, expected, rows[i].locale, i);
        }
    }
}

static void a_time_is_of_the_clock_of_the_locale(void **state)
{
    (void)state;
    static const struct {
        int hour, minute;
        const char *text[LOCALES];
    } rows[] = {
        {2,
         10,
         {"02:10", "2:10\u202fAM", "02:10", "02:10", "2:10", "2:10\u202fa.m.", "02:10", "02 h 10", "02:10"}},
        {0,
         0,
         {"00:00", "12:00\u202fAM", "00:00", "00:00", "0:00", "12:00\u202fa.m.", "00:00", "00 h 00",
          "00:00"}},
        {12,
         5,
         {"12:05", "12:05\u202fPM", "12:05", "12:05", "12:05", "12:05\u202fp.m.", "12:05", "12 h 05",
          "12:05"}},
        {23,
         59,
         {"23:59", "11:59\u202fPM", "23:59", "23:59", "23:59", "11:59\u202fp.m.", "23:59", "23 h 59",
          "23:59"}},
        {24, 0, {"–", "–", "–", "–", "–", "–", "–", "–", "–"}},
        {-1, 0, {"–", "–", "–", "–", "–", "–", "–", "–", "–"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < LOCALES; k++) {
            otr_buffer buffer = {0};
            otr_locale_time(locale_of(tags[k]), &buffer, civil(2026, 3, 5, rows[i].hour, rows[i].minute));
            assert_said(&buffer, rows[i].text[k], tags[k], i);
        }
    }
}

static void a_moment_is_as_near_as_the_day_of_the_reader(void **state)
{
    (void)state;
    static const struct {
        otr_civil at, now;
        const char *text[LOCALES];
    } rows[] = {
        {{2026, 3, 5, 14, 30, 0, 0},
         {2026, 3, 5, 23, 59, 0, 0},
         {"14:30", "2:30\u202fPM", "14:30", "14:30", "14:30", "2:30\u202fp.m.", "14:30", "14 h 30", "14:30"}},
        {{2026, 2, 28, 14, 30, 0, 0},
         {2026, 3, 1, 0, 0, 0, 0},
         {"yesterday 14:30", "yesterday 2:30\u202fPM", "gestern 14:30", "gestern 14:30", "ayer 14:30",
          "ayer 2:30\u202fp.m.", "hier 14:30", "hier 14 h 30", "昨天 14:30"}},
        {{2027, 1, 1, 14, 30, 0, 0},
         {2026, 12, 31, 0, 0, 0, 0},
         {"tomorrow 14:30", "tomorrow 2:30\u202fPM", "morgen 14:30", "morgen 14:30", "mañana 14:30",
          "mañana 2:30\u202fp.m.", "demain 14:30", "demain 14 h 30", "明天 14:30"}},
        {{2026, 3, 5, 14, 30, 0, 0},
         {2026, 3, 7, 0, 0, 0, 0},
         {"5 Mar 14:30", "Mar 5, 2:30\u202fPM", "5. März 14:30", "5. März 14:30", "5 mar 14:30",
          "5 mar 2:30\u202fp.m.", "5 mars 14:30", "5 mars 14 h 30", "3月5日 14:30"}},
        {{2025, 3, 5, 14, 30, 0, 0},
         {2026, 3, 5, 14, 30, 0, 0},
         {"5 Mar 2025 14:30", "Mar 5, 2025, 2:30\u202fPM", "5. März 2025 14:30", "5. März 2025 14:30",
          "5 mar 2025 14:30", "5 mar 2025 2:30\u202fp.m.", "5 mars 2025 14:30", "5 mars 2025 14 h 30",
          "2025年3月5日 14:30"}},
        {{2026, 3, 5, 14, 30, 0, 0},
         {2026, 0, 5, 14, 30, 0, 0},
         {"–", "–", "–", "–", "–", "–", "–", "–", "–"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < LOCALES; k++) {
            otr_buffer buffer = {0};
            otr_locale_moment(locale_of(tags[k]), &buffer, rows[i].at, rows[i].now);
            assert_said(&buffer, rows[i].text[k], tags[k], i);
        }
    }
}

static void an_interval_names_no_day_twice(void **state)
{
    (void)state;
    static const struct {
        otr_civil from, to, now;
        const char *text[LOCALES];
    } rows[] = {
        {{2026, 3, 5, 2, 10, 0, 0},
         {2026, 3, 5, 3, 40, 0, 0},
         {2026, 3, 5, 12, 0, 0, 0},
         {"02:10–03:40", "2:10\u2009–\u20093:40\u202fAM", "02:10–03:40", "02:10–03:40", "2:10–3:40",
          "2:10\u2009–\u20093:40\u202fa.m.", "02:10–03:40", "02 h 10\u2009–\u200903 h 40", "02:10–03:40"}},
        {{2026, 3, 4, 2, 10, 0, 0},
         {2026, 3, 4, 13, 40, 0, 0},
         {2026, 3, 5, 12, 0, 0, 0},
         {"yesterday 02:10–13:40", "yesterday 2:10\u202fAM\u2009–\u20091:40\u202fPM", "gestern 02:10–13:40",
          "gestern 02:10–13:40", "ayer 2:10–13:40", "ayer 2:10\u202fa.m.\u2009–\u20091:40\u202fp.m.",
          "hier 02:10–13:40", "hier 02 h 10\u2009–\u200913 h 40", "昨天 02:10–13:40"}},
        {{2026, 3, 4, 23, 10, 0, 0},
         {2026, 3, 5, 3, 40, 0, 0},
         {2026, 3, 5, 12, 0, 0, 0},
         {"yesterday 23:10 – today 03:40", "yesterday 11:10\u202fPM – today 3:40\u202fAM",
          "gestern 23:10 – heute 03:40", "gestern 23:10 – heute 03:40", "ayer 23:10 – hoy 3:40",
          "ayer 11:10\u202fp.m. – hoy 3:40\u202fa.m.", "hier 23:10 – aujourd’hui 03:40",
          "hier 23 h 10 – aujourd’hui 03 h 40", "昨天 23:10 – 今天 03:40"}},
        {{2025, 12, 24, 8, 0, 0, 0},
         {2026, 1, 2, 9, 0, 0, 0},
         {2026, 3, 5, 12, 0, 0, 0},
         {"24 Dec 2025 08:00 – 2 Jan 09:00", "Dec 24, 2025, 8:00\u202fAM – Jan 2, 9:00\u202fAM",
          "24. Dez. 2025 08:00 – 2. Jan. 09:00", "24. Dez. 2025 08:00 – 2. Jan. 09:00",
          "24 dic 2025 8:00 – 2 ene 9:00", "24 dic 2025 8:00\u202fa.m. – 2 ene 9:00\u202fa.m.",
          "24 déc. 2025 08:00 – 2 janv. 09:00", "24 déc. 2025 08 h 00 – 2 janv. 09 h 00",
          "2025年12月24日 08:00 – 1月2日 09:00"}},
        {{2025, 12, 24, 8, 0, 0, 0},
         {2026, 1, 32, 9, 0, 0, 0},
         {2026, 3, 5, 12, 0, 0, 0},
         {"–", "–", "–", "–", "–", "–", "–", "–", "–"}},
        {{2025, 12, 24, 8, 0, 0, 0},
         {2026, 1, 2, 9, 0, 0, 0},
         {2026, 3, 5, 12, 60, 0, 0},
         {"–", "–", "–", "–", "–", "–", "–", "–", "–"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < LOCALES; k++) {
            otr_buffer buffer = {0};
            otr_locale_interval(locale_of(tags[k]), &buffer, rows[i].from, rows[i].to, rows[i].now);
            assert_said(&buffer, rows[i].text[k], tags[k], i);
        }
    }
}

static void a_span_is_said_in_its_two_largest_units(void **state)
{
    (void)state;
    static const struct {
        otr_time span;
        const char *full[5];
        const char *brief[5];
    } rows[] = {
        {OTR_HOUR + 5 * OTR_MINUTE,
         {"1 hour 5 minutes", "1 Stunde 5 Minuten", "1 hora 5 minutos", "1\u00a0heure 5\u00a0minutes",
          "1小时5分钟"},
         {"1 h 5 min", "1 Std. 5 Min.", "1 h 5 min", "1\u202fh 5\u202fmin", "1小时5分钟"}},
        {2 * OTR_DAY + OTR_HOUR + 59 * OTR_MINUTE,
         {"2 days 1 hour", "2 Tage 1 Stunde", "2 días 1 hora", "2\u00a0jours 1\u00a0heure", "2天1小时"},
         {"2 d 1 h", "2 Tg. 1 Std.", "2 d 1 h", "2\u202fj 1\u202fh", "2天1小时"}},
        {OTR_DAY + 5 * OTR_MINUTE,
         {"1 day", "1 Tag", "1 día", "1\u00a0jour", "1天"},
         {"1 d", "1 Tg.", "1 d", "1\u202fj", "1天"}},
        {OTR_MINUTE + OTR_SECOND,
         {"1 minute 1 second", "1 Minute 1 Sekunde", "1 minuto 1 segundo", "1\u00a0minute 1\u00a0seconde",
          "1分钟1秒钟"},
         {"1 min 1 s", "1 Min. 1 Sek.", "1 min 1 s", "1\u202fmin 1\u202fs", "1分钟1秒"}},
        {59 * OTR_SECOND + 999 * OTR_MS,
         {"59 seconds", "59 Sekunden", "59 segundos", "59\u00a0secondes", "59秒钟"},
         {"59 s", "59 Sek.", "59 s", "59\u202fs", "59秒"}},
        {OTR_MS,
         {"0 seconds", "0 Sekunden", "0 segundos", "0\u00a0seconde", "0秒钟"},
         {"0 s", "0 Sek.", "0 s", "0\u202fs", "0秒"}},
        {-OTR_DAY,
         {"0 seconds", "0 Sekunden", "0 segundos", "0\u00a0seconde", "0秒钟"},
         {"0 s", "0 Sek.", "0 s", "0\u202fs", "0秒"}},
        {1200 * OTR_DAY,
         {"1,200 days", "1.200 Tage", "1200 días", "1\u202f200\u00a0jours", "1,200天"},
         {"1,200 d", "1.200 Tg.", "1200 d", "1\u202f200\u202fj", "1,200天"}},
        {OTR_TIME_NEVER, {"–", "–", "–", "–", "–"}, {"–", "–", "–", "–", "–"}},
        {OTR_TIME_NONE, {"–", "–", "–", "–", "–"}, {"–", "–", "–", "–", "–"}},
    };
    static const char *const languages[] = {"en", "de", "es", "fr", "zh"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < 5; k++) {
            otr_buffer buffer = {0};
            otr_locale_span(locale_of(languages[k]), &buffer, rows[i].span);
            assert_said(&buffer, rows[i].full[k], languages[k], i);
            otr_locale_span_short(locale_of(languages[k]), &buffer, rows[i].span);
            assert_said(&buffer, rows[i].brief[k], languages[k], i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_is_of_medium_length),
        cmocka_unit_test(each_month_has_its_name),
        cmocka_unit_test(a_time_is_of_the_clock_of_the_locale),
        cmocka_unit_test(a_moment_is_as_near_as_the_day_of_the_reader),
        cmocka_unit_test(an_interval_names_no_day_twice),
        cmocka_unit_test(a_span_is_said_in_its_two_largest_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

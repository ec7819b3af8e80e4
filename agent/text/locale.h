/*
 * How values are said in a person's language: numbers, quantities, moments, spans, lists, by the figures of
 * Unicode's CLDR for English, German, Spanish, French and simplified Chinese. Knows no time zone and no rule.
 * Pure: no clock, no global state, nothing allocated but what is added to the caller's buffer, whose failed
 * tells when memory is out. What is not known (NaN, infinity, a date that is none) is said as "–".
 */
#ifndef OTR_TEXT_LOCALE_H
#define OTR_TEXT_LOCALE_H

#include "base/buffer.h"
#include "base/civil.h"
#include "base/time.h"

typedef struct otr_locale otr_locale;

/* ---- which locale ---- */

/* The nearest locale to a BCP 47 tag, upper and lower case alike: de-AT is de, pt is en. Constant, never
 * NULL. */
const otr_locale *otr_locale_find(otr_str tag);
/* Its own tag: "de", "es-419", "zh". */
otr_str otr_locale_tag(const otr_locale *locale);
/*
 * The languages in which to look for a text, best first: of zh-Hans-CN they are zh-Hans-CN, zh-Hans, zh, en;
 * of es-MX es-MX, es-419, es, en. False after the last. *out views the tag or static text.
 */
bool otr_locale_fallback(otr_str tag, unsigned step, otr_str *out);

/* ---- plural ---- */

#define OTR_PLURAL_LIST(X)                                                                                   \
    X(ZERO, "zero") X(ONE, "one") X(TWO, "two") X(FEW, "few") X(MANY, "many") X(OTHER, "other")

/* CLDR's categories of cardinal numbers. */
typedef enum otr_plural {
#define X(name, text) OTR_PLURAL_##name,
    OTR_PLURAL_LIST(X)
#undef X
        OTR_PLURALS
} otr_plural;

const char *otr_plural_text(otr_plural plural);
bool otr_plural_parse(otr_str text, otr_plural *out);
/* Of the number as it is shown: with so many decimals behind the point (1 has none, 1.0 one). */
otr_plural otr_locale_plural(const otr_locale *locale, double number, int decimals_shown);
/* Whether the language has numbers of that category. */
bool otr_locale_has_plural(const otr_locale *locale, otr_plural plural);

/* ---- numbers ---- */

enum { OTR_LOCALE_DECIMALS_MAX = 9 };

/* Rounded to at most so many decimals, without zeros at their end; never "-0". */
void otr_locale_number(const otr_locale *locale, otr_buffer *buffer, double value, int decimals_max);
/* How many decimals otr_locale_number then shows. */
int otr_locale_decimals(double value, int decimals_max);
/* value is in per cent: 50 is "50%" or "50 %". */
void otr_locale_percent(const otr_locale *locale, otr_buffer *buffer, double value, int decimals_max);

/* ---- moments ---- */

/* "5 Mar 2026", "5. März 2026", "2026年3月5日". */
void otr_locale_date(const otr_locale *locale, otr_buffer *buffer, otr_civil at);
/* "14:10", "2:10 PM". */
void otr_locale_time(const otr_locale *locale, otr_buffer *buffer, otr_civil at);
/*
 * As a person says it on the day of now, who has the same local calendar: "14:30" today, "yesterday 14:30",
 * "tomorrow 14:30", "5 Mar 14:30", "5 Mar 2025 14:30" in another year.
 */
void otr_locale_moment(const otr_locale *locale, otr_buffer *buffer, otr_civil at, otr_civil now);
/* "02:10–03:40" within a day, with the day unless it is today; "yesterday 23:10 – today 03:40" over more. */
void otr_locale_interval(const otr_locale *locale, otr_buffer *buffer, otr_civil from, otr_civil to,
                         otr_civil now);
/* Days, hours, minutes, seconds: the two largest, the rest cut off: "1 hour 5 minutes", "1小时5分钟". A span
 * below a second or backwards is of 0 seconds. */
void otr_locale_span(const otr_locale *locale, otr_buffer *buffer, otr_time span);
/* The same in short: "1 h 5 min". */
void otr_locale_span_short(const otr_locale *locale, otr_buffer *buffer, otr_time span);

/* ---- quantities ---- */

typedef enum otr_measures {
    OTR_MEASURES_METRIC,
    OTR_MEASURES_US,         /* miles, feet, pounds, degrees Fahrenheit */
    OTR_MEASURES_FAHRENHEIT, /* metric, but temperatures in degrees Fahrenheit */
} otr_measures;

/*
 * A value in a unit of SenML or of the catalogue of metrics, converted to what the reader measures in, with
 * its sign and as many decimals as are of use: "9.5°C", "45%", "62 km/h". "/" is a ratio (0.45 is 45%), "%",
 * "%RH" and "%EL" are per cent. g is the acceleration of gravity. Pressure above 1.5 bar is none of the air
 * and said in bar or psi. s, min, h and d are spans. A unit that is not known stands behind the number as it
 * is; an empty one is a plain number with up to two decimals.
 */
void otr_locale_quantity(const otr_locale *locale, otr_buffer *buffer, double value, otr_str unit,
                         otr_measures measures);
/* The same for a difference of two values: 1 °C is 1.8 °F. */
void otr_locale_difference(const otr_locale *locale, otr_buffer *buffer, double value, otr_str unit,
                           otr_measures measures);
/* How far it is, as nearly as it matters: "350 m", "4.2 km", "120 km", "0.3 mi". */
void otr_locale_distance(const otr_locale *locale, otr_buffer *buffer, double metres, otr_measures measures);

/* ---- words ---- */

/* "a", "a and b", "a, b and c", "a、b和c"; nothing of none. */
void otr_locale_list(const otr_locale *locale, otr_buffer *buffer, const otr_str *items, size_t count);
/* "yes", "no". Constant. */
otr_str otr_locale_yes_no(const otr_locale *locale, bool yes);
/* What is said in place of a value that is not known; no gender. Constant. */
otr_str otr_locale_unknown(const otr_locale *locale);
/* How readers know a category of messages: "knocks and falls" of handling. One that we do not know is the
 * slug itself. */
otr_str otr_locale_category(const otr_locale *locale, otr_str slug);

#endif

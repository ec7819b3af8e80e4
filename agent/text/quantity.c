/* Quantities: from SenML's units to what a reader measures in. */
#include "text/locale_table.h"

#include <math.h>

/* Signs that stand without the usual space, or have names of their own in some language. */
#define CELSIUS "°C"
#define FAHRENHEIT "°F"
#define DEGREE "°"
#define PERCENT "%"

/* value * multiply / divide + add, with so many decimals below 10 and from there on. */
typedef struct step {
    const char *sign;
    double multiply;
    double divide;
    double add;
    int fine;
    int coarse;
} step;

typedef struct row {
    const char *unit;
    step metric;
    step us;
    double large; /* a value from here on is said by the next two; 0: any is said by the first two */
    step metric_large;
    step us_large;
} row;

#define FEET 1, 0.3048, 0, 1, 0
#define MILES 1, 1609.344, 0, 1, 0
#define MPH 3600, 1609.344, 0, 0, 0
#define INCHES(mm) mm, 25.4, 0, 1, 1
#define SAME(text, fine, coarse)                                                                             \
    {text, 1, 1, 0, fine, coarse},                                                                           \
    {                                                                                                        \
        text, 1, 1, 0, fine, coarse                                                                          \
    }
#define AIR_INHG(pa) pa, 3386.389, 0, 2, 2
#define PSI(pa) pa, 6894.757, 0, 0, 0

static const row table[] = {
    {"Cel", {CELSIUS, 1, 1, 0, 1, 1}, {FAHRENHEIT, 9, 5, 32, 1, 1}, 0, {0}, {0}},
    {"K", {CELSIUS, 1, 1, -273.15, 1, 1}, {FAHRENHEIT, 9, 5, -459.67, 1, 1}, 0, {0}, {0}},
    {"%RH", SAME(PERCENT, 0, 0), 0, {0}, {0}},
    {"%EL", SAME(PERCENT, 0, 0), 0, {0}, {0}},
    {"%", SAME(PERCENT, 0, 0), 0, {0}, {0}},
    {"/100", SAME(PERCENT, 0, 0), 0, {0}, {0}},
    {"/", {PERCENT, 100, 1, 0, 0, 0}, {PERCENT, 100, 1, 0, 0, 0}, 0, {0}, {0}},
    {"ppm", SAME("ppm", 1, 0), 0, {0}, {0}},
    {"m", {"m", 1, 1, 0, 1, 0}, {"ft", FEET}, 10000, {"km", 1, 1000, 0, 1, 0}, {"mi", MILES}},
    {"km", {"km", 1, 1, 0, 1, 0}, {"mi", 1, 1.609344, 0, 1, 0}, 0, {0}, {0}},
    {"cm", {"cm", 1, 1, 0, 1, 0}, {"in", INCHES(10)}, 0, {0}, {0}},
    {"mm", {"mm", 1, 1, 0, 1, 0}, {"in", INCHES(1)}, 0, {0}, {0}},
    {"m/s", {"km/h", 36, 10, 0, 0, 0}, {"mph", MPH}, 0, {0}, {0}},
    {"km/h", {"km/h", 1, 1, 0, 0, 0}, {"mph", 1, 1.609344, 0, 0, 0}, 0, {0}, {0}},
    {"m/s2", SAME("m/s²", 1, 1), 0, {0}, {0}},
    {"g", SAME("g", 1, 1), 0, {0}, {0}},
    {"kg", {"kg", 1, 1, 0, 1, 1}, {"lb", 1, 0.45359237, 0, 1, 0}, 0, {0}, {0}},
    {"l", {"l", 1, 1, 0, 1, 1}, {"gal", 1, 3.785411784, 0, 1, 1}, 0, {0}, {0}},
    {"Pa",
     {"hPa", 1, 100, 0, 0, 0},
     {"inHg", AIR_INHG(1)},
     150000,
     {"bar", 1, 1e5, 0, 1, 1},
     {"psi", PSI(1)}},
    {"hPa",
     {"hPa", 1, 1, 0, 0, 0},
     {"inHg", AIR_INHG(100)},
     1500,
     {"bar", 1, 1000, 0, 1, 1},
     {"psi", PSI(100)}},
    {"bar", {"bar", 1, 1, 0, 1, 1}, {"psi", PSI(1e5)}, 0, {0}, {0}},
    {"lx", SAME("lx", 0, 0), 0, {0}, {0}},
    {"V", SAME("V", 2, 1), 0, {0}, {0}},
    {"mV", SAME("mV", 0, 0), 0, {0}, {0}},
    {"A", SAME("A", 2, 1), 0, {0}, {0}},
    {"mA", SAME("mA", 1, 0), 0, {0}, {0}},
    {"W", SAME("W", 1, 0), 0, {0}, {0}},
    {"kW", SAME("kW", 2, 1), 0, {0}, {0}},
    {"J", SAME("J", 1, 0), 0, {0}, {0}},
    {"kWh", SAME("kWh", 2, 1), 0, {0}, {0}},
    {"Hz", SAME("Hz", 2, 1), 0, {0}, {0}},
    {"dB", SAME("dB", 0, 0), 0, {0}, {0}},
    {"dBm", SAME("dBm", 0, 0), 0, {0}, {0}},
    {"deg", SAME(DEGREE, 0, 0), 0, {0}, {0}},
    {"rad",
     {DEGREE, 180, 3.14159265358979323846, 0, 0, 0},
     {DEGREE, 180, 3.14159265358979323846, 0, 0, 0},
     0,
     {0},
     {0}},
    {"count", SAME("", 0, 0), 0, {0}, {0}},
};
enum { TABLE = sizeof table / sizeof table[0] };

static const struct {
    const char *sign;
    const char *own[OTR_LANGUAGES]; /* NULL: the sign itself */
} named[] = {
    {"km", {[OTR_LANGUAGE_ZH] = "公里"}},
    {"m", {[OTR_LANGUAGE_ZH] = "米"}},
    {"cm", {[OTR_LANGUAGE_ZH] = "厘米"}},
    {"mm", {[OTR_LANGUAGE_ZH] = "毫米"}},
    {"mi", {[OTR_LANGUAGE_ZH] = "英里"}},
    {"ft", {[OTR_LANGUAGE_FR] = "pi", [OTR_LANGUAGE_ZH] = "英尺"}},
    {"in", {[OTR_LANGUAGE_FR] = "po", [OTR_LANGUAGE_ZH] = "英寸"}},
    {"mph",
     {[OTR_LANGUAGE_DE] = "mi/h",
      [OTR_LANGUAGE_ES] = "mi/h",
      [OTR_LANGUAGE_FR] = "mi/h",
      [OTR_LANGUAGE_ZH] = "mi/h"}},
    {"l", {[OTR_LANGUAGE_ZH] = "升"}},
    {"gal", {[OTR_LANGUAGE_ZH] = "加仑"}},
    {"W", {[OTR_LANGUAGE_ZH] = "瓦"}},
    {"kW", {[OTR_LANGUAGE_ZH] = "千瓦"}},
    {"kWh", {[OTR_LANGUAGE_ZH] = "千瓦时"}},
};
enum { NAMED = sizeof named / sizeof named[0] };

static const char *own_name(const otr_locale *locale, const char *sign)
{
    for (int i = 0; i < NAMED; i++)
        if (strcmp(named[i].sign, sign) == 0)
            return named[i].own[locale->language];
    return NULL;
}

static void add_sign(const otr_locale *locale, otr_buffer *buffer, const char *sign)
{
    const char *name = own_name(locale, sign);
    if (strcmp(sign, PERCENT) == 0)
        otr_locale_add(buffer, locale->percent_space);
    else if (strcmp(sign, CELSIUS) == 0 || strcmp(sign, FAHRENHEIT) == 0)
        otr_locale_add(buffer, locale->degree_space);
    else if (sign[0] != '\0' && strcmp(sign, DEGREE) != 0 &&
             (name == NULL || (uint8_t)name[0] < 0x80)) /* a Chinese name follows at once */
        otr_locale_add(buffer, locale->unit_space);
    otr_locale_add(buffer, name != NULL ? name : sign);
}

static void add_step(const otr_locale *locale, otr_buffer *buffer, double value, const step *by,
                     bool difference)
{
    double shown = value * by->multiply / by->divide + (difference ? 0 : by->add);
    if (!isfinite(shown)) {
        otr_locale_add(buffer, OTR_LOCALE_NONE);
        return;
    }
    otr_locale_number(locale, buffer, shown, fabs(shown) < 10 ? by->fine : by->coarse);
    add_sign(locale, buffer, by->sign);
}

static const row *find_row(otr_str unit)
{
    for (int i = 0; i < TABLE; i++)
        if (otr_str_is(unit, table[i].unit))
            return &table[i];
    return NULL;
}

static const step *step_of(const row *by, double value, otr_measures measures)
{
    bool us = measures == OTR_MEASURES_US ||
              (measures == OTR_MEASURES_FAHRENHEIT && strcmp(by->us.sign, FAHRENHEIT) == 0);
    if (by->large > 0 && fabs(value) >= by->large)
        return us ? &by->us_large : &by->metric_large;
    return us ? &by->us : &by->metric;
}

/* A unit of time as a span; 0 for any other. */
static otr_time time_unit(otr_str unit)
{
    return otr_str_is(unit, "s")     ? OTR_SECOND
           : otr_str_is(unit, "min") ? OTR_MINUTE
           : otr_str_is(unit, "h")   ? OTR_HOUR
           : otr_str_is(unit, "d")   ? OTR_DAY
                                     : 0;
}

static void add_span(const otr_locale *locale, otr_buffer *buffer, double value, otr_time unit)
{
    double span = value * (double)unit;
    if (fabs(span) < 9e18)
        otr_locale_span(locale, buffer, (otr_time)span);
    else
        otr_locale_add(buffer, OTR_LOCALE_NONE);
}

static void add_unknown(const otr_locale *locale, otr_buffer *buffer, double value, otr_str unit)
{
    otr_locale_number(locale, buffer, value, 2);
    if (!isfinite(value) || unit.size == 0)
        return;
    otr_locale_add(buffer, locale->unit_space);
    otr_buffer_add(buffer, unit.data, unit.size);
}

static void add_quantity(const otr_locale *locale, otr_buffer *buffer, double value, otr_str unit,
                         otr_measures measures, bool difference)
{
    otr_time time = time_unit(unit);
    const row *by = find_row(unit);
    if (time != 0)
        add_span(locale, buffer, value, time);
    else if (by != NULL)
        add_step(locale, buffer, value, step_of(by, value, measures), difference);
    else
        add_unknown(locale, buffer, value, unit);
}

void otr_locale_quantity(const otr_locale *locale, otr_buffer *buffer, double value, otr_str unit,
                         otr_measures measures)
{
    add_quantity(locale, buffer, value, unit, measures, false);
}

void otr_locale_difference(const otr_locale *locale, otr_buffer *buffer, double value, otr_str unit,
                           otr_measures measures)
{
    add_quantity(locale, buffer, value, unit, measures, true);
}

/* Tens of metres or feet near by, then kilometres or miles, with a decimal below ten. */
void otr_locale_distance(const otr_locale *locale, otr_buffer *buffer, double metres, otr_measures measures)
{
    static const step small[] = {{"m", 1, 1, 0, 0, 0}, {"ft", 1, 1, 0, 0, 0}};
    static const step large[] = {{"km", 1, 1000, 0, 1, 0}, {"mi", MILES}};
    bool us = measures == OTR_MEASURES_US;
    double exact = us ? metres / 0.3048 : metres;
    double near = fabs(exact) < 100 ? exact : nearbyint(exact / 10) * 10;
    double limit = us ? 528 : 1000; /* a tenth of a mile */
    if (fabs(near) < limit)
        add_step(locale, buffer, near, &small[us], false);
    else
        add_step(locale, buffer, metres, &large[us], false);
}

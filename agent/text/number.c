/* Numbers and per cent. CLDR's minus sign of all these languages is the hyphen. */
#include "text/locale_table.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

enum { DIGITS_MAX = DBL_MAX_10_EXP + OTR_LOCALE_DECIMALS_MAX + 8 };

/* The magnitude in digits, the decimal point at out[*whole] when the text goes on there. */
static size_t digits_of(double value, int decimals_max, char out[DIGITS_MAX], size_t *whole)
{
    int decimals = decimals_max < 0                         ? 0
                   : decimals_max > OTR_LOCALE_DECIMALS_MAX ? OTR_LOCALE_DECIMALS_MAX
                                                            : decimals_max;
    size_t size = (size_t)snprintf(out, DIGITS_MAX, "%.*f", decimals, fabs(value));
    *whole = size;
    if (decimals == 0)
        return size;
    *whole = size - (size_t)decimals - 1;
    while (out[size - 1] == '0')
        size--;
    return size == *whole + 1 ? *whole : size;
}

int otr_locale_decimals(double value, int decimals_max)
{
    char digits[DIGITS_MAX];
    size_t whole;
    if (!isfinite(value))
        return 0;
    size_t size = digits_of(value, decimals_max, digits, &whole);
    return size > whole ? (int)(size - whole - 1) : 0;
}

void otr_locale_number(const otr_locale *locale, otr_buffer *buffer, double value, int decimals_max)
{
    char digits[DIGITS_MAX];
    size_t whole;
    if (!isfinite(value)) {
        otr_locale_add(buffer, OTR_LOCALE_NONE);
        return;
    }
    size_t size = digits_of(value, decimals_max, digits, &whole);
    if (value < 0 && (size > 1 || digits[0] != '0'))
        otr_buffer_add_u8(buffer, '-');
    bool grouped = whole >= (size_t)locale->group_from;
    for (size_t i = 0; i < whole; i++) {
        if (grouped && i > 0 && (whole - i) % 3 == 0)
            otr_locale_add(buffer, locale->group);
        otr_buffer_add_u8(buffer, (uint8_t)digits[i]);
    }
    if (size > whole) {
        otr_locale_add(buffer, locale->decimal);
        otr_buffer_add(buffer, digits + whole + 1, size - whole - 1);
    }
}

void otr_locale_percent(const otr_locale *locale, otr_buffer *buffer, double value, int decimals_max)
{
    otr_locale_number(locale, buffer, value, decimals_max);
    if (!isfinite(value))
        return;
    otr_locale_add(buffer, locale->percent_space);
    otr_buffer_add_u8(buffer, '%');
}

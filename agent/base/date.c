#include "base/date.h"

/* Years are counted from the first of March of the year 0, so that the leap day comes last in its year. */
static const int64_t MARCH_OF_0 = 719468; /* days from there to 1970-01-01 */
static const int64_t ERA_DAYS = 146097;   /* of 400 years, after which the calendar repeats */

int64_t otr_date_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

otr_date otr_date_of(int64_t day)
{
    day += MARCH_OF_0;
    int64_t era = otr_date_divide(day, ERA_DAYS);
    int64_t day_of_era = day - era * ERA_DAYS;
    int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    otr_date date = {.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
                     .month = (int)(month < 10 ? month + 3 : month - 9)};
    date.year = year + era * 400 + (date.month <= 2);
    return date;
}

int64_t otr_date_day(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = otr_date_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - MARCH_OF_0;
}

bool otr_date_is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int otr_date_month_days(int64_t year, int month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && otr_date_is_leap(year));
}

int otr_date_day_of_year(otr_date date)
{
    static const int16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return before[date.month - 1] + date.day - 1 + (date.month > 2 && otr_date_is_leap(date.year));
}

int otr_date_weekday(int64_t day)
{
    return (int)(((day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

/* Days as numbers since 1970-01-01 and as dates of the proleptic Gregorian calendar. */
#ifndef OTR_BASE_DATE_H
#define OTR_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

enum { OTR_DAY_SECONDS = 86400 };

typedef struct otr_date {
    int64_t year;
    int month; /* from 1 */
    int day;   /* from 1 */
} otr_date;

otr_date otr_date_of(int64_t day);
/* month from 1 to 12; a day past the end of the month counts on into the next. */
int64_t otr_date_day(int64_t year, int month, int day);
bool otr_date_is_leap(int64_t year);
int otr_date_month_days(int64_t year, int month);
/* From 0 for the first of January. */
int otr_date_day_of_year(otr_date date);
/* 0 is Sunday. */
int otr_date_weekday(int64_t day);
/* a / b, rounded towards the past; b is positive. */
int64_t otr_date_divide(int64_t a, int64_t b);

#endif

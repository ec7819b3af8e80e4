/* What a clock and a calendar on a wall show: the proleptic Gregorian calendar. */
#ifndef OTR_BASE_CIVIL_H
#define OTR_BASE_CIVIL_H

typedef struct otr_civil {
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    int weekday; /* 0 Sunday */
} otr_civil;

#endif

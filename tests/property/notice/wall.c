#include "wall.h"

const char *wall_name(wall_place place)
{
    static const char *const names[WALL_PLACES] = {"UTC", "Europe/Berlin", "America/New_York",
                                                   "Asia/Kolkata"};
    return names[place];
}

/* Days since 1970 of a day of March (3) or later in the year. */
static long days_to(int year, int month, int day)
{
    static const int before[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    long leaps = (year - 1969) / 4 + (year % 4 == 0);
    return (year - 1970) * 365L + leaps + before[month] + day - 1;
}

/* The first Sunday on or after the day; 1970 began on a Thursday. */
static long sunday_from(long day)
{
    return day + (10 - day % 7) % 7;
}

static bool is_summer(wall_place place, otr_time utc)
{
    long minutes = (long)(utc / OTR_MINUTE);
    int year = 1970;
    while (days_to(year + 1, 3, 1) * 1440L - 59L * 1440 <= minutes)
        year++;
    if (place == WALL_BERLIN) {
        long from = sunday_from(days_to(year, 3, 25)) * 1440 + 60;
        long to = sunday_from(days_to(year, 10, 25)) * 1440 + 60;
        return minutes >= from && minutes < to;
    }
    long from = sunday_from(days_to(year, 3, 8)) * 1440 + 7L * 60;
    long to = sunday_from(days_to(year, 11, 1)) * 1440 + 6L * 60;
    return minutes >= from && minutes < to;
}

static long shown(wall_place place, otr_time utc)
{
    static const int ahead[WALL_PLACES] = {0, 60, -300, 330};
    bool has_summer = place == WALL_BERLIN || place == WALL_NEW_YORK;
    return (long)(utc / OTR_MINUTE) + ahead[place] + (has_summer && is_summer(place, utc) ? 60 : 0);
}

long wall_day(wall_place place, otr_time utc)
{
    return shown(place, utc) / 1440;
}

int wall_minute(wall_place place, otr_time utc)
{
    return (int)(shown(place, utc) % 1440);
}

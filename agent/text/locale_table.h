/* What a locale is made of; for the files of this folder. */
#ifndef OTR_TEXT_LOCALE_TABLE_H
#define OTR_TEXT_LOCALE_TABLE_H

#include "text/locale.h"

/* Rows of every table of words. */
typedef enum otr_language {
    OTR_LANGUAGE_EN,
    OTR_LANGUAGE_DE,
    OTR_LANGUAGE_ES,
    OTR_LANGUAGE_FR,
    OTR_LANGUAGE_ZH,
    OTR_LANGUAGES
} otr_language;

/*
 * In patterns %d is the day, %m the month's number, %b its short name, %Y the year; %H the hour of two
 * digits, %k the hour as it is, %l the hour of half a day, %p which half, %M the minute.
 */
struct otr_locale {
    const char *tag;
    otr_language language;
    int group_from; /* digits stand in groups of three from so many digits on */
    /* numbers */
    const char *decimal;
    const char *group;
    const char *percent_space; /* before % */
    const char *unit_space;    /* before the sign of a unit */
    const char *degree_space;  /* before °C */
    /* moments */
    const char *date;
    const char *day; /* a date of this year */
    const char *time;
    const char *time_in_half;   /* the first of two times in one half of the day; NULL: as time */
    const char *day_time_space; /* between the day and the time */
    const char *dash;           /* between two times of one day */
    /* words */
    const char *last_comma; /* in a list of three and more, before "and" */
};

/* What stands for a value that is none. */
#define OTR_LOCALE_NONE "–"

static inline void otr_locale_add(otr_buffer *buffer, const char *text)
{
    otr_buffer_add(buffer, text, strlen(text));
}

#endif

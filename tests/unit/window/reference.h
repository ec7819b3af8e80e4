/*
 * What the functions over the past mean, written down slowly: every reading is kept and every answer is
 * worked out anew from LANGUAGE.md's words. A planted bug is a mistake in it that a comparison must notice.
 */
#ifndef TEST_WINDOW_REFERENCE_H
#define TEST_WINDOW_REFERENCE_H

#include "core/window/window.h"

#define BUG_LIST(X)                                                                                          \
    X(WINDOW_HOLDS_ITS_START)                                                                                \
    X(NEWEST_LEFT_OUT)                                                                                       \
    X(OLDEST_LEFT_OUT)                                                                                       \
    X(COUNT_OF_EVERYTHING)                                                                                   \
    X(DEVIATION_OF_POPULATION)                                                                               \
    X(DEVIATION_OF_ONE)                                                                                      \
    X(DELTA_REVERSED)                                                                                        \
    X(RATE_OVER_SPAN)                                                                                        \
    X(RATE_PER_MINUTE)                                                                                       \
    X(PEAK_WITH_SIGN)                                                                                        \
    X(MEDIAN_LOWER)                                                                                          \
    X(MEDIAN_UPPER)                                                                                          \
    X(CHANGED_BY_FIRST)                                                                                      \
    X(CHANGED_FROM_OLDEST)                                                                                   \
    X(PREDICT_NOT_AHEAD)                                                                                     \
    X(PREDICT_FROM_NEWEST)                                                                                   \
    X(PREDICT_THROUGH_ENDS)                                                                                  \
    X(PREDICT_FROM_TWO)                                                                                      \
    X(PREDICT_FROM_SHORT)                                                                                    \
    X(LIMIT_REACHED_IS_BEYOND)                                                                               \
    X(LIMIT_BELOW_IS_ABOVE)                                                                                  \
    X(LIMIT_WITH_SIGN)                                                                                       \
    X(HOLDS_FOR_EVER)                                                                                        \
    X(HOLDS_NOT_UNTIL_NOW)                                                                                   \
    X(TIME_NOT_CUT)                                                                                          \
    X(LONGEST_ACROSS_GAPS)                                                                                   \
    X(LONGEST_IS_SUM)                                                                                        \
    X(LONGEST_PER_READING)                                                                                   \
    X(STALE_IS_KNOWN)                                                                                        \
    X(MKT_IS_MEAN)                                                                                           \
    X(MKT_BY_READINGS)                                                                                       \
    X(MKT_NOT_CUT)                                                                                           \
    X(DWELL_FROM_NEWEST)                                                                                     \
    X(DWELL_SINCE_EVER)                                                                                      \
    X(SPEED_STRAIGHT)                                                                                        \
    X(SPEED_OVER_SPAN)                                                                                       \
    X(SPEED_FROM_BEFORE)                                                                                     \
    X(HEADING_BACK)                                                                                          \
    X(HEADING_OF_SCATTER)                                                                                    \
    X(ETA_OF_CRAWL)                                                                                          \
    X(ETA_TO_EDGE)                                                                                           \
    X(ETA_INSIDE)                                                                                            \
    X(PULSE_ACROSS_GAPS)                                                                                     \
    X(PULSE_OF_STEPS)                                                                                        \
    X(PULSE_WITH_SIGN)                                                                                       \
    X(PULSE_SUMMED)                                                                                          \
    X(PULSE_WITHOUT_UNIT)                                                                                    \
    X(FALL_NOT_HALVED)                                                                                       \
    X(FALL_BY_A_TENTH)

typedef enum bug {
    BUG_NONE,
#define X(name) BUG_##name,
    BUG_LIST(X)
#undef X
        BUGS
} bug;

const char *bug_name(bug planted);

typedef struct question {
    otr_use use;
    double limit;
    double unit;
    otr_window_place place;
} question;

/* Readings that are not yet to be seen are not in it. */
typedef struct history {
    const otr_window_reading *list;
    size_t count;
} history;

/* Index of the oldest reading after start. */
size_t history_first(history past, otr_time start);

/*
 * The answer at now with the window beginning at start, which is now - span in all but comparisons of what is
 * joined in cells. Functions that count readings take those from first on.
 */
otr_status reference_ask(history past, const question *asked, otr_time now, otr_time start, size_t first,
                         bug planted, otr_value *out);

#endif

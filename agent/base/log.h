/*
 * key=value lines for stderr and journald. Only the daemon, the platform and the tools log: the core reports
 * through effects. Thread-safe. The level may be changed at any time; each place in the code is rate limited.
 */
#ifndef OTR_BASE_LOG_H
#define OTR_BASE_LOG_H

#include "base/status.h"
#include "base/str.h"

typedef enum otr_log_level {
    OTR_LOG_ERROR,
    OTR_LOG_WARNING,
    OTR_LOG_NOTICE, /* default */
    OTR_LOG_INFO,
    OTR_LOG_DEBUG,
} otr_log_level;

void otr_log_level_set(otr_log_level level);
otr_log_level otr_log_level_get(void);
bool otr_log_level_parse(otr_str text, otr_log_level *out);
const char *otr_log_level_text(otr_log_level level);

/* One place in the code that logs: its burst and how many lines it swallowed. */
typedef struct otr_log_place {
    int64_t window_start_us;
    unsigned in_window;
    unsigned swallowed;
} otr_log_place;

/*
 * Writes `level=L event=EVENT fields` where fields is a printf format of key=value pairs; values with spaces
 * are quoted by the caller with %s inside "". At most OTR_LOG_BURST lines of one place every
 * OTR_LOG_WINDOW_S; the next line after says how many were swallowed.
 */
#define otr_log(level, event, ...)                                                                           \
    do {                                                                                                     \
        static otr_log_place place_;                                                                         \
        if ((level) <= otr_log_level_get())                                                                  \
            otr_log_write(&place_, (level), (event), __VA_ARGS__);                                           \
    } while (0)
void otr_log_write(otr_log_place *place, otr_log_level level, const char *event, const char *fields, ...)
    __attribute__((format(printf, 4, 5)));

/* The newest lines kept in memory for a support file, oldest first, joined by newlines; returns the bytes
 * written. */
size_t otr_log_recent(char *out, size_t capacity);

enum { OTR_LOG_BURST = 20, OTR_LOG_WINDOW_S = 10, OTR_LOG_RECENT_BYTES = 16384 };

#endif

/*
 * A thread that looks whether the other threads get on with their work. It counts its own ticks without
 * progress instead of measuring time, so that a suspended machine or a debugger does not make a healthy
 * thread look stuck. While all get on it feeds the service manager; one that does not for longer than its
 * limit ends the process, with a log line and a core dump that shows where it stands.
 */
#ifndef OTR_DAEMON_WATCHDOG_H
#define OTR_DAEMON_WATCHDOG_H

#include "base/status.h"
#include "base/time.h"

/* One thread under watch. */
typedef struct otr_watch {
    const char *name;
    /* A number that changes with each piece of work done, and whether there is work; called from the
     * watchdog's thread. */
    int64_t (*progress)(void *context, bool *busy);
    void *context;
    otr_time limit_us;
    /* the watchdog's own */
    int64_t seen;
    otr_time silent_us; /* in ticks of ours */
} otr_watch;

enum { OTR_WATCHES_MAX = 4 };

/* One tick of tick_us: the first thread that is stuck, or NULL. */
const otr_watch *otr_watchdog_tick(otr_watch *watches, size_t count, otr_time tick_us);

/* How far its ticks are apart: four in the shortest limit, three in the manager's patience (0: there is no
 * manager), and none more rarely than every 15 s. */
otr_time otr_watchdog_period(const otr_watch *watches, size_t count, otr_time manager_us);

typedef struct otr_watchdog otr_watchdog;

/* manager_us: how long the service manager waits for a sign of life, 0 when it does not. stuck is called
 * once, from the watchdog's thread; NULL logs and aborts. */
otr_status otr_watchdog_start(const otr_watch *watches, size_t count, otr_time manager_us,
                              void (*stuck)(void *context, const otr_watch *watch), void *context,
                              otr_watchdog **out, otr_error *error);
/* NULL is allowed. */
void otr_watchdog_stop(otr_watchdog *watchdog);

#endif

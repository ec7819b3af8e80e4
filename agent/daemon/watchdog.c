#include "daemon/watchdog.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "platform/linux/system/notify.h"

#define PERIOD_MAX (15 * OTR_SECOND)

struct otr_watchdog {
    otr_watch watches[OTR_WATCHES_MAX];
    size_t count;
    otr_time tick_us;
    void (*stuck)(void *context, const otr_watch *watch);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake; /* CLOCK_MONOTONIC */
    bool stop;           /* guarded by lock */
};

const otr_watch *otr_watchdog_tick(otr_watch *watches, size_t count, otr_time tick_us)
{
    const otr_watch *stuck = NULL;
    for (size_t i = 0; i < count; i++) {
        otr_watch *watch = &watches[i];
        bool busy = false;
        int64_t progress = watch->progress(watch->context, &busy);
        watch->silent_us = busy && progress == watch->seen ? watch->silent_us + tick_us : 0;
        watch->seen = progress;
        if (watch->silent_us >= watch->limit_us && stuck == NULL)
            stuck = watch;
    }
    return stuck;
}

/* A thread is found between its limit and a quarter more: each tick wakes a processor that could sleep, for
 * years. */
otr_time otr_watchdog_period(const otr_watch *watches, size_t count, otr_time manager_us)
{
    otr_time period = manager_us > 0 && manager_us / 3 < PERIOD_MAX ? manager_us / 3 : PERIOD_MAX;
    for (size_t i = 0; i < count; i++)
        period = watches[i].limit_us / 4 < period ? watches[i].limit_us / 4 : period;
    return period;
}

static void abort_process(void *context, const otr_watch *watch)
{
    (void)context;
    otr_log(OTR_LOG_ERROR, "watchdog", "thread=%s stuck_s=%lld action=abort", watch->name,
            (long long)(watch->silent_us / OTR_SECOND));
    abort();
}

/* Sleeps one tick; false when it is time to stop. */
static bool sleep_tick(otr_watchdog *watchdog)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    otr_time at = (otr_time)until.tv_sec * OTR_SECOND + until.tv_nsec / 1000 + watchdog->tick_us;
    until = (struct timespec){.tv_sec = at / OTR_SECOND, .tv_nsec = at % OTR_SECOND * 1000};
    pthread_mutex_lock(&watchdog->lock);
    int woken = 0;
    while (!watchdog->stop && woken == 0)
        woken = pthread_cond_timedwait(&watchdog->wake, &watchdog->lock, &until);
    bool stop = watchdog->stop;
    pthread_mutex_unlock(&watchdog->lock);
    return !stop;
}

static void *run(void *self)
{
    otr_watchdog *watchdog = self;
    while (sleep_tick(watchdog)) {
        const otr_watch *stuck = otr_watchdog_tick(watchdog->watches, watchdog->count, watchdog->tick_us);
        if (stuck != NULL) {
            watchdog->stuck(watchdog->context, stuck);
            return NULL;
        }
        (void)otr_notify_send("WATCHDOG=1");
    }
    return NULL;
}

otr_status otr_watchdog_start(const otr_watch *watches, size_t count, otr_time manager_us,
                              void (*stuck)(void *context, const otr_watch *watch), void *context,
                              otr_watchdog **out, otr_error *error)
{
    OTR_ASSERT(count <= OTR_WATCHES_MAX);
    otr_watchdog *watchdog = calloc(1, sizeof *watchdog);
    if (watchdog == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    watchdog->count = count;
    watchdog->stuck = stuck != NULL ? stuck : abort_process;
    watchdog->context = context;
    watchdog->tick_us = otr_watchdog_period(watches, count, manager_us);
    for (size_t i = 0; i < count; i++)
        watchdog->watches[i] = watches[i];
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&watchdog->lock, NULL);
    int failed = pthread_create(&watchdog->thread, NULL, run, watchdog);
    if (failed != 0) {
        pthread_cond_destroy(&watchdog->wake);
        pthread_mutex_destroy(&watchdog->lock);
        free(watchdog);
        return otr_fail(error, OTR_IO, "no thread for the watchdog: %s", strerror(failed));
    }
    *out = watchdog;
    return OTR_OK;
}

void otr_watchdog_stop(otr_watchdog *watchdog)
{
    if (watchdog == NULL)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->stop = true;
    pthread_cond_signal(&watchdog->wake);
    pthread_mutex_unlock(&watchdog->lock);
    pthread_join(watchdog->thread, NULL);
    pthread_cond_destroy(&watchdog->wake);
    pthread_mutex_destroy(&watchdog->lock);
    free(watchdog);
}

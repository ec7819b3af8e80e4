/* The watchdog: when a thread counts as stuck, by ticks; then with its real thread, that it finds one and
 * feeds the manager until then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/watchdog.h"

typedef struct worker {
    atomic_long done;
    atomic_bool busy;
} worker;

static int64_t progress(void *context, bool *busy)
{
    worker *w = context;
    *busy = atomic_load(&w->busy);
    return atomic_load(&w->done);
}

static void a_thread_is_stuck_when_busy_without_progress_for_its_limit(void **state)
{
    (void)state;
    static const struct {
        const char *pattern; /* per tick: w works, b busy without progress, i idle */
        int stuck_at;        /* index of the tick, -1 never; the limit is three ticks */
    } rows[] = {{"wwwwww", -1}, {"iiiiii", -1}, {"wbbb", 3},     {"wbbwbb", -1},
                {"wbbibbb", 6}, {"bbwbbb", 5},  {"wbiwbbib", -1}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        worker w = {.done = 1};
        otr_watch watch = {.name = "w", .progress = progress, .context = &w, .limit_us = 3000};
        int stuck_at = -1;
        for (int i = 0; rows[r].pattern[i] != '\0' && stuck_at < 0; i++) {
            char c = rows[r].pattern[i];
            atomic_store(&w.busy, c != 'i');
            if (c == 'w')
                atomic_fetch_add(&w.done, 1);
            if (otr_watchdog_tick(&watch, 1, 1000) != NULL)
                stuck_at = i;
        }
        if (stuck_at != rows[r].stuck_at)
            fail_msg("%s: stuck at %d, not at %d", rows[r].pattern, stuck_at, rows[r].stuck_at);
    }
}

static void
it_looks_four_times_in_the_shortest_limit_and_feeds_the_manager_three_times_in_its_patience(void **state)
{
    (void)state;
    static const struct {
        otr_time limits[2];
        otr_time manager;
        otr_time period;
    } rows[] = {{{60 * OTR_SECOND, 270 * OTR_SECOND}, 0, 15 * OTR_SECOND},
                {{60 * OTR_SECOND, 270 * OTR_SECOND}, 90 * OTR_SECOND, 15 * OTR_SECOND},
                {{60 * OTR_SECOND, 270 * OTR_SECOND}, 30 * OTR_SECOND, 10 * OTR_SECOND},
                {{OTR_HOUR, 10 * OTR_SECOND}, 90 * OTR_SECOND, 2500 * OTR_MS},
                {{OTR_HOUR, OTR_HOUR}, 0, 15 * OTR_SECOND}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        otr_watch watches[] = {{.limit_us = rows[r].limits[0]}, {.limit_us = rows[r].limits[1]}};
        assert_int_equal(otr_watchdog_period(watches, 2, rows[r].manager), rows[r].period);
    }
}

static void note_stuck(void *context, const otr_watch *watch)
{
    *(_Atomic(const char *) *)context = watch->name;
}

static void the_thread_feeds_the_manager_until_one_is_stuck(void **state)
{
    (void)state;
    worker healthy = {.busy = false};
    worker hangs = {.busy = true};
    _Atomic(const char *) found = NULL;
    otr_watchdog *watchdog = NULL;
    otr_error error;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[64];
    char got[64] = "";
    snprintf(name, sizeof name, "@outrider-watchdog-%ld", (long)getpid());
    memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    setenv("NOTIFY_SOCKET", name, 1);

    otr_watch watches[] = {
        {.name = "healthy", .progress = progress, .context = &healthy, .limit_us = 80 * OTR_MS},
        {.name = "hangs", .progress = progress, .context = &hangs, .limit_us = 80 * OTR_MS}};
    assert_int_equal(otr_watchdog_start(watches, 2, 0, note_stuck, &found, &watchdog, &error), OTR_OK);
    for (int i = 0; i < 12000 && atomic_load(&found) == NULL; i++)
        usleep(5000);
    assert_non_null(atomic_load(&found));
    assert_string_equal(atomic_load(&found), "hangs");
    assert_true(recv(fd, got, sizeof got - 1, MSG_DONTWAIT) > 0);
    assert_string_equal(got, "WATCHDOG=1");
    otr_watchdog_stop(watchdog);
    while (recv(fd, got, sizeof got, MSG_DONTWAIT) > 0)
        continue;
    usleep(50000);
    assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), -1); /* no more once it is over */
    close(fd);
}

static void it_stops_at_once_when_asked(void **state)
{
    (void)state;
    worker w = {.busy = false};
    otr_watch watch = {.name = "w", .progress = progress, .context = &w, .limit_us = OTR_HOUR};
    otr_watchdog *watchdog = NULL;
    otr_error error;
    assert_int_equal(otr_watchdog_start(&watch, 1, 0, note_stuck, NULL, &watchdog, &error), OTR_OK);
    otr_watchdog_stop(watchdog);
    otr_watchdog_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_is_stuck_when_busy_without_progress_for_its_limit),
        cmocka_unit_test(
            it_looks_four_times_in_the_shortest_limit_and_feeds_the_manager_three_times_in_its_patience),
        cmocka_unit_test(the_thread_feeds_the_manager_until_one_is_stuck),
        cmocka_unit_test(it_stops_at_once_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

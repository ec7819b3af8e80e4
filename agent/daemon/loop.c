/*
 * The loop. libuv sleeps until a descriptor, a signal or the next deadline; the turn is ours and runs once
 * after each sleep, over every part, so that no busy side starves another. See README.md for the picture.
 */
#include <signal.h>
#include <uv.h>

#include "daemon/burst.h"
#include "daemon/control/history.h"
#include "daemon/daemon.h"
#include "daemon/kept.h"
#include "daemon/push/push.h"
#include "daemon/uplink.h"
#include "platform/linux/system/memory.h"
#include "platform/linux/system/notify.h"

enum { SIGNALS = 5 };

typedef struct loop {
    uv_loop_t uv;
    otr_daemon *daemon;
    uv_timer_t deadline;
    uv_poll_t polls[4];
    bool coap_ready;
    bool store_ready;
    bool mqtt_ready;
    bool uplink_ready;
    uv_signal_t signals[SIGNALS];
    otr_burst burst;
    bool stopping;
} loop;

/* ---- what wakes it ---- */

static void ready(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    *(bool *)poll->data = true;
}

static void due(uv_timer_t *timer)
{
    uv_stop(timer->loop); /* or this sleep would go on without a deadline */
}

/* The first one stops cleanly and gives the signals back to the kernel: the second one ends the process at
 * once. */
static void stop_asked(loop *self, int number)
{
    otr_log(OTR_LOG_NOTICE, "stop", "signal=%d", number);
    self->stopping = true;
    for (int i = 0; i < SIGNALS; i++)
        if (self->signals[i].signum == SIGTERM || self->signals[i].signum == SIGINT)
            uv_signal_stop(&self->signals[i]);
    (void)otr_notify_send("STOPPING=1\nSTATUS=writing the last snapshot");
    otr_driver_stop(self->daemon->driver);
}

static void signalled(uv_signal_t *handle, int number)
{
    loop *self = handle->data;
    int level = (int)otr_log_level_get();
    switch (number) {
    case SIGHUP:
        if (!self->stopping)
            otr_daemon_reload(self->daemon);
        break;
    case SIGUSR1:
        otr_daemon_log_level((otr_log_level)(level < OTR_LOG_DEBUG ? level + 1 : level));
        break;
    case SIGUSR2:
        otr_daemon_log_level((otr_log_level)(level > OTR_LOG_ERROR ? level - 1 : level));
        break;
    default:
        stop_asked(self, number);
    }
}

/* ---- one turn ---- */

static otr_time now_us(const loop *self)
{
    return (otr_time)uv_now(&self->uv) * OTR_MS;
}

static void tidy_memory(loop *self)
{
    const otr_daemon *daemon = self->daemon;
    uint64_t done = otr_driver_counters(daemon->driver)->readings;
    if (daemon->uplink != NULL)
        done += otr_telemetry_counted(otr_uplink_telemetry(daemon->uplink))->messages;
    if (otr_burst_is_over(&self->burst, done, now_us(self)))
        otr_memory_trim();
}

static void turn(loop *self)
{
    otr_daemon *daemon = self->daemon;
    atomic_fetch_add(&daemon->turns, 1);
    if (self->store_ready)
        otr_store_process(daemon->store); /* first: what it has made durable is to be published */
    if (self->coap_ready || otr_coap_wait_us(daemon->coap) <= 0)
        otr_coap_process(daemon->coap);
    if (self->mqtt_ready || otr_mqtt_wait_us(daemon->mqtt) <= 0)
        otr_mqtt_process(daemon->mqtt);
    if (daemon->uplink != NULL && (self->uplink_ready || otr_uplink_wait_us(daemon->uplink) <= 0))
        otr_uplink_process(daemon->uplink);
    self->coap_ready = self->store_ready = self->mqtt_ready = self->uplink_ready = false;
    otr_kept_turn(daemon);
    otr_driver_turn(daemon->driver);
    otr_health_turn(daemon);
    otr_push_turn(daemon);
    if (daemon->answered) {
        daemon->answered = false;
        otr_coap_process(daemon->coap);
    }
    tidy_memory(self);
}

/* Microseconds of real time until somebody has something to do; at most a quarter of the watchdog's limit,
 * which also bounds how late a deadline is kept after the machine was suspended. */
static int64_t sleep_us(const loop *self)
{
    otr_daemon *daemon = self->daemon;
    int64_t waits[] = {
        otr_clock_real_us(&daemon->clock, otr_driver_wait(daemon->driver)),
        otr_coap_wait_us(daemon->coap),
        otr_mqtt_wait_us(daemon->mqtt),
        daemon->uplink != NULL ? otr_uplink_wait_us(daemon->uplink) : INT64_MAX,
        otr_burst_wait_us(&self->burst, now_us(self)),
        otr_push_wait_us(daemon),
    };
    int64_t least = daemon->config->watchdog.limit / 4;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        least = waits[i] < least ? waits[i] : least;
    return least;
}

static void sleep_until_next(loop *self)
{
    int64_t us = sleep_us(self);
    if (us <= 0) {
        uv_run(&self->uv, UV_RUN_NOWAIT);
        return;
    }
    uv_update_time(&self->uv);
    uv_timer_start(&self->deadline, due, (uint64_t)(us + 999) / 1000, 0);
    uv_run(&self->uv, UV_RUN_ONCE);
}

/* ---- begin and end ---- */

static int poll_fd(loop *self, size_t index, int fd, bool *flag)
{
    int failed = uv_poll_init(&self->uv, &self->polls[index], fd);
    self->polls[index].data = flag;
    return failed != 0 ? failed : uv_poll_start(&self->polls[index], UV_READABLE, ready);
}

static int begin(loop *self)
{
    static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};
    otr_daemon *daemon = self->daemon;
    uv_timer_init(&self->uv, &self->deadline);
    int failed = poll_fd(self, 0, otr_coap_fd(daemon->coap), &self->coap_ready);
    if (failed == 0)
        failed = poll_fd(self, 1, otr_store_fd(daemon->store), &self->store_ready);
    if (failed == 0)
        failed = poll_fd(self, 2, otr_mqtt_fd(daemon->mqtt), &self->mqtt_ready);
    if (failed == 0 && daemon->uplink != NULL)
        failed = poll_fd(self, 3, otr_uplink_fd(daemon->uplink), &self->uplink_ready);
    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&self->uv, &self->signals[i]);
        self->signals[i].data = self;
        if (failed == 0)
            failed = uv_signal_start(&self->signals[i], signalled, numbers[i]);
    }
    if (failed != 0)
        otr_log(OTR_LOG_ERROR, "start", "result=failed reason=\"%s\"", uv_strerror(failed));
    return failed;
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void end(loop *self)
{
    otr_history_stop(self->daemon);
    otr_control_close(self->daemon->control);
    self->daemon->control = NULL;
    uv_walk(&self->uv, close_handle, NULL);
    uv_run(&self->uv, UV_RUN_DEFAULT);
    uv_loop_close(&self->uv);
    self->daemon->loop = NULL;
}

static otr_status open_control(loop *self, otr_error *error)
{
    otr_str path = self->daemon->config->control.socket;
    if (path.size == 0)
        return OTR_OK;
    return otr_control_open(&self->uv, path.data, otr_daemon_command, self->daemon, &self->daemon->control,
                            error);
}

int otr_loop_run(otr_daemon *daemon)
{
    loop self = {.daemon = daemon};
    otr_error error;
    int failed = uv_loop_init(&self.uv);
    if (failed != 0) {
        otr_log(OTR_LOG_ERROR, "start", "result=failed reason=\"%s\"", uv_strerror(failed));
        return 1;
    }
    daemon->loop = &self.uv;
    if (begin(&self) != 0) {
        otr_push_stopped(daemon);
        end(&self);
        return 1;
    }
    otr_status status = open_control(&self, &error);
    if (status == OTR_OK)
        status = otr_daemon_watch(daemon, &error);
    if (status != OTR_OK) {
        otr_log(OTR_LOG_ERROR, "start", "result=failed reason=\"%s\"", error.text);
        otr_push_stopped(daemon);
        end(&self);
        return 1;
    }
    otr_log(OTR_LOG_NOTICE, "ready", "udp_port=%u dtls_port=%u devices=%zu", otr_coap_udp_port(daemon->coap),
            otr_coap_dtls_port(daemon->coap), otr_driver_device_count(daemon->driver));
    otr_time utc;
    if (otr_driver_utc(daemon->driver, &utc) != OTR_CLOCK_SYNCED)
        otr_log(OTR_LOG_WARNING, "clock_unsynced",
                "reason=\"readings without a time of their own are kept and wait for the first sync; see "
                "clock.trust\"");
    (void)otr_notify_send("READY=1\nSTATUS=running");

    turn(&self);
    while (!otr_driver_stopped(daemon->driver)) {
        sleep_until_next(&self);
        turn(&self);
    }
    otr_push_stopped(daemon);
    otr_log(OTR_LOG_NOTICE, "stopped", "turns=%lld", atomic_load(&daemon->turns));
    end(&self);
    return 0;
}

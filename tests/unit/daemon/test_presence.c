/*
 * What the service hears of a gateway that vanishes: the will of the connection that was lost, an event of
 * its own with the time of that connection, not of the process's start.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../mqtt/broker.h"
#include "folder.h"

#define STATUS "outrider/v1/depot/g1/status"

static test_broker broker;
static pid_t running;

static void start_daemon(void)
{
    char config[512];
    char program[512];
    (void)snprintf(config, sizeof config,
                   "gateway: {group: depot, name: g1}\n"
                   "state: {folder: state, quota: 64MiB, ballast: 1MiB}\n"
                   "coap: {udp: '127.0.0.1:0'}\n"
                   "mqtt: {url: 'mqtt://127.0.0.1:%u', reconnect_min: 100ms, reconnect_max: 200ms}\n"
                   "control: {socket: c.sock}\n",
                   broker.plain_port);
    folder_write("o.yaml", config, 0600);
    (void)snprintf(program, sizeof program, "%s/outriderd", getenv("OUTRIDER_BIN"));
    running = test_spawn(NULL, (const char *[]){program, "--config", folder_path("o.yaml"), NULL});
}

/* Waits for the retained status of this type, no older than since, and copies its time and id. */
static bool hear(const char *type, const char *since, char at[32], char id[64])
{
    for (int i = 0; i < 100; i++) {
        char line[512];
        bool read = test_broker_read(&broker, STATUS, "%P ", line, sizeof line);
        const char *time_at = read ? strstr(line, "time:") : NULL;
        const char *id_at = read ? strstr(line, "id:") : NULL;
        if (time_at != NULL && id_at != NULL && strstr(line, type) != NULL) {
            (void)sscanf(time_at, "time:%31[^ ]", at);
            (void)sscanf(id_at, "id:%63[^ ]", id);
            if (strcmp(at, since) >= 0)
                return true;
        }
        usleep(50000);
    }
    return false;
}

static void each_loss_is_told_with_the_time_of_its_connection(void **state)
{
    (void)state;
    char at[32] = "";
    char id[64] = "";
    char since[32];
    start_daemon();
    assert_true(hear("type:io.outrider.status.online", "", at, id));
    test_broker_kill(&broker);
    sleep(2);
    time_t now = time(NULL);
    struct tm parts;
    (void)strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%S", gmtime_r(&now, &parts));
    test_broker_start(&broker);
    assert_true(hear("type:io.outrider.status.online", since, at, id));
    assert_int_equal(kill(running, SIGKILL), 0);
    (void)waitpid(running, NULL, 0);
    running = 0;
    if (!hear("type:io.outrider.status.offline", since, at, id))
        fail_msg("the last offline is of %s, the connection was made after %s", at, since);
}

static int set_up(void **state)
{
    (void)state;
    folder_make();
    test_broker_make(&broker);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (running > 0) {
        (void)kill(running, SIGKILL);
        (void)waitpid(running, NULL, 0);
    }
    test_broker_free(&broker);
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_loss_is_told_with_the_time_of_its_connection, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

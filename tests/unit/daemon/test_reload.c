/* A reload is taken whole or not at all, whichever allocation fails, and then the gateway goes on as before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../pack/failing_memory.h"
#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/push/push.h"
#include "folder.h"

static otr_daemon *daemon_;

/* What the files say: first or second in everything. */
static void write_files(int which)
{
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "pack: test\nversion: %d\nrules:\n  - alert: Drop\n    expr: shock > %d.0\n", which,
                   which);
    (void)folder_write("packs/test.yaml", text, 0600);
    (void)folder_write("packs/other.yaml",
                       which == 1 ? "pack: first\nversion: 1\nrules:\n  - {alert: A, expr: shock > 9.0}\n"
                                  : "pack: second\nversion: 1\nrules:\n  - {alert: A, expr: shock > 9.0}\n",
                       0600);
    (void)snprintf(text, sizeof text, "version: 1\nassets:\n  - {asset: a%d, class: x, devices: [d1]}\n",
                   which);
    (void)folder_write("assignments.yaml", text, 0600);
    const char *folder = folder_path("");
    (void)snprintf(text, sizeof text,
                   "gateway: {group: g, name: gw}\nstate: {folder: %s/state, ballast: 0B}\n"
                   "mqtt: {url: \"mqtt://127.0.0.1:1\", reconnect_min: 1h, reconnect_max: 1h}\n"
                   "telemetry: {urls: [\"mqtt://127.0.0.1:1\"], deadband: [shock=%d]}\n"
                   "coap: {device_rate: %d}\n"
                   "rules: {packs: %s/packs, assignments: %s/assignments.yaml}\n"
                   "clock: {trust: always}\nturn: {linger: 0ms}\nsandbox: {mode: off}\n",
                   folder, which, 100 * which, folder, folder);
    (void)folder_write("outrider.yaml", text, 0600);
}

/* Until all that waits is committed. */
static void turn(void)
{
    do {
        struct pollfd store = {.fd = otr_store_fd(daemon_->store), .events = POLLIN};
        otr_driver_turn(daemon_->driver);
        (void)poll(&store, 1, 10);
        otr_store_process(daemon_->store);
    } while (otr_driver_queued(daemon_->driver) > 0);
}

typedef struct found {
    int first; /* slots and options that say so */
    int second;
    char hashes[512];
} found;

static void look_at(void *context, otr_str slot, otr_str hash)
{
    found *what = context;
    size_t used = strlen(what->hashes);
    what->first += otr_str_is(slot, "pack/first") && hash.size > 0;
    what->second += otr_str_is(slot, "pack/second") && hash.size > 0;
    if (otr_str_is(slot, "pack/test") || otr_str_is(slot, "assignments"))
        (void)snprintf(what->hashes + used, sizeof what->hashes - used, "%.*s ", OTR_STR_ARG(hash));
}

/* 1 or 2: what the gateway goes by, in everything. */
static int goes_by(found *out)
{
    *out = (found){.first = 0};
    otr_driver_active(daemon_->driver, look_at, out);
    out->first += daemon_->config->coap.device_rate == 100;
    out->second += daemon_->config->coap.device_rate == 200;
    if (out->first + out->second != 2 || (out->first != 0 && out->second != 0))
        fail_msg("%d of the first and %d of the second", out->first, out->second);
    return out->first == 2 ? 1 : 2;
}

static void it_is_taken_whole_or_not_at_all_whichever_allocation_fails(void **state)
{
    char hashes[3][512];
    found now;
    int runs = 1;
    long n = 1;
    bool more = true;
    unsigned refused = 0;
    (void)state;
    for (int which = 1; which <= 2; which++) { /* what each looks like */
        write_files(which);
        otr_daemon_reload(daemon_);
        assert_string_equal(daemon_->reload.refused ? daemon_->reload.text : "", "");
        turn();
        assert_int_equal(goes_by(&now), which);
        memcpy(hashes[which], now.hashes, sizeof now.hashes);
        runs = which;
    }
    assert_string_not_equal(hashes[1], hashes[2]);
    write_files(3 - runs);
    for (; more; n++) {
        failing_memory_after(n);
        otr_daemon_reload(daemon_);
        more = failing_memory_hit();
        failing_memory_after(0);
        refused += daemon_->reload.refused;
        int meant = daemon_->reload.refused ? runs : 3 - runs;
        turn();
        int is = goes_by(&now);
        if (is != meant || strcmp(now.hashes, hashes[meant]) != 0)
            fail_msg("allocation %ld, \"%s\": it goes by %d and not by %d", n, daemon_->reload.text, is,
                     meant);
        if (is != runs)
            write_files(runs);
        runs = is;
    }
    printf("%ld allocations, refused %u times\n", n - 1, refused);
    assert_true(refused > 100);
}

static int set_up(void **state)
{
    static char path[256];
    otr_error error = {.text = ""};
    (void)state;
    folder_make();
    assert_int_equal(mkdir(folder_path("packs"), 0700), 0);
    write_files(1);
    (void)snprintf(path, sizeof path, "%s", folder_path("outrider.yaml"));
    daemon_ = calloc(1, sizeof *daemon_);
    assert_non_null(daemon_);
    daemon_->config_path = path;
    otr_log_level_set(OTR_LOG_ERROR);
    otr_status status = otr_config_load(path, &daemon_->config, &error);
    if (status == OTR_OK)
        status = otr_daemon_open(daemon_, &error);
    if (status != OTR_OK)
        fail_msg("%s", error.text);
    turn();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    otr_daemon_close(daemon_);
    free(daemon_);
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_taken_whole_or_not_at_all_whichever_allocation_fails),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

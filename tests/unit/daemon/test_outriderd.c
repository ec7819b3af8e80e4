/*
 * The program itself, as an operator meets it: checks, starts, reloads, stops, and what `outrider check` and
 * `outrider doctor` say of it. The broker is away all the time, which must not matter here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"

#define CONFIG                                                                                               \
    "gateway: {group: depot, name: g1}\n"                                                                    \
    "state: {folder: state, quota: 64MiB, ballast: 1MiB}\n"                                                  \
    "coap: {udp: '127.0.0.1:0'}\n"                                                                           \
    "mqtt: {url: 'mqtt://127.0.0.1:9', username: me, password_file: secret}\n"                               \
    "rules: {packs: packs}\n"                                                                                \
    "control: {socket: c.sock}\n"
#define PACK(expr)                                                                                           \
    "pack: warm\nversion: 1\nrules:\n  - alert: Warm\n    expr: " expr "\n    annotations: {cause: warm}\n"

#define OTHER                                                                                                \
    "pack: other\nversion: 1\nrules:\n  - alert: Any\n    expr: door\n    annotations: {cause: door}\n"

static char text[1 << 18]; /* what the last program said */
static pid_t running;      /* a daemon that a failed test would leave behind */

static const char *read_text(const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t size = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    text[size > 0 ? size : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

/* Starts BIN/words[0] with both outputs into FOLDER/output; words ends with NULL. */
static pid_t start(const char *output, const char *const *words)
{
    char program[512];
    (void)snprintf(program, sizeof program, "%s/%s", getenv("OUTRIDER_BIN"), words[0]);
    pid_t child = fork();
    if (child != 0)
        return child;
    int fd = open(folder_path(output), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    execv(program, (char *const *)words);
    _exit(127);
}

static int finish(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    running = child == running ? 0 : running;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Runs to its end; what it said is in text. */
static int run(const char *const *words)
{
    int code = finish(start("said", words));
    (void)read_text(folder_path("said"));
    return code;
}

/* Asks the control socket; the answer is in text, empty when nobody answers. */
static const char *ask(const char *line)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = 0;
    text[0] = '\0';
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", folder_path("c.sock"));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = 60}; /* with a daemon that hangs */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line)) {
        ssize_t got = 1;
        while (got > 0 && (size == 0 || text[size - 1] != '\n')) {
            got = recv(fd, text + size, sizeof text - 1 - size, 0);
            size += got > 0 ? (size_t)got : 0;
        }
    }
    text[size] = '\0';
    close(fd);
    return text;
}

/* Asks until the answer has the wanted piece. */
static void ask_until(const char *line, const char *wanted)
{
    for (int i = 0; i < 1200; i++) {
        if (strstr(ask(line), wanted) != NULL)
            return;
        usleep(50000);
    }
    fail_msg("no %s in: %s\nlog: %s", wanted, text, read_text(folder_path("log")));
}

static pid_t start_daemon(void)
{
    pid_t child = start("log", (const char *[]){"outriderd", "--config", folder_path("o.yaml"), NULL});
    running = child;
    ask_until("{\"do\":\"status\"}\n", "\"ok\":true");
    return child;
}

static void check_config_names_the_place_or_says_ok(void **state)
{
    (void)state;
    char expected[300];
    assert_int_equal(
        run((const char *[]){"outriderd", "--config", folder_path("o.yaml"), "--check-config", NULL}), 0);
    assert_string_equal(text, "ok\n");

    folder_write("packs/warm.yaml", PACK("temperature >> 8"), 0600);
    assert_int_equal(
        run((const char *[]){"outriderd", "--config", folder_path("o.yaml"), "--check-config", NULL}), 1);
    (void)snprintf(expected, sizeof expected, "%s:5:", folder_path("packs/warm.yaml"));
    assert_int_equal(strncmp(text, expected, strlen(expected)), 0);

    folder_write("o.yaml", CONFIG "lgo: {}\n", 0600);
    assert_int_equal(
        run((const char *[]){"outriderd", "--config", folder_path("o.yaml"), "--check-config", NULL}), 1);
    (void)snprintf(expected, sizeof expected, "%s:7:1: unknown key lgo; did you mean log?\n",
                   folder_path("o.yaml"));
    assert_string_equal(text, expected);

    /* what is named and not there */
    const struct {
        const char *more;
        const char *place;
    } rows[] = {
        {"rules: {packs: /nowhere}\n", ":1:16: rules.packs: /nowhere: No such file or directory\n"},
        {"rules: {signers: /nowhere}\n", ":1:18: rules.signers: /nowhere: No such file or directory\n"},
        {"operators: {keys: /nowhere}\n", ":1:19: operators.keys: /nowhere: No such file or directory\n"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char config[300];
        (void)snprintf(config, sizeof config,
                       "%sgateway: {group: g, name: n}\nmqtt: {url: \"mqtt://localhost:1\"}\n", rows[i].more);
        folder_write("missing.yaml", config, 0600);
        assert_int_equal(run((const char *[]){"outriderd", "--config", folder_path("missing.yaml"),
                                              "--check-config", NULL}),
                         1);
        (void)snprintf(expected, sizeof expected, "%s%s", folder_path("missing.yaml"), rows[i].place);
        assert_string_equal(text, expected);
    }
}

static void outrider_check_counts_rules_and_goes_on_after_a_bad_file(void **state)
{
    (void)state;
    folder_write("bad.yaml", "pack: bad\nversion: 1\nrules: 3\n", 0600);
    const char *bad = folder_path("bad.yaml");
    const char *good = folder_path("packs/warm.yaml");
    assert_int_equal(run((const char *[]){"outrider", "check", bad, good, NULL}), 1);
    assert_non_null(strstr(text, "bad.yaml:3:8: "));
    assert_non_null(strstr(text, "warm.yaml: ok, pack/warm, 1 rule\n"));
    assert_int_equal(run((const char *[]){"outrider", "check", "--config", folder_path("o.yaml"), NULL}), 0);
    assert_int_equal(run((const char *[]){"outrider", "check", NULL}), 2);
}

static void a_second_daemon_is_refused_and_the_first_stops_cleanly(void **state)
{
    (void)state;
    char expected[64];
    pid_t first = start_daemon();
    assert_int_equal(run((const char *[]){"outriderd", "--config", folder_path("o.yaml"), NULL}), 1);
    (void)snprintf(expected, sizeof expected, "in use by process %ld\n", (long)first);
    assert_non_null(strstr(text, expected));
    assert_int_equal(kill(first, SIGTERM), 0);
    assert_int_equal(finish(first), 0);
    assert_int_equal(access(folder_path("c.sock"), F_OK), -1);
}

/* One of the zone files of the tests becomes Middle/Earth. */
static void copy_zone(const char *name)
{
    char command[1200];
    (void)snprintf(command, sizeof command, "cp '%s/tests/fuzz/seeds/zone/%s' '%s'",
                   getenv("OUTRIDER_SOURCE"), name, folder_path("zones/Middle/Earth"));
    assert_int_equal(system(command), 0);
}

static void a_reload_takes_all_or_nothing_and_says_which(void **state)
{
    (void)state;
    pid_t daemon = start_daemon();
    ask_until("{\"do\":\"status\"}\n", "\"slot\":\"pack/warm\"");
    assert_non_null(strstr(text, "\"reload\":null"));

    folder_write("o.yaml", CONFIG "clock: {scale: fast}\n", 0600);
    assert_int_equal(kill(daemon, SIGHUP), 0);
    ask_until("{\"do\":\"status\"}\n", "\"result\":\"refused\"");
    assert_non_null(strstr(text, "o.yaml:7:16: "));

    folder_write("o.yaml", CONFIG "log: {level: debug}\nmqtt_is: {}\n", 0600);
    assert_non_null(strstr(ask("{\"do\":\"reload\"}\n"), "o.yaml:8:1: unknown key mqtt_is"));
    assert_non_null(strstr(ask("{\"do\":\"status\"}\n"), "\"log_level\":\"notice\""));

    folder_write("o.yaml", CONFIG "log: {level: debug}\nturn: {linger: 10ms}\nwatchdog: {limit: 30s}\n",
                 0600);
    folder_write("packs/other.yaml", "pack: other\nversion: 1\nrules: 3\n", 0600);
    assert_non_null(strstr(ask("{\"do\":\"reload\"}\n"), "other.yaml:3:8: "));
    assert_non_null(strstr(ask("{\"do\":\"status\"}\n"), "\"log_level\":\"notice\""));

    assert_int_equal(rename(folder_path("packs/warm.yaml"), folder_path("warm.kept")), 0);
    folder_write("packs/other.yaml", OTHER, 0600);
    assert_non_null(
        strstr(ask("{\"do\":\"reload\"}\n"), "{\"ok\":true,\"text\":\"needs a restart: watchdog.limit\"}"));
    ask_until("{\"do\":\"status\"}\n", "\"slot\":\"pack/other\"");
    assert_null(strstr(text, "pack/warm"));
    assert_non_null(strstr(text, "\"log_level\":\"debug\""));

    assert_int_equal(kill(daemon, SIGUSR2), 0);
    ask_until("{\"do\":\"status\"}\n", "\"log_level\":\"info\"");
    assert_non_null(strstr(ask("{\"do\":\"log-level\",\"level\":\"error\"}\n"), "\"log_level\":\"error\""));
    assert_non_null(strstr(ask("{\"do\":\"recent-log\"}\n"), "event=reload result=refused reason="));
    assert_int_equal(kill(daemon, SIGTERM), 0);
    assert_int_equal(finish(daemon), 0);
    assert_int_equal(rename(folder_path("warm.kept"), folder_path("packs/warm.yaml")), 0);
    assert_int_equal(unlink(folder_path("packs/other.yaml")), 0);
}

/* The zone data of the machine is replaced beneath the daemon, as an upgrade of tzdata does. */
static void a_reload_takes_changed_zone_data_in(void **state)
{
    (void)state;
    char first[24];
    static const char wanted[] = "\"slot\":\"zone/Middle/Earth\"";
    assert_int_equal(mkdir(folder_path("zones"), 0700), 0);
    assert_int_equal(mkdir(folder_path("zones/Middle"), 0700), 0);
    folder_write("a.yaml", "version: 1\ncustomers: [{customer: c, zone: Middle/Earth}]\n", 0600);
    folder_write("o.yaml",
                 "gateway: {group: depot, name: g1}\n"
                 "state: {folder: state, quota: 64MiB, ballast: 1MiB}\n"
                 "coap: {udp: '127.0.0.1:0'}\n"
                 "mqtt: {url: 'mqtt://127.0.0.1:9'}\n"
                 "rules: {packs: packs, assignments: a.yaml}\n"
                 "control: {socket: c.sock}\n"
                 "clock: {zones: zones}\n",
                 0600);
    copy_zone("rule-only");
    pid_t daemon = start_daemon();
    ask_until("{\"do\":\"status\"}\n", wanted);
    const char *hash = strstr(strstr(text, wanted), "\"hash\":\"");
    assert_non_null(hash);
    (void)snprintf(first, sizeof first, "%.20s", hash);
    copy_zone("kolkata");
    assert_non_null(strstr(ask("{\"do\":\"reload\"}\n"), "\"ok\":true"));
    for (int i = 0; i < 1200 && strstr(ask("{\"do\":\"status\"}\n"), first) != NULL; i++)
        usleep(50000);
    assert_non_null(strstr(text, wanted));
    assert_null(strstr(text, first));
    assert_int_equal(unlink(folder_path("zones/Middle/Earth")), 0);
    assert_non_null(strstr(ask("{\"do\":\"reload\"}\n"), "a.yaml:2:33: time zone Middle/Earth: "));
    assert_non_null(strstr(ask("{\"do\":\"status\"}\n"), wanted)); /* the last good one stays */
    assert_int_equal(kill(daemon, SIGTERM), 0);
    assert_int_equal(finish(daemon), 0);
}

static void a_killed_daemon_starts_again_and_bad_packs_leave_the_last_good_ones(void **state)
{
    (void)state;
    pid_t daemon = start_daemon();
    ask_until("{\"do\":\"status\"}\n", "\"journal_rows\":1"); /* the pack is durable */
    assert_non_null(strstr(text, "\"slot\":\"pack/warm\""));
    assert_int_equal(kill(daemon, SIGKILL), 0);
    assert_int_equal(finish(daemon), -SIGKILL);
    folder_write("packs/warm.yaml", PACK("temperature >> 8"), 0600);
    daemon = start_daemon();
    assert_non_null(strstr(ask("{\"do\":\"status\"}\n"), "\"slot\":\"pack/warm\""));
    assert_int_equal(kill(daemon, SIGTERM), 0);
    assert_int_equal(finish(daemon), 0);
    assert_non_null(strstr(read_text(folder_path("log")), "event=contents result=refused"));
}

static void a_first_start_with_bad_packs_fails(void **state)
{
    (void)state;
    folder_write("packs/warm.yaml", PACK("temperature >> 8"), 0600);
    folder_write("o.yaml", CONFIG "", 0600);
    assert_int_equal(run((const char *[]){"outriderd", "--config", folder_path("o.yaml"), NULL}), 1);
    assert_non_null(strstr(text, "packs/warm.yaml:5:"));
}

static void doctor_gathers_all_of_a_running_daemon_but_no_secret(void **state)
{
    (void)state;
    pid_t daemon = start_daemon();
    assert_int_equal(
        run((const char *[]){"outrider", "doctor", "--config", folder_path("o.yaml"), "--out", "-", NULL}),
        0);
    static const char *const wanted[] = {"libcoap: libcoap 4.",
                                         "sqlite: 3.",
                                         "mqtt.username: me  (file, line ",
                                         "coap.device_rate: 30000  (default)\n",
                                         "in force in the running daemon",
                                         "\"uptime_s\":",
                                         "event=ready",
                                         "pack/warm sha256=",
                                         "quick check: ok\n",
                                         "rows of journal: ",
                                         "schema version: ",
                                         "MiB free of",
                                         "synchronised: ",
                                         "outrider.db\n",
                                         "locked by process ",
                                         "authority (mqtt.ca): none"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("%s is missing in:\n%s", wanted[i], text);
    assert_null(strstr(text, "hunter2"));
    assert_int_equal(kill(daemon, SIGTERM), 0);
    assert_int_equal(finish(daemon), 0);
}

static void doctor_works_without_daemon_and_without_a_readable_configuration(void **state)
{
    (void)state;
    struct stat info;
    folder_write("o.yaml",
                 CONFIG "mqqt:\n  password: hunter2\n  url: 'mqtts://me:hunter2@b.example:1'\nplain: seen\n",
                 0600);
    const char *out = folder_path("doctor.txt");
    assert_int_equal(
        run((const char *[]){"outrider", "doctor", "--config", folder_path("o.yaml"), "--out", out, NULL}),
        0);
    assert_int_equal(stat(folder_path("doctor.txt"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    (void)read_text(folder_path("doctor.txt"));
    assert_non_null(strstr(text, "o.yaml:7:1: unknown key mqqt; did you mean mqtt?"));
    assert_non_null(strstr(text, "plain: seen"));
    assert_non_null(strstr(text, "the daemon does not answer"));
    assert_null(strstr(text, "hunter2"));
}

/* Runs outrider with the words and --config; what it said is in text. */
static int outrider(const char *verb, const char *a, const char *b, const char *c, const char *d,
                    const char *e)
{
    return run((const char *[]){"outrider", verb, "--config", folder_path("o.yaml"), a, b, c, d, e, NULL});
}

static void alarms_are_acknowledged_and_shelved_from_the_console_and_stay_so(void **state)
{
    (void)state;
    folder_write("o.yaml",
                 "gateway: {group: depot, name: g1}\n"
                 "state: {folder: state, quota: 64MiB, ballast: 1MiB}\n"
                 "coap: {udp: '127.0.0.1:0'}\nmqtt: {url: 'mqtt://127.0.0.1:9'}\n"
                 "rules: {packs: packs, assignments: a.yaml}\nclock: {trust: always}\n"
                 "control: {socket: c.sock}\n",
                 0600);
    folder_write("a.yaml", "version: 1\nassets: [{asset: box, class: x, devices: [t1]}]\n", 0600);
    folder_write("packs/warm.yaml",
                 "pack: warm\nversion: 1\nrules:\n  - {alert: Warm, expr: temperature > 8.0}\n"
                 "  - {alert: Silent, silent_for: 1s, latch: true}\n",
                 0600);
    pid_t daemon = start_daemon();
    ask_until("{\"do\":\"alarms\"}\n", "\"rule\":\"Silent\"");
    assert_int_equal(outrider("alarms", NULL, NULL, NULL, NULL, NULL), 0);
    assert_non_null(strstr(text, "unacknowledged medium   Silent on box, raised 20"));
    char id[33] = "";
    (void)snprintf(id, sizeof id, "%.32s", text);

    assert_int_equal(outrider("ack", id, NULL, NULL, NULL, NULL), 0);
    assert_string_equal(text, "ok, 1 alarm(s) changed\n");
    assert_int_equal(outrider("ack", "warm/Silent", "box", NULL, NULL, NULL), 1);
    assert_string_equal(text, "outrider ack: refused: it is acknowledged already\n");
    assert_int_equal(outrider("reset", id, NULL, NULL, NULL, NULL), 1);
    assert_non_null(strstr(text, "the condition still holds"));
    assert_int_equal(outrider("shelve", "Warm", "box", "for", "2h", "new probe"), 0);
    assert_int_equal(outrider("shelve", "Warm", "box", "for", "soon", NULL), 1);
    assert_non_null(strstr(text, "\"for\" is a span"));
    assert_int_equal(outrider("shelve", "Warm", "box", NULL, NULL, NULL), 2);
    assert_int_equal(outrider("unshelve", "Wram", "box", NULL, NULL, NULL), 1);
    assert_non_null(strstr(text, "no such rule watches that asset"));

    assert_int_equal(kill(daemon, SIGKILL), 0);
    assert_int_equal(finish(daemon), -SIGKILL);
    daemon = start_daemon();
    assert_int_equal(outrider("alarms", NULL, NULL, NULL, NULL, NULL), 0);
    assert_non_null(strstr(text, id));
    assert_non_null(strstr(text, " acknowledged   medium   Silent on box"));
    assert_non_null(strstr(text, "shelved: Warm on box, until 20"));
    assert_non_null(strstr(text, ": new probe\n"));
    assert_non_null(strstr(ask("{\"do\":\"status\"}\n"), "\"shelved\":1,\"out_of_service\":0,"));
    assert_int_equal(outrider("unshelve", "Warm", "box", NULL, NULL, NULL), 0);
    assert_int_equal(outrider("out-of-service", "Silent", "box", NULL, NULL, NULL), 0);
    assert_int_equal(outrider("in-service", "Silent", "box", NULL, NULL, NULL), 0);
    assert_int_equal(kill(daemon, SIGTERM), 0);
    assert_int_equal(finish(daemon), 0);
    assert_int_equal(outrider("alarms", NULL, NULL, NULL, NULL, NULL), 1);
    assert_non_null(strstr(text, "does not answer"));
}

static int fresh(void **state)
{
    (void)state;
    folder_make();
    folder_write("o.yaml", CONFIG, 0600);
    folder_write("secret", "hunter2\n", 0600);
    if (mkdir(folder_path("packs"), 0700) != 0)
        return -1;
    folder_write("packs/warm.yaml", PACK("temperature > 8.0"), 0600);
    return 0;
}

static int gone(void **state)
{
    (void)state;
    if (running > 0) {
        (void)kill(running, SIGKILL);
        (void)waitpid(running, NULL, 0);
        running = 0;
    }
    folder_remove();
    return 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fresh, gone)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(check_config_names_the_place_or_says_ok),
        CASE(outrider_check_counts_rules_and_goes_on_after_a_bad_file),
        CASE(a_second_daemon_is_refused_and_the_first_stops_cleanly),
        CASE(a_reload_takes_all_or_nothing_and_says_which),
        CASE(a_reload_takes_changed_zone_data_in),
        CASE(a_killed_daemon_starts_again_and_bad_packs_leave_the_last_good_ones),
        CASE(a_first_start_with_bad_packs_fails),
        CASE(doctor_gathers_all_of_a_running_daemon_but_no_secret),
        CASE(alarms_are_acknowledged_and_shelved_from_the_console_and_stay_so),
        CASE(doctor_works_without_daemon_and_without_a_readable_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The same ports and names as tests/ports.py: below those which the kernel gives to whoever connects, and
 * held by the name of an abstract socket until the process ends. */
static bool take_port(uint16_t port)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int size = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "outrider-test-port-%u", port);
    int held = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(held, (struct sockaddr *)&name,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size)) != 0) {
        close(held);
        return false;
    }
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_free = bind(probe, (struct sockaddr *)&address, sizeof address) == 0;
    close(probe);
    return is_free;
}

uint16_t test_free_port(void)
{
    enum { FIRST = 16384, COUNT = 16384 };
    unsigned begin = (unsigned)getpid() * 61;
    for (unsigned i = 0; i < COUNT; i++) {
        uint16_t port = (uint16_t)(FIRST + (begin + i) % COUNT);
        if (take_port(port))
            return port;
    }
    fail_msg("no port is free");
    return 0;
}

pid_t test_spawn(int *out, const char *const *argv)
{
    int ends[2] = {-1, -1};
    if (out != NULL)
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int target = out != NULL ? ends[1] : open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(target, STDOUT_FILENO);
        if (out == NULL)
            dup2(target, STDERR_FILENO);
        dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (out != NULL) {
        close(ends[1]);
        *out = ends[0];
    }
    return pid;
}

const char *test_broker_file(const test_broker *broker, const char *name)
{
    static char buffers[8][128];
    static unsigned turn;
    char *buffer = buffers[turn++ % 8];
    snprintf(buffer, sizeof buffers[0], "%s/%s", broker->folder, name);
    return buffer;
}

static void write_file(const test_broker *broker, const char *name, const char *text)
{
    FILE *file = fopen(test_broker_file(broker, name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void write_config(const test_broker *broker)
{
    static const char acl[] = "topic outrider/v1/open/#\n"
                              "user gw-1\ntopic readwrite outrider/v1/g/gw-1/#\n"
                              "user gw-2\ntopic readwrite outrider/v1/g/gw-2/#\n"
                              "user watcher\ntopic read outrider/v1/#\n";
    write_file(broker, "acl", acl);
    char text[2048];
    char listener[600];
    snprintf(
        listener, sizeof listener,
        "cafile %s/ca.pem\ncertfile %s/broker.pem\nkeyfile %s/broker.key\n"
        "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\nacl_file %s/acl\n",
        broker->folder, broker->folder, broker->folder, broker->folder);
    snprintf(
        text, sizeof text,
        "%sper_listener_settings true\npersistence true\npersistence_location %s/\nautosave_interval 1\n"
        "max_inflight_messages 20\nlog_dest file %s/mosquitto.log\n"
        "listener %u 127.0.0.1\n%slistener %u 127.0.0.2\n%slistener %u 127.0.0.1\nallow_anonymous true\n",
        geteuid() == 0 ? "user root\n" : "", broker->folder, broker->folder, broker->port, listener,
        broker->port, listener, broker->plain_port);
    write_file(broker, "mosquitto.conf", text);
}

void test_broker_make(test_broker *broker)
{
    *broker = (test_broker){.port = test_free_port()};
    broker->plain_port = test_free_port();
    snprintf(broker->folder, sizeof broker->folder, "/tmp/otr-mqtt-XXXXXX");
    assert_non_null(mkdtemp(broker->folder));
    char script[512];
    snprintf(script, sizeof script, "%s/tools/certificates", getenv("OUTRIDER_SOURCE"));
    const char *argv[] = {script, broker->folder, "gw-1", "gw-2", "watcher", NULL};
    int status = -1;
    assert_true(waitpid(test_spawn(NULL, argv), &status, 0) > 0);
    assert_int_equal(status, 0);
    write_config(broker);
    test_broker_start(broker);
}

static bool listens(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool yes = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return yes;
}

void test_broker_start(test_broker *broker)
{
    const char *argv[] = {"/usr/sbin/mosquitto", "-c", test_broker_file(broker, "mosquitto.conf"), NULL};
    broker->pid = test_spawn(NULL, argv);
    for (int i = 0; i < 6000 && !listens(broker->plain_port); i++)
        usleep(10000);
    if (!listens(broker->plain_port))
        fail_msg("mosquitto does not listen on port %u", broker->plain_port);
}

void test_broker_kill(test_broker *broker)
{
    if (broker->pid == 0)
        return;
    kill(broker->pid, SIGKILL);
    waitpid(broker->pid, NULL, 0);
    broker->pid = 0;
}

void test_broker_free(test_broker *broker)
{
    test_broker_kill(broker);
    const char *argv[] = {"rm", "-rf", "--", broker->folder, NULL};
    waitpid(test_spawn(NULL, argv), NULL, 0);
}

bool test_broker_read(const test_broker *broker, const char *topic, const char *format, char *line,
                      int capacity)
{
    char port[8];
    snprintf(port, sizeof port, "%u", broker->port);
    const char *argv[] = {"mosquitto_sub",
                          "-V",
                          "5",
                          "-h",
                          "127.0.0.1",
                          "-p",
                          port,
                          "--cafile",
                          test_broker_file(broker, "ca.pem"),
                          "--cert",
                          test_broker_file(broker, "watcher.pem"),
                          "--key",
                          test_broker_file(broker, "watcher.key"),
                          "-q",
                          "1",
                          "-t",
                          topic,
                          "-C",
                          "1",
                          "-W",
                          "60",
                          "-F",
                          format,
                          NULL};
    int out = -1;
    pid_t pid = test_spawn(&out, argv);
    FILE *file = fdopen(out, "r");
    bool read = fgets(line, capacity, file) != NULL;
    fclose(file);
    waitpid(pid, NULL, 0);
    if (read)
        line[strcspn(line, "\n")] = '\0';
    return read;
}

/* The service manager's protocol, against real datagram sockets: a path and an abstract name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "folder.h"
#include "platform/linux/system/notify.h"

static int listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = strlen(name);
    memcpy(address.sun_path, name, size);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    return fd;
}

static void expect_datagram(int fd, const char *text)
{
    char got[256];
    ssize_t size = recv(fd, got, sizeof got - 1, MSG_DONTWAIT);
    assert_true(size >= 0);
    got[size] = '\0';
    assert_string_equal(got, text);
}

static void a_state_is_one_datagram_to_a_path(void **state)
{
    (void)state;
    int fd = listen_at(folder_path("notify.sock"));
    assert_true(otr_notify_send("READY=1\nSTATUS=running"));
    expect_datagram(fd, "READY=1\nSTATUS=running");
    close(fd);
    assert_false(otr_notify_send("WATCHDOG=1")); /* nobody listens any more */
}

static void an_abstract_name_works_too(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "@outrider-test-%ld", (long)getpid());
    int fd = listen_at(name);
    assert_true(otr_notify_send("WATCHDOG=1"));
    expect_datagram(fd, "WATCHDOG=1");
    close(fd);
}

static void a_reload_carries_the_time_at_which_it_began(void **state)
{
    (void)state;
    char got[128] = "";
    int fd = listen_at(folder_path("reload.sock"));
    assert_true(otr_notify_reloading());
    assert_true(recv(fd, got, sizeof got - 1, MSG_DONTWAIT) > 0);
    assert_int_equal(strncmp(got, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
    assert_true(strtoll(got + 27, NULL, 10) > 0);
    close(fd);
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    assert_false(otr_notify_send("READY=1"));
    setenv("NOTIFY_SOCKET", "relative/path", 1);
    assert_false(otr_notify_send("READY=1"));
    setenv("NOTIFY_SOCKET", "", 1);
    assert_false(otr_notify_send("READY=1"));
}

static void the_watchdog_span_counts_for_our_process_only(void **state)
{
    (void)state;
    char pid[24];
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    assert_int_equal(otr_notify_watchdog_us(), 0);
    setenv("WATCHDOG_USEC", "90000000", 1);
    assert_int_equal(otr_notify_watchdog_us(), 90000000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(otr_notify_watchdog_us(), 0);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(otr_notify_watchdog_us(), 90000000);
    setenv("WATCHDOG_USEC", "soon", 1);
    assert_int_equal(otr_notify_watchdog_us(), 0);
}

static int setup(void **state)
{
    (void)state;
    folder_make();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_is_one_datagram_to_a_path),
        cmocka_unit_test(an_abstract_name_works_too),
        cmocka_unit_test(a_reload_carries_the_time_at_which_it_began),
        cmocka_unit_test(without_a_manager_nothing_happens),
        cmocka_unit_test(the_watchdog_span_counts_for_our_process_only),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* The control socket over a real stream socket: lines in, lines out, and who is dropped. The loop runs in
 * this thread, one iteration at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/control/control.h"
#include "folder.h"

static uv_loop_t loop;
static otr_control *control;
static size_t reply_bytes; /* 0: echo */

static uint64_t later; /* the token of a line that is answered later */

static bool echo(void *context, uint64_t token, otr_str line, otr_buffer *reply)
{
    (void)context;
    if (otr_str_is(line, "later")) {
        later = token;
        return false;
    }
    for (size_t i = 0; i < reply_bytes; i++)
        otr_buffer_add_u8(reply, 'x');
    if (reply_bytes == 0)
        otr_buffer_add_format(reply, "<%.*s>", OTR_STR_ARG(line));
    return true;
}

static void run_a_while(void)
{
    for (int i = 0; i < 30; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        usleep(500);
    }
}

static int dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", folder_path("c.sock"));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    run_a_while();
    return fd;
}

static void send_text(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    run_a_while();
}

static void expect_text(int fd, const char *text)
{
    char got[512];
    ssize_t size = recv(fd, got, sizeof got - 1, MSG_DONTWAIT);
    assert_true(size >= 0);
    got[size] = '\0';
    assert_string_equal(got, text);
}

static bool dropped(int fd)
{
    char byte;
    ssize_t size = recv(fd, &byte, 1, MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno == ECONNRESET);
}

static int open_it(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    reply_bytes = 0;
    uv_loop_init(&loop);
    if (otr_control_open(&loop, folder_path("c.sock"), echo, NULL, &control, &error) != OTR_OK)
        fail_msg("%s", error.text);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    otr_control_close(control);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop); /* busy when a handle was left open */
}

static void only_its_owner_may_open_it(void **state)
{
    (void)state;
    struct stat info;
    assert_int_equal(stat(folder_path("c.sock"), &info), 0);
    assert_true(S_ISSOCK(info.st_mode));
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void a_line_is_answered_by_a_line(void **state)
{
    (void)state;
    int fd = dial();
    send_text(fd, "one\n");
    expect_text(fd, "<one>\n");
    send_text(fd, "tw");
    assert_int_equal(recv(fd, (char[1]){0}, 1, MSG_DONTWAIT), -1);
    send_text(fd, "o\nthree\n\n");
    expect_text(fd, "<two>\n<three>\n<>\n");
    close(fd);
}

static void an_answer_may_come_later_and_in_its_order(void **state)
{
    (void)state;
    int fd = dial();
    int gone = dial();
    send_text(gone, "later\n");
    uint64_t lost = later;
    send_text(fd, "one\nlater\ntwo\n");
    expect_text(fd, "<one>\n");
    assert_true(later != lost);
    close(gone);
    run_a_while();
    otr_control_reply(control, lost, OTR_STR("nobody listens"));
    otr_control_reply(control, later + 7, OTR_STR("nobody asked"));
    run_a_while();
    otr_control_reply(control, later, OTR_STR("now"));
    otr_control_reply(control, later, OTR_STR("again"));
    run_a_while();
    expect_text(fd, "now\n<two>\n");
    close(fd);
}

static void a_client_that_stops_writing_still_gets_its_answer(void **state)
{
    (void)state;
    int fd = dial();
    assert_int_equal(send(fd, "last\n", 5, 0), 5);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    run_a_while();
    expect_text(fd, "<last>\n");
    assert_true(dropped(fd));
    close(fd);
}

static void a_line_over_the_limit_ends_the_connection(void **state)
{
    (void)state;
    char text[OTR_CONTROL_LINE_BYTES + 1];
    memset(text, 'a', sizeof text);
    text[OTR_CONTROL_LINE_BYTES - 1] = '\0';
    int fd = dial();
    send_text(fd, text);
    assert_false(dropped(fd));
    send_text(fd, "\n"); /* exactly the limit */
    char got[OTR_CONTROL_LINE_BYTES + 8];
    assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), OTR_CONTROL_LINE_BYTES + 2);
    text[OTR_CONTROL_LINE_BYTES - 1] = 'a';
    text[OTR_CONTROL_LINE_BYTES] = '\0';
    send_text(fd, text);
    assert_true(dropped(fd));
    close(fd);
}

static void one_client_too_many_is_turned_away(void **state)
{
    (void)state;
    int fds[OTR_CONTROL_CLIENTS + 1];
    for (int i = 0; i <= OTR_CONTROL_CLIENTS; i++)
        fds[i] = dial();
    assert_true(dropped(fds[OTR_CONTROL_CLIENTS]));
    assert_false(dropped(fds[0]));
    close(fds[0]);
    run_a_while();
    int again = dial();
    send_text(again, "in\n");
    expect_text(again, "<in>\n");
    close(again);
    for (int i = 1; i <= OTR_CONTROL_CLIENTS; i++)
        close(fds[i]);
}

static void a_client_that_does_not_read_holds_up_nobody(void **state)
{
    (void)state;
    reply_bytes = 4 << 20;
    int slow = dial();
    send_text(slow, "much\nmore\nmore\n");
    reply_bytes = 0;
    int other = dial();
    send_text(other, "quick\n");
    expect_text(other, "<quick>\n");
    close(other);
    close(slow);
    run_a_while();
}

static void a_socket_in_use_is_not_taken_but_a_dead_one_is(void **state)
{
    (void)state;
    otr_error error;
    otr_control *second = NULL;
    assert_int_equal(otr_control_open(&loop, folder_path("c.sock"), echo, NULL, &second, &error), OTR_DENIED);
    assert_null(second);

    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", folder_path("dead.sock"));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd); /* as a killed process leaves it */
    assert_int_equal(otr_control_open(&loop, folder_path("dead.sock"), echo, NULL, &second, &error), OTR_OK);
    otr_control_close(second);
    run_a_while();
    assert_int_equal(access(folder_path("dead.sock"), F_OK), -1);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    (void)state;
    otr_error error;
    otr_control *second = NULL;
    folder_write("plain", "keep me", 0600);
    assert_int_equal(otr_control_open(&loop, folder_path("plain"), echo, NULL, &second, &error), OTR_IO);
    assert_int_equal(access(folder_path("plain"), F_OK), 0);
}

static int setup(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as the daemon does */
    folder_make();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_it, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(only_its_owner_may_open_it),
        CASE(a_line_is_answered_by_a_line),
        CASE(an_answer_may_come_later_and_in_its_order),
        CASE(a_client_that_stops_writing_still_gets_its_answer),
        CASE(a_line_over_the_limit_ends_the_connection),
        CASE(one_client_too_many_is_turned_away),
        CASE(a_client_that_does_not_read_holds_up_nobody),
        CASE(a_socket_in_use_is_not_taken_but_a_dead_one_is),
        CASE(a_file_that_is_no_socket_is_left_alone),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* What the running daemon tells about itself, for `outrider doctor`. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/outrider/doctor.h"

enum { WAIT_S = 3, ANSWER_BYTES_MAX = 1 << 20 };

static int dial(const char *path, otr_buffer *out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = WAIT_S};
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    otr_buffer_add_format(out, "the daemon does not answer at %s: %s\n", path, strerror(errno));
    close(fd);
    return -1;
}

/* One line out, one line in; NULL when there is no whole answer. The caller frees it. */
static json_t *ask(int fd, const char *request, otr_buffer *out)
{
    otr_buffer answer = {0};
    ssize_t size = send(fd, request, strlen(request), MSG_NOSIGNAL);
    bool whole = false;
    while (size > 0 && !whole && answer.size < ANSWER_BYTES_MAX && otr_buffer_reserve(&answer, 4096)) {
        size = recv(fd, answer.data + answer.size, 4096, 0);
        answer.size += size > 0 ? (size_t)size : 0;
        whole = answer.size > 0 && answer.data[answer.size - 1] == '\n';
    }
    json_t *found = whole ? json_loadb((const char *)answer.data, answer.size, 0, NULL) : NULL;
    if (found == NULL)
        otr_buffer_add_format(out, "no answer to %.*s\n", (int)strcspn(request, "\n"), request);
    otr_buffer_done(&answer);
    return found;
}

static int append(const char *bytes, size_t size, void *out)
{
    otr_buffer_add(out, bytes, size);
    return 0;
}

/* Resident memory and threads, as the kernel counts them. */
static void add_process(otr_buffer *out, long pid)
{
    char line[256];
    (void)snprintf(line, sizeof line, "/proc/%ld/status", pid);
    FILE *file = fopen(line, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0 || strncmp(line, "VmHWM:", 6) == 0 ||
            strncmp(line, "Threads:", 8) == 0)
            otr_buffer_add_format(out, "%s", line);
    if (file != NULL)
        (void)fclose(file);
}

static void add_journal(otr_buffer *out)
{
    char line[1024];
    otr_doctor_heading(out, "recent log (journal)");
    FILE *lines = popen("journalctl --quiet --no-pager --lines=200 --unit=outriderd 2>/dev/null", "re");
    bool any = false;
    while (lines != NULL && fgets(line, sizeof line, lines) != NULL) {
        otr_buffer_add_format(out, "%s", line);
        any = true;
    }
    if (lines != NULL)
        (void)pclose(lines);
    if (!any)
        otr_buffer_add_format(out, "none: the daemon is down and the system's journal has no lines of it\n");
}

void otr_doctor_daemon(otr_buffer *out, const char *socket)
{
    otr_doctor_heading(out, "daemon");
    int fd = socket[0] != '\0' ? dial(socket, out) : -1;
    if (fd < 0) {
        otr_buffer_add_format(out, "not running, or its control socket is closed to this user\n");
        add_journal(out);
        return;
    }
    json_t *status = ask(fd, "{\"do\":\"status\"}\n", out);
    if (status != NULL) {
        (void)json_dump_callback(status, append, out, JSON_INDENT(2));
        otr_buffer_add_u8(out, '\n');
        add_process(out, (long)json_integer_value(json_object_get(status, "pid")));
    }
    json_decref(status);
    json_t *recent = ask(fd, "{\"do\":\"recent-log\"}\n", out);
    const char *text = json_string_value(json_object_get(recent, "log"));
    otr_doctor_heading(out, "recent log");
    if (text != NULL)
        otr_buffer_add(out, text, strlen(text));
    json_decref(recent);
    close(fd);
}

/* What the running daemon tells about itself, for `outrider doctor`. */
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "tools/outrider/doctor/doctor.h"
#include "tools/outrider/operate/ask.h"

enum { WAIT_S = 3 };

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
    int fd = socket[0] != '\0' ? otr_ask_open(socket, WAIT_S, out) : -1;
    if (fd < 0) {
        otr_buffer_add_format(out, "not running, or its control socket is closed to this user\n");
        add_journal(out);
        return;
    }
    json_t *status = otr_ask(fd, "{\"do\":\"status\"}\n", out);
    if (status != NULL) {
        (void)json_dump_callback(status, append, out, JSON_INDENT(2));
        otr_buffer_add_u8(out, '\n');
        add_process(out, (long)json_integer_value(json_object_get(status, "pid")));
    }
    json_decref(status);
    json_t *recent = otr_ask(fd, "{\"do\":\"recent-log\"}\n", out);
    const char *text = json_string_value(json_object_get(recent, "log"));
    otr_doctor_heading(out, "recent log");
    if (text != NULL)
        otr_buffer_add(out, text, strlen(text));
    json_decref(recent);
    close(fd);
}

/* `outrider doctor`: one text file to attach to a support request, without secrets. */
#include "tools/outrider/doctor/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "daemon/config/contents.h"
#include "daemon/file.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider doctor [--config FILE] [--out FILE]\n"
    "\n"
    "Writes what a support request needs into one file: versions, configuration, counters, recent log, state "
    "of the\n"
    "database, disk, clock and certificates. No keys and no passwords. Works when the daemon is down, too.\n"
    "\n"
    "  --config FILE  default /etc/outrider/outrider.yaml\n"
    "  --out FILE     default outrider-doctor-UTC.txt in the current folder; - for standard output\n"
    "\n"
    "exit: 0 written; 1 the file cannot be written; 2 wrong usage\n";

void otr_doctor_heading(otr_buffer *out, const char *text)
{
    otr_buffer_add_format(out, "\n== %s ==\n", text);
}

/* Of a configuration that does not load: its keys and structure; a value only when it cannot be a secret. */
static void add_raw(otr_buffer *out, otr_str text)
{
    static const char *const hidden[] = {"pass", "secret", "token", "psk", "://", "@"};
    bool pem = false; /* inside of a key that somebody pasted */
    while (text.size > 0) {
        const char *end = memchr(text.data, '\n', text.size);
        otr_str line = {text.data, end != NULL ? (size_t)(end - text.data) : text.size};
        pem = pem || memmem(line.data, line.size, "-----BEGIN", 10) != NULL;
        bool hide = pem;
        for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
            hide = hide || memmem(line.data, line.size, hidden[i], strlen(hidden[i])) != NULL;
        const char *colon = line.size > 0 ? memchr(line.data, ':', line.size) : NULL;
        if (hide && colon != NULL)
            otr_buffer_add_format(out, "  %.*s: (left out)\n", (int)(colon - line.data), line.data);
        else
            otr_buffer_add_format(out, "  %.*s\n", hide ? 0 : (int)line.size, line.data);
        pem = pem && memmem(line.data, line.size, "-----END", 8) == NULL;
        text = (otr_str){text.data + line.size, text.size - line.size};
        if (text.size > 0)
            text = (otr_str){text.data + 1, text.size - 1};
    }
}

static void add_refused_config(otr_buffer *out, const char *path, const otr_error *error)
{
    char reason[OTR_REFUSAL_BYTES];
    otr_arena arena = {0};
    otr_bytes bytes;
    otr_buffer_add_format(out, "refused: %s\n", otr_refusal_format(path, error, reason));
    if (otr_file_read(&arena, path, OTR_LIMIT_PACK_BYTES, &bytes, NULL) == OTR_OK)
        add_raw(out, (otr_str){(const char *)bytes.data, bytes.size});
    otr_arena_done(&arena);
}

static void add_config(otr_buffer *out, const otr_config *config)
{
    otr_error error = {.status = OTR_OK};
    char reason[OTR_REFUSAL_BYTES];
    if (otr_config_check_files(config, &error) != OTR_OK)
        otr_buffer_add_format(out, "problem: %s\n", otr_refusal_format(config->file.data, &error, reason));
    otr_doctor_options(out, config);
}

static void add_contents(otr_buffer *out, const otr_config *config)
{
    otr_error error = {.status = OTR_OK};
    otr_contents contents = {0};
    char reason[OTR_REFUSAL_BYTES];
    otr_doctor_heading(out, "packs and assignments on disk");
    if (otr_contents_load(config, &contents, &error) != OTR_OK)
        otr_buffer_add_format(
            out, "refused: %s\n",
            otr_refusal_format(contents.refused.data != NULL ? contents.refused.data : "", &error, reason));
    for (size_t i = 0; i < contents.count; i++)
        otr_buffer_add_format(out, "%.*s sha256=%s entries=%zu file=%s\n", OTR_STR_ARG(contents.list[i].slot),
                              contents.list[i].hash, contents.list[i].count, contents.list[i].file.data);
    otr_contents_done(&contents);
}

static void gather(otr_buffer *out, const char *path)
{
    otr_config *config = NULL;
    otr_error error = {.status = OTR_OK};
    char now[32];
    time_t seconds = time(NULL);
    struct tm utc;
    (void)strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
    otr_buffer_add_format(out, "outrider doctor, %s\n", now);
    otr_doctor_versions(out);
    otr_doctor_heading(out, "configuration");
    otr_buffer_add_format(out, "file: %s\n", path);
    if (otr_config_load(path, &config, &error) == OTR_OK)
        add_config(out, config);
    else
        add_refused_config(out, path, &error);
    otr_doctor_daemon(out, config != NULL ? config->control.socket.data : "/run/outrider/control.sock");
    if (config != NULL)
        add_contents(out, config);
    otr_doctor_state(out, config != NULL ? config->state.folder.data : "/var/lib/outrider");
    otr_doctor_clock(out);
    if (config != NULL)
        otr_doctor_certificates(out, config);
    otr_config_free(config);
}

static int write_out(const otr_buffer *out, const char *path)
{
    int fd =
        strcmp(path, "-") == 0 ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t done = 0;
    while (fd >= 0 && done < out->size) {
        ssize_t size = write(fd, out->data + done, out->size - done);
        if (size < 0 && errno != EINTR)
            break;
        done += size > 0 ? (size_t)size : 0;
    }
    bool failed = fd < 0 || done < out->size;
    int reason = errno;
    if (fd > STDERR_FILENO)
        failed = close(fd) != 0 || failed;
    if (failed)
        (void)fprintf(stderr, "outrider doctor: %s: %s\n", path, strerror(reason));
    else if (fd > STDERR_FILENO)
        printf("%s\n", path);
    return failed ? 1 : 0;
}

int otr_verb_doctor(int argc, char **argv)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const char *config = "/etc/outrider/outrider.yaml";
    const char *path = NULL;
    char fallback[64];
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (option) {
        case 'c':
            config = optarg;
            break;
        case 'o':
            path = optarg;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return 0;
        default:
            (void)fputs(usage, stderr);
            return 2;
        }
    }
    if (optind < argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    if (path == NULL) {
        time_t seconds = time(NULL);
        struct tm utc;
        (void)strftime(fallback, sizeof fallback, "outrider-doctor-%Y%m%dT%H%M%SZ.txt",
                       gmtime_r(&seconds, &utc));
        path = fallback;
    }
    otr_buffer out = {0};
    gather(&out, config);
    if (out.failed)
        (void)fputs("outrider doctor: out of memory, the file is not complete\n", stderr);
    int code = write_out(&out, path);
    otr_buffer_done(&out);
    return code;
}

/* `outrider voice import`: reviews, calls and returns as JSON lines, to the gateway on this machine. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/outrider/figures/voice_line.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/fleet/remote.h"
#include "tools/outrider/operate/ask.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider voice import FILE [options]\n"
    "\n"
    "Signs from elsewhere of what customers think, a JSON object a line, into the day's figures of the "
    "gateway on\n"
    "this machine:\n"
    "\n"
    "  {\"at\": \"2024-05-01T12:00:00Z\", \"source\": \"reviews\", \"id\": \"4711\", \"sign\": "
    "\"complaint\",\n"
    "   \"about\": {\"product\": \"CX-200\"}, \"text\": \"...\"}\n"
    "\n"
    "sign is praise, complaint, question or return; about has an asset, a product, a rule (PACK/RULE) or "
    "several.\n"
    "Each line counts once by source and id, without an id by all that it says. The text is not kept. A file "
    "with\n"
    "a wrong line is refused whole, at FILE:LINE. FILE - is stdin.\n"
    "\n"
    "  --config FILE, --socket PATH    the daemon; default /etc/outrider/outrider.yaml\n"
    "  --who NAME                      who imports; default this user\n"
    "\n"
    "exit: 0 all is counted, now or before; 1 refused, or no answer; 2 wrong usage\n";

typedef struct import {
    json_t *requests; /* by line */
    long lines[OTR_VOICE_LINES];
} import;

static int complain(const char *file, long line, const char *reason)
{
    if (line > 0)
        (void)fprintf(stderr, "outrider voice import: %s:%ld: %s\n", file, line, reason);
    else
        (void)fprintf(stderr, "outrider voice import: %s: %s\n", file, reason);
    return 1;
}

static int take_line(import *to, const char *path, long number, const char *line, size_t size)
{
    otr_error error = {.text = ""};
    if (json_array_size(to->requests) == OTR_VOICE_LINES)
        return complain(path, number, "more lines than a gateway remembers: split the file");
    json_t *request = otr_voice_line_read((otr_bytes){(const uint8_t *)line, size}, &error);
    if (request == NULL)
        return complain(path, number, error.text);
    to->lines[json_array_size(to->requests)] = number;
    return json_array_append_new(to->requests, request) == 0 ? 0 : complain(path, number, "out of memory");
}

static int read_file(import *to, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    long number = 0;
    int code = 0;
    if (file == NULL)
        return complain(path, 0, strerror(errno));
    for (ssize_t size; code == 0 && (size = getline(&line, &capacity, file)) >= 0;) {
        number++;
        while (size > 0 && strchr("\r\n \t", line[size - 1]) != NULL)
            size--;
        if (size > 0)
            code = take_line(to, path, number, line, (size_t)size);
    }
    if (code == 0 && ferror(file) != 0)
        code = complain(path, 0, strerror(errno));
    free(line);
    if (file != stdin)
        (void)fclose(file);
    return code;
}

static json_t *ask_here(int fd, const json_t *request, otr_buffer *why)
{
    otr_buffer line = {0};
    char *text = json_dumps(request, JSON_COMPACT);
    otr_buffer_add_format(&line, "%s\n", text != NULL ? text : "");
    otr_buffer_add_u8(&line, '\0');
    json_t *answer = text != NULL && !line.failed ? otr_ask(fd, (const char *)line.data, why) : NULL;
    free(text);
    otr_buffer_done(&line);
    return answer;
}

/* The sign has an id of its own; that of the order is another each time. */
static json_t *ask_there(const otr_operate_options *options, otr_remote *remote, const json_t *request,
                         otr_buffer *why)
{
    otr_error error = {.text = ""};
    json_t *answer = NULL;
    otr_status status = otr_remote_ask(remote, options->broker.group, options->broker.gateway, NULL, request,
                                       &answer, &error);
    if (status != OTR_OK)
        otr_buffer_add_format(why, "%s\n", error.text);
    return answer;
}

/* 1: counted; 0: it was before; -1: told on stderr. */
static int send(const otr_operate_options *options, int fd, otr_remote *remote, json_t *request,
                const char *path, long number)
{
    otr_buffer why = {0};
    const char *who = options->who != NULL ? options->who : getenv("USER");
    if (who != NULL)
        json_object_set_new(request, "who", json_string(who));
    json_t *answer = remote != NULL ? ask_there(options, remote, request, &why) : ask_here(fd, request, &why);
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    int result = -1;
    if (json_is_true(json_object_get(answer, "ok")))
        result = json_integer_value(json_object_get(answer, "alarms")) > 0;
    else if (answer != NULL)
        (void)complain(path, number, reason != NULL ? reason : "refused");
    else
        (void)fprintf(stderr, "outrider voice import: %.*s", (int)why.size,
                      why.size > 0 ? (const char *)why.data : "");
    json_decref(answer);
    otr_buffer_done(&why);
    return result;
}

static otr_remote *open_remote(const otr_operate_options *options, otr_buffer *why)
{
    const otr_remote_options remote = {"voice", &options->broker, options->timeout_s, options->good_for_s};
    otr_remote *out = NULL;
    otr_error error = {.text = ""};
    if (otr_remote_open(&remote, &out, &error) != OTR_OK)
        otr_buffer_add_format(why, "%s\n", error.text);
    return out;
}

static int send_all(const otr_operate_options *options, import *from, const char *path)
{
    otr_buffer why = {0};
    size_t counted = 0;
    size_t before = 0;
    int result = 0;
    otr_remote *remote = options->remote ? open_remote(options, &why) : NULL;
    int fd = options->remote ? -1 : otr_operate_open(options, &why);
    bool open = fd >= 0 || remote != NULL;
    if (!open)
        (void)fprintf(stderr, "outrider voice import: %.*s", (int)why.size,
                      why.size > 0 ? (const char *)why.data : "");
    for (size_t i = 0; open && result >= 0 && i < json_array_size(from->requests); i++) {
        result = send(options, fd, remote, json_array_get(from->requests, i), path, from->lines[i]);
        counted += result > 0;
        before += result == 0;
    }
    otr_buffer_done(&why);
    otr_remote_close(remote);
    if (fd >= 0)
        close(fd);
    if (!open)
        return 1;
    printf("%zu counted, %zu were before\n", counted, before);
    return result < 0 ? 1 : 0;
}

int otr_voice_import(int argc, char **argv)
{
    static import file;
    otr_operate_options options;
    int code = otr_operate_parse(argc, argv, usage, &options);
    if (code >= 0)
        return code;
    if (argc - optind != 1)
        return otr_flags_wrong("voice import", "expected one file");
    file.requests = json_array();
    code = read_file(&file, argv[optind]);
    if (code == 0)
        code = send_all(&options, &file, argv[optind]);
    json_decref(file.requests);
    return code;
}

#include "daemon/push/rehearse.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"

enum { OUTPUT, COMPLAINT, PATH_BYTES = 4096 };

/* ---- figures ---- */

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static json_t *side_of(const json_t *result, double days)
{
    double alarms = 0;
    size_t i;
    json_t *rule;
    json_array_foreach(json_object_get(result, "rules"), i, rule) alarms += number(rule, "alarms");
    double notices = number(result, "notices");
    double tickets = number(result, "tickets");
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "alarms_per_day", alarms / days,
                     "notices_per_day", notices / days, "tickets_per_day", tickets / days, "alarms", alarms,
                     "notices", notices, "tickets", tickets, "customers", number(result, "customers"));
}

json_t *otr_rehearsal_figures(const json_t *report)
{
    otr_time from;
    otr_time to;
    const char *first = json_string_value(json_object_get(report, "from"));
    const char *last = json_string_value(json_object_get(report, "to"));
    const json_t *against = json_object_get(report, "against");
    if (first == NULL || last == NULL || !otr_time_parse(otr_str_of(first), &from) ||
        !otr_time_parse(otr_str_of(last), &to) || !json_is_object(json_object_get(report, "result")))
        return NULL;
    double span = (double)(to - from) / (double)OTR_DAY;
    double days = span > 1 ? span : 1;
    const json_t *past = json_object_get(report, "past");
    const char *unfit = json_string_value(json_array_get(json_object_get(past, "unfit"), 0));
    return json_pack(
        "{s:s, s:s, s:f, s:f, s:o, s:o, s:f, s:f, s:f, s:f, s:s*}", "from", first, "to", last, "days", span,
        "readings", number(report, "readings"), "pushed", side_of(json_object_get(report, "result"), days),
        "running", side_of(json_object_get(against, "result"), days), "alarms_gone",
        number(against, "only_there"), "alarms_new", number(against, "only_here"), "commands",
        number(past, "commands"), "commands_unfit", number(past, "commands_unfit"), "unfit", unfit);
}

/* ---- the process ---- */

/* Without a pack of that name that runs there is nothing to compare with: then all alarms are new. */
static void finish(otr_rehearsal *rehearsal)
{
    json_error_t problem;
    char reason[256];
    otr_buffer *output = &rehearsal->texts[OUTPUT];
    otr_buffer *complaint = &rehearsal->texts[COMPLAINT];
    json_t *report = NULL;
    json_t *figures = NULL;
    if (rehearsal->code == 0 && !rehearsal->late && !output->failed && output->size > 0)
        report = json_loadb((const char *)output->data, output->size, 0, &problem);
    figures = report != NULL ? otr_rehearsal_figures(report) : NULL;
    size_t size = rehearsal->late ? 0 : complaint->size;
    while (size > 0 && complaint->data[size - 1] == '\n')
        size--;
    if (size > 0)
        (void)snprintf(reason, sizeof reason, "%.*s", (int)size, (const char *)complaint->data);
    else if (rehearsal->late)
        (void)snprintf(reason, sizeof reason,
                       "the replay was not done in %u s: the gateway is busy, or has too long a history",
                       rehearsal->limit_s);
    else if (rehearsal->code == 0 && output->failed)
        (void)snprintf(reason, sizeof reason, "the replay's report has more than %d MiB",
                       OTR_LIMIT_REHEARSAL_BYTES >> 20);
    else
        (void)snprintf(reason, sizeof reason, "the replay ended with %lld", (long long)rehearsal->code);
    json_decref(report);
    otr_buffer_done(output);
    otr_buffer_done(complaint);
    rehearsal->running = false;
    rehearsal->done(rehearsal->context, figures, figures == NULL ? reason : NULL);
}

static void closed(uv_handle_t *handle)
{
    otr_rehearsal *rehearsal = handle->data;
    if (--rehearsal->open == 0)
        finish(rehearsal);
}

static void ended(uv_process_t *process, int64_t code, int number)
{
    otr_rehearsal *rehearsal = process->data;
    rehearsal->code = number != 0 ? 128 + number : code;
    uv_close((uv_handle_t *)process, closed);
    uv_close((uv_handle_t *)&rehearsal->deadline, closed);
}

/* Whoever asked waits for an answer, and others for their turn. */
static void expired(uv_timer_t *deadline)
{
    otr_rehearsal *rehearsal = deadline->data;
    rehearsal->late = true;
    (void)uv_process_kill(&rehearsal->process, SIGKILL);
    for (int i = OUTPUT; i <= COMPLAINT; i++) /* somebody else may hold its other end */
        if (!uv_is_closing((uv_handle_t *)&rehearsal->pipes[i]))
            uv_close((uv_handle_t *)&rehearsal->pipes[i], closed);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    static char room[16384]; /* copied before the next is asked for */
    (void)handle, (void)suggested;
    *out = uv_buf_init(room, sizeof room);
}

static void take(uv_stream_t *stream, ssize_t size, const uv_buf_t *bytes)
{
    otr_rehearsal *rehearsal = stream->data;
    otr_buffer *text = &rehearsal->texts[stream == (uv_stream_t *)&rehearsal->pipes[COMPLAINT]];
    if (size < 0)
        uv_close((uv_handle_t *)stream, closed);
    else if (text->size + (size_t)size <= OTR_LIMIT_REHEARSAL_BYTES)
        otr_buffer_add(text, bytes->base, (size_t)size);
    else
        text->failed = true; /* read on: a pipe that is full would keep it from ending */
}

/* The toolbox lies beside the daemon. */
static bool find_tool(char path[PATH_BYTES])
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_BYTES - sizeof "outrider");
    if (size <= 0)
        return false;
    path[size] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    memcpy(slash + 1, "outrider", sizeof "outrider");
    return access(path, X_OK) == 0;
}

static void keep_result(otr_rehearsal *rehearsal, uv_loop_t *loop)
{
    rehearsal->open = 0;
    for (int i = OUTPUT; i <= COMPLAINT; i++) {
        uv_pipe_init(loop, &rehearsal->pipes[i], 0);
        rehearsal->pipes[i].data = rehearsal;
        rehearsal->open++;
    }
    rehearsal->process.data = rehearsal;
    rehearsal->open++;
    uv_timer_init(loop, &rehearsal->deadline);
    rehearsal->deadline.data = rehearsal;
    rehearsal->open++;
    rehearsal->late = false;
    if (rehearsal->limit_s == 0)
        rehearsal->limit_s = OTR_LIMIT_REHEARSAL_S;
}

otr_status otr_rehearsal_start(otr_rehearsal *rehearsal, uv_loop_t *loop, const char *pack, const char *state,
                               const char *gateway, otr_time since, otr_error *error)
{
    char tool[PATH_BYTES];
    char memory[16];
    char from[OTR_TIME_TEXT_BYTES];
    if (rehearsal->running)
        return otr_fail(error, OTR_FULL, "a rehearsal runs");
    if (!find_tool(tool))
        return otr_fail(error, OTR_IO, "there is no outrider beside outriderd that could replay");
    (void)snprintf(memory, sizeof memory, "%d", OTR_LIMIT_REHEARSAL_MIB);
    const char *words[] = {tool,       "replay", "--json", "--pack", pack, "--state", state,
                           "--memory", memory,   "--as",   gateway,  NULL, NULL,      NULL};
    if (since != OTR_TIME_NONE) {
        otr_time_format(since, from);
        words[11] = "--from";
        words[12] = from;
    }
    keep_result(rehearsal, loop);
    uv_stdio_container_t streams[] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&rehearsal->pipes[OUTPUT]},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *)&rehearsal->pipes[COMPLAINT]},
    };
    uv_process_options_t options = {
        .exit_cb = ended, .file = tool, .args = (char **)words, .stdio = streams, .stdio_count = 3};
    rehearsal->running = true;
    rehearsal->begun = uv_hrtime();
    int failed = uv_spawn(loop, &rehearsal->process, &options);
    if (failed != 0) { /* its end is told as that of one that ran */
        rehearsal->code = 127;
        otr_buffer_add_format(&rehearsal->texts[COMPLAINT], "%s: %s", tool, uv_strerror(failed));
        uv_close((uv_handle_t *)&rehearsal->process, closed);
        uv_close((uv_handle_t *)&rehearsal->pipes[OUTPUT], closed);
        uv_close((uv_handle_t *)&rehearsal->pipes[COMPLAINT], closed);
        uv_close((uv_handle_t *)&rehearsal->deadline, closed);
        return OTR_OK;
    }
    uv_update_time(loop);
    (void)uv_timer_start(&rehearsal->deadline, expired, rehearsal->limit_s * UINT64_C(1000), 0);
    for (int i = OUTPUT; i <= COMPLAINT; i++)
        (void)uv_read_start((uv_stream_t *)&rehearsal->pipes[i], give_room, take);
    return OTR_OK;
}

double otr_rehearsal_age_s(const otr_rehearsal *rehearsal)
{
    return (double)(uv_hrtime() - rehearsal->begun) / 1e9;
}

void otr_rehearsal_done(otr_rehearsal *rehearsal)
{
    if (rehearsal->running && rehearsal->process.pid > 0 && kill(rehearsal->process.pid, SIGKILL) == 0)
        (void)waitpid(rehearsal->process.pid, NULL, 0);
    rehearsal->running = false;
    otr_buffer_done(&rehearsal->texts[OUTPUT]);
    otr_buffer_done(&rehearsal->texts[COMPLAINT]);
}

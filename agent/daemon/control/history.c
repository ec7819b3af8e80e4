#include "daemon/control/history.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "daemon/control/history_read.h"
#include "daemon/control/operate.h"

enum { BUCKETS_MAX = 1000, BUCKETS_USUAL = 240, WAITING_MAX = 8, NICE = 10 };

typedef struct job {
    struct job *next;
    uint64_t token;
    otr_arena memory;
    otr_str folder;
    otr_history_asked asked;
    /* the thread's, until it has ended */
    otr_history found;
    otr_status status;
    otr_error error;
    double took_ms;
} job;

struct otr_history_desk {
    otr_daemon *daemon;
    uv_async_t bell;
    pthread_t thread;
    bool reads;   /* the thread runs, for the first job */
    bool stopped; /* the bell is gone */
    atomic_bool stop;
    job *jobs; /* in the order in which they came */
    size_t count;
};

static void free_job(job *one)
{
    otr_history_done(&one->found);
    otr_arena_done(&one->memory);
    free(one);
}

/* ---- the thread ---- */

static void *read_one(void *context)
{
    struct otr_history_desk *desk = context;
    job *one = desk->jobs;
    uint64_t begin = uv_hrtime();
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE); /* of this thread alone, on Linux */
    one->status = otr_history_read(one->folder, &one->asked, &one->found, &one->error);
    one->took_ms = (double)(uv_hrtime() - begin) / 1e6;
    (void)uv_async_send(&desk->bell);
    return NULL;
}

/* ---- the loop ---- */

static void answer(otr_daemon *daemon, const job *one)
{
    json_t *out = one->status == OTR_OK ? otr_history_json(&one->asked, &one->found, one->took_ms)
                                        : otr_operate_refusal(one->error.text);
    if (one->status == OTR_OK)
        json_object_set_new(out, "ok", json_true());
    otr_daemon_answer(daemon, one->token, out);
}

static job *take_first(struct otr_history_desk *desk)
{
    job *one = desk->jobs;
    desk->jobs = one->next;
    desk->count--;
    return one;
}

/* While a thread cannot be made the first of those who wait are refused. */
static void begin_next(struct otr_history_desk *desk)
{
    while (desk->jobs != NULL) {
        if (pthread_create(&desk->thread, NULL, read_one, desk) == 0) {
            desk->reads = true;
            return;
        }
        job *one = take_first(desk);
        one->status = otr_fail(&one->error, OTR_FULL, "no thread to read it with");
        answer(desk->daemon, one);
        free_job(one);
    }
}

static void rung(uv_async_t *bell)
{
    struct otr_history_desk *desk = bell->data;
    if (!desk->reads)
        return;
    (void)pthread_join(desk->thread, NULL);
    desk->reads = false;
    job *one = take_first(desk);
    answer(desk->daemon, one);
    free_job(one);
    begin_next(desk);
}

static struct otr_history_desk *desk_of(otr_daemon *daemon)
{
    if (daemon->history != NULL || daemon->loop == NULL)
        return daemon->history;
    struct otr_history_desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL || uv_async_init(daemon->loop, &desk->bell, rung) != 0) {
        free(desk);
        return NULL;
    }
    desk->bell.data = desk;
    desk->daemon = daemon;
    daemon->history = desk;
    return desk;
}

void otr_history_stop(otr_daemon *daemon)
{
    struct otr_history_desk *desk = daemon->history;
    if (desk == NULL)
        return;
    atomic_store(&desk->stop, true);
    if (desk->reads)
        (void)pthread_join(desk->thread, NULL);
    desk->reads = false;
    desk->stopped = true;
}

void otr_history_close(otr_daemon *daemon)
{
    struct otr_history_desk *desk = daemon->history;
    if (desk == NULL)
        return;
    while (desk->jobs != NULL)
        free_job(take_first(desk));
    free(desk);
    daemon->history = NULL;
}

/* ---- what is asked ---- */

static otr_str text_of(const json_t *request, const char *name)
{
    const json_t *value = json_object_get(request, name);
    return json_is_string(value) ? (otr_str){json_string_value(value), json_string_length(value)}
                                 : OTR_STR("");
}

/* NULL, or what is wrong. */
static const char *read_request(otr_daemon *daemon, const json_t *request, job *out)
{
    otr_history_asked *asked = &out->asked;
    otr_str from = text_of(request, "from");
    otr_str to = text_of(request, "to");
    otr_str last = text_of(request, "last");
    otr_str every = text_of(request, "every");
    otr_time span = OTR_DAY;
    bool synced = otr_driver_utc(daemon->driver, &asked->to) == OTR_CLOCK_SYNCED;
    asked->device = otr_arena_copy(&out->memory, text_of(request, "device"));
    asked->metric = otr_arena_copy(&out->memory, text_of(request, "metric"));
    out->folder = otr_arena_copy(&out->memory, daemon->config->state.folder);
    if (asked->device.data == NULL || asked->metric.data == NULL || out->folder.data == NULL)
        return "out of memory";
    if (asked->device.size == 0 || asked->metric.size == 0)
        return "\"device\" and \"metric\" are names";
    if (to.size > 0 ? !otr_time_parse(to, &asked->to) : !synced)
        return to.size > 0 ? "\"to\" is a time such as 2024-05-01T12:00:00Z"
                           : "this gateway does not know the time yet: give \"to\"";
    if (last.size > 0 && (!otr_span_parse(last, &span) || span <= 0 || from.size > 0))
        return "\"last\" is a span such as 24h, and stands without \"from\"";
    asked->from = asked->to - span;
    if (from.size > 0 && !otr_time_parse(from, &asked->from))
        return "\"from\" is a time such as 2024-05-01T12:00:00Z";
    if (asked->from >= asked->to)
        return "the span ends before it begins";
    asked->every = (asked->to - asked->from + BUCKETS_USUAL - 1) / BUCKETS_USUAL;
    if (every.size > 0 && (!otr_span_parse(every, &asked->every) || asked->every <= 0))
        return "\"every\" is a span such as 5m";
    if ((asked->to - asked->from - 1) / asked->every + 1 > BUCKETS_MAX)
        return "more than 1000 buckets, which is what fits an answer: make them longer, or ask in parts";
    asked->rows_max = OTR_LIMIT_HISTORY_ROWS;
    return NULL;
}

json_t *otr_history_asked_for(otr_daemon *daemon, uint64_t token, const json_t *request)
{
    struct otr_history_desk *desk = desk_of(daemon);
    job *one = calloc(1, sizeof *one);
    if (desk == NULL || desk->stopped || one == NULL) {
        free(one);
        return otr_operate_refusal(one == NULL ? "out of memory" : "the gateway stops");
    }
    const char *wrong = desk->count == WAITING_MAX ? "too many histories are asked for at once: again later"
                                                   : read_request(daemon, request, one);
    if (wrong != NULL) {
        free_job(one);
        return otr_operate_refusal(wrong);
    }
    one->token = token;
    one->asked.stop = &desk->stop;
    job **last = &desk->jobs;
    while (*last != NULL)
        last = &(*last)->next;
    *last = one;
    desk->count++;
    if (!desk->reads)
        begin_next(desk);
    return NULL;
}

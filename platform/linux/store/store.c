/*
 * The store's thread and its hand-over. The loop thread leaves one commit and one outbox read as jobs under
 * the lock; the store's thread does them in that order, leaves results and rings the eventfd;
 * otr_store_process delivers them. Recovery runs on the loop thread while the store's thread has nothing to
 * do.
 */
#include "platform/linux/store/store.h"

#include "base/arena.h"
#include "base/log.h"
#include "platform/linux/store/store_database.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

typedef struct read_job {
    otr_outbox_class class;
    uint64_t after;
    size_t limit;
} read_job;

typedef struct read_result {
    otr_status status;
    otr_row_outbox *rows;
    size_t count;
    otr_arena arena;
} read_result;

struct otr_store {
    otr_store_owner owner;
    unsigned delay_ms;
    int event;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;  /* for the store's thread */
    pthread_cond_t quiet; /* for a loop thread that waits until nothing is under way */

    /* guarded by lock */
    bool stopping;
    bool running; /* a job is in the thread's hands */
    const otr_commit *commit;
    bool read_wanted;
    read_job read;
    bool commit_done;
    bool read_done;

    /* written by the store's thread before *_done, read by the loop thread after it */
    otr_commit_result result;
    otr_loss loss;
    read_result rows;

    otr_database database; /* the store's thread while running, else the loop thread */
    otr_store_figures figures;
    atomic_bool busy;
    atomic_int_fast64_t progress_us;
};

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void ring(otr_store *store)
{
    uint64_t one = 1;
    ssize_t written = write(store->event, &one, sizeof one);
    (void)written; /* fails only when the counter is full, and then it is readable anyway */
}

static void fill_figures(otr_store *store)
{
    const otr_database *database = &store->database;
    const otr_store_state *state = &database->state;
    store->figures.journal_bytes = state->bytes;
    store->figures.journal_rows = state->rows;
    store->figures.oldest_seq = state->oldest_seq;
    store->figures.outbox_rows = state->outbox_rows;
    store->figures.outbox_bytes = state->outbox_bytes;
    store->figures.quota_bytes = database->quota_bytes;
    store->figures.evicted_readings = state->evicted_readings;
    store->figures.free_bytes = otr_store_free_bytes(&database->files);
}

static void do_commit(otr_store *store, const otr_commit *commit)
{
    int64_t start = now_us();
    otr_commit_result *result = &store->result;
    *result = (otr_commit_result){0};
    result->status = otr_database_commit(&store->database, commit, &store->loss, &result->error);
    if (store->delay_ms > 0)
        (void)usleep(store->delay_ms * 1000);
    if (result->status == OTR_OK && store->loss.reason.size > 0) {
        result->losses = &store->loss;
        result->loss_count = 1;
    }
    uint64_t took = (uint64_t)(now_us() - start);
    store->figures.commits++;
    store->figures.commit_us_total += took;
    if (took > store->figures.commit_us_max)
        store->figures.commit_us_max = took;
    fill_figures(store);
    result->figures = store->figures;
}

static otr_status copy_row(read_result *out, const otr_row_outbox *row)
{
    otr_row_outbox *copy = &out->rows[out->count];
    *copy = *row;
    copy->body = otr_arena_copy(&out->arena, row->body);
    if (copy->body.data == NULL)
        return OTR_MEMORY;
    out->count++;
    return OTR_OK;
}

static otr_status read_rows(otr_store *store, const read_job *job, read_result *out)
{
    otr_sql *sql = &store->database.sql;
    if (sql->handle == NULL)
        return OTR_IO; /* until recover opens the database again */
    if (job->limit == 0)
        return OTR_OK;
    out->rows = otr_arena_array(&out->arena, job->limit, sizeof *out->rows);
    if (out->rows == NULL)
        return OTR_MEMORY;
    otr_error error;
    sqlite3_stmt *row =
        otr_sql_start(sql, OTR_SQL_OUTBOX_READ, "iii", otr_store_outbox_key(job->class, job->after),
                      otr_store_outbox_key((otr_outbox_class)(job->class + 1), 0), (int64_t)job->limit);
    otr_status status;
    while ((status = otr_sql_next(sql, row, &error)) == OTR_OK) {
        otr_row_outbox entry;
        status = otr_store_outbox_of(row, &entry, &error);
        if (status == OTR_OK)
            status = copy_row(out, &entry);
        if (status != OTR_OK) {
            otr_sql_end(row);
            break;
        }
    }
    if (status == OTR_NOT_FOUND)
        return OTR_OK;
    store->database.corrupt = store->database.corrupt || status == OTR_CORRUPT;
    otr_log(OTR_LOG_ERROR, "store_read_failed", "what=outbox status=\"%s\"", otr_status_text(status));
    out->count = 0;
    return status;
}

/* The thread's one pass: takes a job under the lock, does it without. Called and returns with the lock held.
 */
static void do_jobs(otr_store *store)
{
    const otr_commit *commit = store->commit;
    bool reading = commit == NULL && store->read_wanted;
    read_job job = store->read;
    store->commit = NULL;
    if (reading)
        store->read_wanted = false;
    store->running = true;
    pthread_mutex_unlock(&store->lock);
    if (commit != NULL)
        do_commit(store, commit);
    else
        store->rows.status = read_rows(store, &job, &store->rows);
    atomic_store(&store->progress_us, now_us());
    pthread_mutex_lock(&store->lock);
    store->commit_done = store->commit_done || commit != NULL;
    store->read_done = store->read_done || reading;
    ring(store);
    if (commit == NULL)
        return;
    /* The answer is out: the log is emptied while nobody waits. */
    pthread_mutex_unlock(&store->lock);
    otr_database_checkpoint(&store->database);
    atomic_store(&store->progress_us, now_us());
    pthread_mutex_lock(&store->lock);
}

static void *run(void *context)
{
    otr_store *store = context;
    pthread_mutex_lock(&store->lock);
    for (;;) {
        if (store->commit != NULL || store->read_wanted) {
            do_jobs(store);
            store->running = false;
            continue;
        }
        atomic_store(&store->busy, false);
        pthread_cond_broadcast(&store->quiet);
        if (store->stopping)
            break;
        pthread_cond_wait(&store->work, &store->lock);
    }
    pthread_mutex_unlock(&store->lock);
    return NULL;
}

/* Waits until the store's thread has nothing in hand and nothing to take; the lock is held on return. */
static void wait_quiet(otr_store *store)
{
    pthread_mutex_lock(&store->lock);
    while (store->running || store->commit != NULL || store->read_wanted)
        pthread_cond_wait(&store->quiet, &store->lock);
}

static void drop_rows(read_result *rows)
{
    otr_arena_done(&rows->arena);
    *rows = (read_result){0};
}

static void begin_work(otr_store *store)
{
    if (!atomic_exchange(&store->busy, true))
        atomic_store(&store->progress_us, now_us());
    pthread_cond_signal(&store->work);
}

static otr_status recover_now(otr_store *store, const otr_recovery *recovery, otr_error *error)
{
    /* A second database comes after a corrupt one, a third when even what was saved from that one is refused.
     */
    for (int attempt = 0;; attempt++) {
        otr_status status = otr_database_open_or_replace(&store->database, error);
        if (status != OTR_OK)
            return status;
        status = otr_database_read_back(&store->database, recovery, error);
        if (status == OTR_OK)
            return OTR_OK;
        otr_error why = *error;
        if (status != OTR_CORRUPT || attempt == 2) {
            otr_database_abandon(&store->database);
            return status;
        }
        status = otr_database_replace(&store->database, why.text, attempt == 0, error);
        if (status != OTR_OK)
            return status;
    }
}

static otr_status port_recover(void *self, const otr_recovery *recovery, otr_error *error)
{
    otr_store *store = self;
    otr_error ignored;
    wait_quiet(store);
    /* An answer not yet delivered belongs to a state that is given up: the commit's is dropped (its owner
     * knows that it recovers), the read's is turned into a failure, so that it is asked again. */
    store->commit_done = false;
    drop_rows(&store->rows);
    store->rows.status = OTR_IO;
    otr_status status = recover_now(store, recovery, error != NULL ? error : &ignored);
    fill_figures(store);
    pthread_mutex_unlock(&store->lock);
    return status;
}

static void port_submit(void *self, const otr_commit *commit)
{
    otr_store *store = self;
    pthread_mutex_lock(&store->lock);
    OTR_ASSERT(store->commit == NULL && !store->commit_done);
    store->commit = commit;
    begin_work(store);
    pthread_mutex_unlock(&store->lock);
}

static void port_read_outbox(void *self, otr_outbox_class class, uint64_t after, size_t limit)
{
    otr_store *store = self;
    pthread_mutex_lock(&store->lock);
    OTR_ASSERT(!store->read_wanted && !store->read_done);
    store->read = (read_job){class, after, limit};
    store->read_wanted = true;
    begin_work(store);
    pthread_mutex_unlock(&store->lock);
}

otr_store_port otr_store_port_of(otr_store *store)
{
    return (otr_store_port){
        .self = store, .recover = port_recover, .submit = port_submit, .read_outbox = port_read_outbox};
}

int otr_store_fd(const otr_store *store)
{
    return store->event;
}

void otr_store_process(otr_store *store)
{
    uint64_t count;
    ssize_t got = read(store->event, &count, sizeof count);
    (void)got; /* nothing there: the flags below say so too */
    pthread_mutex_lock(&store->lock);
    bool commit_done = store->commit_done;
    bool read_done = store->read_done;
    otr_commit_result result = {0};
    otr_loss loss = {0};
    read_result rows = {0};
    /* what is not done yet is being written, and not under the lock */
    if (commit_done) {
        result = store->result;
        loss = store->loss;
    }
    if (read_done) {
        rows = store->rows;
        store->rows = (read_result){0};
    }
    store->commit_done = false;
    store->read_done = false;
    pthread_mutex_unlock(&store->lock);
    /* The owner may submit or read again from within: everything it needs is in our hands by now. */
    if (commit_done) {
        if (result.loss_count > 0)
            result.losses = &loss;
        store->owner.committed(store->owner.context, &result);
    }
    if (read_done) {
        store->owner.outbox_read(store->owner.context, rows.status, rows.rows, rows.count);
        drop_rows(&rows);
    }
}

int64_t otr_store_progress_us(const otr_store *store, bool *busy)
{
    *busy = atomic_load(&store->busy);
    return atomic_load(&store->progress_us);
}

int otr_store_kept(const otr_store *store)
{
    return otr_store_kept_find(&store->database.files, INT16_MAX);
}

void otr_store_confirm(otr_store *store)
{
    (void)otr_store_kept_drop(&store->database.files);
}

otr_str otr_store_news(const otr_store *store)
{
    return otr_str_of(store->database.news);
}

otr_status otr_store_open(const otr_store_config *config, const otr_store_owner *owner, otr_store **out,
                          otr_error *error)
{
    otr_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the store");
    store->owner = *owner;
    store->delay_ms = config->fsync_delay_ms;
    store->event = -1;
    otr_status status = otr_database_init(&store->database, config, error);
    if (status != OTR_OK) {
        free(store);
        return status;
    }
    (void)pthread_mutex_init(&store->lock, NULL);
    (void)pthread_cond_init(&store->work, NULL);
    (void)pthread_cond_init(&store->quiet, NULL);
    atomic_store(&store->progress_us, now_us());
    store->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failed = store->event < 0 ? errno : pthread_create(&store->thread, NULL, run, store);
    if (failed == 0) {
        (void)pthread_setname_np(store->thread, "store");
        *out = store;
        return OTR_OK;
    }
    if (store->event >= 0)
        (void)close(store->event);
    free(store);
    return otr_fail(error, OTR_IO, "the store's thread cannot start: %s", strerror(failed));
}

void otr_store_close(otr_store *store)
{
    if (store == NULL)
        return;
    pthread_mutex_lock(&store->lock);
    store->stopping = true;
    pthread_cond_signal(&store->work);
    pthread_mutex_unlock(&store->lock);
    (void)pthread_join(store->thread, NULL);
    otr_database_done(&store->database);
    drop_rows(&store->rows);
    (void)close(store->event);
    (void)pthread_cond_destroy(&store->work);
    (void)pthread_cond_destroy(&store->quiet);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

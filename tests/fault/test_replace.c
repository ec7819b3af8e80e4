/*
 * Entries that replace others, through a bad link, failing disks and power cuts at any moment: of a thread of
 * messages each next one takes the place of the one before. Afterwards each has left for one reason, the last
 * is told, what was told alone follows nothing that the broker has, and what was told as a correction follows
 * something that it may have. The one window is a power cut between handing over and the commit after it.
 */
#include "round.h"

#include "base/log.h"
#include "codec/readings.h"
#include "core/outbox/outbox.h"
#include "driver/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { THREADS = 48, LENGTH = 6, NOT_LEFT = -1, STRIDE = 4096 };

typedef struct message {
    uint64_t seq;
    bool silent; /* it has nothing to say alone */
    bool had;    /* the link took it */
    bool unsure; /* and the power went before the store knew */
    int64_t reason;
} message;

typedef struct thread {
    message list[LENGTH];
    int count;
    bool waits; /* for the commit with its newest */
    bool over;  /* nobody knows whether the newest is there before the end */
} thread;

typedef struct play {
    round *r;
    thread threads[THREADS];
    int count;
    uint64_t commits; /* when the newest messages were added */
    uint64_t failures;
    unsigned uploads;
    uint64_t rebuilds;
    uint64_t
        next_seq; /* far from what the core counts, which goes on after the last of these that is there */
} play;

typedef struct tally {
    unsigned alone;
    unsigned corrected;
    unsigned silent;
    unsigned unsure;
} tally;

static otr_id event_id(int number, int index)
{
    return otr_hash128((uint64_t)number, (uint64_t)index, "thread", 6);
}

static otr_str body_of(otr_effects *effects, otr_id id, const char *what)
{
    otr_service_event event = {.kind = OTR_SERVICE_NOTIFICATION,
                               .what = otr_str_of(what),
                               .event = id,
                               .onset = OTR_TIME_NONE,
                               .raised = OTR_TIME_NONE,
                               .ended = OTR_TIME_NONE,
                               .detected = OTR_TIME_NONE,
                               .next_by = OTR_TIME_NONE,
                               .revision = 1,
                               .expires = OTR_TIME_NEVER};
    otr_buffer body = {0};
    otr_outbox_encode(&body, &event, NULL);
    otr_str copy = otr_effects_copy(effects, otr_buffer_text(&body));
    otr_buffer_done(&body);
    return copy;
}

static void add_message(play *p, int number)
{
    thread *t = &p->threads[number];
    otr_effects *effects = &p->r->driver->effects;
    message *m = &t->list[t->count];
    *m = (message){.seq = p->next_seq, .silent = round_roll(p->r, 4) == 0};
    p->next_seq += STRIDE;
    otr_id id = event_id(number, t->count);
    otr_row_outbox *row = OTR_ROWS_ADD(effects, outbox);
    assert_non_null(row);
    *row = (otr_row_outbox){.seq = m->seq,
                            .class = (otr_outbox_class)round_roll(p->r, OTR_OUTBOX_CLASSES),
                            .event = id,
                            .body = body_of(effects, id, "full")};
    if (t->count > 0) {
        row->replaces = event_id(number, t->count - 1);
        row->replaced_as = m->silent ? OTR_LEFT_RETRACTED : OTR_LEFT_SUPERSEDED;
        row->body_alone = m->silent ? (otr_str){NULL, 0} : body_of(effects, id, "alone");
    }
    t->count++;
    t->waits = true;
}

/* Nobody waits for the answers to these turns. */
static void (*answer_device)(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s);

static void answer(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s)
{
    if (handle != UINT64_MAX)
        answer_device(self, handle, kind, max_age_s);
}

static bool start(play *p)
{
    if (!round_start(p->r))
        return false;
    answer_device = p->r->driver->ports.source.answer;
    p->r->driver->ports.source.answer = answer;
    p->r->driver->config.linger_us = 500 * OTR_MS;
    return true;
}

static uint64_t failures(const otr_counters *counters)
{
    return counters->commits_failed + counters->rebuilds;
}

/* What the commit of the newest came to. */
static void learn(play *p)
{
    const otr_driver *driver = p->r->driver;
    const otr_counters *counters = otr_driver_counters(driver);
    bool failed = driver->broken || failures(counters) != p->failures;
    if (!failed && counters->commits == p->commits)
        return;
    for (int i = 0; i < p->count; i++) {
        p->threads[i].over |= p->threads[i].waits && failed;
        p->threads[i].waits = false;
    }
    p->failures = failures(counters);
}

static void leap(play *p)
{
    p->rebuilds = otr_driver_counters(p->r->driver)->rebuilds;
    p->next_seq = ((p->next_seq >> 20) + 1) << 20;
}

/* A turn whose effects linger: the messages are put among them. */
static bool begin_turn(play *p)
{
    static const char payload[] = "[{\"n\":\"shock\",\"u\":\"g\",\"v\":0,\"t\":1700000000}]";
    char name[24];
    otr_error error;
    otr_driver *driver = p->r->driver;
    (void)snprintf(name, sizeof name, "extra-%u", p->uploads++);
    otr_upload upload = {.identity = otr_str_of(name),
                         .format = OTR_FORMAT_SENML_JSON,
                         .payload = {(const uint8_t *)payload, sizeof payload - 1},
                         .handle = UINT64_MAX};
    if (driver->committing || driver->broken || otr_driver_upload(driver, &upload, &error) != OTR_OK)
        return false;
    otr_driver_turn(driver);
    return !driver->committing && !driver->broken && otr_effects_any(&driver->effects);
}

static void add_messages(play *p)
{
    otr_driver *driver = p->r->driver;
    learn(p);
    if (p->rebuilds != otr_driver_counters(driver)->rebuilds || p->next_seq == 0)
        leap(p);
    if (!begin_turn(p))
        return;
    p->commits = otr_driver_counters(driver)->commits;
    p->failures = failures(otr_driver_counters(driver));
    for (unsigned i = 0; i < 3; i++) {
        int number = (int)round_roll(p->r, THREADS);
        if (number >= p->count && p->count < THREADS)
            number = p->count++;
        if (number < p->count && !p->threads[number].over && p->threads[number].count < LENGTH &&
            (!p->threads[number].waits || round_roll(p->r, 2) == 0))
            add_message(p, number);
    }
}

static const char *what_of(const round *r, otr_id event)
{
    for (size_t i = 0; i < r->event_count; i++)
        if (otr_id_equal(r->events[i], event))
            return r->what[i].data + sizeof "notification." - 1;
    return NULL;
}

/* Which of them the link has taken by now. */
static void note_handed(play *p)
{
    for (int i = 0; i < p->count; i++)
        for (int k = 0; k < p->threads[i].count; k++) {
            message *m = &p->threads[i].list[k];
            m->had = m->had || what_of(p->r, event_id(i, k)) != NULL;
        }
}

static void step(play *p)
{
    round_run_step(p->r);
    note_handed(p);
    add_messages(p);
}

static void end_life(play *p)
{
    for (int i = 0; i < p->count; i++) {
        p->threads[i].over |= p->threads[i].waits;
        p->threads[i].waits = false;
    }
    round_end_life(p->r);
    p->next_seq += 1 << 20;
    p->rebuilds = UINT64_MAX;
}

/* A number of the store for each message. */
static void ask_store(play *p, const char *vfs, const char *query, void (*each)(message *m, int64_t number))
{
    char path[96];
    sqlite3 *handle;
    sqlite3_stmt *row;
    (void)snprintf(path, sizeof path, "%s/outrider.db", p->r->folder);
    assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, vfs), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, query, -1, &row, NULL), SQLITE_OK);
    for (int i = 0; i < p->count; i++)
        for (int k = 0; k < p->threads[i].count; k++) {
            (void)sqlite3_bind_int64(row, 1, (int64_t)p->threads[i].list[k].seq);
            each(&p->threads[i].list[k],
                 sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : NOT_LEFT);
            (void)sqlite3_reset(row);
        }
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(handle);
}

static void doubt(message *m, int64_t handed)
{
    m->unsure |= m->had && handed == 0;
}

/* After a start, before anything is sent again. */
static void note_unsure(play *p)
{
    ask_store(p, "driver_fault",
              "SELECT handed FROM outbox WHERE key IN (?1, (1 << 56) | ?1, (2 << 56) | ?1)", doubt);
}

static void keep_reason(message *m, int64_t reason)
{
    m->reason = reason;
}

/* ---- what must hold ---- */

static void check_message(const play *p, int number, int index, bool last, tally *sum)
{
    const thread *t = &p->threads[number];
    const message *m = &t->list[index];
    const message *before = index > 0 ? &t->list[index - 1] : NULL;
    const char *what = what_of(p->r, event_id(number, index));
    bool told = m->reason == OTR_LEFT_ACCEPTED;
    bool unsure = m->unsure || (before != NULL && before->unsure);
    const char *wrong = NULL;
    sum->unsure += m->unsure;
    if (told != (what != NULL) && !unsure)
        wrong = told ? "it left as told, and the broker does not have it" : "the broker has what left untold";
    else if (last && !told && !m->silent && !unsure)
        wrong = "the last is not told";
    else if (before != NULL && what != NULL && strcmp(what, "alone") == 0 && before->had && !before->unsure)
        wrong = "it is told alone after something that the broker has";
    else if (before != NULL && what != NULL && strcmp(what, "full") == 0 && !before->had)
        wrong = "it corrects what the broker never had";
    if (wrong != NULL)
        fail_msg("seed %u, thread %d, message %d of %d (seq %llu, reason %d): %s", p->r->seed, number,
                 index + 1, t->count, (unsigned long long)m->seq, (int)m->reason, wrong);
    sum->alone += what != NULL && strcmp(what, "alone") == 0;
    sum->corrected += before != NULL && what != NULL && strcmp(what, "full") == 0;
    sum->silent += last && what == NULL;
}

static void check(play *p, tally *sum)
{
    ask_store(p, NULL, "SELECT reason FROM outbox_left WHERE seq = ?1", keep_reason);
    for (int i = 0; i < p->count; i++) {
        thread *t = &p->threads[i];
        int count = t->count; /* those of a commit that never was are not there */
        while (count > 0 && t->list[count - 1].reason == NOT_LEFT && t->over)
            count--;
        for (int k = 0; k < count; k++) {
            if (t->list[k].reason == NOT_LEFT)
                fail_msg("seed %u, thread %d, message %d has not left", p->r->seed, i, k + 1);
            check_message(p, i, k, k == count - 1, sum);
        }
    }
}

static void finish(play *p, tally *sum)
{
    end_life(p);
    otr_fault_vfs_fail(p->r->vfs, OTR_FAULT_ALL, 0, false, 0);
    otr_fault_vfs_cut_at(p->r->vfs, OTR_FAULT_ALL, 0);
    otr_fault_vfs_power_on(p->r->vfs);
    assert_true(start(p));
    note_unsure(p);
    end_life(p);
    round_settle(p->r);
    note_handed(p);
    check(p, sum);
    round_check_journal(p->r);
    round_check_broker(p->r);
    round_end(p->r);
}

static void check_tally(const tally *sum, unsigned seeds)
{
    /* the rounds are worth something, and the window is small: two messages a life at the most */
    assert_true(sum->alone > seeds && sum->corrected > seeds && sum->silent > seeds / 4);
    assert_true(sum->unsure < 2 * 3 * seeds);
}

static void power_cuts_at_random_moments(void **state)
{
    (void)state;
    tally sum = {0};
    unsigned seeds = round_count(250);
    for (unsigned seed = 1; seed <= seeds; seed++) {
        static play p;
        p = (play){.r = round_begin(seed)};
        for (int life = 0; life < 3; life++) {
            otr_fault_vfs_power_on(p.r->vfs);
            assert_true(start(&p));
            note_unsure(&p);
            otr_fault_vfs_cut_at(p.r->vfs, OTR_FAULT_CHANGES, 1 + round_roll(p.r, life == 0 ? 600 : 250));
            for (int i = 0; i < 60 && !otr_fault_vfs_is_cut(p.r->vfs); i++)
                step(&p);
            otr_fault_vfs_cut(p.r->vfs);
            if (life < 2)
                end_life(&p);
        }
        finish(&p, &sum);
    }
    check_tally(&sum, seeds);
}

static void a_disk_that_fails_now_and_then(void **state)
{
    (void)state;
    tally sum = {0};
    unsigned seeds = round_count(150);
    for (unsigned seed = 1; seed <= seeds; seed++) {
        static play p;
        p = (play){.r = round_begin(seed)};
        assert_true(start(&p));
        round_wait_for_store(p.r);
        for (int i = 0; i < 120; i++) {
            if (i % 10 == 0)
                otr_fault_vfs_fail(p.r->vfs, OTR_FAULT_CHANGES, 1 + round_roll(p.r, 40),
                                   round_roll(p.r, 4) == 0, 0);
            step(&p);
        }
        finish(&p, &sum);
    }
    check_tally(&sum, seeds);
}

int main(void)
{
    otr_log_level_set(OTR_LOG_ERROR);
    (void)prctl(PR_SET_TIMERSLACK, 1UL); /* the waits for the store are short and many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_cuts_at_random_moments),
        cmocka_unit_test(a_disk_that_fails_now_and_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

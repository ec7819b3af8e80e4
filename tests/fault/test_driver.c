/*
 * The promise of the driver over the real store on a disk that fails: devices that resend what was not
 * acknowledged, a broker that acknowledges late or not at all, power cuts and failing calls at random
 * moments. After every round: each acknowledged reading is in the journal, none twice; each expected alarm
 * reached the broker under one identity; a repeated upload is recognised after a restart. A round is the
 * same each time: the store's thread is waited for, and the round's dice decide how long the driver does not
 * hear of what it did. A failing round prints its seed; OUTRIDER_SEED repeats it.
 */
#include "core/journal.h"
#include "driver/driver.h"
#include "platform/linux/store.h"
#include "vfs_powerloss.h"

#include "base/hash.h"
#include "base/log.h"
#include "codec/readings.h"
#include "codec/service.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)

enum { DEVICES = 4, READINGS = 12, IN_FLIGHT = 64, EVENTS = 4096 };

static const char pack[] = "pack: test\nversion: 1\nrules:\n"
                           "  - alert: Drop\n    expr: shock > 3.0\n"
                           "    ticket: {queue: q, evidence: [shock], last: 1h}\n";

typedef struct device {
    int next; /* index of the reading that it sends now */
    bool sent[READINGS];
    bool acknowledged[READINGS]; /* by the agent, whether the device saw it or not */
    uint64_t generation;
    otr_time resend_at;
} device;

typedef struct round {
    unsigned seed;
    unsigned dice;
    char folder[64];
    otr_fault_vfs *vfs;
    otr_store *store;
    otr_driver *driver;
    otr_time mono;
    bool lossy; /* acknowledgements get lost on their way, the broker is slow */
    device devices[DEVICES];
    uint64_t in_flight[IN_FLIGHT];
    otr_id in_flight_event[IN_FLIGHT];
    size_t in_flight_count;
    otr_id events[EVENTS]; /* what the broker accepted, each id once */
    otr_id entities[EVENTS];
    otr_str what[EVENTS];
    otr_time onsets[EVENTS];
    char assets[EVENTS][8];
    size_t event_count;
    bool link_is_up;
    bool broker_is_away;
    uint32_t outbox_rows;
    int stalled; /* steps until the driver hears of what the store did */
    otr_arena memory;
} round;

static unsigned roll(round *r, unsigned sides)
{
    r->dice = r->dice * 1664525 + 1013904223;
    return (r->dice >> 8) % sides;
}

static double value_of(int index)
{
    return (index % 2 == 0 ? 9 : 1) + index * 0.001;
}

/* ---- the ports ---- */

static void read_clock(void *self, otr_clock_sample *out)
{
    round *r = self;
    *out = (otr_clock_sample){r->mono, T0 + OTR_DAY + r->mono, OTR_CLOCK_SYNCED};
}

static void answer(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s)
{
    round *r = self;
    device *d = &r->devices[handle % DEVICES];
    int index = (int)(handle / DEVICES % READINGS);
    (void)max_age_s;
    if (kind != OTR_ANSWER_KEPT)
        return;
    d->acknowledged[index] = true;
    if (d->next == index && !(r->lossy && roll(r, 8) == 0)) {
        d->next++;
        d->resend_at = 0;
    }
}

static otr_status publish(void *self, const otr_publication *publication)
{
    round *r = self;
    otr_service_event event;
    otr_error error;
    if (r->in_flight_count == IN_FLIGHT)
        return OTR_FULL;
    if (publication->token == UINT64_MAX)
        return OTR_OK; /* presence */
    assert_int_equal(
        otr_service_decode(&r->memory, publication->content_type, publication->payload, &event, &error),
        OTR_OK);
    r->in_flight[r->in_flight_count] = publication->token;
    r->in_flight_event[r->in_flight_count++] = event.event;
    /* the broker has it, whether its acknowledgement arrives or not */
    for (size_t i = 0; i < r->event_count; i++)
        if (otr_id_equal(r->events[i], event.event))
            return OTR_OK;
    assert_true(r->event_count < EVENTS);
    r->events[r->event_count] = event.event;
    r->entities[r->event_count] = event.entity;
    char label[64];
    (void)snprintf(label, sizeof label, "%s.%.*s", otr_service_kind_text(event.kind),
                   OTR_STR_ARG(event.what));
    r->what[r->event_count] = otr_arena_copy(&r->memory, otr_str_of(label));
    r->onsets[r->event_count] = event.onset;
    (void)snprintf(r->assets[r->event_count], 8, "%.*s", OTR_STR_ARG(event.asset));
    r->event_count++;
    return OTR_OK;
}

static void committed(void *context, const otr_commit_result *result)
{
    otr_driver_committed(((round *)context)->driver, result);
}

static void outbox_read(void *context, otr_status status, const otr_row_outbox *rows, size_t count)
{
    otr_driver_outbox_read(((round *)context)->driver, status, rows, count);
}

/* ---- life of the agent ---- */

static otr_store_config store_config(const round *r)
{
    return (otr_store_config){
        .folder = otr_str_of(r->folder), .quota_bytes = 64 << 20, .vfs = "driver_fault"};
}

static void activate(round *r)
{
    char assignments[512];
    otr_error error;
    int size = snprintf(assignments, sizeof assignments, "version: 1\nassets:\n");
    for (int i = 0; i < DEVICES; i++)
        size += snprintf(assignments + size, sizeof assignments - (size_t)size,
                         "  - {asset: a%d, class: x, devices: [d%d]}\n", i, i);
    if (otr_driver_activate(r->driver, OTR_STR("assignments"), OTR_STR("h1"), otr_str_of(assignments),
                            &error) != OTR_OK ||
        otr_driver_activate(r->driver, OTR_STR("pack/test"), OTR_STR("h2"), otr_str_of(pack), &error) !=
            OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
}

/* False when the disk fails already while the store is opened. */
static bool start(round *r)
{
    otr_error error;
    otr_store_config config = store_config(r);
    otr_store_owner owner = {r, committed, outbox_read};
    otr_driver_config driver_config = {.group = OTR_STR("g"),
                                       .gateway = OTR_STR("w"),
                                       .linger_us = roll(r, 2) == 0 ? 0 : 500 * OTR_MS,
                                       .snapshot_bytes = 2000,
                                       .build_time = T0,
                                       .outbox_rows = r->outbox_rows};
    r->store = NULL;
    r->driver = NULL;
    r->in_flight_count = 0;
    r->link_is_up = false;
    r->stalled = 0;
    if (otr_store_open(&config, &owner, &r->store, &error) != OTR_OK)
        return false;
    otr_driver_ports ports = {{r, read_clock}, otr_store_port_of(r->store), {r, answer}, {r, publish}};
    assert_int_equal(otr_driver_create(&driver_config, &ports, &r->driver, &error), OTR_OK);
    if (otr_driver_recover(r->driver, &error) != OTR_OK)
        return false;
    activate(r);
    return true;
}

static void end_life(round *r)
{
    if (r->store != NULL)
        otr_store_close(r->store);
    otr_driver_free(r->driver);
    r->store = NULL;
    r->driver = NULL;
}

static void send_upload(round *r, int number)
{
    device *d = &r->devices[number];
    char payload[200];
    char name[8];
    otr_error error;
    int size = snprintf(payload, sizeof payload,
                        "[{\"bn\":\"d%d/\",\"n\":\"shock\",\"u\":\"g\",\"v\":%.3f,\"t\":%lld}]", number,
                        value_of(d->next), (long long)(T0 / OTR_SECOND + d->next));
    (void)snprintf(name, sizeof name, "d%d", number);
    otr_upload upload = {
        .identity = otr_str_of(name),
        .format = OTR_FORMAT_SENML_JSON,
        .payload = {(const uint8_t *)payload, (size_t)size},
        .key = otr_hash64(9, 9, payload, (size_t)size) | 1,
        .handle = (++d->generation * READINGS + (uint64_t)d->next) * DEVICES + (uint64_t)number,
    };
    d->sent[d->next] = true;
    d->resend_at = r->mono + (otr_time)(200 + roll(r, 2000)) * OTR_MS;
    otr_status status = otr_driver_upload(r->driver, &upload, &error);
    if (status != OTR_OK && status != OTR_FULL)
        fail_msg("seed %u: refused: %s", r->seed, error.text);
}

static void run_link(round *r)
{
    if (r->broker_is_away)
        return;
    if (!r->link_is_up) {
        r->link_is_up = true;
        otr_driver_link_up(r->driver, 20);
    }
    if (r->lossy && roll(r, 40) == 0) {
        r->link_is_up = false;
        otr_driver_link_down(r->driver);
        while (r->in_flight_count > 0)
            otr_driver_published(r->driver, r->in_flight[--r->in_flight_count], OTR_IO);
        return;
    }
    while (r->in_flight_count > 0 && (!r->lossy || roll(r, 3) != 0))
        otr_driver_published(r->driver, r->in_flight[--r->in_flight_count], OTR_OK);
}

/* All that the store was asked to do is done, though its owner has not heard of it. */
static void wait_for_store(const round *r)
{
    bool busy = true;
    while ((void)otr_store_progress_us(r->store, &busy), busy)
        (void)usleep(10);
}

static void run_store(round *r)
{
    wait_for_store(r);
    if (r->stalled > 0) {
        r->stalled--;
        return;
    }
    otr_store_process(r->store);
    if (r->lossy && roll(r, 3) == 0)
        r->stalled = 1 + (int)roll(r, roll(r, 4) == 0 ? 40 : 4);
}

static void run_step(round *r)
{
    r->mono += (otr_time)(1 + roll(r, 200)) * OTR_MS;
    for (int i = 0; i < DEVICES; i++) {
        device *d = &r->devices[i];
        if (d->next < READINGS && r->mono >= d->resend_at && roll(r, 2) == 0)
            send_upload(r, i);
    }
    otr_driver_turn(r->driver);
    run_store(r);
    run_link(r);
    otr_driver_turn(r->driver);
    wait_for_store(r);
}

static bool all_sent(const round *r)
{
    for (int i = 0; i < DEVICES; i++)
        if (r->devices[i].next < READINGS)
            return false;
    return true;
}

/* A last life on a disk that works, until everything is through. */
static void settle(round *r)
{
    otr_fault_vfs_fail(r->vfs, OTR_FAULT_ALL, 0, false, 0);
    otr_fault_vfs_cut_at(r->vfs, OTR_FAULT_ALL, 0);
    otr_fault_vfs_power_on(r->vfs);
    r->lossy = false;
    if (!start(r))
        fail_msg("seed %u: does not start on a disk that works", r->seed);
    for (int quiet = 0, steps = 0; quiet < 5; steps++) {
        run_step(r);
        quiet = all_sent(r) && otr_driver_outbox_depth(r->driver) == 0 ? quiet + 1 : 0;
        if (steps > 20000)
            fail_msg("seed %u: does not come to rest (outbox %zu)", r->seed,
                     otr_driver_outbox_depth(r->driver));
    }
    otr_driver_stop(r->driver);
    while (!otr_driver_stopped(r->driver))
        run_step(r);
    end_life(r);
}

/* ---- the checks ---- */

typedef struct kept {
    int count[DEVICES][READINGS];
    uint32_t numbers[DEVICES];
    int device;
} kept;

static otr_status see_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    kept *k = context;
    (void)seq;
    if (record->kind != OTR_INPUT_READINGS || record->readings.device != k->numbers[k->device])
        return OTR_OK;
    for (size_t i = 0; i < record->readings.count; i++) {
        int index = (int)(record->readings.entries[i].at / OTR_SECOND - T0 / OTR_SECOND);
        assert_in_range(index, 0, READINGS - 1);
        assert_true(record->readings.entries[i].number == value_of(index));
        k->count[k->device][index]++;
    }
    return OTR_OK;
}

static otr_status see_batch(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    otr_journal_visitor visitor = {context, see_turn, see_record};
    (void)core_time;
    return otr_journal_read(batch, first_seq, &visitor, NULL);
}

static otr_status see_name(void *context, const otr_row_name *row)
{
    kept *k = context;
    if (row->space == OTR_NAME_DEVICE && row->name.size == 2)
        k->numbers[row->name.data[1] - '0'] = row->number;
    return OTR_OK;
}

static otr_status skip_meta(void *c, otr_id i, uint64_t s, uint64_t o, otr_time t)
{
    (void)c, (void)i, (void)s, (void)o, (void)t;
    return OTR_OK;
}
static otr_status skip_content(void *c, const otr_row_content *row)
{
    (void)c, (void)row;
    return OTR_OK;
}
static otr_status skip_snapshot(void *c, otr_bytes s, uint64_t l)
{
    (void)c, (void)s, (void)l;
    return OTR_OK;
}
static otr_status skip_alarm(void *c, const otr_row_alarm *row)
{
    (void)c, (void)row;
    return OTR_OK;
}
static otr_status skip_case(void *c, const otr_row_case *row)
{
    (void)c, (void)row;
    return OTR_OK;
}
static otr_status skip_batch(void *c, uint64_t f, uint32_t n, otr_time t, otr_bytes b, bool r)
{
    (void)c, (void)f, (void)n, (void)t, (void)b, (void)r;
    return OTR_OK;
}
static otr_status no_loss(void *c, const otr_loss *loss)
{
    (void)c;
    fail_msg("a loss: %.*s", OTR_STR_ARG(loss->reason));
    return OTR_OK;
}

static void check_journal(round *r)
{
    static kept k;
    otr_error error;
    otr_store_config config = store_config(r);
    otr_store_owner owner = {r, committed, outbox_read};
    otr_recovery visit = {&k,         skip_meta, see_name,   skip_content, skip_snapshot,
                          skip_alarm, skip_case, skip_batch, no_loss};
    k = (kept){0};
    assert_int_equal(otr_store_open(&config, &owner, &r->store, &error), OTR_OK);
    otr_store_port port = otr_store_port_of(r->store);
    assert_int_equal(port.recover(port.self, &visit, &error), OTR_OK);
    for (k.device = 0; k.device < DEVICES; k.device++) {
        assert_int_equal(
            otr_store_history(&config, k.numbers[k.device], 0, OTR_TIME_NEVER - 1, see_batch, &k, &error),
            OTR_OK);
        for (int i = 0; i < READINGS; i++) {
            assert_true(r->devices[k.device].acknowledged[i]);
            if (k.count[k.device][i] != 1)
                fail_msg("seed %u: reading %d of device %d is kept %d times", r->seed, i, k.device,
                         k.count[k.device][i]);
        }
    }
    otr_store_close(r->store);
    r->store = NULL;
}

/* Every second reading raises one alarm: each reached the broker, under one id. */
static void check_broker(const round *r)
{
    int raised = 0;
    int cleared = 0;
    int opened = 0;
    for (size_t i = 0; i < r->event_count; i++) {
        raised += otr_str_is(r->what[i], "alarm.raised");
        cleared += otr_str_is(r->what[i], "alarm.cleared");
        opened += otr_str_is(r->what[i], "ticket.opened");
        for (size_t j = 0; j < i && otr_str_is(r->what[i], "alarm.raised"); j++)
            if (otr_str_equal(r->what[j], r->what[i]) && r->onsets[i] == r->onsets[j] &&
                strcmp(r->assets[i], r->assets[j]) == 0)
                fail_msg("seed %u: one alarm under two ids", r->seed);
    }
    if (raised != DEVICES * READINGS / 2 || cleared != DEVICES * READINGS / 2 || opened != DEVICES)
        fail_msg("seed %u: %d raised, %d cleared, %d tickets opened", r->seed, raised, cleared, opened);
}

/* ---- rounds ---- */

static round *begin_round(unsigned seed)
{
    round *r = calloc(1, sizeof *r);
    assert_non_null(r);
    *r = (round){.seed = seed, .dice = seed, .lossy = true, .mono = OTR_SECOND};
    r->vfs = otr_fault_vfs_create("driver_fault", seed);
    assert_non_null(r->vfs);
    (void)snprintf(r->folder, sizeof r->folder, "/dev/shm/outrider-fault-XXXXXX");
    assert_non_null(mkdtemp(r->folder));
    return r;
}

static void remove_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(entries), entry->d_name, 0), 0);
    (void)closedir(entries);
    assert_int_equal(rmdir(folder), 0);
}

static void end_round(round *r)
{
    remove_folder(r->folder);
    otr_fault_vfs_free(r->vfs);
    otr_arena_done(&r->memory);
    free(r);
}

static void finish_round(round *r)
{
    settle(r);
    check_journal(r);
    check_broker(r);
    end_round(r);
}

/* The rounds from first to last by step; OUTRIDER_SEED names the only one. */
typedef struct span {
    unsigned first;
    unsigned last;
} span;

static span rounds_of(unsigned last)
{
    const char *only = getenv("OUTRIDER_SEED");
    unsigned seed = only != NULL ? (unsigned)atoi(only) : 0;
    return seed > 0 ? (span){seed, seed} : (span){1, last};
}

static void power_cuts_at_random_moments_lose_nothing_and_double_nothing(void **state)
{
    (void)state;
    span seeds = rounds_of(getenv("OUTRIDER_LONG") != NULL ? 20000 : 1000);
    for (unsigned seed = seeds.first; seed <= seeds.last; seed++) {
        round *r = begin_round(seed);
        for (int life = 0; life < 3; life++) {
            otr_fault_vfs_power_on(r->vfs);
            otr_fault_vfs_cut_at(r->vfs, OTR_FAULT_CHANGES, 1 + roll(r, life == 0 ? 400 : 150));
            if (start(r))
                for (int i = 0; i < 60 && !otr_fault_vfs_is_cut(r->vfs) && !all_sent(r); i++)
                    run_step(r);
            otr_fault_vfs_cut(r->vfs);
            end_life(r);
        }
        finish_round(r);
    }
}

/* False when the agent was through before the n-th call. */
static bool run_with_failure(unsigned n, bool for_ever, int code)
{
    round *r = begin_round(n);
    assert_true(start(r));
    wait_for_store(r);
    uint64_t before = otr_fault_vfs_calls(r->vfs, OTR_FAULT_CHANGES);
    otr_fault_vfs_fail(r->vfs, OTR_FAULT_CHANGES, n, for_ever, code);
    for (int i = 0; i < 200 && !all_sent(r); i++)
        run_step(r);
    bool reached = otr_fault_vfs_calls(r->vfs, OTR_FAULT_CHANGES) - before >= n;
    otr_fault_vfs_fail(r->vfs, OTR_FAULT_ALL, 0, false, 0);
    end_life(r);
    finish_round(r);
    return reached;
}

/* For all n: the n-th call that changes the disk fails, once or for a while; the devices resend; all is kept
 * once. */
static void survive(bool for_ever, int code)
{
    enum {
        BEYOND = 20
    }; /* rounds differ in length: the last failure is not reached in any when so many miss it */
    unsigned step = getenv("OUTRIDER_LONG") != NULL ? 1 : 3;
    span calls = rounds_of(5000);
    int missed = 0;
    unsigned n = calls.first;
    for (; n <= calls.last && missed < BEYOND; n += step)
        missed = run_with_failure(n, for_ever, code) ? 0 : missed + 1;
    assert_true(calls.first == calls.last || n > 100);
}

enum { FITTING = 0, DISK_FULL = 13 /* SQLITE_FULL */ };

static void an_io_error_at_any_call_is_survived(void **state)
{
    (void)state;
    survive(false, FITTING);
}

static void io_errors_from_any_call_on_are_survived(void **state)
{
    (void)state;
    survive(true, FITTING);
}

static void a_full_disk_at_any_call_is_survived(void **state)
{
    (void)state;
    survive(false, DISK_FULL);
}

static void a_full_disk_from_any_call_on_is_survived(void **state)
{
    (void)state;
    survive(true, DISK_FULL);
}

/* Weeks without a broker: the oldest of what can wait goes, recorded and told, and the newest arrives. */
static void an_outbox_that_is_full_drops_its_oldest_and_says_so(void **state)
{
    (void)state;
    round *r = begin_round(1);
    otr_fault_vfs_power_on(r->vfs);
    r->lossy = false;
    r->broker_is_away = true;
    r->outbox_rows = 40;
    assert_true(start(r));
    for (int i = 0; i < 2000 && !(all_sent(r) && otr_driver_store_figures(r->driver)->outbox_rows <= 40); i++)
        run_step(r);
    assert_true(all_sent(r));
    assert_in_range(otr_driver_store_figures(r->driver)->outbox_rows, 1, 40);
    assert_true(otr_driver_counters(r->driver)->outbox_evicted >= DEVICES * READINGS * 2 - 40);
    r->broker_is_away = false;
    for (int i = 0, quiet = 0; i < 2000 && quiet < 20; i++) {
        run_step(r);
        quiet = otr_driver_outbox_depth(r->driver) == 0 ? quiet + 1 : 0;
    }
    int told = 0;
    int newest = 0;
    for (size_t i = 0; i < r->event_count; i++) {
        told += otr_str_is(r->what[i], "status.loss");
        newest += otr_str_is(r->what[i], "alarm.cleared") && r->onsets[i] == T0 + (READINGS - 2) * OTR_SECOND;
    }
    assert_int_equal(told, 1);
    assert_true(newest > 0);
    end_life(r);
    end_round(r);
}

int main(void)
{
    if (getenv("OUTRIDER_SEED") == NULL)
        otr_log_level_set(OTR_LOG_ERROR); /* failures are expected here by the thousand */
    (void)prctl(PR_SET_TIMERSLACK, 1UL);  /* the waits for the store are short and many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outbox_that_is_full_drops_its_oldest_and_says_so),
        cmocka_unit_test(power_cuts_at_random_moments_lose_nothing_and_double_nothing),
        cmocka_unit_test(an_io_error_at_any_call_is_survived),
        cmocka_unit_test(io_errors_from_any_call_on_are_survived),
        cmocka_unit_test(a_full_disk_at_any_call_is_survived),
        cmocka_unit_test(a_full_disk_from_any_call_on_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

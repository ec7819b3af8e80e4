#include "round.h"

#include "base/hash.h"
#include "base/log.h"
#include "codec/readings.h"
#include "codec/service.h"
#include "core/journal/journal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char pack[] = "pack: test\nversion: 1\nrules:\n"
                           "  - alert: Drop\n    expr: shock > 3.0\n"
                           "    ticket: {queue: q, evidence: [shock], last: 1h}\n";

unsigned round_roll(round *r, unsigned sides)
{
    r->dice = r->dice * 1664525 + 1013904223;
    return (r->dice >> 8) % sides;
}

double round_value_of(int index)
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
    if (d->next == index && !(r->lossy && round_roll(r, 8) == 0)) {
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

void round_committed(void *context, const otr_commit_result *result)
{
    otr_driver_committed(((round *)context)->driver, result);
}

void round_outbox_read(void *context, otr_status status, const otr_row_outbox *rows, size_t count)
{
    otr_driver_outbox_read(((round *)context)->driver, status, rows, count);
}

/* ---- life of the agent ---- */

otr_store_config round_store_config(const round *r)
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
                         "  - {asset: a%d, class: shipment, devices: [d%d]}\n", i, i);
    if (otr_driver_activate(r->driver, OTR_STR("assignments"), OTR_STR("h1"), otr_str_of(assignments),
                            &error) != OTR_OK ||
        otr_driver_activate(r->driver, OTR_STR("pack/test"), OTR_STR("h2"), otr_str_of(pack), &error) !=
            OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
}

/* False when the disk fails already while the store is opened. */
bool round_start(round *r)
{
    otr_error error;
    otr_store_config config = round_store_config(r);
    otr_store_owner owner = {r, round_committed, round_outbox_read};
    otr_driver_config driver_config = {.group = OTR_STR("g"),
                                       .gateway = OTR_STR("w"),
                                       .linger_us = round_roll(r, 2) == 0 ? 0 : 500 * OTR_MS,
                                       .snapshot_bytes = 2000,
                                       .build_time = T0,
                                       .outbox_rows = r->outbox_rows,
                                       .sha256 = r->evidence};
    r->store = NULL;
    r->driver = NULL;
    r->in_flight_count = 0;
    r->link_is_up = false;
    r->stalled = 0;
    if (otr_store_open(&config, &owner, &r->store, &error) != OTR_OK)
        return false;
    otr_driver_ports ports = {{r, read_clock}, otr_store_port_of(r->store), {r, answer, NULL}, {r, publish},
                              {r, NULL},       {NULL, NULL, NULL}};
    assert_int_equal(otr_driver_create(&driver_config, &ports, &r->driver, &error), OTR_OK);
    if (otr_driver_recover(r->driver, &error) != OTR_OK)
        return false;
    activate(r);
    return true;
}

void round_end_life(round *r)
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
                        round_value_of(d->next), (long long)(T0 / OTR_SECOND + d->next));
    (void)snprintf(name, sizeof name, "d%d", number);
    otr_upload upload = {
        .identity = otr_str_of(name),
        .format = OTR_FORMAT_SENML_JSON,
        .payload = {(const uint8_t *)payload, (size_t)size},
        .key = otr_hash64(9, 9, payload, (size_t)size) | 1,
        .handle = (++d->generation * READINGS + (uint64_t)d->next) * DEVICES + (uint64_t)number,
    };
    d->sent[d->next] = true;
    d->resend_at = r->mono + (otr_time)(200 + round_roll(r, 2000)) * OTR_MS;
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
    if (r->lossy && round_roll(r, 40) == 0) {
        r->link_is_up = false;
        otr_driver_link_down(r->driver);
        while (r->in_flight_count > 0)
            otr_driver_published(r->driver, r->in_flight[--r->in_flight_count], OTR_IO);
        return;
    }
    while (r->in_flight_count > 0 && (!r->lossy || round_roll(r, 3) != 0))
        otr_driver_published(r->driver, r->in_flight[--r->in_flight_count], OTR_OK);
}

/* All that the store was asked to do is done, though its owner has not heard of it. */
void round_wait_for_store(const round *r)
{
    bool busy = !r->hasty;
    while (busy) {
        (void)usleep(10);
        (void)otr_store_progress_us(r->store, &busy);
    }
}

static void run_store(round *r)
{
    round_wait_for_store(r);
    if (r->stalled > 0) {
        r->stalled--;
        return;
    }
    otr_store_process(r->store);
    if (r->lossy && round_roll(r, 3) == 0)
        r->stalled = 1 + (int)round_roll(r, round_roll(r, 4) == 0 ? 40 : 4);
}

void round_run_step(round *r)
{
    r->mono += (otr_time)(1 + round_roll(r, 200)) * OTR_MS;
    for (int i = 0; i < DEVICES; i++) {
        device *d = &r->devices[i];
        if (d->next < READINGS && r->mono >= d->resend_at && round_roll(r, 2) == 0)
            send_upload(r, i);
    }
    otr_driver_turn(r->driver);
    run_store(r);
    run_link(r);
    otr_driver_turn(r->driver);
    round_wait_for_store(r);
}

bool round_all_sent(const round *r)
{
    for (int i = 0; i < DEVICES; i++)
        if (r->devices[i].next < READINGS)
            return false;
    return true;
}

/* A last life on a disk that works, until everything is through. */
void round_settle(round *r)
{
    otr_fault_vfs_fail(r->vfs, OTR_FAULT_ALL, 0, false, 0);
    otr_fault_vfs_cut_at(r->vfs, OTR_FAULT_ALL, 0);
    otr_fault_vfs_power_on(r->vfs);
    r->lossy = false;
    r->hasty = false;
    if (!round_start(r))
        fail_msg("seed %u: does not start on a disk that works", r->seed);
    for (int quiet = 0, steps = 0; quiet < 5; steps++) {
        round_run_step(r);
        quiet = round_all_sent(r) && otr_driver_outbox_depth(r->driver) == 0 ? quiet + 1 : 0;
        if (steps > 20000)
            fail_msg("seed %u: does not come to rest (outbox %zu)", r->seed,
                     otr_driver_outbox_depth(r->driver));
    }
    otr_driver_stop(r->driver);
    while (!otr_driver_stopped(r->driver))
        round_run_step(r);
    round_end_life(r);
}

/* ---- rounds ---- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 4 };
#else
enum { SANITIZED = 1 };
#endif

unsigned round_count(unsigned usual)
{
    const char *text = getenv("OUTRIDER_EVERY");
    int every = text != NULL ? atoi(text) : 1;
    if (getenv("OUTRIDER_LONG") != NULL)
        return usual * 20;
    return usual / (unsigned)SANITIZED / (unsigned)(every > 1 ? every : 1) + 1;
}

round *round_begin(unsigned seed)
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

void round_end(round *r)
{
    remove_folder(r->folder);
    otr_fault_vfs_free(r->vfs);
    otr_arena_done(&r->memory);
    free(r);
}

void round_finish(round *r)
{
    round_settle(r);
    round_check_journal(r);
    round_check_broker(r);
    if (r->evidence != NULL)
        round_check_evidence(r);
    round_end(r);
}

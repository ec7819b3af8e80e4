#include "gateway.h"

#include "../pack/failing_memory.h"

#include "base/hash.h"
#include "codec/readings.h"
#include "driver/internal.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static const char pack[] = "pack: test\nversion: 1\nrules:\n  - alert: Drop\n    expr: shock > 3.0\n"
                           "    notify: {to: staff, message: drop, on: [raised], once: true}\n"
                           "    ticket: {queue: q, evidence: [shock], last: 1h}\n"
                           "messages:\n  drop:\n    en:\n      raised: dropped\n";
static const char assignments[] = "version: 1\nassets:\n  - {asset: a1, class: x, devices: [d1]}\n"
                                  "  - {asset: a2, class: x, devices: [d2]}\n";

static void read_clock(void *self, otr_clock_sample *out)
{
    const gateway *g = self;
    *out = (otr_clock_sample){g->mono, GATEWAY_UTC + g->mono + g->utc_step,
                              g->unsynced ? OTR_CLOCK_UNSYNCED : OTR_CLOCK_SYNCED};
}

static void answer(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s)
{
    gateway *g = self;
    assert_true(g->answer_count < GATEWAY_ANSWERS);
    assert_true((kind == OTR_ANSWER_FULL) == (max_age_s > 0));
    g->answers[g->answer_count].handle = handle;
    g->answers[g->answer_count++].kind = kind;
}

static void answer_command(void *self, uint64_t handle, const otr_command_result *result)
{
    gateway *g = self;
    assert_true(g->command_count < GATEWAY_COMMANDS);
    g->commands[g->command_count].handle = handle;
    g->commands[g->command_count++].result = *result;
}

static void deliver(void *self, uint64_t handle, unsigned format, otr_bytes commands)
{
    gateway *g = self;
    g->deliveries++;
    g->delivered.handle = handle;
    g->delivered.format = format;
    (void)snprintf(g->delivered.text, sizeof g->delivered.text, "%.*s", (int)commands.size,
                   (const char *)commands.data);
}

static bool keep(gateway *g, const otr_publication *publication)
{
    char topic[96];
    (void)snprintf(topic, sizeof topic, "%.*s", OTR_STR_ARG(publication->topic));
    if (strstr(topic, "/alarm/") == NULL && strstr(topic, "/ticket/") == NULL)
        return false;
    assert_true(g->kept_count < GATEWAY_EVENTS && publication->retain && publication->qos == 1);
    memcpy(g->kept[g->kept_count].topic, topic, sizeof topic);
    g->kept[g->kept_count].empty = publication->payload.size == 0;
    g->kept[g->kept_count++].before = g->published_count;
    return true;
}

static otr_status publish(void *self, const otr_publication *publication)
{
    gateway *g = self;
    if (keep(g, publication))
        return OTR_OK;
    otr_arena memory = {0};
    otr_service_event event = {.kind = OTR_SERVICE_VIEW, .what = OTR_STR("empty")};
    failing_memory_after(0);
    assert_true(g->published_count < GATEWAY_EVENTS);
    if (publication->payload.size > 0)
        assert_int_equal(
            otr_service_decode(&memory, publication->content_type, publication->payload, &event, NULL),
            OTR_OK);
    size_t i = g->published_count;
    g->published[i].token = publication->token;
    g->published[i].retain = publication->retain;
    g->published[i].event = event.event;
    (void)snprintf(g->published[i].topic, sizeof g->published[i].topic, "%.*s",
                   OTR_STR_ARG(publication->topic));
    g->published[i].expiry_s = publication->expiry_s;
    (void)snprintf(g->published[i].what, sizeof g->published[i].what, "%s.%.*s",
                   otr_service_kind_text(event.kind), OTR_STR_ARG(event.what));
    (void)snprintf(g->published[i].text, sizeof g->published[i].text, "%.*s", OTR_STR_ARG(event.text));
    otr_arena_done(&memory);
    if (g->unpublished != NULL && strcmp(g->published[i].what, g->unpublished) == 0) {
        g->refusals++;
        return g->refusal;
    }
    g->published_count++;
    return OTR_OK;
}

/* ---- the store ---- */

static void committed(void *context, const otr_commit_result *result)
{
    gateway *g = context;
    assert_int_equal(result->status, OTR_OK);
    if (!g->muted)
        otr_driver_committed(g->driver, result);
}

static void outbox_read(void *context, otr_status status, const otr_row_outbox *rows, size_t count)
{
    gateway *g = context;
    otr_driver_outbox_read(g->driver, g->reads_fail ? OTR_IO : status, rows, g->reads_fail ? 0 : count);
}

static void wait_for_store(gateway *g)
{
    bool busy = true;
    while ((void)otr_store_progress_us(g->store, &busy), busy)
        (void)usleep(10);
    otr_store_process(g->store);
}

static otr_status recover(void *self, const otr_recovery *recovery, otr_error *error)
{
    gateway *g = self;
    otr_status status = g->real.recover(g->real.self, recovery, error);
    if (status == OTR_OK && g->loss_unreported)
        status = recovery->loss(recovery->context, g->loss);
    return status;
}

static void submit(void *self, const otr_commit *commit)
{
    gateway *g = self;
    assert_null(g->commit);
    g->commit = commit;
}

static void read_outbox(void *self, otr_outbox_class class, uint64_t after, size_t limit)
{
    gateway *g = self;
    g->real.read_outbox(g->real.self, class, after, limit);
}

bool gateway_commit(gateway *g, gateway_end end)
{
    const otr_commit *commit = g->commit;
    g->commit = NULL;
    if (commit == NULL)
        return false;
    if (end != GATEWAY_FAILED) {
        bool reported = g->loss_unreported;
        g->muted = end != GATEWAY_DONE || (g->loss != NULL && !g->loss_unreported);
        g->real.submit(g->real.self, commit);
        wait_for_store(g);
        if (g->muted && end == GATEWAY_DONE) {
            otr_commit_result result = {.status = OTR_OK, .losses = g->loss, .loss_count = 1};
            g->loss_unreported = true;
            otr_driver_committed(g->driver, &result);
        } else if (reported) {
            g->loss_unreported = false;
            g->loss = NULL;
        }
        g->muted = false;
    }
    if (end != GATEWAY_DONE) {
        otr_commit_result result = {.status = OTR_IO};
        (void)otr_fail(&result.error, OTR_IO, "the test says so");
        otr_driver_committed(g->driver, &result);
    }
    return true;
}

/* ---- life ---- */

/* No MAC, but another one for each message. */
static otr_status mac(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES])
{
    (void)self;
    otr_id id = otr_hash128(1, 2, message.data, message.size);
    memcpy(out, id.bytes, sizeof id.bytes);
    return OTR_OK;
}

struct otr_telemetry *(*gateway_telemetry)(gateway *g);

static void begin(gateway *g)
{
    otr_error error;
    otr_store_config config = {.folder = otr_str_of(g->folder), .quota_bytes = 64 << 20};
    otr_store_owner owner = {g, committed, outbox_read};
    otr_driver_config driver_config = {.group = OTR_STR("g"),
                                       .gateway = OTR_STR("w"),
                                       .linger_us = 500 * OTR_MS,
                                       .snapshot_bytes = 1 << 20,
                                       .build_time = GATEWAY_UTC,
                                       .presence_again_us = g->presence_again_us,
                                       .device_rate = g->device_rate,
                                       .outbox_rows = g->outbox_rows};
    assert_int_equal(otr_store_open(&config, &owner, &g->store, &error), OTR_OK);
    g->real = otr_store_port_of(g->store);
    otr_driver_ports ports = {{g, read_clock},      {g, recover, submit, read_outbox},
                              {g, answer, deliver}, {g, publish},
                              {g, answer_command},  {g, mac, NULL}};
    assert_int_equal(otr_driver_create(&driver_config, &ports, &g->driver, &error), OTR_OK);
    if (gateway_telemetry != NULL)
        otr_driver_follow(g->driver, gateway_telemetry(g));
    assert_int_equal(otr_driver_recover(g->driver, &error), OTR_OK);
    gateway_activate(g, g->pack != NULL ? g->pack : pack,
                     g->assignments != NULL ? g->assignments : assignments);
}

/* What is active already is skipped: the hash is of the text. */
static void activate(gateway *g, const char *slot, const char *yaml)
{
    char hash[32];
    otr_error error;
    (void)snprintf(hash, sizeof hash, "%llx", (unsigned long long)otr_hash64(0, 0, yaml, strlen(yaml)));
    if (otr_driver_activate(g->driver, otr_str_of(slot), otr_str_of(hash), otr_str_of(yaml), &error) !=
        OTR_OK)
        fail_msg("%s:%d:%d: %s", slot, error.line, error.column, error.text);
}

void gateway_activate(gateway *g, const char *pack_text, const char *assignments_text)
{
    g->pack = pack_text;
    g->assignments = assignments_text;
    activate(g, "assignments", assignments_text);
    activate(g, "pack/test", pack_text);
    gateway_rest(g);
}

void gateway_open(gateway *g)
{
    *g = (gateway){.mono = OTR_SECOND};
    (void)snprintf(g->folder, sizeof g->folder, "/dev/shm/outrider-driver-XXXXXX");
    assert_non_null(mkdtemp(g->folder));
    begin(g);
}

static void end(gateway *g)
{
    otr_store_close(g->store);
    otr_driver_free(g->driver);
    g->commit = NULL;
}

void gateway_restart(gateway *g)
{
    end(g);
    begin(g);
}

void gateway_spoil_snapshots(gateway *g)
{
    char path[96];
    sqlite3 *handle;
    (void)snprintf(path, sizeof path, "%s/outrider.db", g->folder);
    end(g);
    assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "UPDATE snapshots SET body = x'00'", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(handle);
    begin(g);
}

void gateway_close(gateway *g)
{
    end(g);
    DIR *entries = opendir(g->folder);
    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(entries), entry->d_name, 0);
    (void)closedir(entries);
    assert_int_equal(rmdir(g->folder), 0);
}

otr_status gateway_send(gateway *g, const char *device, int number, double shock, uint64_t handle)
{
    char payload[160];
    (void)snprintf(payload, sizeof payload,
                   "[{\"bn\":\"%s/\",\"n\":\"shock\",\"u\":\"g\",\"v\":%.1f,\"t\":%lld}]", device, shock,
                   (long long)(GATEWAY_UTC / OTR_SECOND + number));
    return gateway_upload(g, device, number, payload, handle);
}

otr_status gateway_upload(gateway *g, const char *device, int number, const char *senml, uint64_t handle)
{
    otr_error error;
    otr_upload upload = {
        .identity = otr_str_of(device),
        .format = OTR_FORMAT_SENML_JSON,
        .payload = {(const uint8_t *)senml, strlen(senml)},
        .key = otr_hash64(1, (uint64_t)number, device, strlen(device)) | 1,
        .handle = handle,
    };
    return otr_driver_upload(g->driver, &upload, &error);
}

void gateway_name_strangers(gateway *g, size_t count)
{
    for (size_t i = otr_core_device_count(g->driver->core); i < count; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "stranger-%zu", i);
        otr_row_name row = {OTR_NAME_DEVICE, (uint32_t)i, otr_str_of(name)};
        assert_int_equal(otr_core_load_name(g->driver->core, &row), OTR_OK);
    }
}

void gateway_turn(gateway *g, otr_time later)
{
    g->mono += later;
    otr_driver_turn(g->driver);
    wait_for_store(g);
}

void gateway_rest(gateway *g)
{
    for (int quiet = 0, turns = 0; quiet < 3; turns++) {
        gateway_turn(g, OTR_SECOND);
        quiet = gateway_commit(g, GATEWAY_DONE) ? 0 : quiet + 1;
        assert_true(turns < 1000);
    }
}

int gateway_answered(const gateway *g, uint64_t handle, otr_answer_kind kind)
{
    int count = 0;
    for (size_t i = 0; i < g->answer_count; i++)
        count += g->answers[i].handle == handle && g->answers[i].kind == kind;
    return count;
}

int gateway_count(const gateway *g, const char *what)
{
    int count = 0;
    for (size_t i = 0; i < g->published_count; i++)
        count += strcmp(g->published[i].what, what) == 0;
    return count;
}

/*
 * outrider-bench-history FOLDER: a day of 1,000 devices that report each minute, eight in a commit, as a
 * gateway's store keeps it; then how long the history of one device over that day takes, in buckets, the
 * median of many devices. The folder is the caller's, and should be in memory: each commit is synced. A line
 * on stdout as the others have.
 */
#include "core/journal/journal.h"
#include "platform/linux/store/store.h"
#include "tools/outrider/operate/history.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DEVICES = 1000, MINUTES = 1440, TOGETHER = 8, ASKED = 21 };

static const otr_time begin = INT64_C(1714521600) * OTR_SECOND;

typedef struct bench {
    otr_store *store;
    otr_store_port port;
    otr_commit_result result;
    bool answered;
    uint64_t seq;
} bench;

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "outrider-bench-history: %s: %s\n", what, why);
    exit(1);
}

/* ---- recovery of an empty store hands over nothing that is needed ---- */

static otr_status take_meta(void *context, otr_id incarnation, uint64_t next_seq, uint64_t next_outbox_seq,
                            otr_time last_core_time)
{
    (void)incarnation, (void)next_outbox_seq, (void)last_core_time;
    ((bench *)context)->seq = next_seq;
    return OTR_OK;
}

static otr_status take_secret(void *context, const otr_digest *secret)
{
    (void)context, (void)secret;
    return OTR_OK;
}

static otr_status take_loss(void *context, const otr_loss *loss)
{
    (void)context, (void)loss;
    return OTR_OK;
}

static void committed(void *context, const otr_commit_result *result)
{
    bench *b = context;
    b->result = *result;
    b->answered = true;
}

static void outbox_read(void *context, otr_status status, const otr_row_outbox *rows, size_t count)
{
    (void)context, (void)status, (void)rows, (void)count;
}

/* ---- a day ---- */

static void commit(bench *b, const otr_commit *what)
{
    b->answered = false;
    b->port.submit(b->port.self, what);
    while (!b->answered) {
        struct pollfd ready = {.fd = otr_store_fd(b->store), .events = POLLIN};
        (void)poll(&ready, 1, 1000);
        otr_store_process(b->store);
    }
    if (b->result.status != OTR_OK)
        fail("a commit", b->result.error.text);
}

static void name_all(bench *b)
{
    static otr_row_name names[DEVICES + 1];
    static char texts[DEVICES][16];
    names[DEVICES] = (otr_row_name){OTR_NAME_METRIC, 0, OTR_STR("temperature")};
    for (uint32_t i = 0; i < DEVICES; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "device-%u", i);
        names[i] = (otr_row_name){OTR_NAME_DEVICE, i, otr_str_of(texts[i])};
    }
    const otr_commit what = {
        .first_seq = b->seq, .core_time = begin, .utc = begin, .names = names, .name_count = DEVICES + 1};
    commit(b, &what);
}

static void write_group(bench *b, otr_buffer *batch, uint32_t first, otr_time at)
{
    uint32_t devices[TOGETHER];
    const otr_turn turn = {at, at, true};
    otr_buffer_clear(batch);
    otr_journal_begin(batch);
    otr_journal_turn(batch, &turn);
    for (uint32_t i = 0; i < TOGETHER; i++) {
        const otr_entry entry = {.metric = 0,
                                 .kind = OTR_KIND_NUMBER,
                                 .quality = OTR_QUALITY_GOOD,
                                 .at = at,
                                 .number =
                                     4 + (double)((first + i + (uint32_t)(at / OTR_MINUTE)) % 100) / 25};
        otr_record record = {.kind = OTR_INPUT_READINGS};
        record.readings.device = devices[i] = first + i;
        record.readings.key = b->seq + i;
        record.readings.entries = &entry;
        record.readings.count = 1;
        otr_journal_add(batch, &record);
    }
    const otr_commit what = {.first_seq = b->seq,
                             .input_count = TOGETHER,
                             .reading_count = TOGETHER,
                             .core_time = at,
                             .utc = at,
                             .batch = otr_buffer_bytes(batch),
                             .devices = devices,
                             .device_count = TOGETHER};
    commit(b, &what);
    b->seq += TOGETHER;
}

static void write_day(bench *b)
{
    otr_buffer batch = {0};
    name_all(b);
    for (int minute = 0; minute < MINUTES; minute++)
        for (uint32_t first = 0; first < DEVICES; first += TOGETHER)
            write_group(b, &batch, first, begin + minute * OTR_MINUTE + first * 50 * OTR_MS);
    otr_buffer_done(&batch);
}

/* ---- asking ---- */

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double ask(const char *folder, uint32_t device)
{
    char name[16];
    struct timespec from;
    struct timespec to;
    otr_history history;
    otr_error error = {.text = ""};
    (void)snprintf(name, sizeof name, "device-%u", device);
    const otr_history_asked asked = {.device = otr_str_of(name),
                                     .metric = OTR_STR("temperature"),
                                     .from = begin,
                                     .to = begin + OTR_DAY,
                                     .every = 6 * OTR_MINUTE};
    clock_gettime(CLOCK_MONOTONIC, &from);
    otr_status status = otr_history_read(otr_str_of(folder), &asked, &history, &error);
    clock_gettime(CLOCK_MONOTONIC, &to);
    if (status != OTR_OK || history.readings != MINUTES)
        fail("the history", status != OTR_OK ? error.text : "readings are missing");
    otr_history_done(&history);
    return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

int main(int argc, char **argv)
{
    static bench b;
    double took[ASKED];
    otr_error error = {.text = ""};
    if (argc != 2) {
        (void)fputs("usage: outrider-bench-history FOLDER\n", stderr);
        return 2;
    }
    const otr_store_config config = {.folder = otr_str_of(argv[1]), .quota_bytes = UINT64_C(1) << 30};
    const otr_store_owner owner = {&b, committed, outbox_read};
    const otr_recovery recovery = {
        .context = &b, .meta = take_meta, .secret = take_secret, .loss = take_loss};
    if (otr_store_open(&config, &owner, &b.store, &error) != OTR_OK)
        fail(argv[1], error.text);
    b.port = otr_store_port_of(b.store);
    if (b.port.recover(b.port.self, &recovery, &error) != OTR_OK)
        fail(argv[1], error.text);
    write_day(&b);
    for (uint32_t i = 0; i < ASKED; i++)
        took[i] = ask(argv[1], i * 47 % DEVICES);
    otr_store_close(b.store);
    qsort(took, ASKED, sizeof *took, ascending);
    printf("{\"name\": \"history_24h_ms\", \"value\": %.1f, \"unit\": \"ms\"}\n", took[ASKED / 2]);
    return 0;
}

#include "store_fixture.h"

#include <dirent.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what recovery hands over ---- */

static void note(fixture_recovered *got, char kind)
{
    size_t size = strlen(got->order);
    if (size > 0 && got->order[size - 1] == kind)
        return;
    if (size + 1 < sizeof got->order)
        got->order[size] = kind;
}

static otr_str copy(fixture_recovered *got, otr_str text)
{
    return otr_arena_copy(&got->arena, text);
}

static otr_status on_meta(void *context, otr_id incarnation, uint64_t next_seq, uint64_t next_outbox_seq,
                          otr_time last_core_time)
{
    fixture_recovered *got = context;
    fixture_recovered fresh = {
        .arena = got->arena,
        .meta_calls = got->meta_calls + 1,
        .snapshot_calls = got->snapshot_calls,
        .batches = got->batches,
        .refuse_snapshots = got->refuse_snapshots,
        .refuse_alarms = got->refuse_alarms,
        .incarnation = incarnation,
        .next_seq = next_seq,
        .next_outbox_seq = next_outbox_seq,
        .last_core = last_core_time,
    };
    *got = fresh;
    note(got, 'm');
    return OTR_OK;
}

static otr_status on_name(void *context, const otr_row_name *row)
{
    fixture_recovered *got = context;
    note(got, 'n');
    assert_true(got->name_count < 64);
    got->names[got->name_count++] = (otr_row_name){row->space, row->number, copy(got, row->name)};
    return OTR_OK;
}

static otr_status on_content(void *context, const otr_row_content *row)
{
    fixture_recovered *got = context;
    note(got, 'c');
    assert_true(got->content_count < 64);
    got->contents[got->content_count++] =
        (otr_row_content){copy(got, row->slot), row->seq, copy(got, row->hash), copy(got, row->bytes)};
    return OTR_OK;
}

static otr_status on_snapshot(void *context, otr_bytes snapshot, uint64_t last_seq)
{
    fixture_recovered *got = context;
    note(got, 's');
    if (got->snapshot_calls++ < got->refuse_snapshots)
        return OTR_CORRUPT;
    otr_str text = copy(got, (otr_str){(const char *)snapshot.data, snapshot.size});
    got->has_snapshot = true;
    got->snapshot = (otr_bytes){(const uint8_t *)text.data, text.size};
    got->snapshot_seq = last_seq;
    return OTR_OK;
}

static otr_status on_alarm(void *context, const otr_row_alarm *row)
{
    fixture_recovered *got = context;
    note(got, 'a');
    if (got->refuse_alarms != OTR_OK)
        return got->refuse_alarms;
    assert_true(got->alarm_count < 256);
    otr_row_alarm *kept = &got->alarms[got->alarm_count++];
    *kept = *row;
    kept->pack = copy(got, row->pack);
    kept->rule = copy(got, row->rule);
    kept->asset = copy(got, row->asset);
    kept->device = copy(got, row->device);
    kept->body = copy(got, row->body);
    return OTR_OK;
}

static otr_status on_case(void *context, const otr_row_case *row)
{
    fixture_recovered *got = context;
    note(got, 'k');
    assert_true(got->case_count < 256);
    otr_row_case *kept = &got->cases[got->case_count++];
    *kept = *row;
    kept->asset = copy(got, row->asset);
    kept->category = copy(got, row->category);
    kept->body = copy(got, row->body);
    return OTR_OK;
}

static otr_status on_batch(void *context, uint64_t first_seq, uint32_t input_count, otr_time core_time,
                           otr_bytes batch, bool replay)
{
    fixture_recovered *got = context;
    note(got, 'b');
    if (got->batch_count < FIXTURE_LIST) {
        otr_str text = copy(got, (otr_str){(const char *)batch.data, batch.size});
        got->batches[got->batch_count] = (fixture_batch){
            first_seq, input_count, core_time, {(const uint8_t *)text.data, text.size}, replay};
    }
    got->batch_count++;
    return OTR_OK;
}

static otr_status on_loss(void *context, const otr_loss *loss)
{
    fixture_recovered *got = context;
    note(got, 'l');
    assert_true(got->loss_count < 64);
    got->losses[got->loss_count] = *loss;
    got->losses[got->loss_count++].reason = copy(got, loss->reason);
    return OTR_OK;
}

static otr_status on_secret(void *context, const otr_digest *secret)
{
    ((fixture_recovered *)context)->secret = *secret;
    return OTR_OK;
}

static otr_status on_uplink(void *context, otr_bytes uplink)
{
    fixture_recovered *got = context;
    assert_true(uplink.size < sizeof got->uplink);
    memcpy(got->uplink, uplink.data, uplink.size);
    got->uplink[uplink.size] = '\0';
    return OTR_OK;
}

static otr_status on_proof(void *context, const otr_row_proof_head *row)
{
    fixture_recovered *got = context;
    assert_true(got->proof_count < 16);
    otr_row_proof_head *kept = &got->proofs[got->proof_count++];
    *kept = *row;
    kept->asset = copy(got, row->asset);
    kept->customer = copy(got, row->customer);
    return OTR_OK;
}

/* ---- answers ---- */

static void on_committed(void *context, const otr_commit_result *result)
{
    fixture *f = context;
    f->answered = true;
    f->result = *result;
    f->loss = (otr_loss){0};
    for (size_t i = 0; i < result->loss_count; i++) {
        f->loss = result->losses[i];
        if (f->lost_count < FIXTURE_LIST)
            f->lost[f->lost_count++] = result->losses[i];
    }
    f->result.losses = NULL;
}

static void on_rows(void *context, otr_status status, const otr_row_outbox *rows, size_t count)
{
    fixture *f = context;
    f->rows_answered = true;
    f->rows_status = status;
    f->row_count = count < 512 ? count : 512;
    otr_arena_reset(&f->row_memory);
    for (size_t i = 0; i < f->row_count; i++) {
        f->rows[i] = rows[i];
        f->rows[i].body = otr_arena_copy(&f->row_memory, rows[i].body);
    }
}

static void wait_for(fixture *f, const bool *answered)
{
    while (!*answered) {
        struct pollfd waiting = {.fd = otr_store_fd(f->store), .events = POLLIN};
        assert_int_equal(poll(&waiting, 1, 60000), 1);
        otr_store_process(f->store);
    }
}

/* ---- the store ---- */

fixture *fixture_create(void)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    const char *base = getenv("TMPDIR");
    (void)snprintf(f->folder, sizeof f->folder, "%s/otr-store-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    f->got.batches = calloc(FIXTURE_LIST, sizeof *f->got.batches);
    assert_non_null(f->got.batches);
    f->config = (otr_store_config){.folder = otr_str_of(f->folder), .quota_bytes = 256 << 20};
    return f;
}

void fixture_free(fixture *f)
{
    fixture_close(f);
    DIR *folder = opendir(f->folder);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder != NULL)
        (void)closedir(folder);
    (void)rmdir(f->folder);
    otr_arena_done(&f->got.arena);
    otr_arena_done(&f->row_memory);
    free(f->got.batches);
    free(f);
}

otr_status fixture_open(fixture *f, otr_error *error)
{
    otr_store_owner owner = {f, on_committed, on_rows};
    otr_status status = otr_store_open(&f->config, &owner, &f->store, error);
    if (status == OTR_OK)
        f->port = otr_store_port_of(f->store);
    return status;
}

otr_status fixture_recover(fixture *f, otr_error *error)
{
    f->got.meta_calls = 0;
    f->got.snapshot_calls = 0;
    otr_recovery recovery = {&f->got, on_meta,  on_name, on_content, on_snapshot, on_alarm,
                             on_case, on_batch, on_loss, on_secret,  on_proof,    on_uplink};
    return f->port.recover(f->port.self, &recovery, error);
}

void fixture_start(fixture *f)
{
    otr_error error = {0};
    if (fixture_open(f, &error) != OTR_OK || fixture_recover(f, &error) != OTR_OK)
        fail_msg("%s", error.text);
}

void fixture_close(fixture *f)
{
    otr_store_close(f->store);
    f->store = NULL;
}

void fixture_restart(fixture *f)
{
    fixture_close(f);
    fixture_start(f);
}

otr_status fixture_commit(fixture *f, const otr_commit *commit)
{
    f->answered = false;
    f->port.submit(f->port.self, commit);
    wait_for(f, &f->answered);
    return f->result.status;
}

otr_status fixture_read(fixture *f, otr_outbox_class class, uint64_t after, size_t limit)
{
    f->rows_answered = false;
    f->port.read_outbox(f->port.self, class, after, limit);
    wait_for(f, &f->rows_answered);
    return f->rows_status;
}

const char *fixture_path(fixture *f, const char *name)
{
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    return path;
}

uint64_t fixture_bytes(fixture *f)
{
    static const char *const names[] = {"outrider.db", "outrider.db-wal"};
    uint64_t sum = 0;
    for (size_t i = 0; i < 2; i++) {
        struct stat about;
        if (stat(fixture_path(f, names[i]), &about) == 0)
            sum += (uint64_t)about.st_size;
    }
    return sum;
}

int64_t fixture_number(fixture *f, const char *query)
{
    sqlite3 *handle;
    sqlite3_stmt *statement;
    assert_int_equal(
        sqlite3_open_v2(fixture_path(f, "outrider.db"), &handle, SQLITE_OPEN_READWRITE, f->config.vfs),
        SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, query, -1, &statement, NULL), SQLITE_OK);
    int code = sqlite3_step(statement);
    assert_true(code == SQLITE_ROW || code == SQLITE_DONE);
    int64_t number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(handle);
    return number;
}

const char *fixture_find(fixture *f, const char *prefix)
{
    static char name[256];
    name[0] = '\0';
    DIR *folder = opendir(f->folder);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            (void)snprintf(name, sizeof name, "%s", entry->d_name);
    if (folder != NULL)
        (void)closedir(folder);
    return name[0] != '\0' ? name : NULL;
}

/* ---- made-up contents ---- */

otr_bytes fixture_fill(uint8_t *out, size_t size, uint64_t seq)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(seq * 31 + i * (seq | 1));
    return (otr_bytes){out, size};
}

bool fixture_is_fill(otr_bytes bytes, uint64_t seq)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] != (uint8_t)(seq * 31 + i * (seq | 1)))
            return false;
    return true;
}

otr_id fixture_id(uint64_t number)
{
    return otr_hash128(1, 2, &number, sizeof number);
}

/*
 * One transaction: what leaves first, so that its room counts, then room for the rest, the rows, and the
 * chunk that they complete. A full quota refuses no transaction that frees what it takes: the outbox drains
 * from there.
 */
#include "platform/linux/store/store_database.h"

#include "base/log.h"

uint32_t otr_store_checksum(otr_bytes bytes)
{
    /* Any fixed key: it tells damage, not forgery. */
    return (uint32_t)otr_hash64(0x6f75747269646572ULL, 0x6a6f75726e616cULL, bytes.data, bytes.size);
}

static uint64_t size_of(const otr_commit *commit)
{
    uint64_t size = commit->batch.size + commit->snapshot.size + commit->device_count * 3;
    for (size_t i = 0; i < commit->name_count; i++)
        size += commit->names[i].name.size + 16;
    for (size_t i = 0; i < commit->content_count; i++)
        size += commit->contents[i].bytes.size + 256;
    for (size_t i = 0; i < commit->alarm_count; i++)
        size += commit->alarms[i].body.size + 512;
    for (size_t i = 0; i < commit->case_count; i++)
        size += commit->cases[i].body.size + 256;
    for (size_t i = 0; i < commit->outbox_count; i++)
        size += commit->outbox[i].body.size + OTR_STORE_OUTBOX_BYTES;
    for (size_t i = 0; i < commit->notice_count; i++)
        size += commit->notices[i].body.size + 512;
    for (size_t i = 0; i < commit->remark_count; i++)
        size += commit->remarks[i].body.size + commit->remarks[i].text.size + 512;
    for (size_t i = 0; i < commit->order_count; i++)
        size += commit->orders[i].about.size + commit->orders[i].outcome.size + 256;
    for (size_t i = 0; i < commit->proof_count; i++)
        size += commit->proofs[i].header.size + commit->proofs[i].content.size + 512;
    return size + commit->left_count * 64;
}

static otr_status put_contents(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->name_count; i++) {
        const otr_row_name *row = &commit->names[i];
        status = otr_sql_run(&database->sql, error, OTR_SQL_NAME_INSERT, "iis", (int64_t)row->space,
                             (int64_t)row->number, row->name);
    }
    for (size_t i = 0; status == OTR_OK && i < commit->content_count; i++) {
        const otr_row_content *row = &commit->contents[i];
        if (row->hash.size > 0)
            status = otr_sql_run(&database->sql, error, OTR_SQL_CONTENT_INSERT, "sx", row->hash, row->bytes);
        if (status == OTR_OK)
            status = otr_sql_run(&database->sql, error, OTR_SQL_ACTIVATION_INSERT, "sis", row->slot,
                                 (int64_t)row->seq, row->hash);
    }
    return status;
}

static otr_status put_journal(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_store_state *state = &database->state;
    if (commit->batch.size == 0)
        return OTR_OK;
    if (commit->first_seq < state->next_seq || commit->input_count == 0)
        return otr_fail(error, OTR_INVALID, "batch of %u inputs at %llu, but %llu comes next",
                        commit->input_count, (unsigned long long)commit->first_seq,
                        (unsigned long long)state->next_seq);
    otr_buffer *devices = &database->scratch;
    otr_buffer_clear(devices);
    otr_store_devices_write(devices, commit->devices, commit->device_count);
    if (devices->failed)
        return otr_fail(error, OTR_MEMORY, "no memory for a device list");
    otr_status status =
        otr_sql_run(&database->sql, error, OTR_SQL_JOURNAL_INSERT, "iiiiibb", (int64_t)commit->first_seq,
                    (int64_t)commit->input_count, (int64_t)commit->reading_count, commit->core_time,
                    (int64_t)otr_store_checksum(commit->batch), otr_buffer_bytes(devices), commit->batch);
    state->next_seq = commit->first_seq + commit->input_count;
    if (commit->core_time > state->last_core)
        state->last_core = commit->core_time;
    if (state->rows == 0)
        state->oldest_seq = commit->first_seq;
    state->rows++;
    state->tail_rows++;
    state->bytes += commit->batch.size + devices->size;
    state->tail_bytes += commit->batch.size + devices->size;
    return status;
}

static otr_status put_decisions(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->alarm_count; i++)
        status = otr_store_put_alarm(sql, &commit->alarms[i], error);
    for (size_t i = 0; status == OTR_OK && i < commit->case_count; i++)
        status = otr_store_put_case(sql, &commit->cases[i], error);
    if (status == OTR_OK)
        status = otr_store_put_entries(database, commit, error);
    if (status == OTR_OK)
        status = otr_store_put_remarks(database, commit, error);
    if (status == OTR_OK)
        status = otr_store_put_orders(database, commit, error);
    if (status == OTR_OK)
        status = otr_store_put_proofs(database, commit, error);
    return status == OTR_OK ? otr_store_put_notices(database, commit, error) : status;
}

static otr_status put_snapshot(otr_database *database, const otr_commit *commit, otr_error *error)
{
    if (commit->snapshot.size == 0)
        return OTR_OK;
    otr_status status = otr_sql_run(&database->sql, error, OTR_SQL_SNAPSHOT_INSERT, "iiib",
                                    (int64_t)(database->state.next_seq - 1), commit->core_time,
                                    (int64_t)otr_store_checksum(commit->snapshot), commit->snapshot);
    if (status == OTR_OK)
        status = otr_sql_run(&database->sql, error, OTR_SQL_ACTIVATION_PRUNE, "i",
                             (int64_t)(commit->forgotten.size > 0));
    if (status == OTR_OK)
        status = otr_sql_run(&database->sql, error, OTR_SQL_ACTIVATION_BOUND, "i",
                             (int64_t)OTR_LIMIT_CONTENT_PAST_BYTES);
    if (status == OTR_OK)
        status = otr_sql_run(&database->sql, error, OTR_SQL_CONTENT_PRUNE, "");
    database->state.has_snapshot = true;
    database->state.snapshot_seq = database->state.next_seq - 1;
    return status;
}

/* The snapshots before the one that comes. */
static otr_status keep_snapshots(otr_database *database, const otr_commit *commit, int64_t count,
                                 otr_error *error)
{
    return commit->snapshot.size == 0
               ? OTR_OK
               : otr_sql_run(&database->sql, error, OTR_SQL_SNAPSHOT_PRUNE, "i", count);
}

static bool only_takes_away(const otr_commit *commit)
{
    return commit->left_count + commit->handed_count + commit->uplink.size > 0 && commit->batch.size == 0 &&
           commit->snapshot.size == 0 && commit->name_count == 0 && commit->content_count == 0 &&
           commit->alarm_count == 0 && commit->case_count == 0 && commit->outbox_count == 0 &&
           commit->notice_count == 0 && commit->proof_count == 0;
}

static otr_status make_room(otr_database *database, const otr_commit *commit, otr_error *error)
{
    const otr_store_state *state = &database->state;
    uint64_t covered = state->has_snapshot ? state->snapshot_seq : 0;
    if (commit->snapshot.size > 0)
        covered = state->next_seq - 1;
    bool makes_room = commit->snapshot.size > 0 || commit->batch.size == 0;
    if (only_takes_away(commit))
        return OTR_OK;
    otr_status status = otr_store_make_room(database, size_of(commit), covered, makes_room, error);
    if (status == OTR_FULL && database->over_quota && commit->snapshot.size > 0) {
        /* The journal before this snapshot went just now, so an older one is of little use. */
        database->over_quota = false;
        status = keep_snapshots(database, commit, 0, error);
        if (status == OTR_OK)
            status = otr_store_make_room(database, size_of(commit), covered, makes_room, error);
    }
    /* That was an estimate, and a careful one: with entries that leave it is tried and measured. */
    return status == OTR_FULL && database->over_quota && commit->left_count > 0 ? OTR_OK : status;
}

static otr_status put_rows(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_store_state *state = &database->state;
    otr_status status = OTR_OK;
    if (database->loss.reason.size > 0) {
        status = otr_store_record_loss(&database->sql, state->incarnation, &database->loss, error);
        state->unreported = true;
    }
    if (status == OTR_OK)
        status = put_contents(database, commit, error);
    if (status == OTR_OK)
        status = put_journal(database, commit, error);
    if (status == OTR_OK)
        status = put_decisions(database, commit, error);
    for (size_t i = 0; status == OTR_OK && i < commit->served_count; i++) {
        const otr_row_served *row = &commit->served[i];
        status = otr_sql_run(&database->sql, error, OTR_SQL_SERVED_PUT, "ssiii", row->asset, row->customer,
                             (int64_t)row->device, (int64_t)row->from_seq,
                             row->to_seq > INT64_MAX ? INT64_MAX : (int64_t)row->to_seq);
    }
    if (status == OTR_OK && commit->forgotten.size > 0)
        status = otr_store_forget(database, commit, error);
    if (status == OTR_OK)
        status = otr_store_put_uplink(&database->sql, commit->uplink, error);
    if (status == OTR_OK)
        status = put_snapshot(database, commit, error);
    if (status == OTR_OK && state->tail_bytes >= database->chunk_bytes)
        status = otr_store_chunk_close(database, state->next_seq - 1, error);
    return status;
}

static otr_status transact(otr_database *database, const otr_commit *commit, otr_error *error)
{
    uint64_t total;
    uint64_t before = 0;
    uint64_t after = 0;
    database->loss = (otr_loss){0};
    database->over_quota = false;
    otr_status status = otr_sql_run(&database->sql, error, OTR_SQL_BEGIN, "");
    if (status == OTR_OK)
        status = otr_database_pages(database, &total, &before, error);
    if (status == OTR_OK)
        status = otr_store_settle_losses(database, error);
    if (status == OTR_OK)
        status = otr_store_take_left(database, commit, 0, error);
    if (status == OTR_OK)
        status = keep_snapshots(database, commit, commit->forgotten.size > 0 ? 0 : 1, error);
    if (status == OTR_OK)
        status = make_room(database, commit, error);
    if (status == OTR_OK)
        status = put_rows(database, commit, error);
    if (status == OTR_OK && database->over_quota)
        status = otr_database_pages(database, &total, &after, error);
    if (status == OTR_OK && after > before)
        return otr_fail(error, OTR_FULL, "the quota of %llu bytes is used up: %llu pages more are too many",
                        (unsigned long long)database->quota_bytes, (unsigned long long)(after - before));
    return status == OTR_OK ? otr_sql_run(&database->sql, error, OTR_SQL_COMMIT, "") : status;
}

/* The disk is full: first the way back goes, then the ballast; with its room in hand the old may be deleted.
 */
static otr_status retry_with_room(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_database_abandon(database);
    bool kept = otr_store_kept_drop(&database->files);
    otr_log(OTR_LOG_ERROR, "store_disk_full", "%s=given_up reason=\"%s\"", kept ? "kept" : "ballast",
            error->text);
    if (!kept)
        (void)otr_store_ballast_drop(&database->files);
    otr_status status = otr_database_open(database, error);
    database->tight = database->tight || !kept;
    if (status == OTR_OK)
        (void)sqlite3_wal_checkpoint_v2(database->sql.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return status == OTR_OK ? transact(database, commit, error) : status;
}

otr_status otr_database_commit(otr_database *database, const otr_commit *commit, otr_loss *loss,
                               otr_error *error)
{
    *loss = (otr_loss){0};
    if (database->sql.handle == NULL)
        return otr_fail(error, OTR_IO, "the store waits for its recovery");
    otr_store_state before = database->state;
    otr_status status = transact(database, commit, error);
    for (int gifts = 2;
         gifts > 0 && status == OTR_FULL && !database->over_quota &&
         (database->files.ballast_held || otr_store_kept_find(&database->files, INT16_MAX) > 0);
         gifts--)
        status = retry_with_room(database, commit, error);
    if (status != OTR_OK) {
        database->state = before;
        database->corrupt = database->corrupt || status == OTR_CORRUPT;
        otr_database_abandon(database);
        return status == OTR_FULL ? OTR_FULL : OTR_IO;
    }
    *loss = database->loss;
    bool wipe = commit->forgotten.size > 0 || otr_store_wipe_is_due(database, commit);
    if (wipe && otr_store_wipe(database, error) != OTR_OK)
        otr_log(OTR_LOG_ERROR, "store_wipe_waits", "reason=\"%s\"", error->text);
    if (database->tight) {
        otr_store_ballast_make(&database->files);
        database->tight = !database->files.ballast_held;
    }
    return OTR_OK;
}

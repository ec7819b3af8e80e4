/* Opening and closing, and the state that is kept beside the rows so that a commit need not ask for it. */
#include "platform/linux/store/store_database.h"

#include "base/log.h"

#include <stdio.h>

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    if (value < low)
        return low;
    return value > high ? high : value;
}

otr_status otr_database_init(otr_database *database, const otr_store_config *config, otr_error *error)
{
    *database = (otr_database){.vfs = config->vfs,
                               .sign = config->sign,
                               .signer = config->signer,
                               .quota_bytes = config->quota_bytes,
                               .schema = config->schema != NULL ? config->schema : &otr_store_schema_now};
    if (config->quota_bytes < 1 << 20)
        return otr_fail(error, OTR_INVALID, "the store's quota must be at least 1 MiB");
    /* The log overshoots its mark by one transaction: a sixth of the quota, at most 32 MB, stays the log's.
     */
    uint64_t log_share = clamp(config->quota_bytes / 6, 0, 32 << 20);
    database->log_bytes = clamp(log_share / 4, OTR_STORE_LOG_BYTES_MIN, OTR_STORE_LOG_BYTES_MAX);
    /* On a full disk the ballast's room must take the pages of the log into the database, so that the log,
     * whose blocks it keeps, can be written from its start. */
    if (config->ballast_bytes > 0 && database->log_bytes > config->ballast_bytes / 2)
        database->log_bytes =
            clamp(config->ballast_bytes / 2, OTR_STORE_LOG_BYTES_MIN, OTR_STORE_LOG_BYTES_MAX);
    database->data_bytes = config->quota_bytes - log_share;
    database->reserve_bytes = database->data_bytes / 16;
    database->chunk_bytes =
        clamp(config->quota_bytes / 64, OTR_STORE_CHUNK_BYTES_MIN, OTR_STORE_CHUNK_BYTES_MAX);
    otr_status status = otr_store_files_init(&database->files, config->folder, config->ballast_bytes, error);
    return status == OTR_OK ? otr_store_folder_make(&database->files, error) : status;
}

static int note_log(void *context, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    otr_database *database = context;
    database->log_pages = pages;
    return SQLITE_OK;
}

static otr_status configure(otr_database *database, otr_error *error)
{
    char text[512];
    (void)snprintf(text, sizeof text,
                   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                   "PRAGMA journal_size_limit = %llu; PRAGMA secure_delete = OFF; PRAGMA cache_size = -384;"
                   "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;"
                   "PRAGMA mmap_size = 0",
                   (unsigned long long)database->log_bytes);
    otr_status status = otr_sql_script(&database->sql, text, error, "configuring the connection");
    (void)sqlite3_wal_hook(database->sql.handle, note_log, database);
    return status;
}

static otr_status load_meta(otr_database *database, int64_t floors[3], otr_error *error)
{
    static const char *const keys[] = {"incarnation", "seq_floor", "outbox_floor", "core_floor"};
    otr_sql *sql = &database->sql;
    for (int i = 0; i < 4; i++) {
        sqlite3_stmt *statement = otr_sql_start(sql, OTR_SQL_META_GET, "s", otr_str_of(keys[i]));
        otr_status status = otr_sql_next(sql, statement, error);
        if (status == OTR_NOT_FOUND)
            return otr_fail(error, OTR_CORRUPT, "meta has no %s", keys[i]);
        if (status != OTR_OK)
            return status;
        if (i == 0)
            database->state.incarnation = otr_sql_identity(statement, 0);
        else
            floors[i - 1] = sqlite3_column_int64(statement, 0);
        otr_sql_end(statement);
    }
    if (otr_id_is_zero(database->state.incarnation))
        return otr_fail(error, OTR_CORRUPT, "meta has no incarnation");
    return OTR_OK;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static otr_status load_journal(otr_database *database, const int64_t floors[3], otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_store_state *state = &database->state;
    int64_t first;
    int64_t last[2];
    int64_t snapshot[3];
    int64_t chunks[9];
    int64_t lost[2];
    otr_status status = otr_sql_integers(sql, error, OTR_SQL_JOURNAL_FIRST, &first, 1);
    if (status == OTR_OK)
        status = otr_sql_integers(sql, error, OTR_SQL_JOURNAL_LAST, last, 2);
    if (status == OTR_OK)
        status = otr_sql_integers(sql, error, OTR_SQL_SNAPSHOT_NEWEST, snapshot, 3);
    if (status == OTR_OK)
        status = otr_sql_integers(sql, error, OTR_SQL_CHUNK_TOTALS, chunks, 9);
    if (status == OTR_OK)
        status = otr_sql_integers(sql, error, OTR_SQL_LOSS_TOTALS, lost, 2);
    if (status != OTR_OK)
        return status;
    state->has_snapshot = snapshot[2] != 0;
    state->snapshot_seq = (uint64_t)snapshot[0];
    state->last_core = last[1] > snapshot[1] ? last[1] : snapshot[1];
    if (state->last_core < floors[2])
        state->last_core = floors[2];
    state->chunked_seq = larger((uint64_t)chunks[5], (uint64_t)lost[1]);
    state->next_seq = larger((uint64_t)floors[0], (uint64_t)last[0]);
    state->next_seq = larger(state->next_seq, state->has_snapshot ? state->snapshot_seq + 1 : 0);
    state->next_seq = larger(state->next_seq, state->chunked_seq + 1);
    state->oldest_seq = (uint64_t)first;
    state->evicted_readings = (uint64_t)lost[0];
    state->next_chunk = (uint64_t)chunks[4] + 1;
    int64_t tail[4] = {0};
    sqlite3_stmt *statement = otr_sql_start(sql, OTR_SQL_TAIL_TOTALS, "i", (int64_t)state->chunked_seq);
    status = otr_sql_next(sql, statement, error);
    if (status != OTR_OK)
        return status;
    for (int i = 0; i < 4; i++)
        tail[i] = sqlite3_column_int64(statement, i);
    otr_sql_end(statement);
    state->tail_rows = (uint64_t)tail[0];
    state->tail_bytes = (uint64_t)tail[1];
    state->rows = (uint64_t)(chunks[1] + tail[0]);
    state->bytes = (uint64_t)(chunks[2] + tail[1]);
    return OTR_OK;
}

static otr_status load_outbox(otr_database *database, uint64_t floor, otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_store_state *state = &database->state;
    int64_t held[2] = {0};
    int64_t left[2] = {0};
    otr_status status = otr_sql_integers(sql, error, OTR_SQL_OUTBOX_TOTALS, held, 2);
    if (status == OTR_OK)
        status = otr_sql_integers(sql, error, OTR_SQL_LEFT_TOTALS, left, 2);
    state->outbox_rows = (uint64_t)held[0];
    state->outbox_bytes = (uint64_t)(held[1] + held[0] * OTR_STORE_OUTBOX_BYTES);
    state->left_rows = (uint64_t)left[0];
    state->outbox_floor = floor;
    state->next_outbox_seq = larger(floor, (uint64_t)left[1] + 1);
    for (int class = 0; status == OTR_OK && class < OTR_OUTBOX_CLASSES; class ++) {
        sqlite3_stmt *statement = otr_sql_start(sql, OTR_SQL_OUTBOX_LAST, "i",
                                                otr_store_outbox_key((otr_outbox_class)(class + 1), 0));
        status = otr_sql_next(sql, statement, error);
        if (status != OTR_OK)
            break;
        int64_t key = sqlite3_column_int64(statement, 0);
        otr_sql_end(statement);
        if (key > otr_store_outbox_key((otr_outbox_class) class, 0))
            state->next_outbox_seq =
                larger(state->next_outbox_seq, (uint64_t)(key & (((int64_t)1 << 56) - 1)) + 1);
    }
    return status;
}

static otr_status load(otr_database *database, otr_error *error)
{
    int64_t floors[3] = {0};
    database->state = (otr_store_state){.unreported = true};
    otr_status status = load_meta(database, floors, error);
    if (status == OTR_OK)
        status = load_journal(database, floors, error);
    if (status == OTR_OK)
        status = load_outbox(database, (uint64_t)floors[1], error);
    return status;
}

/* A customer was forgotten right before a crash. A disk that has no room for it now must not keep the agent
 * from starting: the next start tries again. */
static otr_status finish_wipe(otr_database *database)
{
    otr_error why;
    otr_status status = otr_store_wipe(database, &why);
    if (status != OTR_OK)
        otr_log(OTR_LOG_ERROR, "store_wipe_waits", "reason=\"%s\"", why.text);
    return status == OTR_FULL ? OTR_OK : status;
}

/* A log is written from its start only after it went into the database as a whole, on one connection: else
 * each of many failures would make it longer. */
static otr_status take_over_log(otr_database *database, otr_error *error)
{
    char log[OTR_STORE_PATH_BYTES + 8];
    (void)snprintf(log, sizeof log, "%s-wal", database->files.database);
    database->log_pages = (int)(otr_store_file_bytes(log) / OTR_STORE_PAGE_BYTES);
    otr_database_checkpoint(database);
    return database->sql.handle != NULL ? OTR_OK : otr_fail(error, OTR_IO, "the log cannot be taken over");
}

otr_status otr_database_open(otr_database *database, otr_error *error)
{
    OTR_ASSERT(database->sql.handle == NULL);
    if (!otr_store_exists(database->files.database))
        return OTR_NOT_FOUND;
    if (otr_store_file_bytes(database->files.database) == 0)
        return otr_fail(error, OTR_CORRUPT, "%s is empty", database->files.database);
    otr_status status =
        otr_sql_open(&database->sql, database->files.database, SQLITE_OPEN_READWRITE, database->vfs, error);
    if (status != OTR_OK)
        return status;
    /* Before WAL is asked for: a stranger's database stays as it is. */
    status = otr_store_schema_check(database, error);
    if (status == OTR_OK)
        status = configure(database, error);
    if (status == OTR_OK)
        status = load(database, error);
    if (status == OTR_OK) {
        otr_store_ballast_make(&database->files);
        database->tight = database->files.ballast_bytes > 0 && !database->files.ballast_held;
        status = otr_store_shrink(database, error);
    }
    if (status == OTR_OK)
        status = finish_wipe(database);
    if (status == OTR_OK)
        status = take_over_log(database, error);
    if (status != OTR_OK)
        otr_database_abandon(database);
    else if (otr_store_exists(database->files.fresh))
        otr_store_remove_fresh(
            &database->files); /* what was to replace it: of a newer version, gone on with */
    return status;
}

void otr_database_abandon(otr_database *database)
{
    if (database->sql.handle == NULL)
        return;
    if (sqlite3_get_autocommit(database->sql.handle) == 0)
        (void)sqlite3_exec(database->sql.handle, "ROLLBACK", NULL, NULL, NULL);
    otr_sql_close(&database->sql, true);
    otr_store_forget_cache(&database->files);
}

void otr_database_close(otr_database *database)
{
    if (database->sql.handle == NULL)
        return;
    int code = sqlite3_wal_checkpoint_v2(database->sql.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (code != SQLITE_OK)
        otr_log(OTR_LOG_WARNING, "store_checkpoint_failed", "code=%d", code);
    otr_sql_close(&database->sql, code != SQLITE_OK);
}

void otr_database_done(otr_database *database)
{
    otr_database_close(database);
    otr_buffer_done(&database->scratch);
}

void otr_database_checkpoint(otr_database *database)
{
    if (database->sql.handle == NULL ||
        (uint64_t)database->log_pages * OTR_STORE_PAGE_BYTES < database->log_bytes)
        return;
    int code = sqlite3_wal_checkpoint_v2(database->sql.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    database->log_pages = 0;
    if (code == SQLITE_OK || code == SQLITE_BUSY)
        return;
    /* Nothing committed is lost: the log still has it. But this handle must not be trusted any more. */
    otr_error error;
    otr_status status = otr_sql_fail(&database->sql, &error, "checkpoint");
    if (status == OTR_FULL) {
        otr_log(OTR_LOG_WARNING, "store_checkpoint_waits", "reason=\"%s\"", error.text);
        return;
    }
    otr_log(OTR_LOG_ERROR, "store_checkpoint_failed", "reason=\"%s\"", error.text);
    database->corrupt = database->corrupt || status == OTR_CORRUPT;
    otr_database_abandon(database);
}

otr_status otr_database_pages(otr_database *database, uint64_t *total, uint64_t *used, otr_error *error)
{
    int64_t pages;
    int64_t unused = 0;
    otr_status status = otr_sql_integers(&database->sql, error, OTR_SQL_PAGE_COUNT, &pages, 1);
    if (status == OTR_OK)
        status = otr_sql_integers(&database->sql, error, OTR_SQL_FREE_COUNT, &unused, 1);
    *total = (uint64_t)pages;
    *used = (uint64_t)(pages - unused);
    return status;
}

/*
 * Quota: the oldest chunks that a snapshot covers go first, whole, in the transaction that needs their room;
 * notices, conversations, closed alarms and cases when no chunk is left. What went is recorded in that
 * transaction.
 */
#include "platform/linux/store/store_database.h"

#include "base/log.h"

enum {
    ROOM_PAGES =
        48, /* that inserts may take above their bytes: split pages, indexes, the start of a posting list */
    /* Overflow pages hold 2044 bytes, leaves lose a few to headers; postings take a tenth of what they list.
     */
    ROOM_PERCENT = 125,
};

otr_status otr_store_record_loss(otr_sql *sql, otr_id incarnation, const otr_loss *loss, otr_error *error)
{
    return otr_sql_run(sql, error, OTR_SQL_LOSS_INSERT, "sdiiiiii", loss->reason, incarnation,
                       (int64_t)loss->first_seq, (int64_t)loss->last_seq, (int64_t)loss->readings,
                       loss->first_core, loss->last_core, (int64_t)0);
}

otr_status otr_store_settle_losses(otr_database *database, otr_error *error)
{
    otr_sql *sql = &database->sql;
    while (database->state.unreported) {
        sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_LOSSES_UNREPORTED, "");
        otr_status status = otr_sql_next(sql, row, error);
        if (status == OTR_NOT_FOUND)
            break;
        if (status != OTR_OK)
            return status;
        int64_t id = sqlite3_column_int64(row, 0);
        otr_str text = otr_sql_text(row, 1);
        bool quota = otr_str_is(text, "quota");
        int64_t numbers[5];
        for (int i = 0; i < 5; i++)
            numbers[i] = sqlite3_column_int64(row, 2 + i);
        otr_sql_end(row);
        int merged = 0;
        if (quota) {
            status = otr_sql_run(sql, error, OTR_SQL_LOSS_MERGE, "iiiis", numbers[0], numbers[1], numbers[2],
                                 numbers[4], OTR_STR("quota"));
            merged = sqlite3_changes(sql->handle);
        }
        if (status == OTR_OK)
            status =
                otr_sql_run(sql, error, merged > 0 ? OTR_SQL_LOSS_DELETE : OTR_SQL_LOSS_REPORTED, "i", id);
        if (status != OTR_OK)
            return status;
    }
    database->state.unreported = false;
    return OTR_OK;
}

static void add_loss(otr_loss *loss, const int64_t chunk[8])
{
    if (loss->readings == 0 && loss->reason.size == 0)
        *loss =
            (otr_loss){.first_seq = (uint64_t)chunk[1], .first_core = chunk[3], .reason = OTR_STR("quota")};
    loss->last_seq = (uint64_t)chunk[2];
    loss->last_core = chunk[4];
    loss->readings += (uint64_t)chunk[7];
}

/* NOT_FOUND: no chunk that ended before then may go. */
static otr_status evict_chunk(otr_database *database, uint64_t covered_seq, otr_time before, otr_error *error)
{
    otr_sql *sql = &database->sql;
    int64_t chunk[8]; /* id, seqs, cores, rows, bytes, readings */
    otr_status status = otr_sql_integers(sql, error, OTR_SQL_CHUNK_OLDEST, chunk, 8);
    if (status != OTR_OK)
        return status;
    if (chunk[0] == 0 || (uint64_t)chunk[2] > covered_seq || chunk[4] >= before)
        return OTR_NOT_FOUND;
    status = otr_sql_run(sql, error, OTR_SQL_JOURNAL_DELETE, "ii", chunk[1], chunk[2]);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_POSTING_DELETE, "i", chunk[0]);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_CHUNK_DELETE, "i", chunk[0]);
    if (status != OTR_OK)
        return status;
    add_loss(&database->loss, chunk);
    database->state.rows -= (uint64_t)chunk[5];
    database->state.bytes -= (uint64_t)chunk[6];
    database->state.evicted_readings += (uint64_t)chunk[7];
    database->state.oldest_seq = database->state.rows > 0 ? (uint64_t)chunk[2] + 1 : 0;
    return OTR_OK;
}

/* For the record only: the driver's losses are telemetry. */
static otr_status record_eviction(otr_database *database, const char *reason, int count, otr_error *error)
{
    otr_log(OTR_LOG_WARNING, "store_evicted_closed", "reason=\"%s\" count=%d", reason, count);
    otr_loss loss = {.readings = (uint64_t)count, .first_core = OTR_TIME_NONE, .last_core = OTR_TIME_NONE};
    loss.reason = otr_str_of(reason);
    otr_status status = otr_store_record_loss(&database->sql, database->state.incarnation, &loss, error);
    if (status != OTR_OK)
        return status;
    return otr_sql_run(&database->sql, error, OTR_SQL_LOSS_REPORTED, "i",
                       (int64_t)sqlite3_last_insert_rowid(database->sql.handle));
}

static otr_status evict_proof(otr_database *database, otr_error *error)
{
    otr_status status = otr_sql_run(&database->sql, error, OTR_SQL_PROOF_ENTRIES_EVICT, "");
    int count = status == OTR_OK ? sqlite3_changes(database->sql.handle) : 0;
    if (status == OTR_OK)
        status = otr_sql_run(&database->sql, error, OTR_SQL_PROOF_EVICT, "");
    if (status != OTR_OK)
        return status;
    return sqlite3_changes(database->sql.handle) > 0
               ? record_eviction(database, "quota: evidence", count, error)
               : OTR_NOT_FOUND;
}

static otr_status evict_closed(otr_database *database, otr_error *error)
{
    static const otr_sql_id order[] = {OTR_SQL_NOTICE_EVICT, OTR_SQL_REMARK_EVICT, OTR_SQL_ALARM_EVICT,
                                       OTR_SQL_CASE_EVICT, OTR_SQL_ORDER_EVICT};
    static const char *const reasons[] = {"quota: notices", "quota: conversations", "quota: closed alarms",
                                          "quota: closed cases", "quota: orders"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        otr_status status = otr_sql_run(&database->sql, error, order[i], "i", (int64_t)OTR_STORE_EVICT_ROWS);
        if (status != OTR_OK)
            return status;
        int count = sqlite3_changes(database->sql.handle);
        if (count == 0)
            continue;
        return record_eviction(database, reasons[i], count, error);
    }
    return evict_proof(database, error);
}

static otr_status evict_journal(otr_database *database, uint64_t covered_seq, otr_time before,
                                otr_error *error)
{
    otr_status status = evict_chunk(database, covered_seq, before, error);
    if (status != OTR_NOT_FOUND)
        return status;
    uint64_t next_chunk = database->state.next_chunk;
    if (covered_seq > database->state.chunked_seq && database->state.tail_rows > 0) {
        status = otr_store_chunk_close(database, covered_seq, error);
        if (status != OTR_OK)
            return status;
        if (database->state.next_chunk != next_chunk)
            return evict_chunk(database, covered_seq, before, error);
    }
    return OTR_NOT_FOUND;
}

/* Frees something; NOT_FOUND: nothing is left that may go. From the journal of the last minutes a start
 * learns which uploads may come once more: what is closed goes before it, unless it is the journal that fills
 * the store, for a flood of readings shall not cost what happened before. */
static otr_status evict(otr_database *database, uint64_t covered_seq, otr_error *error)
{
    otr_time young = otr_time_add(database->state.last_core, -OTR_STORE_REPEAT_SPAN);
    bool flooded = database->state.bytes > database->data_bytes / 2;
    otr_status status = evict_journal(database, covered_seq, flooded ? OTR_TIME_NEVER : young, error);
    if (status == OTR_NOT_FOUND)
        status = evict_closed(database, error);
    return status == OTR_NOT_FOUND ? evict_journal(database, covered_seq, OTR_TIME_NEVER, error) : status;
}

otr_status otr_store_make_room(otr_database *database, uint64_t need_bytes, uint64_t covered_seq,
                               bool may_use_reserve, otr_error *error)
{
    uint64_t need = need_bytes * ROOM_PERCENT / 100 / OTR_STORE_PAGE_BYTES + ROOM_PAGES;
    for (;;) {
        uint64_t total;
        uint64_t used;
        otr_status status = otr_database_pages(database, &total, &used, error);
        if (status != OTR_OK)
            return status;
        uint64_t limit = database->data_bytes / OTR_STORE_PAGE_BYTES;
        uint64_t reserve = database->reserve_bytes / OTR_STORE_PAGE_BYTES;
        if (database->tight && total < limit) {
            limit = total;
            reserve = 0;
        }
        if (used + need + reserve <= limit)
            return OTR_OK;
        status = evict(database, covered_seq, error);
        if (status == OTR_OK)
            continue;
        if (status != OTR_NOT_FOUND)
            return status;
        /* A full disk is the file system's to say; a full quota is ours. */
        if (database->tight || (may_use_reserve && used + need <= limit))
            return OTR_OK;
        database->over_quota = true;
        return otr_fail(error, OTR_FULL,
                        "the quota of %llu bytes is used up and nothing older than the snapshot is left",
                        (unsigned long long)database->quota_bytes);
    }
}

otr_status otr_store_shrink(otr_database *database, otr_error *error)
{
    uint64_t total;
    uint64_t used;
    otr_status status = otr_database_pages(database, &total, &used, error);
    if (status != OTR_OK || total * OTR_STORE_PAGE_BYTES <= database->data_bytes)
        return status;
    otr_sql *sql = &database->sql;
    status = otr_sql_run(sql, error, OTR_SQL_BEGIN, "");
    database->loss = (otr_loss){0};
    if (status == OTR_OK) {
        uint64_t covered = database->state.has_snapshot ? database->state.snapshot_seq : 0;
        status = otr_store_make_room(database, 0, covered, true, error);
    }
    if ((status == OTR_OK || status == OTR_FULL) && database->loss.reason.size > 0)
        status = otr_store_record_loss(sql, database->state.incarnation, &database->loss, error);
    if (status == OTR_OK || status == OTR_FULL)
        status = otr_sql_run(sql, error, OTR_SQL_COMMIT, "");
    if (status == OTR_OK)
        status = otr_database_pages(database, &total, &used, error);
    /* Compacting writes everything that is kept once more: worth it only when it gives much back. */
    if (status != OTR_OK || total - used < total / 4)
        return status;
    if (otr_store_free_bytes(&database->files) < 2 * used * OTR_STORE_PAGE_BYTES) {
        otr_log(OTR_LOG_WARNING, "store_not_compacted", "reason=\"the disk has no room for it\"");
        return OTR_OK;
    }
    status = otr_sql_script(sql, "VACUUM", error, "compacting the database");
    if (status == OTR_OK)
        (void)sqlite3_wal_checkpoint_v2(sql->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return status;
}

/*
 * Readings of one device from a second, read-only connection: by the postings of each chunk in the span, then
 * by the device lists of the rows that are in no chunk yet. No transaction spans two chunks, so the writer's
 * log can be reset in between; a chunk that is evicted meanwhile is gone, one that is made meanwhile is met
 * as rows.
 */
#include "platform/linux/store/store_database.h"

typedef struct history {
    otr_sql sql;
    uint32_t device;
    otr_time from;
    otr_time to;
    otr_status (*batch)(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch);
    void *context;
    otr_error *error;
} history;

static otr_status hand(history *query, int64_t seq, otr_time core, int64_t checksum, otr_bytes batch)
{
    if ((int64_t)otr_store_checksum(batch) != checksum)
        return otr_fail(query->error, OTR_CORRUPT, "the journal row at %lld has a wrong checksum",
                        (long long)seq);
    return query->batch(query->context, (uint64_t)seq, core, batch);
}

static otr_status one_row(history *query, int64_t seq)
{
    sqlite3_stmt *row = otr_sql_start(&query->sql, OTR_SQL_HISTORY_ROW, "i", seq);
    otr_status status = otr_sql_next(&query->sql, row, query->error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    otr_time core = sqlite3_column_int64(row, 0);
    if (core >= query->from && core <= query->to)
        status = hand(query, seq, core, sqlite3_column_int64(row, 1), otr_sql_blob(row, 2));
    otr_sql_end(row);
    return status;
}

static otr_status one_chunk(history *query, int64_t chunk, int64_t first_seq)
{
    sqlite3_stmt *posting =
        otr_sql_start(&query->sql, OTR_SQL_HISTORY_POSTING, "i", chunk << 32 | (int64_t)query->device);
    otr_status status = otr_sql_next(&query->sql, posting, query->error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    otr_reader reader = otr_reader_of(otr_sql_blob(posting, 0));
    int64_t seq = first_seq;
    while (status == OTR_OK && otr_reader_left(&reader) > 0) {
        seq += (int64_t)otr_reader_varint(&reader);
        status = reader.failed ? otr_fail(query->error, OTR_CORRUPT, "a posting list does not read back")
                               : one_row(query, seq);
    }
    /* Open until here: the rows are read in the transaction that it holds. */
    otr_sql_end(posting);
    return status;
}

static otr_status all_chunks(history *query, int64_t *last_seq)
{
    int64_t chunk = 0;
    for (;;) {
        sqlite3_stmt *row =
            otr_sql_start(&query->sql, OTR_SQL_HISTORY_CHUNKS, "iii", query->from, query->to, chunk);
        otr_status status = otr_sql_next(&query->sql, row, query->error);
        if (status != OTR_OK)
            return status == OTR_NOT_FOUND ? OTR_OK : status;
        chunk = sqlite3_column_int64(row, 0);
        int64_t first_seq = sqlite3_column_int64(row, 1);
        if (sqlite3_column_int64(row, 2) > *last_seq)
            *last_seq = sqlite3_column_int64(row, 2);
        otr_sql_end(row);
        status = one_chunk(query, chunk, first_seq);
        if (status != OTR_OK)
            return status;
    }
}

static otr_status tail(history *query, int64_t after)
{
    sqlite3_stmt *row =
        otr_sql_start(&query->sql, OTR_SQL_HISTORY_TAIL, "iii", after, query->from, query->to);
    otr_status status;
    while ((status = otr_sql_next(&query->sql, row, query->error)) == OTR_OK) {
        if (otr_store_devices_have(otr_sql_blob(row, 3), query->device))
            status = hand(query, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                          sqlite3_column_int64(row, 2), otr_sql_blob(row, 4));
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status
otr_store_history(const otr_store_config *config, uint32_t device, otr_time from_core, otr_time to_core,
                  otr_status (*batch)(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch),
                  void *context, otr_error *error)
{
    history query = {.device = device, .from = from_core, .to = to_core, .batch = batch, .context = context};
    otr_error ignored;
    query.error = error != NULL ? error : &ignored;
    otr_store_files files;
    otr_status status = otr_store_files_init(&files, config->folder, 0, query.error);
    if (status == OTR_OK && !otr_store_exists(files.database))
        status = otr_fail(query.error, OTR_NOT_FOUND, "%s does not exist", files.database);
    if (status == OTR_OK)
        status = otr_sql_open(&query.sql, files.database, SQLITE_OPEN_READONLY, config->vfs, query.error);
    if (status != OTR_OK)
        return status;
    /* Look-ups lie a few pages apart in runs that go up or down in the file. Reads through a map are read
     * around by the kernel, which halves the time from a cold disk; the price is that an unreadable sector is
     * a signal. */
    status = otr_sql_script(&query.sql, "PRAGMA mmap_size = 1073741824; PRAGMA trusted_schema = OFF",
                            query.error, "configuring the reader");
    /* What is in a chunk now will be in one or evicted later; rows after it are the tail, whatever is made of
     * them. */
    int64_t chunked = 0;
    if (status == OTR_OK)
        status = otr_sql_integers(&query.sql, query.error, OTR_SQL_HISTORY_LAST_CHUNK, &chunked, 1);
    if (status == OTR_OK) {
        int64_t met = chunked;
        status = all_chunks(&query, &met);
        chunked = met;
    }
    if (status == OTR_OK)
        status = tail(&query, chunked);
    otr_sql_close(&query.sql, true);
    return status;
}

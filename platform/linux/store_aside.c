/*
 * A new database in the place of a corrupt or missing one. It is prepared under another name with everything
 * it must hold, in one transaction, then renamed: a crash at any step leaves either the old one, or the
 * complete new one beside nothing, and otr_database_open_or_replace goes on from there.
 */
#include "platform/linux/store_database.h"

#include "base/log.h"

#include <stdio.h>

/* What of the old database still reads back. Every failure just ends the query at hand. */
typedef struct salvage {
    otr_sql old;
    otr_sql *fresh;
    otr_id incarnation;
    otr_loss loss;
    otr_store_floors floors;
    unsigned rows;
} salvage;

static void raise_floor(uint64_t *floor, int64_t value)
{
    if (value > 0 && (uint64_t)value > *floor)
        *floor = (uint64_t)value;
}

/* What the journal had: from its own rows and from the totals of its chunks. */
static void measure(salvage *from)
{
    otr_error ignored;
    int64_t last[2];
    int64_t first;
    int64_t snapshot[3];
    int64_t chunks[9];
    int64_t left[2];
    otr_loss *loss = &from->loss;
    sqlite3_stmt *row = otr_sql_start(&from->old, OTR_SQL_META_GET, "s", OTR_STR("incarnation"));
    if (otr_sql_next(&from->old, row, &ignored) == OTR_OK) {
        from->incarnation = otr_sql_identity(row, 0);
        otr_sql_end(row);
    }
    row = otr_sql_start(&from->old, OTR_SQL_META_GET, "s", OTR_STR("outbox_floor"));
    if (otr_sql_next(&from->old, row, &ignored) == OTR_OK) {
        raise_floor(&from->floors.outbox_seq, sqlite3_column_int64(row, 0));
        otr_sql_end(row);
    }
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_JOURNAL_FIRST, &first, 1);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_JOURNAL_LAST, last, 2);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_SNAPSHOT_NEWEST, snapshot, 3);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_CHUNK_TOTALS, chunks, 9);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_LEFT_TOTALS, left, 2);
    loss->first_seq = (uint64_t)(first > 0 ? first : chunks[6]);
    loss->last_seq = (uint64_t)(last[0] > 0 ? last[0] - 1 : chunks[5]);
    loss->readings = (uint64_t)chunks[3];
    if (chunks[0] > 0) {
        loss->first_core = chunks[7];
        loss->last_core = chunks[8];
    }
    if (last[0] > 0)
        loss->last_core = last[1];
    row = otr_sql_start(&from->old, OTR_SQL_TAIL_TOTALS, "i", chunks[5]);
    if (otr_sql_next(&from->old, row, &ignored) == OTR_OK) {
        loss->readings += (uint64_t)sqlite3_column_int64(row, 2);
        if (chunks[0] == 0 && sqlite3_column_int64(row, 0) > 0)
            loss->first_core = sqlite3_column_int64(row, 3);
        otr_sql_end(row);
    }
    raise_floor(&from->floors.seq, last[0]);
    raise_floor(&from->floors.seq, chunks[5] + 1);
    raise_floor(&from->floors.seq, snapshot[0] + 1);
    raise_floor(&from->floors.outbox_seq, left[1] + 1);
    from->floors.core = last[1] > snapshot[1] ? last[1] : snapshot[1];
}

static otr_status save_alarm(salvage *from, sqlite3_stmt *row)
{
    otr_row_alarm alarm;
    if (otr_store_alarm_of(row, &alarm, NULL) != OTR_OK)
        return OTR_OK;
    raise_floor(&from->floors.seq, (int64_t)alarm.seq + 1);
    from->rows++;
    return otr_store_put_alarm(from->fresh, &alarm, NULL);
}

static otr_status save_case(salvage *from, sqlite3_stmt *row)
{
    otr_row_case found;
    if (otr_store_case_of(row, &found, NULL) != OTR_OK)
        return OTR_OK;
    raise_floor(&from->floors.seq, (int64_t)found.seq + 1);
    from->rows++;
    return otr_store_put_case(from->fresh, &found, NULL);
}

static otr_status save_outbox(salvage *from, sqlite3_stmt *row)
{
    otr_row_outbox entry;
    if (otr_store_outbox_of(row, &entry, NULL) != OTR_OK)
        return OTR_OK;
    raise_floor(&from->floors.outbox_seq, (int64_t)entry.seq + 1);
    from->rows++;
    return otr_store_put_outbox(from->fresh, &entry, entry.body, NULL);
}

static otr_status save_loss(salvage *from, sqlite3_stmt *row)
{
    otr_loss loss = {
        .reason = otr_sql_text(row, 1),
        .first_seq = (uint64_t)sqlite3_column_int64(row, 2),
        .last_seq = (uint64_t)sqlite3_column_int64(row, 3),
        .readings = (uint64_t)sqlite3_column_int64(row, 4),
        .first_core = sqlite3_column_int64(row, 5),
        .last_core = sqlite3_column_int64(row, 6),
    };
    return otr_store_record_loss(from->fresh, from->incarnation, &loss, NULL);
}

static otr_status save_proof(salvage *from, sqlite3_stmt *row)
{
    from->rows++;
    return otr_store_save_proof(from->fresh, row);
}

static otr_status save_proof_entry(salvage *from, sqlite3_stmt *row)
{
    from->rows++;
    return otr_store_save_proof_entry(from->fresh, row);
}

static void save_rows(salvage *from, otr_sql_id id, otr_status (*save)(salvage *from, sqlite3_stmt *row))
{
    otr_error ignored;
    sqlite3_stmt *row = otr_sql_start(&from->old, id, "");
    while (otr_sql_next(&from->old, row, &ignored) == OTR_OK)
        if (save(from, row) != OTR_OK) {
            otr_sql_end(row);
            return;
        }
}

static otr_status fill(otr_database *database, salvage *from, const char *why, otr_error *error)
{
    /* The floors are written with the schema, so the sequences that rows bring along are looked at first. */
    if (from->old.handle != NULL)
        measure(from);
    otr_status status = otr_store_schema_make(from->fresh, &from->floors, error);
    if (status != OTR_OK || why == NULL)
        return status;
    if (from->old.handle != NULL) {
        save_rows(from, OTR_SQL_ALARMS_OPEN, save_alarm);
        save_rows(from, OTR_SQL_CASES_OPEN, save_case);
        save_rows(from, OTR_SQL_OUTBOX_ALL, save_outbox);
        save_rows(from, OTR_SQL_LOSSES_UNREPORTED, save_loss);
        save_rows(from, OTR_SQL_PROOFS_ALL, save_proof);
        save_rows(from, OTR_SQL_PROOF_ENTRIES_ALL, save_proof_entry);
    }
    otr_log(OTR_LOG_ERROR, "store_corrupt", "reason=\"%s\" readings_lost=%llu rows_saved=%u folder=\"%s\"",
            why, (unsigned long long)from->loss.readings, from->rows, database->files.folder);
    status = otr_sql_run(from->fresh, error, OTR_SQL_META_PUT, "si", OTR_STR("seq_floor"),
                         (int64_t)from->floors.seq);
    if (status == OTR_OK)
        status = otr_sql_run(from->fresh, error, OTR_SQL_META_PUT, "si", OTR_STR("outbox_floor"),
                             (int64_t)from->floors.outbox_seq);
    return status == OTR_OK ? otr_store_record_loss(from->fresh, from->incarnation, &from->loss, error)
                            : status;
}

static otr_status prepare_fresh(otr_database *database, const char *why, bool rescue, otr_error *error)
{
    otr_sql fresh = {0};
    salvage from = {
        .fresh = &fresh,
        .loss = {.first_core = OTR_TIME_NONE, .last_core = OTR_TIME_NONE, .reason = OTR_STR("corrupt")},
        .floors = {.seq = 1, .outbox_seq = 1},
    };
    otr_store_remove_fresh(&database->files);
    otr_status status = otr_sql_open(&fresh, database->files.fresh,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, database->vfs, error);
    if (status != OTR_OK)
        return status;
    if (rescue && otr_store_file_bytes(database->files.database) > 0)
        (void)otr_sql_open(&from.old, database->files.database, SQLITE_OPEN_READWRITE, database->vfs, NULL);
    status = fill(database, &from, why, error);
    if (status == OTR_OK)
        status = otr_sql_run(&fresh, error, OTR_SQL_COMMIT, "");
    otr_sql_close(&from.old, true);
    otr_sql_close(&fresh, false);
    return status;
}

otr_status otr_database_replace(otr_database *database, const char *why, bool salvage_rows, otr_error *error)
{
    otr_database_abandon(database);
    otr_status status = prepare_fresh(database, why, salvage_rows, error);
    if (status == OTR_OK && why != NULL)
        status = otr_store_set_aside(&database->files, error);
    if (status == OTR_OK)
        status = otr_store_adopt_fresh(&database->files, error);
    database->corrupt = database->corrupt && status != OTR_OK;
    return status;
}

/* A new database that was complete when a crash came before its last rename. */
static bool fresh_is_complete(otr_database *database)
{
    otr_sql fresh = {0};
    otr_error ignored;
    if (otr_store_file_bytes(database->files.fresh) == 0 ||
        otr_sql_open(&fresh, database->files.fresh, SQLITE_OPEN_READWRITE, database->vfs, &ignored) != OTR_OK)
        return false;
    bool complete = otr_store_schema_check(&fresh, &ignored) == OTR_OK;
    otr_sql_close(&fresh, false);
    return complete;
}

static otr_status begin_without_database(otr_database *database, otr_error *error)
{
    char log[OTR_STORE_PATH_BYTES + 8];
    (void)snprintf(log, sizeof log, "%s-wal", database->files.database);
    bool left_over = otr_store_file_bytes(log) > 0;
    if (fresh_is_complete(database)) {
        /* The old log must not be applied to the new database. */
        otr_status status = left_over ? otr_store_set_aside(&database->files, error) : OTR_OK;
        return status == OTR_OK ? otr_store_adopt_fresh(&database->files, error) : status;
    }
    return otr_database_replace(database, left_over ? "the database is missing, its log is there" : NULL,
                                false, error);
}

otr_status otr_database_open_or_replace(otr_database *database, otr_error *error)
{
    otr_status status = OTR_CORRUPT;
    otr_database_abandon(database);
    if (database->corrupt)
        (void)otr_fail(error, OTR_CORRUPT, "corruption was met while running");
    else
        status = otr_database_open(database, error);
    if (status == OTR_FULL && otr_store_ballast_drop(&database->files)) {
        otr_log(OTR_LOG_ERROR, "store_disk_full", "ballast=given_up while=opening");
        status = otr_database_open(database, error);
    }
    if (status == OTR_NOT_FOUND) {
        status = begin_without_database(database, error);
    } else if (status == OTR_CORRUPT) {
        otr_error why = *error;
        status = otr_database_replace(database, why.text, true, error);
    } else {
        return status;
    }
    return status == OTR_OK ? otr_database_open(database, error) : status;
}

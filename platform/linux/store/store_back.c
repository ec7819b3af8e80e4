/*
 * The way back: an older version of the agent meets a database that a newer one has migrated. The state of
 * the one that was kept counts; what stands in rows, and reads back in the newer one, is taken over from
 * there: open alarms, cases, the outbox, losses, proofs. Counters go on behind the newer one's, so that no id
 * is given twice. All of that is one transaction in the kept one, which then takes the newer one's place by
 * renames; a crash in between leaves what the next start goes on with.
 */
#include "base/log.h"
#include "platform/linux/store/store_salvage.h"

#include <stdio.h>

/* When the newer journal does not read: further than any version under trial comes. */
#define UNKNOWN_SPAN ((uint64_t)1 << 32)

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* All of the newer one's rows in place of ours, or ours as they are. */
static otr_status take_over(otr_salvage *from, otr_salvage_table table, const char *clear, otr_error *error)
{
    if (from->old.handle == NULL || !otr_salvage_reads(from, table))
        return OTR_OK;
    otr_status status = otr_sql_script(from->fresh, clear, error, "going back");
    return status == OTR_OK ? otr_salvage_rows(from, table, error) : status;
}

static otr_status take_over_all(otr_salvage *from, otr_error *error)
{
    otr_status status =
        take_over(from, OTR_SALVAGE_ALARMS, "UPDATE alarms SET open = 0 WHERE open = 1", error);
    if (status == OTR_OK)
        status = take_over(from, OTR_SALVAGE_CASES, "UPDATE cases SET state = 2 WHERE state < 2", error);
    if (status == OTR_OK)
        status = take_over(from, OTR_SALVAGE_OUTBOX_WHOLE, "DELETE FROM outbox", error);
    if (status == OTR_OK)
        status = take_over(from, OTR_SALVAGE_LOSSES, "UPDATE losses SET reported = 1", error);
    /* entries are of the proofs that come with them */
    if (status == OTR_OK && from->old.handle != NULL && otr_salvage_reads(from, OTR_SALVAGE_PROOFS) &&
        otr_salvage_reads(from, OTR_SALVAGE_PROOF_ENTRIES)) {
        status = take_over(from, OTR_SALVAGE_PROOFS, "DELETE FROM proofs", error);
        if (status == OTR_OK)
            status = take_over(from, OTR_SALVAGE_PROOF_ENTRIES, "DELETE FROM proof_entries", error);
    }
    return status;
}

static otr_status put_floor(otr_sql *sql, const char *name, uint64_t value, otr_error *error)
{
    return otr_sql_run(sql, error, OTR_SQL_META_PUT, "si", otr_str_of(name), (int64_t)value);
}

/* Where the counters of the kept one stand, and how far the newer one came since. */
static otr_status measure(otr_salvage *from, otr_error *error)
{
    otr_sql *kept = from->fresh;
    int64_t last[2];
    int64_t outbox[2];
    int64_t since[3] = {0};
    otr_status status = otr_sql_integers(kept, error, OTR_SQL_BACK_SEQ, last, 2);
    if (status == OTR_OK)
        status = otr_sql_integers(kept, error, OTR_SQL_BACK_OUTBOX, outbox, 1);
    if (status != OTR_OK)
        return status;
    int64_t newer[2];
    bool readable = from->old.handle != NULL &&
                    otr_sql_integers(&from->old, NULL, OTR_SQL_BACK_SEQ, newer, 2) == OTR_OK &&
                    otr_sql_integers(&from->old, NULL, OTR_SQL_BACK_OUTBOX, &outbox[1], 1) == OTR_OK;
    if (readable) {
        from->floors = (otr_store_floors){(uint64_t)newer[0], (uint64_t)outbox[1], newer[1]};
        sqlite3_stmt *row = otr_sql_start(&from->old, OTR_SQL_BACK_SINCE, "i", last[0]);
        if (otr_sql_next(&from->old, row, NULL) == OTR_OK) {
            for (int i = 0; i < 3; i++)
                since[i] = sqlite3_column_int64(row, i);
            otr_sql_end(row);
        }
    } else {
        from->floors =
            (otr_store_floors){(uint64_t)last[0] + UNKNOWN_SPAN, (uint64_t)outbox[0] + UNKNOWN_SPAN, last[1]};
    }
    from->floors.seq = larger(from->floors.seq, (uint64_t)last[0]);
    from->floors.outbox_seq = larger(from->floors.outbox_seq, (uint64_t)outbox[0]);
    if (from->floors.core < last[1])
        from->floors.core = last[1];
    from->loss.first_seq = (uint64_t)last[0];
    from->loss.last_seq = from->floors.seq - 1;
    from->loss.readings = (uint64_t)since[0];
    from->loss.first_core = since[1] > 0 ? since[1] : last[1];
    from->loss.last_core = since[2] > 0 ? since[2] : from->floors.core;
    return OTR_OK;
}

static otr_status write(otr_salvage *from, otr_error *error)
{
    otr_sql *kept = from->fresh;
    otr_status status = measure(from, error);
    if (status == OTR_OK)
        status = take_over_all(from, error);
    if (status != OTR_OK)
        return status;
    sqlite3_stmt *row = otr_sql_start(kept, OTR_SQL_META_GET, "s", OTR_STR("incarnation"));
    status = otr_sql_next(kept, row, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? otr_fail(error, OTR_CORRUPT, "it has no incarnation") : status;
    from->incarnation = otr_sql_identity(row, 0);
    otr_sql_end(row);
    status = put_floor(kept, "seq_floor", from->floors.seq, error);
    if (status == OTR_OK)
        status = put_floor(kept, "outbox_floor", from->floors.outbox_seq, error);
    if (status == OTR_OK)
        status = put_floor(kept, "core_floor", (uint64_t)from->floors.core, error);
    if (status == OTR_OK)
        status = put_floor(kept, "went_back", 1, error);
    if (status == OTR_OK)
        status = otr_sql_script(kept, "DELETE FROM losses WHERE reason = 'rollback' AND reported = 0", error,
                                "going back"); /* of an attempt that was cut */
    return status == OTR_OK ? otr_store_record_loss(kept, from->incarnation, &from->loss, error) : status;
}

static otr_status prepare(otr_database *database, const char *path, otr_salvage *from, otr_error *error)
{
    otr_sql kept = {0};
    int version;
    from->fresh = &kept;
    otr_status status = otr_sql_open(&kept, path, SQLITE_OPEN_READWRITE, database->vfs, error);
    if (status == OTR_OK)
        status = otr_store_schema_version(database, &kept, &version, error);
    if (status == OTR_OK)
        status = otr_sql_script(&kept, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", error, "going back");
    if (status == OTR_OK && otr_sql_open(&from->old, database->files.database, SQLITE_OPEN_READWRITE,
                                         database->vfs, NULL) != OTR_OK)
        from->old.handle = NULL;
    if (status == OTR_OK)
        status = write(from, error);
    if (status == OTR_OK)
        status = otr_sql_run(&kept, error, OTR_SQL_COMMIT, "");
    otr_sql_close(&from->old, true);
    /* It is renamed without its log. */
    if (status == OTR_OK &&
        sqlite3_wal_checkpoint_v2(kept.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        status = otr_sql_fail(&kept, error, "going back");
    if (kept.handle != NULL && sqlite3_get_autocommit(kept.handle) == 0)
        (void)sqlite3_exec(kept.handle, "ROLLBACK", NULL, NULL, NULL);
    otr_sql_close(&kept, status != OTR_OK);
    return status;
}

/* What a crash left between the renames. */
static bool is_prepared(otr_database *database)
{
    otr_sql fresh = {0};
    int version;
    bool went_back = false;
    if (otr_store_file_bytes(database->files.fresh) == 0 ||
        otr_sql_open(&fresh, database->files.fresh, SQLITE_OPEN_READWRITE, database->vfs, NULL) != OTR_OK)
        return false;
    if (otr_store_schema_version(database, &fresh, &version, NULL) == OTR_OK) {
        sqlite3_stmt *row = otr_sql_start(&fresh, OTR_SQL_META_GET, "s", OTR_STR("went_back"));
        went_back = otr_sql_next(&fresh, row, NULL) == OTR_OK;
        otr_sql_end(row);
    }
    otr_sql_close(&fresh, false);
    return went_back;
}

/* from: NULL when a crash came between; then the recorded loss knows what the words here do not. */
static void tell(otr_database *database, const otr_salvage *from)
{
    char inputs[96] = "what came since counts no more";
    if (from != NULL && from->loss.last_seq - from->loss.first_seq < UNKNOWN_SPAN / 2)
        (void)snprintf(inputs, sizeof inputs, "%llu inputs with %llu readings since count no more",
                       (unsigned long long)(from->loss.last_seq + 1 - from->loss.first_seq),
                       (unsigned long long)from->loss.readings);
    (void)snprintf(database->news, sizeof database->news,
                   "went back from schema version %d to the database that was kept: %s, %u rows of the newer "
                   "one are taken over",
                   database->newer, inputs, from != NULL ? from->rows : 0);
}

otr_status otr_store_go_back(otr_database *database, otr_error *error)
{
    const otr_store_files *files = &database->files;
    char path[OTR_STORE_PATH_BYTES];
    otr_error why = {.text = ""};
    otr_salvage from = {.loss = {.reason = OTR_STR("rollback")}, .floors = {.seq = 1, .outbox_seq = 1}};
    int version = otr_store_kept_find(files, database->schema->version);
    otr_status status = OTR_OK;
    if (version == 0 && !is_prepared(database))
        return otr_fail(error, OTR_INVALID,
                        "the database has schema version %d; this version knows up to %d, and none from "
                        "before it is kept: install the newer version, or move %s away and begin anew",
                        database->newer, database->schema->version, files->database);
    if (version > 0) {
        otr_store_kept_path(files, version, path);
        status = prepare(database, path, &from, &why);
        if (status == OTR_OK) {
            otr_store_remove_database(files->fresh);
            status = otr_store_move(files, path, files->fresh, &why);
        }
    }
    if (status == OTR_OK)
        status = otr_store_set_aside(files, OTR_ASIDE_NEWER, &why);
    if (status == OTR_OK)
        status = otr_store_adopt_fresh(files, &why);
    if (status != OTR_OK)
        return otr_fail(
            error, status == OTR_CORRUPT ? OTR_INVALID : status,
            "the database has schema version %d, and going back to that of version %d failed: %.200s",
            database->newer, version, why.text);
    tell(database, version > 0 ? &from : NULL);
    otr_log(OTR_LOG_ERROR, "store_went_back", "reason=\"%s\"", database->news);
    return OTR_OK;
}

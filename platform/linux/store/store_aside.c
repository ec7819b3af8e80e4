/*
 * A new database in the place of a corrupt or missing one. It is prepared under another name with everything
 * it must hold, in one transaction, then renamed: a crash at any step leaves either the old one, or the
 * complete new one beside nothing, and otr_database_open_or_replace goes on from there.
 */
#include "base/log.h"
#include "platform/linux/store/store_salvage.h"

#include <stdio.h>

static otr_status fill(otr_database *database, otr_salvage *from, const char *why, otr_error *error)
{
    /* The floors are written with the schema, so the sequences that rows bring along are looked at first. */
    if (from->old.handle != NULL)
        otr_salvage_measure(from);
    otr_status status = otr_store_schema_make(from->fresh, &from->floors, error);
    if (status != OTR_OK || why == NULL)
        return status;
    static const otr_salvage_table tables[] = {OTR_SALVAGE_ALARMS, OTR_SALVAGE_CASES,
                                               OTR_SALVAGE_OUTBOX, OTR_SALVAGE_LOSSES,
                                               OTR_SALVAGE_PROOFS, OTR_SALVAGE_PROOF_ENTRIES};
    for (size_t i = 0; from->old.handle != NULL && i < sizeof tables / sizeof *tables; i++)
        if ((status = otr_salvage_rows(from, tables[i], error)) != OTR_OK)
            return status;
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
    otr_salvage from = {
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
        status = otr_store_set_aside(&database->files, OTR_ASIDE_CORRUPT, error);
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
    int version;
    bool complete = otr_store_schema_version(database, &fresh, &version, &ignored) == OTR_OK;
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
        otr_status status =
            left_over ? otr_store_set_aside(&database->files, OTR_ASIDE_CORRUPT, error) : OTR_OK;
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
    if (status == OTR_INVALID && database->newer > 0) {
        status = otr_store_go_back(database, error);
    } else if (status == OTR_NOT_FOUND) {
        status = begin_without_database(database, error);
    } else if (status == OTR_CORRUPT) {
        otr_error why = *error;
        status = otr_database_replace(database, why.text, true, error);
    } else {
        return status;
    }
    return status == OTR_OK ? otr_database_open(database, error) : status;
}

/* Making, recognising and migrating the schema. user_version counts its versions from 1. */
#include "platform/linux/store/store_database.h"

#include "base/log.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

static const otr_migration migrations[] = {
#define X(version, text) {version, text},
    OTR_SQL_MIGRATION_LIST(X)
#undef X
        {0, NULL},
};

const otr_store_schema otr_store_schema_now = {OTR_STORE_VERSION, migrations,
                                               sizeof migrations / sizeof migrations[0]};

static otr_status set_number(otr_sql *sql, const char *pragma, int value, otr_error *error)
{
    char text[64];
    (void)snprintf(text, sizeof text, "PRAGMA %s = %d", pragma, value);
    return otr_sql_script(sql, text, error, "setting a number of the database");
}

static otr_status get_number(otr_sql *sql, const char *pragma, int64_t *out, otr_error *error)
{
    sqlite3_stmt *statement = NULL;
    *out = 0;
    if (sqlite3_prepare_v2(sql->handle, pragma, -1, &statement, NULL) != SQLITE_OK)
        return otr_sql_fail(sql, error, pragma);
    otr_status status = otr_sql_next(sql, statement, error);
    if (status == OTR_OK)
        *out = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

static otr_status make(otr_sql *sql, const otr_store_floors *floors, otr_error *error)
{
    otr_id incarnation;
    if (getrandom(incarnation.bytes, sizeof incarnation.bytes, 0) != (ssize_t)sizeof incarnation.bytes)
        return otr_fail(error, OTR_IO, "no random bytes for a new journal");
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    otr_status status = otr_sql_script(sql, OTR_SQL_SCHEMA, error, "making the schema");
    if (status == OTR_OK)
        status = set_number(sql, "application_id", OTR_STORE_APPLICATION_ID, error);
    if (status == OTR_OK)
        status = set_number(sql, "user_version", OTR_STORE_VERSION, error);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_META_PUT, "sd", OTR_STR("incarnation"), incarnation);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_META_PUT, "si", OTR_STR("made"),
                             (int64_t)now.tv_sec * OTR_SECOND);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_META_PUT, "si", OTR_STR("seq_floor"), (int64_t)floors->seq);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_META_PUT, "si", OTR_STR("outbox_floor"),
                             (int64_t)floors->outbox_seq);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_META_PUT, "si", OTR_STR("core_floor"), floors->core);
    return status;
}

otr_status otr_store_schema_make(otr_sql *sql, const otr_store_floors *floors, otr_error *error)
{
    otr_status status = set_number(sql, "page_size", OTR_STORE_PAGE_BYTES, error);
    if (status == OTR_OK)
        status = otr_sql_script(sql, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", error,
                                "beginning a new database");
    if (status == OTR_OK)
        status = make(sql, floors, error);
    return status;
}

otr_status otr_store_migrate(otr_sql *sql, const otr_migration *steps, size_t count, int target,
                             otr_error *error)
{
    int64_t version;
    otr_status status = get_number(sql, "PRAGMA user_version", &version, error);
    if (status != OTR_OK || version == target)
        return status;
    int from = (int)version;
    status = otr_sql_script(sql, "BEGIN IMMEDIATE", error, "beginning a migration");
    for (size_t i = 0; status == OTR_OK && i < count; i++) {
        if (steps[i].script == NULL || steps[i].version != version + 1)
            continue;
        status = otr_sql_script(sql, steps[i].script, error, "migrating the schema");
        version = steps[i].version;
    }
    if (status == OTR_OK && version != target)
        status = otr_fail(error, OTR_INVALID, "no migration leads from schema version %d to %d", (int)version,
                          target);
    if (status == OTR_OK)
        status = set_number(sql, "user_version", target, error);
    if (status == OTR_OK)
        status = otr_sql_script(sql, "COMMIT", error, "committing a migration");
    if (status == OTR_OK)
        otr_log(OTR_LOG_NOTICE, "store_migrated", "from=%d to=%d", from, target);
    if (status != OTR_OK && sqlite3_get_autocommit(sql->handle) == 0)
        (void)sqlite3_exec(sql->handle, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

otr_status otr_store_schema_version(otr_database *database, otr_sql *sql, int *out, otr_error *error)
{
    int64_t application;
    int64_t version;
    otr_status status = get_number(sql, "PRAGMA application_id", &application, error);
    if (status == OTR_OK)
        status = get_number(sql, "PRAGMA user_version", &version, error);
    if (status != OTR_OK)
        return status;
    if (application != OTR_STORE_APPLICATION_ID)
        return otr_fail(error, OTR_CORRUPT, "application_id is %lld: not a database of this agent",
                        (long long)application);
    if (version < 1)
        return otr_fail(error, OTR_CORRUPT, "schema version %lld does not exist", (long long)version);
    *out = (int)version;
    if (version <= database->schema->version)
        return OTR_OK;
    return otr_fail(error, OTR_INVALID, "the database has schema version %lld; this version knows up to %d",
                    (long long)version, database->schema->version);
}

otr_status otr_store_schema_check(otr_database *database, otr_error *error)
{
    const otr_store_schema *schema = database->schema;
    otr_sql *sql = &database->sql;
    int version = 0;
    otr_status status = otr_store_schema_version(database, sql, &version, error);
    database->newer = status == OTR_INVALID ? version : 0;
    if (status != OTR_OK)
        return status;
    if (version < schema->version)
        otr_store_keep(database, version);
    status = otr_store_migrate(sql, schema->steps, schema->count, schema->version, error);
    if (status == OTR_FULL && otr_store_kept_drop(&database->files)) {
        (void)snprintf(database->news, sizeof database->news,
                       "the schema goes from version %d to %d without a way back: the disk is full", version,
                       schema->version);
        status = otr_store_migrate(sql, schema->steps, schema->count, schema->version, error);
    }
    return status == OTR_OK ? otr_sql_prepare_all(sql, error) : status;
}

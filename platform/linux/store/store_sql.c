#include "platform/linux/store/store_sql.h"

#include <errno.h>

static const struct {
    const char *name;
    const char *text;
} statements[] = {
#define X(name, text) {#name, text},
    OTR_SQL_LIST(X)
#undef X
};

otr_status otr_sql_open(otr_sql *sql, const char *path, int flags, const char *vfs, otr_error *error)
{
    int code = sqlite3_open_v2(path, &sql->handle, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (code == SQLITE_OK) {
        (void)sqlite3_extended_result_codes(sql->handle, 1);
        (void)sqlite3_busy_timeout(sql->handle, 5000);
        /* whoever is confined reaches no folder for what does not fit the cache */
        (void)sqlite3_exec(sql->handle, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
        return OTR_OK;
    }
    if (sql->handle == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory to open %s", path);
    otr_status status = otr_sql_fail(sql, error, "opening the database");
    otr_sql_close(sql, true);
    return status;
}

void otr_sql_close(otr_sql *sql, bool keep_log)
{
    for (int i = 0; i < OTR_SQL_COUNT; i++) {
        (void)sqlite3_finalize(sql->statements[i]);
        sql->statements[i] = NULL;
    }
    if (sql->handle == NULL)
        return;
    (void)sqlite3_db_config(sql->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep_log ? 1 : 0, NULL);
    int code = sqlite3_close(sql->handle);
    OTR_ASSERT(code == SQLITE_OK);
    sql->handle = NULL;
}

static otr_status meaning(sqlite3 *handle)
{
    int code = sqlite3_errcode(handle);
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return OTR_FULL;
    case SQLITE_NOMEM:
        return OTR_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return OTR_CORRUPT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        /* A failed fsync is never a full disk to us: what it covered may be gone. */
        if (code != SQLITE_IOERR_FSYNC && sqlite3_system_errno(handle) == ENOSPC)
            return OTR_FULL;
        return OTR_IO;
    default:
        return OTR_IO;
    }
}

otr_status otr_sql_fail(otr_sql *sql, otr_error *error, const char *doing)
{
    otr_status status = meaning(sql->handle);
    return otr_fail(error, status, "%s: %s (SQLite %d)", doing, sqlite3_errmsg(sql->handle),
                    sqlite3_extended_errcode(sql->handle));
}

otr_status otr_sql_script(otr_sql *sql, const char *text, otr_error *error, const char *doing)
{
    if (sqlite3_exec(sql->handle, text, NULL, NULL, NULL) == SQLITE_OK)
        return OTR_OK;
    return otr_sql_fail(sql, error, doing);
}

static bool prepare(otr_sql *sql, otr_sql_id id)
{
    if (sql->statements[id] != NULL)
        return true;
    return sqlite3_prepare_v3(sql->handle, statements[id].text, -1, SQLITE_PREPARE_PERSISTENT,
                              &sql->statements[id], NULL) == SQLITE_OK;
}

otr_status otr_sql_prepare_all(otr_sql *sql, otr_error *error)
{
    for (int id = 0; id < OTR_SQL_COUNT; id++) {
        if (prepare(sql, (otr_sql_id)id))
            continue;
        otr_status status = otr_sql_fail(sql, error, statements[id].name);
        /* Our statements are right, so a plain error is a schema that lacks something. */
        return sqlite3_errcode(sql->handle) == SQLITE_ERROR ? OTR_CORRUPT : status;
    }
    return OTR_OK;
}

/* An empty view may have no data, which SQLite would take for NULL. */
static int bind_view(sqlite3_stmt *statement, int at, const void *data, size_t size, bool text)
{
    if (size == 0)
        data = "";
    if (text)
        return sqlite3_bind_text64(statement, at, data, size, SQLITE_STATIC, SQLITE_UTF8);
    return sqlite3_bind_blob64(statement, at, data, size, SQLITE_STATIC);
}

static sqlite3_stmt *start(otr_sql *sql, otr_sql_id id, const char *parameters, va_list list)
{
    if (!prepare(sql, id))
        return NULL;
    sqlite3_stmt *statement = sql->statements[id];
    int code = SQLITE_OK;
    for (int at = 1; code == SQLITE_OK && parameters[at - 1] != '\0'; at++) {
        char kind = parameters[at - 1];
        if (kind == 'i') {
            code = sqlite3_bind_int64(statement, at, va_arg(list, int64_t));
        } else if (kind == 'b') {
            otr_bytes bytes = va_arg(list, otr_bytes);
            code = bind_view(statement, at, bytes.data, bytes.size, false);
        } else if (kind == 'd') {
            otr_id identity = va_arg(list, otr_id);
            code = sqlite3_bind_blob(statement, at, identity.bytes, sizeof identity.bytes, SQLITE_TRANSIENT);
        } else {
            OTR_ASSERT(kind == 's' || kind == 'x');
            otr_str text = va_arg(list, otr_str);
            code = bind_view(statement, at, text.data, text.size, kind == 's');
        }
    }
    return code == SQLITE_OK ? statement : NULL;
}

sqlite3_stmt *otr_sql_start(otr_sql *sql, otr_sql_id id, const char *parameters, ...)
{
    va_list list;
    va_start(list, parameters);
    sqlite3_stmt *statement = start(sql, id, parameters, list);
    va_end(list);
    return statement;
}

otr_status otr_sql_next(otr_sql *sql, sqlite3_stmt *statement, otr_error *error)
{
    if (statement == NULL)
        return otr_sql_fail(sql, error, "preparing a statement");
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return OTR_OK;
    otr_status status = OTR_NOT_FOUND;
    if (code != SQLITE_DONE)
        status = otr_sql_fail(sql, error, sqlite3_sql(statement));
    otr_sql_end(statement);
    return status;
}

void otr_sql_end(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
}

otr_status otr_sql_run(otr_sql *sql, otr_error *error, otr_sql_id id, const char *parameters, ...)
{
    va_list list;
    va_start(list, parameters);
    sqlite3_stmt *statement = start(sql, id, parameters, list);
    va_end(list);
    otr_status status = otr_sql_next(sql, statement, error);
    if (status == OTR_OK)
        otr_sql_end(statement);
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_sql_integers(otr_sql *sql, otr_error *error, otr_sql_id id, int64_t *out, int count)
{
    for (int i = 0; i < count; i++)
        out[i] = 0;
    sqlite3_stmt *statement = prepare(sql, id) ? sql->statements[id] : NULL;
    otr_status status = otr_sql_next(sql, statement, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    for (int i = 0; i < count; i++)
        out[i] = sqlite3_column_int64(statement, i);
    otr_sql_end(statement);
    return OTR_OK;
}

otr_str otr_sql_text(sqlite3_stmt *statement, int column)
{
    const char *data = (const char *)sqlite3_column_blob(statement, column);
    return (otr_str){data, (size_t)sqlite3_column_bytes(statement, column)};
}

otr_bytes otr_sql_blob(sqlite3_stmt *statement, int column)
{
    const uint8_t *data = sqlite3_column_blob(statement, column);
    return (otr_bytes){data, (size_t)sqlite3_column_bytes(statement, column)};
}

otr_id otr_sql_identity(sqlite3_stmt *statement, int column)
{
    otr_id id = {{0}};
    otr_bytes bytes = otr_sql_blob(statement, column);
    if (bytes.size == sizeof id.bytes)
        memcpy(id.bytes, bytes.data, sizeof id.bytes);
    return id;
}

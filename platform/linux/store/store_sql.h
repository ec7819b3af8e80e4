/*
 * A connection with its prepared statements, which are made at first use from the sections of sql/. Used by
 * one thread at a time. Private to the store.
 */
#ifndef OTR_PLATFORM_STORE_SQL_H
#define OTR_PLATFORM_STORE_SQL_H

#include "base/hash.h"
#include "base/status.h"

#include <sqlite3.h>

#include "store_statements.h" /* generated */

typedef enum otr_sql_id {
#define X(name, text) OTR_SQL_##name,
    OTR_SQL_LIST(X)
#undef X
        OTR_SQL_COUNT
} otr_sql_id;

/* Zero-initialise to use. */
typedef struct otr_sql {
    sqlite3 *handle;
    sqlite3_stmt *statements[OTR_SQL_COUNT];
} otr_sql;

otr_status otr_sql_open(otr_sql *sql, const char *path, int flags, const char *vfs, otr_error *error);
/* Prepares every statement: CORRUPT when the schema does not have what they name. */
otr_status otr_sql_prepare_all(otr_sql *sql, otr_error *error);
/* keep_log: neither checkpoint nor remove the log, as after a failure. */
void otr_sql_close(otr_sql *sql, bool keep_log);

/* What the connection's last failure means: FULL, CORRUPT, MEMORY or IO; the text says what was being done.
 */
otr_status otr_sql_fail(otr_sql *sql, otr_error *error, const char *doing);
/* Runs SQL text that returns nothing. */
otr_status otr_sql_script(otr_sql *sql, const char *text, otr_error *error, const char *doing);

/*
 * Starts a statement with its parameters: i int64_t, s otr_str as text, x otr_str as bytes, b otr_bytes, d
 * otr_id. Views must last until the statement is reset, that is until it has no more rows or otr_sql_end.
 * NULL when it cannot be prepared or bound: then otr_sql_fail tells why.
 */
sqlite3_stmt *otr_sql_start(otr_sql *sql, otr_sql_id id, const char *parameters, ...);
/* OK: a row stands ready; NOT_FOUND: no more, reset; else the failure, reset. statement may be NULL. */
otr_status otr_sql_next(otr_sql *sql, sqlite3_stmt *statement, otr_error *error);
void otr_sql_end(sqlite3_stmt *statement);
/* Starts it, runs it to its end. */
otr_status otr_sql_run(otr_sql *sql, otr_error *error, otr_sql_id id, const char *parameters, ...);
/* The first row's integers into out (NULL and no row give 0); OK even without a row. */
otr_status otr_sql_integers(otr_sql *sql, otr_error *error, otr_sql_id id, int64_t *out, int count);

/* Columns of the row that stands ready; views until the next step. */
otr_str otr_sql_text(sqlite3_stmt *statement, int column);
otr_bytes otr_sql_blob(sqlite3_stmt *statement, int column);
otr_id otr_sql_identity(sqlite3_stmt *statement, int column); /* zero when it is not 16 bytes */

#endif

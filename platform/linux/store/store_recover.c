/* Handing the database over, row by row: memory stays flat whatever the length of the journal. */
#include "platform/linux/store/store_database.h"

#include "base/log.h"

/* Steps through a statement and calls each row's function; ends the statement on failure. */
static otr_status each_row(otr_database *database, sqlite3_stmt *statement, const otr_recovery *recovery,
                           otr_status (*row)(const otr_recovery *recovery, sqlite3_stmt *row,
                                             otr_error *error),
                           otr_error *error)
{
    otr_status status;
    while ((status = otr_sql_next(&database->sql, statement, error)) == OTR_OK) {
        status = row(recovery, statement, error);
        if (status != OTR_OK) {
            otr_sql_end(statement);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* The driver has its own reasons; keep them apart from ours. */
static otr_status refused(otr_status status, const char *what, otr_error *error)
{
    return status == OTR_OK ? OTR_OK : otr_fail(error, status, "recovery was ended at %s", what);
}

static otr_status name_row(const otr_recovery *recovery, sqlite3_stmt *row, otr_error *error)
{
    otr_row_name name = {
        .space = (otr_name_space)sqlite3_column_int(row, 0),
        .number = (uint32_t)sqlite3_column_int64(row, 1),
        .name = otr_sql_text(row, 2),
    };
    return refused(recovery->name(recovery->context, &name), "a name", error);
}

static otr_status content_row(const otr_recovery *recovery, sqlite3_stmt *row, otr_error *error)
{
    otr_row_content content = {
        .slot = otr_sql_text(row, 0),
        .seq = (uint64_t)sqlite3_column_int64(row, 1),
        .hash = otr_sql_text(row, 2),
        .bytes = otr_sql_text(row, 3),
    };
    if (content.hash.size > 0 && sqlite3_column_type(row, 3) == SQLITE_NULL)
        return otr_fail(error, OTR_CORRUPT, "the content of slot %.*s is missing", OTR_STR_ARG(content.slot));
    return refused(recovery->content(recovery->context, &content), "a content", error);
}

static otr_status alarm_row(const otr_recovery *recovery, sqlite3_stmt *row, otr_error *error)
{
    otr_row_alarm alarm;
    otr_status status = otr_store_alarm_of(row, &alarm, error);
    return status == OTR_OK ? refused(recovery->alarm(recovery->context, &alarm), "an alarm", error) : status;
}

static otr_status case_row(const otr_recovery *recovery, sqlite3_stmt *row, otr_error *error)
{
    otr_row_case found;
    otr_status status = otr_store_case_of(row, &found, error);
    return status == OTR_OK ? refused(recovery->case_row(recovery->context, &found), "a case", error)
                            : status;
}

static otr_status proof_row(const otr_recovery *recovery, sqlite3_stmt *row, otr_error *error)
{
    otr_row_proof_head head;
    otr_status status = otr_store_proof_head_of(row, &head, error);
    return status == OTR_OK ? refused(recovery->proof(recovery->context, &head), "evidence", error) : status;
}

static otr_status hand_secret(otr_database *database, const otr_recovery *recovery, otr_error *error)
{
    otr_digest secret;
    if (recovery->secret == NULL)
        return OTR_OK;
    otr_status status = otr_store_get_secret(&database->sql, &secret, error);
    return status == OTR_OK ? refused(recovery->secret(recovery->context, &secret), "the secret", error)
                            : status;
}

static const otr_str uplink_key = {"uplink", 6};

static otr_status hand_uplink(otr_database *database, const otr_recovery *recovery, otr_error *error)
{
    if (recovery->uplink == NULL)
        return OTR_OK;
    sqlite3_stmt *row = otr_sql_start(&database->sql, OTR_SQL_META_GET, "s", uplink_key);
    otr_status status = otr_sql_next(&database->sql, row, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    status =
        refused(recovery->uplink(recovery->context, otr_sql_blob(row, 0)), "how far the telemetry is", error);
    otr_sql_end(row);
    return status;
}

otr_status otr_store_put_uplink(otr_sql *sql, otr_bytes uplink, otr_error *error)
{
    return uplink.size == 0 ? OTR_OK : otr_sql_run(sql, error, OTR_SQL_META_PUT, "sb", uplink_key, uplink);
}

static otr_status loss_row(const otr_recovery *recovery, sqlite3_stmt *row, otr_error *error)
{
    otr_loss loss = {
        .reason = otr_sql_text(row, 1),
        .first_seq = (uint64_t)sqlite3_column_int64(row, 2),
        .last_seq = (uint64_t)sqlite3_column_int64(row, 3),
        .readings = (uint64_t)sqlite3_column_int64(row, 4),
        .first_core = sqlite3_column_int64(row, 5),
        .last_core = sqlite3_column_int64(row, 6),
    };
    return refused(recovery->loss(recovery->context, &loss), "a loss", error);
}

/* Hands over the newest snapshot but `skip`; without one the journal is replayed from its start. *refused_it:
 * it does not read back or the driver does not take it. */
static otr_status hand_snapshot(otr_database *database, const otr_recovery *recovery, int64_t skip,
                                otr_time *core, bool *refused_it, otr_error *error)
{
    otr_store_state *state = &database->state;
    state->has_snapshot = false;
    state->snapshot_seq = 0;
    sqlite3_stmt *row = otr_sql_start(&database->sql, OTR_SQL_SNAPSHOT_AT, "i", skip);
    otr_status status = otr_sql_next(&database->sql, row, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    state->has_snapshot = true;
    state->snapshot_seq = (uint64_t)sqlite3_column_int64(row, 0);
    *core = sqlite3_column_int64(row, 1);
    otr_bytes body = otr_sql_blob(row, 3);
    status = OTR_CORRUPT;
    if ((int64_t)otr_store_checksum(body) == sqlite3_column_int64(row, 2))
        status = recovery->snapshot(recovery->context, body, state->snapshot_seq);
    otr_sql_end(row);
    *refused_it = status == OTR_CORRUPT || status == OTR_INVALID;
    if (!*refused_it)
        return refused(status, "a snapshot", error);
    otr_log(OTR_LOG_WARNING, "store_snapshot_refused", "last_seq=%llu status=\"%s\"",
            (unsigned long long)state->snapshot_seq, otr_status_text(status));
    return OTR_OK;
}

static otr_status hand_batches(otr_database *database, const otr_recovery *recovery, otr_time snapshot_core,
                               otr_error *error)
{
    otr_sql *sql = &database->sql;
    uint64_t covered = database->state.snapshot_seq;
    otr_time from = OTR_TIME_NONE;
    int64_t first = 0;
    otr_status status = OTR_OK;
    if (database->state.has_snapshot) {
        from = otr_time_add(snapshot_core, -OTR_STORE_REPEAT_SPAN);
        first = (int64_t)database->state.chunked_seq + 1;
        if (first > (int64_t)covered + 1)
            first = (int64_t)covered + 1;
        sqlite3_stmt *chunk = otr_sql_start(sql, OTR_SQL_CHUNK_AT_CORE, "i", from);
        status = otr_sql_next(sql, chunk, error);
        if (status == OTR_OK && sqlite3_column_int64(chunk, 0) < first)
            first = sqlite3_column_int64(chunk, 0);
        if (status == OTR_OK)
            otr_sql_end(chunk);
        else if (status != OTR_NOT_FOUND)
            return status;
    }
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_BATCHES, "i", first);
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK) {
        uint64_t seq = (uint64_t)sqlite3_column_int64(row, 0);
        otr_time core = sqlite3_column_int64(row, 2);
        bool replay = !database->state.has_snapshot || seq > covered;
        if (!replay && core < from)
            continue;
        otr_bytes batch = otr_sql_blob(row, 4);
        if ((int64_t)otr_store_checksum(batch) != sqlite3_column_int64(row, 3))
            status = otr_fail(error, OTR_CORRUPT, "the journal row at %llu has a wrong checksum",
                              (unsigned long long)seq);
        else
            status = refused(recovery->batch(recovery->context, seq, (uint32_t)sqlite3_column_int64(row, 1),
                                             core, batch, replay),
                             "a batch", error);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* Up to the snapshot; begins anew with the next older one when one is refused, as the core may be half filled
 * then. */
static otr_status hand_state(otr_database *database, const otr_recovery *recovery, otr_time *snapshot_core,
                             otr_error *error)
{
    otr_sql *sql = &database->sql;
    const otr_store_state *state = &database->state;
    for (int64_t skip = 0;; skip++) {
        bool again = false;
        otr_status status = refused(recovery->meta(recovery->context, state->incarnation, state->next_seq,
                                                   state->next_outbox_seq, state->last_core),
                                    "the start", error);
        if (status == OTR_OK)
            status = hand_secret(database, recovery, error);
        if (status == OTR_OK)
            status = hand_uplink(database, recovery, error);
        if (status == OTR_OK)
            status = each_row(database, otr_sql_start(sql, OTR_SQL_NAMES_ALL, ""), recovery, name_row, error);
        if (status == OTR_OK)
            status = each_row(database, otr_sql_start(sql, OTR_SQL_CONTENTS_ACTIVE, ""), recovery,
                              content_row, error);
        if (status == OTR_OK)
            status = hand_snapshot(database, recovery, skip, snapshot_core, &again, error);
        if (status != OTR_OK || !again)
            return status;
    }
}

otr_status otr_database_read_back(otr_database *database, const otr_recovery *recovery, otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_time snapshot_core = 0;
    otr_status status = hand_state(database, recovery, &snapshot_core, error);
    if (status == OTR_OK)
        status = each_row(database, otr_sql_start(sql, OTR_SQL_ALARMS_OPEN, ""), recovery, alarm_row, error);
    if (status == OTR_OK)
        status = each_row(database, otr_sql_start(sql, OTR_SQL_CASES_OPEN, ""), recovery, case_row, error);
    if (status == OTR_OK)
        status = hand_batches(database, recovery, snapshot_core, error);
    if (status == OTR_OK && recovery->proof != NULL)
        status = each_row(database, otr_sql_start(sql, OTR_SQL_PROOF_HEADS, ""), recovery, proof_row, error);
    if (status == OTR_OK)
        status =
            each_row(database, otr_sql_start(sql, OTR_SQL_LOSSES_UNREPORTED, ""), recovery, loss_row, error);
    return status;
}

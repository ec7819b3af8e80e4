/* Rows of alarms and cases, in and out. */
#include "platform/linux/store/store_database.h"

otr_status otr_store_put_alarm(otr_sql *sql, const otr_row_alarm *row, otr_error *error)
{
    return otr_sql_run(sql, error, OTR_SQL_ALARM_PUT, "ddiiiissssiiiiix", row->id, row->case_id,
                       (int64_t)row->seq, (int64_t)row->revision, (int64_t)row->state, (int64_t)row->open,
                       row->pack, row->rule, row->asset, row->device, (int64_t)row->priority, row->onset,
                       row->raised, row->detected, row->ended, row->body);
}

otr_status otr_store_put_case(otr_sql *sql, const otr_row_case *row, otr_error *error)
{
    return otr_sql_run(sql, error, OTR_SQL_CASE_PUT, "diiissiixs", row->id, (int64_t)row->seq,
                       (int64_t)row->revision, (int64_t)row->state, row->asset, row->category, row->opened,
                       row->closed, row->body, row->customer);
}

otr_status otr_store_alarm_of(sqlite3_stmt *statement, otr_row_alarm *row, otr_error *error)
{
    int64_t state = sqlite3_column_int64(statement, 4);
    *row = (otr_row_alarm){
        .id = otr_sql_identity(statement, 0),
        .case_id = otr_sql_identity(statement, 1),
        .seq = (uint64_t)sqlite3_column_int64(statement, 2),
        .revision = (uint32_t)sqlite3_column_int64(statement, 3),
        .state = (otr_alarm_state)state,
        .open = sqlite3_column_int(statement, 5) != 0,
        .pack = otr_sql_text(statement, 6),
        .rule = otr_sql_text(statement, 7),
        .asset = otr_sql_text(statement, 8),
        .device = otr_sql_text(statement, 9),
        .priority = (uint8_t)sqlite3_column_int(statement, 10),
        .onset = sqlite3_column_int64(statement, 11),
        .raised = sqlite3_column_int64(statement, 12),
        .detected = sqlite3_column_int64(statement, 13),
        .ended = sqlite3_column_int64(statement, 14),
        .body = otr_sql_text(statement, 15),
    };
    if (state < OTR_ALARM_UNACKNOWLEDGED || state >= OTR_ALARM_STATE_COUNT || otr_id_is_zero(row->id))
        return otr_fail(error, OTR_CORRUPT, "an alarm row does not read back");
    return OTR_OK;
}

otr_status otr_store_case_of(sqlite3_stmt *statement, otr_row_case *row, otr_error *error)
{
    int64_t state = sqlite3_column_int64(statement, 3);
    *row = (otr_row_case){
        .id = otr_sql_identity(statement, 0),
        .seq = (uint64_t)sqlite3_column_int64(statement, 1),
        .revision = (uint32_t)sqlite3_column_int64(statement, 2),
        .state = (otr_case_state)state,
        .asset = otr_sql_text(statement, 4),
        .category = otr_sql_text(statement, 5),
        .opened = sqlite3_column_int64(statement, 6),
        .closed = sqlite3_column_int64(statement, 7),
        .body = otr_sql_text(statement, 8),
    };
    if (state < OTR_CASE_OPEN || state > OTR_CASE_CLOSED || otr_id_is_zero(row->id))
        return otr_fail(error, OTR_CORRUPT, "a case row does not read back");
    return OTR_OK;
}

/* What was said about cases, in and out. */
#include "platform/linux/store/store_remark.h"
#include "base/limits.h"
#include "platform/linux/store/store_database.h"

otr_status otr_store_put_remarks(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->remark_count; i++) {
        const otr_row_remark *row = &commit->remarks[i];
        otr_bytes event = {row->event.bytes, otr_id_is_zero(row->event) ? 0 : sizeof row->event.bytes};
        status = otr_sql_run(sql, error, OTR_SQL_REMARK_PUT, "diississsbx", row->case_id, (int64_t)row->seq,
                             row->utc, row->asset, row->customer, (int64_t)row->speaker, row->what, row->who,
                             row->text, event, row->body);
    }
    if (status == OTR_OK && commit->remark_count > 0)
        status = otr_sql_run(sql, error, OTR_SQL_REMARK_PRUNE, "i", (int64_t)OTR_LIMIT_REMARK_ROWS);
    return status;
}

otr_status otr_store_remark_of(sqlite3_stmt *statement, otr_row_remark *row, otr_error *error)
{
    int64_t speaker = sqlite3_column_int64(statement, 4);
    *row = (otr_row_remark){
        .case_id = otr_sql_identity(statement, 0),
        .seq = (uint64_t)sqlite3_column_int64(statement, 1),
        .utc = sqlite3_column_int64(statement, 2),
        .asset = otr_sql_text(statement, 3),
        .speaker = (otr_speaker)speaker,
        .what = otr_sql_text(statement, 5),
        .who = otr_sql_text(statement, 6),
        .text = otr_sql_text(statement, 7),
        .event = otr_sql_identity(statement, 8),
        .body = otr_sql_text(statement, 9),
    };
    if (speaker < 0 || speaker >= OTR_SPEAKERS || otr_id_is_zero(row->case_id))
        return otr_fail(error, OTR_CORRUPT, "a remark does not read back");
    return OTR_OK;
}

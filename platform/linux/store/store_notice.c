/* What was decided about telling somebody, in and out. */
#include "platform/linux/store/store_notice.h"
#include "base/limits.h"
#include "platform/linux/store/store_database.h"

/* What its entry says: when that is told alone, another body than the one with which it was decided. */
static otr_str body_of(const otr_commit *commit, const otr_row_notice *notice)
{
    const otr_outbox_fate *fate = commit->fates;
    for (size_t i = 0; i < commit->outbox_count && notice->outbox_seq != 0; i++) {
        const otr_row_outbox *row = &commit->outbox[i];
        bool replaces = !otr_id_is_zero(row->replaces);
        if (row->seq == notice->outbox_seq)
            return replaces && fate->alone && fate->kept ? row->body_alone : notice->body;
        fate += replaces;
    }
    return notice->body;
}

otr_status otr_store_put_notices(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->notice_count; i++) {
        const otr_row_notice *row = &commit->notices[i];
        status =
            otr_sql_run(sql, error, OTR_SQL_NOTICE_PUT, "diissssddssisiiix", row->id, (int64_t)row->revision,
                        (int64_t)row->seq, row->contact, row->asset, row->pack, row->rule, row->alarm,
                        row->case_id, row->category, row->what, (int64_t)row->state, row->reason,
                        row->decided, row->due, (int64_t)row->outbox_seq, body_of(commit, row));
    }
    if (status == OTR_OK && commit->notice_count > 0)
        status = otr_sql_run(sql, error, OTR_SQL_NOTICE_PRUNE, "i", (int64_t)OTR_LIMIT_NOTICE_ROWS);
    return status;
}

otr_status otr_store_notice_of(sqlite3_stmt *statement, otr_notice_found *found, otr_error *error)
{
    int64_t state = sqlite3_column_int64(statement, 11);
    int64_t reason = sqlite3_column_int64(statement, 17);
    *found = (otr_notice_found){
        .row =
            {
                .id = otr_sql_identity(statement, 0),
                .revision = (uint32_t)sqlite3_column_int64(statement, 1),
                .seq = (uint64_t)sqlite3_column_int64(statement, 2),
                .contact = otr_sql_text(statement, 3),
                .asset = otr_sql_text(statement, 4),
                .pack = otr_sql_text(statement, 5),
                .rule = otr_sql_text(statement, 6),
                .alarm = otr_sql_identity(statement, 7),
                .case_id = otr_sql_identity(statement, 8),
                .category = otr_sql_text(statement, 9),
                .what = otr_sql_text(statement, 10),
                .state = (otr_notice_state)state,
                .reason = otr_sql_text(statement, 12),
                .decided = sqlite3_column_int64(statement, 13),
                .due = sqlite3_column_int64(statement, 14),
                .outbox_seq = (uint64_t)sqlite3_column_int64(statement, 15),
                .body = otr_sql_text(statement, 16),
            },
        .left = sqlite3_column_type(statement, 17) != SQLITE_NULL,
        .left_as = (otr_outbox_reason)reason,
        .left_utc = sqlite3_column_type(statement, 18) != SQLITE_NULL ? sqlite3_column_int64(statement, 18)
                                                                      : OTR_TIME_NONE,
        .waiting = sqlite3_column_int(statement, 19) != 0,
    };
    if (state < 0 || state >= OTR_NOTICE_STATES || reason < 0 || reason >= OTR_LEFT_REASONS ||
        otr_id_is_zero(found->row.id))
        return otr_fail(error, OTR_CORRUPT, "a notice row does not read back");
    return OTR_OK;
}

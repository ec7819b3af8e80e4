/*
 * The outbox within a transaction: what leaves and why, what comes, and which of its two bodies an entry has
 * that takes the place of another.
 */
#include "platform/linux/store/store_database.h"

typedef struct gone {
    uint64_t bytes;
    otr_id event;
    bool retain;
} gone;

/* NOT_FOUND when it left before, for the reason recorded then. */
static otr_status delete_entry(otr_sql *sql, uint64_t seq, gone *out, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_OUTBOX_DELETE, "i", (int64_t)seq);
    otr_status status = otr_sql_next(sql, row, error);
    if (status != OTR_OK)
        return status;
    out->bytes = (uint64_t)sqlite3_column_int64(row, 0) + OTR_STORE_OUTBOX_BYTES;
    out->event = otr_sql_identity(row, 1);
    out->retain = sqlite3_column_int(row, 2) != 0;
    status = otr_sql_next(sql, row, error); /* the deletion is complete when the row after it was asked for */
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* A state leaves without a record, or the states of a day would push out the reasons of a month: only its
 * number must not come again. The event is kept where it matters: of what was not told. */
static otr_status record(otr_database *database, const otr_commit *commit, const otr_outbox_left *left,
                         otr_id event, bool retain, otr_error *error)
{
    otr_store_state *state = &database->state;
    if (!retain) {
        bool keep = left->reason != OTR_LEFT_ACCEPTED && left->reason != OTR_LEFT_FORGOTTEN;
        otr_bytes id = {event.bytes, keep ? sizeof event.bytes : 0};
        state->left_rows++;
        return otr_sql_run(&database->sql, error, OTR_SQL_LEFT_INSERT, "iiibi", (int64_t)left->seq,
                           (int64_t)left->reason, commit->core_time, id, left->utc);
    }
    if (left->seq < state->outbox_floor)
        return OTR_OK;
    state->outbox_floor = left->seq + 1;
    return otr_sql_run(&database->sql, error, OTR_SQL_META_PUT, "si", OTR_STR("outbox_floor"),
                       (int64_t)state->outbox_floor);
}

otr_status otr_store_leave(otr_database *database, const otr_commit *commit, const otr_outbox_left *left,
                           otr_error *error)
{
    gone entry;
    otr_status status = delete_entry(&database->sql, left->seq, &entry, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    database->state.outbox_rows--;
    database->state.outbox_bytes -= entry.bytes;
    return record(database, commit, left, entry.event, entry.retain, error);
}

otr_status otr_store_take_left(otr_database *database, const otr_commit *commit, uint64_t from,
                               otr_error *error)
{
    otr_store_state *state = &database->state;
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->left_count; i++)
        if (commit->left[i].seq >= from)
            status = otr_store_leave(database, commit, &commit->left[i], error);
    if (status != OTR_OK || state->left_rows < OTR_STORE_LEFT_ROWS + OTR_STORE_LEFT_SLACK)
        return status;
    status = otr_sql_run(&database->sql, error, OTR_SQL_LEFT_PRUNE, "i",
                         (int64_t)(state->left_rows - OTR_STORE_LEFT_ROWS));
    state->left_rows = OTR_STORE_LEFT_ROWS;
    return status;
}

otr_status otr_store_put_outbox(otr_sql *sql, const otr_row_outbox *row, otr_str body, otr_error *error)
{
    return otr_sql_run(sql, error, OTR_SQL_OUTBOX_INSERT, "idxii", otr_store_outbox_key(row->class, row->seq),
                       row->event, body, (int64_t)row->handed, (int64_t)row->retain);
}

static otr_status add(otr_database *database, const otr_row_outbox *row, otr_str body, otr_error *error)
{
    database->state.outbox_rows++;
    database->state.outbox_bytes += body.size + OTR_STORE_OUTBOX_BYTES;
    return otr_store_put_outbox(&database->sql, row, body, error);
}

/* What a remark said, once more. */
static otr_status add_again(otr_database *database, const otr_row_outbox *row, otr_error *error)
{
    sqlite3_stmt *added = otr_sql_start(&database->sql, OTR_SQL_REMARK_RESEND, "id",
                                        otr_store_outbox_key(row->class, row->seq), row->event);
    otr_status status = otr_sql_next(&database->sql, added, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    database->state.outbox_rows++;
    database->state.outbox_bytes += (uint64_t)sqlite3_column_int64(added, 0) + OTR_STORE_OUTBOX_BYTES;
    status = otr_sql_next(&database->sql, added, error); /* complete when the row after it was asked for */
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* Whether the entry of an event may have been told; *waiting is its sequence when it was not and still may
 * be. One that nobody remembers is taken for told: a correction too many is better than one too few. */
static otr_status was_told(otr_sql *sql, otr_id event, bool *told, uint64_t *waiting, otr_error *error)
{
    *told = true;
    *waiting = 0;
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_OUTBOX_OF_EVENT, "d", event);
    otr_status status = otr_sql_next(sql, row, error);
    if (status == OTR_OK) {
        *told = sqlite3_column_int(row, 1) != 0;
        *waiting = *told ? 0 : (uint64_t)sqlite3_column_int64(row, 0);
        otr_sql_end(row);
        return OTR_OK;
    }
    if (status != OTR_NOT_FOUND)
        return status;
    row = otr_sql_start(sql, OTR_SQL_LEFT_UNTOLD, "d", event);
    status = otr_sql_next(sql, row, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_OK : status;
    *told = false;
    otr_sql_end(row);
    return OTR_OK;
}

static otr_status put_replacing(otr_database *database, const otr_commit *commit, const otr_row_outbox *row,
                                otr_outbox_fate *fate, otr_error *error)
{
    OTR_ASSERT(row->replaced_as == OTR_LEFT_SUPERSEDED || row->replaced_as == OTR_LEFT_RETRACTED);
    bool told;
    *fate = (otr_outbox_fate){.kept = true};
    otr_status status = was_told(&database->sql, row->replaces, &told, &fate->replaced, error);
    if (status != OTR_OK || told)
        return status == OTR_OK ? add(database, row, row->body, error) : status;
    fate->alone = true;
    fate->kept = row->body_alone.size > 0;
    otr_outbox_left left = {fate->replaced, row->replaced_as, commit->utc};
    if (fate->replaced != 0)
        status = otr_store_leave(database, commit, &left, error);
    if (status != OTR_OK)
        return status;
    left.seq = row->seq;
    return fate->kept ? add(database, row, row->body_alone, error)
                      : record(database, commit, &left, row->event, row->retain, error);
}

otr_status otr_store_put_entries(otr_database *database, const otr_commit *commit, otr_error *error)
{
    uint64_t first = UINT64_MAX;
    otr_outbox_fate *fate = commit->fates;
    otr_status status = OTR_OK;
    /* Before anything is replaced: what the link has had is told. */
    for (size_t i = 0; status == OTR_OK && i < commit->handed_count; i++)
        status = otr_sql_run(&database->sql, error, OTR_SQL_OUTBOX_HAND, "i", (int64_t)commit->handed[i]);
    for (size_t i = 0; status == OTR_OK && i < commit->outbox_count; i++) {
        const otr_row_outbox *row = &commit->outbox[i];
        if (row->again)
            status = add_again(database, row, error);
        else
            status = otr_id_is_zero(row->replaces) ? add(database, row, row->body, error)
                                                   : put_replacing(database, commit, row, fate++, error);
        first = row->seq < first ? row->seq : first;
    }
    /* An entry may come and leave in one commit. */
    return status == OTR_OK ? otr_store_take_left(database, commit, first, error) : status;
}

otr_status otr_store_outbox_of(sqlite3_stmt *statement, otr_row_outbox *row, otr_error *error)
{
    int64_t key = sqlite3_column_int64(statement, 0);
    *row = (otr_row_outbox){
        .seq = (uint64_t)(key & (((int64_t)1 << OTR_STORE_CLASS_SHIFT) - 1)),
        .class = (otr_outbox_class)(key >> OTR_STORE_CLASS_SHIFT),
        .event = otr_sql_identity(statement, 1),
        .body = otr_sql_text(statement, 2),
    };
    if (sqlite3_column_count(statement) > 3) { /* an older version's has no more */
        row->handed = sqlite3_column_int(statement, 3) != 0;
        row->retain = sqlite3_column_int(statement, 4) != 0;
    }
    if (key < 0 || key >> OTR_STORE_CLASS_SHIFT >= OTR_OUTBOX_CLASSES)
        return otr_fail(error, OTR_CORRUPT, "an outbox row does not read back");
    return OTR_OK;
}

int64_t otr_store_outbox_key(otr_outbox_class class, uint64_t seq)
{
    return (int64_t) class << OTR_STORE_CLASS_SHIFT | (int64_t)seq;
}

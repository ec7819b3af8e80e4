/* Orders as they came, in and out. */
#include "base/limits.h"
#include "platform/linux/store/store_database.h"
#include "platform/linux/store/store_reader.h"

otr_status otr_store_put_orders(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->order_count; i++) {
        const otr_row_order *row = &commit->orders[i];
        status = otr_sql_run(sql, error, OTR_SQL_ORDER_PUT, "iidiiiissss", (int64_t)row->seq, row->utc,
                             row->key, (int64_t)row->counter, (int64_t)row->role, (int64_t)row->taken,
                             (int64_t)row->more, row->who, row->verb, row->about, row->outcome);
    }
    if (status == OTR_OK && commit->order_count > 0)
        status = otr_sql_run(sql, error, OTR_SQL_ORDER_PRUNE, "i", (int64_t)OTR_LIMIT_ORDER_ROWS);
    return status;
}

static otr_status order_of(sqlite3_stmt *statement, otr_row_order *row, otr_error *error)
{
    int64_t role = sqlite3_column_int64(statement, 5);
    *row = (otr_row_order){
        .seq = (uint64_t)sqlite3_column_int64(statement, 1),
        .utc = sqlite3_column_int64(statement, 2),
        .key = otr_sql_identity(statement, 3),
        .counter = (uint64_t)sqlite3_column_int64(statement, 4),
        .role = (otr_role)role,
        .taken = sqlite3_column_int(statement, 6) != 0,
        .more = (uint32_t)sqlite3_column_int64(statement, 7),
        .who = otr_sql_text(statement, 8),
        .verb = otr_sql_text(statement, 9),
        .about = otr_sql_text(statement, 10),
        .outcome = otr_sql_text(statement, 11),
    };
    return role >= 0 && role < OTR_ROLE_COUNT ? OTR_OK
                                              : otr_fail(error, OTR_CORRUPT, "an order does not read back");
}

otr_status otr_store_reader_orders(otr_store_reader *reader, uint64_t before, size_t limit, void *context,
                                   otr_status (*each)(void *context, uint64_t number,
                                                      const otr_row_order *row),
                                   otr_error *error)
{
    otr_sql *sql = otr_store_reader_sql(reader);
    int64_t from = before < INT64_MAX ? (int64_t)before : INT64_MAX;
    sqlite3_stmt *found = otr_sql_start(sql, OTR_SQL_ORDERS_BEFORE, "ii", from, (int64_t)limit);
    otr_status status;
    while ((status = otr_sql_next(sql, found, error)) == OTR_OK) {
        otr_row_order row;
        status = order_of(found, &row, error);
        if (status == OTR_OK)
            status = each(context, (uint64_t)sqlite3_column_int64(found, 0), &row);
        if (status != OTR_OK) {
            otr_sql_end(found);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

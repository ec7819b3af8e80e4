#include "platform/linux/store/store_reader.h"

#include "core/desk/desk_act.h"
#include "platform/linux/store/store_remark.h"

#include "platform/linux/store/store_database.h"

#include <stdlib.h>

struct otr_store_reader {
    otr_sql sql;
    otr_buffer rows; /* read and not yet handed over: seq, core time, batch */
};

otr_status otr_store_reader_open(otr_str folder, otr_store_reader **out, otr_error *error)
{
    otr_store_files files;
    otr_store_reader *reader = calloc(1, sizeof *reader);
    *out = NULL;
    if (reader == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = otr_store_files_init(&files, folder, 0, error);
    if (status == OTR_OK && !otr_store_exists(files.database))
        status = otr_fail(error, OTR_NOT_FOUND, "%s does not exist", files.database);
    if (status == OTR_OK)
        status = otr_sql_open(&reader->sql, files.database, SQLITE_OPEN_READONLY, NULL, error);
    if (status == OTR_OK)
        status = otr_sql_script(&reader->sql, "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -384", error,
                                "configuring the reader");
    int64_t version = 0;
    if (status == OTR_OK)
        status = otr_sql_integers(&reader->sql, error, OTR_SQL_READER_VERSION, &version, 1);
    if (status == OTR_OK && version != OTR_STORE_VERSION)
        status = otr_fail(error, OTR_INVALID, "the database has version %lld, this program reads %d",
                          (long long)version, OTR_STORE_VERSION);
    if (status == OTR_OK)
        *out = reader;
    else
        otr_store_reader_close(reader);
    return status;
}

void otr_store_reader_close(otr_store_reader *reader)
{
    if (reader == NULL)
        return;
    otr_sql_close(&reader->sql, true);
    otr_buffer_done(&reader->rows);
    free(reader);
}

otr_sql *otr_store_reader_sql(otr_store_reader *reader)
{
    return &reader->sql;
}

otr_status otr_store_reader_names(otr_store_reader *reader, void *context,
                                  otr_status (*each)(void *context, const otr_row_name *row),
                                  otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_NAMES_ALL, "");
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_row_name name = {
            .space = (otr_name_space)sqlite3_column_int(row, 0),
            .number = (uint32_t)sqlite3_column_int64(row, 1),
            .name = otr_sql_text(row, 2),
        };
        status = each(context, &name);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

static otr_row_content content_of(sqlite3_stmt *row)
{
    return (otr_row_content){
        .slot = otr_sql_text(row, 0),
        .seq = (uint64_t)sqlite3_column_int64(row, 1),
        .hash = otr_sql_text(row, 2),
        .bytes = otr_sql_text(row, 3),
    };
}

otr_status otr_store_reader_contents(otr_store_reader *reader, void *context,
                                     otr_status (*each)(void *context, const otr_row_content *row),
                                     otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_CONTENTS_ACTIVE, "");
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_row_content content = content_of(row);
        if (content.hash.size == 0)
            continue; /* the slot was emptied */
        status = each(context, &content);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_store_reader_incarnation(otr_store_reader *reader, otr_id *out, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_META_GET, "s", OTR_STR("incarnation"));
    otr_status status = otr_sql_next(&reader->sql, row, error);
    if (status != OTR_OK)
        return status;
    *out = otr_sql_identity(row, 0);
    otr_sql_end(row);
    return OTR_OK;
}

otr_status otr_store_reader_assignments(otr_store_reader *reader, uint64_t seq, void *context,
                                        otr_status (*each)(void *context, const otr_row_content *row),
                                        otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_ASSIGNMENTS_BEFORE, "i", (int64_t)seq);
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_row_content content = content_of(row);
        status = each(context, &content);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_store_reader_content_since(otr_store_reader *reader, otr_str slot, uint64_t seq, void *context,
                                          otr_status (*each)(void *context, const otr_row_content *row),
                                          otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_CONTENT_SINCE, "si", slot, (int64_t)seq);
    otr_status status = otr_sql_next(&reader->sql, row, error);
    if (status != OTR_OK)
        return status;
    otr_row_content content = content_of(row);
    status = each(context, &content);
    otr_sql_end(row);
    return status;
}

otr_status otr_store_reader_served(otr_store_reader *reader, otr_str asset, uint64_t seq, void *context,
                                   otr_status (*each)(void *context, otr_str device), otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_SERVED_AT, "si", asset, (int64_t)seq);
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        status = each(context, otr_sql_text(row, 0));
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_store_reader_ended(otr_store_reader *reader, otr_str asset, uint64_t since, uint64_t seq,
                                  bool *out, otr_error *error)
{
    sqlite3_stmt *row =
        otr_sql_start(&reader->sql, OTR_SQL_READER_SERVED_ENDED, "sii", asset, (int64_t)since, (int64_t)seq);
    otr_status status = otr_sql_next(&reader->sql, row, error);
    if (status != OTR_OK)
        return status;
    *out = sqlite3_column_int(row, 0) != 0;
    otr_sql_end(row);
    return OTR_OK;
}

otr_status otr_store_reader_content(otr_store_reader *reader, otr_str slot, uint64_t seq, void *context,
                                    otr_status (*each)(void *context, const otr_row_content *row),
                                    otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_CONTENT, "si", slot, (int64_t)seq);
    otr_status status = otr_sql_next(&reader->sql, row, error);
    if (status != OTR_OK)
        return status;
    otr_row_content content = content_of(row);
    status = content.bytes.data != NULL ? each(context, &content) : OTR_NOT_FOUND;
    otr_sql_end(row);
    return status;
}

otr_status otr_store_reader_knows(otr_store_reader *reader, otr_str customer, bool *out, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_CUSTOMER, "s", customer);
    otr_status status = otr_sql_next(&reader->sql, row, error);
    if (status != OTR_OK)
        return status;
    *out = sqlite3_column_int(row, 0) != 0;
    otr_sql_end(row);
    return OTR_OK;
}

static otr_status each_alarm(otr_store_reader *reader, sqlite3_stmt *row, void *context,
                             otr_status (*each)(void *context, const otr_row_alarm *row), otr_error *error)
{
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_row_alarm alarm;
        status = otr_store_alarm_of(row, &alarm, error);
        if (status == OTR_OK)
            status = each(context, &alarm);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_store_reader_alarms(otr_store_reader *reader, otr_str hex, size_t limit, void *context,
                                   otr_status (*each)(void *context, const otr_row_alarm *row),
                                   otr_error *error)
{
    return each_alarm(reader, otr_sql_start(&reader->sql, OTR_SQL_READER_ALARMS, "si", hex, (int64_t)limit),
                      context, each, error);
}

otr_status otr_store_reader_alarm(otr_store_reader *reader, otr_id id, void *context,
                                  otr_status (*each)(void *context, const otr_row_alarm *row),
                                  otr_error *error)
{
    return each_alarm(reader, otr_sql_start(&reader->sql, OTR_SQL_READER_ALARM, "d", id), context, each,
                      error);
}

otr_status otr_store_reader_case(otr_store_reader *reader, otr_id id, void *context,
                                 otr_status (*each)(void *context, const otr_row_case *row), otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_CASE, "d", id);
    otr_row_case found;
    otr_status status = otr_sql_next(&reader->sql, row, error);
    if (status != OTR_OK)
        return status;
    status = otr_store_case_of(row, &found, error);
    if (status == OTR_OK)
        status = each(context, &found);
    otr_sql_end(row);
    return status;
}

static otr_status each_notice(otr_store_reader *reader, sqlite3_stmt *row, void *context,
                              otr_notice_each each, otr_error *error)
{
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_notice_found notice;
        status = otr_store_notice_of(row, &notice, error);
        if (status == OTR_OK)
            status = each(context, &notice);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_store_reader_notices(otr_store_reader *reader, otr_str asset, otr_time from, otr_time to,
                                    void *context, otr_notice_each each, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_NOTICES_OF_ASSET, "sii", asset, from, to);
    return each_notice(reader, row, context, each, error);
}

otr_status otr_store_reader_contact(otr_store_reader *reader, otr_str contact, size_t limit, void *context,
                                    otr_notice_each each, otr_error *error)
{
    sqlite3_stmt *row =
        otr_sql_start(&reader->sql, OTR_SQL_NOTICES_OF_CONTACT, "si", contact, (int64_t)limit);
    return each_notice(reader, row, context, each, error);
}

otr_status otr_store_reader_notice(otr_store_reader *reader, otr_str hex, size_t limit, void *context,
                                   otr_notice_each each, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_NOTICES_BY_ID, "si", hex, (int64_t)limit);
    return each_notice(reader, row, context, each, error);
}

otr_status otr_store_reader_proofs(otr_store_reader *reader, void *context,
                                   otr_status (*each)(void *context, const otr_proof_found *proof),
                                   otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_PROOFS_ALL, "");
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_proof_found proof;
        otr_store_proof_of(row, &proof);
        status = each(context, &proof);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_store_reader_proof(otr_store_reader *reader, otr_id proof, void *context,
                                  otr_status (*each)(void *context, const otr_proof_entry_found *entry),
                                  otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_PROOF_ENTRIES_OF, "d", proof);
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_proof_entry_found entry;
        status = otr_store_proof_entry_of(row, &entry, error);
        if (status == OTR_OK)
            status = each(context, &entry);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

static bool begins(otr_id id, otr_str hex)
{
    char text[OTR_ID_TEXT_BYTES];
    otr_id_format(id, text);
    return otr_str_starts(otr_str_of(text), hex);
}

otr_status otr_store_reader_find_case(otr_store_reader *reader, otr_str hex, otr_id *out, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_CASE_IDS, "");
    otr_status status;
    size_t found = 0;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_id id = otr_sql_identity(row, 0);
        if (!begins(id, hex) && !begins(otr_ticket_of(id), hex))
            continue;
        *out = id;
        found++;
    }
    if (status != OTR_NOT_FOUND || found == 0)
        return status;
    return found == 1 ? OTR_OK : otr_fail(error, OTR_INVALID, "%zu cases begin with that", found);
}

otr_status otr_store_reader_remarks(otr_store_reader *reader, otr_id case_id, void *context,
                                    otr_status (*each)(void *context, const otr_row_remark *row),
                                    otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_REMARKS_OF_CASE, "d", case_id);
    otr_status status;
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        otr_row_remark remark;
        status = otr_store_remark_of(row, &remark, error);
        if (status == OTR_OK)
            status = each(context, &remark);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_store_reader_last(otr_store_reader *reader, uint64_t *last_seq, otr_error *error)
{
    int64_t last = 0;
    otr_status status = otr_sql_integers(&reader->sql, error, OTR_SQL_READER_LAST, &last, 1);
    *last_seq = (uint64_t)last;
    return status;
}

otr_status otr_store_reader_seq_at(otr_store_reader *reader, otr_time core_time, uint64_t *seq,
                                   otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_SEQ_AT, "i", core_time);
    otr_status status = otr_sql_next(&reader->sql, row, error);
    if (status != OTR_OK)
        return status;
    *seq = (uint64_t)sqlite3_column_int64(row, 0);
    otr_sql_end(row);
    return OTR_OK;
}

/* Reads rows into the buffer, within one transaction. */
static otr_status gather(otr_store_reader *reader, sqlite3_stmt *row, size_t bytes, otr_error *error)
{
    otr_status status;
    otr_buffer_clear(&reader->rows);
    while ((status = otr_sql_next(&reader->sql, row, error)) == OTR_OK) {
        int64_t seq = sqlite3_column_int64(row, 0);
        otr_bytes batch = otr_sql_blob(row, 3);
        if ((int64_t)otr_store_checksum(batch) != sqlite3_column_int64(row, 2))
            status =
                otr_fail(error, OTR_CORRUPT, "the journal row at %lld has a wrong checksum", (long long)seq);
        otr_buffer_add_varint(&reader->rows, (uint64_t)seq);
        otr_buffer_add_signed(&reader->rows, sqlite3_column_int64(row, 1));
        otr_buffer_add_str(&reader->rows, (otr_str){(const char *)batch.data, batch.size});
        if (reader->rows.failed)
            status = otr_fail(error, OTR_MEMORY, "out of memory");
        if (status != OTR_OK || reader->rows.size >= bytes) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

typedef otr_status (*batch_each)(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch);

static otr_status hand_over(otr_store_reader *reader, uint64_t *after, void *context, batch_each each)
{
    otr_status status = OTR_OK;
    otr_reader rows = otr_reader_of(otr_buffer_bytes(&reader->rows));
    if (reader->rows.size == 0)
        return OTR_NOT_FOUND;
    while (status == OTR_OK && otr_reader_left(&rows) > 0) {
        *after = otr_reader_varint(&rows);
        otr_time core_time = otr_reader_signed(&rows);
        otr_str batch = otr_reader_str(&rows);
        OTR_ASSERT(!rows.failed);
        status = each(context, *after, core_time, (otr_bytes){(const uint8_t *)batch.data, batch.size});
    }
    return status;
}

otr_status otr_store_reader_batches(otr_store_reader *reader, uint64_t *after, uint64_t last_seq,
                                    void *context, batch_each each, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_BATCHES, "iii", (int64_t)*after,
                                      (int64_t)last_seq, (int64_t)OTR_STORE_READ_ROWS);
    otr_status status = gather(reader, row, OTR_STORE_READ_BYTES, error);
    return status == OTR_OK ? hand_over(reader, after, context, each) : status;
}

otr_status otr_store_reader_batches_at(otr_store_reader *reader, uint64_t seq, uint64_t last_seq,
                                       size_t bytes, void *context, batch_each each, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(&reader->sql, OTR_SQL_READER_BATCHES_AT, "iii", (int64_t)seq,
                                      (int64_t)last_seq, (int64_t)OTR_STORE_READ_ROWS);
    otr_status status = gather(reader, row, bytes, error);
    if (status == OTR_OK)
        status = hand_over(reader, &seq, context, each);
    otr_buffer_done(&reader->rows); /* of who reads now and then, for years */
    return status;
}

#include "platform/linux/store/store_salvage.h"

static void raise_floor(uint64_t *floor, int64_t value)
{
    if (value > 0 && (uint64_t)value > *floor)
        *floor = (uint64_t)value;
}

void otr_salvage_measure(otr_salvage *from)
{
    otr_error ignored;
    int64_t last[2];
    int64_t first;
    int64_t snapshot[3];
    int64_t chunks[9];
    int64_t left[2];
    otr_loss *loss = &from->loss;
    sqlite3_stmt *row = otr_sql_start(&from->old, OTR_SQL_META_GET, "s", OTR_STR("incarnation"));
    if (otr_sql_next(&from->old, row, &ignored) == OTR_OK) {
        from->incarnation = otr_sql_identity(row, 0);
        otr_sql_end(row);
    }
    row = otr_sql_start(&from->old, OTR_SQL_META_GET, "s", OTR_STR("outbox_floor"));
    if (otr_sql_next(&from->old, row, &ignored) == OTR_OK) {
        raise_floor(&from->floors.outbox_seq, sqlite3_column_int64(row, 0));
        otr_sql_end(row);
    }
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_JOURNAL_FIRST, &first, 1);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_JOURNAL_LAST, last, 2);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_SNAPSHOT_NEWEST, snapshot, 3);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_CHUNK_TOTALS, chunks, 9);
    (void)otr_sql_integers(&from->old, &ignored, OTR_SQL_LEFT_TOTALS, left, 2);
    loss->first_seq = (uint64_t)(first > 0 ? first : chunks[6]);
    loss->last_seq = (uint64_t)(last[0] > 0 ? last[0] - 1 : chunks[5]);
    loss->readings = (uint64_t)chunks[3];
    if (chunks[0] > 0) {
        loss->first_core = chunks[7];
        loss->last_core = chunks[8];
    }
    if (last[0] > 0)
        loss->last_core = last[1];
    row = otr_sql_start(&from->old, OTR_SQL_TAIL_TOTALS, "i", chunks[5]);
    if (otr_sql_next(&from->old, row, &ignored) == OTR_OK) {
        loss->readings += (uint64_t)sqlite3_column_int64(row, 2);
        if (chunks[0] == 0 && sqlite3_column_int64(row, 0) > 0)
            loss->first_core = sqlite3_column_int64(row, 3);
        otr_sql_end(row);
    }
    raise_floor(&from->floors.seq, last[0]);
    raise_floor(&from->floors.seq, chunks[5] + 1);
    raise_floor(&from->floors.seq, snapshot[0] + 1);
    raise_floor(&from->floors.outbox_seq, left[1] + 1);
    from->floors.core = last[1] > snapshot[1] ? last[1] : snapshot[1];
}

static otr_status save_alarm(otr_salvage *from, sqlite3_stmt *row)
{
    otr_row_alarm alarm;
    if (otr_store_alarm_of(row, &alarm, NULL) != OTR_OK)
        return OTR_OK;
    raise_floor(&from->floors.seq, (int64_t)alarm.seq + 1);
    from->rows++;
    return otr_store_put_alarm(from->fresh, &alarm, NULL);
}

static otr_status save_case(otr_salvage *from, sqlite3_stmt *row)
{
    otr_row_case found;
    if (otr_store_case_of(row, &found, NULL) != OTR_OK)
        return OTR_OK;
    raise_floor(&from->floors.seq, (int64_t)found.seq + 1);
    from->rows++;
    return otr_store_put_case(from->fresh, &found, NULL);
}

static otr_status save_outbox(otr_salvage *from, sqlite3_stmt *row)
{
    otr_row_outbox entry;
    if (otr_store_outbox_of(row, &entry, NULL) != OTR_OK)
        return OTR_OK;
    raise_floor(&from->floors.outbox_seq, (int64_t)entry.seq + 1);
    from->rows++;
    return otr_store_put_outbox(from->fresh, &entry, entry.body, NULL);
}

static otr_status save_loss(otr_salvage *from, sqlite3_stmt *row)
{
    otr_loss loss = {
        .reason = otr_sql_text(row, 1),
        .first_seq = (uint64_t)sqlite3_column_int64(row, 2),
        .last_seq = (uint64_t)sqlite3_column_int64(row, 3),
        .readings = (uint64_t)sqlite3_column_int64(row, 4),
        .first_core = sqlite3_column_int64(row, 5),
        .last_core = sqlite3_column_int64(row, 6),
    };
    return otr_store_record_loss(from->fresh, from->incarnation, &loss, NULL);
}

static otr_status save_proof(otr_salvage *from, sqlite3_stmt *row)
{
    from->rows++;
    return otr_store_save_proof(from->fresh, row);
}

static otr_status save_proof_entry(otr_salvage *from, sqlite3_stmt *row)
{
    from->rows++;
    return otr_store_save_proof_entry(from->fresh, row);
}

static const struct {
    otr_sql_id rows;
    otr_status (*save)(otr_salvage *from, sqlite3_stmt *row);
} tables[] = {
    [OTR_SALVAGE_ALARMS] = {OTR_SQL_ALARMS_OPEN, save_alarm},
    [OTR_SALVAGE_CASES] = {OTR_SQL_CASES_OPEN, save_case},
    [OTR_SALVAGE_OUTBOX] = {OTR_SQL_OUTBOX_ALL, save_outbox},
    [OTR_SALVAGE_OUTBOX_WHOLE] = {OTR_SQL_OUTBOX_WHOLE, save_outbox},
    [OTR_SALVAGE_LOSSES] = {OTR_SQL_LOSSES_UNREPORTED, save_loss},
    [OTR_SALVAGE_PROOFS] = {OTR_SQL_PROOFS_ALL, save_proof},
    [OTR_SALVAGE_PROOF_ENTRIES] = {OTR_SQL_PROOF_ENTRIES_ALL, save_proof_entry},
};

otr_status otr_salvage_rows(otr_salvage *from, otr_salvage_table table, otr_error *error)
{
    otr_status status;
    sqlite3_stmt *row = otr_sql_start(&from->old, tables[table].rows, "");
    while ((status = otr_sql_next(&from->old, row, error)) == OTR_OK) {
        if (tables[table].save(from, row) == OTR_OK)
            continue;
        if ((sqlite3_errcode(from->fresh->handle) & 0xFF) == SQLITE_CONSTRAINT)
            continue; /* twice in a broken table */
        otr_sql_end(row);
        return otr_sql_fail(from->fresh, error, "saving rows");
    }
    return status == OTR_MEMORY ? status : OTR_OK;
}

bool otr_salvage_reads(otr_salvage *from, otr_salvage_table table)
{
    otr_error ignored;
    otr_status status;
    sqlite3_stmt *row = otr_sql_start(&from->old, tables[table].rows, "");
    while ((status = otr_sql_next(&from->old, row, &ignored)) == OTR_OK)
        continue;
    return status == OTR_NOT_FOUND;
}

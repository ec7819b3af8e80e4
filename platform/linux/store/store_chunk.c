/*
 * Chunks: ranges of journal rows with their totals and, per device, the list of rows that hold readings of
 * it. Made from the device lists of the rows, so nothing about them has to be kept in memory between commits.
 */
#include "platform/linux/store/store_database.h"

#include <stdlib.h>
#include <string.h>

typedef struct entry {
    uint32_t device;
    uint32_t row; /* index into seqs */
} entry;

typedef struct building {
    uint64_t *seqs;
    size_t row_count;
    size_t row_capacity;
    entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    int64_t totals[7]; /* as chunk_insert has them after the id */
} building;

static int ascending(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* Sorted, most differences take one byte. Without memory for that any order reads back. */
void otr_store_devices_write(otr_buffer *out, const uint32_t *devices, size_t count)
{
    uint32_t *sorted = count > 1 ? reallocarray(NULL, count, sizeof *sorted) : NULL;
    if (sorted != NULL) {
        memcpy(sorted, devices, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, ascending);
        devices = sorted;
    }
    int64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        otr_buffer_add_signed(out, (int64_t)devices[i] - last);
        last = devices[i];
    }
    free(sorted);
}

/* Runs over every row of a scan: no calls in the loop, and a list that does not read back has no further
 * devices. */
bool otr_store_devices_have(otr_bytes devices, uint32_t device)
{
    uint64_t value = 0;
    unsigned shift = 0;
    int64_t at = 0;
    for (size_t i = 0; i < devices.size; i++) {
        value |= (uint64_t)(devices.data[i] & 0x7F) << shift;
        if (devices.data[i] >= 0x80) {
            shift += 7;
            if (shift > 35)
                return false;
            continue;
        }
        at += (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
        if (at == (int64_t)device)
            return true;
        value = 0;
        shift = 0;
    }
    return false;
}

/* Room for one more element; the array doubles. */
static bool grow(void **array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t wanted = *capacity == 0 ? 1024 : *capacity * 2;
    void *larger = reallocarray(*array, wanted, size);
    if (larger == NULL)
        return false;
    *array = larger;
    *capacity = wanted;
    return true;
}

static otr_status take_devices(building *chunk, otr_bytes devices, otr_error *error)
{
    otr_reader reader = otr_reader_of(devices);
    int64_t at = 0;
    while (otr_reader_left(&reader) > 0) {
        at += otr_reader_signed(&reader);
        if (reader.failed || at < 0 || at > UINT32_MAX)
            return otr_fail(error, OTR_CORRUPT, "a device list of the journal does not read back");
        if (!grow((void **)&chunk->entries, chunk->entry_count, &chunk->entry_capacity, sizeof(entry)))
            return otr_fail(error, OTR_MEMORY, "no memory for a chunk");
        chunk->entries[chunk->entry_count++] = (entry){(uint32_t)at, (uint32_t)(chunk->row_count - 1)};
    }
    return OTR_OK;
}

static otr_status take_row(building *chunk, sqlite3_stmt *row, otr_error *error)
{
    if (!grow((void **)&chunk->seqs, chunk->row_count, &chunk->row_capacity, sizeof(uint64_t)))
        return otr_fail(error, OTR_MEMORY, "no memory for a chunk");
    int64_t seq = sqlite3_column_int64(row, 0);
    int64_t core = sqlite3_column_int64(row, 2);
    otr_bytes devices = otr_sql_blob(row, 5);
    if (chunk->row_count == 0) {
        chunk->totals[0] = seq;
        chunk->totals[2] = core;
    }
    chunk->totals[1] = seq + sqlite3_column_int64(row, 1) - 1;
    chunk->totals[3] = core;
    chunk->totals[4]++;
    chunk->totals[5] += sqlite3_column_int64(row, 4) + (int64_t)devices.size;
    chunk->totals[6] += sqlite3_column_int64(row, 3);
    chunk->seqs[chunk->row_count++] = (uint64_t)seq;
    return take_devices(chunk, devices, error);
}

static int by_device(const void *a, const void *b)
{
    const entry *left = a;
    const entry *right = b;
    if (left->device != right->device)
        return left->device < right->device ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

static otr_status write_postings(otr_database *database, building *chunk, otr_error *error)
{
    otr_buffer *out = &database->scratch;
    if (chunk->entry_count > 1)
        qsort(chunk->entries, chunk->entry_count, sizeof(entry), by_device);
    for (size_t i = 0; i < chunk->entry_count;) {
        uint32_t device = chunk->entries[i].device;
        uint64_t last = (uint64_t)chunk->totals[0];
        otr_buffer_clear(out);
        for (; i < chunk->entry_count && chunk->entries[i].device == device; i++) {
            uint64_t seq = chunk->seqs[chunk->entries[i].row];
            otr_buffer_add_varint(out, seq - last);
            last = seq;
        }
        if (out->failed)
            return otr_fail(error, OTR_MEMORY, "no memory for a chunk");
        otr_status status =
            otr_sql_run(&database->sql, error, OTR_SQL_POSTING_INSERT, "ib",
                        (int64_t)(database->state.next_chunk << 32 | device), otr_buffer_bytes(out));
        if (status != OTR_OK)
            return status;
    }
    return OTR_OK;
}

static otr_status build(otr_database *database, building *chunk, uint64_t last_seq, otr_error *error)
{
    otr_sql *sql = &database->sql;
    sqlite3_stmt *row =
        otr_sql_start(sql, OTR_SQL_CHUNK_ROWS, "ii", (int64_t)database->state.chunked_seq, (int64_t)last_seq);
    otr_status status;
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK) {
        status = take_row(chunk, row, error);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    if (status != OTR_NOT_FOUND)
        return status;
    if (chunk->row_count == 0)
        return OTR_OK;
    const int64_t *totals = chunk->totals;
    status = otr_sql_run(sql, error, OTR_SQL_CHUNK_INSERT, "iiiiiiii", (int64_t)database->state.next_chunk,
                         totals[0], totals[1], totals[2], totals[3], totals[4], totals[5], totals[6]);
    if (status == OTR_OK)
        status = write_postings(database, chunk, error);
    if (status != OTR_OK)
        return status;
    database->state.next_chunk++;
    database->state.chunked_seq = (uint64_t)totals[1];
    database->state.tail_rows -= (uint64_t)totals[4];
    database->state.tail_bytes -= (uint64_t)totals[5];
    return OTR_OK;
}

otr_status otr_store_chunk_close(otr_database *database, uint64_t last_seq, otr_error *error)
{
    building chunk = {0};
    otr_status status = build(database, &chunk, last_seq, error);
    free(chunk.seqs);
    free(chunk.entries);
    return status;
}

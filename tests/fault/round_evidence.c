/* What must hold of evidence after a round. */
#include "base/hash.h"
#include "platform/linux/system/evidence_key.h"
#include "round.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static otr_buffer bytes_of(sqlite3_stmt *row, const int *columns, size_t count)
{
    otr_buffer bytes = {0};
    for (size_t i = 0; i < count; i++)
        otr_buffer_add(&bytes, sqlite3_column_blob(row, columns[i]),
                       (size_t)sqlite3_column_bytes(row, columns[i]));
    return bytes;
}

/* The head of an entry, made anew: of head, header and the seal of salt and content. */
static otr_digest head_of(sqlite3_stmt *row, const otr_digest *before, bool first)
{
    static const int header[] = {2};
    static const int told[] = {3, 4};
    otr_digest made;
    otr_buffer bytes = bytes_of(row, told, 2);
    assert_true(otr_sha256(bytes.data, bytes.size, &made));
    otr_buffer_done(&bytes);
    otr_buffer covered = {0};
    bytes = bytes_of(row, header, 1);
    if (!first)
        otr_buffer_add(&covered, before->bytes, sizeof before->bytes);
    otr_buffer_add(&covered, bytes.data, bytes.size);
    if (!first)
        otr_buffer_add(&covered, made.bytes, sizeof made.bytes);
    assert_true(otr_sha256(covered.data, covered.size, &made));
    otr_buffer_done(&bytes);
    otr_buffer_done(&covered);
    return made;
}

static int readings_of(sqlite3_stmt *row)
{
    static const char begin[] = "{\"readings\":";
    const char *text = (const char *)sqlite3_column_text(row, 4);
    return strncmp(text, begin, sizeof begin - 1) == 0 ? atoi(text + sizeof begin - 1) : 0;
}

void round_check_evidence(const round *r)
{
    static const char query[] = "SELECT proof, number, header, salt, content, head FROM proof_entries "
                                "ORDER BY proof, number";
    char path[96];
    sqlite3 *handle;
    sqlite3_stmt *row;
    otr_digest before = {0};
    int chains = 0;
    int readings = 0;
    int next = 0;
    (void)snprintf(path, sizeof path, "%s/outrider.db", r->folder);
    assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, "driver_fault"), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, query, -1, &row, NULL), SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        int number = sqlite3_column_int(row, 1);
        next = number == 0 ? 0 : next;
        chains += number == 0;
        otr_digest head = head_of(row, &before, number == 0);
        if (number != next++)
            fail_msg("seed %u: entry %d stands where %d should", r->seed, number, next - 1);
        if (memcmp(head.bytes, sqlite3_column_blob(row, 5), sizeof head.bytes) != 0)
            fail_msg("seed %u: entry %d does not fit", r->seed, number);
        if (strstr((const char *)sqlite3_column_text(row, 2), "\"rebuilt\"") != NULL)
            fail_msg("seed %u: the state did not know entry %d", r->seed, number);
        readings += readings_of(row);
        before = head;
    }
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(handle);
    if (chains != DEVICES || readings != DEVICES * READINGS)
        fail_msg("seed %u: %d chains, %d readings", r->seed, chains, readings);
}

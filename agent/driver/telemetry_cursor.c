#include "driver/telemetry_cursor.h"

/* Pieces that touch are one; those that until has reached go into it. */
static void settle(otr_telemetry_cursor *cursor)
{
    size_t kept = 0;
    for (size_t i = 0; i < cursor->count; i++) {
        otr_stretch piece = cursor->after[i];
        otr_stretch *before = kept > 0 ? &cursor->after[kept - 1] : NULL;
        if (piece.first <= cursor->until + 1)
            cursor->until = piece.last > cursor->until ? piece.last : cursor->until;
        else if (before != NULL && piece.first <= before->last + 1)
            before->last = piece.last > before->last ? piece.last : before->last;
        else
            cursor->after[kept++] = piece;
    }
    cursor->count = kept;
}

bool otr_telemetry_cursor_add(otr_telemetry_cursor *cursor, uint64_t first, uint64_t last)
{
    size_t at = 0;
    if (first > last)
        return true;
    while (at < cursor->count && cursor->after[at].last + 1 < first)
        at++;
    bool touches = at < cursor->count && cursor->after[at].first <= last + 1;
    if (touches) {
        otr_stretch *piece = &cursor->after[at];
        piece->first = first < piece->first ? first : piece->first;
        piece->last = last > piece->last ? last : piece->last;
    } else if (first <= cursor->until + 1) {
        cursor->until = last > cursor->until ? last : cursor->until;
    } else {
        if (cursor->count == OTR_LIMIT_TELEMETRY_STRETCHES)
            return false;
        memmove(&cursor->after[at + 1], &cursor->after[at], (cursor->count - at) * sizeof *cursor->after);
        cursor->after[at] = (otr_stretch){first, last};
        cursor->count++;
    }
    settle(cursor);
    return true;
}

void otr_telemetry_cursor_join(otr_telemetry_cursor *cursor, const otr_telemetry_cursor *other)
{
    if (other->until > 0)
        (void)otr_telemetry_cursor_add(cursor, 1, other->until);
    for (size_t i = 0; i < other->count; i++)
        (void)otr_telemetry_cursor_add(cursor, other->after[i].first, other->after[i].last);
}

void otr_telemetry_cursor_remove(otr_telemetry_cursor *cursor, uint64_t first, uint64_t last)
{
    otr_telemetry_cursor old = *cursor;
    *cursor = (otr_telemetry_cursor){.until = old.until < first ? old.until : first > 0 ? first - 1 : 0};
    if (old.until > last)
        (void)otr_telemetry_cursor_add(cursor, last + 1, old.until);
    for (size_t i = 0; i < old.count; i++) {
        otr_stretch piece = old.after[i];
        if (piece.first < first)
            (void)otr_telemetry_cursor_add(cursor, piece.first, piece.last < first ? piece.last : first - 1);
        if (piece.last > last)
            (void)otr_telemetry_cursor_add(cursor, piece.first > last ? piece.first : last + 1, piece.last);
    }
}

bool otr_telemetry_cursor_gap(const otr_telemetry_cursor *cursor, uint64_t newest, otr_stretch *out)
{
    *out = (otr_stretch){cursor->until + 1, cursor->count > 0 ? cursor->after[0].first - 1 : newest};
    out->last = out->last < newest ? out->last : newest;
    return out->first <= out->last;
}

uint64_t otr_telemetry_cursor_missing(const otr_telemetry_cursor *cursor, uint64_t newest)
{
    uint64_t had = cursor->until < newest ? cursor->until : newest;
    for (size_t i = 0; i < cursor->count; i++) {
        const otr_stretch *piece = &cursor->after[i];
        if (piece->first <= newest)
            had += (piece->last < newest ? piece->last : newest) - piece->first + 1;
    }
    return newest - had;
}

void otr_telemetry_cursor_write(const otr_telemetry_cursor *cursor, otr_buffer *out)
{
    otr_buffer_add_varint(out, cursor->until);
    otr_buffer_add_varint(out, cursor->count);
    for (size_t i = 0; i < cursor->count; i++) {
        otr_buffer_add_varint(out, cursor->after[i].first);
        otr_buffer_add_varint(out, cursor->after[i].last);
    }
}

void otr_telemetry_cursor_read(otr_telemetry_cursor *cursor, otr_reader *reader)
{
    uint64_t before = otr_reader_varint(reader);
    uint64_t count = otr_reader_varint(reader);
    *cursor = (otr_telemetry_cursor){.until = before};
    reader->failed |= count > OTR_LIMIT_TELEMETRY_STRETCHES || before >= UINT64_MAX / 2;
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        otr_stretch piece = {otr_reader_varint(reader), 0};
        piece.last = otr_reader_varint(reader);
        reader->failed |=
            piece.first <= before + 1 || piece.last < piece.first || piece.last >= UINT64_MAX / 2;
        cursor->after[cursor->count++] = piece;
        before = piece.last;
    }
    if (reader->failed)
        *cursor = (otr_telemetry_cursor){0};
}

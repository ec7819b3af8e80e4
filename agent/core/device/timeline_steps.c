/*
 * A step is a device's number + 1, a count and as many readings (entries.h), or 0 and the times at which our
 * downtime began and ended. Steps of one stamp count in the order of their arrival.
 */
#include "core/device/timeline.h"

#include <stdlib.h>

void otr_past_add(otr_buffer *out, uint32_t device, const otr_entry *entries, size_t count)
{
    otr_buffer_add_varint(out, (uint64_t)device + 1);
    otr_buffer_add_varint(out, count);
    otr_entries_write(out, entries, count);
}

void otr_past_add_pause(otr_buffer *out, otr_time at, otr_time until)
{
    otr_buffer_add_varint(out, 0);
    otr_buffer_add_signed(out, at);
    otr_buffer_add_signed(out, until);
}

bool otr_past_next(otr_reader *in, otr_past *out)
{
    if (otr_reader_left(in) == 0)
        return false;
    uint64_t device = otr_reader_varint(in);
    out->count = 0;
    if (device == 0) {
        out->device = OTR_NONE;
        out->at = otr_reader_signed(in);
        out->until = otr_reader_signed(in);
        return !in->failed;
    }
    uint64_t count = otr_reader_varint(in);
    if (count == 0 || count > OTR_INSTANT_READINGS || device > OTR_NONE) {
        in->failed = true;
        return false;
    }
    out->device = (uint32_t)(device - 1);
    out->count = (uint32_t)count;
    otr_entries_read(in, out->entries, count);
    out->at = out->entries[0].at;
    return !in->failed;
}

/* ---- putting in order ---- */

/* A step by its bytes, to put steps in order without reading their values. */
typedef struct piece {
    otr_time at;
    uint32_t arrival;
    uint32_t device;
    const uint8_t *data;
    size_t size;
} piece;

static uint32_t cut(const otr_buffer *from, size_t offset, piece *pieces, uint32_t count)
{
    otr_reader in = otr_reader_of((otr_bytes){from->data + offset, from->size - offset});
    otr_past step;
    for (const uint8_t *start = in.at; otr_past_next(&in, &step); start = in.at, count++)
        pieces[count] = (piece){step.at, count, step.device, start, (size_t)(in.at - start)};
    OTR_ASSERT(!in.failed); /* we wrote it, or looked at it when it was read */
    return count;
}

static int by_time(const void *a, const void *b)
{
    const piece *left = a;
    const piece *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return (left->arrival > right->arrival) - (left->arrival < right->arrival);
}

/* What a device says again of the same time; what had come in its turn was seen to before. */
static bool is_repeat(const piece *pieces, uint32_t index, uint32_t late_from)
{
    const piece *one = &pieces[index];
    if (one->arrival < late_from)
        return false;
    for (uint32_t i = index; i > 0 && pieces[i - 1].at == one->at; i--)
        if (pieces[i - 1].device == one->device)
            return pieces[i - 1].size == one->size && memcmp(pieces[i - 1].data, one->data, one->size) == 0;
    return false;
}

bool otr_timeline_merge(otr_timeline *timeline, size_t offset)
{
    piece *pieces = calloc((size_t)timeline->count + timeline->late_count + 1, sizeof *pieces);
    otr_buffer merged = {0};
    if (pieces == NULL)
        return false;
    uint32_t in_turn = cut(&timeline->instants, offset, pieces, 0);
    uint32_t count = cut(&timeline->late, 0, pieces, in_turn);
    uint32_t joined = 0;
    qsort(pieces, count, sizeof *pieces, by_time);
    otr_buffer_add(&merged, timeline->instants.data, offset);
    for (uint32_t i = 0; i < count; i++) {
        if (is_repeat(pieces, i, in_turn))
            continue;
        otr_buffer_add(&merged, pieces[i].data, pieces[i].size);
        joined += pieces[i].arrival >= in_turn;
    }
    free(pieces);
    if (merged.failed) {
        otr_buffer_done(&merged);
        return false;
    }
    otr_buffer_done(&timeline->instants);
    timeline->instants = merged;
    timeline->count += joined;
    timeline->recent += joined;
    timeline->late_count = 0;
    timeline->late_from = OTR_TIME_NEVER;
    otr_buffer_clear(&timeline->late);
    return true;
}

/*
 * States as bytes: the time of the newest reading, then every word in use, in order. Times are differences
 * from the newest, so most take 4 to 6 bytes. Reading accepts what writing gives and nothing that contradicts
 * itself.
 */
#include "core/window/window_kinds.h"

#include <math.h>

static void write_word(otr_buffer *out, uint8_t kind, otr_word word, otr_time newest)
{
    switch (kind) {
    case OTR_WORD_TIME:
        otr_buffer_add_signed(out, newest - word.time);
        break;
    case OTR_WORD_COUNT:
    case OTR_WORD_FLAG:
        otr_buffer_add_varint(out, word.bits);
        break;
    default:
        otr_buffer_add_u64(out, word.bits);
        break;
    }
}

static otr_word read_time(otr_reader *in, otr_time newest)
{
    otr_word word = {0};
    if (__builtin_sub_overflow(newest, otr_reader_signed(in), &word.time) ||
        word.time < -OTR_WINDOW_TIME_MAX || word.time > OTR_WINDOW_TIME_MAX)
        in->failed = true;
    return word;
}

static otr_word read_word(otr_reader *in, uint8_t kind, otr_time newest)
{
    otr_word word = {0};
    switch (kind) {
    case OTR_WORD_TIME:
        return read_time(in, newest);
    case OTR_WORD_COUNT:
        word.bits = otr_reader_varint(in);
        in->failed |= word.bits == 0 || word.bits > OTR_WINDOW_COUNT_MAX;
        break;
    case OTR_WORD_FLAG:
        word.bits = otr_reader_varint(in);
        in->failed |= word.bits > 1;
        break;
    case OTR_WORD_BITS:
        word.bits = otr_reader_u64(in);
        break;
    default:
        word.bits = otr_reader_u64(in);
        /* Not a number fails every comparison. */
        in->failed |=
            !(fabs(word.number) <= OTR_WINDOW_SUM_MAX) || (kind == OTR_WORD_POSITIVE && word.number < 0);
        break;
    }
    return word;
}

static void write_ring(otr_buffer *out, const otr_window_ring *ring, const otr_cells *cells, otr_time newest)
{
    otr_buffer_add_varint(out, cells->count);
    otr_buffer_add_varint(out, cells->first);
    for (uint32_t i = 0; i < cells->count; i++)
        for (uint32_t w = 0; w < ring->shape.words; w++)
            write_word(out, ring->words[w], otr_cells_see(&ring->shape, cells, i)[w], newest);
}

/* Cells lie within a span of the newest reading and come in order. */
static void read_ring(otr_reader *in, const otr_window_ring *ring, otr_cells *cells, otr_time newest)
{
    uint64_t capacity = otr_cells_capacity(&ring->shape);
    uint64_t count = otr_reader_varint(in);
    uint64_t first = otr_reader_varint(in);
    in->failed |= count > capacity || first >= capacity || (count == 0 && first != 0);
    if (in->failed)
        return;
    cells->count = (uint32_t)count;
    cells->first = (uint32_t)first;
    otr_time before = otr_window_start(ring->shape.span, newest);
    for (uint32_t i = 0; i < cells->count && !in->failed; i++) {
        otr_word *cell = otr_cells_get(&ring->shape, cells, i);
        for (uint32_t w = 0; w < ring->shape.words; w++)
            cell[w] = read_word(in, ring->words[w], newest);
        in->failed |= cell[0].time > newest || (i == 0 ? cell[0].time <= before : cell[0].time < before);
        before = cell[0].time;
    }
}

void otr_window_write(const otr_window_shape *shape, const void *state, otr_buffer *out)
{
    const otr_window_ops *ops = otr_window_ops_of(shape);
    if (ops == NULL)
        return;
    const otr_word *words = state;
    otr_time newest = words[0].time;
    otr_buffer_add_u8(out, newest != OTR_TIME_NONE);
    if (newest == OTR_TIME_NONE)
        return;
    otr_buffer_add_signed(out, newest);
    otr_window_layout layout = {0};
    ops->layout(shape, &layout);
    words++;
    for (uint32_t i = 0; i < layout.head_count; i++)
        write_word(out, layout.head[i], *words++, newest);
    for (uint32_t i = 0; i < layout.ring_count; i++) {
        write_ring(out, &layout.rings[i], (const otr_cells *)words, newest);
        words += otr_cells_size(&layout.rings[i].shape);
    }
    if (ops->write != NULL)
        ops->write(state, out);
}

static void read_state(const otr_window_shape *shape, const otr_window_ops *ops, otr_word *words,
                       otr_reader *in)
{
    otr_window_layout layout = {0};
    otr_word *word = words + 1;
    otr_time newest = otr_reader_signed(in);
    in->failed |= newest <= -OTR_WINDOW_TIME_MAX || newest >= OTR_WINDOW_TIME_MAX;
    words[0].time = newest;
    if (in->failed)
        return;
    ops->layout(shape, &layout);
    for (uint32_t i = 0; i < layout.head_count; i++)
        *word++ = read_word(in, layout.head[i], newest);
    for (uint32_t i = 0; i < layout.ring_count && !in->failed; i++) {
        read_ring(in, &layout.rings[i], (otr_cells *)word, newest);
        word += otr_cells_size(&layout.rings[i].shape);
    }
    if (ops->read != NULL)
        ops->read(words, in);
    if (!in->failed && ops->valid != NULL && !ops->valid(shape, words))
        in->failed = true;
}

void otr_window_read(const otr_window_shape *shape, void *state, otr_reader *in)
{
    const otr_window_ops *ops = otr_window_ops_of(shape);
    otr_window_init(shape, state);
    if (ops == NULL)
        return;
    uint8_t begun = otr_reader_u8(in);
    in->failed |= begun > 1;
    if (in->failed || begun == 0)
        return;
    read_state(shape, ops, state, in);
    if (in->failed)
        otr_window_init(shape, state);
}

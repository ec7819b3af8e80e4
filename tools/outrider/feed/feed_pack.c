#include "tools/outrider/feed/feed_pack.h"

#include "codec/readings.h"

#include <stdlib.h>

static otr_status encode(otr_feed_packer *packer, const otr_feed_queue *queue, size_t count, otr_error *error)
{
    otr_message message = {queue->device, queue->readings, count};
    otr_buffer_clear(&packer->scratch);
    otr_status status = otr_readings_encode(&packer->scratch, packer->format, &message, error);
    if (status == OTR_OK && packer->scratch.failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    return status;
}

void otr_feed_queue_drop(otr_feed_queue *queue)
{
    queue->count = 0;
    queue->rows = 0;
    otr_arena_reset(&queue->texts);
}

otr_status otr_feed_queue_flush(otr_feed_packer *packer, otr_feed_queue *queue, size_t *first_line,
                                size_t *last_line, otr_error *error)
{
    if (queue->count == 0)
        return OTR_OK;
    *first_line = queue->first_line;
    *last_line = queue->last_line;
    otr_status status = encode(packer, queue, queue->count, error);
    otr_feed_pack *pack = status == OTR_OK ? malloc(sizeof *pack + packer->scratch.size) : NULL;
    if (status == OTR_OK && pack == NULL)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    if (pack != NULL) {
        *pack = (otr_feed_pack){.first_line = queue->first_line,
                                .last_line = queue->last_line,
                                .rows = queue->rows,
                                .readings = queue->count,
                                .size = packer->scratch.size};
        memcpy(pack->bytes, packer->scratch.data, pack->size);
        if (queue->last != NULL)
            queue->last->next = pack;
        else
            queue->first = pack;
        queue->last = pack;
        packer->queued_bytes += pack->size;
    }
    otr_feed_queue_drop(queue);
    return status;
}

static otr_status reserve(otr_feed_queue *queue, size_t count, otr_error *error)
{
    if (queue->capacity - queue->count >= count)
        return OTR_OK;
    size_t capacity = (queue->count + count) * 2;
    otr_reading *readings = realloc(queue->readings, capacity * sizeof *readings);
    if (readings == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    queue->readings = readings;
    queue->capacity = capacity;
    return OTR_OK;
}

/* Whether the gathered rows and this one, already appended behind them, make one pack. A row alone always
 * does. */
static bool fits(otr_feed_packer *packer, const otr_feed_queue *queue, size_t count)
{
    if (queue->count == 0)
        return true;
    if (packer->readings_max > 0)
        return count <= packer->readings_max;
    return encode(packer, queue, count, NULL) == OTR_OK && packer->scratch.size <= OTR_FEED_DATAGRAM_BYTES;
}

otr_status otr_feed_queue_add(otr_feed_packer *packer, otr_feed_queue *queue, const otr_feed_row *row,
                              size_t *first_line, size_t *last_line, otr_error *error)
{
    otr_status flushed = OTR_OK;
    *first_line = row->line;
    *last_line = row->line;
    if (reserve(queue, row->count, error) != OTR_OK)
        return OTR_MEMORY;
    memcpy(queue->readings + queue->count, row->readings, row->count * sizeof *row->readings);
    if (!fits(packer, queue, queue->count + row->count)) {
        flushed = otr_feed_queue_flush(packer, queue, first_line, last_line, error);
        memcpy(queue->readings, row->readings, row->count * sizeof *row->readings);
    }
    for (size_t i = queue->count; i < queue->count + row->count; i++) {
        if (queue->readings[i].kind != OTR_KIND_TEXT)
            continue;
        queue->readings[i].text = otr_arena_copy(&queue->texts, queue->readings[i].text);
        if (queue->readings[i].text.data == NULL)
            return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    if (queue->count == 0)
        queue->first_line = row->line;
    queue->last_line = row->line;
    queue->count += row->count;
    queue->rows++;
    return flushed;
}

void otr_feed_queue_pop(otr_feed_packer *packer, otr_feed_queue *queue)
{
    otr_feed_pack *pack = queue->first;
    queue->first = pack->next;
    if (queue->first == NULL)
        queue->last = NULL;
    packer->queued_bytes -= pack->size;
    free(pack);
}

void otr_feed_queue_done(otr_feed_packer *packer, otr_feed_queue *queue)
{
    while (queue->first != NULL)
        otr_feed_queue_pop(packer, queue);
    free(queue->readings);
    otr_arena_done(&queue->texts);
    *queue = (otr_feed_queue){0};
}

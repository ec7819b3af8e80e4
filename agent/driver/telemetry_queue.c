#include "driver/telemetry_inside.h"

#include <stdlib.h>

otr_telemetry_item *otr_telemetry_queue_add(otr_telemetry_queue *queue, otr_telemetry_item_kind kind,
                                            uint32_t device, otr_buffer *metrics)
{
    otr_telemetry_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return NULL;
    item->kind = kind;
    item->device = device;
    if (metrics != NULL) {
        item->metrics = *metrics;
        *metrics = (otr_buffer){0};
    }
    if (queue->last != NULL)
        queue->last->next = item;
    else
        queue->first = item;
    queue->last = item;
    queue->bytes += item->metrics.size;
    return item;
}

void otr_telemetry_queue_drop(otr_telemetry_queue *queue)
{
    otr_telemetry_item *item = queue->first;
    queue->first = item->next;
    if (queue->first == NULL)
        queue->last = NULL;
    queue->bytes -= item->metrics.size;
    otr_buffer_done(&item->metrics);
    free(item);
}

bool otr_telemetry_queue_has(const otr_telemetry_queue *queue, uint32_t device)
{
    const otr_telemetry_item *item = queue->first;
    while (item != NULL && (item->kind == OTR_ITEM_MARK || item->device != device))
        item = item->next;
    return item != NULL;
}

void otr_telemetry_queue_clear(otr_telemetry_queue *queue)
{
    while (queue->first != NULL)
        otr_telemetry_queue_drop(queue);
}

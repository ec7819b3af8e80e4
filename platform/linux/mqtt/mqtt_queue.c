#include "platform/linux/mqtt/mqtt_queue.h"

#include <unistd.h>

void otr_mqtt_queue_init(otr_mqtt_queue *queue, int event_fd)
{
    *queue = (otr_mqtt_queue){.event_fd = event_fd};
    pthread_mutex_init(&queue->lock, NULL);
}

void otr_mqtt_queue_done(otr_mqtt_queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
}

void otr_mqtt_queue_push(otr_mqtt_queue *queue, otr_mqtt_node *node)
{
    node->next = NULL;
    pthread_mutex_lock(&queue->lock);
    if (queue->last != NULL)
        queue->last->next = node;
    else
        queue->first = node;
    queue->last = node;
    pthread_mutex_unlock(&queue->lock);
    uint64_t one = 1;
    ssize_t written = write(queue->event_fd, &one, sizeof one);
    (void)written; /* a full eventfd is readable already */
}

otr_mqtt_node *otr_mqtt_queue_take(otr_mqtt_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    otr_mqtt_node *node = queue->first;
    if (node != NULL) {
        queue->first = node->next;
        if (queue->first == NULL)
            queue->last = NULL;
    }
    pthread_mutex_unlock(&queue->lock);
    return node;
}

#include "platform/linux/mqtt/mqtt_bell.h"

#include <time.h>
#include <unistd.h>

void otr_mqtt_bell_ring(int event_fd)
{
    uint64_t one = 1;
    ssize_t written = write(event_fd, &one, sizeof one);
    (void)written; /* a full eventfd is readable already */
}

void otr_mqtt_bell_clear(int event_fd)
{
    uint64_t count;
    ssize_t size = read(event_fd, &count, sizeof count);
    (void)size; /* empty is fine */
}

int64_t otr_mqtt_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#include "platform/linux/mqtt/mqtt_backoff.h"

#include <sys/random.h>

unsigned otr_backoff_next_ms(otr_backoff *backoff)
{
    uint64_t ceiling = backoff->step < 32 ? (uint64_t)backoff->min_ms << backoff->step : backoff->max_ms;
    if (ceiling >= backoff->max_ms)
        ceiling = backoff->max_ms;
    else
        backoff->step++;
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random = UINT32_MAX / 2; /* before the kernel's pool is ready: the middle */
    uint64_t half = ceiling / 2;
    return (unsigned)(ceiling - half + (half * random >> 32));
}

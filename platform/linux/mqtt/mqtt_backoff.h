/* How long to wait before the next attempt: doubling, with random jitter so that a fleet does not return in
 * step. */
#ifndef OTR_PLATFORM_MQTT_BACKOFF_H
#define OTR_PLATFORM_MQTT_BACKOFF_H

#include <stdint.h>

typedef struct otr_backoff {
    unsigned min_ms; /* at least 1 */
    unsigned max_ms; /* at least min_ms */
    unsigned step;   /* attempts since the last reset */
} otr_backoff;

/* A wait between half and all of min(max_ms, min_ms * 2^step). */
unsigned otr_backoff_next_ms(otr_backoff *backoff);
static inline void otr_backoff_reset(otr_backoff *backoff)
{
    backoff->step = 0;
}

#endif

/* What both kinds of session wait with: an eventfd that says that there is something to take, and their
 * clock. */
#ifndef OTR_PLATFORM_MQTT_BELL_H
#define OTR_PLATFORM_MQTT_BELL_H

#include <stdint.h>

/* The descriptor does not block. */
void otr_mqtt_bell_ring(int event_fd);
void otr_mqtt_bell_clear(int event_fd);
/* Microseconds since some start, never decreasing. */
int64_t otr_mqtt_now_us(void);

#endif

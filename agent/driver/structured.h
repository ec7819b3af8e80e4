/*
 * What the link publishes where messages have no properties (MQTT 3.1.1): a CloudEvent in one piece,
 * codec/cloudevent.h, in place of payload, content type and user properties. What is no event (an answer to a
 * command) or has no payload (a retained message that is cleared) stays as it is.
 */
#ifndef OTR_DRIVER_STRUCTURED_H
#define OTR_DRIVER_STRUCTURED_H

#include "base/arena.h"
#include "driver/port.h"

/* All that *out points to is in the arena or was in *in. MEMORY; INVALID when a text is not UTF-8. */
otr_status otr_structured_build(otr_arena *arena, const otr_publication *in, otr_publication *out);

#endif

/* Memory of a fixed size that evaluations take from and never give back: a hard cap without a call to malloc.
 */
#ifndef OTR_RULES_ROOM_H
#define OTR_RULES_ROOM_H

#include <stddef.h>
#include <stdint.h>

/* The bytes are the caller's. used = 0 empties it. */
typedef struct otr_room {
    uint8_t *bytes;
    size_t size;
    size_t used;
} otr_room;

/* Aligned for a value, not cleared; NULL when it is full, or when there is no room at all. */
void *otr_room_take(otr_room *room, size_t size);
/* The same for count things of size bytes. */
void *otr_room_array(otr_room *room, size_t count, size_t size);

#endif

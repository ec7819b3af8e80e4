#include "rules/cel/room.h"

#include "rules/cel/value.h"

#include <stdalign.h>

void *otr_room_take(otr_room *room, size_t size)
{
    if (room == NULL || room->used > room->size)
        return NULL;
    const size_t mask = alignof(otr_value) - 1;
    size_t skip = (size_t)(-((uintptr_t)room->bytes + room->used)) & mask;
    size_t left = room->size - room->used;
    if (skip > left || size > left - skip)
        return NULL;
    void *memory = room->bytes + room->used + skip;
    room->used += skip + size;
    return memory;
}

void *otr_room_array(otr_room *room, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return otr_room_take(room, total);
}

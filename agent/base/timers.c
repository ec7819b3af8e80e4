#include "base/timers.h"

#include <stdlib.h>

static bool earlier(const struct otr_timer *a, const struct otr_timer *b)
{
    return a->at != b->at ? a->at < b->at : a->key < b->key;
}

static void place(otr_timers *timers, uint32_t index, struct otr_timer timer)
{
    timers->heap[index] = timer;
    timers->positions[timer.key] = index + 1;
}

static void sift(otr_timers *timers, uint32_t index)
{
    struct otr_timer moving = timers->heap[index];
    while (index > 0 && earlier(&moving, &timers->heap[(index - 1) / 2])) {
        place(timers, index, timers->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    for (;;) {
        uint32_t child = index * 2 + 1;
        if (child >= timers->count)
            break;
        if (child + 1 < timers->count && earlier(&timers->heap[child + 1], &timers->heap[child]))
            child++;
        if (!earlier(&timers->heap[child], &moving))
            break;
        place(timers, index, timers->heap[child]);
        index = child;
    }
    place(timers, index, moving);
}

static void drop(otr_timers *timers, uint32_t index)
{
    timers->positions[timers->heap[index].key] = 0;
    timers->count--;
    if (index == timers->count)
        return;
    place(timers, index, timers->heap[timers->count]);
    sift(timers, index);
}

static bool make_room(otr_timers *timers, uint32_t key)
{
    if (key >= timers->key_count) {
        uint32_t count = timers->key_count < 32 ? 64 : timers->key_count * 2;
        if (count <= key)
            count = key + 1;
        uint32_t *positions = realloc(timers->positions, count * sizeof *positions);
        if (positions == NULL)
            return false;
        memset(positions + timers->key_count, 0, (count - timers->key_count) * sizeof *positions);
        timers->positions = positions;
        timers->key_count = count;
    }
    if (timers->count == timers->capacity) {
        uint32_t capacity = timers->capacity < 32 ? 64 : timers->capacity * 2;
        struct otr_timer *heap = realloc(timers->heap, capacity * sizeof *heap);
        if (heap == NULL)
            return false;
        timers->heap = heap;
        timers->capacity = capacity;
    }
    return true;
}

bool otr_timers_set(otr_timers *timers, uint32_t key, otr_time at)
{
    uint32_t position = key < timers->key_count ? timers->positions[key] : 0;
    if (at == OTR_TIME_NEVER) {
        if (position != 0)
            drop(timers, position - 1);
        return true;
    }
    if (position != 0 && timers->heap[position - 1].at == at)
        return true;
    if (position == 0) {
        if (!make_room(timers, key))
            return false;
        position = ++timers->count;
    }
    place(timers, position - 1, (struct otr_timer){at, key});
    sift(timers, position - 1);
    return true;
}

otr_time otr_timers_next(const otr_timers *timers)
{
    return timers->count == 0 ? OTR_TIME_NEVER : timers->heap[0].at;
}

bool otr_timers_take(otr_timers *timers, otr_time now, uint32_t *key)
{
    if (timers->count == 0 || timers->heap[0].at > now)
        return false;
    *key = timers->heap[0].key;
    drop(timers, 0);
    return true;
}

otr_time otr_timers_get(const otr_timers *timers, uint32_t key)
{
    uint32_t position = key < timers->key_count ? timers->positions[key] : 0;
    return position == 0 ? OTR_TIME_NEVER : timers->heap[position - 1].at;
}

void otr_timers_done(otr_timers *timers)
{
    free(timers->heap);
    free(timers->positions);
    *timers = (otr_timers){0};
}

#include "driver/duplicate.h"

#include "base/limits.h"

#include <stdlib.h>

enum { CAPACITY_MIN = 256 };

static struct otr_seen *place(const otr_duplicates *seen, uint32_t index)
{
    return &seen->ring[index & (seen->capacity - 1)];
}

/* Keys are hashes already; two slots per place keep the chains short. */
static uint32_t slot_of(const otr_duplicates *seen, uint64_t key)
{
    uint32_t mask = seen->capacity * 2 - 1;
    uint32_t at = (uint32_t)(key ^ key >> 32) & mask;
    while (seen->slots[at] != 0 && seen->ring[seen->slots[at] - 1].key != key)
        at = (at + 1) & mask;
    return at;
}

otr_duplicate otr_duplicates_find(const otr_duplicates *seen, uint64_t key)
{
    if (seen->count == 0)
        return OTR_DUPLICATE_NEW;
    uint32_t slot = seen->slots[slot_of(seen, key)];
    if (slot == 0)
        return OTR_DUPLICATE_NEW;
    return seen->ring[slot - 1].kept ? OTR_DUPLICATE_KEPT : OTR_DUPLICATE_PENDING;
}

/* Removes a slot and closes the hole in its chain. */
static void unslot(otr_duplicates *seen, uint64_t key)
{
    uint32_t mask = seen->capacity * 2 - 1;
    uint32_t hole = slot_of(seen, key);
    seen->slots[hole] = 0;
    for (uint32_t at = (hole + 1) & mask; seen->slots[at] != 0; at = (at + 1) & mask) {
        uint64_t other = seen->ring[seen->slots[at] - 1].key;
        uint32_t home = (uint32_t)(other ^ other >> 32) & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        seen->slots[hole] = seen->slots[at];
        seen->slots[at] = 0;
        hole = at;
    }
}

static void forget_oldest(otr_duplicates *seen)
{
    unslot(seen, place(seen, seen->first)->key);
    seen->first = (seen->first + 1) & (seen->capacity - 1);
    seen->count--;
    if (seen->kept_until > 0)
        seen->kept_until--;
    if (seen->staged_until > 0)
        seen->staged_until--;
}

static bool grow(otr_duplicates *seen)
{
    uint32_t capacity = seen->capacity == 0 ? CAPACITY_MIN : seen->capacity * 2;
    struct otr_seen *ring = calloc(capacity, sizeof *ring);
    uint32_t *slots = calloc((size_t)capacity * 2, sizeof *slots);
    if (ring == NULL || slots == NULL) {
        free(ring);
        free(slots);
        return false;
    }
    for (uint32_t i = 0; i < seen->count; i++)
        ring[i] = *place(seen, seen->first + i);
    free(seen->ring);
    free(seen->slots);
    seen->ring = ring;
    seen->slots = slots;
    seen->capacity = capacity;
    seen->first = 0;
    for (uint32_t i = 0; i < seen->count; i++)
        seen->slots[slot_of(seen, ring[i].key)] = i + 1;
    return true;
}

bool otr_duplicates_add(otr_duplicates *seen, uint64_t key, otr_time now, bool kept)
{
    while (seen->count > 0 && now - place(seen, seen->first)->at > OTR_DUPLICATE_LIFETIME)
        forget_oldest(seen);
    if (otr_duplicates_find(seen, key) != OTR_DUPLICATE_NEW)
        return true;
    if (seen->count == seen->capacity) {
        if (seen->capacity >= OTR_LIMIT_DUPLICATES)
            forget_oldest(seen);
        else if (!grow(seen))
            return false;
    }
    uint32_t index = (seen->first + seen->count) & (seen->capacity - 1);
    seen->ring[index] = (struct otr_seen){key, now, kept};
    seen->count++;
    seen->slots[slot_of(seen, key)] = index + 1;
    if (kept)
        seen->kept_until = seen->count;
    return true;
}

void otr_duplicates_renew(otr_duplicates *seen, otr_time now)
{
    for (uint32_t i = 0; i < seen->count; i++)
        place(seen, seen->first + i)->at = now;
}

void otr_duplicates_stage(otr_duplicates *seen, size_t without)
{
    seen->staged_until = without < seen->count ? seen->count - (uint32_t)without : 0;
}

void otr_duplicates_commit(otr_duplicates *seen)
{
    for (; seen->kept_until < seen->staged_until; seen->kept_until++)
        place(seen, seen->first + seen->kept_until)->kept = true;
}

void otr_duplicates_done(otr_duplicates *seen)
{
    free(seen->ring);
    free(seen->slots);
    *seen = (otr_duplicates){0};
}

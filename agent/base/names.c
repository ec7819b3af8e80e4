#include "base/names.h"

#include "base/hash.h"

#include <stdlib.h>

enum { SLOTS_MIN = 64 };

static uint32_t *slot_of(const otr_names *names, otr_str name)
{
    uint32_t mask = names->slot_count - 1;
    uint32_t at = (uint32_t)otr_hash64(0, 0, name.data, name.size) & mask;
    while (names->slots[at] != 0 && !otr_str_equal(names->list[names->slots[at] - 1], name))
        at = (at + 1) & mask;
    return &names->slots[at];
}

uint32_t otr_names_find(const otr_names *names, otr_str name)
{
    if (names->slot_count == 0)
        return OTR_NAME_NONE;
    uint32_t slot = *slot_of(names, name);
    return slot == 0 ? OTR_NAME_NONE : slot - 1;
}

static bool grow_slots(otr_names *names)
{
    uint32_t slot_count = names->slot_count == 0 ? SLOTS_MIN : names->slot_count * 2;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    free(names->slots);
    names->slots = slots;
    names->slot_count = slot_count;
    for (uint32_t i = 0; i < names->count; i++)
        *slot_of(names, names->list[i]) = i + 1;
    return true;
}

static bool grow_list(otr_names *names)
{
    uint32_t capacity = names->capacity == 0 ? SLOTS_MIN / 2 : names->capacity * 2;
    otr_str *list = realloc(names->list, capacity * sizeof *list);
    if (list == NULL)
        return false;
    names->list = list;
    names->capacity = capacity;
    return true;
}

uint32_t otr_names_put(otr_names *names, otr_str name, bool *added)
{
    uint32_t number = otr_names_find(names, name);
    if (added != NULL)
        *added = false;
    if (number != OTR_NAME_NONE)
        return number;
    if (names->count * 2 >= names->slot_count && !grow_slots(names))
        return OTR_NAME_NONE;
    if (names->count == names->capacity && !grow_list(names))
        return OTR_NAME_NONE;
    otr_str copy = otr_arena_copy(&names->memory, name);
    if (copy.data == NULL)
        return OTR_NAME_NONE;
    number = names->count++;
    names->list[number] = copy;
    *slot_of(names, copy) = number + 1;
    if (added != NULL)
        *added = true;
    return number;
}

void otr_names_done(otr_names *names)
{
    otr_arena_done(&names->memory);
    free(names->list);
    free(names->slots);
    *names = (otr_names){0};
}

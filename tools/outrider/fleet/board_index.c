#include "tools/outrider/fleet/board_index.h"

#include <stdlib.h>

enum { FIRST = 64 };

/* Ids are hashes, but of somebody else's making: hashed again. */
static size_t home(const otr_board_index *index, otr_id id)
{
    return (size_t)otr_hash64(1, 2, id.bytes, sizeof id.bytes) & (index->capacity - 1);
}

/* Its slot, or the free one where it would be. */
static size_t find(const otr_board_index *index, otr_id id)
{
    size_t at = home(index, id);
    while (index->slots[at].position != OTR_BOARD_NONE && !otr_id_equal(index->slots[at].id, id))
        at = (at + 1) & (index->capacity - 1);
    return at;
}

uint32_t otr_board_index_get(const otr_board_index *index, otr_id id)
{
    return index->capacity > 0 ? index->slots[find(index, id)].position : OTR_BOARD_NONE;
}

static bool grow(otr_board_index *index)
{
    otr_board_index larger = {.capacity = index->capacity > 0 ? index->capacity * 2 : FIRST,
                              .count = index->count};
    larger.slots = malloc(larger.capacity * sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (size_t i = 0; i < larger.capacity; i++)
        larger.slots[i].position = OTR_BOARD_NONE;
    for (size_t i = 0; i < index->capacity; i++)
        if (index->slots[i].position != OTR_BOARD_NONE)
            larger.slots[find(&larger, index->slots[i].id)] = index->slots[i];
    free(index->slots);
    *index = larger;
    return true;
}

bool otr_board_index_put(otr_board_index *index, otr_id id, uint32_t position)
{
    if (index->count * 4 >= index->capacity * 3 && !grow(index))
        return false;
    otr_board_slot *slot = &index->slots[find(index, id)];
    index->count += slot->position == OTR_BOARD_NONE;
    *slot = (otr_board_slot){id, position};
    return true;
}

/* Those behind it move up, so that no search ends at the hole. */
void otr_board_index_remove(otr_board_index *index, otr_id id)
{
    if (index->capacity == 0)
        return;
    size_t mask = index->capacity - 1;
    size_t hole = find(index, id);
    if (index->slots[hole].position == OTR_BOARD_NONE)
        return;
    index->count--;
    for (size_t at = (hole + 1) & mask; index->slots[at].position != OTR_BOARD_NONE; at = (at + 1) & mask)
        if (((at - home(index, index->slots[at].id)) & mask) >= ((at - hole) & mask)) {
            index->slots[hole] = index->slots[at];
            hole = at;
        }
    index->slots[hole].position = OTR_BOARD_NONE;
}

void otr_board_index_done(otr_board_index *index)
{
    free(index->slots);
    *index = (otr_board_index){.slots = NULL};
}

/* From ids to positions in a list: a table of open addressing that doubles. Zero-initialise to use. */
#ifndef OTR_TOOLS_BOARD_INDEX_H
#define OTR_TOOLS_BOARD_INDEX_H

#include <stddef.h>

#include "base/hash.h"

enum { OTR_BOARD_NONE = UINT32_MAX };

typedef struct otr_board_slot {
    otr_id id;
    uint32_t position; /* NONE: free */
} otr_board_slot;

typedef struct otr_board_index {
    otr_board_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
} otr_board_index;

uint32_t otr_board_index_get(const otr_board_index *index, otr_id id);
/* Puts or moves. False when memory is out: nothing has changed. */
bool otr_board_index_put(otr_board_index *index, otr_id id, uint32_t position);
void otr_board_index_remove(otr_board_index *index, otr_id id);
void otr_board_index_done(otr_board_index *index);

#endif

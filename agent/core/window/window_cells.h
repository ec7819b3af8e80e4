/*
 * A queue of cells, oldest first, in a ring of fixed size. A cell is a few words, of which the first is the
 * time of the newest thing in it. Each thing has a cell of its own while there is room. In a full ring two
 * neighbours that lie in one cell of the grid floor(at / step) become one; step is such that a span touches
 * at most as many cells of the grid as the ring has, so there are always two.
 */
#ifndef OTR_CORE_WINDOW_CELLS_H
#define OTR_CORE_WINDOW_CELLS_H

#include "base/status.h"
#include "base/time.h"

enum {
    OTR_CELLS_RESOLUTION = 32, /* an avg over 10m is at most 19 s behind, in 0.8 KB */
    OTR_CELLS_WORDS_MAX = 10,
};

typedef union otr_word {
    otr_time time;
    double number;
    uint64_t bits;
} otr_word;

typedef struct otr_cells_shape {
    otr_time span;       /* 0: everything in one cell, for ever */
    uint32_t words;      /* of a cell */
    uint32_t resolution; /* cells of the grid in a span */
} otr_cells_shape;

/* Unused cells are all zero, and first is 0 in an empty ring: equal contents that came equally are equal
 * bytes. */
typedef struct otr_cells {
    uint32_t first;
    uint32_t count;
    otr_word words[];
} otr_cells;

/* Makes older, the neighbour before newer, stand for both. */
typedef void otr_cells_merge(const void *context, otr_word *older, const otr_word *newer);

/* A span in an unaligned grid touches one cell more than it is long. */
static inline uint32_t otr_cells_capacity(const otr_cells_shape *shape)
{
    return shape->span == 0 ? 1 : shape->resolution + 1;
}

/* In words of 8 bytes, the ring's own included. */
static inline size_t otr_cells_size(const otr_cells_shape *shape)
{
    return 1 + (size_t)otr_cells_capacity(shape) * shape->words;
}

/* The cell that is index after the oldest. */
static inline const otr_word *otr_cells_see(const otr_cells_shape *shape, const otr_cells *cells,
                                            uint32_t index)
{
    uint32_t slot = cells->first + index;
    if (slot >= otr_cells_capacity(shape))
        slot -= otr_cells_capacity(shape);
    return cells->words + (size_t)slot * shape->words;
}

/* How many cells from index on lie one behind the other in memory. */
static inline uint32_t otr_cells_straight(const otr_cells_shape *shape, const otr_cells *cells,
                                          uint32_t index)
{
    uint32_t capacity = otr_cells_capacity(shape);
    uint32_t slot = cells->first + index;
    uint32_t end = slot < capacity ? capacity - slot : 2 * capacity - slot;
    uint32_t left = cells->count - index;
    return left < end ? left : end;
}

otr_word *otr_cells_get(const otr_cells_shape *shape, otr_cells *cells, uint32_t index);

/* Index of the first cell after start: those before it have left the window. count when there is none. */
static inline uint32_t otr_cells_live(const otr_cells_shape *shape, const otr_cells *cells, otr_time start)
{
    uint32_t index = 0;
    while (index < cells->count && otr_cells_see(shape, cells, index)[0].time <= start)
        index++;
    return index;
}

/* NULL when there is none. */
static inline const otr_word *otr_cells_newest(const otr_cells_shape *shape, const otr_cells *cells)
{
    return cells->count == 0 ? NULL : otr_cells_see(shape, cells, cells->count - 1);
}

/* Takes away the cells that are not after start. */
void otr_cells_expire(const otr_cells_shape *shape, otr_cells *cells, otr_time start);
void otr_cells_drop_newest(const otr_cells_shape *shape, otr_cells *cells);
/* Adds a cell, not before the newest. Cells that are a span older than it must have expired. */
void otr_cells_add(const otr_cells_shape *shape, otr_cells *cells, const otr_word *cell,
                   otr_cells_merge *merge, const void *context);

#endif

#include "core/window/window_cells.h"

#include <string.h>

otr_word *otr_cells_get(const otr_cells_shape *shape, otr_cells *cells, uint32_t index)
{
    uint32_t slot = cells->first + index;
    if (slot >= otr_cells_capacity(shape))
        slot -= otr_cells_capacity(shape);
    return cells->words + (size_t)slot * shape->words;
}

static void clear(const otr_cells_shape *shape, otr_word *cell)
{
    for (uint32_t i = 0; i < shape->words; i++)
        cell[i].bits = 0;
}

static void copy(const otr_cells_shape *shape, otr_word *to, const otr_word *from)
{
    for (uint32_t i = 0; i < shape->words; i++)
        to[i] = from[i];
}

void otr_cells_expire(const otr_cells_shape *shape, otr_cells *cells, otr_time start)
{
    while (cells->count > 0) {
        otr_word *oldest = otr_cells_get(shape, cells, 0);
        if (oldest[0].time > start)
            return;
        clear(shape, oldest);
        cells->count--;
        cells->first =
            cells->count == 0 || cells->first + 1 == otr_cells_capacity(shape) ? 0 : cells->first + 1;
    }
}

void otr_cells_drop_newest(const otr_cells_shape *shape, otr_cells *cells)
{
    clear(shape, otr_cells_get(shape, cells, cells->count - 1));
    cells->count--;
    if (cells->count == 0)
        cells->first = 0;
}

static otr_time grid(otr_time at, otr_time step)
{
    otr_time cell = at / step;
    return cell * step > at ? cell - 1 : cell;
}

static bool share_cell(otr_time older, otr_time newer, otr_time step)
{
    return newer - older < step && grid(older, step) == grid(newer, step);
}

/* The newest pair goes first: it is near the end, and what is older was merged before. */
static void make_room(const otr_cells_shape *shape, otr_cells *cells, otr_time step, otr_cells_merge *merge,
                      const void *context)
{
    uint32_t newer = cells->count - 1;
    while (newer > 0 && !share_cell(otr_cells_see(shape, cells, newer - 1)[0].time,
                                    otr_cells_see(shape, cells, newer)[0].time, step))
        newer--;
    OTR_ASSERT(newer > 0);
    merge(context, otr_cells_get(shape, cells, newer - 1), otr_cells_see(shape, cells, newer));
    for (; newer + 1 < cells->count; newer++)
        copy(shape, otr_cells_get(shape, cells, newer), otr_cells_see(shape, cells, newer + 1));
    otr_cells_drop_newest(shape, cells);
}

void otr_cells_add(const otr_cells_shape *shape, otr_cells *cells, const otr_word *cell,
                   otr_cells_merge *merge, const void *context)
{
    if (cells->count == otr_cells_capacity(shape)) {
        otr_word *newest = otr_cells_get(shape, cells, cells->count - 1);
        otr_time step = shape->span == 0 ? 0 : (shape->span - 1) / shape->resolution + 1;
        if (step == 0 || share_cell(newest[0].time, cell[0].time, step)) {
            merge(context, newest, cell);
            return;
        }
        make_room(shape, cells, step, merge, context);
    }
    copy(shape, otr_cells_get(shape, cells, cells->count), cell);
    cells->count++;
}

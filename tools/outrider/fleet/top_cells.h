/* Rows of a screen as cells, and how wide each column is so that as little as may be is cut: a column is as
 * wide as what stands in it where there is room, and what does not fit ends in "…". No terminal in here. */
#ifndef OTR_TOOLS_TOP_CELLS_H
#define OTR_TOOLS_TOP_CELLS_H

#include "base/buffer.h"
#include "tools/outrider/fleet/board.h"
#include "tools/outrider/fleet/top.h"

enum { OTR_CELLS_MAX = 9, OTR_CELL_SCRATCH_BYTES = 100 };

/* One row; the texts are the board's, or in the scratch of their cell. */
typedef struct otr_top_cells {
    int count;
    const char *texts[OTR_CELLS_MAX];
    char scratch[OTR_CELLS_MAX][OTR_CELL_SCRATCH_BYTES];
} otr_top_cells;

/* The columns of a kind of row. */
typedef struct otr_top_layout {
    int count;
    int widths[OTR_CELLS_MAX];
} otr_top_layout;

/* In columns of the terminal, once it is harmless. */
int otr_top_cell_width(otr_str text);
/* Harmless, cut with "…" or filled up to the width. */
void otr_top_cell_add(otr_buffer *out, otr_str text, int width);

/* What stands in a row of the board; none for a row of text. */
void otr_top_cells_fill(otr_top_cells *cells, const otr_board *board, const otr_top_row *row, otr_time now);
/* The headings of such rows. */
void otr_top_cells_titles(otr_top_cells *cells, otr_top_kind kind);
/* Columns for the rows [from, to) of that kind, with their headings, on a screen so wide: at least 80. */
void otr_top_layout_make(otr_top_layout *layout, const otr_top *top, otr_top_kind kind, size_t from,
                         size_t to, otr_time now, int columns);
/* The row as text, with a space between two cells. */
void otr_top_cells_add(otr_buffer *out, const otr_top_cells *cells, otr_top_kind kind,
                       const otr_top_layout *layout);

#endif

#include "tools/outrider/plot.h"

#include <math.h>
#include <string.h>

enum { AXIS = 10, DOTS_ACROSS = 2, DOTS_DOWN = 4 };

typedef struct frame {
    double low;
    double high;
    int columns; /* of the curve */
    int rows;
} frame;

/* Within the span, and finite. */
static bool is_shown(const otr_plot *plot, size_t i)
{
    return plot->times[i] >= plot->from && plot->times[i] <= plot->to && isfinite(plot->lows[i]) &&
           isfinite(plot->highs[i]);
}

static bool find_frame(const otr_plot *plot, frame *out)
{
    bool any = false;
    for (size_t i = 0; i < plot->count; i++) {
        if (!is_shown(plot, i))
            continue;
        out->low = !any || plot->lows[i] < out->low ? plot->lows[i] : out->low;
        out->high = !any || plot->highs[i] > out->high ? plot->highs[i] : out->high;
        any = true;
    }
    double margin = any && out->high - out->low < 1e-9 ? 0.5 : 0;
    out->low -= margin;
    out->high += margin;
    out->columns = plot->columns - AXIS;
    out->rows = plot->rows;
    return any && plot->to > plot->from;
}

/* A dot of the finest grid, from the top left. */
static void set(uint8_t *cells, const frame *f, int x, int y)
{
    static const uint8_t bits[DOTS_DOWN][DOTS_ACROSS] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= f->columns * DOTS_ACROSS || y >= f->rows * DOTS_DOWN)
        return;
    cells[(y / DOTS_DOWN) * f->columns + x / DOTS_ACROSS] |= bits[y % DOTS_DOWN][x % DOTS_ACROSS];
}

static int height(const frame *f, double value)
{
    double share = (f->high - value) / (f->high - f->low);
    return (int)lround(share * (f->rows * DOTS_DOWN - 1));
}

static void draw(const otr_plot *plot, const frame *f, uint8_t *cells)
{
    double width = f->columns * DOTS_ACROSS - 1;
    for (size_t i = 0; i < plot->count; i++) {
        if (!is_shown(plot, i))
            continue;
        int x = (int)lround((double)(plot->times[i] - plot->from) / (double)(plot->to - plot->from) * width);
        for (int y = height(f, plot->highs[i]); y <= height(f, plot->lows[i]); y++)
            set(cells, f, x, y);
    }
}

static void add_cell(otr_buffer *out, uint8_t dots, bool ascii)
{
    uint32_t c = 0x2800 + (uint32_t)dots;
    if (dots == 0 || ascii) {
        otr_buffer_add_u8(out, dots == 0 ? ' ' : '*');
        return;
    }
    otr_buffer_add_u8(out, (uint8_t)(0xe0 | c >> 12));
    otr_buffer_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
    otr_buffer_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
}

static void add_times(const otr_plot *plot, int columns, otr_buffer *out)
{
    char from[OTR_TIME_TEXT_BYTES];
    char to[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(plot->from, from);
    (void)otr_time_format(plot->to, to);
    from[10] = to[10] = ' ';
    if (columns >= 36)
        otr_buffer_add_format(out, "%*s%-*.16s%.16s\n", AXIS, "", columns - 16, from, to);
    else
        otr_buffer_add_format(out, "%*s%.16s\n", AXIS, "", from);
}

void otr_plot_add(const otr_plot *plot, otr_buffer *out)
{
    uint8_t cells[OTR_PLOT_ROWS_MAX * OTR_PLOT_COLUMNS_MAX];
    frame f = {.low = 0};
    if (plot->rows < 2 || plot->rows > OTR_PLOT_ROWS_MAX || plot->columns < 2 * AXIS ||
        plot->columns > OTR_PLOT_COLUMNS_MAX || !find_frame(plot, &f))
        return;
    memset(cells, 0, (size_t)(f.rows * f.columns));
    draw(plot, &f, cells);
    for (int row = 0; row < f.rows; row++) {
        double value = f.high - (f.high - f.low) * row / (f.rows - 1);
        bool told = row == 0 || row == f.rows - 1 || row == f.rows / 2;
        if (told)
            otr_buffer_add_format(out, "%*.*g |", AXIS - 2, 5, value);
        else
            otr_buffer_add_format(out, "%*s |", AXIS - 2, "");
        int last = f.columns;
        while (last > 0 && cells[row * f.columns + last - 1] == 0)
            last--;
        for (int x = 0; x < last; x++)
            add_cell(out, cells[row * f.columns + x], plot->ascii);
        otr_buffer_add_u8(out, '\n');
    }
    add_times(plot, f.columns, out);
}

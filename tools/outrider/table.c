#include "tools/outrider/table.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/fleet/watch.h"

enum { FIRST_MIN = 12 };

static otr_str no_text = {"", 0};

/* Characters, which are columns for the writings that we have. */
static size_t width_of(otr_str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.size; i++)
        width += ((uint8_t)text.data[i] & 0xC0) != 0x80;
    return width;
}

static void put(otr_table *table, otr_str text)
{
    if (table->count == table->capacity) {
        size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        otr_str *cells = realloc(table->cells, capacity * sizeof *cells);
        if (cells == NULL)
            return;
        table->cells = cells;
        table->capacity = capacity;
    }
    otr_str copy = otr_arena_copy(&table->memory, text);
    table->cells[table->count++] = copy.data != NULL ? copy : no_text;
}

void otr_table_head(otr_table *table, const char *titles)
{
    otr_str rest = otr_str_of(titles);
    table->columns = 0;
    for (size_t start = 0, i = 0; i <= rest.size; i++) {
        if (i < rest.size && rest.data[i] != '|')
            continue;
        put(table, (otr_str){rest.data + start, i - start});
        table->columns++;
        start = i + 1;
    }
}

void otr_table_text(otr_table *table, otr_str text)
{
    otr_buffer safe = {0};
    otr_watch_add_safe(&safe, text);
    put(table, otr_buffer_text(&safe));
    otr_buffer_done(&safe);
}

void otr_table_add(otr_table *table, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(table, otr_str_of(text));
}

static bool is_right(const otr_table *table, size_t column)
{
    return table->cells[column].size > 0 && table->cells[column].data[0] == '>';
}

static otr_str cell_of(const otr_table *table, size_t row, size_t column)
{
    size_t at = row * table->columns + column;
    otr_str text = at < table->count ? table->cells[at] : no_text;
    if (row == 0 && is_right(table, column)) {
        text.data++;
        text.size--;
    }
    return text;
}

static void add_cell(otr_buffer *out, otr_str text, size_t width, bool right, bool last)
{
    size_t used = width_of(text);
    if (used > width) { /* its end says most: names begin alike */
        otr_buffer_add_format(out, "…");
        for (size_t drop = used - width + 1; drop > 0; drop--) {
            size_t step = 1;
            while (step < text.size && ((uint8_t)text.data[step] & 0xC0) == 0x80)
                step++;
            text.data += step;
            text.size -= step;
        }
        used = width;
    }
    int blanks = (int)(width - used);
    if (right)
        otr_buffer_add_format(out, "%*s", blanks, "");
    otr_buffer_add(out, text.data, text.size);
    if (!right && !last)
        otr_buffer_add_format(out, "%*s", blanks, "");
}

void otr_table_print(const otr_table *table, otr_buffer *out)
{
    size_t widths[OTR_TABLE_COLUMNS] = {0};
    size_t columns = table->columns < OTR_TABLE_COLUMNS ? table->columns : OTR_TABLE_COLUMNS;
    size_t rows = table->columns > 0 ? (table->count + table->columns - 1) / table->columns : 0;
    size_t all = 0;
    for (size_t column = 0; column < columns; column++) {
        for (size_t row = 0; row < rows; row++) {
            size_t width = width_of(cell_of(table, row, column));
            widths[column] = width > widths[column] ? width : widths[column];
        }
        all += widths[column] + (column > 0 ? 2 : 0);
    }
    if (all > OTR_TABLE_WIDTH && widths[0] > FIRST_MIN) {
        size_t over = all - OTR_TABLE_WIDTH;
        widths[0] = widths[0] > over + FIRST_MIN ? widths[0] - over : FIRST_MIN;
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            otr_buffer_add_format(out, "%s", column > 0 ? "  " : "");
            add_cell(out, cell_of(table, row, column), widths[column], is_right(table, column),
                     column + 1 == columns);
        }
        otr_buffer_add_u8(out, '\n');
    }
}

void otr_table_done(otr_table *table)
{
    otr_arena_done(&table->memory);
    free(table->cells);
    *table = (otr_table){0};
}

void otr_table_wrap(otr_buffer *out, otr_str text, int indent)
{
    otr_buffer safe = {0};
    size_t column = 0;
    otr_watch_add_safe(&safe, text);
    otr_str rest = otr_buffer_text(&safe);
    while (rest.size > 0) {
        const char *blank = memchr(rest.data, ' ', rest.size);
        otr_str word = {rest.data, blank != NULL ? (size_t)(blank - rest.data) : rest.size};
        rest = (otr_str){rest.data + word.size, rest.size - word.size};
        if (rest.size > 0)
            rest = (otr_str){rest.data + 1, rest.size - 1};
        size_t width = width_of(word);
        if (width == 0)
            continue;
        if (column > 0 && column + 1 + width > OTR_TABLE_WIDTH) {
            otr_buffer_add_u8(out, '\n');
            column = 0;
        }
        otr_buffer_add_format(out, "%*s", column == 0 ? indent : 1, "");
        otr_buffer_add(out, word.data, word.size);
        column += (column == 0 ? (size_t)indent : 1) + width;
    }
    out->failed |= safe.failed;
    otr_buffer_done(&safe);
    otr_buffer_add_u8(out, '\n');
}

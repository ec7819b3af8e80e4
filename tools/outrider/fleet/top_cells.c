#include "tools/outrider/fleet/top_cells.h"

#include <math.h>
#include <stdio.h>
#include <wchar.h>

#include "tools/outrider/fleet/board_say.h"
#include "tools/outrider/fleet/watch.h"

typedef struct column {
    const char *title;
    int width; /* that it keeps on a screen of 80 columns; the last one has what is left */
    bool right;
} column;

typedef struct kind_columns {
    int count;
    column list[OTR_CELLS_MAX];
} kind_columns;

static const kind_columns kinds[] = {
    [OTR_ROW_GATEWAY] = {9,
                         {{"GATEWAY", 22, false},
                          {"STATE", 7, false},
                          {"VERSION", 8, false},
                          {"DEVICE", 6, true},
                          {"ALARM", 5, true},
                          {"BUFFER", 6, true},
                          {"CERT", 5, true},
                          {"HEARD", 7, false},
                          {"TROUBLE", 0, false}}},
    [OTR_ROW_ALARM] = {7,
                       {{"", 1, false},
                        {"PRIORITY", 8, false},
                        {"STATE", 14, false},
                        {"RULE", 18, false},
                        {"ASSET", 14, false},
                        {"SINCE", 7, false},
                        {"GATEWAY", 0, false}}},
    [OTR_ROW_TICKET] = {6,
                        {{"PRIORITY", 8, false},
                         {"QUEUE", 12, false},
                         {"WITH", 10, false},
                         {"SINCE", 7, false},
                         {"GATEWAY", 14, false},
                         {"TITLE", 0, false}}},
    [OTR_ROW_ASSET] = {6,
                       {{"ASSET", 18, false},
                        {"PLACE", 16, false},
                        {"WARM", 9, false},
                        {"AT", 7, false},
                        {"GATEWAY", 14, false},
                        {"CASE", 0, false}}},
    [OTR_ROW_NEWS] = {3, {{"TIME", 9, false}, {"GATEWAY", 14, false}, {"NEWS", 0, false}}},
    [OTR_ROW_TEXT] = {0},
};
static const char *const priorities[] = {"low", "medium", "high", "critical"};

/* ---- one cell ---- */

static int columns_of(wchar_t c)
{
    int columns = wcwidth(c);
    return columns >= 0 ? columns : 1;
}

/* The next character; what is none of this locale goes byte by byte. */
static size_t next(const otr_buffer *text, size_t at, mbstate_t *state, int *columns)
{
    wchar_t c = L'?';
    size_t size = mbrtowc(&c, (const char *)text->data + at, text->size - at, state);
    if (size == 0 || size > text->size - at) {
        size = 1;
        c = L'?';
        *state = (mbstate_t){0};
    }
    *columns = columns_of(c);
    return size;
}

static int width_of(const otr_buffer *safe)
{
    mbstate_t state = {0};
    int width = 0;
    int columns;
    for (size_t at = 0; at < safe->size; width += columns)
        at += next(safe, at, &state, &columns);
    return width;
}

int otr_top_cell_width(otr_str text)
{
    otr_buffer safe = {0};
    otr_watch_add_safe(&safe, text);
    int width = width_of(&safe);
    otr_buffer_done(&safe);
    return width;
}

/* "…" where the terminal has it. */
static const char *ellipsis(void)
{
    char bytes[16];
    mbstate_t state = {0};
    return wcrtomb(bytes, L'\u2026', &state) != (size_t)-1 && wcwidth(L'\u2026') == 1 ? "\u2026" : ".";
}

void otr_top_cell_add(otr_buffer *out, otr_str text, int width)
{
    otr_buffer safe = {0};
    mbstate_t state = {0};
    int used = 0;
    otr_watch_add_safe(&safe, text);
    bool cut = width_of(&safe) > width;
    int most = cut ? width - 1 : width;
    for (size_t at = 0; at < safe.size;) {
        int columns;
        size_t size = next(&safe, at, &state, &columns);
        if (used + columns > most)
            break;
        otr_buffer_add(out, safe.data + at, size);
        used += columns;
        at += size;
    }
    out->failed |= safe.failed;
    otr_buffer_done(&safe);
    if (cut && width > 0) {
        otr_buffer_add_format(out, "%s", ellipsis());
        used++;
    }
    otr_buffer_add_format(out, "%*s", width - used, "");
}

/* ---- rows ---- */

static void put(otr_top_cells *cells, const char *text)
{
    cells->texts[cells->count++] = text;
}

/* A text of its own for the next cell. */
static char *scratch(otr_top_cells *cells)
{
    char *text = cells->scratch[cells->count];
    put(cells, text);
    return text;
}

static void put_number(otr_top_cells *cells, double value)
{
    (void)snprintf(scratch(cells), OTR_CELL_SCRATCH_BYTES, isnan(value) ? "-" : "%.0f", value);
}

static void put_ago(otr_top_cells *cells, otr_time at, otr_time now)
{
    otr_board_ago(at, now, scratch(cells));
}

static void fill_gateway(otr_top_cells *cells, const otr_board_gateway *one, otr_time now)
{
    put(cells, one->name);
    put(cells, !one->seen ? "?" : one->online ? "online" : "OFFLINE");
    put(cells, one->version);
    put_number(cells, (double)one->devices);
    put_number(cells, one->unacknowledged);
    put_number(cells, one->buffer_hours < 99999 ? one->buffer_hours : NAN);
    put_number(cells, one->certificate_days != INT32_MIN ? one->certificate_days : NAN);
    put_ago(cells, otr_board_heard(one), now);
    otr_board_trouble(one, scratch(cells));
}

static void fill_alarm(otr_top_cells *cells, const otr_board *board, const otr_board_item *one, otr_time now)
{
    put(cells, strcmp(one->state, "unacknowledged") == 0 ? "!" : "");
    put(cells, one->point ? "-" : priorities[one->priority]);
    put(cells, one->state);
    put(cells, one->rule);
    put(cells, one->asset);
    put_ago(cells, one->at, now);
    put(cells, board->gateways[one->gateway].name);
}

static void fill_ticket(otr_top_cells *cells, const otr_board *board, const otr_board_item *one, otr_time now)
{
    put(cells, priorities[one->priority]);
    put(cells, one->queue);
    put(cells, one->who[0] != '\0' ? one->who : "nobody");
    put_ago(cells, one->onset, now);
    put(cells, board->gateways[one->gateway].name);
    put(cells, one->text[0] != '\0' ? one->text : one->asset);
}

static void fill_asset(otr_top_cells *cells, const otr_board *board, const otr_board_item *one, otr_time now)
{
    put(cells, one->asset);
    put(cells, one->text);
    put(cells, one->who);
    put_ago(cells, one->at, now);
    put(cells, board->gateways[one->gateway].name);
    put(cells, one->state);
}

static void fill_news(otr_top_cells *cells, const otr_board *board, uint32_t back)
{
    const otr_board_news *one = otr_board_news_at(board, back);
    char at[OTR_TIME_TEXT_BYTES] = "";
    if (one == NULL)
        return;
    if (one->at != OTR_TIME_NONE)
        (void)otr_time_format(one->at - one->at % OTR_SECOND, at);
    (void)snprintf(scratch(cells), OTR_CELL_SCRATCH_BYTES, "%s", strlen(at) > 11 ? at + 11 : "");
    put(cells, board->gateways[one->gateway].name);
    put(cells, one->text);
}

void otr_top_cells_fill(otr_top_cells *cells, const otr_board *board, const otr_top_row *row, otr_time now)
{
    cells->count = 0;
    switch (row->kind) {
    case OTR_ROW_GATEWAY:
        fill_gateway(cells, &board->gateways[row->at], now);
        break;
    case OTR_ROW_ALARM:
        fill_alarm(cells, board, &board->alarms.list[row->at], now);
        break;
    case OTR_ROW_TICKET:
        fill_ticket(cells, board, &board->tickets.list[row->at], now);
        break;
    case OTR_ROW_ASSET:
        fill_asset(cells, board, &board->assets.list[row->at], now);
        break;
    case OTR_ROW_NEWS:
        fill_news(cells, board, row->at);
        break;
    case OTR_ROW_TEXT:
    case OTR_ROW_KINDS:
        break;
    }
}

void otr_top_cells_titles(otr_top_cells *cells, otr_top_kind kind)
{
    cells->count = 0;
    for (int i = 0; i < kinds[kind].count; i++)
        put(cells, kinds[kind].list[i].title);
}

/* ---- columns ---- */

static void widen(otr_top_layout *layout, const otr_top_cells *cells)
{
    for (int i = 0; i < cells->count; i++) {
        int width = otr_top_cell_width(otr_str_of(cells->texts[i]));
        layout->widths[i] = width > layout->widths[i] ? width : layout->widths[i];
    }
}

/* What is missing is taken from whichever column has most above what it keeps at 80 columns. */
static void shrink(otr_top_layout *layout, const kind_columns *of, int missing, int last)
{
    for (; missing > 0; missing--) {
        int at = 0;
        int most = 0;
        for (int i = 0; i < layout->count; i++) {
            int spare = layout->widths[i] - (i + 1 < layout->count ? of->list[i].width : last);
            if (spare > most) {
                most = spare;
                at = i;
            }
        }
        layout->widths[at]--;
    }
}

void otr_top_layout_make(otr_top_layout *layout, const otr_top *top, otr_top_kind kind, size_t from,
                         size_t to, otr_time now, int columns)
{
    const kind_columns *of = &kinds[kind];
    otr_top_cells cells;
    *layout = (otr_top_layout){.count = of->count};
    otr_top_cells_titles(&cells, kind);
    widen(layout, &cells);
    for (size_t i = from; i < to && i < top->row_count; i++) {
        if (top->rows[i].kind != kind)
            continue;
        otr_top_cells_fill(&cells, top->board, &top->rows[i], now);
        widen(layout, &cells);
    }
    int total = of->count > 0 ? of->count - 1 : 0; /* the spaces between them */
    int last = 80 - total;
    for (int i = 0; i < of->count; i++) {
        total += layout->widths[i];
        last -= of->list[i].width;
    }
    shrink(layout, of, total - columns, last);
    for (int i = 0; i + 1 < of->count && total < columns; i++) { /* rows that come and go move nothing */
        int more = of->list[i].width - layout->widths[i];
        more = more > columns - total ? columns - total : more;
        if (more > 0) {
            layout->widths[i] += more;
            total += more;
        }
    }
    if (of->count > 0 && total < columns)
        layout->widths[of->count - 1] += columns - total;
}

void otr_top_cells_add(otr_buffer *out, const otr_top_cells *cells, otr_top_kind kind,
                       const otr_top_layout *layout)
{
    for (int i = 0; i < cells->count; i++) {
        otr_str text = otr_str_of(cells->texts[i]);
        int width = layout->widths[i];
        int blank = kinds[kind].list[i].right ? width - otr_top_cell_width(text) : 0;
        if (i > 0)
            otr_buffer_add_u8(out, ' ');
        if (blank > 0)
            otr_buffer_add_format(out, "%*s", blank, "");
        otr_top_cell_add(out, text, blank > 0 ? width - blank : width);
    }
}

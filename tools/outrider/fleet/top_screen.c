#include "tools/outrider/fleet/top_screen.h"

#include <stdio.h>

#include "tools/outrider/fleet/top_case.h"
#include "tools/outrider/fleet/top_cells.h"

enum { HEAD_LINES = 3, FOOT_LINES = 2 };

static const char *const pages[] = {"1 trouble", "2 fleet", "3 alarms", "4 tickets",
                                    "5 assets",  "6 news",  "case"};

void otr_screen_done(otr_screen *screen)
{
    otr_buffer_done(&screen->text);
}

static void begin(otr_screen *screen, otr_screen_look look)
{
    if (screen->count < OTR_SCREEN_LINES_MAX)
        screen->lines[screen->count] = (otr_screen_line){screen->text.size, 0, look};
}

static void end(otr_screen *screen)
{
    if (screen->count == OTR_SCREEN_LINES_MAX)
        return;
    otr_screen_line *line = &screen->lines[screen->count++];
    line->size = screen->text.size - line->begin;
}

static void line(otr_screen *screen, otr_screen_look look, const char *text)
{
    begin(screen, look);
    otr_top_cell_add(&screen->text, otr_str_of(text), screen->columns);
    end(screen);
}

/* ---- rows ---- */

static void row(otr_screen *screen, const otr_top *top, size_t at, const otr_top_layout *layout, otr_time now)
{
    const otr_top_row *one = &top->rows[at];
    bool chosen = at == top->place[top->page] && one->kind != OTR_ROW_TEXT;
    otr_top_cells cells;
    if (one->kind == OTR_ROW_TEXT) {
        line(screen, OTR_LOOK_STRONG, one->text);
        return;
    }
    begin(screen, chosen ? OTR_LOOK_CHOSEN : OTR_LOOK_PLAIN);
    otr_top_cells_fill(&cells, top->board, one, now);
    otr_top_cells_add(&screen->text, &cells, one->kind, layout);
    end(screen);
}

/* ---- head and foot ---- */

/* Over the rows of the page, where they are all of one kind. */
static void titles(otr_screen *screen, const otr_top *top, const otr_top_layout layouts[OTR_ROW_KINDS])
{
    static const otr_top_kind kinds[OTR_TOP_PAGES] = {
        [OTR_TOP_TROUBLE] = OTR_ROW_TEXT, [OTR_TOP_FLEET] = OTR_ROW_GATEWAY,
        [OTR_TOP_ALARMS] = OTR_ROW_ALARM, [OTR_TOP_TICKETS] = OTR_ROW_TICKET,
        [OTR_TOP_ASSETS] = OTR_ROW_ASSET, [OTR_TOP_NEWS] = OTR_ROW_NEWS,
        [OTR_TOP_CASE] = OTR_ROW_TEXT};
    otr_top_kind kind = kinds[top->page];
    otr_top_cells cells;
    if (kind == OTR_ROW_TEXT) {
        line(screen, OTR_LOOK_STRONG, "");
        return;
    }
    begin(screen, OTR_LOOK_STRONG);
    otr_top_cells_titles(&cells, kind);
    otr_top_cells_add(&screen->text, &cells, kind, &layouts[kind]);
    end(screen);
}

static void head(otr_screen *screen, const otr_top *top, const otr_screen_about *about,
                 const otr_top_layout layouts[OTR_ROW_KINDS])
{
    char text[300];
    char now[OTR_TIME_TEXT_BYTES];
    size_t offline = 0;
    size_t calling = 0;
    const otr_board *board = top->board;
    for (size_t i = 0; i < board->gateway_count; i++) {
        offline += board->gateways[i].seen && !board->gateways[i].online;
        calling += board->gateways[i].unacknowledged;
    }
    (void)otr_time_format(about->now - about->now % OTR_SECOND, now);
    const char *place = strstr(about->place, "://");
    otr_buffer whole = {0};
    (void)snprintf(text, sizeof text, "  %zu gateways, %zu offline  %zu alarms, %zu unacknowledged",
                   board->gateway_count, offline, board->alarms.count, calling);
    otr_str name = otr_str_of(place != NULL ? place + 3 : about->place);
    int room = screen->columns - otr_top_cell_width(otr_str_of(text));
    int width = otr_top_cell_width(name);
    otr_top_cell_add(&whole, name, width < room ? width : room);
    otr_buffer_add_format(&whole, "%s", text);
    begin(screen, OTR_LOOK_STRONG);
    otr_top_cell_add(&screen->text, otr_buffer_text(&whole), screen->columns);
    end(screen);
    screen->text.failed |= whole.failed;
    otr_buffer_done(&whole);
    size_t used = 0;
    for (int i = 0; i < (top->page == OTR_TOP_CASE ? OTR_TOP_PAGES : OTR_TOP_CASE); i++)
        used += (size_t)snprintf(text + used, sizeof text - used, i == (int)top->page ? "[%s] " : " %s  ",
                                 pages[i]);
    (void)snprintf(text + used, sizeof text - used, "%.8s", now + 11);
    line(screen, OTR_LOOK_PLAIN, text);
    titles(screen, top, layouts);
}

static void foot(otr_screen *screen, const otr_top *top, const otr_screen_about *about)
{
    char text[300];
    if (about->trouble[0] != '\0')
        (void)snprintf(text, sizeof text, "NOT CONNECTED: %.200s", about->trouble);
    else
        (void)snprintf(text, sizeof text, "%s", top->note);
    line(screen, OTR_LOOK_STRONG, text);
    line(screen, OTR_LOOK_PLAIN,
         "j k PgUp PgDn move  Enter case  a acknowledge  s shelve 1 h  1-6 pages  q quit");
}

static void take_text(void *context, const char *text, bool strong)
{
    line(context, strong ? OTR_LOOK_STRONG : OTR_LOOK_PLAIN, text);
}

bool otr_screen_draw(otr_screen *screen, otr_top *top, const otr_screen_about *about, int columns, int lines)
{
    lines = lines > OTR_SCREEN_LINES_MAX ? OTR_SCREEN_LINES_MAX : lines;
    otr_buffer_clear(&screen->text);
    screen->columns = columns;
    screen->count = 0;
    if (columns < OTR_SCREEN_COLUMNS_MIN || lines < OTR_SCREEN_LINES_MIN) {
        char text[96];
        (void)snprintf(text, sizeof text, "%dx%d is too small: at least %dx%d", columns, lines,
                       OTR_SCREEN_COLUMNS_MIN, OTR_SCREEN_LINES_MIN);
        line(screen, OTR_LOOK_STRONG, text);
        return !screen->text.failed;
    }
    int room = lines - HEAD_LINES - FOOT_LINES;
    if (!otr_top_refresh(top, top->page == OTR_TOP_CASE ? room / 3 : room))
        return false;
    otr_top_layout layouts[OTR_ROW_KINDS];
    size_t from = top->first[top->page];
    size_t to = from + (size_t)top->lines < top->row_count ? from + (size_t)top->lines : top->row_count;
    for (int kind = 0; kind < OTR_ROW_KINDS; kind++)
        otr_top_layout_make(&layouts[kind], top, (otr_top_kind)kind, from, to, about->now, columns);
    head(screen, top, about, layouts);
    for (size_t i = from; i < to; i++)
        row(screen, top, i, &layouts[top->rows[i].kind], about->now);
    if (top->page == OTR_TOP_CASE)
        otr_top_case_say(top, columns, lines - FOOT_LINES - screen->count, take_text, screen);
    while (screen->count < lines - FOOT_LINES)
        line(screen, OTR_LOOK_PLAIN, "");
    screen->count = lines - FOOT_LINES;
    foot(screen, top, about);
    return !screen->text.failed;
}

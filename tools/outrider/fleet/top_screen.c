#include "tools/outrider/fleet/top_screen.h"

#include <math.h>
#include <stdio.h>
#include <wchar.h>

#include "tools/outrider/fleet/board_say.h"
#include "tools/outrider/fleet/top_case.h"
#include "tools/outrider/fleet/watch.h"

enum { HEAD_LINES = 3, FOOT_LINES = 2, NAME = 22 };

static const char *const priorities[] = {"low", "medium", "high", "critical"};
static const char *const pages[] = {"1 trouble", "2 fleet", "3 alarms", "4 tickets",
                                    "5 assets",  "6 news",  "case"};

void otr_screen_done(otr_screen *screen)
{
    otr_buffer_done(&screen->text);
}

/* ---- cells: text of the wire, harmless, cut and filled up to a width in columns ---- */

static void add_cell(otr_buffer *out, otr_str text, int width)
{
    otr_buffer safe = {0};
    mbstate_t state = {0};
    int used = 0;
    otr_watch_add_safe(&safe, text);
    size_t at = 0;
    while (at < safe.size) {
        wchar_t c = L'?';
        size_t size = mbrtowc(&c, (const char *)safe.data + at, safe.size - at, &state);
        if (size == 0 || size > safe.size - at) { /* no character of this locale: byte by byte */
            size = 1;
            state = (mbstate_t){0};
        }
        int columns = wcwidth(c) >= 0 ? wcwidth(c) : 1;
        if (used + columns > width)
            break;
        otr_buffer_add(out, safe.data + at, size);
        used += columns;
        at += size;
    }
    otr_buffer_done(&safe);
    otr_buffer_add_format(out, "%*s", width - used, "");
}

static void cell(otr_screen *screen, const char *text, int width)
{
    add_cell(&screen->text, otr_str_of(text), width);
    otr_buffer_add_u8(&screen->text, ' ');
}

static void number(otr_screen *screen, int width, double value)
{
    if (isnan(value))
        otr_buffer_add_format(&screen->text, "%*s ", width, "-");
    else
        otr_buffer_add_format(&screen->text, "%*.0f ", width, value);
}

static void begin(otr_screen *screen, otr_screen_look look)
{
    if (screen->count < OTR_SCREEN_LINES_MAX)
        screen->lines[screen->count] = (otr_screen_line){screen->text.size, 0, look};
}

/* The rest of the line is the last cell. */
static void end(otr_screen *screen, const char *text, int used)
{
    if (screen->count == OTR_SCREEN_LINES_MAX)
        return;
    otr_screen_line *line = &screen->lines[screen->count++];
    if (screen->columns > used)
        add_cell(&screen->text, otr_str_of(text), screen->columns - used);
    line->size = screen->text.size - line->begin;
}

static void line(otr_screen *screen, otr_screen_look look, const char *text)
{
    begin(screen, look);
    end(screen, text, 0);
}

/* ---- rows ---- */

static void gateway_row(otr_screen *screen, const otr_board_gateway *one, otr_time now)
{
    char why[96];
    char ago[16];
    otr_board_trouble(one, why);
    otr_board_ago(otr_board_heard(one), now, ago);
    cell(screen, one->name, NAME);
    cell(screen, !one->seen ? "?" : one->online ? "online" : "OFFLINE", 7);
    cell(screen, one->version, 8);
    number(screen, 6, (double)one->devices);
    number(screen, 5, one->unacknowledged);
    number(screen, 6, one->buffer_hours < 99999 ? one->buffer_hours : NAN);
    number(screen, 5, one->certificate_days != INT32_MIN ? one->certificate_days : NAN);
    cell(screen, ago, 7);
    end(screen, why, NAME + 7 + 8 + 6 + 5 + 6 + 5 + 7 + 8);
}

static void alarm_row(otr_screen *screen, const otr_board *board, const otr_board_item *one, otr_time now)
{
    char ago[16];
    otr_board_ago(one->at, now, ago);
    bool calls = strcmp(one->state, "unacknowledged") == 0;
    cell(screen, calls ? "!" : "", 1);
    cell(screen, one->point ? "-" : priorities[one->priority], 8);
    cell(screen, one->state, 14);
    cell(screen, one->rule, 18);
    cell(screen, one->asset, 14);
    cell(screen, ago, 7);
    end(screen, board->gateways[one->gateway].name, 1 + 8 + 14 + 18 + 14 + 7 + 6);
}

static void ticket_row(otr_screen *screen, const otr_board *board, const otr_board_item *one, otr_time now)
{
    char ago[16];
    otr_board_ago(one->onset, now, ago);
    cell(screen, priorities[one->priority], 8);
    cell(screen, one->queue, 12);
    cell(screen, one->who[0] != '\0' ? one->who : "nobody", 10);
    cell(screen, ago, 7);
    cell(screen, board->gateways[one->gateway].name, 14);
    end(screen, one->text[0] != '\0' ? one->text : one->asset, 8 + 12 + 10 + 7 + 14 + 5);
}

static void asset_row(otr_screen *screen, const otr_board *board, const otr_board_item *one, otr_time now)
{
    char ago[16];
    otr_board_ago(one->at, now, ago);
    cell(screen, one->asset, 18);
    cell(screen, one->text, 16);
    cell(screen, one->who, 9);
    cell(screen, ago, 7);
    cell(screen, board->gateways[one->gateway].name, 14);
    end(screen, one->state, 18 + 16 + 9 + 7 + 14 + 5);
}

static void news_row(otr_screen *screen, const otr_board *board, uint32_t back)
{
    const otr_board_news *one = otr_board_news_at(board, back);
    char at[OTR_TIME_TEXT_BYTES] = "";
    if (one == NULL) {
        end(screen, "", 0);
        return;
    }
    if (one->at != OTR_TIME_NONE)
        (void)otr_time_format(one->at - one->at % OTR_SECOND, at);
    cell(screen, strlen(at) > 11 ? at + 11 : "", 9);
    cell(screen, board->gateways[one->gateway].name, 14);
    end(screen, one->text, 9 + 14 + 2);
}

static void row(otr_screen *screen, const otr_top *top, size_t at, otr_time now)
{
    const otr_top_row *one = &top->rows[at];
    bool chosen = at == top->place[top->page] && one->kind != OTR_ROW_TEXT;
    begin(screen, chosen ? OTR_LOOK_CHOSEN : one->kind == OTR_ROW_TEXT ? OTR_LOOK_STRONG : OTR_LOOK_PLAIN);
    switch (one->kind) {
    case OTR_ROW_GATEWAY:
        gateway_row(screen, &top->board->gateways[one->at], now);
        break;
    case OTR_ROW_ALARM:
        alarm_row(screen, top->board, &top->board->alarms.list[one->at], now);
        break;
    case OTR_ROW_TICKET:
        ticket_row(screen, top->board, &top->board->tickets.list[one->at], now);
        break;
    case OTR_ROW_ASSET:
        asset_row(screen, top->board, &top->board->assets.list[one->at], now);
        break;
    case OTR_ROW_NEWS:
        news_row(screen, top->board, one->at);
        break;
    case OTR_ROW_TEXT:
        end(screen, one->text, 0);
        break;
    }
}

/* ---- head and foot ---- */

static void head(otr_screen *screen, const otr_top *top, const otr_screen_about *about)
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
    (void)snprintf(text, sizeof text, "%.20s  %zu gateways, %zu offline  %zu alarms, %zu unacknowledged",
                   place != NULL ? place + 3 : about->place, board->gateway_count, offline,
                   board->alarms.count, calling);
    line(screen, OTR_LOOK_STRONG, text);
    size_t used = 0;
    for (int i = 0; i < (top->page == OTR_TOP_CASE ? OTR_TOP_PAGES : OTR_TOP_CASE); i++)
        used += (size_t)snprintf(text + used, sizeof text - used, i == (int)top->page ? "[%s] " : " %s  ",
                                 pages[i]);
    (void)snprintf(text + used, sizeof text - used, "%.8s", now + 11);
    line(screen, OTR_LOOK_PLAIN, text);
    static const char *const titles[] = {
        "",
        "GATEWAY                STATE   VERSION  DEVICE ALARM BUFFER  CERT HEARD   TROUBLE",
        "  PRIORITY STATE          RULE               ASSET          SINCE   GATEWAY",
        "PRIORITY QUEUE        WITH       SINCE   GATEWAY        TITLE",
        "ASSET              PLACE            WARM      AT      GATEWAY        CASE",
        "TIME      GATEWAY        NEWS",
        "",
    };
    line(screen, OTR_LOOK_STRONG, titles[top->page]);
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
    head(screen, top, about);
    size_t from = top->first[top->page];
    for (int i = 0; i < top->lines && from + (size_t)i < top->row_count; i++)
        row(screen, top, from + (size_t)i, about->now);
    if (top->page == OTR_TOP_CASE)
        otr_top_case_say(top, columns, lines - FOOT_LINES - screen->count, take_text, screen);
    while (screen->count < lines - FOOT_LINES)
        line(screen, OTR_LOOK_PLAIN, "");
    screen->count = lines - FOOT_LINES;
    foot(screen, top, about);
    return !screen->text.failed;
}

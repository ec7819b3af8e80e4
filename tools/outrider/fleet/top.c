#include "tools/outrider/fleet/top.h"

#include <stdio.h>
#include <stdlib.h>

void otr_top_done(otr_top *top)
{
    free(top->rows);
    free(top->order);
    *top = (otr_top){.board = NULL};
}

/* ---- rows ---- */

static void add(otr_top *top, otr_top_kind kind, uint32_t at, const char *text)
{
    top->rows[top->row_count++] = (otr_top_row){kind, at, text};
}

static bool room(otr_top *top, size_t rows, size_t order)
{
    if (rows > top->row_capacity) {
        otr_top_row *larger = realloc(top->rows, rows * 2 * sizeof *larger);
        if (larger == NULL)
            return false;
        top->rows = larger;
        top->row_capacity = rows * 2;
    }
    if (order > top->order_capacity) {
        uint32_t *larger = realloc(top->order, order * 2 * sizeof *larger);
        if (larger == NULL)
            return false;
        top->order = larger;
        top->order_capacity = order * 2;
    }
    return true;
}

static void add_all(otr_top *top, otr_top_kind kind, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(top, kind, top->order[i], NULL);
}

static void add_trouble(otr_top *top)
{
    const otr_board *board = top->board;
    char why[96];
    size_t before = top->row_count;
    otr_board_order_gateways(board, top->order);
    add(top, OTR_ROW_TEXT, 0, "GATEWAYS IN TROUBLE");
    for (size_t i = 0; i < board->gateway_count; i++) {
        otr_board_trouble(&board->gateways[top->order[i]], why);
        if (why[0] != '\0')
            add(top, OTR_ROW_GATEWAY, top->order[i], NULL);
    }
    if (top->row_count == before + 1)
        add(top, OTR_ROW_TEXT, 0, "  none");
    add(top, OTR_ROW_TEXT, 0, "");
    add(top, OTR_ROW_TEXT, 0, "ALARMS");
    otr_board_order_alarms(board, top->order);
    add_all(top, OTR_ROW_ALARM, board->alarms.count);
    if (board->alarms.count == 0)
        add(top, OTR_ROW_TEXT, 0, "  none");
}

static void add_case(otr_top *top)
{
    const otr_board *board = top->board;
    for (size_t i = 0; i < board->tickets.count; i++)
        if (otr_id_equal(board->tickets.list[i].case_id, top->case_id))
            add(top, OTR_ROW_TICKET, (uint32_t)i, NULL);
    otr_board_order_alarms(board, top->order);
    for (size_t i = 0; i < board->alarms.count; i++)
        if (otr_id_equal(board->alarms.list[top->order[i]].case_id, top->case_id))
            add(top, OTR_ROW_ALARM, top->order[i], NULL);
    if (top->row_count == 0)
        add(top, OTR_ROW_TEXT, 0, "nothing of this case stands any more");
}

static void make_rows(otr_top *top)
{
    const otr_board *board = top->board;
    top->row_count = 0;
    switch (top->page) {
    case OTR_TOP_TROUBLE:
        add_trouble(top);
        break;
    case OTR_TOP_FLEET:
        otr_board_order_gateways(board, top->order);
        add_all(top, OTR_ROW_GATEWAY, board->gateway_count);
        break;
    case OTR_TOP_ALARMS:
        otr_board_order_alarms(board, top->order);
        add_all(top, OTR_ROW_ALARM, board->alarms.count);
        break;
    case OTR_TOP_TICKETS:
        otr_board_order_tickets(board, top->order);
        add_all(top, OTR_ROW_TICKET, board->tickets.count);
        break;
    case OTR_TOP_ASSETS:
        otr_board_order_assets(board, top->order);
        add_all(top, OTR_ROW_ASSET, board->assets.count);
        break;
    case OTR_TOP_NEWS:
        for (uint32_t i = 0; otr_board_news_at(board, i) != NULL; i++)
            add(top, OTR_ROW_NEWS, i, NULL);
        break;
    default:
        add_case(top);
        break;
    }
    if (top->row_count == 0)
        add(top, OTR_ROW_TEXT, 0, "nothing");
}

static const otr_board_item *item_of(const otr_top *top, const otr_top_row *row)
{
    return row->kind == OTR_ROW_ALARM    ? &top->board->alarms.list[row->at]
           : row->kind == OTR_ROW_TICKET ? &top->board->tickets.list[row->at]
                                         : NULL;
}

static bool can_be_chosen(const otr_top *top, size_t at)
{
    return top->rows[at].kind != OTR_ROW_TEXT;
}

static void remember(otr_top *top)
{
    const otr_board_item *item = item_of(top, &top->rows[top->place[top->page]]);
    top->chosen = item != NULL ? item->id : (otr_id){{0}};
}

/* The place is on a row that can be chosen, where there is one, and on the screen. */
static void settle(otr_top *top, int direction)
{
    size_t *place = &top->place[top->page];
    size_t *first = &top->first[top->page];
    size_t last = top->row_count - 1;
    *place = *place > last ? last : *place;
    size_t at = *place;
    while (!can_be_chosen(top, at) && (direction < 0 ? at > 0 : at < last))
        at = direction < 0 ? at - 1 : at + 1;
    for (; !can_be_chosen(top, at) && (direction < 0 ? at < last : at > 0);)
        at = direction < 0 ? at + 1 : at - 1;
    *place = can_be_chosen(top, at) ? at : *place;
    size_t lines = top->lines > 0 ? (size_t)top->lines : 1;
    if (*place < *first || at == 0)
        *first = *place;
    if (*place <= 1)
        *first = 0; /* with its heading */
    if (*place >= *first + lines)
        *first = *place - lines + 1;
    remember(top);
}

bool otr_top_refresh(otr_top *top, int lines)
{
    const otr_board *board = top->board;
    otr_id chosen = top->chosen;
    size_t most = board->gateway_count > board->alarms.count ? board->gateway_count : board->alarms.count;
    most = board->assets.count > most ? board->assets.count : most;
    most = board->tickets.count > most ? board->tickets.count : most;
    bool same = !top->stale && top->seen == board->changes && top->lines == lines && top->rows != NULL;
    top->lines = lines;
    if (same)
        return true;
    if (!room(top, board->gateway_count + board->alarms.count + most + OTR_BOARD_NEWS + 16, most + 1))
        return false;
    make_rows(top);
    top->seen = board->changes;
    top->stale = false;
    for (size_t i = 0; !otr_id_is_zero(chosen) && i < top->row_count; i++) {
        const otr_board_item *item = item_of(top, &top->rows[i]);
        if (item != NULL && otr_id_equal(item->id, chosen))
            top->place[top->page] = i;
    }
    settle(top, 1);
    return true;
}

/* ---- keys ---- */

const otr_board_item *otr_top_alarm(const otr_top *top)
{
    size_t place = top->place[top->page];
    if (place >= top->row_count || top->rows[place].kind != OTR_ROW_ALARM)
        return NULL;
    const otr_board_item *item = &top->board->alarms.list[top->rows[place].at];
    return item->point ? NULL : item;
}

static void show(otr_top *top, otr_top_page page)
{
    top->page = page;
    top->chosen = (otr_id){{0}};
    top->stale = true;
    (void)otr_top_refresh(top, top->lines);
}

static void enter(otr_top *top)
{
    size_t place = top->place[top->page];
    const otr_board_item *item = place < top->row_count ? item_of(top, &top->rows[place]) : NULL;
    if (item == NULL || otr_id_is_zero(item->case_id) || top->page == OTR_TOP_CASE)
        return;
    top->case_id = item->case_id;
    top->before = top->page;
    top->place[OTR_TOP_CASE] = 0;
    show(top, OTR_TOP_CASE);
}

static void ask(otr_top *top, bool shelves)
{
    const otr_board_item *alarm = otr_top_alarm(top);
    if (alarm == NULL) {
        (void)snprintf(top->note, sizeof top->note, "choose an alarm first");
        return;
    }
    otr_top_order *order = &top->order_asked;
    *order = (otr_top_order){.wanted = true, .shelves = shelves};
    memcpy(order->gateway, top->board->gateways[alarm->gateway].name, sizeof order->gateway);
    otr_id_format(alarm->id, order->alarm);
    top->asks = true;
    (void)snprintf(top->note, sizeof top->note,
                   "%s %.40s on %.40s? press the key again, or any other to leave it",
                   shelves ? "shelve for 1 h:" : "acknowledge", alarm->rule, alarm->asset);
}

static void move(otr_top *top, long by)
{
    size_t *place = &top->place[top->page];
    long to = (long)*place + by;
    *place = to < 0 ? 0 : (size_t)to;
    settle(top, by < 0 ? -1 : 1);
}

/* The question that was asked is answered by this key, or dropped. */
static bool answer(otr_top *top, unsigned key)
{
    if (!top->asks)
        return false;
    bool yes = key == (top->order_asked.shelves ? OTR_KEY_SHELVE : OTR_KEY_ACKNOWLEDGE);
    top->asks = false;
    top->note[0] = '\0';
    if (yes)
        top->order_given = top->order_asked;
    return yes;
}

void otr_top_press(otr_top *top, unsigned key)
{
    if (answer(top, key))
        return;
    if (key >= OTR_KEY_PAGE && key < (unsigned)OTR_KEY_PAGE + OTR_TOP_CASE) {
        show(top, (otr_top_page)(key - OTR_KEY_PAGE));
        return;
    }
    switch (key) {
    case OTR_KEY_UP:
        move(top, -1);
        break;
    case OTR_KEY_DOWN:
        move(top, 1);
        break;
    case OTR_KEY_PAGE_UP:
        move(top, -(long)top->lines);
        break;
    case OTR_KEY_PAGE_DOWN:
        move(top, top->lines);
        break;
    case OTR_KEY_FIRST:
        move(top, -(long)top->row_count);
        break;
    case OTR_KEY_LAST:
        move(top, (long)top->row_count);
        break;
    case OTR_KEY_ENTER:
        enter(top);
        break;
    case OTR_KEY_BACK:
        show(top, top->page == OTR_TOP_CASE ? top->before : OTR_TOP_TROUBLE);
        break;
    case OTR_KEY_NEXT:
        show(top, (otr_top_page)((top->page + 1) % OTR_TOP_CASE));
        break;
    case OTR_KEY_ACKNOWLEDGE:
    case OTR_KEY_SHELVE:
        ask(top, key == OTR_KEY_SHELVE);
        break;
    case OTR_KEY_QUIT:
        if (top->page == OTR_TOP_CASE)
            show(top, top->before);
        else
            top->quits = true;
        break;
    default:
        break;
    }
}

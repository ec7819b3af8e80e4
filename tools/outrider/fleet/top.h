/*
 * `outrider top`: what is looked at (the pages, the place in each, what is asked), apart from the board,
 * which is what is known, and from the terminal, which top_screen.c draws. No I/O.
 */
#ifndef OTR_TOOLS_TOP_H
#define OTR_TOOLS_TOP_H

#include "tools/outrider/fleet/board.h"

typedef enum otr_top_page {
    OTR_TOP_TROUBLE, /* gateways in trouble, then alarms */
    OTR_TOP_FLEET,
    OTR_TOP_ALARMS,
    OTR_TOP_TICKETS,
    OTR_TOP_ASSETS,
    OTR_TOP_NEWS,
    OTR_TOP_CASE, /* of the alarm or ticket that was entered */
    OTR_TOP_PAGES
} otr_top_page;

typedef enum otr_top_key {
    OTR_KEY_UP,
    OTR_KEY_DOWN,
    OTR_KEY_PAGE_UP,
    OTR_KEY_PAGE_DOWN,
    OTR_KEY_FIRST,
    OTR_KEY_LAST,
    OTR_KEY_ENTER,
    OTR_KEY_BACK,
    OTR_KEY_NEXT, /* page */
    OTR_KEY_ACKNOWLEDGE,
    OTR_KEY_SHELVE,
    OTR_KEY_QUIT,
    OTR_KEY_OTHER, /* that means nothing: it leaves a question */
    OTR_KEY_PAGE,  /* + otr_top_page */
} otr_top_key;

/* What a row of a page is about. */
typedef enum otr_top_kind {
    OTR_ROW_TEXT,
    OTR_ROW_GATEWAY,
    OTR_ROW_ALARM,
    OTR_ROW_TICKET,
    OTR_ROW_ASSET,
    OTR_ROW_NEWS,
    OTR_ROW_KINDS
} otr_top_kind;
typedef struct otr_top_row {
    otr_top_kind kind;
    uint32_t at;      /* in the board's list; of news: how far back */
    const char *text; /* of OTR_ROW_TEXT */
} otr_top_row;

/* What is to be done at a gateway. */
typedef struct otr_top_order {
    bool wanted;
    bool shelves; /* for an hour; else acknowledges */
    char gateway[OTR_BOARD_NAME_BYTES];
    char alarm[OTR_ID_TEXT_BYTES];
} otr_top_order;

/* Zero-initialise to use. */
typedef struct otr_top {
    otr_board *board;
    otr_top_page page;
    otr_top_page before;         /* the one that BACK leads to from a case */
    size_t place[OTR_TOP_PAGES]; /* the row that is chosen */
    size_t first[OTR_TOP_PAGES]; /* the row at the top of the screen */
    int lines;                   /* that the screen has for rows */
    otr_top_row *rows;           /* of the page, made anew when the board has changed */
    size_t row_count;
    size_t row_capacity;
    uint32_t *order;
    size_t order_capacity;
    uint64_t seen; /* board changes that the rows show */
    bool stale;
    otr_id case_id; /* of the case page */
    otr_id chosen;  /* alarm or ticket under the cursor: it stays chosen where it moves to */
    bool asks;      /* whether to do order: the next key says */
    otr_top_order order_asked;
    otr_top_order order_given; /* to be taken by the owner, who clears wanted */
    bool quits;
    char note[160]; /* the line at the bottom */
} otr_top;

void otr_top_done(otr_top *top);
/* The board has changed, or the screen: rows are made anew. False when memory is out. */
bool otr_top_refresh(otr_top *top, int lines);
void otr_top_press(otr_top *top, unsigned key);
/* The alarm that the order keys would act on; NULL. */
const otr_board_item *otr_top_alarm(const otr_top *top);

#endif

/*
 * What is known of a fleet, as a console gathers it from the broker: gateways and how they are, alarms,
 * tickets and assets that stand, and the newest news. Fed with messages, asked by verbs and views; no I/O, no
 * clock. Texts that came from the wire are as they came: whoever prints them makes them harmless.
 */
#ifndef OTR_TOOLS_BOARD_H
#define OTR_TOOLS_BOARD_H

#include "codec/service.h"
#include "tools/outrider/fleet/board_index.h"

enum {
    OTR_BOARD_GATEWAYS_MAX = 1 << 17, /* 60 MB of them: more is a fleet of fleets */
    OTR_BOARD_ITEMS_MAX = 1 << 20,    /* of each kind: 400 MB */
    OTR_BOARD_NEWS = 500,             /* lines: what people scroll back */
    OTR_BOARD_NAME_BYTES = 130,       /* GROUP/GATEWAY and NUL */
};

typedef struct otr_board_gateway {
    char name[OTR_BOARD_NAME_BYTES]; /* GROUP/GATEWAY */
    bool seen;                       /* it has said whether it is there */
    bool online;
    otr_time connected; /* when its newest connection was made; NONE: not known */
    otr_time heard;     /* how it was then: health and figures; NONE: it has not said */
    otr_time started;
    char version[24];
    char health[96];
    double buffer_hours;  /* NaN: not known */
    int certificate_days; /* INT32_MIN: not known */
    uint64_t devices;
    uint64_t outbox;
    uint64_t lost;   /* readings */
    uint32_t alarms; /* of the board that stand */
    uint32_t urgent; /* of these: nobody has acknowledged them, and they are high or critical */
    uint32_t unacknowledged;
    uint32_t tickets;
} otr_board_gateway;

/* When it spoke last, as far as it says: a gateway that has connected says how it is a moment later. */
static inline otr_time otr_board_heard(const otr_board_gateway *gateway)
{
    return gateway->connected > gateway->heard ? gateway->connected : gateway->heard;
}

/* An alarm, a shelved point, a ticket or an asset. Texts are of its own memory and never NULL. */
typedef struct otr_board_item {
    otr_id id; /* the entity's; of an asset that of its topic */
    uint32_t gateway;
    uint8_t priority; /* 0 low to 3 critical */
    bool point;       /* of alarms: a rule on an asset, shelved or out of service */
    otr_id case_id;
    otr_id alarm;
    const char *state; /* alarm: how it stands; asset: its open case in few words */
    const char *rule;
    const char *asset;
    const char *device;
    const char *text;  /* alarm: cause; ticket: title; asset: place */
    const char *queue; /* ticket */
    const char *who;   /* ticket: assignee; alarm: who changed it */
    const char *until; /* shelf */
    otr_time onset;
    otr_time at; /* alarm: raised; ticket: decided; asset: newest reading */
    otr_time ended;
    double number;    /* asset: temperature as told, NaN if none */
    otr_bytes ticket; /* what it encloses: codec/ticket.h */
    char *memory;
} otr_board_item;

typedef struct otr_board_items {
    otr_board_item *list; /* in no order: the last takes the place of one that goes */
    size_t count;
    size_t capacity;
    otr_board_index index;
} otr_board_items;

typedef struct otr_board_news {
    otr_time at;
    uint32_t gateway;
    char text[200];
} otr_board_news;

/* Zero-initialise to use. */
typedef struct otr_board {
    otr_board_gateway *gateways; /* in the order in which they came */
    size_t gateway_count;
    size_t gateway_capacity;
    otr_board_index gateway_index;
    otr_board_items alarms;
    otr_board_items tickets;
    otr_board_items assets;
    otr_board_news *news; /* a ring: news_count came in all */
    size_t news_count;
    uint64_t changes;  /* with each message that changed something */
    unsigned refused;  /* messages that were not understood */
    unsigned left_out; /* beyond the limits */
    otr_arena memory;  /* of one message */
} otr_board;

void otr_board_done(otr_board *board);
/* A message under `topic`; one that is none of a gateway's, or that is not understood, is counted. MEMORY. */
otr_status otr_board_take(otr_board *board, otr_str topic, otr_str content_type, otr_bytes payload);

/* NULL: there is none. */
const otr_board_item *otr_board_find(const otr_board_items *items, otr_id id);
/* The one whose id begins so; NULL: none, or several (*several). */
const otr_board_item *otr_board_begins(const otr_board_items *items, const char *hex, bool *several);
/* The newest first; NULL beyond the last that is kept. */
const otr_board_news *otr_board_news_at(const otr_board *board, size_t back);

/* ---- orders: trouble first; indices into the lists. Each fills `out`, which has room for all. ---- */

void otr_board_order_gateways(const otr_board *board, uint32_t *out);
void otr_board_order_alarms(const otr_board *board, uint32_t *out);
void otr_board_order_tickets(const otr_board *board, uint32_t *out);
void otr_board_order_assets(const otr_board *board, uint32_t *out);

/* Why a gateway is in trouble, in a few words; empty: it is not. */
void otr_board_trouble(const otr_board_gateway *gateway, char out[96]);

#endif

/*
 * Packs to a CoAP server as their devices would send them: one session a device, confirmable, the next pack
 * when the last one is acknowledged, all devices at once. One thread; it works only inside
 * otr_feed_sender_step.
 */
#ifndef OTR_TOOLS_FEED_SEND_H
#define OTR_TOOLS_FEED_SEND_H

#include "tools/outrider/feed/feed_pack.h"

typedef struct otr_feed_sender otr_feed_sender;

typedef struct otr_feed_send_config {
    otr_str to;           /* coap://HOST[:PORT] or coaps://HOST[:PORT] */
    otr_str keys_folder;  /* for coaps: platform/linux/coap/keys.h */
    unsigned format;      /* CoAP Content-Format */
    size_t pack_readings; /* 0: as many as fit one datagram */
    otr_time give_up_us;  /* without any acknowledgement */
} otr_feed_send_config;

/* Rows that did not get through, once each: text names the device or holds the server's diagnostic. */
typedef struct otr_feed_listener {
    void *context;
    void (*lost)(void *context, size_t first_line, size_t last_line, size_t rows, const char *text);
} otr_feed_listener;

typedef struct otr_feed_sent {
    uint64_t packs; /* acknowledged */
    uint64_t rows;
    uint64_t readings;
    uint64_t packs_refused;
    uint64_t rows_lost;   /* refused by the server, or their device never got through */
    uint64_t pushed_back; /* 5.03 and 4.29 answers */
    uint64_t resent;
    uint64_t devices;
} otr_feed_sent;

otr_status otr_feed_sender_create(const otr_feed_send_config *config, const otr_feed_listener *listener,
                                  otr_feed_sender **out, otr_error *error);
void otr_feed_sender_free(otr_feed_sender *sender);

/* Takes a copy of the row. Only MEMORY ends the feed; what can't be encoded goes to the listener. */
otr_status otr_feed_sender_add(otr_feed_sender *sender, const otr_feed_row *row, otr_error *error);
/* No more rows: what is gathered becomes packs. */
void otr_feed_sender_finish(otr_feed_sender *sender);
/* Sends what can be sent and waits at most wait_ms for answers. IO when the server is given up: what is left
 * went to the listener. */
otr_status otr_feed_sender_step(otr_feed_sender *sender, unsigned wait_ms, otr_error *error);
size_t otr_feed_sender_queued_bytes(const otr_feed_sender *sender);
/* Nothing is queued, nothing in flight. */
bool otr_feed_sender_idle(const otr_feed_sender *sender);
const otr_feed_sent *otr_feed_sender_sent(const otr_feed_sender *sender);

#endif

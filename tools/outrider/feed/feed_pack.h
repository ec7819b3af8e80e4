/*
 * Rows of one device gathered into packs: encoded messages in the order of the file. A row is never split
 * over two packs, because its readings belong to one instant. Not thread-safe; owns what it holds.
 */
#ifndef OTR_TOOLS_FEED_PACK_H
#define OTR_TOOLS_FEED_PACK_H

#include "base/buffer.h"
#include "tools/outrider/feed/feed_row.h"

enum {
    OTR_FEED_DATAGRAM_BYTES =
        1000, /* with CoAP and DTLS around it below 1,152, libcoap's and most links' datagram */
};

typedef struct otr_feed_pack {
    struct otr_feed_pack *next;
    size_t first_line;
    size_t last_line;
    size_t rows;
    size_t readings;
    size_t size;
    uint8_t bytes[];
} otr_feed_pack;

typedef struct otr_feed_packer {
    unsigned format;     /* CoAP Content-Format */
    size_t readings_max; /* of a pack; 0: as many as fit one datagram */
    size_t queued_bytes; /* over all queues, for back-pressure */
    otr_buffer scratch;
} otr_feed_packer;

typedef struct otr_feed_queue {
    otr_str device;       /* NUL-terminated */
    otr_feed_pack *first; /* ready to be sent */
    otr_feed_pack *last;
    otr_reading *readings; /* of the pack being gathered */
    size_t count;
    size_t capacity;
    size_t rows;
    size_t first_line;
    size_t last_line;
    otr_arena texts;
} otr_feed_queue;

/* Adds a row, which may complete a pack. Not OK: the rows from *first_line to *last_line could not be encoded
 * and are left out, *error says why. */
otr_status otr_feed_queue_add(otr_feed_packer *packer, otr_feed_queue *queue, const otr_feed_row *row,
                              size_t *first_line, size_t *last_line, otr_error *error);
/* Makes a pack of what is gathered; nothing when nothing is. Errors as above. */
otr_status otr_feed_queue_flush(otr_feed_packer *packer, otr_feed_queue *queue, size_t *first_line,
                                size_t *last_line, otr_error *error);
/* Forgets the rows that are gathered and not yet a pack. */
void otr_feed_queue_drop(otr_feed_queue *queue);
/* Drops the first pack. */
void otr_feed_queue_pop(otr_feed_packer *packer, otr_feed_queue *queue);
void otr_feed_queue_done(otr_feed_packer *packer, otr_feed_queue *queue);

#endif

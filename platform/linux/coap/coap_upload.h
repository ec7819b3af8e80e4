/*
 * Block-wise uploads (Block1, RFC 7959) put together, without I/O. Knows blocks and their order, not libcoap.
 *
 * An upload belongs to a peer and its Request-Tag (RFC 9175), not to a token: a client may use a new token
 * for each block. What the sender claims about the total is never read. Memory grows with the bytes that
 * really came, up to OTR_LIMIT_UPLOAD_BYTES each and OTR_LIMIT_UPLOADS_OPEN of them, OTR_LIMIT_UPLOADS_PEER
 * of one peer: a further one takes the place of that peer's longest silent. An upload that is complete is
 * kept for a while, so that a repeated last block gives the same bytes again.
 */
#ifndef OTR_PLATFORM_COAP_UPLOAD_H
#define OTR_PLATFORM_COAP_UPLOAD_H

#include "base/limits.h"
#include "base/status.h"
#include "base/str.h"
#include "base/time.h"

enum {
    /* A sender may be silent this long between blocks: MAX_TRANSMIT_WAIT of RFC 7252 section 4.8.2. */
    OTR_UPLOAD_SILENCE_S = 93,
    /* When all places are taken, one that was silent this long gives way: above one retransmission (2 s to 3
     * s) and the next (4 s to 6 s). */
    OTR_UPLOAD_GIVES_WAY_S = 15,
};

typedef struct otr_upload_slot {
    uint64_t peer;
    uint64_t tag;
    otr_time last_us; /* of its last block */
    uint8_t *data;    /* NULL: the slot is free */
    size_t size;
    size_t capacity;
    unsigned format;
    bool complete;
} otr_upload_slot;

/* Zero-initialise to use. */
typedef struct otr_uploads {
    otr_upload_slot slots[OTR_LIMIT_UPLOADS_OPEN];
    size_t open; /* slots in use */
} otr_uploads;

typedef struct otr_upload_block {
    uint64_t peer;   /* who sends: a hash */
    uint64_t tag;    /* which of its uploads: a hash of the Request-Tag, 0 without one */
    unsigned format; /* Content-Format */
    uint32_t number;
    unsigned size_exponent; /* 0..6: a block has 16 << size_exponent bytes */
    bool more;
    otr_bytes bytes;
} otr_upload_block;

/*
 * Takes one block. OK: *whole is the upload when the block was its last (valid until the next call), else
 * empty. INVALID: the block breaks its format. NOT_FOUND: blocks before it are missing; the sender starts
 * again. LIMIT: more than OTR_LIMIT_UPLOAD_BYTES. FULL: too many uploads under way. After anything but OK and
 * FULL the upload is dropped.
 */
otr_status otr_uploads_add(otr_uploads *uploads, const otr_upload_block *block, otr_time now_us,
                           otr_bytes *whole, otr_error *error);
/* Frees what was silent for too long. */
void otr_uploads_expire(otr_uploads *uploads, otr_time now_us);
void otr_uploads_done(otr_uploads *uploads);

#endif

/* CBOR (RFC 8949) one item at a time, over libcbor's streaming decoder; nothing is allocated and nothing
 * nests here. */
#ifndef OTR_CODEC_CBOR_ITEMS_H
#define OTR_CODEC_CBOR_ITEMS_H

#include "base/str.h"

typedef enum otr_cbor_kind {
    OTR_CBOR_NATURAL,
    OTR_CBOR_NEGATIVE, /* -1 - natural */
    OTR_CBOR_FLOAT,
    OTR_CBOR_TEXT,
    OTR_CBOR_BYTES,
    OTR_CBOR_CHUNKS, /* a string of indefinite length */
    OTR_CBOR_ARRAY,
    OTR_CBOR_MAP,
    OTR_CBOR_TAG,
    OTR_CBOR_BOOL,
    OTR_CBOR_NULL,
    OTR_CBOR_BREAK,
} otr_cbor_kind;

typedef struct otr_cbor_item {
    otr_cbor_kind kind;
    bool indefinite;
    uint64_t natural; /* value, tag, or count of a definite array or map; of a bool 0 or 1 */
    double number;
    otr_str text;
} otr_cbor_item;

/* Reads from bytes that outlive it; item is the one read last. */
typedef struct otr_cbor_reader {
    const uint8_t *at;
    const uint8_t *end;
    otr_cbor_item item;
} otr_cbor_reader;

typedef enum otr_cbor_result { OTR_CBOR_READ, OTR_CBOR_CUT, OTR_CBOR_MALFORMED } otr_cbor_result;

/* The next item head, or the whole item when it holds no others. */
otr_cbor_result otr_cbor_next(otr_cbor_reader *reader);

#endif

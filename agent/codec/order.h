/*
 * An order: a command of an operator in an envelope that is signed. The envelope holds the order as the very
 * bytes that were signed, so that nobody has to write them anew to check them. Both have a protobuf form
 * (proto/control.proto) and a JSON form; which it is, the first byte says. Knows no keys and judges nothing
 * but form and size.
 */
#ifndef OTR_CODEC_ORDER_H
#define OTR_CODEC_ORDER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/time.h"

enum { OTR_ORDER_SIGNATURE_BYTES = 64 }; /* Ed25519 */

/* Views; all parts are there. */
typedef struct otr_envelope {
    otr_bytes content; /* an order, as it was signed */
    otr_id key;        /* which one signed it */
    otr_bytes signature;
} otr_envelope;

/* Views. */
typedef struct otr_order {
    otr_str id;          /* 1 to OTR_LIMIT_ORDER_ID_BYTES of printable ASCII without a space */
    otr_str to;          /* GROUP/GATEWAY */
    uint64_t counter;    /* 1 to 2^53 */
    otr_time until;      /* UTC */
    otr_str request;     /* a JSON object with "do", as the control socket takes it */
    otr_str reply_to;    /* may be empty */
    otr_str correlation; /* UTF-8; may be empty */
} otr_order;

/* Whether it is meant as an envelope at all, rather than as a customer's action: decides nothing else. */
bool otr_envelope_is(otr_bytes payload);
/* INVALID, or LIMIT when it is larger than OTR_LIMIT_ENVELOPE_BYTES or nested too deeply; MEMORY.
 * error is not NULL, here and below. */
otr_status otr_envelope_read(otr_arena *arena, otr_bytes payload, otr_envelope *out, otr_error *error);
/* Appends; out->failed when memory is out. */
void otr_envelope_write(otr_buffer *out, const otr_envelope *envelope, bool json);

/* The same statuses. What was read of it so far is in *out: its id and where the answer goes. */
otr_status otr_order_read(otr_arena *arena, otr_bytes content, otr_order *out, otr_error *error);
otr_status otr_order_write(otr_buffer *out, const otr_order *order, bool json, otr_error *error);

/* Appends what the signature is of: "outrider command 1", a NUL, the content. */
void otr_order_message(otr_buffer *out, otr_bytes content);

#endif

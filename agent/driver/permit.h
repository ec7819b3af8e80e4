/*
 * Whether an order is taken: its envelope, its key, its signature, the gateway that it is for, its deadline,
 * and what its key's owner may do. Judges what it is given and keeps nothing; whether the order was taken
 * before, the core knows (core/command/order_book.h).
 */
#ifndef OTR_DRIVER_PERMIT_H
#define OTR_DRIVER_PERMIT_H

#include "codec/json.h"
#include "codec/order.h"
#include "core/desk/desk_act.h"
#include "driver/port.h"
#include "driver/verbs.h"

enum { OTR_OPERATOR_KEY_BYTES = 32 }; /* Ed25519 */

typedef struct otr_operator {
    otr_id key; /* the first 16 bytes of SHA-256 of open */
    uint8_t open[OTR_OPERATOR_KEY_BYTES];
    otr_str name;
    otr_role role;
    bool revoked;
} otr_operator;

/* X(NAME, word, what it means) */
#define OTR_ORDER_REFUSALS(X)                                                                                \
    X(NONE, "", "")                                                                                          \
    X(MALFORMED, "malformed", "it is no order")                                                              \
    X(OVERSIZED, "oversized", "it is too large")                                                             \
    X(NESTED, "nested", "it is nested too deeply")                                                           \
    X(UNKNOWN_KEY, "unknown key", "this gateway does not know the key")                                      \
    X(FORGED, "forged", "the signature is not that of the key")                                              \
    X(REVOKED, "revoked", "the key is revoked")                                                              \
    X(ELSEWHERE, "elsewhere", "it is for another gateway")                                                   \
    X(LATE, "late", "its time is over")                                                                      \
    X(EARLY, "early", "it is meant for too long")                                                            \
    X(NO_CLOCK, "no clock", "this gateway does not know the time yet; send it again later")                  \
    X(NO_VERB, "no verb", "there is no such verb")                                                           \
    X(ROLE, "role", "that role may not do this")                                                             \
    X(REPLAYED, "replayed", "the key has counted further already")                                           \
    X(FULL, "full", "too much waits; send it again later")
typedef enum otr_order_refusal {
#define X(name, word, text) OTR_ORDER_REFUSED_##name,
    OTR_ORDER_REFUSALS(X)
#undef X
} otr_order_refusal;
const char *otr_order_refusal_word(otr_order_refusal refusal);
const char *otr_order_refusal_text(otr_order_refusal refusal);
/* It was no fault of the order's: the same may be taken later. */
static inline bool otr_order_refusal_passes(otr_order_refusal refusal)
{
    return refusal == OTR_ORDER_REFUSED_NO_CLOCK || refusal == OTR_ORDER_REFUSED_FULL;
}

typedef bool otr_verify_function(const uint8_t key[OTR_OPERATOR_KEY_BYTES], otr_bytes message,
                                 const uint8_t signature[OTR_SIGNATURE_BYTES]);

/* What it is judged by. */
typedef struct otr_permit_rules {
    const otr_operator *operators;
    size_t operator_count;
    otr_str group;
    otr_str gateway;
    otr_time utc;
    bool synced; /* else utc is a floor */
    otr_verify_function *verify;
    otr_digest_function *sha256;
} otr_permit_rules;

/* What was found, as far as it came; views into the payload and the arena. */
typedef struct otr_permit {
    otr_order_refusal refusal;
    otr_error error;              /* text: more about it; empty: there is no more to say */
    const otr_operator *operator; /* whose key signed it; NULL before that is certain */
    otr_id key;                   /* as the envelope says */
    otr_order order;              /* empty while nobody is known to have signed it */
    otr_id id;                    /* of key and the order's id */
    const otr_verb *verb;
    json_t *request; /* of the order, owned; NULL when it was not read */
} otr_permit;

/* Costs one check of a signature at the most, about 0.1 ms. */
void otr_permit_judge(otr_arena *arena, otr_bytes payload, const otr_permit_rules *rules, otr_permit *out);

#endif

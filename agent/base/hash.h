/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): identities from content and keyed hash tables. It is no
 * signature and no proof against a forger; those are OpenSSL's.
 */
#ifndef OTR_BASE_HASH_H
#define OTR_BASE_HASH_H

#include "base/str.h"

/* 16 bytes that name an alarm, a case, a notification, a ticket or an event. */
typedef struct otr_id {
    uint8_t bytes[16];
} otr_id;

/* 32 lower-case hex digits and a NUL. */
enum { OTR_ID_TEXT_BYTES = 33 };

/* SHA-256, as OpenSSL makes it for whoever needs one and must not know OpenSSL: the core. */
enum { OTR_DIGEST_BYTES = 32 };
typedef struct otr_digest {
    uint8_t bytes[OTR_DIGEST_BYTES];
} otr_digest;
/* Pure: the same bytes, the same digest. False when memory is out. */
typedef bool otr_digest_function(const void *data, size_t size, otr_digest *out);

uint64_t otr_hash64(uint64_t key0, uint64_t key1, const void *data, size_t size);
otr_id otr_hash128(uint64_t key0, uint64_t key1, const void *data, size_t size);

static inline bool otr_id_equal(otr_id a, otr_id b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}
bool otr_id_is_zero(otr_id id);
void otr_id_format(otr_id id, char out[OTR_ID_TEXT_BYTES]);
bool otr_id_parse(otr_str text, otr_id *out);

#endif

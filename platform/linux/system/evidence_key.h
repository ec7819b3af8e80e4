/*
 * SHA-256 for proofs, and the key that signs them: Ed25519, 32 random bytes in STATE/evidence.key, made at
 * the first start, mode 0600. What it signed can be checked with the public key alone. Any thread.
 */
#ifndef OTR_PLATFORM_EVIDENCE_KEY_H
#define OTR_PLATFORM_EVIDENCE_KEY_H

#include "base/hash.h"
#include "driver/port.h"

enum { OTR_PUBLIC_KEY_BYTES = 32 };

typedef struct otr_evidence_key otr_evidence_key;

/* make: a new one where there is none; else NOT_FOUND. Otherwise as otr_key_file_read. */
otr_status otr_evidence_key_open(otr_str folder, bool make, otr_evidence_key **out, otr_error *error);
/* Wipes it. NULL is allowed. */
void otr_evidence_key_close(otr_evidence_key *key);
void otr_evidence_key_public(const otr_evidence_key *key, uint8_t out[OTR_PUBLIC_KEY_BYTES]);
/* key is an otr_evidence_key, as the store's signer has it. MEMORY when OpenSSL fails. */
otr_status otr_evidence_key_sign(void *key, otr_bytes message, uint8_t out[OTR_SIGNATURE_BYTES]);

bool otr_evidence_signed(const uint8_t key[OTR_PUBLIC_KEY_BYTES], otr_bytes message,
                         const uint8_t signature[OTR_SIGNATURE_BYTES]);
/* An otr_digest_function. */
bool otr_sha256(const void *data, size_t size, otr_digest *out);

#endif

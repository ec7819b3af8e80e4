/* The key with which an operator signs orders: Ed25519, in PEM (PKCS #8, as `openssl genpkey -algorithm
 * ed25519` writes it), a file that its owner alone may read. */
#ifndef OTR_PLATFORM_OPERATOR_KEY_H
#define OTR_PLATFORM_OPERATOR_KEY_H

#include "driver/port.h"

typedef struct otr_operator_key otr_operator_key;

/* NOT_FOUND, IO; DENIED when others may read it; INVALID when it is no such key, or has a passphrase. */
otr_status otr_operator_key_open(const char *path, otr_operator_key **out, otr_error *error);
/* A new one, random, in a new file of mode 0600. DENIED when there is a file already. */
otr_status otr_operator_key_make(const char *path, otr_operator_key **out, otr_error *error);
/* Wipes it. NULL is allowed. */
void otr_operator_key_close(otr_operator_key *key);
void otr_operator_key_public(const otr_operator_key *key, uint8_t out[32]);
otr_status otr_operator_key_sign(const otr_operator_key *key, otr_bytes message,
                                 uint8_t out[OTR_SIGNATURE_BYTES], otr_error *error);

#endif

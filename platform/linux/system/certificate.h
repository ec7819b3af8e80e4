/* What a person wants to know about a PEM certificate, and SHA-256 of content: both by OpenSSL. Any thread.
 */
#ifndef OTR_PLATFORM_CERTIFICATE_H
#define OTR_PLATFORM_CERTIFICATE_H

#include "base/status.h"
#include "base/str.h"

typedef struct otr_certificate {
    char subject[256];
    char issuer[256];
    int days_left; /* negative: expired so many days ago */
} otr_certificate;

/* The first certificate of the file. IO when it cannot be opened, INVALID when it holds none. */
otr_status otr_certificate_read(const char *path, otr_certificate *out, otr_error *error);
/* Whether the private key in key_path belongs to the first certificate in cert_path: INVALID when it does not
 * or does not parse. A key with a passphrase is refused: nobody is there to type it. */
otr_status otr_certificate_key_fits(const char *cert_path, const char *key_path, otr_error *error);

enum { OTR_SHA256_TEXT_BYTES = 65 };
/* 64 lower-case hex digits and a NUL; false when OpenSSL fails. */
bool otr_sha256_hex(otr_bytes bytes, char out[OTR_SHA256_TEXT_BYTES]);

#endif

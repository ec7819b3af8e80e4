/*
 * A signed pack, as it travels: four lines of text and the pack.
 *   outrider bundle 1
 *   KEY         64 hex digits: the public half of the signer's Ed25519 key
 *   SIGNATURE   128 hex digits: of the first line and all that follows this one
 *   MANIFEST    {"pack":"cold-chain","version":4,"sha256":"...","signer":"kim","purpose":"release"}
 *   YAML        the pack's bytes
 * Key and signature are judged before a byte of the manifest or the YAML is parsed.
 */
#ifndef OTR_DAEMON_BUNDLE_H
#define OTR_DAEMON_BUNDLE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "daemon/control/operators.h"
#include "platform/linux/system/certificate.h"

enum {
    OTR_BUNDLE_MANIFEST_BYTES = 1024,
    OTR_BUNDLE_BYTES = OTR_LIMIT_PACK_BYTES + OTR_BUNDLE_MANIFEST_BYTES + 256, /* one, whole */
};

typedef enum otr_bundle_purpose {
    OTR_BUNDLE_RELEASE,
    OTR_BUNDLE_ROLLBACK, /* may have a lower version than what runs */
} otr_bundle_purpose;

/* Views. */
typedef struct otr_bundle {
    otr_str pack;
    int64_t version;
    char hash[OTR_SHA256_TEXT_BYTES]; /* of yaml */
    otr_str signer;                   /* as the manifest says */
    otr_bundle_purpose purpose;
    otr_str yaml;
    const otr_operator *key; /* whose key signed it; NULL in one to be written */
} otr_bundle;

typedef otr_status otr_bundle_sign(void *signer, otr_bytes message, uint8_t out[OTR_SIGNATURE_BYTES],
                                   otr_error *error);

/* Appends the bundle of a pack, which is checked first: *error has line and column of its YAML. pack, version
 * and hash of the bundle are set here. */
otr_status otr_bundle_write(otr_bundle *bundle, const uint8_t open[OTR_OPERATOR_KEY_BYTES],
                            otr_bundle_sign *sign, void *signer, otr_buffer *out, otr_error *error);
/*
 * Judges and reads one. DENIED: the key is no signer's, is revoked, may not sign, or the signature is not
 * its; INVALID: it is none, or the pack in it is refused, with line and column of the YAML; LIMIT, MEMORY,
 * IO.
 */
otr_status otr_bundle_read(otr_arena *arena, otr_bytes bytes, const otr_operators *signers, otr_bundle *out,
                           otr_error *error);
const char *otr_bundle_purpose_text(otr_bundle_purpose purpose);

#endif

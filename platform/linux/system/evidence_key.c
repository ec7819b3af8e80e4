#include "platform/linux/system/evidence_key.h"

#include "platform/linux/system/key_file.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define NAME "evidence.key"

struct otr_evidence_key {
    EVP_PKEY *pair;
    uint8_t open[OTR_PUBLIC_KEY_BYTES]; /* the public half */
};

static otr_status load(otr_evidence_key *key, int folder, bool make, otr_error *error)
{
    uint8_t secret[OTR_KEY_FILE_BYTES];
    size_t size = sizeof key->open;
    otr_status status = otr_key_file_read(folder, NAME, secret, error);
    if (status == OTR_NOT_FOUND && make)
        status = otr_key_file_make(folder, NAME, secret, error);
    if (status != OTR_OK)
        return status;
    key->pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, sizeof secret);
    OPENSSL_cleanse(secret, sizeof secret);
    if (key->pair == NULL || EVP_PKEY_get_raw_public_key(key->pair, key->open, &size) != 1)
        return otr_fail(error, OTR_IO, "OpenSSL has no Ed25519");
    return OTR_OK;
}

otr_status otr_evidence_key_open(otr_str folder, bool make, otr_evidence_key **out, otr_error *error)
{
    int at;
    *out = NULL;
    otr_status status = otr_key_folder_open(folder, &at, error);
    if (status != OTR_OK)
        return status;
    otr_evidence_key *key = calloc(1, sizeof *key);
    status = key != NULL ? load(key, at, make, error) : otr_fail(error, OTR_MEMORY, "out of memory");
    close(at);
    if (status != OTR_OK)
        otr_evidence_key_close(key);
    else
        *out = key;
    return status;
}

void otr_evidence_key_close(otr_evidence_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pair);
    free(key);
}

void otr_evidence_key_public(const otr_evidence_key *key, uint8_t out[OTR_PUBLIC_KEY_BYTES])
{
    memcpy(out, key->open, OTR_PUBLIC_KEY_BYTES);
}

otr_status otr_evidence_key_sign(void *self, otr_bytes message, uint8_t out[OTR_SIGNATURE_BYTES])
{
    const otr_evidence_key *key = self;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = OTR_SIGNATURE_BYTES;
    bool ok = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
              EVP_DigestSign(context, out, &size, message.data, message.size) == 1 &&
              size == OTR_SIGNATURE_BYTES;
    EVP_MD_CTX_free(context);
    return ok ? OTR_OK : OTR_MEMORY;
}

bool otr_evidence_signed(const uint8_t key[OTR_PUBLIC_KEY_BYTES], otr_bytes message,
                         const uint8_t signature[OTR_SIGNATURE_BYTES])
{
    EVP_PKEY *open = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, OTR_PUBLIC_KEY_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = open != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, open) == 1 &&
              EVP_DigestVerify(context, signature, OTR_SIGNATURE_BYTES, message.data, message.size) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(open);
    return ok;
}

/* Fetched once: to fetch it for each digest takes longer than the digest. */
static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

bool otr_sha256(const void *data, size_t size, otr_digest *out)
{
    unsigned written = 0;
    (void)pthread_once(&sha256_once, fetch_sha256);
    return sha256 != NULL && EVP_Digest(data, size, out->bytes, &written, sha256, NULL) == 1 &&
           written == sizeof out->bytes;
}

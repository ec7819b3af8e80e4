#include "platform/linux/system/operator_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct otr_operator_key {
    EVP_PKEY *pair;
    uint8_t open[32]; /* the public half */
};

static otr_status finish(EVP_PKEY *pair, otr_operator_key **out, otr_error *error)
{
    otr_operator_key *key = calloc(1, sizeof *key);
    size_t size = sizeof key->open;
    if (key == NULL) {
        EVP_PKEY_free(pair);
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    key->pair = pair;
    if (EVP_PKEY_get_id(pair) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(pair, key->open, &size) != 1) {
        otr_operator_key_close(key);
        return otr_fail(error, OTR_INVALID, "is no Ed25519 key");
    }
    *out = key;
    return OTR_OK;
}

/* Nobody is there to type one, and OpenSSL would ask on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static otr_status check(int file, otr_error *error)
{
    struct stat info;
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode))
        return otr_fail(error, OTR_IO, "is no regular file");
    if ((info.st_mode & 077) != 0)
        return otr_fail(error, OTR_DENIED, "is open to other users (mode %04o): chmod 600 it",
                        (unsigned)(info.st_mode & 07777));
    return OTR_OK;
}

otr_status otr_operator_key_open(const char *path, otr_operator_key **out, otr_error *error)
{
    *out = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "%s", strerror(errno));
    otr_status status = check(file, error);
    FILE *stream = status == OTR_OK ? fdopen(file, "r") : NULL;
    if (stream == NULL) {
        close(file);
        return status != OTR_OK ? status : otr_fail(error, OTR_IO, "%s", strerror(errno));
    }
    (void)setvbuf(stream, NULL, _IONBF, 0); /* no copy of the key stays in a buffer that nobody wipes */
    EVP_PKEY *pair = PEM_read_PrivateKey(stream, NULL, no_passphrase, NULL);
    (void)fclose(stream);
    ERR_clear_error();
    if (pair == NULL)
        return otr_fail(error, OTR_INVALID, "holds no private key in PEM, or one with a passphrase");
    return finish(pair, out, error);
}

otr_status otr_operator_key_make(const char *path, otr_operator_key **out, otr_error *error)
{
    *out = NULL;
    EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (pair == NULL)
        return otr_fail(error, OTR_IO, "OpenSSL makes no Ed25519 key");
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *stream = file >= 0 ? fdopen(file, "w") : NULL;
    if (stream == NULL) {
        otr_status status = otr_fail(error, errno == EEXIST ? OTR_DENIED : OTR_IO, "%s", strerror(errno));
        if (file >= 0)
            close(file);
        EVP_PKEY_free(pair);
        return status;
    }
    bool ok = PEM_write_PrivateKey(stream, pair, NULL, NULL, 0, NULL, NULL) == 1 && fflush(stream) == 0 &&
              fsync(file) == 0;
    if ((fclose(stream) == 0) & ok)
        return finish(pair, out, error);
    (void)unlink(path); /* half a key is none */
    EVP_PKEY_free(pair);
    return otr_fail(error, OTR_IO, "cannot be written: %s", strerror(errno));
}

void otr_operator_key_close(otr_operator_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pair);
    free(key);
}

void otr_operator_key_public(const otr_operator_key *key, uint8_t out[32])
{
    memcpy(out, key->open, sizeof key->open);
}

otr_status otr_operator_key_sign(const otr_operator_key *key, otr_bytes message,
                                 uint8_t out[OTR_SIGNATURE_BYTES], otr_error *error)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = OTR_SIGNATURE_BYTES;
    bool ok = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
              EVP_DigestSign(context, out, &size, message.data, message.size) == 1;
    EVP_MD_CTX_free(context);
    return ok ? OTR_OK : otr_fail(error, OTR_IO, "OpenSSL does not sign");
}

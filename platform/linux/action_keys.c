#include "platform/linux/action_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_BYTES = 32, FOLDER_BYTES = 4096 };

#define NAME "actions.key"
#define NAME_NEW "actions.key.new"
#define NAME_OLD "actions.key.old"

struct otr_action_keys {
    uint8_t key[KEY_BYTES];
    uint8_t old[KEY_BYTES];
    bool has_old;
    EVP_MAC *hmac;
};

/* NOT_FOUND when there is no such file. */
static otr_status read_key(int folder, const char *name, uint8_t key[KEY_BYTES], otr_error *error)
{
    struct stat about;
    uint8_t bytes[KEY_BYTES + 1];
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "%s: %s", name, strerror(errno));
    otr_status status = OTR_OK;
    if (fstat(file, &about) != 0)
        status = otr_fail(error, OTR_IO, "%s: %s", name, strerror(errno));
    else if (!S_ISREG(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 077) != 0)
        status = otr_fail(error, OTR_DENIED, "%s: mode %04o, owner %ld: it must be ours alone; chmod 600 it",
                          name, (unsigned)(about.st_mode & 07777), (long)about.st_uid);
    if (status == OTR_OK) {
        ssize_t size = read(file, bytes, sizeof bytes);
        if (size == KEY_BYTES)
            memcpy(key, bytes, KEY_BYTES);
        else
            status = otr_fail(error, size < 0 ? OTR_IO : OTR_CORRUPT,
                              "%s: not %d bytes; remove it for a new one", name, KEY_BYTES);
        OPENSSL_cleanse(bytes, sizeof bytes);
    }
    close(file);
    return status;
}

/* Whole or not at all, also when the power fails: under another name first. */
static otr_status make_key(int folder, uint8_t key[KEY_BYTES], otr_error *error)
{
    if (RAND_priv_bytes(key, KEY_BYTES) != 1)
        return otr_fail(error, OTR_IO, "no random numbers for %s", NAME);
    if (unlinkat(folder, NAME_NEW, 0) != 0 && errno != ENOENT)
        return otr_fail(error, OTR_IO, "%s: %s", NAME_NEW, strerror(errno));
    int file = openat(folder, NAME_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok =
        file >= 0 && fchmod(file, 0600) == 0 && write(file, key, KEY_BYTES) == KEY_BYTES && fsync(file) == 0;
    if (file >= 0)
        ok = close(file) == 0 && ok;
    if (!ok || renameat(folder, NAME_NEW, folder, NAME) != 0 || fsync(folder) != 0)
        return otr_fail(error, OTR_IO, "%s cannot be written: %s", NAME, strerror(errno));
    return OTR_OK;
}

static otr_status load(otr_action_keys *keys, int folder, otr_error *error)
{
    otr_status status = read_key(folder, NAME, keys->key, error);
    if (status == OTR_NOT_FOUND)
        status = make_key(folder, keys->key, error);
    if (status != OTR_OK)
        return status;
    status = read_key(folder, NAME_OLD, keys->old, error);
    keys->has_old = status == OTR_OK;
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_action_keys_open(otr_str folder, otr_action_keys **out, otr_error *error)
{
    char path[FOLDER_BYTES];
    *out = NULL;
    if (folder.size >= sizeof path)
        return otr_fail(error, OTR_INVALID, "the path of the state folder is too long");
    (void)snprintf(path, sizeof path, "%.*s", OTR_STR_ARG(folder));
    int at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return otr_fail(error, OTR_IO, "%s: %s", path, strerror(errno));
    otr_action_keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL) {
        close(at);
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    otr_status status = load(keys, at, error);
    if (status == OTR_OK && (keys->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL)) == NULL)
        status = otr_fail(error, OTR_IO, "OpenSSL has no HMAC");
    close(at);
    if (status != OTR_OK)
        otr_action_keys_close(keys);
    else
        *out = keys;
    return status;
}

void otr_action_keys_close(otr_action_keys *keys)
{
    if (keys == NULL)
        return;
    EVP_MAC_free(keys->hmac);
    OPENSSL_cleanse(keys, sizeof *keys);
    free(keys);
}

static otr_status mac_under(const otr_action_keys *keys, const uint8_t key[KEY_BYTES], otr_bytes message,
                            uint8_t out[OTR_MAC_BYTES])
{
    char digest[] = "SHA256";
    uint8_t whole[32];
    size_t size = 0;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(keys->hmac);
    bool ok = context != NULL && EVP_MAC_init(context, key, KEY_BYTES, parameters) == 1 &&
              EVP_MAC_update(context, message.data, message.size) == 1 &&
              EVP_MAC_final(context, whole, &size, sizeof whole) == 1 && size == sizeof whole;
    EVP_MAC_CTX_free(context);
    if (ok)
        memcpy(out, whole, OTR_MAC_BYTES);
    OPENSSL_cleanse(whole, sizeof whole);
    return ok ? OTR_OK : OTR_MEMORY;
}

static otr_status mac(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES])
{
    const otr_action_keys *keys = self;
    return mac_under(keys, keys->key, message, out);
}

static otr_status mac_before(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES])
{
    const otr_action_keys *keys = self;
    return keys->has_old ? mac_under(keys, keys->old, message, out) : OTR_NOT_FOUND;
}

otr_signature_port otr_action_keys_port(otr_action_keys *keys)
{
    return (otr_signature_port){keys, mac, mac_before};
}

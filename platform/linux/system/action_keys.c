#include "platform/linux/system/action_keys.h"

#include "platform/linux/system/key_file.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_BYTES = OTR_KEY_FILE_BYTES };

#define NAME "actions.key"
#define NAME_OLD "actions.key.old"

struct otr_action_keys {
    uint8_t key[KEY_BYTES];
    uint8_t old[KEY_BYTES];
    bool has_old;
    EVP_MAC *hmac;
};

static otr_status load(otr_action_keys *keys, int folder, otr_error *error)
{
    otr_status status = otr_key_file_read(folder, NAME, keys->key, error);
    if (status == OTR_NOT_FOUND)
        status = otr_key_file_make(folder, NAME, keys->key, error);
    if (status != OTR_OK)
        return status;
    status = otr_key_file_read(folder, NAME_OLD, keys->old, error);
    keys->has_old = status == OTR_OK;
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

otr_status otr_action_keys_open(otr_str folder, otr_action_keys **out, otr_error *error)
{
    int at;
    *out = NULL;
    otr_status status = otr_key_folder_open(folder, &at, error);
    if (status != OTR_OK)
        return status;
    otr_action_keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL) {
        close(at);
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    status = load(keys, at, error);
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

#include "daemon/push/bundle.h"

#include <jansson.h>
#include <stdlib.h>

#include "daemon/config/tuning.h"
#include "platform/linux/system/evidence_key.h"
#include "rules/load/pack.h"

static const otr_str first_line = {"outrider bundle 1\n", 18};

const char *otr_bundle_purpose_text(otr_bundle_purpose purpose)
{
    return purpose == OTR_BUNDLE_ROLLBACK ? "rollback" : "release";
}

/* The checker's word on the pack or tuning, and that it is the one that the manifest names. */
static otr_status check_pack(otr_str yaml, otr_str *name, int64_t *version, otr_arena *arena,
                             otr_error *error)
{
    otr_pack *pack = NULL;
    *name = OTR_STR(OTR_TUNING);
    if (otr_tuning_is(yaml))
        return otr_tuning_check(yaml, version, error);
    otr_status status = otr_pack_load(yaml, &pack, error);
    if (status == OTR_OK && otr_str_equal(pack->name, *name)) {
        otr_pack_free(pack);
        return otr_fail(error, OTR_INVALID, "no pack may be called " OTR_TUNING);
    }
    if (status != OTR_OK)
        return status;
    *name = otr_arena_copy(arena, pack->name);
    *version = pack->version;
    otr_pack_free(pack);
    return name->data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

/* ---- writing ---- */

static void add_hex(otr_buffer *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        otr_buffer_add_format(out, "%02x", bytes[i]);
    otr_buffer_add_u8(out, '\n');
}

static void add_body(otr_buffer *out, const otr_bundle *bundle)
{
    json_t *manifest =
        json_pack("{s:s%, s:I, s:s, s:s%, s:s}", "pack", bundle->pack.data, bundle->pack.size, "version",
                  (json_int_t)bundle->version, "sha256", bundle->hash, "signer", bundle->signer.data,
                  bundle->signer.size, "purpose", otr_bundle_purpose_text(bundle->purpose));
    char *text = manifest != NULL ? json_dumps(manifest, JSON_COMPACT) : NULL;
    out->failed = out->failed || text == NULL;
    if (text != NULL)
        otr_buffer_add_format(out, "%s\n", text);
    otr_buffer_add(out, bundle->yaml.data, bundle->yaml.size);
    free(text);
    json_decref(manifest);
}

otr_status otr_bundle_write(otr_bundle *bundle, const uint8_t open[OTR_OPERATOR_KEY_BYTES],
                            otr_bundle_sign *sign, void *signer, otr_buffer *out, otr_error *error)
{
    otr_arena arena = {0};
    otr_buffer signed_part = {0};
    uint8_t signature[OTR_SIGNATURE_BYTES];
    otr_status status = check_pack(bundle->yaml, &bundle->pack, &bundle->version, &arena, error);
    if (status == OTR_OK &&
        !otr_sha256_hex((otr_bytes){(const uint8_t *)bundle->yaml.data, bundle->yaml.size}, bundle->hash))
        status = otr_fail(error, OTR_IO, "SHA-256 is not available");
    if (status == OTR_OK) {
        otr_buffer_add(&signed_part, first_line.data, first_line.size);
        add_body(&signed_part, bundle);
        if (signed_part.failed)
            status =
                otr_fail(error, OTR_INVALID, "the manifest cannot be written: is the signer's name UTF-8?");
    }
    if (status == OTR_OK)
        status = sign(signer, otr_buffer_bytes(&signed_part), signature, error);
    if (status == OTR_OK) {
        otr_buffer_add(out, first_line.data, first_line.size);
        add_hex(out, open, OTR_OPERATOR_KEY_BYTES);
        add_hex(out, signature, sizeof signature);
        otr_buffer_add(out, signed_part.data + first_line.size, signed_part.size - first_line.size);
        if (out->failed)
            status = otr_fail(error, OTR_MEMORY, "out of memory");
    }
    bundle->pack = (otr_str){NULL, 0}; /* it was the arena's */
    otr_buffer_done(&signed_part);
    otr_arena_done(&arena);
    return status;
}

/* ---- reading ---- */

static int digit_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* A line of so many bytes in hex off the begin of *text. */
static bool take_hex(otr_str *text, uint8_t *out, size_t size)
{
    if (text->size <= 2 * size || text->data[2 * size] != '\n')
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = digit_of(text->data[2 * i]);
        int low = digit_of(text->data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *text = (otr_str){text->data + 2 * size + 1, text->size - 2 * size - 1};
    return true;
}

static const otr_operator *find_key(const otr_operators *signers, const uint8_t open[OTR_OPERATOR_KEY_BYTES])
{
    for (size_t i = 0; i < signers->count; i++)
        if (memcmp(signers->list[i].open, open, OTR_OPERATOR_KEY_BYTES) == 0)
            return &signers->list[i];
    return NULL;
}

static otr_status judge_key(const otr_operator *key, otr_error *error)
{
    if (key == NULL)
        return otr_fail(error, OTR_DENIED, "its key is not among the signers of this gateway");
    if (key->revoked)
        return otr_fail(error, OTR_DENIED, "the key of %.*s is revoked", OTR_STR_ARG(key->name));
    if (key->role != OTR_ROLE_ENGINEER)
        return otr_fail(error, OTR_DENIED, "%.*s is no engineer, and may sign no packs or tunings",
                        OTR_STR_ARG(key->name));
    return OTR_OK;
}

/* The signature is over the first line and the body, which stand apart. */
static otr_status judge_signature(const otr_operator *key, otr_str body,
                                  const uint8_t signature[OTR_SIGNATURE_BYTES], otr_error *error)
{
    otr_buffer message = {0};
    otr_buffer_add(&message, first_line.data, first_line.size);
    otr_buffer_add(&message, body.data, body.size);
    if (message.failed) {
        otr_buffer_done(&message);
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    bool good = otr_evidence_signed(key->open, otr_buffer_bytes(&message), signature);
    otr_buffer_done(&message);
    return good ? OTR_OK : otr_fail(error, OTR_DENIED, "forged: the signature is not that of its key");
}

static otr_str text_of(otr_arena *arena, const json_t *manifest, const char *name)
{
    const json_t *value = json_object_get(manifest, name);
    otr_str text = {json_string_value(value), json_string_length(value)};
    return text.data != NULL ? otr_arena_copy(arena, text) : (otr_str){NULL, 0};
}

static otr_status read_manifest(otr_arena *arena, otr_str line, otr_bundle *out, otr_error *error)
{
    json_error_t problem;
    json_t *manifest = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &problem);
    const json_t *version = json_object_get(manifest, "version");
    otr_str hash = text_of(arena, manifest, "sha256");
    otr_str purpose = text_of(arena, manifest, "purpose");
    out->pack = text_of(arena, manifest, "pack");
    out->signer = text_of(arena, manifest, "signer");
    out->version = json_integer_value(version);
    out->purpose = otr_str_is(purpose, "rollback") ? OTR_BUNDLE_ROLLBACK : OTR_BUNDLE_RELEASE;
    bool good = json_is_integer(version) && out->pack.data != NULL && out->signer.data != NULL &&
                hash.size == OTR_SHA256_TEXT_BYTES - 1 &&
                (otr_str_is(purpose, "release") || otr_str_is(purpose, "rollback"));
    if (good)
        memcpy(out->hash, hash.data, sizeof out->hash);
    json_decref(manifest);
    return good ? OTR_OK : otr_fail(error, OTR_INVALID, "its manifest is none of a bundle");
}

/* What was signed is what it says. */
static otr_status check_body(otr_arena *arena, const otr_bundle *bundle, otr_error *error)
{
    char hash[OTR_SHA256_TEXT_BYTES];
    otr_str name = {NULL, 0};
    int64_t version = 0;
    if (!otr_sha256_hex((otr_bytes){(const uint8_t *)bundle->yaml.data, bundle->yaml.size}, hash))
        return otr_fail(error, OTR_IO, "SHA-256 is not available");
    if (strcmp(hash, bundle->hash) != 0)
        return otr_fail(error, OTR_INVALID, "its content is not the one of its manifest");
    otr_status status = check_pack(bundle->yaml, &name, &version, arena, error);
    if (status == OTR_OK && (!otr_str_equal(name, bundle->pack) || version != bundle->version))
        status = otr_fail(error, OTR_INVALID, "its manifest says %.*s %lld, its content %.*s %lld",
                          OTR_STR_ARG(bundle->pack), (long long)bundle->version, OTR_STR_ARG(name),
                          (long long)version);
    return status;
}

otr_status otr_bundle_read(otr_arena *arena, otr_bytes bytes, const otr_operators *signers, otr_bundle *out,
                           otr_error *error)
{
    otr_str text = {(const char *)bytes.data, bytes.size};
    uint8_t open[OTR_OPERATOR_KEY_BYTES];
    uint8_t signature[OTR_SIGNATURE_BYTES];
    *out = (otr_bundle){.version = 0};
    if (error != NULL)
        *error = (otr_error){.status = OTR_OK};
    if (text.size > OTR_BUNDLE_BYTES)
        return otr_fail(error, OTR_LIMIT, "has %zu bytes, the limit is %d", text.size, OTR_BUNDLE_BYTES);
    if (!otr_str_starts(text, first_line))
        return otr_fail(error, OTR_INVALID, "is no signed pack or tuning: outrider sign makes one");
    text = (otr_str){text.data + first_line.size, text.size - first_line.size};
    if (!take_hex(&text, open, sizeof open) || !take_hex(&text, signature, sizeof signature))
        return otr_fail(error, OTR_INVALID, "has no key and signature in its second and third line");
    out->key = find_key(signers, open);
    otr_status status = judge_key(out->key, error);
    if (status == OTR_OK)
        status = judge_signature(out->key, text, signature, error);
    if (status != OTR_OK)
        return status;
    size_t most = text.size < OTR_BUNDLE_MANIFEST_BYTES ? text.size : OTR_BUNDLE_MANIFEST_BYTES;
    const char *end = memchr(text.data, '\n', most);
    if (end == NULL)
        return otr_fail(error, OTR_INVALID, "has no manifest in its fourth line");
    size_t size = (size_t)(end - text.data);
    out->yaml = (otr_str){end + 1, text.size - size - 1};
    status = read_manifest(arena, (otr_str){text.data, size}, out, error);
    return status == OTR_OK ? check_body(arena, out, error) : status;
}

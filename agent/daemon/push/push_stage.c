/* A signed pack on its way in: it comes in pieces, is judged when it is whole, and is kept when it is good.
 * And on its way out again, to a console that continues what another began. */
#include "daemon/push/push_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/base64.h"
#include "daemon/config/retune.h"
#include "daemon/config/tuning.h"
#include "daemon/file.h"

otr_status otr_push_check_version(otr_daemon *daemon, const char *pack, int64_t version, const char *hash,
                                  bool rollback, otr_error *error)
{
    char slot[OTR_PUSH_SLOT_BYTES];
    if (!otr_push_slot(pack, slot))
        return otr_fail(error, OTR_LIMIT, "the pack's name is too long");
    int64_t running = otr_driver_pack_version(daemon->driver, otr_str_of(slot));
    bool same = running >= 0 && otr_driver_is_active(daemon->driver, otr_str_of(slot), otr_str_of(hash));
    if (strcmp(pack, OTR_TUNING) == 0) {
        /* also of one that was rolled back: no older one comes after it */
        const json_t *last = otr_push_index_one(&daemon->push->index, pack, "last");
        running = last != NULL ? json_integer_value(json_object_get(last, "version")) : -1;
        same = last != NULL && strcmp(json_string_value(json_object_get(last, "hash")), hash) == 0;
    }
    if (running < 0 || rollback || same)
        return OTR_OK;
    if (version < running)
        return otr_fail(error, OTR_DENIED,
                        "version %lld is lower than %lld, which runs; outrider sign --rollback allows that",
                        (long long)version, (long long)running);
    if (version == running)
        return otr_fail(error, OTR_DENIED, "version %lld runs already with other content; raise the version",
                        (long long)version);
    return OTR_OK;
}

static json_t *describe(const char *bundle, const otr_bundle *read)
{
    return json_pack("{s:s, s:s, s:I, s:s%, s:s, s:s%}", "bundle", bundle, "hash", read->hash, "version",
                     (json_int_t)read->version, "signer", read->key->name.data, read->key->name.size,
                     "purpose", otr_bundle_purpose_text(read->purpose), "pack", read->pack.data,
                     read->pack.size);
}

/* runs: what is in it runs already; staged beside that only where it came from the file. */
static json_t *staged_answer(const otr_daemon *daemon, const json_t *one, size_t have)
{
    char slot[OTR_PUSH_SLOT_BYTES];
    json_t *out = otr_push_yes();
    const char *pack = json_string_value(json_object_get(one, "pack"));
    const char *hash = json_string_value(json_object_get(one, "hash"));
    const json_t *active = otr_push_index_one(&daemon->push->index, pack, "active");
    bool runs = active == one || (strcmp(pack, OTR_TUNING) != 0 && otr_push_slot(pack, slot) &&
                                  otr_driver_is_active(daemon->driver, otr_str_of(slot), otr_str_of(hash)));
    json_object_set_new(out, "runs", json_boolean(runs));
    json_object_set_new(out, "pushed", json_boolean(active == one));
    json_object_set_new(out, "have", json_integer((json_int_t)have));
    json_object_set_new(out, "staged", json_true());
    json_object_set(out, "pack", json_object_get(one, "pack"));
    json_object_set(out, "version", json_object_get(one, "version"));
    return out;
}

/* The one of that hash that is kept already, staged or active. */
static const json_t *find_kept(const otr_push *push, const char *bundle)
{
    const char *pack;
    json_t *entry;
    static const char *const where[] = {"staged", "active"};
    json_object_foreach(json_object_get(push->index.root, "packs"), pack, entry) for (size_t i = 0; i < 2;
                                                                                      i++)
    {
        const json_t *one = json_object_get(entry, where[i]);
        const char *name = json_string_value(json_object_get(one, "bundle"));
        if (name != NULL && strcmp(name, bundle) == 0)
            return one;
    }
    return NULL;
}

static otr_status keep(otr_daemon *daemon, const char *bundle, const otr_bundle *read, otr_error *error)
{
    otr_push *push = daemon->push;
    json_t *entry;
    char pack[OTR_PUSH_SLOT_BYTES];
    (void)snprintf(pack, sizeof pack, "%.*s", OTR_STR_ARG(read->pack));
    otr_status status = otr_push_check_version(daemon, pack, read->version, read->hash,
                                               read->purpose == OTR_BUNDLE_ROLLBACK, error);
    if (status == OTR_OK && otr_push_index_pack(&push->index, pack) == NULL &&
        json_object_size(json_object_get(push->index.root, "packs")) >= OTR_LIMIT_PACKS)
        status = otr_fail(error, OTR_LIMIT, "more than %d packs were pushed", OTR_LIMIT_PACKS);
    if (status == OTR_OK)
        status = otr_push_index_keep(&push->index, bundle, otr_buffer_bytes(&push->coming), error);
    if (status != OTR_OK)
        return status;
    json_t *next = otr_push_index_copy(&push->index, pack, &entry);
    json_object_set_new(entry, "staged", describe(bundle, read));
    return otr_push_index_save(&push->index, next, error);
}

/* It is whole. file: what the sender calls it. */
static json_t *judge(otr_daemon *daemon, const char *bundle, const char *file)
{
    otr_push *push = daemon->push;
    otr_arena arena = {0};
    otr_operators signers = {0};
    otr_bundle read;
    otr_error error = {.text = ""};
    char text[OTR_REFUSAL_BYTES];
    char hash[OTR_SHA256_TEXT_BYTES];
    json_t *out = NULL;
    const char *at_fault = file;
    otr_status status = OTR_OK;
    if (!otr_sha256_hex(otr_buffer_bytes(&push->coming), hash) || strcmp(hash, bundle) != 0)
        status = otr_fail(&error, OTR_INVALID, "what came has another SHA-256");
    if (status == OTR_OK) {
        status = otr_operators_load(daemon->config->rules.signers, &signers, &error);
        at_fault = status != OTR_OK && signers.refused.data != NULL ? signers.refused.data : file;
    }
    if (status == OTR_OK)
        status = otr_bundle_read(&arena, otr_buffer_bytes(&push->coming), &signers, &read, &error);
    if (status == OTR_OK && otr_str_is(read.pack, OTR_TUNING))
        status = otr_retune_fits(daemon, read.yaml, &error);
    if (status == OTR_OK)
        status = keep(daemon, bundle, &read, &error);
    if (status == OTR_OK) {
        const json_t *one = find_kept(push, bundle);
        otr_log(OTR_LOG_NOTICE, "push", "pack=%.*s version=%lld action=staged signer=\"%.*s\"",
                OTR_STR_ARG(read.pack), (long long)read.version, OTR_STR_ARG(read.key->name));
        out = staged_answer(daemon, one, push->coming.size);
    } else {
        out = otr_operate_refusal(otr_refusal_format(at_fault, &error, text));
        otr_log(OTR_LOG_WARNING, "push", "result=refused reason=\"%s\"", text);
    }
    otr_buffer_done(&push->coming);
    push->coming_hash[0] = '\0';
    otr_operators_done(&signers);
    otr_arena_done(&arena);
    return out;
}

static bool is_hash(const char *text)
{
    return text != NULL && strlen(text) == OTR_SHA256_TEXT_BYTES - 1 &&
           strspn(text, "0123456789abcdef") == OTR_SHA256_TEXT_BYTES - 1;
}

static json_t *have(const otr_push *push, const char *reason)
{
    json_t *out = reason == NULL ? otr_push_yes() : otr_operate_refusal(reason);
    json_object_set_new(out, "have", json_integer((json_int_t)push->coming.size));
    return out;
}

json_t *otr_push_stage(otr_daemon *daemon, const json_t *request)
{
    otr_push *push = daemon->push;
    const char *bundle = json_string_value(json_object_get(request, "bundle"));
    const char *file = json_string_value(json_object_get(request, "file"));
    const json_t *data = json_object_get(request, "data");
    json_int_t size = json_integer_value(json_object_get(request, "size"));
    json_int_t offset = json_integer_value(json_object_get(request, "offset"));
    otr_arena arena = {0};
    otr_bytes piece;
    if (daemon->config->rules.signers.size == 0)
        return otr_operate_refusal(
            "this gateway takes no packs or tunings from the wire: rules.signers is not set");
    if (!is_hash(bundle) || size < 1 || size > OTR_BUNDLE_BYTES)
        return otr_operate_refusal(
            "\"bundle\" is the SHA-256 of a signed pack or tuning, \"size\" its bytes within the limit");
    const json_t *kept = find_kept(push, bundle);
    if (kept != NULL)
        return staged_answer(daemon, kept, (size_t)size);
    if (!json_is_string(data) || json_string_length(data) > OTR_LIMIT_STAGE_CHUNK_BYTES / 3 * 4 + 4 ||
        otr_base64_read(&arena, (otr_str){json_string_value(data), json_string_length(data)}, &piece, NULL) !=
            OTR_OK) {
        otr_arena_done(&arena);
        return otr_operate_refusal("\"data\" is base64 of at most 16384 bytes");
    }
    if (strcmp(push->coming_hash, bundle) != 0) { /* another one begins; who sends that one begins anew */
        otr_buffer_clear(&push->coming);
        (void)snprintf(push->coming_hash, sizeof push->coming_hash, "%s", bundle);
    }
    json_t *out = NULL;
    if (offset < 0 || (size_t)offset > push->coming.size) {
        out = have(push, "something before it is missing");
    } else if ((size_t)offset == push->coming.size) {
        otr_buffer_add(&push->coming, piece.data, piece.size);
        if (push->coming.failed || push->coming.size > (size_t)size) {
            otr_buffer_clear(&push->coming);
            out = have(push, "more came than its size");
        }
    }
    otr_arena_done(&arena);
    if (out != NULL)
        return out;
    return push->coming.size == (size_t)size ? judge(daemon, bundle, file != NULL ? file : "what was sent")
                                             : have(push, NULL);
}

json_t *otr_push_bundle(otr_daemon *daemon, const json_t *request)
{
    otr_push *push = daemon->push;
    const char *bundle = json_string_value(json_object_get(request, "bundle"));
    json_int_t offset = json_integer_value(json_object_get(request, "offset"));
    otr_arena arena = {0};
    otr_buffer text = {0};
    otr_bytes bytes;
    otr_error error;
    if (!is_hash(bundle) || !otr_push_index_names(&push->index, bundle))
        return otr_operate_refusal("\"bundle\" is the SHA-256 of a signed pack or tuning that is kept here");
    if (otr_push_index_read(&push->index, bundle, &arena, &bytes, &error) != OTR_OK) {
        otr_arena_done(&arena);
        return otr_push_no(&error);
    }
    size_t begin = offset < 0 || (size_t)offset > bytes.size ? bytes.size : (size_t)offset;
    size_t left = bytes.size - begin;
    size_t count = left < OTR_LIMIT_STAGE_CHUNK_BYTES ? left : OTR_LIMIT_STAGE_CHUNK_BYTES;
    otr_base64_write(&text, (otr_bytes){bytes.data + begin, count});
    json_t *out = otr_push_yes();
    json_object_set_new(out, "size", json_integer((json_int_t)bytes.size));
    json_object_set_new(out, "data", json_stringn((const char *)text.data, text.size));
    otr_buffer_done(&text);
    otr_arena_done(&arena);
    return out;
}

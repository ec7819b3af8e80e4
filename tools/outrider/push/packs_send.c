/* A signed pack in pieces, until the gateway has all of it: it says how much it has. */
#include <stdio.h>
#include <string.h>

#include "codec/base64.h"
#include "daemon/file.h"
#include "daemon/push/bundle.h"
#include "tools/outrider/push/packs.h"

bool otr_packs_read(otr_arena *arena, const char *path, otr_packs_file *out)
{
    otr_error error = {.text = ""};
    if (otr_file_read(arena, path, OTR_BUNDLE_BYTES, &out->bytes, &error) == OTR_OK &&
        !otr_sha256_hex(out->bytes, out->hash))
        (void)otr_fail(&error, OTR_IO, "SHA-256 is not available");
    const char *slash = strrchr(path, '/');
    out->name = slash != NULL ? slash + 1 : path;
    if (error.text[0] != '\0')
        (void)fprintf(stderr, "%s: %s\n", path, error.text);
    return error.text[0] == '\0';
}

static json_t *piece_of(const otr_packs_file *file, size_t offset)
{
    otr_buffer data = {0};
    size_t left = file->bytes.size - offset;
    size_t size = left < OTR_LIMIT_STAGE_CHUNK_BYTES ? left : OTR_LIMIT_STAGE_CHUNK_BYTES;
    otr_base64_write(&data, (otr_bytes){file->bytes.data + offset, size});
    json_t *request =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:s%}", "do", "stage", "bundle", file->hash, "file", file->name,
                  "size", (json_int_t)file->bytes.size, "offset", (json_int_t)offset, "data",
                  data.size > 0 ? (const char *)data.data : "", data.size);
    otr_buffer_done(&data);
    return request;
}

json_t *otr_packs_send(const otr_packs_file *file, otr_packs_ask *ask, void *context)
{
    size_t offset = 0;
    size_t pieces = file->bytes.size / OTR_LIMIT_STAGE_CHUNK_BYTES + 1;
    for (size_t tries = 0;; tries++) {
        json_t *request = piece_of(file, offset);
        json_t *answer = ask(context, request);
        json_decref(request);
        const json_t *have = json_object_get(answer, "have");
        size_t count = (size_t)json_integer_value(have);
        bool goes_on = json_is_integer(have) && !json_is_true(json_object_get(answer, "staged")) &&
                       count < file->bytes.size;
        if (!goes_on || tries > 2 * pieces) /* a gateway that never has more is not asked for ever */
            return answer;
        offset = count;
        json_decref(answer);
    }
}

json_t *otr_packs_stage(const char *path, otr_packs_ask *ask, void *context)
{
    otr_arena arena = {0};
    otr_packs_file file;
    json_t *answer = NULL;
    if (otr_packs_read(&arena, path, &file))
        answer = otr_packs_send(&file, ask, context);
    otr_arena_done(&arena);
    return answer;
}

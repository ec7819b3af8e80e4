#include "daemon/push/push_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "daemon/file.h"
#include "daemon/push/bundle.h"
#include "daemon/push/push_chain.h"
#include "daemon/push/push_plans.h"

/* All plans at their largest, and ten lines of each pack. */
enum { INDEX_BYTES = 2 << 20 };

static const char *const ones[] = {"active", "staged", "shadow", "fallen"};
enum { ONES = sizeof ones / sizeof *ones };

static otr_status out_of_memory(otr_error *error)
{
    return otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_str path_of(otr_arena *arena, const otr_push_index *index, const char *name)
{
    return otr_path_join(arena, index->folder, otr_str_of(name));
}

/* Whole or not at all, also when the power fails. */
static otr_status write_whole(const otr_push_index *index, const char *name, otr_bytes bytes,
                              otr_error *error)
{
    char fresh[96];
    int folder = open(index->folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return otr_fail(error, OTR_IO, "%s: %s", index->folder.data, strerror(errno));
    (void)snprintf(fresh, sizeof fresh, "%s.new", name);
    int file = openat(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = file >= 0 && write(file, bytes.data, bytes.size) == (ssize_t)bytes.size && fsync(file) == 0;
    if (file >= 0)
        ok = close(file) == 0 && ok;
    ok = ok && renameat(folder, fresh, folder, name) == 0 && fsync(folder) == 0;
    otr_status status =
        ok ? OTR_OK : otr_fail(error, OTR_IO, "%s cannot be written: %s", name, strerror(errno));
    close(folder);
    return status;
}

static json_t *empty_index(void)
{
    return json_pack("{s:i, s:{}}", "version", 1, "packs");
}

static otr_status read_index(otr_push_index *index, otr_error *error)
{
    otr_arena arena = {0};
    otr_bytes bytes;
    json_error_t problem;
    struct stat info;
    otr_str path = path_of(&arena, index, "index.json");
    otr_str aside = path_of(&arena, index, "index.json.bad");
    otr_status status = path.data != NULL && aside.data != NULL ? OTR_OK : out_of_memory(error);
    if (status == OTR_OK && lstat(path.data, &info) == 0) {
        status = otr_file_read(&arena, path.data, INDEX_BYTES, &bytes, error);
        if (status == OTR_OK)
            index->root = json_loadb((const char *)bytes.data, bytes.size, JSON_REJECT_DUPLICATES, &problem);
        if (status == OTR_OK && !json_is_object(json_object_get(index->root, "packs"))) {
            (void)rename(path.data, aside.data);
            json_decref(index->root);
            index->root = NULL;
            status =
                otr_fail(error, OTR_CORRUPT, "%s does not read: what was pushed is forgotten", path.data);
        }
    }
    if (index->root == NULL)
        index->root = empty_index();
    if (index->root != NULL)
        otr_push_plans_adopt(index->root);
    otr_arena_done(&arena);
    return index->root != NULL ? status : out_of_memory(error);
}

otr_status otr_push_index_open(otr_str state, otr_push_index *out, otr_error *error)
{
    *out = (otr_push_index){.root = NULL};
    out->folder = otr_path_join(&out->memory, state, OTR_STR("push"));
    if (out->folder.data == NULL)
        return out_of_memory(error);
    if (mkdir(out->folder.data, 0700) != 0 && errno != EEXIST)
        return otr_fail(error, OTR_IO, "%s: %s", out->folder.data, strerror(errno));
    return read_index(out, error);
}

void otr_push_index_close(otr_push_index *index)
{
    json_decref(index->root);
    otr_arena_done(&index->memory);
    *index = (otr_push_index){.root = NULL};
}

json_t *otr_push_index_pack(const otr_push_index *index, const char *pack)
{
    return json_object_get(json_object_get(index->root, "packs"), pack);
}

json_t *otr_push_index_one(const otr_push_index *index, const char *pack, const char *what)
{
    return json_object_get(otr_push_index_pack(index, pack), what);
}

json_t *otr_push_index_copy(const otr_push_index *index, const char *pack, json_t **entry)
{
    json_t *copy = json_deep_copy(index->root);
    json_t *packs = json_object_get(copy, "packs");
    if (pack != NULL && json_object_get(packs, pack) == NULL)
        json_object_set_new(packs, pack, json_object());
    if (entry != NULL)
        *entry = pack != NULL ? json_object_get(packs, pack) : NULL;
    return copy;
}

static bool pack_names(const json_t *root, const char *bundle)
{
    const char *name;
    json_t *entry;
    json_object_foreach(json_object_get(root, "packs"), name, entry)
    {
        for (size_t i = 0; i < ONES; i++)
            if (otr_push_same_bundle(json_object_get(entry, ones[i]), bundle))
                return true;
        if (otr_push_chain_has(entry, bundle))
            return true;
    }
    return false;
}

static bool names_bundle(const json_t *root, const char *bundle)
{
    return pack_names(root, bundle) || otr_push_plans_of(root, bundle) != NULL;
}

bool otr_push_index_names(const otr_push_index *index, const char *bundle)
{
    return names_bundle(index->root, bundle);
}

/* Those that neither the index nor the one before it names: a change that fails goes back to that. What
 * cannot be removed is tried again with the next save. */
static void sweep(const otr_push_index *index, const json_t *before)
{
    DIR *folder = opendir(index->folder.data);
    for (struct dirent *entry = NULL; folder != NULL && (entry = readdir(folder)) != NULL;) {
        size_t size = strlen(entry->d_name);
        if (size == OTR_SHA256_TEXT_BYTES - 1 && !names_bundle(index->root, entry->d_name) &&
            !names_bundle(before, entry->d_name))
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder != NULL)
        closedir(folder);
}

otr_status otr_push_index_save(otr_push_index *index, json_t *next, otr_error *error)
{
    char *text = next != NULL ? json_dumps(next, JSON_COMPACT | JSON_REAL_PRECISION(12)) : NULL;
    otr_status status = text != NULL ? OTR_OK : out_of_memory(error);
    if (status == OTR_OK)
        status = write_whole(index, "index.json", (otr_bytes){(uint8_t *)text, strlen(text)}, error);
    free(text);
    if (status != OTR_OK) {
        json_decref(next);
        return status;
    }
    json_t *before = index->root;
    index->root = next;
    sweep(index, before);
    json_decref(before);
    return OTR_OK;
}

static uint64_t bytes_of(const otr_push_index *index)
{
    uint64_t sum = 0;
    struct stat info;
    DIR *folder = opendir(index->folder.data);
    for (struct dirent *entry = NULL; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode))
            sum += (uint64_t)info.st_size;
    if (folder != NULL)
        closedir(folder);
    return sum;
}

/* Whether a file goes with the plan. */
static bool frees(const json_t *root, const json_t *plan)
{
    const char *bundle = json_string_value(json_object_get(plan, "bundle"));
    return bundle != NULL && !pack_names(root, bundle);
}

/* Room for so many bytes, at the expense of plans whose signed packs are here for their sake alone. What an
 * index before names is there still, so it is saved twice. */
static otr_status make_room(otr_push_index *index, size_t bytes, otr_error *error)
{
    otr_status status = OTR_OK;
    while (status == OTR_OK && bytes_of(index) + bytes > OTR_LIMIT_PUSHED_BYTES) {
        json_t *next = otr_push_index_copy(index, NULL, NULL);
        if (!otr_push_plans_give_up(next, frees)) {
            json_decref(next);
            return OTR_OK;
        }
        status = otr_push_index_save(index, next, error);
        if (status == OTR_OK)
            status = otr_push_index_save(index, otr_push_index_copy(index, NULL, NULL), error);
    }
    return status;
}

otr_status otr_push_index_keep(otr_push_index *index, const char *bundle, otr_bytes bytes, otr_error *error)
{
    otr_status status = make_room(index, bytes.size, error);
    if (status != OTR_OK)
        return status;
    if (bytes_of(index) + bytes.size > OTR_LIMIT_PUSHED_BYTES)
        return otr_fail(error, OTR_LIMIT, "what was pushed takes more than %d MiB",
                        OTR_LIMIT_PUSHED_BYTES >> 20);
    return write_whole(index, bundle, bytes, error);
}

otr_status otr_push_index_read(const otr_push_index *index, const char *bundle, otr_arena *arena,
                               otr_bytes *out, otr_error *error)
{
    char hash[OTR_SHA256_TEXT_BYTES];
    otr_str path = path_of(arena, index, bundle);
    if (path.data == NULL)
        return out_of_memory(error);
    otr_status status = otr_file_read(arena, path.data, OTR_BUNDLE_BYTES, out, error);
    if (status == OTR_OK && (!otr_sha256_hex(*out, hash) || strcmp(hash, bundle) != 0))
        status = otr_fail(error, OTR_CORRUPT, "%s is not what was kept", path.data);
    return status;
}

otr_str otr_push_index_yaml(otr_bytes bundle)
{
    otr_str text = {(const char *)bundle.data, bundle.size};
    for (int line = 0; line < 4; line++) {
        const char *end = text.size > 0 ? memchr(text.data, '\n', text.size) : NULL;
        size_t size = end != NULL ? (size_t)(end - text.data) + 1 : text.size;
        text = (otr_str){text.data + size, text.size - size};
    }
    return text;
}

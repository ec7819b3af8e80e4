#include "daemon/config/contents.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "core/asset/assignment.h"
#include "daemon/config/tuning.h"
#include "daemon/config/zones.h"
#include "daemon/file.h"
#include "platform/linux/system/certificate.h"
#include "rules/load/knowledge.h"
#include "rules/load/pack.h"

static const otr_str pack_prefix = {"pack/", 5};
static const otr_str knowledge_prefix = {"knowledge/", 10};

static otr_status out_of_memory(otr_error *error)
{
    return otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_status add(otr_contents *contents, const otr_content_file *content, otr_error *error)
{
    for (size_t i = 0; i < contents->count; i++)
        if (otr_str_equal(contents->list[i].slot, content->slot))
            return otr_fail_at(error, OTR_INVALID, 1, 1, "%.*s is loaded already from %.*s",
                               OTR_STR_ARG(content->slot), OTR_STR_ARG(contents->list[i].file));
    if (contents->list == NULL) {
        contents->capacity = OTR_LIMIT_PACKS + OTR_LIMIT_KNOWLEDGE_FILES + OTR_LIMIT_ZONES + 1;
        contents->list = otr_arena_array(&contents->memory, contents->capacity, sizeof *contents->list);
        if (contents->list == NULL)
            return out_of_memory(error);
    }
    OTR_ASSERT(contents->count < contents->capacity);
    contents->list[contents->count++] = *content;
    return OTR_OK;
}

static otr_status hash_content(otr_content_file *content, otr_error *error)
{
    otr_bytes bytes = {(const uint8_t *)content->bytes.data, content->bytes.size};
    return otr_sha256_hex(bytes, content->hash) ? OTR_OK
                                                : otr_fail(error, OTR_IO, "SHA-256 is not available");
}

/* Reads the file; until the next success it counts as the one at fault. */
static otr_status read_content(otr_contents *contents, otr_str path, size_t limit, otr_content_file *out,
                               otr_error *error)
{
    otr_bytes bytes;
    if (error != NULL)
        *error = (otr_error){.status = OTR_OK};
    out->file = otr_arena_copy(&contents->memory, path);
    contents->refused = out->file;
    if (out->file.data == NULL)
        return out_of_memory(error);
    otr_status status = otr_file_read(&contents->memory, out->file.data, limit, &bytes, error);
    if (status != OTR_OK)
        return status;
    out->bytes = (otr_str){(const char *)bytes.data, bytes.size};
    return hash_content(out, error);
}

static size_t count_of(const otr_contents *contents, otr_str prefix)
{
    size_t count = 0;
    for (size_t i = 0; i < contents->count; i++)
        count += otr_str_starts(contents->list[i].slot, prefix);
    return count;
}

/* prefix and name; data is NULL when memory is out. */
static otr_str slot_of(otr_contents *contents, otr_str prefix, otr_str name)
{
    char *slot = otr_arena_alloc(&contents->memory, prefix.size + name.size + 1);
    if (slot == NULL)
        return (otr_str){NULL, 0};
    memcpy(slot, prefix.data, prefix.size);
    memcpy(slot + prefix.size, name.data, name.size);
    return (otr_str){slot, prefix.size + name.size};
}

bool otr_content_is_pack(const otr_content_file *content)
{
    return otr_str_starts(content->slot, pack_prefix);
}

/* Packs come first. */
static otr_status put(otr_contents *contents, const otr_content_file *pack, otr_error *error)
{
    for (size_t i = 0; i < contents->count; i++)
        if (otr_str_equal(contents->list[i].slot, pack->slot)) {
            contents->list[i] = *pack;
            return OTR_OK;
        }
    if (count_of(contents, pack_prefix) == OTR_LIMIT_PACKS)
        return otr_fail(error, OTR_LIMIT, "more than %d packs", OTR_LIMIT_PACKS);
    otr_status status = add(contents, pack, error);
    if (status != OTR_OK)
        return status;
    memmove(contents->list + 1, contents->list, (contents->count - 1) * sizeof *contents->list);
    contents->list[0] = *pack;
    return OTR_OK;
}

otr_status otr_contents_put_pack(otr_contents *contents, otr_str bytes, otr_str file, otr_error *error)
{
    otr_content_file content = {.file = file, .bytes = bytes};
    otr_pack *pack = NULL;
    contents->refused = file;
    otr_status status = hash_content(&content, error);
    if (status == OTR_OK)
        status = otr_pack_load(bytes, &pack, error);
    if (status != OTR_OK)
        return status;
    content.slot = slot_of(contents, pack_prefix, pack->name);
    content.count = pack->rule_count;
    otr_pack_free(pack);
    status = content.slot.data != NULL ? put(contents, &content, error) : out_of_memory(error);
    if (status == OTR_OK)
        contents->refused = (otr_str){NULL, 0};
    return status;
}

otr_status otr_contents_add_pack(otr_contents *contents, otr_str path, otr_error *error)
{
    otr_content_file content = {.count = 0};
    otr_pack *pack = NULL;
    if (count_of(contents, pack_prefix) == OTR_LIMIT_PACKS) {
        contents->refused = otr_arena_copy(&contents->memory, path);
        return otr_fail(error, OTR_LIMIT, "more than %d packs", OTR_LIMIT_PACKS);
    }
    otr_status status = read_content(contents, path, OTR_LIMIT_PACK_BYTES, &content, error);
    if (status == OTR_OK)
        status = otr_pack_load(content.bytes, &pack, error);
    if (status == OTR_OK && otr_str_is(pack->name, OTR_TUNING)) {
        otr_pack_free(pack);
        return otr_fail(error, OTR_INVALID, "no pack may be called " OTR_TUNING);
    }
    if (status != OTR_OK)
        return status;
    content.slot = slot_of(contents, pack_prefix, pack->name);
    content.count = pack->rule_count;
    otr_pack_free(pack);
    return content.slot.data != NULL ? add(contents, &content, error) : out_of_memory(error);
}

otr_status otr_contents_add_knowledge(otr_contents *contents, otr_str path, otr_error *error)
{
    otr_content_file content = {.count = 0};
    otr_knowledge *knowledge = NULL;
    if (count_of(contents, knowledge_prefix) == OTR_LIMIT_KNOWLEDGE_FILES) {
        contents->refused = otr_arena_copy(&contents->memory, path);
        return otr_fail(error, OTR_LIMIT, "more than %d files of knowledge", OTR_LIMIT_KNOWLEDGE_FILES);
    }
    otr_status status = read_content(contents, path, OTR_LIMIT_PACK_BYTES, &content, error);
    if (status == OTR_OK)
        status = otr_knowledge_load(content.bytes, &knowledge, error);
    if (status != OTR_OK)
        return status;
    content.slot = slot_of(contents, knowledge_prefix, knowledge->name);
    content.count = knowledge->entry_count + knowledge->route_count + knowledge->problem_count;
    otr_knowledge_free(knowledge);
    return content.slot.data != NULL ? add(contents, &content, error) : out_of_memory(error);
}

/* What is wrong with one is told at its name in the assignments. */
static otr_status add_zones(otr_contents *contents, const otr_assignments *assignments, otr_error *error)
{
    otr_str folder = contents->zones.size > 0 ? contents->zones : OTR_STR(OTR_ZONES_FOLDER);
    otr_status status = OTR_OK;
    for (size_t i = 0; i < assignments->zone_count && status == OTR_OK; i++) {
        otr_content_file zone = {.count = 1};
        status = otr_zone_file_read(&contents->memory, folder, &assignments->zones[i], &zone.slot, &zone.file,
                                    &zone.bytes, error);
        if (status == OTR_OK)
            status = hash_content(&zone, error);
        if (status == OTR_OK)
            status = add(contents, &zone, error);
    }
    return status;
}

otr_status otr_contents_add_assignments(otr_contents *contents, otr_str path, otr_error *error)
{
    otr_content_file content = {.slot = OTR_STR("assignments")};
    otr_assignments *assignments = NULL;
    otr_status status = read_content(contents, path, OTR_LIMIT_ASSIGNMENTS_BYTES, &content, error);
    if (status == OTR_OK)
        status = otr_assignments_load(content.bytes, &assignments, error);
    if (status != OTR_OK)
        return status;
    content.count = assignments->asset_count;
    status = add_zones(contents, assignments, error);
    otr_assignments_free(assignments);
    return status == OTR_OK ? add(contents, &content, error) : status;
}

static bool ends(const char *name, const char *with)
{
    size_t size = strlen(name);
    size_t tail = strlen(with);
    return size > tail && strcmp(name + size - tail, with) == 0;
}

static int is_pack(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && ends(entry->d_name, ".yaml") && !ends(entry->d_name, ".test.yaml");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

typedef otr_status add_file(otr_contents *contents, otr_str path, otr_error *error);

static otr_status add_folder(otr_contents *contents, otr_str folder, add_file *add_one, otr_error *error)
{
    struct dirent **names = NULL;
    otr_status status = OTR_OK;
    int count = scandir(folder.data, &names, is_pack, by_name);
    if (count < 0)
        return otr_fail(error, OTR_IO, "cannot be opened: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        if (status == OTR_OK) {
            otr_str path = otr_path_join(&contents->memory, folder, otr_str_of(names[i]->d_name));
            status = path.data != NULL ? add_one(contents, path, error) : out_of_memory(error);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

/* Files and folders. */
static otr_status add_list(const otr_config *config, const otr_config_list *list, const char *name,
                           add_file *add_one, otr_contents *out, otr_error *error)
{
    struct stat info;
    otr_status status = OTR_OK;
    for (size_t i = 0; i < list->count && status == OTR_OK; i++) {
        const otr_config_item *item = &list->items[i];
        if (stat(item->text.data, &info) != 0) {
            out->refused = config->file;
            return otr_fail_at(error, OTR_INVALID, item->line, item->column, "%s: %s: %s", name,
                               item->text.data, strerror(errno));
        }
        status = S_ISDIR(info.st_mode) ? add_folder(out, item->text, add_one, error)
                                       : add_one(out, item->text, error);
    }
    return status;
}

otr_status otr_contents_load(const otr_config *config, otr_contents *out, otr_error *error)
{
    struct stat info;
    otr_status status = OTR_OK;
    out->zones = config->clock.zones;
    status = add_list(config, &config->rules.packs, "rules.packs", otr_contents_add_pack, out, error);
    if (status == OTR_OK)
        status = add_list(config, &config->rules.knowledge, "rules.knowledge", otr_contents_add_knowledge,
                          out, error);
    otr_str assignments = config->rules.assignments;
    if (status != OTR_OK)
        return status;
    out->refused = (otr_str){NULL, 0};
    if (assignments.size == 0)
        return OTR_OK;
    if (stat(assignments.data, &info) != 0) {
        out->refused = config->file;
        return otr_config_fail(config, &config->rules.assignments, error, "%s: %s", assignments.data,
                               strerror(errno));
    }
    status = otr_contents_add_assignments(out, assignments, error);
    if (status == OTR_OK)
        out->refused = (otr_str){NULL, 0};
    return status;
}

void otr_contents_done(otr_contents *contents)
{
    otr_arena_done(&contents->memory);
    *contents = (otr_contents){.count = 0};
}

#include "daemon/control/operators.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "codec/base64.h"
#include "daemon/file.h"
#include "platform/linux/system/evidence_key.h"
#include "rules/load/yaml.h"

enum { FILE_BYTES = 4096 };

otr_status otr_operator_key_id(const uint8_t open[OTR_OPERATOR_KEY_BYTES], otr_id *out, otr_error *error)
{
    otr_digest digest;
    if (!otr_sha256(open, OTR_OPERATOR_KEY_BYTES, &digest))
        return otr_fail(error, OTR_IO, "SHA-256 is not available");
    memcpy(out->bytes, digest.bytes, sizeof out->bytes);
    return OTR_OK;
}

/* ---- one file ---- */

static otr_status read_key(otr_arena *arena, const otr_yaml *root, otr_operator *out, otr_error *error)
{
    const otr_yaml *node;
    otr_str text;
    otr_bytes open;
    otr_status status = otr_yaml_need(root, "key", &node, error);
    if (status == OTR_OK)
        status = otr_yaml_text(node, &text, error);
    if (status != OTR_OK)
        return status;
    if (otr_base64_read(arena, text, &open, NULL) != OTR_OK || open.size != sizeof out->open)
        return otr_fail_at(error, OTR_INVALID, node->line, node->column,
                           "\"key\" is base64 of the %d bytes of a public key", OTR_OPERATOR_KEY_BYTES);
    memcpy(out->open, open.data, open.size);
    return otr_operator_key_id(out->open, &out->key, error);
}

static otr_status read_name(otr_arena *arena, const otr_yaml *root, otr_operator *out, otr_error *error)
{
    const otr_yaml *node;
    otr_str name;
    otr_status status = otr_yaml_need(root, "name", &node, error);
    if (status == OTR_OK)
        status = otr_yaml_text(node, &name, error);
    if (status == OTR_OK && (name.size == 0 || name.size > OTR_LIMIT_DEVICE_NAME_BYTES))
        status = otr_fail_at(error, OTR_INVALID, node->line, node->column, "a name has 1 to %d bytes",
                             OTR_LIMIT_DEVICE_NAME_BYTES);
    if (status == OTR_OK)
        out->name = otr_arena_copy(arena, name);
    return status == OTR_OK && out->name.data == NULL ? otr_fail(error, OTR_MEMORY, "out of memory") : status;
}

static otr_status read_role(const otr_yaml *root, otr_operator *out, otr_error *error)
{
    const otr_yaml *node;
    otr_str role;
    otr_status status = otr_yaml_need(root, "role", &node, error);
    if (status == OTR_OK)
        status = otr_yaml_text(node, &role, error);
    if (status == OTR_OK && !otr_role_parse(role, &out->role))
        status = otr_fail_at(error, OTR_INVALID, node->line, node->column,
                             "a role is viewer, operator, engineer, desk or relay");
    return status;
}

otr_status otr_operator_read(otr_arena *arena, otr_str text, otr_operator *out, otr_error *error)
{
    static const char *const known[] = {"name", "role", "key", "revoked", NULL};
    otr_yaml *root = NULL;
    *out = (otr_operator){.revoked = false};
    otr_status status = otr_yaml_parse(arena, text, &root, error);
    if (status == OTR_OK)
        status = otr_yaml_kind_is(root, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, error);
    if (status == OTR_OK)
        status = read_name(arena, root, out, error);
    if (status == OTR_OK)
        status = read_role(root, out, error);
    if (status == OTR_OK)
        status = read_key(arena, root, out, error);
    const otr_yaml *revoked = status == OTR_OK ? otr_yaml_get(root, "revoked") : NULL;
    return revoked != NULL ? otr_yaml_bool(revoked, &out->revoked, error) : status;
}

/* ---- the folder ---- */

static otr_status check_owner(const struct stat *info, otr_error *error)
{
    bool ours = info->st_uid == geteuid() || info->st_uid == 0;
    if (ours && (info->st_mode & 022) == 0)
        return OTR_OK;
    return otr_fail(error, OTR_DENIED,
                    "can be written by others (mode %04o, owner %ld): who writes here gives orders",
                    (unsigned)(info->st_mode & 07777), (long)info->st_uid);
}

static otr_status add_file(otr_operators *operators, otr_str folder, const char *name, otr_error *error)
{
    struct stat info;
    otr_bytes bytes = {NULL, 0};
    otr_operator *to = &operators->list[operators->count];
    otr_str path = otr_path_join(&operators->memory, folder, otr_str_of(name));
    if (path.data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    operators->refused = path;
    otr_status status = OTR_OK;
    if (lstat(path.data, &info) != 0)
        status = otr_fail(error, OTR_IO, "%s", strerror(errno));
    if (status == OTR_OK)
        status = check_owner(&info, error);
    if (status == OTR_OK)
        status = otr_file_read(&operators->memory, path.data, FILE_BYTES, &bytes, error);
    if (status == OTR_OK)
        status =
            otr_operator_read(&operators->memory, (otr_str){(const char *)bytes.data, bytes.size}, to, error);
    for (size_t i = 0; i < operators->count && status == OTR_OK; i++)
        if (otr_id_equal(operators->list[i].key, to->key))
            status = otr_fail(error, OTR_INVALID, "another file has the same key");
    operators->count += status == OTR_OK;
    return status;
}

static int is_key_file(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && size > 5 && strcmp(entry->d_name + size - 5, ".yaml") == 0;
}

otr_status otr_operators_load(otr_str folder, otr_operators *out, otr_error *error)
{
    struct stat info;
    struct dirent **names = NULL;
    *out = (otr_operators){0};
    if (folder.size == 0)
        return OTR_OK;
    out->refused = otr_arena_copy(&out->memory, folder);
    out->list = otr_arena_array(&out->memory, OTR_LIMIT_ORDER_KEYS, sizeof *out->list);
    if (out->refused.data == NULL || out->list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    if (error != NULL)
        *error = (otr_error){.status = OTR_OK};
    int found = stat(folder.data, &info) == 0 ? scandir(folder.data, &names, is_key_file, alphasort) : -1;
    if (found < 0)
        return otr_fail(error, OTR_IO, "%s", strerror(errno));
    otr_status status = check_owner(&info, error);
    if (status == OTR_OK && found > OTR_LIMIT_ORDER_KEYS)
        status = otr_fail(error, OTR_LIMIT, "has %d keys, the limit is %d", found, OTR_LIMIT_ORDER_KEYS);
    for (int i = 0; i < found; i++) {
        if (status == OTR_OK)
            status = add_file(out, folder, names[i]->d_name, error);
        free(names[i]);
    }
    free(names);
    return status;
}

void otr_operators_done(otr_operators *operators)
{
    otr_arena_done(&operators->memory);
    *operators = (otr_operators){0};
}

#include "tools/outrider/fleet/context.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "codec/service.h"
#include "daemon/file.h"
#include "rules/load/yaml.h"
#include "tools/outrider/flags.h"

enum { NAME_BYTES = 64 };

static const char *text_in(otr_arena *memory, otr_str text)
{
    return otr_arena_copy(memory, text).data; /* which ends with a NUL */
}

static const char *folder_of(otr_arena *memory)
{
    const char *base = otr_flag_environment("XDG_CONFIG_HOME");
    const char *home = otr_flag_environment("HOME");
    if (base != NULL)
        return otr_path_join(memory, otr_str_of(base), OTR_STR("outrider")).data;
    return otr_path_join(memory, otr_str_of(home != NULL ? home : "/root"), OTR_STR(".config/outrider")).data;
}

static otr_status set_file(otr_context_error *error, const char *file, otr_status status)
{
    (void)snprintf(error->file, sizeof error->file, "%.*s", (int)sizeof error->file - 1, file);
    return status;
}

/* ---- one context ---- */

static otr_status take_text(otr_arena *memory, const otr_yaml *node, const char *folder, const char **out,
                            otr_error *error)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, error);
    if (status == OTR_OK && text.size == 0)
        status = otr_fail_at(error, OTR_INVALID, node->line, node->column, "expected a text");
    if (status != OTR_OK)
        return status;
    *out = folder != NULL ? otr_path_join(memory, otr_str_of(folder), text).data : text_in(memory, text);
    return *out != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_status read_context(otr_arena *memory, const otr_yaml *node, const char *folder, otr_context *out,
                               otr_error *error)
{
    static const char *const known[] = {"broker", "ca",      "cert",         "key",
                                        "group",  "gateway", "operator_key", NULL};
    const char **texts[] = {&out->broker, &out->ca,      &out->cert,        &out->key,
                            &out->group,  &out->gateway, &out->operator_key};
    static const bool files[] = {false, true, true, true, false, false, true};
    const otr_yaml *broker;
    out->name = text_in(memory, node->key);
    otr_status status = out->name != NULL ? otr_yaml_only(node, known, error) : OTR_MEMORY;
    if (status == OTR_OK)
        status = otr_yaml_need(node, "broker", &broker, error);
    for (size_t i = 0; status == OTR_OK && known[i] != NULL; i++) {
        const otr_yaml *value = otr_yaml_get(node, known[i]);
        if (value != NULL)
            status = take_text(memory, value, files[i] ? folder : NULL, texts[i], error);
        bool is_name = strcmp(known[i], "group") == 0 || strcmp(known[i], "gateway") == 0;
        if (status == OTR_OK && value != NULL && is_name && !otr_topic_name_ok(otr_str_of(*texts[i])))
            status =
                otr_fail_at(error, OTR_INVALID, value->line, value->column, "is no name of a %s", known[i]);
    }
    return status;
}

/* ---- the file ---- */

static otr_status check_owner(const char *file, otr_error *error)
{
    struct stat about;
    if (stat(file, &about) != 0)
        return otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "%s", strerror(errno));
    if (about.st_uid != getuid() && about.st_uid != 0)
        return otr_fail(error, OTR_DENIED, "belongs to somebody else");
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return otr_fail(error, OTR_DENIED, "others may write it: chmod 600");
    return OTR_OK;
}

static otr_status parse(otr_contexts *out, otr_str bytes, const char *folder, otr_error *error)
{
    static const char *const known[] = {"contexts", NULL};
    otr_yaml *root;
    otr_status status = otr_yaml_parse(&out->memory, bytes, &root, error);
    if (status == OTR_OK)
        status = otr_yaml_kind_is(root, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, error);
    const otr_yaml *all = status == OTR_OK ? otr_yaml_get(root, "contexts") : NULL;
    if (all == NULL)
        return status;
    status = otr_yaml_kind_is(all, OTR_YAML_MAP, error);
    size_t count = status == OTR_OK ? otr_yaml_count(all) : 0;
    if (count > OTR_CONTEXTS_MAX)
        return otr_fail_at(error, OTR_LIMIT, all->line, all->column, "more than %d contexts",
                           OTR_CONTEXTS_MAX);
    out->list = otr_arena_array(&out->memory, count + 1, sizeof *out->list);
    if (out->list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (const otr_yaml *one = all->first; status == OTR_OK && one != NULL; one = one->next) {
        out->list[out->count] = (otr_context){.name = NULL};
        status = otr_yaml_kind_is(one, OTR_YAML_MAP, error);
        if (status == OTR_OK)
            status = read_context(&out->memory, one, folder, &out->list[out->count], error);
        if (status == OTR_OK && one->key.size >= NAME_BYTES)
            status = otr_fail_at(error, OTR_LIMIT, one->key_line, one->key_column,
                                 "a name has at most %d bytes", NAME_BYTES - 1);
        out->count += status == OTR_OK;
    }
    return status;
}

/* As `outrider context use` left it. */
static const char *chosen(otr_arena *memory, const char *folder)
{
    otr_str path = otr_path_join(memory, otr_str_of(folder), OTR_STR("context"));
    otr_bytes bytes;
    if (path.data == NULL || otr_file_read(memory, path.data, NAME_BYTES, &bytes, NULL) != OTR_OK)
        return NULL;
    otr_str name = {(const char *)bytes.data, bytes.size};
    while (name.size > 0 && name.data[name.size - 1] == '\n')
        name.size--;
    return name.size > 0 ? text_in(memory, name) : NULL;
}

otr_status otr_contexts_read(otr_contexts *out, otr_context_error *error)
{
    *out = (otr_contexts){.count = 0};
    otr_bytes bytes = {NULL, 0};
    const char *folder = folder_of(&out->memory);
    if (folder == NULL)
        return set_file(error, "", otr_fail(&error->error, OTR_MEMORY, "out of memory"));
    out->file = otr_path_join(&out->memory, otr_str_of(folder), OTR_STR("contexts.yaml")).data;
    if (out->file == NULL)
        return set_file(error, folder, otr_fail(&error->error, OTR_MEMORY, "out of memory"));
    otr_status status = check_owner(out->file, &error->error);
    if (status == OTR_OK)
        status = otr_file_read(&out->memory, out->file, OTR_LIMIT_PACK_BYTES, &bytes, &error->error);
    if (status == OTR_OK)
        status = parse(out, (otr_str){(const char *)bytes.data, bytes.size}, folder, &error->error);
    const char *named = otr_flag_environment("OUTRIDER_CONTEXT");
    out->in_use = named != NULL ? named : chosen(&out->memory, folder);
    return set_file(error, out->file, status);
}

void otr_contexts_done(otr_contexts *contexts)
{
    otr_arena_done(&contexts->memory);
}

const otr_context *otr_contexts_get(const otr_contexts *contexts, const char *name)
{
    for (size_t i = 0; i < contexts->count; i++)
        if (strcmp(contexts->list[i].name, name) == 0)
            return &contexts->list[i];
    return NULL;
}

static const char *copy(otr_arena *memory, const char *text)
{
    return text != NULL ? text_in(memory, otr_str_of(text)) : NULL;
}

otr_status otr_context_find(otr_arena *memory, const char *name, otr_context *out, otr_context_error *error)
{
    otr_contexts all;
    otr_status status = otr_contexts_read(&all, error);
    const char *wanted = name != NULL ? name : all.in_use;
    const otr_context *found = status == OTR_OK && wanted != NULL ? otr_contexts_get(&all, wanted) : NULL;
    if ((status == OTR_OK || status == OTR_NOT_FOUND) && found == NULL) {
        error->error.text[0] = '\0';
        status = wanted != NULL ? otr_fail(&error->error, OTR_NOT_FOUND, "there is no context \"%s\"", wanted)
                                : OTR_NOT_FOUND;
    }
    if (found != NULL)
        *out = (otr_context){copy(memory, found->name),    copy(memory, found->broker),
                             copy(memory, found->ca),      copy(memory, found->cert),
                             copy(memory, found->key),     copy(memory, found->group),
                             copy(memory, found->gateway), copy(memory, found->operator_key)};
    otr_contexts_done(&all);
    return status;
}

otr_status otr_context_use(const otr_contexts *contexts, const char *name, otr_context_error *error)
{
    char path[480];
    char draft[490];
    otr_str folder = otr_path_folder(otr_str_of(contexts->file));
    (void)snprintf(path, sizeof path, "%.*s/context", OTR_STR_ARG(folder));
    (void)snprintf(draft, sizeof draft, "%s.new", path);
    FILE *file = fopen(draft, "w");
    bool written = file != NULL && fprintf(file, "%s\n", name) > 0;
    written = file != NULL && fclose(file) == 0 && written && rename(draft, path) == 0;
    if (written)
        return OTR_OK;
    return set_file(error, path, otr_fail(&error->error, OTR_IO, "%s", strerror(errno)));
}

const char *otr_context_refusal(const otr_context_error *error, char out[OTR_CONTEXT_REFUSAL_BYTES])
{
    if (error->error.line > 0)
        (void)snprintf(out, OTR_CONTEXT_REFUSAL_BYTES, "%s:%d:%d: %s", error->file, error->error.line,
                       error->error.column, error->error.text);
    else
        (void)snprintf(out, OTR_CONTEXT_REFUSAL_BYTES, "%s: %s", error->file, error->error.text);
    return out;
}

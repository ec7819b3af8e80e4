/*
 * resolutions: {CODE: {LOCALE: TEXT or {line: TEXT, brief: TEXT, text: TEXT}}}
 * promises: {SLUG: {LOCALE: NAME}}
 * What they say is said when the alarm may be over and its device gone, so texts name fields of the asset
 * alone.
 */
#include "base/limits.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

enum { NAME_BYTES_MAX = 120 };

static otr_status load_template(otr_pack_build *build, const otr_yaml *node, otr_template *out)
{
    otr_status status = otr_pack_template(build, node, 0, out);
    for (size_t i = 0; i < out->count && status == OTR_OK; i++) {
        const otr_piece *piece = &out->pieces[i];
        if (piece->kind != OTR_PIECE_LITERAL && !otr_str_starts(piece->text, OTR_STR("asset.")))
            status = otr_pack_fail(build, node, "{{ %.*s }} is not known here: only asset.* is",
                                   OTR_STR_ARG(piece->text));
    }
    return status;
}

static otr_status load_text(otr_pack_build *build, const otr_yaml *node, otr_catalogue_text *out)
{
    static const char *const keys[] = {"line", "brief", "text", NULL};
    const otr_yaml *text = node;
    const otr_yaml *line = otr_yaml_get(node, "line");
    const otr_yaml *brief = otr_yaml_get(node, "brief");
    otr_status status = OTR_OK;
    if (node->kind == OTR_YAML_MAP) {
        status = otr_yaml_need(node, "text", &text, build->error);
        if (status == OTR_OK)
            status = otr_yaml_only(node, keys, build->error);
    }
    if (status == OTR_OK)
        status = load_template(build, text, &out->text);
    if (status == OTR_OK && line != NULL)
        status = load_template(build, line, &out->line);
    if (status == OTR_OK && brief != NULL)
        status = load_template(build, brief, &out->brief);
    return status;
}

typedef otr_status load_one(otr_pack_build *build, const otr_yaml *node, otr_catalogue_text *out);

static otr_status load_texts(otr_pack_build *build, const otr_yaml *locales, load_one *load,
                             otr_catalogue_entry *out)
{
    if (!otr_word_is_slug(locales->key))
        return otr_fail_at(build->error, OTR_INVALID, locales->key_line, locales->key_column,
                           "this name has small letters, digits, - and _ only, at most 64");
    otr_status status = otr_pack_check_locales(build, locales, locales->key);
    if (status != OTR_OK)
        return status;
    otr_catalogue_text *texts = otr_arena_array(&build->pack->memory, otr_yaml_count(locales), sizeof *texts);
    out->name = otr_arena_copy(&build->pack->memory, locales->key);
    if (texts == NULL || out->name.data == NULL)
        return otr_pack_memory(build);
    out->texts = texts;
    for (const otr_yaml *entry = locales->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_catalogue_text *text = &texts[out->count++];
        text->locale = otr_arena_copy(&build->pack->memory, entry->key);
        status = text->locale.data != NULL ? load(build, entry, text) : otr_pack_memory(build);
    }
    return status;
}

otr_status otr_pack_catalogue_texts(otr_pack_build *build, const otr_yaml *locales, otr_catalogue_entry *out)
{
    return load_texts(build, locales, load_text, out);
}

/* Stands within sentences of the agent's own. */
static otr_status load_name(otr_pack_build *build, const otr_yaml *node, otr_catalogue_text *out)
{
    otr_status status = otr_pack_template(build, node, 0, &out->text);
    if (status != OTR_OK)
        return status;
    if (out->text.count != 1 || out->text.pieces[0].kind != OTR_PIECE_LITERAL)
        return otr_pack_fail(build, node, "a name has no placeholders");
    if (out->text.pieces[0].text.size > NAME_BYTES_MAX)
        return otr_pack_fail(build, node, "a name has at most %d bytes", NAME_BYTES_MAX);
    return OTR_OK;
}

static otr_status load_catalogue(otr_pack_build *build, const otr_yaml *node, load_one *load,
                                 otr_catalogue_entry **list, size_t *count)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    if (otr_yaml_count(node) > OTR_LIMIT_CATALOGUE)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d of them",
                           OTR_LIMIT_CATALOGUE);
    *list = otr_arena_array(&build->pack->memory, otr_yaml_count(node), sizeof **list);
    if (*list == NULL)
        return otr_pack_memory(build);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_texts(build, entry, load, &(*list)[(*count)++]);
    return status;
}

otr_status otr_pack_resolutions(otr_pack_build *build, const otr_yaml *node)
{
    return load_catalogue(build, node, load_text, &build->pack->resolutions, &build->pack->resolution_count);
}

otr_status otr_pack_promises(otr_pack_build *build, const otr_yaml *node)
{
    return load_catalogue(build, node, load_name, &build->pack->promises, &build->pack->promise_count);
}

static const otr_catalogue_entry *find(const otr_catalogue_entry *list, size_t count, otr_str name)
{
    for (size_t i = 0; i < count; i++)
        if (otr_str_equal(list[i].name, name))
            return &list[i];
    return NULL;
}

const otr_catalogue_entry *otr_pack_find_resolution(const otr_pack *pack, otr_str code)
{
    return find(pack->resolutions, pack->resolution_count, code);
}

const otr_catalogue_entry *otr_pack_find_promise(const otr_pack *pack, otr_str what)
{
    return find(pack->promises, pack->promise_count, what);
}

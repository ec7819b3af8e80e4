/*
 * remedies: {NAME: {roles: [ROLE], at_most: N, claim: true, queue: QUEUE, do: {command, value, at_most,
 * device, every}, texts: {LOCALE: TEXT or {line, brief, text}}}}
 */
#include "base/limits.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

const char *const otr_remedy_roles[] = {"operator", "engineer", "desk", "relay", NULL};

enum { AT_MOST_MAX = 100 };

static otr_status load_role(const otr_pack_build *build, const otr_yaml *node, otr_str *out)
{
    otr_status status = otr_pack_slug(build, node, out);
    for (size_t i = 0; otr_remedy_roles[i] != NULL && status == OTR_OK; i++)
        if (otr_str_is(*out, otr_remedy_roles[i]))
            return OTR_OK;
    return status == OTR_OK
               ? otr_pack_fail(build, node, "a remedy may be left to operator, engineer, desk or relay")
               : status;
}

static otr_status load_roles(const otr_pack_build *build, const otr_yaml *node, otr_remedy *out)
{
    size_t count = node != NULL ? otr_yaml_count(node) : 1;
    otr_str *roles = otr_arena_array(&build->pack->memory, count + 1, sizeof *roles);
    if (roles == NULL)
        return otr_pack_memory(build);
    out->roles = roles;
    if (node == NULL) {
        roles[out->role_count++] = OTR_STR("desk");
        return OTR_OK;
    }
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status == OTR_OK && count == 0)
        return otr_pack_fail(build, node, "a remedy that nobody may use helps nobody");
    const otr_yaml *entry = node->first;
    for (; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_role(build, entry, &roles[out->role_count++]);
    return status;
}

static otr_status load_claim(const otr_pack_build *build, const otr_yaml *node, otr_remedy *out)
{
    const otr_yaml *claim = otr_yaml_get(node, "claim");
    const otr_yaml *queue = otr_yaml_get(node, "queue");
    otr_status status = OTR_OK;
    if (claim != NULL)
        status = otr_yaml_bool(claim, &out->claim, build->error);
    if (status == OTR_OK && queue != NULL && !out->claim)
        return otr_fail_at(build->error, OTR_INVALID, queue->key_line, queue->key_column,
                           "only a claim has a queue of its own");
    if (status == OTR_OK && queue != NULL)
        return otr_pack_slug(build, queue, &out->queue);
    if (out->claim)
        out->queue = OTR_STR("claims");
    return status;
}

static otr_status load_remedy(otr_pack_build *build, const otr_yaml *node, otr_remedy *out)
{
    static const char *const known[] = {"roles", "at_most", "claim", "queue", "do", "texts", NULL};
    const otr_yaml *at_most = otr_yaml_get(node, "at_most");
    const otr_yaml *deed = otr_yaml_get(node, "do");
    const otr_yaml *texts;
    int64_t number = 1;
    otr_status status = otr_yaml_need(node, "texts", &texts, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = load_roles(build, otr_yaml_get(node, "roles"), out);
    if (status == OTR_OK && at_most != NULL)
        status = otr_yaml_i64(at_most, 1, AT_MOST_MAX, &number, build->error);
    if (status == OTR_OK)
        status = load_claim(build, node, out);
    if (status == OTR_OK && deed != NULL)
        status = otr_pack_remedy_deed(build, deed, &out->deed);
    if (status != OTR_OK)
        return status;
    out->at_most = (uint32_t)number;
    otr_yaml named = *texts; /* the texts are those of the remedy's name */
    named.key = node->key;
    named.key_line = node->key_line;
    named.key_column = node->key_column;
    return otr_pack_catalogue_texts(build, &named, &out->told);
}

otr_status otr_pack_remedies(otr_pack_build *build, const otr_yaml *node)
{
    otr_pack *pack = build->pack;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    if (count > OTR_LIMIT_CATALOGUE)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d remedies",
                           OTR_LIMIT_CATALOGUE);
    pack->remedies = otr_arena_array(&pack->memory, count, sizeof *pack->remedies);
    if (pack->remedies == NULL)
        return otr_pack_memory(build);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_remedy(build, entry, &pack->remedies[pack->remedy_count++]);
    return status;
}

const otr_remedy *otr_pack_find_remedy(const otr_pack *pack, otr_str name)
{
    for (size_t i = 0; i < pack->remedy_count; i++)
        if (otr_str_equal(pack->remedies[i].told.name, name))
            return &pack->remedies[i];
    return NULL;
}

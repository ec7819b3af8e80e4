/* A pack from its file: parsed into a scratch tree, built in the pack's own memory, kept only when all of it
 * is right. */
#include "rules/load/pack.h"

#include "base/limits.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

#include <stdlib.h>

otr_status otr_pack_memory(const otr_pack_build *build)
{
    return otr_fail(build->error, OTR_MEMORY, "out of memory");
}

otr_status otr_pack_text(const otr_pack_build *build, const otr_yaml *node, otr_str *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    *out = otr_arena_copy(&build->pack->memory, text);
    return out->data != NULL ? OTR_OK : otr_pack_memory(build);
}

otr_status otr_pack_slug(const otr_pack_build *build, const otr_yaml *node, otr_str *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    if (!otr_word_is_slug(text))
        return otr_pack_fail(build, node, "this name has small letters, digits, - and _ only, at most 64");
    return otr_pack_text(build, node, out);
}

/* At most OTR_LIMIT_RULES_PER_PACK, so comparing each with each is cheap and tells the first repeated one. */
static otr_status check_unique(const otr_pack_build *build, const otr_yaml *node, const otr_rule *rule)
{
    const otr_yaml *alert = otr_yaml_get(node, "alert");
    for (const otr_rule *other = build->pack->rules; other < rule; other++)
        if (otr_str_equal(other->name, rule->name))
            return otr_pack_fail(build, alert, "the rule %.*s is here twice, first in line %d",
                                 OTR_STR_ARG(rule->name), other->line);
    return OTR_OK;
}

static otr_status load_rules(otr_pack_build *build, const otr_yaml *node)
{
    otr_pack *pack = build->pack;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    if (count == 0)
        return otr_pack_fail(build, node, "a pack has at least one rule");
    if (count > OTR_LIMIT_RULES_PER_PACK)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d rules",
                           OTR_LIMIT_RULES_PER_PACK);
    pack->rules = otr_arena_array(&pack->memory, count, sizeof *pack->rules);
    if (pack->rules == NULL)
        return otr_pack_memory(build);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_rule *rule = &pack->rules[pack->rule_count];
        status = otr_pack_rule(build, entry, rule);
        if (status == OTR_OK)
            status = check_unique(build, entry, rule);
        if (status == OTR_OK)
            pack->rule_count++;
    }
    return status;
}

/* What the desk may do and say. */
static otr_status load_service(otr_pack_build *build, const otr_yaml *root)
{
    const otr_yaml *remedies = otr_yaml_get(root, "remedies");
    const otr_yaml *resolutions = otr_yaml_get(root, "resolutions");
    const otr_yaml *promises = otr_yaml_get(root, "promises");
    otr_status status = OTR_OK;
    if (remedies != NULL)
        status = otr_pack_remedies(build, remedies);
    if (status == OTR_OK && resolutions != NULL)
        status = otr_pack_resolutions(build, resolutions);
    if (status == OTR_OK && promises != NULL)
        status = otr_pack_promises(build, promises);
    return status;
}

static otr_status load_all(otr_pack_build *build, const otr_yaml *root)
{
    static const char *const known[] = {"pack",  "version",  "defaults",    "rules",    "messages",
                                        "cards", "remedies", "resolutions", "promises", NULL};
    otr_pack *pack = build->pack;
    const otr_yaml *name;
    const otr_yaml *version = NULL;
    const otr_yaml *rules = NULL;
    otr_status status = otr_yaml_need(root, "pack", &name, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, build->error);
    if (status == OTR_OK)
        status = otr_pack_slug(build, name, &pack->name);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "version", &version, build->error);
    if (status == OTR_OK)
        status = otr_yaml_i64(version, 1, INT64_MAX, &pack->version, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "rules", &rules, build->error);
    const otr_yaml *messages = otr_yaml_get(root, "messages");
    const otr_yaml *cards = otr_yaml_get(root, "cards");
    const otr_yaml *defaults = otr_yaml_get(root, "defaults");
    if (status == OTR_OK && defaults != NULL)
        status = otr_pack_defaults(build, defaults);
    if (status == OTR_OK && messages != NULL)
        status = otr_pack_messages(build, messages);
    if (status == OTR_OK && cards != NULL)
        status = otr_pack_cards(build, cards);
    if (status == OTR_OK)
        status = load_service(build, root);
    if (status == OTR_OK)
        status = load_rules(build, rules);
    if (status == OTR_OK)
        status = otr_pack_inhibitors(build, rules);
    if (status == OTR_OK && defaults != NULL)
        status = otr_pack_check_defaults(build, defaults);
    return status == OTR_OK ? otr_pack_check_pending(build) : status;
}

otr_status otr_pack_load(otr_str yaml, otr_pack **out, otr_error *error)
{
    *out = NULL;
    otr_pack *pack = calloc(1, sizeof *pack);
    if (pack == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena scratch = {0};
    otr_pack_build build = {.pack = pack, .scratch = &scratch, .error = error};
    build.pending_end = &build.pending;
    otr_yaml *root = NULL;
    otr_status status = otr_yaml_parse(&scratch, yaml, &root, error);
    if (status == OTR_OK)
        status = load_all(&build, root);
    if (scratch.failed || pack->memory.failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&scratch);
    if (status != OTR_OK) {
        otr_pack_free(pack);
        return status;
    }
    *out = pack;
    return OTR_OK;
}

void otr_pack_free(otr_pack *pack)
{
    if (pack == NULL)
        return;
    otr_arena_done(&pack->memory);
    free(pack);
}

/* messages: {NAME: {LOCALE: {raised: TEXT, cleared: TEXT, past: TEXT, retracted: TEXT}}}, of a list
 * {raised: TEXT, item: TEXT} */
#include "base/limits.h"
#include "rules/pack_build.h"
#include "rules/words.h"

/* A text that a message need not have. */
static otr_status load_more(otr_pack_build *build, const otr_yaml *node, const char *key, bool ended_known,
                            otr_template *out)
{
    const otr_yaml *text = otr_yaml_get(node, key);
    return text != NULL ? otr_pack_template(build, text, ended_known, out) : OTR_OK;
}

static otr_status load_text(otr_pack_build *build, const otr_yaml *node, otr_message_text *out)
{
    static const char *const known[] = {"raised", "cleared", "past", "retracted", NULL};
    static const char *const known_of_list[] = {"raised", "item", NULL};
    bool list = otr_yaml_get(node, "item") != NULL;
    const otr_yaml *raised;
    if (!otr_word_is_locale(node->key))
        return otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                           "expected a language such as en, de or pt-BR");
    otr_status status = otr_yaml_need(node, "raised", &raised, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, list ? known_of_list : known, build->error);
    build->items_known = list;
    if (status == OTR_OK)
        status = otr_pack_template(build, raised, false, &out->raised);
    build->items_known = false;
    if (status == OTR_OK)
        status = load_more(build, node, "item", false, &out->item);
    if (status == OTR_OK)
        status = load_more(build, node, "cleared", true, &out->cleared);
    if (status == OTR_OK)
        status = load_more(build, node, "past", true, &out->past);
    if (status == OTR_OK)
        status = load_more(build, node, "retracted", false, &out->retracted);
    if (status != OTR_OK)
        return status;
    out->locale = otr_arena_copy(&build->pack->memory, node->key);
    return out->locale.data != NULL ? OTR_OK : otr_pack_memory(build);
}

static otr_status load_message(otr_pack_build *build, const otr_yaml *node, otr_message_entry *out)
{
    if (!otr_word_is_slug(node->key))
        return otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                           "a message's name has small letters, digits, - and _ only, at most 64");
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    if (otr_yaml_get(node, "en") == NULL)
        return otr_fail_at(
            build->error, OTR_INVALID, node->key_line, node->key_column,
            "the message %.*s has no English text (en), which all other languages fall back to",
            OTR_STR_ARG(node->key));
    otr_message_text *texts = otr_arena_array(&build->pack->memory, otr_yaml_count(node), sizeof *texts);
    out->name = otr_arena_copy(&build->pack->memory, node->key);
    if (texts == NULL || out->name.data == NULL)
        return otr_pack_memory(build);
    out->texts = texts;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_text(build, entry, &texts[out->count++]);
    return status;
}

otr_status otr_pack_messages(otr_pack_build *build, const otr_yaml *node)
{
    otr_pack *pack = build->pack;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    if (count > OTR_LIMIT_RULES_PER_PACK)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d messages",
                           OTR_LIMIT_RULES_PER_PACK);
    build->messages = node;
    pack->messages = otr_arena_array(&pack->memory, count, sizeof *pack->messages);
    if (pack->messages == NULL)
        return otr_pack_memory(build);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_message(build, entry, &pack->messages[pack->message_count++]);
    return status;
}

/*
 * messages: {NAME: {LOCALE: {raised: TEXT, updated: TEXT, cleared: TEXT, past: TEXT, retracted: TEXT,
 * for: {PERSONA: {the same}}}}}, of a list {raised: TEXT, item: TEXT, for: ...}. A TEXT is what happened, or
 * a map {line, brief, happened, means, doing, you}.
 */
#include "base/limits.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

/* A template that a text need not have. */
static otr_status load_more(otr_pack_build *build, const otr_yaml *node, const char *key, unsigned known,
                            otr_template *out)
{
    const otr_yaml *text = otr_yaml_get(node, key);
    return text != NULL ? otr_pack_template(build, text, known, out) : OTR_OK;
}

static otr_status load_text(otr_pack_build *build, const otr_yaml *node, unsigned known, otr_text *out)
{
    static const char *const keys[] = {"line", "brief", "happened", "means", "doing", "you", NULL};
    const otr_yaml *happened;
    if (node->kind != OTR_YAML_MAP)
        return otr_pack_template(build, node, known, &out->parts[OTR_PART_HAPPENED]);
    otr_status status = otr_yaml_need(node, "happened", &happened, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, keys, build->error);
    if (status == OTR_OK)
        status = load_more(build, node, "line", known, &out->line);
    if (status == OTR_OK)
        status = load_more(build, node, "brief", known, &out->brief);
    for (unsigned i = 0; i < OTR_PARTS && status == OTR_OK; i++)
        status = load_more(build, node, otr_part_text(i), known, &out->parts[i]);
    return status;
}

/* All that is said in one language to one persona; item among its keys only in a list. */
static otr_status load_tellings(otr_pack_build *build, const otr_yaml *node, bool list, otr_message_text *out)
{
    static const unsigned known[] = {[OTR_TELL_RAISED] = OTR_KNOWN_NEXT,
                                     [OTR_TELL_UPDATED] = OTR_KNOWN_NEXT,
                                     [OTR_TELL_CLEARED] = OTR_KNOWN_ENDED,
                                     [OTR_TELL_PAST] = OTR_KNOWN_ENDED,
                                     [OTR_TELL_RETRACTED] = 0};
    otr_status status = OTR_OK;
    for (unsigned i = 0; i < OTR_TELLINGS && status == OTR_OK; i++) {
        const otr_yaml *text = otr_yaml_get(node, otr_telling_text(i));
        if (text != NULL)
            status = load_text(build, text, known[i] | (list ? OTR_KNOWN_ITEMS : 0), &out->tellings[i]);
    }
    return status == OTR_OK ? load_more(build, node, "item", 0, &out->item) : status;
}

static otr_status keep_names(const otr_pack_build *build, otr_str locale, otr_str persona,
                             otr_message_text *out)
{
    out->locale = otr_arena_copy(&build->pack->memory, locale);
    out->persona = otr_arena_copy(&build->pack->memory, persona);
    return out->locale.data != NULL && out->persona.data != NULL ? OTR_OK : otr_pack_memory(build);
}

/* For one persona: only what differs from what anybody is told. */
static otr_status load_persona(otr_pack_build *build, const otr_yaml *node, otr_str locale, bool list,
                               otr_message_text *out)
{
    static const char *const keys[] = {"raised", "updated", "cleared", "past", "retracted", NULL};
    static const char *const keys_of_list[] = {"raised", "item", NULL};
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, list ? keys_of_list : keys, build->error);
    if (status == OTR_OK && node->first == NULL)
        return otr_pack_fail(build, node, "nothing is said to %.*s", OTR_STR_ARG(node->key));
    if (status == OTR_OK)
        status = keep_names(build, locale, node->key, out);
    return status == OTR_OK ? load_tellings(build, node, list, out) : status;
}

static otr_status load_locale(otr_pack_build *build, const otr_yaml *node, otr_message_text *texts,
                              size_t *count)
{
    static const char *const keys[] = {"raised", "updated", "cleared", "past", "retracted", "for", NULL};
    static const char *const keys_of_list[] = {"raised", "item", "for", NULL};
    bool list = otr_yaml_get(node, "item") != NULL;
    const otr_yaml *raised;
    const otr_yaml *persona = NULL;
    otr_message_text *anybody = &texts[(*count)++];
    otr_status status = otr_yaml_need(node, "raised", &raised, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, list ? keys_of_list : keys, build->error);
    if (status == OTR_OK)
        status = keep_names(build, node->key, OTR_STR(""), anybody);
    if (status == OTR_OK)
        status = load_tellings(build, node, list, anybody);
    if (status == OTR_OK)
        status = otr_pack_personas(build, node, &persona);
    for (; persona != NULL && status == OTR_OK; persona = persona->next)
        status = load_persona(build, persona, node->key, list, &texts[(*count)++]);
    return status;
}

size_t otr_pack_count_texts(const otr_yaml *locales)
{
    size_t count = 0;
    for (const otr_yaml *entry = locales->first; entry != NULL; entry = entry->next) {
        const otr_yaml *personas = otr_yaml_get(entry, "for");
        count += 1 + (personas != NULL ? otr_yaml_count(personas) : 0);
    }
    return count;
}

otr_status otr_pack_check_locales(const otr_pack_build *build, const otr_yaml *locales, otr_str name)
{
    otr_status status = otr_yaml_kind_is(locales, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    for (const otr_yaml *entry = locales->first; entry != NULL; entry = entry->next)
        if (!otr_word_is_locale(entry->key))
            return otr_fail_at(build->error, OTR_INVALID, entry->key_line, entry->key_column,
                               "expected a language such as en, de or pt-BR");
    if (otr_yaml_get(locales, "en") == NULL)
        return otr_fail_at(build->error, OTR_INVALID, locales->key_line, locales->key_column,
                           "%.*s has no English text (en), which all other languages fall back to",
                           OTR_STR_ARG(name));
    return OTR_OK;
}

otr_status otr_pack_personas(const otr_pack_build *build, const otr_yaml *node, const otr_yaml **out)
{
    const otr_yaml *personas = otr_yaml_get(node, "for");
    *out = NULL;
    if (personas == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_kind_is(personas, OTR_YAML_MAP, build->error);
    for (const otr_yaml *entry = personas->first; entry != NULL && status == OTR_OK; entry = entry->next)
        if (!otr_word_is_slug(entry->key))
            status = otr_fail_at(build->error, OTR_INVALID, entry->key_line, entry->key_column,
                                 "a persona has small letters, digits, - and _ only, at most 64");
    if (status == OTR_OK)
        *out = personas->first;
    return status;
}

static otr_status load_message(otr_pack_build *build, const otr_yaml *node, otr_message_entry *out)
{
    if (!otr_word_is_slug(node->key))
        return otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                           "a message's name has small letters, digits, - and _ only, at most 64");
    otr_status status = otr_pack_check_locales(build, node, node->key);
    if (status != OTR_OK)
        return status;
    otr_message_text *texts =
        otr_arena_array(&build->pack->memory, otr_pack_count_texts(node), sizeof *texts);
    out->name = otr_arena_copy(&build->pack->memory, node->key);
    if (texts == NULL || out->name.data == NULL)
        return otr_pack_memory(build);
    out->texts = texts;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_locale(build, entry, texts, &out->count);
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

/* cards: {NAME: {to: READERS, link: URL, seconds: N, texts: {LOCALE: SAID}}}; SAID is a TEXT or
 * {line: LINE, text: TEXT, for: {PERSONA: SAID}}. */
#include "base/limits.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

enum { LINK_BYTES_MAX = 500, SECONDS_MAX = 3600 };

static otr_status load_link(const otr_pack_build *build, const otr_yaml *node, otr_card *out)
{
    const otr_yaml *link = otr_yaml_get(node, "link");
    const otr_yaml *seconds = otr_yaml_get(node, "seconds");
    int64_t number = 0;
    otr_status status = OTR_OK;
    if (link == NULL && seconds != NULL)
        return otr_fail_at(build->error, OTR_INVALID, seconds->key_line, seconds->key_column,
                           "seconds are those of a link, and there is none");
    if (link != NULL)
        status = otr_pack_text(build, link, &out->link);
    if (status != OTR_OK || link == NULL)
        return status;
    bool good = otr_str_starts(out->link, OTR_STR("https://")) && out->link.size > 8 &&
                out->link.size <= LINK_BYTES_MAX;
    for (size_t i = 0; i < out->link.size; i++)
        good = good && out->link.data[i] > ' ' && out->link.data[i] < 127;
    if (!good)
        return otr_pack_fail(build, link,
                             "a link begins with https:// and has no blanks and at most %d bytes",
                             LINK_BYTES_MAX);
    if (seconds != NULL)
        status = otr_yaml_i64(seconds, 1, SECONDS_MAX, &number, build->error);
    out->link_seconds = (uint32_t)number;
    return status;
}

static otr_status add_text(otr_pack_build *build, const otr_yaml *node, otr_str locale, otr_str persona,
                           otr_card_text *out)
{
    const otr_yaml *line = otr_yaml_get(node, "line");
    const otr_yaml *text = node;
    otr_status status = OTR_OK;
    if (node->kind == OTR_YAML_MAP)
        status = otr_yaml_need(node, "text", &text, build->error);
    if (status != OTR_OK)
        return status;
    *out = (otr_card_text){.locale = otr_arena_copy(&build->pack->memory, locale),
                           .persona = otr_arena_copy(&build->pack->memory, persona)};
    if (out->locale.data == NULL || out->persona.data == NULL)
        return otr_pack_memory(build);
    if (line != NULL)
        status = otr_pack_template(build, line, 0, &out->line);
    return status == OTR_OK ? otr_pack_template(build, text, 0, &out->text) : status;
}

static otr_status load_texts(otr_pack_build *build, const otr_yaml *node, otr_card_text *texts, size_t *count)
{
    static const char *const known[] = {"line", "text", "for", NULL};
    static const char *const known_inside[] = {"line", "text", NULL};
    const otr_card_text *anybody = &texts[*count];
    const otr_yaml *persona = NULL;
    otr_status status = OTR_OK;
    if (node->kind == OTR_YAML_MAP) {
        status = otr_yaml_only(node, known, build->error);
        if (status == OTR_OK)
            status = otr_pack_personas(build, node, &persona);
    }
    if (status == OTR_OK)
        status = add_text(build, node, node->key, OTR_STR(""), &texts[(*count)++]);
    for (; persona != NULL && status == OTR_OK; persona = persona->next) {
        if (persona->kind == OTR_YAML_MAP)
            status = otr_yaml_only(persona, known_inside, build->error);
        if (status == OTR_OK)
            status = add_text(build, persona, node->key, persona->key, &texts[*count]);
        if (status == OTR_OK && texts[*count].line.count == 0)
            texts[*count].line = anybody->line;
        (*count)++;
    }
    return status;
}

static otr_status load_card(otr_pack_build *build, const otr_yaml *node, otr_card *out)
{
    static const char *const known[] = {"to", "link", "seconds", "texts", NULL};
    const otr_yaml *locales;
    const otr_yaml *to = otr_yaml_get(node, "to");
    if (!otr_word_is_slug(node->key))
        return otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                           "a card's name has small letters, digits, - and _ only, at most 64");
    otr_status status = otr_yaml_need(node, "texts", &locales, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK && to != NULL)
        status = otr_pack_readers(build, to, &out->to, &out->to_count);
    if (status == OTR_OK)
        status = load_link(build, node, out);
    if (status == OTR_OK)
        status = otr_pack_check_locales(build, locales, node->key);
    if (status != OTR_OK)
        return status;
    otr_card_text *texts =
        otr_arena_array(&build->pack->memory, otr_pack_count_texts(locales), sizeof *texts);
    out->name = otr_arena_copy(&build->pack->memory, node->key);
    if (texts == NULL || out->name.data == NULL)
        return otr_pack_memory(build);
    out->texts = texts;
    for (const otr_yaml *entry = locales->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_texts(build, entry, texts, &out->count);
    return status;
}

otr_status otr_pack_cards(otr_pack_build *build, const otr_yaml *node)
{
    otr_pack *pack = build->pack;
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    if (count > OTR_LIMIT_RULES_PER_PACK)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d cards",
                           OTR_LIMIT_RULES_PER_PACK);
    build->cards = node;
    pack->cards = otr_arena_array(&pack->memory, count, sizeof *pack->cards);
    if (pack->cards == NULL)
        return otr_pack_memory(build);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = load_card(build, entry, &pack->cards[pack->card_count++]);
    return status;
}

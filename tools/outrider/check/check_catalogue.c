/* What a pack says for the desk: what was done, how a case was resolved, what is promised. */
#include "tools/outrider/check/check_text.h"

static const otr_yaml *find_locale(const otr_yaml *locales, otr_str locale)
{
    const otr_yaml *entry = locales != NULL ? locales->first : NULL;
    while (entry != NULL && !otr_str_equal(entry->key, locale))
        entry = entry->next;
    return entry;
}

static void check_locales(otr_text_check *c, const otr_catalogue_entry *entry, const otr_yaml *node)
{
    otr_yaml key = {.line = node->key_line, .column = node->key_column};
    otr_text_place place = {.at = &key, .name = entry->name};
    otr_str rest = c->locales;
    otr_str wanted;
    while (otr_check_next_locale(&rest, &wanted)) {
        bool found = false;
        for (size_t i = 0; i < entry->count && !found; i++)
            found = otr_check_understands(entry->texts[i].locale, wanted);
        if (!found)
            otr_text_warn(c, &place, "it is not in %.*s", OTR_STR_ARG(wanted));
    }
}

static void check_text(otr_text_check *c, const otr_text_place *place, const otr_catalogue_text *text,
                       const otr_catalogue_text *english)
{
    const otr_template *own = &text->text;
    const otr_template *other = &english->text;
    otr_check_template(c, place, &text->line);
    otr_check_template(c, place, &text->brief);
    otr_check_template(c, place, own);
    otr_check_reads_within(c, place, "line", &text->line, OTR_LINE_CHARACTERS);
    otr_check_reads_within(c, place, "brief", &text->brief, OTR_BRIEF_CHARACTERS);
    if (text != english)
        otr_check_placeholders(c, place, &other, &own, 1);
}

static void check_entry(otr_text_check *c, const otr_catalogue_entry *entry, const otr_yaml *node,
                        const otr_yaml *locales, bool is_name)
{
    const otr_catalogue_text *english = otr_catalogue_find(entry, OTR_STR("en"));
    check_locales(c, entry, node);
    for (size_t i = 0; i < entry->count; i++) {
        const otr_catalogue_text *text = &entry->texts[i];
        const otr_yaml *at = find_locale(locales, text->locale);
        otr_text_place place = {.at = at != NULL ? at : node, .name = entry->name, .locale = text->locale};
        check_text(c, &place, text, english);
        if (is_name)
            otr_check_reads_within(c, &place, "", &text->text, OTR_PROMISE_CHARACTERS);
    }
}

static void check_list(otr_text_check *c, const char *key, const otr_catalogue_entry *list, size_t count,
                       bool is_name)
{
    const otr_yaml *map = otr_yaml_get(c->root, key);
    const otr_yaml *node = map != NULL ? map->first : NULL;
    for (size_t i = 0; i < count && node != NULL; i++, node = node->next)
        check_entry(c, &list[i], node, node, is_name);
}

void otr_check_catalogues(otr_text_check *c)
{
    const otr_yaml *map = otr_yaml_get(c->root, "remedies");
    const otr_yaml *node = map != NULL ? map->first : NULL;
    for (size_t i = 0; i < c->pack->remedy_count && node != NULL; i++, node = node->next)
        check_entry(c, &c->pack->remedies[i].told, node, otr_yaml_get(node, "texts"), false);
    check_list(c, "resolutions", c->pack->resolutions, c->pack->resolution_count, false);
    check_list(c, "promises", c->pack->promises, c->pack->promise_count, true);
}

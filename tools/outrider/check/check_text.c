/* Walks all that a pack says: every message, language, persona and telling, and its cards. */
#include "tools/outrider/check/check_text.h"

#include "base/limits.h"
#include "tools/outrider/check/check_sample.h"

#include <stdio.h>

static void say(otr_text_check *c, const otr_text_place *place, const char *what, const char *format,
                va_list list)
{
    char text[300];
    (void)vsnprintf(text, sizeof text, format, list);
    otr_buffer_add_format(c->out, "%s:%d:%d: %s%.*s", c->file, place->at->line, place->at->column, what,
                          OTR_STR_ARG(place->name));
    if (place->locale.size > 0)
        otr_buffer_add_format(c->out, "/%.*s", OTR_STR_ARG(place->locale));
    if (place->persona.size > 0)
        otr_buffer_add_format(c->out, "/%.*s", OTR_STR_ARG(place->persona));
    otr_buffer_add_format(c->out, "%s%s: %s\n", place->telling != NULL ? "/" : "",
                          place->telling != NULL ? place->telling : "", text);
}

void otr_text_error(otr_text_check *c, const otr_text_place *place, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(c, place, "", format, list);
    va_end(list);
    c->errors++;
}

void otr_text_warn(otr_text_check *c, const otr_text_place *place, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(c, place, "warning: ", format, list);
    va_end(list);
    c->warnings++;
}

void otr_check_reads_within(otr_text_check *c, const otr_text_place *place, const char *part,
                            const otr_template *text, size_t most)
{
    otr_buffer read = {0};
    otr_check_sample(&read, text, place->locale);
    size_t length = otr_check_length(otr_buffer_text(&read));
    if (length > most)
        otr_text_error(c, place, "%s%s%zu characters, at most %zu", part, part[0] != '\0' ? " has " : "",
                       length, most);
    otr_buffer_done(&read);
}

static void check_full(otr_text_check *c, const otr_text_place *place, const otr_text *text)
{
    otr_buffer read = {0};
    for (unsigned i = 0; i < OTR_PARTS; i++) {
        if (i > 0 && text->parts[i].count > 0)
            otr_buffer_add(&read, " ", 1);
        otr_check_sample(&read, &text->parts[i], place->locale);
    }
    size_t size = otr_buffer_text(&read).size;
    if (size > OTR_LIMIT_MESSAGE_BYTES)
        otr_text_error(c, place, "all of it has %zu bytes, at most %d", size, OTR_LIMIT_MESSAGE_BYTES);
    otr_buffer_done(&read);
}

/* Beside what is said to the same persona in English. */
static void compare(otr_text_check *c, const otr_text_place *place, const otr_text *text,
                    const otr_text *english)
{
    const otr_template *other[OTR_PARTS];
    const otr_template *own[OTR_PARTS];
    for (unsigned i = 0; i < OTR_PARTS; i++) {
        other[i] = &english->parts[i];
        own[i] = &text->parts[i];
    }
    otr_check_placeholders(c, place, other, own, OTR_PARTS);
    other[0] = &english->line;
    own[0] = &text->line;
    if (english->line.count > 0 && text->line.count > 0)
        otr_check_placeholders(c, place, other, own, 1);
    other[0] = &english->brief;
    own[0] = &text->brief;
    if (english->brief.count > 0 && text->brief.count > 0)
        otr_check_placeholders(c, place, other, own, 1);
}

/* What a reader of a new alarm should be told besides what happened. */
static void check_whole(otr_text_check *c, const otr_text_place *place, const otr_text *text)
{
    const otr_template *parts[] = {&text->line, &text->brief, &text->parts[OTR_PART_MEANS],
                                   &text->parts[OTR_PART_DOING], &text->parts[OTR_PART_YOU]};
    static const char *const names[] = {"line", "brief", "means", "doing", "you"};
    char lacks[64] = "";
    size_t size = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i]->count == 0)
            size +=
                (size_t)snprintf(lacks + size, sizeof lacks - size, "%s%s", size > 0 ? ", " : "", names[i]);
    if (size > 0)
        otr_text_warn(c, place, "it is told with no %s", lacks);
}

static void check_telling(otr_text_check *c, const otr_text_place *place, const otr_text *text,
                          const otr_text *english)
{
    otr_check_template(c, place, &text->line);
    otr_check_template(c, place, &text->brief);
    for (unsigned i = 0; i < OTR_PARTS; i++)
        otr_check_template(c, place, &text->parts[i]);
    otr_check_reads_within(c, place, "line", &text->line, OTR_LINE_CHARACTERS);
    otr_check_reads_within(c, place, "brief", &text->brief, OTR_BRIEF_CHARACTERS);
    check_full(c, place, text);
    if (english != NULL && english != text)
        compare(c, place, text, english);
}

/* Whether somebody outside the house is told it; the house is told by roles. */
static bool is_for_customers(const otr_pack *pack, size_t message)
{
    for (size_t i = 0; i < pack->rule_count; i++)
        for (size_t t = 0; t < pack->rules[i].notify.to_count && pack->rules[i].notify.message == message;
             t++)
            if (otr_is_reader_outside(pack->rules[i].notify.to[t]))
                return true;
    return false;
}

static const otr_yaml *find_entry(const otr_yaml *map, otr_str key)
{
    for (const otr_yaml *entry = map != NULL ? map->first : NULL; entry != NULL; entry = entry->next)
        if (otr_str_equal(entry->key, key))
            return entry;
    return NULL;
}

/* The map that holds the tellings of the locale and persona. */
static const otr_yaml *tellings_of(const otr_yaml *locales, otr_str locale, otr_str persona)
{
    const otr_yaml *map = find_entry(locales, locale);
    if (persona.size == 0 || map == NULL)
        return map;
    return find_entry(otr_yaml_get(map, "for"), persona);
}

/* NULL: nothing of that is said in English to just that persona. */
static const otr_text *english_of(const otr_message_entry *message, otr_str persona, otr_telling telling)
{
    for (size_t i = 0; i < message->count; i++) {
        const otr_message_text *text = &message->texts[i];
        if (otr_str_is(text->locale, "en") && otr_str_equal(text->persona, persona) &&
            text->tellings[telling].parts[OTR_PART_HAPPENED].count > 0)
            return &text->tellings[telling];
    }
    return NULL;
}

static void check_message_text(otr_text_check *c, const otr_message_entry *message,
                               const otr_message_text *text, const otr_yaml *node, bool customers)
{
    const otr_yaml *map = tellings_of(node, text->locale, text->persona);
    for (unsigned t = 0; t < OTR_TELLINGS; t++) {
        const otr_text *telling = &text->tellings[t];
        const otr_yaml *at = map != NULL ? otr_yaml_get(map, otr_telling_text(t)) : NULL;
        if (telling->parts[OTR_PART_HAPPENED].count == 0 || at == NULL)
            continue;
        otr_text_place place = {at, message->name, text->locale, text->persona, otr_telling_text(t)};
        check_telling(c, &place, telling, english_of(message, text->persona, t));
        if (t == OTR_TELL_RAISED && customers)
            check_whole(c, &place, telling);
    }
    const otr_template *item = otr_message_item(message, text->persona, OTR_STR("en"));
    const otr_yaml *at = map != NULL ? otr_yaml_get(map, "item") : NULL;
    if (text->item.count == 0 || item == NULL || at == NULL)
        return;
    otr_text_place place = {at, message->name, text->locale, text->persona, "item"};
    const otr_template *own = &text->item;
    otr_check_template(c, &place, own);
    otr_check_placeholders(c, &place, &item, &own, 1);
}

/* ---- locales ---- */

/* As otr_message_find does: the locale, or what it begins with. */
bool otr_check_understands(otr_str locale, otr_str wanted)
{
    return otr_str_equal(locale, wanted) ||
           (otr_str_starts(wanted, locale) && wanted.data[locale.size] == '-');
}

/* Each of --locales in turn. */
bool otr_check_next_locale(otr_str *list, otr_str *out)
{
    if (list->size == 0)
        return false;
    size_t size = 0;
    while (size < list->size && list->data[size] != ',')
        size++;
    *out = (otr_str){list->data, size};
    size_t skip = size < list->size ? size + 1 : size;
    *list = (otr_str){list->data + skip, list->size - skip};
    return true;
}

static void check_message_locales(otr_text_check *c, const otr_message_entry *message, const otr_yaml *node)
{
    otr_yaml key = {.line = node->key_line, .column = node->key_column};
    otr_text_place place = {.at = &key, .name = message->name};
    otr_str rest = c->locales;
    otr_str wanted;
    while (otr_check_next_locale(&rest, &wanted)) {
        bool found = false;
        for (size_t i = 0; i < message->count && !found; i++)
            found = message->texts[i].persona.size == 0 &&
                    otr_check_understands(message->texts[i].locale, wanted);
        if (!found)
            otr_text_warn(c, &place, "it is not in %.*s", OTR_STR_ARG(wanted));
    }
}

static void check_card_locales(otr_text_check *c, const otr_card *card, const otr_yaml *node)
{
    otr_yaml key = {.line = node->key_line, .column = node->key_column};
    otr_text_place place = {.at = &key, .name = card->name};
    otr_str rest = c->locales;
    otr_str wanted;
    while (otr_check_next_locale(&rest, &wanted)) {
        bool found = false;
        for (size_t i = 0; i < card->count && !found; i++)
            found = card->texts[i].persona.size == 0 && otr_check_understands(card->texts[i].locale, wanted);
        if (!found)
            otr_text_warn(c, &place, "it is not in %.*s", OTR_STR_ARG(wanted));
    }
}

/* ---- cards, readers ---- */

static void check_card(otr_text_check *c, uint32_t index, const otr_yaml *node)
{
    const otr_card *card = &c->pack->cards[index];
    const otr_yaml *locales = otr_yaml_get(node, "texts");
    otr_yaml key = {.line = node->key_line, .column = node->key_column};
    otr_text_place whole = {.at = &key, .name = card->name};
    bool sent = false;
    for (size_t i = 0; i < c->pack->rule_count && !sent; i++)
        sent = c->pack->rules[i].notifies && c->pack->rules[i].notify.card == index;
    if (!sent)
        otr_text_warn(c, &whole, "no rule sends this card");
    check_card_locales(c, card, node);
    for (size_t i = 0; i < card->count; i++) {
        const otr_card_text *text = &card->texts[i];
        const otr_yaml *at = find_entry(locales, text->locale);
        otr_text_place place = {at != NULL ? at : node, card->name, text->locale, text->persona, NULL};
        const otr_template *english = &otr_card_find(card, text->persona, OTR_STR("en"))->text;
        const otr_template *own = &text->text;
        otr_check_reads_within(c, &place, "line", &text->line, OTR_LINE_CHARACTERS);
        otr_check_reads_within(c, &place, "", own, OTR_CARD_CHARACTERS);
        otr_check_template(c, &place, &text->line);
        otr_check_template(c, &place, own);
        otr_check_placeholders(c, &place, &english, &own, 1);
    }
}

static bool has_reader(const otr_assignments *all, otr_str persona)
{
    for (size_t i = 0; i < all->asset_count; i++)
        if (all->assets[i].customer != NULL && otr_str_equal(all->assets[i].customer->persona, persona))
            return true;
    return false;
}

static void check_rule_readers(otr_text_check *c, const otr_rule *rule)
{
    for (size_t t = 0; rule->notifies && t < rule->notify.to_count; t++) {
        otr_str to = rule->notify.to[t];
        if (!otr_is_reader_outside(to) || otr_str_is(to, "customer") || has_reader(c->assignments, to))
            continue;
        otr_yaml at = {.line = rule->line, .column = 1};
        otr_text_place place = {.at = &at, .name = rule->name};
        otr_text_warn(c, &place, "it tells a %.*s, and no reader of the assignments is one", OTR_STR_ARG(to));
    }
}

void otr_check_texts(otr_text_check *c)
{
    const otr_yaml *messages = otr_yaml_get(c->root, "messages");
    const otr_yaml *cards = otr_yaml_get(c->root, "cards");
    const otr_yaml *node = messages != NULL ? messages->first : NULL;
    for (size_t m = 0; m < c->pack->message_count && node != NULL; m++, node = node->next) {
        const otr_message_entry *message = &c->pack->messages[m];
        bool customers = is_for_customers(c->pack, m);
        check_message_locales(c, message, node);
        for (size_t i = 0; i < message->count; i++)
            check_message_text(c, message, &message->texts[i], node, customers);
    }
    node = cards != NULL ? cards->first : NULL;
    for (uint32_t i = 0; i < c->pack->card_count && node != NULL; i++, node = node->next)
        check_card(c, i, node);
    otr_check_catalogues(c);
    for (size_t i = 0; c->assignments != NULL && i < c->pack->rule_count; i++)
        check_rule_readers(c, &c->pack->rules[i]);
}

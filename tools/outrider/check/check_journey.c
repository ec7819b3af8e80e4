#include "tools/outrider/check/check_journey.h"

#include "base/limits.h"
#include "daemon/file.h"
#include "rules/load/nearest.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct journey_check {
    otr_buffer *out;
    const char *file;
    otr_pack *const *packs;
    size_t pack_count;
    otr_str locales;
    size_t count;
} journey_check;

/* A rule and the pack that it stands in; rule NULL: there is none. */
typedef struct found_rule {
    const otr_pack *pack;
    const otr_rule *rule;
} found_rule;

static void __attribute__((format(printf, 3, 4)))
tell(journey_check *c, const otr_journey_word *at, const char *format, ...)
{
    char reason[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    otr_buffer_add_format(c->out, "%s:%d:%d: %s\n", c->file, at->line, at->column, reason);
    c->count++;
}

/* ---- rules ---- */

static found_rule find_rule(const journey_check *c, otr_str name)
{
    for (size_t p = 0; p < c->pack_count; p++)
        for (size_t i = 0; i < c->packs[p]->rule_count; i++)
            if (otr_str_equal(c->packs[p]->rules[i].name, name))
                return (found_rule){c->packs[p], &c->packs[p]->rules[i]};
    return (found_rule){NULL, NULL};
}

static found_rule need_rule(journey_check *c, const otr_journey_word *word)
{
    found_rule found = find_rule(c, word->text);
    otr_nearest nearest = {0};
    if (found.rule != NULL)
        return found;
    for (size_t p = 0; p < c->pack_count; p++)
        for (size_t i = 0; i < c->packs[p]->rule_count; i++)
            otr_nearest_offer(&nearest, word->text, c->packs[p]->rules[i].name);
    tell(c, word, "no pack has a rule %.*s%s%.*s%s", OTR_STR_ARG(word->text), OTR_NEAREST_ARG(nearest));
    return found;
}

/* ---- languages ---- */

static bool message_has(const otr_message_entry *message, otr_str locale)
{
    for (size_t i = 0; i < message->count; i++)
        if (otr_str_equal(message->texts[i].locale, locale))
            return true;
    return false;
}

static bool card_has(const otr_card *card, otr_str locale)
{
    for (size_t i = 0; i < card->count; i++)
        if (otr_str_equal(card->texts[i].locale, locale))
            return true;
    return false;
}

static void lacks(journey_check *c, const otr_journey_word *at, const char *what, otr_str locale, bool has)
{
    if (!has)
        tell(c, at, "the %s %.*s is missing in %.*s", what, OTR_STR_ARG(at->text), OTR_STR_ARG(locale));
}

static bool seen_before(const otr_pack *pack, size_t message, size_t text)
{
    otr_str locale = pack->messages[message].texts[text].locale;
    for (size_t m = 0; m <= message; m++)
        for (size_t i = 0; i < (m < message ? pack->messages[m].count : text); i++)
            if (otr_str_equal(pack->messages[m].texts[i].locale, locale))
                return true;
    return false;
}

/* The next of a list with commas; false at its end. */
static bool next_locale(otr_str *rest, otr_str *out)
{
    size_t end = 0;
    if (rest->size == 0)
        return false;
    while (end < rest->size && rest->data[end] != ',')
        end++;
    *out = (otr_str){rest->data, end};
    size_t past = end < rest->size ? end + 1 : end;
    *rest = (otr_str){rest->data + past, rest->size - past};
    return true;
}

/* Of message and card one is NULL. */
static void check_locales(journey_check *c, const otr_journey_word *at, const otr_pack *pack,
                          const otr_message_entry *message, const otr_card *card)
{
    const char *what = message != NULL ? "message" : "card";
    otr_str rest = c->locales;
    otr_str locale;
    while (next_locale(&rest, &locale))
        lacks(c, at, what, locale, message != NULL ? message_has(message, locale) : card_has(card, locale));
    for (size_t m = 0; m < pack->message_count && c->locales.size == 0; m++)
        for (size_t i = 0; i < pack->messages[m].count; i++) {
            locale = pack->messages[m].texts[i].locale;
            if (!seen_before(pack, m, i))
                lacks(c, at, what, locale,
                      message != NULL ? message_has(message, locale) : card_has(card, locale));
        }
}

/* ---- on stage ---- */

static void check_message(journey_check *c, const otr_journey_step *step, found_rule found)
{
    const otr_notify *notify = &found.rule->notify;
    bool has = found.rule->notifies && notify->message != UINT32_MAX;
    const otr_message_entry *message = has ? &found.pack->messages[notify->message] : NULL;
    if (message == NULL)
        tell(c, &step->message, "the rule %.*s tells no message", OTR_STR_ARG(found.rule->name));
    else if (!otr_str_equal(message->name, step->message.text))
        tell(c, &step->message, "the rule %.*s tells the message %.*s, not %.*s",
             OTR_STR_ARG(found.rule->name), OTR_STR_ARG(message->name), OTR_STR_ARG(step->message.text));
    else
        check_locales(c, &step->message, found.pack, message, NULL);
}

static void check_card(journey_check *c, const otr_journey_step *step, found_rule found)
{
    const otr_notify *notify = &found.rule->notify;
    bool has = found.rule->notifies && notify->card != UINT32_MAX;
    const otr_card *card = has ? &found.pack->cards[notify->card] : NULL;
    if (card == NULL || !otr_str_equal(card->name, step->card.text))
        tell(c, &step->card, "the rule %.*s sends no card %.*s", OTR_STR_ARG(found.rule->name),
             OTR_STR_ARG(step->card.text));
    else
        check_locales(c, &step->card, found.pack, NULL, card);
}

static void check_reader(journey_check *c, const otr_journey_step *step, const otr_rule *rule)
{
    for (size_t i = 0; rule->notifies && i < rule->notify.to_count; i++)
        if (otr_str_equal(rule->notify.to[i], step->to.text))
            return;
    tell(c, &step->to, "the rule %.*s does not tell %.*s", OTR_STR_ARG(rule->name),
         OTR_STR_ARG(step->to.text));
}

static void check_stage(journey_check *c, const otr_journey_step *step)
{
    found_rule found = {NULL, NULL};
    if (step->rule.text.size == 0)
        tell(c, &step->rule, "the step %.*s has no rule that tells it", OTR_STR_ARG(step->name.text));
    else
        found = need_rule(c, &step->rule);
    if (step->message.text.size == 0)
        tell(c, &step->message, "the step %.*s has no text: give it a message", OTR_STR_ARG(step->name.text));
    else if (found.rule != NULL)
        check_message(c, step, found);
    if (step->card.text.size > 0 && found.rule != NULL)
        check_card(c, step, found);
    if (step->to.text.size == 0)
        tell(c, &step->to, "the step %.*s has no reader: give it to", OTR_STR_ARG(step->name.text));
    else if (found.rule != NULL)
        check_reader(c, step, found.rule);
    if (step->told_within == 0)
        tell(c, &step->told, "the step %.*s has no goal: give it told_within", OTR_STR_ARG(step->name.text));
}

/* ---- backstage ---- */

static bool has_queue(const journey_check *c, otr_str queue)
{
    for (size_t p = 0; p < c->pack_count; p++)
        for (size_t i = 0; i < c->packs[p]->rule_count; i++)
            if (c->packs[p]->rules[i].ticket && otr_str_equal(c->packs[p]->rules[i].queue, queue))
                return true;
    return false;
}

static void check_backstage(journey_check *c, const otr_journey_step *step)
{
    if (step->owner.text.size == 0)
        tell(c, &step->owner, "the step %.*s has no owner", OTR_STR_ARG(step->name.text));
    if (step->queue.text.size > 0 && !has_queue(c, step->queue.text))
        tell(c, &step->queue, "no pack has a queue %.*s", OTR_STR_ARG(step->queue.text));
    for (size_t i = 0; i < step->rule_count; i++)
        (void)need_rule(c, &step->rules[i]);
}

static void check_packs(journey_check *c, const otr_journey_map *map)
{
    for (size_t i = 0; i < map->pack_count; i++) {
        bool found = false;
        for (size_t p = 0; p < c->pack_count; p++)
            found |= otr_str_equal(c->packs[p]->name, map->packs[i].text);
        if (!found)
            tell(c, &map->packs[i], "the pack %.*s is not among those that are checked",
                 OTR_STR_ARG(map->packs[i].text));
    }
}

size_t otr_check_journey(otr_buffer *out, const char *file, const otr_journey_map *map,
                         otr_pack *const *packs, size_t pack_count, otr_str locales)
{
    journey_check c = {
        .out = out, .file = file, .packs = packs, .pack_count = pack_count, .locales = locales};
    check_packs(&c, map);
    for (size_t i = 0; i < map->step_count; i++) {
        check_stage(&c, &map->steps[i]);
        check_backstage(&c, &map->steps[i]);
    }
    return c.count;
}

otr_status otr_check_journey_file(otr_buffer *out, const char *file, otr_pack *const *packs,
                                  size_t pack_count, otr_str locales, otr_error *error)
{
    otr_arena memory = {0};
    otr_bytes bytes = {NULL, 0};
    otr_journey_map *map = NULL;
    otr_status status = otr_file_read(&memory, file, OTR_LIMIT_PACK_BYTES, &bytes, error);
    if (status == OTR_OK)
        status = otr_journey_load((otr_str){(const char *)bytes.data, bytes.size}, &map, error);
    if (status == OTR_OK)
        (void)otr_check_journey(out, file, map, packs, pack_count, locales);
    otr_journey_free(map);
    otr_arena_done(&memory);
    return status;
}

/* notify: whom a rule tells, what, when and how often. */
#include "rules/load/nearest.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

enum { TO_MAX = 16 };

/* Any persona or role may be named, but a slip in a usual one would make one up. */
static otr_status check_reader(const otr_pack_build *build, const otr_yaml *node, otr_str to)
{
    static const otr_str staff = {"staff.", 6};
    otr_str word = to;
    if (otr_str_starts(to, staff))
        word = (otr_str){to.data + staff.size, to.size - staff.size};
    if (!otr_word_is_slug(word))
        return otr_pack_fail(build, node,
                             "expected customer, a persona such as shipper, or staff.ROLE: small letters, "
                             "digits, - and _ only, at most 64");
    if (word.size < to.size || otr_is_reader_outside(to))
        return OTR_OK;
    const char *meant = otr_edit_distance(to, OTR_STR("customer"), 2) <= 2 ? "customer" : NULL;
    for (size_t i = 0; otr_personas[i] != NULL && meant == NULL; i++)
        if (otr_edit_distance(to, otr_str_of(otr_personas[i]), 2) <= 2)
            meant = otr_personas[i];
    if (meant != NULL)
        return otr_pack_fail(build, node, "nobody is known as %.*s; did you mean %s?", OTR_STR_ARG(to),
                             meant);
    return OTR_OK;
}

otr_status otr_pack_readers(const otr_pack_build *build, const otr_yaml *node, const otr_str **out,
                            size_t *out_count)
{
    const otr_yaml *entry = node->kind == OTR_YAML_LIST ? node->first : node;
    size_t count = node->kind == OTR_YAML_LIST ? otr_yaml_count(node) : 1;
    if (count == 0 || count > TO_MAX)
        return otr_pack_fail(build, node, "expected 1 to %d readers", TO_MAX);
    otr_str *list = otr_arena_array(&build->pack->memory, count, sizeof *list);
    if (list == NULL)
        return otr_pack_memory(build);
    *out = list;
    for (*out_count = 0; *out_count < count; entry = entry->next, (*out_count)++) {
        otr_str *to = &list[*out_count];
        otr_status status = otr_pack_text(build, entry, to);
        if (status == OTR_OK)
            status = check_reader(build, entry, *to);
        if (status != OTR_OK)
            return status;
        for (size_t i = 0; i < *out_count; i++)
            if (otr_str_equal(list[i], *to))
                return otr_pack_fail(build, entry, "%.*s is here twice", OTR_STR_ARG(*to));
    }
    return OTR_OK;
}

static otr_status load_on(const otr_pack_build *build, const otr_yaml *node, otr_notify *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    out->on = 0;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_str text;
        status = otr_yaml_text(entry, &text, build->error);
        if (status != OTR_OK)
            return status;
        unsigned bit = otr_str_is(text, "raised")    ? OTR_ON_RAISED
                       : otr_str_is(text, "cleared") ? OTR_ON_CLEARED
                                                     : 0;
        if (bit == 0)
            return otr_pack_fail(build, entry, "expected raised or cleared");
        if ((out->on & bit) != 0)
            return otr_pack_fail(build, entry, "%.*s is here twice", OTR_STR_ARG(text));
        out->on |= bit;
    }
    if (status == OTR_OK && out->on == 0)
        return otr_pack_fail(build, node, "expected raised, cleared or both");
    return status;
}

/* The entry of a map that the node names, and its index. */
static otr_status find_named(const otr_pack_build *build, const otr_yaml *node, const otr_yaml *map,
                             const char *what, const otr_yaml **out, uint32_t *index)
{
    otr_str wanted;
    otr_nearest nearest = {0};
    otr_status status = otr_yaml_text(node, &wanted, build->error);
    if (status != OTR_OK)
        return status;
    const otr_yaml *entry = map != NULL ? map->first : NULL;
    for (*index = 0; entry != NULL; entry = entry->next, (*index)++) {
        if (otr_str_equal(entry->key, wanted))
            break;
        otr_nearest_offer(&nearest, wanted, entry->key);
    }
    *out = entry;
    if (entry == NULL)
        return otr_pack_fail(build, node, "there is no %s %.*s%s%.*s%s", what, OTR_STR_ARG(wanted),
                             OTR_NEAREST_ARG(nearest));
    return OTR_OK;
}

/* A list has a text for one item in every language, and only a list has; what is told at the end has a text
 * for that. */
static otr_status check_message(const otr_pack_build *build, const otr_yaml *notify, const otr_yaml *message,
                                const otr_rule *rule)
{
    bool gathers = rule->notify.gather_us > 0;
    for (const otr_yaml *text = message->first; text != NULL; text = text->next) {
        bool list = otr_yaml_get(text, "item") != NULL;
        if ((rule->notify.on & OTR_ON_CLEARED) != 0 && otr_yaml_get(text, "cleared") == NULL)
            return otr_fail_at(build->error, OTR_INVALID, text->key_line, text->key_column,
                               "%.*s has no text for cleared, which the rule %.*s tells",
                               OTR_STR_ARG(text->key), OTR_STR_ARG(rule->name));
        if (gathers && !list)
            return otr_fail_at(build->error, OTR_INVALID, text->key_line, text->key_column,
                               "%.*s has no text for one item, of which the rule %.*s tells a list",
                               OTR_STR_ARG(text->key), OTR_STR_ARG(rule->name));
        if (!gathers && list)
            return otr_pack_fail(build, notify, "the message %.*s tells a list; say gather: and how long",
                                 OTR_STR_ARG(message->key));
    }
    return OTR_OK;
}

static otr_status load_span(const otr_pack_build *build, const otr_yaml *notify, const char *key,
                            bool never_is_0, otr_time *out)
{
    const otr_yaml *node = otr_yaml_get(notify, key);
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_span(node, out, build->error);
    if (status == OTR_OK && *out == 0 && !never_is_0)
        return otr_pack_fail(build, node, "%s is more than 0", key);
    return status;
}

/* The spans, their defaults by the priority. */
static otr_status load_spans(const otr_pack_build *build, const otr_yaml *notify, otr_rule *rule)
{
    static const otr_time news[] = {24 * OTR_HOUR, 12 * OTR_HOUR, 4 * OTR_HOUR, OTR_HOUR};
    otr_notify *out = &rule->notify;
    bool critical = rule->priority == OTR_PRIORITY_CRITICAL;
    out->cooldown_us = OTR_HOUR;
    out->news_us = news[rule->priority];
    out->repeat_us = critical ? 15 * OTR_MINUTE : 0;
    out->escalate_us = critical ? 30 * OTR_MINUTE : 0;
    out->expires_us = OTR_DAY;
    otr_status status = load_span(build, notify, "cooldown", true, &out->cooldown_us);
    if (status == OTR_OK)
        status = load_span(build, notify, "news", false, &out->news_us);
    if (status == OTR_OK)
        status = load_span(build, notify, "repeat", true, &out->repeat_us);
    if (status == OTR_OK)
        status = load_span(build, notify, "escalate", true, &out->escalate_us);
    if (status == OTR_OK)
        status = load_span(build, notify, "expires", false, &out->expires_us);
    if (status == OTR_OK)
        status = load_span(build, notify, "gather", false, &out->gather_us);
    if (status == OTR_OK && out->gather_us > 0 && out->on != OTR_ON_RAISED)
        return otr_pack_fail(build, otr_yaml_get(notify, "gather"),
                             "what is gathered is told when raised only");
    return status;
}

static otr_status load_switches(const otr_pack_build *build, const otr_yaml *notify, otr_notify *out)
{
    const otr_yaml *on = otr_yaml_get(notify, "on");
    const otr_yaml *past = otr_yaml_get(notify, "past");
    const otr_yaml *once = otr_yaml_get(notify, "once");
    otr_status status = OTR_OK;
    out->on = OTR_ON_RAISED;
    out->past = true;
    if (on != NULL)
        status = load_on(build, on, out);
    if (status == OTR_OK && past != NULL)
        status = otr_yaml_bool(past, &out->past, build->error);
    if (status == OTR_OK && once != NULL)
        status = otr_yaml_bool(once, &out->once, build->error);
    return status;
}

/* A message, a card, or both. Only a message is told as a list or when something is over. */
static otr_status load_said(const otr_pack_build *build, const otr_yaml *notify, otr_rule *rule)
{
    static const char *const of_message[] = {"on", "past", "gather"};
    const otr_yaml *message = otr_yaml_get(notify, "message");
    const otr_yaml *card = otr_yaml_get(notify, "card");
    const otr_yaml *found;
    otr_notify *out = &rule->notify;
    otr_status status = OTR_OK;
    out->message = UINT32_MAX;
    out->card = UINT32_MAX;
    if (card == NULL)
        status = otr_yaml_need(notify, "message", &message, build->error);
    for (size_t i = 0; message == NULL && i < sizeof of_message / sizeof of_message[0] && status == OTR_OK;
         i++) {
        const otr_yaml *node = otr_yaml_get(notify, of_message[i]);
        if (node != NULL)
            status = otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                                 "%s is about a message, and only a card is sent", of_message[i]);
    }
    if (status == OTR_OK && card != NULL)
        status = find_named(build, card, build->cards, "card", &found, &out->card);
    if (status != OTR_OK || message == NULL)
        return status;
    status = find_named(build, message, build->messages, "message", &found, &out->message);
    return status == OTR_OK && found != NULL ? check_message(build, notify, found, rule) : status;
}

otr_status otr_pack_notify(const otr_pack_build *build, const otr_yaml *rule, otr_rule *out)
{
    static const char *const known[] = {"to",       "message", "card",     "on",   "past",
                                        "once",     "gather",  "cooldown", "news", "repeat",
                                        "escalate", "expires", NULL};
    const otr_yaml *notify = otr_yaml_get(rule, "notify");
    const otr_yaml *to;
    if (notify == NULL)
        return OTR_OK;
    out->notifies = true;
    otr_status status = otr_yaml_kind_is(notify, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(notify, known, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(notify, "to", &to, build->error);
    if (status == OTR_OK)
        status = otr_pack_readers(build, to, &out->notify.to, &out->notify.to_count);
    if (status == OTR_OK)
        status = load_switches(build, notify, &out->notify);
    if (status == OTR_OK)
        status = load_spans(build, notify, out);
    return status == OTR_OK ? load_said(build, notify, out) : status;
}

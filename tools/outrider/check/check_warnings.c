/* What is probably not meant in a pack that loads. */
#include "core/cost.h"
#include "core/rule/deed.h"
#include "rules/load/yaml.h"
#include "tools/outrider/check/check_pack.h"

#include <stdio.h>

typedef struct advice {
    otr_buffer *out;
    const char *file;
    const otr_pack *pack;
    const otr_assignments *assignments;
    const otr_yaml *root; /* for places */
    size_t count;
} advice;

static void warn(advice *a, int line, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void warn(advice *a, int line, int column, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    otr_buffer_add_format(a->out, "%s:%d:%d: warning: %s\n", a->file, line, column, text);
    a->count++;
}

/* ---- messages ---- */

static bool speaks(const otr_message_entry *message, otr_str locale)
{
    for (size_t i = 0; i < message->count; i++)
        if (otr_str_equal(message->texts[i].locale, locale))
            return true;
    return false;
}

/* As the core chooses: the locale, or its language. */
static bool understands(const otr_message_entry *message, otr_str locale)
{
    for (size_t i = 0; i < message->count; i++) {
        otr_str own = message->texts[i].locale;
        if (otr_str_equal(own, locale) || (otr_str_starts(locale, own) && locale.data[own.size] == '-'))
            return true;
    }
    return false;
}

static const otr_yaml *place_of(const advice *a, otr_str message)
{
    const otr_yaml *messages = otr_yaml_get(a->root, "messages");
    for (const otr_yaml *entry = messages != NULL ? messages->first : NULL; entry != NULL;
         entry = entry->next)
        if (otr_str_equal(entry->key, message))
            return entry;
    return a->root;
}

static void lacks(advice *a, const otr_message_entry *message, otr_str locale, const char *why)
{
    const otr_yaml *at = place_of(a, message->name);
    warn(a, at->key_line, at->key_column, "the message %.*s is not in %.*s, %s", OTR_STR_ARG(message->name),
         OTR_STR_ARG(locale), why);
}

/* Each language of the pack once, at the first message that has it. */
static void check_languages(advice *a)
{
    const otr_pack *pack = a->pack;
    for (size_t m = 0; m < pack->message_count; m++)
        for (size_t t = 0; t < pack->messages[m].count; t++) {
            otr_str locale = pack->messages[m].texts[t].locale;
            bool seen = false;
            for (size_t before = 0; before < m && !seen; before++)
                seen = speaks(&pack->messages[before], locale);
            for (size_t other = 0; other < pack->message_count && !seen; other++)
                if (!speaks(&pack->messages[other], locale))
                    lacks(a, &pack->messages[other], locale, "which other messages of the pack have");
        }
}

static bool tells(const otr_pack *pack, size_t message, bool *customers)
{
    bool told = false;
    *customers = false;
    for (size_t i = 0; i < pack->rule_count; i++) {
        const otr_rule *rule = &pack->rules[i];
        if (!rule->notifies || rule->notify.message != message)
            continue;
        told = true;
        for (size_t t = 0; t < rule->notify.to_count; t++)
            *customers = *customers || otr_str_is(rule->notify.to[t], "customer");
    }
    return told;
}

/* What customers of the assets read; each locale once. */
static void check_readers(advice *a, const otr_message_entry *message)
{
    const otr_assignments *all = a->assignments;
    for (size_t i = 0; all != NULL && i < all->asset_count; i++) {
        const otr_contact *customer = all->assets[i].customer;
        bool seen = customer == NULL || understands(message, customer->locale);
        for (size_t before = 0; before < i && !seen; before++)
            seen = all->assets[before].customer != NULL &&
                   otr_str_equal(all->assets[before].customer->locale, customer->locale);
        if (!seen)
            lacks(a, message, customer->locale, "which customers of the assignments read; they get en");
    }
}

static void check_messages(advice *a)
{
    check_languages(a);
    for (size_t i = 0; i < a->pack->message_count; i++) {
        bool customers;
        const otr_message_entry *message = &a->pack->messages[i];
        const otr_yaml *at = place_of(a, message->name);
        if (!tells(a->pack, i, &customers))
            warn(a, at->key_line, at->key_column, "no rule tells the message %.*s",
                 OTR_STR_ARG(message->name));
        else if (customers)
            check_readers(a, message);
    }
}

/* ---- rules ---- */

/* A place that a rule asks about and none of the assets that it watches has; size 0: none. */
static otr_str missing_place(const advice *a, const otr_rule *rule)
{
    const otr_expression *expressions[] = {rule->condition, rule->clear};
    for (int e = 0; e < 2; e++) {
        size_t count = 0;
        const uint32_t *uses = expressions[e] != NULL ? otr_expression_uses(expressions[e], &count) : NULL;
        for (size_t u = 0; u < count; u++) {
            otr_str place = a->pack->symbols.uses[uses[u]].place;
            bool found = place.size == 0;
            for (size_t i = 0; i < a->assignments->asset_count && !found; i++)
                found = otr_rule_watches(&a->assignments->assets[i], a->pack, rule) &&
                        otr_asset_place(&a->assignments->assets[i], place) != NULL;
            if (!found)
                return place;
        }
    }
    return (otr_str){NULL, 0};
}

static bool has_role(const otr_asset *asset, otr_str role)
{
    for (size_t i = 0; i < asset->device_count; i++)
        if (otr_str_equal(asset->roles[i], role))
            return true;
    return false;
}

/* A role that a rule reads and no device of the assets that it watches has; size 0: none. */
static otr_str missing_role(const advice *a, const otr_rule *rule)
{
    for (size_t m = 0; m < rule->metric_count; m++) {
        otr_str role = a->pack->symbols.list[rule->metrics[m]].role;
        bool found = role.size == 0;
        for (size_t i = 0; i < a->assignments->asset_count && !found; i++)
            found = otr_rule_watches(&a->assignments->assets[i], a->pack, rule) &&
                    has_role(&a->assignments->assets[i], role);
        if (!found)
            return role;
    }
    return (otr_str){NULL, 0};
}

static void check_rule(advice *a, const otr_rule *rule)
{
    const otr_assignments *all = a->assignments;
    const otr_asset *matched = NULL;
    bool watches = false;
    if (otr_rule_is_for_desk(a->pack, rule))
        return; /* no assignment has that asset */
    for (size_t i = 0; i < all->asset_count && !watches; i++) {
        watches = otr_rule_watches(&all->assets[i], a->pack, rule);
        if (matched == NULL && otr_rule_matches(&all->assets[i], a->pack, rule))
            matched = &all->assets[i];
    }
    otr_str place = watches ? missing_place(a, rule) : (otr_str){NULL, 0};
    otr_str role = watches ? missing_role(a, rule) : (otr_str){NULL, 0};
    if (matched == NULL)
        warn(a, rule->line, 1, "the rule %.*s watches nothing: its match holds for none of %zu assets",
             OTR_STR_ARG(rule->name), all->asset_count);
    else if (!watches)
        warn(a, rule->line, 1,
             "the rule %.*s watches nothing: %.*s, the first asset that it matches, has no %.*s",
             OTR_STR_ARG(rule->name), OTR_STR_ARG(matched->id),
             OTR_STR_ARG(otr_rule_lacks(matched, a->pack, rule)));
    else if (place.size > 0)
        warn(a, rule->line, 1, "the rule %.*s never decides: no asset that it watches has a place %.*s",
             OTR_STR_ARG(rule->name), OTR_STR_ARG(place));
    else if (role.size > 0)
        warn(a, rule->line, 1,
             "the rule %.*s reads the role %.*s, which no device of the assets that it watches has",
             OTR_STR_ARG(rule->name), OTR_STR_ARG(role));
}

/* The first asset that the rule watches and whose command it cannot give. */
static void check_deed(advice *a, const otr_rule *rule)
{
    char reason[OTR_DEED_REASON_BYTES];
    uint32_t device;
    for (size_t i = 0; i < a->assignments->asset_count; i++) {
        const otr_asset *asset = &a->assignments->assets[i];
        if (!otr_rule_watches(asset, a->pack, rule) || otr_deed_allowed(asset, rule->deed, &device, reason))
            continue;
        warn(a, rule->line, 1, "the rule %.*s cannot do %.*s on %.*s: %s", OTR_STR_ARG(rule->name),
             OTR_STR_ARG(rule->deed->command), OTR_STR_ARG(asset->id), reason);
        return;
    }
}

size_t otr_check_warnings(otr_buffer *out, const char *file, otr_str yaml, const otr_pack *pack,
                          const otr_assignments *assignments)
{
    otr_arena memory = {0};
    otr_yaml *root = NULL;
    advice a = {.out = out, .file = file, .pack = pack, .assignments = assignments};
    if (otr_yaml_parse(&memory, yaml, &root, NULL) == OTR_OK) { /* it loaded: only for want of memory not */
        a.root = root;
        check_messages(&a);
        for (size_t i = 0; i < pack->rule_count && assignments != NULL; i++) {
            check_rule(&a, &pack->rules[i]);
            if (pack->rules[i].deed != NULL)
                check_deed(&a, &pack->rules[i]);
        }
    }
    otr_arena_done(&memory);
    return a.count;
}

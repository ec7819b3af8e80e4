#include "rules/load/message.h"

#include "base/status.h"

#include <string.h>

const char *otr_form_text(otr_form form)
{
    static const char *const names[] = {"zero", "one", "two", "few", "many", "other", "=0", "=1"};
    OTR_ASSERT(form < OTR_FORMS);
    return names[form];
}

const char *otr_telling_text(otr_telling telling)
{
    static const char *const names[] = {"raised", "updated", "cleared", "past", "retracted"};
    OTR_ASSERT(telling < OTR_TELLINGS);
    return names[telling];
}

const char *otr_part_text(otr_part part)
{
    static const char *const names[] = {"happened", "means", "doing", "you"};
    OTR_ASSERT(part < OTR_PARTS);
    return names[part];
}

const char *const otr_personas[] = {"consignee", "shipper",     "pharmacist", "fleet-manager",
                                    "driver",    "householder", NULL};

bool otr_is_reader_outside(otr_str to)
{
    bool outside = otr_str_is(to, "customer");
    for (size_t i = 0; otr_personas[i] != NULL && !outside; i++)
        outside = otr_str_is(to, otr_personas[i]);
    return outside;
}

/* The next of the chain that ends in English; false at its end. */
static bool fall_back(otr_str *locale)
{
    if (otr_str_is(*locale, "en"))
        return false;
    size_t size = locale->size;
    while (size > 0 && locale->data[size - 1] != '-')
        size--;
    *locale = size > 1 ? (otr_str){locale->data, size - 1} : OTR_STR("en");
    return true;
}

/* The text for the persona, or for anybody, in exactly that language, that says what is wanted. */
static const otr_message_text *find_in(const otr_message_entry *message, otr_str persona, otr_str locale,
                                       const otr_template *(*said)(const otr_message_text *, int), int what)
{
    const otr_message_text *anybody = NULL;
    for (size_t i = 0; i < message->count; i++) {
        const otr_message_text *text = &message->texts[i];
        if (!otr_str_equal(text->locale, locale) || said(text, what)->count == 0)
            continue;
        if (text->persona.size == 0)
            anybody = text;
        else if (otr_str_equal(text->persona, persona))
            return text;
    }
    return anybody;
}

static const otr_template *happened(const otr_message_text *text, int telling)
{
    return &text->tellings[telling].parts[OTR_PART_HAPPENED];
}

static const otr_template *item_of(const otr_message_text *text, int unused)
{
    (void)unused;
    return &text->item;
}

static const otr_message_text *find(const otr_message_entry *message, otr_str persona, otr_str locale,
                                    const otr_template *(*said)(const otr_message_text *, int), int what)
{
    do {
        const otr_message_text *found = find_in(message, persona, locale, said, what);
        if (found != NULL)
            return found;
    } while (fall_back(&locale));
    return NULL;
}

const otr_text *otr_message_find(const otr_message_entry *message, otr_str persona, otr_str locale,
                                 otr_telling telling, otr_str *locale_found)
{
    const otr_message_text *found = find(message, persona, locale, happened, (int)telling);
    if (found == NULL)
        return NULL;
    if (locale_found != NULL)
        *locale_found = found->locale;
    return &found->tellings[telling];
}

const otr_template *otr_message_item(const otr_message_entry *message, otr_str persona, otr_str locale)
{
    const otr_message_text *found = find(message, persona, locale, item_of, 0);
    return found != NULL ? &found->item : NULL;
}

const otr_catalogue_text *otr_catalogue_find(const otr_catalogue_entry *entry, otr_str locale)
{
    do {
        for (size_t i = 0; i < entry->count; i++)
            if (otr_str_equal(entry->texts[i].locale, locale))
                return &entry->texts[i];
    } while (fall_back(&locale));
    OTR_ASSERT(!"English is missing");
    return NULL;
}

static const otr_card_text *find_card(const otr_card *card, otr_str persona, otr_str locale)
{
    const otr_card_text *anybody = NULL;
    for (size_t i = 0; i < card->count; i++) {
        const otr_card_text *text = &card->texts[i];
        if (!otr_str_equal(text->locale, locale))
            continue;
        if (text->persona.size == 0)
            anybody = text;
        else if (otr_str_equal(text->persona, persona))
            return text;
    }
    return anybody;
}

const otr_card_text *otr_card_find(const otr_card *card, otr_str persona, otr_str locale)
{
    const otr_card_text *found = NULL;
    do
        found = find_card(card, persona, locale);
    while (found == NULL && fall_back(&locale));
    OTR_ASSERT(found != NULL);
    return found;
}

#include "text/phrases.h"

#include "text/locale_table.h"
#include "text/phrases_table.h"

static const char *const *const *const tables[OTR_LANGUAGES] = {
    [OTR_LANGUAGE_EN] = otr_phrases_en, [OTR_LANGUAGE_DE] = otr_phrases_de,
    [OTR_LANGUAGE_ES] = otr_phrases_es, [OTR_LANGUAGE_FR] = otr_phrases_fr,
    [OTR_LANGUAGE_ZH] = otr_phrases_zh,
};

typedef enum kind { PART, MESSAGE } kind;

static const kind kinds[OTR_PHRASES] = {
#define X(NAME, name, kind) kind,
    OTR_PHRASE_LIST(X)
#undef X
};

otr_str otr_phrase_text(const otr_locale *locale, otr_phrase phrase, otr_phrase_length length)
{
    OTR_ASSERT((unsigned)phrase < OTR_PHRASES && (unsigned)length < OTR_PHRASE_LENGTHS);
    const char *const *row = tables[locale->language][phrase];
    return otr_str_of(kinds[phrase] == MESSAGE ? row[length] : row[OTR_PHRASE_FULL]);
}

bool otr_phrase_is_message(otr_phrase phrase)
{
    OTR_ASSERT((unsigned)phrase < OTR_PHRASES);
    return kinds[phrase] == MESSAGE;
}

otr_str otr_phrase_space(const otr_locale *locale)
{
    return locale->language == OTR_LANGUAGE_ZH ? OTR_STR("") : OTR_STR(" ");
}

otr_str otr_phrase_comma(const otr_locale *locale)
{
    return locale->language == OTR_LANGUAGE_ZH ? OTR_STR("、") : OTR_STR(", ");
}

otr_str otr_phrase_semicolon(const otr_locale *locale)
{
    return locale->language == OTR_LANGUAGE_ZH   ? OTR_STR("；")
           : locale->language == OTR_LANGUAGE_FR ? OTR_STR("\u00a0; ")
                                                 : OTR_STR("; ");
}

typedef struct word {
    const char *word;
    otr_phrase phrase;
} word;

static bool find_word(const word *words, size_t count, otr_str text, otr_phrase *out)
{
    for (size_t i = 0; i < count; i++) {
        if (otr_str_is(text, words[i].word)) {
            *out = words[i].phrase;
            return true;
        }
    }
    return false;
}

bool otr_phrase_persona(otr_str persona, otr_phrase *out)
{
    static const word words[] = {
        {"consignee", OTR_PHRASE_CONSIGNEE},   {"shipper", OTR_PHRASE_SHIPPER},
        {"pharmacist", OTR_PHRASE_PHARMACIST}, {"fleet-manager", OTR_PHRASE_FLEET_MANAGER},
        {"driver", OTR_PHRASE_DRIVER},         {"householder", OTR_PHRASE_HOUSEHOLDER},
    };
    return find_word(words, sizeof words / sizeof words[0], persona, out);
}

static const word promises[] = {{"callback", OTR_PHRASE_CALLBACK},
                                {"replacement", OTR_PHRASE_REPLACEMENT},
                                {"visit", OTR_PHRASE_VISIT},
                                {"refund", OTR_PHRASE_REFUND}};

bool otr_phrase_promise(otr_str what, otr_phrase *out)
{
    return find_word(promises, sizeof promises / sizeof promises[0], what, out);
}

bool otr_phrase_promise_word(size_t number, otr_str *out)
{
    if (number >= sizeof promises / sizeof promises[0])
        return false;
    *out = otr_str_of(promises[number].word);
    return true;
}

/* ---- filling in; the templates are ours and well formed, which a test sees to ---- */

static otr_str from(otr_str text, size_t at)
{
    return (otr_str){text.data + at, text.size - at};
}

/* Where the other text, which is not empty, begins in it; its size when it does not. */
static size_t find(otr_str text, const char *what)
{
    size_t size = strlen(what);
    size_t at = 0;
    while (at + size <= text.size) {
        const char *first = memchr(text.data + at, what[0], text.size - at);
        if (first == NULL)
            break;
        at = (size_t)(first - text.data);
        if (at + size <= text.size && memcmp(first, what, size) == 0)
            return at;
        at++;
    }
    return text.size;
}

static otr_str trim(otr_str text)
{
    while (text.size > 0 && text.data[0] == ' ')
        text = from(text, 1);
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

static const otr_phrase_fact *find_fact(const otr_phrase_fact *facts, size_t count, otr_str name)
{
    for (size_t i = 0; i < count; i++)
        if (otr_str_is(name, facts[i].name))
            return &facts[i];
    return NULL;
}

/* The text in quotes that follows the name of the form; empty when the forms have none of that name. */
static otr_str find_form(otr_str forms, otr_plural plural)
{
    while (forms.size > 0) {
        size_t colon = find(forms, ":");
        size_t open = find(forms, "'");
        if (open == forms.size)
            break;
        otr_str text = from(forms, open + 1);
        size_t close = find(text, "'");
        otr_str name = trim((otr_str){forms.data, colon});
        if (otr_str_is(name, otr_plural_text(plural)))
            return (otr_str){text.data, close};
        size_t bar = find(from(text, close), "|");
        forms = close + bar < text.size ? from(text, close + bar + 1) : (otr_str){NULL, 0};
    }
    return (otr_str){NULL, 0};
}

static void add_form(const otr_locale *locale, otr_buffer *buffer, otr_str forms, double number)
{
    otr_str form = find_form(forms, otr_locale_plural(locale, number, 0));
    if (form.size == 0)
        form = find_form(forms, OTR_PLURAL_OTHER);
    size_t sign = find(form, "#");
    otr_buffer_add(buffer, form.data, sign);
    if (sign == form.size)
        return;
    otr_locale_number(locale, buffer, number, 0);
    otr_buffer_add(buffer, form.data + sign + 1, form.size - sign - 1);
}

static void add_placeholder(const otr_locale *locale, otr_buffer *buffer, otr_str inner,
                            const otr_phrase_fact *facts, size_t count)
{
    size_t bar = find(inner, "|");
    const otr_phrase_fact *fact = find_fact(facts, count, trim((otr_str){inner.data, bar}));
    if (fact != NULL && bar < inner.size) {
        add_form(locale, buffer, from(inner, bar + 1), fact->number);
        return;
    }
    otr_str text = fact != NULL && fact->text.size > 0 ? fact->text : otr_locale_unknown(locale);
    otr_buffer_add(buffer, text.data, text.size);
}

/* How many bytes of a full stop at the start of rest say again what the buffer ends in. */
static size_t doubled_stop(const otr_buffer *buffer, otr_str rest)
{
    static const char *const stops[] = {".", "。"};
    static const char *const ends[] = {".", "。", "!", "?", "…", "！", "？"};
    otr_str said = otr_buffer_text(buffer);
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        if (!otr_str_starts(rest, otr_str_of(stops[i])))
            continue;
        for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++) {
            size_t size = strlen(ends[k]);
            if (said.size >= size && otr_str_is(from(said, said.size - size), ends[k]))
                return strlen(stops[i]);
        }
    }
    return 0;
}

static void fill_in(const otr_locale *locale, otr_buffer *buffer, otr_str rest, const otr_phrase_fact *facts,
                    size_t count)
{
    while (rest.size > 0 && !buffer->failed) {
        size_t open = find(rest, "{{");
        otr_buffer_add(buffer, rest.data, open);
        if (open == rest.size)
            return;
        rest = from(rest, open + 2);
        size_t close = find(rest, "}}");
        OTR_ASSERT(close < rest.size);
        add_placeholder(locale, buffer, (otr_str){rest.data, close}, facts, count);
        rest = from(rest, close + 2);
        rest = from(rest, doubled_stop(buffer, rest));
    }
}

void otr_phrase_say(const otr_locale *locale, otr_buffer *buffer, otr_phrase phrase, otr_phrase_length length,
                    const otr_phrase_fact *facts, size_t count)
{
    fill_in(locale, buffer, otr_phrase_text(locale, phrase, length), facts, count);
}

void otr_phrase_say_lead(const otr_locale *locale, otr_buffer *buffer, otr_phrase phrase,
                         otr_phrase_length length, const otr_phrase_fact *facts, size_t count)
{
    otr_str text = otr_phrase_text(locale, phrase, length);
    size_t end = find(text, "{{ text }}");
    OTR_ASSERT(end < text.size);
    fill_in(locale, buffer, (otr_str){text.data, end}, facts, count);
}

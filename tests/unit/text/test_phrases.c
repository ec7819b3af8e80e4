/* The agent's own sentences: whole in every language, as short as they must be, and filled in. */
#include "said.h"
#include "text/fit.h"
#include "text/phrases.h"

enum { LANGUAGES = 5 };
static const char *const languages[LANGUAGES] = {"en", "de", "es", "fr", "zh"};

static const char *const names[] = {
#define X(NAME, name, kind) #NAME,
    OTR_PHRASE_LIST(X)
#undef X
};

/* What stands in texts at its widest: a name of 24 characters, moments of a day in autumn. */
typedef struct samples {
    const char *moment;
    const char *interval;
    const char *span;
    const char *percent;
} samples;

static const samples wide[LANGUAGES] = {
    {"yesterday 12:30 PM", "yesterday 11:10 PM – today 12:40 AM", "23 minutes 59 seconds", "100%"},
    {"30. Sept. 14:30", "gestern 23:10 – heute 03:40", "23 Minuten 59 Sekunden", "100 %"},
    {"30 sept 12:30 p.m.", "ayer 11:10 p.m. – hoy 12:40 a.m.", "23 minutos 59 segundos", "100 %"},
    {"30 sept. 14 h 30", "hier 23 h 10 – aujourd’hui 13 h 40", "23 minutes 59 secondes", "100 %"},
    {"12月25日 14:30", "12月24日 23:10 – 12月25日 13:40", "23分钟59秒钟", "100%"},
};

enum { FACTS = 32 };
static void wide_facts(size_t language, otr_phrase_fact facts[FACTS])
{
    const samples *sample = &wide[language];
    const struct {
        const char *name;
        const char *text;
    } rows[FACTS] = {
        {"asset", "Shipment 4711-0815-Basel"},
        {"items", "Shipment 4711-0815-Basel"},
        {"text", "Shipment 4711-0815-Basel"},
        {"category", "cold_chain"},
        {"persona", "fleet manager"},
        {"coverage", sample->percent},
        {"error", sample->span},
        {"interval", sample->interval},
        {"next", sample->moment},
        {"onset", sample->moment},
        {"told", sample->moment},
        {"since", sample->moment},
        {"from", sample->moment},
        {"to", sample->moment},
        {"until", sample->moment},
        {"eta", sample->moment},
        {"at", sample->moment},
        {"bump", sample->moment},
        {"place", "Basel"},
        {"temperature", "-18.5 °C"},
        {"language", "zh-Hans"},
        {"zone", "America/Argentina/Salta"},
        {"channels", "push"},
        {"count", "100"},
        {"day", "100"},
        {"week", "100"},
        {"stop", ""},
        {"what", "ein Rückruf unseres Teams"},
        {"by", sample->moment},
        {"before", sample->moment},
        {"least", "0"},
        {"most", "10"},
    };
    for (size_t i = 0; i < FACTS; i++)
        facts[i] = (otr_phrase_fact){rows[i].name, otr_str_of(rows[i].text), 100};
}

/* ---- the templates, read by the test's own eyes ---- */

/* The next placeholder's inside from *at on; false when there is none. */
static bool next_placeholder(const char *text, const char **at, otr_str *inner)
{
    const char *open = strstr(*at, "{{ ");
    if (open == NULL) {
        assert_null(strstr(*at, "{{"));
        assert_null(strstr(*at, "}}"));
        return false;
    }
    const char *close = strstr(open, " }}");
    if (close == NULL)
        fail_msg("not closed: %s", text);
    *inner = (otr_str){open + 3, (size_t)(close - open - 3)};
    *at = close + 3;
    return true;
}

static otr_str name_of(otr_str inner)
{
    const char *space = memchr(inner.data, ' ', inner.size);
    return (otr_str){inner.data, space != NULL ? (size_t)(space - inner.data) : inner.size};
}

static bool has_placeholder(const char *text, otr_str name)
{
    const char *at = text;
    otr_str inner;
    while (next_placeholder(text, &at, &inner))
        if (otr_str_equal(name_of(inner), name))
            return true;
    return false;
}

static void assert_same_placeholders(const char *text, const char *other, const char *where)
{
    const char *at = text;
    otr_str inner;
    while (next_placeholder(text, &at, &inner))
        if (!has_placeholder(other, name_of(inner)))
            fail_msg("%s: %.*s is only in \"%s\"", where, OTR_STR_ARG(name_of(inner)), text);
}

typedef void check_text(const char *where, size_t language, otr_phrase phrase, otr_phrase_length length,
                        const char *text);

static void for_each_text(check_text *check)
{
    for (unsigned phrase = 0; phrase < OTR_PHRASES; phrase++) {
        for (size_t k = 0; k < LANGUAGES; k++) {
            for (unsigned length = 0; length < OTR_PHRASE_LENGTHS; length++) {
                char where[80];
                (void)snprintf(where, sizeof where, "%s, %s, length %u", names[phrase], languages[k], length);
                otr_str text =
                    otr_phrase_text(locale_of(languages[k]), (otr_phrase)phrase, (otr_phrase_length)length);
                check(where, k, (otr_phrase)phrase, (otr_phrase_length)length, text.data);
            }
        }
    }
}

static void check_complete(const char *where, size_t language, otr_phrase phrase, otr_phrase_length length,
                           const char *text)
{
    (void)language;
    if (text == NULL || text[0] == '\0' || !otr_str_is_utf8(otr_str_of(text)))
        fail_msg("%s is missing", where);
    if (text == NULL)
        return;
    const char *english = otr_phrase_text(locale_of("en"), phrase, length).data;
    assert_same_placeholders(text, english, where);
    assert_same_placeholders(english, text, where);
}

static void every_language_has_every_text_with_the_same_placeholders(void **state)
{
    (void)state;
    for_each_text(check_complete);
}

static void check_length(const char *where, size_t language, otr_phrase phrase, otr_phrase_length length,
                         const char *text)
{
    static const size_t most[OTR_PHRASE_LENGTHS] = {600, 160, 60};
    otr_phrase_fact facts[FACTS];
    otr_buffer buffer = {0};
    (void)text;
    wide_facts(language, facts);
    otr_phrase_say(locale_of(languages[language]), &buffer, phrase, length, facts, FACTS);
    size_t said = otr_text_length(otr_buffer_text(&buffer));
    if (otr_phrase_is_message(phrase) && said > most[length])
        fail_msg("%s: %zu characters: %.*s", where, said, OTR_STR_ARG(otr_buffer_text(&buffer)));
    if (memmem(buffer.data, buffer.size, "{{", 2) != NULL || memchr(buffer.data, '|', buffer.size) != NULL)
        fail_msg("%s: not filled in: %.*s", where, OTR_STR_ARG(otr_buffer_text(&buffer)));
    otr_buffer_done(&buffer);
}

static void a_message_fits_in_its_lengths(void **state)
{
    (void)state;
    for_each_text(check_length);
}

static void check_plurals(const char *where, size_t language, otr_phrase phrase, otr_phrase_length length,
                          const char *text)
{
    const char *at = text;
    otr_str inner;
    (void)phrase;
    (void)length;
    while (next_placeholder(text, &at, &inner)) {
        if (memchr(inner.data, '|', inner.size) == NULL)
            continue;
        for (unsigned i = 0; i < OTR_PLURALS; i++) {
            char form[20];
            int size = snprintf(form, sizeof form, "| %s: '", otr_plural_text((otr_plural)i));
            bool there = memmem(inner.data, inner.size, form, (size_t)size) != NULL;
            if (there != otr_locale_has_plural(locale_of(languages[language]), (otr_plural)i))
                fail_msg("%s: form %s", where, otr_plural_text((otr_plural)i));
        }
    }
}

static void a_count_has_the_forms_that_the_language_has(void **state)
{
    (void)state;
    for_each_text(check_plurals);
}

/* What stands outside of placeholders. */
static void literals_of(const char *text, char *out, size_t capacity)
{
    size_t size = 0;
    while (*text != '\0' && size + 1 < capacity) {
        if (strncmp(text, "{{", 2) == 0) {
            text = strstr(text, "}}") + 2;
            out[size++] = '@';
            continue;
        }
        out[size++] = *text++;
    }
    out[size] = '\0';
}

static void check_print(const char *where, size_t language, otr_phrase phrase, otr_phrase_length length,
                        const char *text)
{
    char literals[1000];
    (void)phrase;
    (void)length;
    literals_of(text, literals, sizeof literals);
    static const char *const never[] = {"  ", "!", " ,", " .", "..", "'", "\n"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strstr(literals, never[i]) != NULL)
            fail_msg("%s has \"%s\": %s", where, never[i], text);
    if (language == 4)
        for (const char *c = literals; *c != '\0'; c++)
            if ((unsigned char)*c < 0x80 && *c != '@')
                fail_msg("%s has '%c': %s", where, *c, text);
    for (const char *c = literals; language == 3 && (c = strpbrk(c, ":;?")) != NULL; c++)
        if (c < literals + 2 || (strncmp(c - 2, "\u00a0", 2) != 0 && strncmp(c - 3, "\u202f", 3) != 0))
            fail_msg("%s has no space before '%c': %s", where, *c, text);
}

static void texts_are_printed_as_the_language_does(void **state)
{
    (void)state;
    for_each_text(check_print);
}

static void check_blame(const char *where, size_t language, otr_phrase phrase, otr_phrase_length length,
                        const char *text)
{
    static const char *const words[] = {
        "you failed",
        "you forgot",
        "your fault",
        "your mistake",
        "Ihr Fehler",
        "Sie haben vergessen",
        "par votre faute",
        "vous avez oublié",
        "votre erreur",
        "por su culpa",
        "usted olvidó",
        "su error",
        "您的错",
        "您忘记",
        "您的过失",
        " du ",
        " dein",
        " tu ",
        "你",
    };
    (void)language;
    (void)phrase;
    (void)length;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]) != NULL && !(language == 3 && strcmp(words[i], " du ") == 0))
            fail_msg("%s has \"%s\": %s", where, words[i], text);
}

static void nobody_is_blamed_or_addressed_without_respect(void **state)
{
    (void)state;
    for_each_text(check_blame);
}

/* ---- filled in ---- */

static void a_phrase_is_said_with_its_facts(void **state)
{
    (void)state;
    static const struct {
        const char *locale;
        otr_phrase phrase;
        otr_phrase_length length;
        double count;
        const char *said;
    } rows[] = {
        {"en", OTR_PHRASE_STILL, OTR_PHRASE_LINE, 0, "Box 7: ongoing since 14:30"},
        {"de", OTR_PHRASE_STILL, OTR_PHRASE_LINE, 0, "Box 7: dauert an, seit 14:30"},
        {"es-MX", OTR_PHRASE_STILL, OTR_PHRASE_LINE, 0, "Box 7: continúa desde 14:30"},
        {"fr", OTR_PHRASE_STILL, OTR_PHRASE_LINE, 0, "Box 7\u00a0: en cours depuis 14:30"},
        {"zh-CN", OTR_PHRASE_STILL, OTR_PHRASE_LINE, 0, "Box 7：自14:30起仍在持续"},
        {"en", OTR_PHRASE_DIGEST, OTR_PHRASE_FULL, 1, "1 update since 14:30: Box 7 is too warm."},
        {"en", OTR_PHRASE_DIGEST, OTR_PHRASE_LINE, 1200, "1,200 updates since 14:30"},
        {"de", OTR_PHRASE_DIGEST, OTR_PHRASE_LINE, 1, "1 Neuigkeit seit 14:30"},
        {"de", OTR_PHRASE_DIGEST, OTR_PHRASE_LINE, 0, "0 Neuigkeiten seit 14:30"},
        {"es", OTR_PHRASE_DIGEST, OTR_PHRASE_LINE, 1000000, "1.000.000 de novedades desde 14:30"},
        {"fr", OTR_PHRASE_DIGEST, OTR_PHRASE_LINE, 0, "0 nouvelle depuis 14:30"},
        {"fr", OTR_PHRASE_DIGEST, OTR_PHRASE_LINE, 2, "2 nouvelles depuis 14:30"},
        {"zh", OTR_PHRASE_DIGEST, OTR_PHRASE_FULL, 3, "自14:30以来有3条新消息：Box 7 is too warm."},
        {"en", OTR_PHRASE_NEXT, OTR_PHRASE_FULL, 0, "You will hear from us again by not said."},
        {"en", OTR_PHRASE_NEXT, OTR_PHRASE_LINE, 0, "You will hear from us again by not said."},
        {"en", OTR_PHRASE_SURE, OTR_PHRASE_FULL, 0,
         "Our data covers unknown of this time, so we may have missed something."},
        {"en", OTR_PHRASE_PROMISE_ITEM, OTR_PHRASE_FULL, 0, "a refund by 15:00"},
        {"en", OTR_PHRASE_PROMISE_MOVED, OTR_PHRASE_LINE, 0, "Now by 15:00: a refund"},
        {"en", OTR_PHRASE_PROMISE_MISSED, OTR_PHRASE_FULL, 0,
         "Box 7: we promised you this by 15:00, and we have not kept our word: a refund. We are sorry. It is "
         "not forgotten."},
        {"de", OTR_PHRASE_PROMISE_MISSED, OTR_PHRASE_BRIEF, 0,
         "Box 7: bis 15:00 zugesagt und nicht gehalten, es tut uns leid: a refund"},
        {"es", OTR_PHRASE_PROMISE_KEPT, OTR_PHRASE_FULL, 0, "Box 7: hecho, como le prometimos: a refund."},
        {"fr", OTR_PHRASE_PROMISE_OWED, OTR_PHRASE_LINE, 0,
         "Toujours en attente, nos excuses\u00a0: a refund"},
        {"zh", OTR_PHRASE_PROMISE_ITEM, OTR_PHRASE_FULL, 0, "a refund（最迟15:00）"},
        {"de", OTR_PHRASE_CALLBACK, OTR_PHRASE_FULL, 0, "ein Anruf von uns"},
        {"fr-CA", OTR_PHRASE_FLEET_MANAGER, OTR_PHRASE_FULL, 0, "gestion de flotte"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const otr_phrase_fact facts[] = {
            {"asset", OTR_STR("Box 7"), 0},      {"onset", OTR_STR("14:30"), 0},
            {"since", OTR_STR("14:30"), 0},      {"items", OTR_STR("Box 7 is too warm."), 0},
            {"next", OTR_STR("not said"), 0},    {"coverage", {NULL, 0}, 0},
            {"count", {NULL, 0}, rows[i].count}, {"what", OTR_STR("a refund"), 0},
            {"by", OTR_STR("15:00"), 0},
        };
        otr_buffer buffer = {0};
        otr_phrase_say(locale_of(rows[i].locale), &buffer, rows[i].phrase, rows[i].length, facts,
                       sizeof facts / sizeof *facts);
        assert_said(&buffer, rows[i].said, rows[i].locale, i);
    }
}

static void a_phrase_without_facts_says_that_they_are_not_known(void **state)
{
    (void)state;
    otr_buffer buffer = {0};
    otr_phrase_say(locale_of("de"), &buffer, OTR_PHRASE_STATUS_PLACE, OTR_PHRASE_FULL, NULL, 0);
    assert_said(&buffer, "Ort: unbekannt.", "de", 0);
    otr_phrase_say(locale_of("en"), &buffer, OTR_PHRASE_DATA_OPEN, OTR_PHRASE_FULL, NULL, 0);
    assert_said(&buffer, "unknown", "en", 1);
}

static void sentences_are_apart_where_the_language_has_spaces(void **state)
{
    (void)state;
    for (size_t k = 0; k < LANGUAGES; k++)
        assert_true(otr_str_is(otr_phrase_space(locale_of(languages[k])), k == 4 ? "" : " "));
}

static void shipped_personas_have_words(void **state)
{
    (void)state;
    static const char *const personas[] = {"consignee",     "shipper", "pharmacist",
                                           "fleet-manager", "driver",  "householder"};
    otr_phrase phrase;
    for (size_t i = 0; i < sizeof personas / sizeof *personas; i++) {
        assert_true(otr_phrase_persona(otr_str_of(personas[i]), &phrase));
        assert_int_equal(phrase, OTR_PHRASE_CONSIGNEE + i);
        assert_false(otr_phrase_is_message(phrase));
    }
    assert_false(otr_phrase_persona(OTR_STR("aunt"), &phrase));
    assert_false(otr_phrase_persona(OTR_STR(""), &phrase));
}

int main(int argc, char **argv)
{
    /* With an argument every text is printed, to be read. */
    if (argc > 1) {
        otr_buffer buffer = {0};
        for (unsigned i = 0; i < OTR_PHRASES * LANGUAGES * OTR_PHRASE_LENGTHS; i++) {
            otr_phrase_fact facts[FACTS];
            size_t language = i / OTR_PHRASE_LENGTHS % LANGUAGES;
            unsigned phrase = i / OTR_PHRASE_LENGTHS / LANGUAGES;
            otr_phrase_length length = (otr_phrase_length)(i % OTR_PHRASE_LENGTHS);
            if (length != OTR_PHRASE_FULL && !otr_phrase_is_message((otr_phrase)phrase))
                continue;
            wide_facts(language, facts);
            otr_buffer_clear(&buffer);
            otr_phrase_say(locale_of(languages[language]), &buffer, (otr_phrase)phrase, length, facts, FACTS);
            printf("%s %s %zu: %.*s\n", names[phrase], languages[language],
                   otr_text_length(otr_buffer_text(&buffer)), OTR_STR_ARG(otr_buffer_text(&buffer)));
        }
        otr_buffer_done(&buffer);
        return argv[1] == NULL;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_language_has_every_text_with_the_same_placeholders),
        cmocka_unit_test(a_message_fits_in_its_lengths),
        cmocka_unit_test(a_count_has_the_forms_that_the_language_has),
        cmocka_unit_test(texts_are_printed_as_the_language_does),
        cmocka_unit_test(nobody_is_blamed_or_addressed_without_respect),
        cmocka_unit_test(a_phrase_is_said_with_its_facts),
        cmocka_unit_test(a_phrase_without_facts_says_that_they_are_not_known),
        cmocka_unit_test(sentences_are_apart_where_the_language_has_spaces),
        cmocka_unit_test(shipped_personas_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

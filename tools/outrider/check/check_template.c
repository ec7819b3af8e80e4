/* One text in one language: the plural forms that it needs, words that blame, placeholders as in English. */
#include "tools/outrider/check/check_sample.h"
#include "tools/outrider/check/check_text.h"

enum {
    F_ONE = 1 << OTR_FORM_ONE,
    F_TWO = 1 << OTR_FORM_TWO,
    F_FEW = 1 << OTR_FORM_FEW,
    F_MANY = 1 << OTR_FORM_MANY
};

/* CLDR's categories besides other that whole numbers of everyday size have; what is not here is not judged.
 */
static const struct {
    const char *language;
    unsigned needs;
} plurals[] = {
    {"ar", 1 << OTR_FORM_ZERO | F_ONE | F_TWO | F_FEW | F_MANY},
    {"cs", F_ONE | F_FEW},
    {"da", F_ONE},
    {"de", F_ONE},
    {"en", F_ONE},
    {"es", F_ONE},
    {"fr", F_ONE},
    {"it", F_ONE},
    {"nl", F_ONE},
    {"pl", F_ONE | F_FEW | F_MANY},
    {"pt", F_ONE},
    {"ru", F_ONE | F_FEW | F_MANY},
    {"sk", F_ONE | F_FEW},
    {"sv", F_ONE},
    {"uk", F_ONE | F_FEW | F_MANY},
};

/* Words by which a reader is told that it is his fault; ASCII letters in lower case. */
static const struct {
    const char *language;
    const char *words;
} blames[] = {
    {"en", "you failed"},
    {"en", "you forgot"},
    {"en", "your fault"},
    {"en", "your mistake"},
    {"en", "you should have"},
    {"en", "your error"},
    {"de", "ihr fehler"},
    {"de", "ihre schuld"},
    {"de", "sie haben vergessen"},
    {"de", "sie haben vers\xC3\xA4umt"},
    {"de", "ihr vers\xC3\xA4umnis"},
    {"es", "por su culpa"},
    {"es", "su error"},
    {"es", "usted olvid\xC3\xB3"},
    {"es", "debi\xC3\xB3 haber"},
    {"fr", "par votre faute"},
    {"fr", "votre erreur"},
    {"fr", "vous avez oubli\xC3\xA9"},
    {"fr", "vous auriez d\xC3\xBB"},
    {"zh", "您的错"},
    {"zh", "您忘记"},
    {"zh", "您的过失"},
    {"zh", "怪您"},
};

static bool speaks(otr_str locale, const char *language)
{
    return otr_str_starts(locale, otr_str_of(language)) && (locale.size == 2 || locale.data[2] == '-');
}

static void check_plural(otr_text_check *c, const otr_text_place *place, const otr_piece *piece)
{
    for (size_t i = 0; i < sizeof plurals / sizeof plurals[0]; i++)
        for (unsigned f = 0; f < OTR_FORM_OTHER && speaks(place->locale, plurals[i].language); f++) {
            bool given = piece->forms[f].data != NULL ||
                         (f == OTR_FORM_ONE && piece->forms[OTR_FORM_EXACTLY_1].data != NULL);
            if ((plurals[i].needs & 1U << f) != 0 && !given)
                otr_text_warn(c, place, "{{ %.*s }} lacks the plural form %s, which the language needs",
                              OTR_STR_ARG(piece->text), otr_form_text(f));
        }
}

static bool contains(otr_str text, const char *words)
{
    size_t size = strlen(words);
    for (size_t i = 0; i + size <= text.size; i++) {
        size_t k = 0;
        while (k < size) {
            char a = text.data[i + k];
            if (a >= 'A' && a <= 'Z')
                a = (char)(a + ('a' - 'A'));
            if (a != words[k])
                break;
            k++;
        }
        if (k == size)
            return true;
    }
    return false;
}

void otr_check_template(otr_text_check *c, const otr_text_place *place, const otr_template *text)
{
    otr_buffer read = {0};
    otr_check_sample(&read, text, place->locale);
    for (size_t i = 0; i < text->count; i++)
        if (text->pieces[i].kind == OTR_PIECE_PLURAL)
            check_plural(c, place, &text->pieces[i]);
    for (size_t i = 0; i < sizeof blames / sizeof blames[0]; i++)
        if (speaks(place->locale, blames[i].language) && contains(otr_buffer_text(&read), blames[i].words))
            otr_text_warn(c, place, "\"%s\" blames the reader", blames[i].words);
    otr_buffer_done(&read);
}

static bool names(const otr_template *const *texts, size_t count, otr_str path)
{
    for (size_t t = 0; t < count; t++)
        for (size_t i = 0; i < texts[t]->count; i++)
            if (texts[t]->pieces[i].kind != OTR_PIECE_LITERAL &&
                otr_str_equal(texts[t]->pieces[i].text, path))
                return true;
    return false;
}

static void check_missing(otr_text_check *c, const otr_text_place *place, const otr_template *const *from,
                          const otr_template *const *in, size_t count, const char *why)
{
    for (size_t t = 0; t < count; t++)
        for (size_t i = 0; i < from[t]->count; i++) {
            const otr_piece *piece = &from[t]->pieces[i];
            bool told = piece->kind == OTR_PIECE_LITERAL || names(in, count, piece->text) ||
                        names(from, t, piece->text);
            for (size_t before = 0; before < i && !told; before++)
                told = from[t]->pieces[before].kind != OTR_PIECE_LITERAL &&
                       otr_str_equal(from[t]->pieces[before].text, piece->text);
            if (!told)
                otr_text_warn(c, place, "{{ %.*s }} %s", OTR_STR_ARG(piece->text), why);
        }
}

void otr_check_placeholders(otr_text_check *c, const otr_text_place *place,
                            const otr_template *const *english, const otr_template *const *other,
                            size_t count)
{
    check_missing(c, place, english, other, count, "is in the English text and not in this one");
    check_missing(c, place, other, english, count, "is in this text and not in the English one");
}

/* The locales, and which one is nearest to a tag. Figures of CLDR 42; English outside the United States is
 * CLDR's en-150. */
#include "text/locale_table.h"

#define NBSP "\u00a0"
#define NARROW "\u202f" /* no-break space of French figures */
#define THIN "\u2009"

#define NUMBERS_POINT .decimal = ".", .group = ",", .group_from = 4
#define DAY_MONTH .date = "%d %b %Y", .day = "%d %b"
#define CLOCK_24 .time = "%H:%M", .dash = "–", .day_time_space = " "
#define SPACED .unit_space = " ", .degree_space = " "

static const otr_locale table[] = {
    {.tag = "en",
     .language = OTR_LANGUAGE_EN,
     NUMBERS_POINT,
     .percent_space = "",
     .unit_space = " ",
     .degree_space = "",
     DAY_MONTH,
     CLOCK_24,
     .last_comma = ""},
    {.tag = "en-US",
     .language = OTR_LANGUAGE_EN,
     NUMBERS_POINT,
     .percent_space = "",
     .unit_space = " ",
     .degree_space = "",
     .date = "%b %d, %Y",
     .day = "%b %d",
     .time = "%l:%M" NARROW "%p",
     .time_in_half = "%l:%M",
     .day_time_space = ", ",
     .dash = THIN "–" THIN,
     .last_comma = ","},
    {.tag = "de",
     .language = OTR_LANGUAGE_DE,
     .decimal = ",",
     .group = ".",
     .group_from = 4,
     .percent_space = NBSP,
     SPACED,
     .date = "%d. %b %Y",
     .day = "%d. %b",
     CLOCK_24,
     .last_comma = ""},
    {.tag = "de-CH",
     .language = OTR_LANGUAGE_DE,
     .decimal = ".",
     .group = "’",
     .group_from = 4,
     .percent_space = "",
     SPACED,
     .date = "%d. %b %Y",
     .day = "%d. %b",
     CLOCK_24,
     .last_comma = ""},
    {.tag = "es",
     .language = OTR_LANGUAGE_ES,
     .decimal = ",",
     .group = ".",
     .group_from = 5,
     .percent_space = NBSP,
     SPACED,
     DAY_MONTH,
     .time = "%k:%M",
     .day_time_space = " ",
     .dash = "–",
     .last_comma = ""},
    {.tag = "es-419",
     .language = OTR_LANGUAGE_ES,
     NUMBERS_POINT,
     .percent_space = "",
     SPACED,
     DAY_MONTH,
     .time = "%l:%M" NARROW "%p",
     .time_in_half = "%l:%M",
     .day_time_space = " ",
     .dash = THIN "–" THIN,
     .last_comma = ""},
    {.tag = "fr",
     .language = OTR_LANGUAGE_FR,
     .decimal = ",",
     .group = NARROW,
     .group_from = 4,
     .percent_space = NBSP,
     .unit_space = NARROW,
     .degree_space = NARROW,
     DAY_MONTH,
     CLOCK_24,
     .last_comma = ""},
    {.tag = "fr-CA",
     .language = OTR_LANGUAGE_FR,
     .decimal = ",",
     .group = NBSP,
     .group_from = 4,
     .percent_space = NBSP,
     .unit_space = NBSP,
     .degree_space = NBSP,
     DAY_MONTH,
     .time = "%H h %M",
     .day_time_space = " ",
     .dash = THIN "–" THIN,
     .last_comma = ""},
    {.tag = "zh",
     .language = OTR_LANGUAGE_ZH,
     NUMBERS_POINT,
     .percent_space = "",
     .unit_space = " ",
     .degree_space = "",
     .date = "%Y年%m月%d日",
     .day = "%m月%d日",
     CLOCK_24,
     .last_comma = ""},
};
enum { TABLE = sizeof table / sizeof table[0] };

/* Regions that write as another locale does: a comma is the decimal sign in the south of America. */
static const struct {
    const char *tag;
    const char *as;
} alike[] = {
    {"de-LI", "de-CH"}, {"es-AR", "es"}, {"es-BO", "es"}, {"es-CL", "es"}, {"es-CO", "es"},
    {"es-CR", "es"},    {"es-EC", "es"}, {"es-PY", "es"}, {"es-UY", "es"}, {"es-VE", "es"},
};
enum { ALIKE = sizeof alike / sizeof alike[0] };

/* CLDR's parent of these is es-419. */
static const char *const latin_america[] = {
    "es-AR", "es-BO", "es-BR", "es-BZ", "es-CL", "es-CO", "es-CR", "es-CU", "es-DO", "es-EC", "es-GT",
    "es-HN", "es-MX", "es-NI", "es-PA", "es-PE", "es-PR", "es-PY", "es-SV", "es-US", "es-UY", "es-VE",
};
enum { LATIN_AMERICA = sizeof latin_america / sizeof latin_america[0] };

static char plain(char c)
{
    if (c == '_')
        return '-';
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_tag(otr_str tag, const char *other)
{
    size_t size = strlen(other);
    if (tag.size != size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (plain(tag.data[i]) != plain(other[i]))
            return false;
    return true;
}

/* Without its last part, and without the single letter that announced it. */
static otr_str shorten(otr_str tag)
{
    size_t size = tag.size;
    while (size > 0 && plain(tag.data[size - 1]) != '-')
        size--;
    size = size > 0 ? size - 1 : 0;
    if (size >= 2 && plain(tag.data[size - 2]) == '-')
        size -= 2;
    return (otr_str){tag.data, size};
}

/* The next tag to try; empty after the last but English. */
static otr_str parent(otr_str tag)
{
    for (int i = 0; i < LATIN_AMERICA; i++)
        if (same_tag(tag, latin_america[i]))
            return OTR_STR("es-419");
    return shorten(tag);
}

bool otr_locale_fallback(otr_str tag, unsigned step, otr_str *out)
{
    bool more = true; /* English is still to come, if not reached by then */
    for (unsigned i = 0; i < step && more; i++) {
        more = tag.size > 0 && !same_tag(tag, "en");
        tag = parent(tag);
    }
    *out = tag.size > 0 ? tag : OTR_STR("en");
    return more;
}

static const otr_locale *find_exactly(otr_str tag)
{
    for (int i = 0; i < ALIKE; i++)
        if (same_tag(tag, alike[i].tag))
            tag = otr_str_of(alike[i].as);
    for (int i = 0; i < TABLE; i++)
        if (same_tag(tag, table[i].tag))
            return &table[i];
    return NULL;
}

const otr_locale *otr_locale_find(otr_str tag)
{
    while (tag.size > 0) {
        const otr_locale *found = find_exactly(tag);
        if (found != NULL)
            return found;
        tag = parent(tag);
    }
    return &table[0];
}

otr_str otr_locale_tag(const otr_locale *locale)
{
    return otr_str_of(locale->tag);
}

#include "tools/outrider/check/check_sample.h"

#include "base/metric.h"

/* Wide values of each language; the first is that of all others. */
static const struct sample_words {
    const char *language;
    const char *moment;
    const char *span;
    const char *error; /* of an expected time */
} languages[] = {
    {"en", "23 Sep 14:30", "23 hours 59 minutes", "45 minutes"},
    {"de", "23. Sept., 14:30", "23 Stunden 59 Minuten", "45 Minuten"},
    {"es", "23 sept, 14:30", "23 horas 59 minutos", "45 minutos"},
    {"fr", "23 sept. 14:30", "23 heures 59 minutes", "45 minutes"},
    {"zh", "9月23日 14:30", "23小时59分钟", "45分钟"},
};

/* Of placeholders without a filter, by their path. */
static const struct {
    const char *path;
    const char *sample;
} paths[] = {
    {"asset.name", "Vaccines for Lyon, box 7"}, /* 24 characters */
    {"asset.id", "shipment-2031-07"},
    {"asset.class", "cold-chain"},
    {"rule", "TemperatureExcursion"},
    {"case", "3f9a01bc"},
    {"coverage", "97 %"},
    {"device.id", "tracker-00174321"},
    {"items", "Milk (2 left), Coffee (1 left), +3"},
    {"count", "999"},
    {"stop", "Distribution Centre"},
    {"place", "Distribution Centre"},
    {"persona", "fleet manager"},
};

/* Of quantities, by the unit in the text; a reader's measures may make another of it. */
static const struct {
    const char *unit;
    const char *sample;
} units[] = {
    {"Cel", "-18.5 °C"}, {"K", "18.5 °C"},    {"m/s", "120 km/h"},  {"m", "1,234 km"}, {"%RH", "100 %"},
    {"%EL", "100 %"},    {"Pa", "1,013 hPa"}, {"count", "1,234"},   {"g", "12.5 g"},   {"m/s2", "12.5 m/s²"},
    {"lx", "10,000 lx"}, {"deg", "180°"},     {"kg", "1,234.5 kg"},
};

static void add(otr_buffer *out, const char *text)
{
    otr_buffer_add(out, text, strlen(text));
}

static const struct sample_words *words_of(otr_str locale)
{
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (otr_str_starts(locale, otr_str_of(languages[i].language)) &&
            (locale.size == 2 || locale.data[2] == '-'))
            return &languages[i];
    return &languages[0];
}

static void add_quantity(otr_buffer *out, otr_str unit)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (otr_str_is(unit, units[i].unit)) {
            add(out, units[i].sample);
            return;
        }
    otr_buffer_add_format(out, "1,234.5 %.*s", OTR_STR_ARG(unit));
}

static bool is_moment(otr_str path)
{
    static const char *const moments[] = {"onset", "raised", "ended", "next", "eta"};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
        if (otr_str_is(path, moments[i]))
            return true;
    return false;
}

static void add_metric(otr_buffer *out, otr_str path)
{
    otr_str name = path;
    for (size_t i = 0; i < path.size; i++)
        if (path.data[i] == '.')
            name = (otr_str){path.data + i + 1, path.size - i - 1};
    const otr_metric *metric = otr_metric_find(name);
    if (metric != NULL && metric->kind == OTR_KIND_LOCATION)
        add(out, "53.55000, 9.99000");
    else
        add(out, metric != NULL && metric->kind == OTR_KIND_BOOL ? "yes" : "-18.55");
}

static void add_plain(otr_buffer *out, otr_str path, const struct sample_words *words)
{
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (otr_str_is(path, paths[i].path)) {
            add(out, paths[i].sample);
            return;
        }
    if (is_moment(path))
        add(out, words->moment);
    else if (otr_str_is(path, "duration"))
        add(out, words->span);
    else if (otr_str_is(path, "eta.error"))
        add(out, words->error);
    else if (otr_str_starts(path, OTR_STR("asset.limit.")))
        add(out, "-18.5");
    else if (otr_str_starts(path, OTR_STR("asset.")))
        add(out, "+49 40 1234 5678");
    else
        add_metric(out, path);
}

/* The longest of its forms. */
static void add_plural(otr_buffer *out, const otr_str *forms)
{
    otr_str longest = forms[OTR_FORM_OTHER];
    for (unsigned i = 0; i < OTR_FORMS; i++)
        if (forms[i].data != NULL && otr_check_length(forms[i]) > otr_check_length(longest))
            longest = forms[i];
    for (size_t i = 0; i < longest.size; i++) {
        if (longest.data[i] == '#')
            add(out, "999");
        else
            otr_buffer_add(out, &longest.data[i], 1);
    }
}

void otr_check_sample(otr_buffer *out, const otr_template *text, otr_str locale)
{
    const struct sample_words *words = words_of(locale);
    for (size_t i = 0; i < text->count; i++) {
        const otr_piece *piece = &text->pieces[i];
        if (piece->kind == OTR_PIECE_LITERAL)
            otr_buffer_add(out, piece->text.data, piece->text.size);
        else if (piece->kind == OTR_PIECE_PLURAL)
            add_plural(out, piece->forms);
        else if (piece->filter == OTR_FILTER_TIME)
            add(out, words->moment);
        else if (piece->filter == OTR_FILTER_SPAN)
            add(out, words->span);
        else if (piece->filter == OTR_FILTER_NONE)
            add_plain(out, piece->text, words);
        else
            add_quantity(out, piece->unit);
    }
}

static bool is_mark(uint32_t point)
{
    return (point >= 0x300 && point <= 0x36F) || (point >= 0xFE00 && point <= 0xFE0F) || point == 0x200D;
}

size_t otr_check_length(otr_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size;) {
        uint8_t first = (uint8_t)text.data[i];
        size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        uint32_t point = size == 1 ? first : first & (0x7FU >> size);
        for (size_t k = 1; k < size && i + k < text.size; k++)
            point = point << 6 | ((uint8_t)text.data[i + k] & 0x3F);
        count += !is_mark(point);
        i += size;
    }
    return count;
}

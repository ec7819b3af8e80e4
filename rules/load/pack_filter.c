/* How a placeholder is said: {{ path | Cel }}, {{ path | delta Cel }}, {{ path | min }}, {{ path | time }},
 * {{ path | one: "# box" | other: "# boxes" }}. */
#include "base/metric.h"
#include "rules/load/nearest.h"
#include "rules/load/pack_build.h"

/* Quantities of no metric in the catalogue that readers can be told all the same. */
static const char *const more_units[] = {"K", "km", "mm", "cm",  "km/h", "hPa", "/", "%",   "ppm", "A",
                                         "W", "kW", "J",  "kWh", "Hz",   "dB",  "l", "bar", "mV",  "mA"};
enum { MORE_UNITS = sizeof more_units / sizeof more_units[0] };

/* One placeholder while it is read. */
typedef struct reading {
    otr_pack_build *build;
    const otr_yaml *node;
    const char *text; /* the whole text, for places */
    otr_str rest;     /* not yet read */
    otr_path_kind kind;
    otr_piece *piece;
    otr_str *forms; /* once there is one */
} reading;

static otr_status fail(const reading *r, const char *at, const char *why, otr_str what)
{
    int line;
    int column;
    otr_yaml_place(r->node, (size_t)(at - r->text), &line, &column);
    int shown = what.size > 60 ? 60 : (int)what.size;
    return otr_fail_at(r->build->error, OTR_INVALID, line, column, "%s%.*s", why, shown, what.data);
}

static void skip_blanks(reading *r)
{
    while (r->rest.size > 0 && r->rest.data[0] == ' ') {
        r->rest.data++;
        r->rest.size--;
    }
}

/* Up to a blank, a bar or a colon. */
static otr_str take_word(reading *r)
{
    otr_str word = {r->rest.data, 0};
    while (word.size < r->rest.size && strchr(" |:", r->rest.data[word.size]) == NULL)
        word.size++;
    r->rest.data += word.size;
    r->rest.size -= word.size;
    return word;
}

/* ---- quantities, spans, moments ---- */

static bool is_unit(otr_str unit)
{
    size_t count;
    const otr_metric *metrics = otr_metric_list(&count);
    for (size_t i = 0; i < count; i++)
        if (otr_str_is(unit, metrics[i].unit) && unit.size > 0)
            return true;
    for (size_t i = 0; i < MORE_UNITS; i++)
        if (otr_str_is(unit, more_units[i]))
            return true;
    return false;
}

static otr_status unknown_filter(const reading *r, otr_str word)
{
    otr_nearest nearest = {0};
    size_t count;
    int line;
    int column;
    const otr_metric *metrics = otr_metric_list(&count);
    otr_yaml_place(r->node, (size_t)(word.data - r->text), &line, &column);
    for (size_t i = 0; i < count; i++)
        otr_nearest_offer(&nearest, word, otr_str_of(metrics[i].unit));
    for (unsigned i = 0; i < OTR_FORMS; i++)
        otr_nearest_offer(&nearest, word, otr_str_of(otr_form_text(i)));
    otr_nearest_offer(&nearest, word, OTR_STR("delta"));
    otr_nearest_offer(&nearest, word, OTR_STR("time"));
    int shown = word.size > 60 ? 60 : (int)word.size;
    return otr_fail_at(r->build->error, OTR_INVALID, line, column,
                       "after the bar comes a unit, delta, time or a plural form; %.*s is none%s%.*s%s",
                       shown, word.data, OTR_NEAREST_ARG(nearest));
}

/* The metric that the path names, with or without a role; NULL for one that the catalogue does not know. */
static const otr_metric *metric_of(const reading *r)
{
    otr_str name = r->piece->text;
    if (r->kind != OTR_PATH_METRIC)
        return NULL;
    for (size_t i = 0; i < r->piece->text.size; i++)
        if (r->piece->text.data[i] == '.')
            name = (otr_str){r->piece->text.data + i + 1, r->piece->text.size - i - 1};
    return otr_metric_find(name);
}

/* A metric of the catalogue has one unit; another would only relabel the number. */
static otr_status read_unit(reading *r, otr_filter filter, otr_str unit)
{
    const otr_metric *metric = metric_of(r);
    if (!is_unit(unit))
        return unknown_filter(r, unit);
    if (metric != NULL && !otr_str_is(unit, metric->unit))
        return metric->unit[0] != '\0' ? fail(r, unit.data, "this metric is in ", otr_str_of(metric->unit))
                                       : fail(r, unit.data, "this metric is no quantity", OTR_STR(""));
    r->piece->filter = filter;
    r->piece->unit = unit;
    return OTR_OK;
}

static bool is_span(otr_str word)
{
    return otr_str_is(word, "s") || otr_str_is(word, "min") || otr_str_is(word, "h") || otr_str_is(word, "d");
}

static otr_status read_filter(reading *r, otr_str word)
{
    const otr_metric *metric = metric_of(r);
    if (r->kind == OTR_PATH_FACT || r->kind == OTR_PATH_COUNT)
        return fail(r, word.data,
                    r->kind == OTR_PATH_FACT ? "this is said as it is" : "a count is a plain number",
                    OTR_STR(" and takes none of these"));
    if (otr_str_is(word, "delta")) {
        skip_blanks(r);
        otr_str unit = take_word(r);
        return unit.size > 0 ? read_unit(r, OTR_FILTER_DELTA, unit)
                             : fail(r, word.data, "delta of what unit?", OTR_STR(""));
    }
    if (otr_str_is(word, "time")) {
        if (metric != NULL && metric->kind != OTR_KIND_TEXT)
            return fail(r, word.data, "this metric is no moment", OTR_STR(""));
        r->piece->filter = OTR_FILTER_TIME;
        return OTR_OK;
    }
    if (!is_span(word))
        return read_unit(r, OTR_FILTER_UNIT, word);
    if (metric != NULL)
        return fail(r, word.data, "this metric is no span of time", OTR_STR(""));
    r->piece->filter = OTR_FILTER_SPAN;
    r->piece->unit = word;
    return OTR_OK;
}

/* ---- plural forms ---- */

static unsigned form_of(otr_str word)
{
    unsigned form = 0;
    while (form < OTR_FORMS && !otr_str_is(word, otr_form_text(form)))
        form++;
    return form;
}

/* form: "text", behind the form's name. */
static otr_status read_form(reading *r, otr_str word, unsigned form)
{
    skip_blanks(r);
    if (r->rest.size == 0 || r->rest.data[0] != ':')
        return fail(r, word.data, "a plural form has a colon and a text in quotes: ", word);
    r->rest.data++;
    r->rest.size--;
    skip_blanks(r);
    char quote = '\0';
    if (r->rest.size > 0)
        quote = r->rest.data[0];
    size_t end = 1;
    while (end < r->rest.size && r->rest.data[end] != quote)
        end++;
    if ((quote != '"' && quote != '\'') || end >= r->rest.size)
        return fail(r, word.data, "the text of a plural form stands in quotes: ", word);
    if (r->forms[form].data != NULL)
        return fail(r, word.data, "this plural form is here twice: ", word);
    r->forms[form] = (otr_str){r->rest.data + 1, end - 1};
    r->rest.data += end + 1;
    r->rest.size -= end + 1;
    return OTR_OK;
}

static otr_status begin_plural(reading *r, otr_str word)
{
    const otr_metric *metric = metric_of(r);
    if (r->kind == OTR_PATH_FACT || (metric != NULL && metric->kind != OTR_KIND_NUMBER))
        return fail(r, word.data, "this is no number and has no plural", OTR_STR(""));
    r->forms = otr_arena_array(&r->build->pack->memory, OTR_FORMS, sizeof *r->forms);
    if (r->forms == NULL)
        return otr_pack_memory(r->build);
    r->piece->kind = OTR_PIECE_PLURAL;
    r->piece->forms = r->forms;
    return OTR_OK;
}

static otr_status read_after_bar(reading *r)
{
    skip_blanks(r);
    otr_str word = take_word(r);
    unsigned form = form_of(word);
    otr_status status = OTR_OK;
    if (word.size == 0)
        return fail(r, word.data, "nothing stands after the bar", OTR_STR(""));
    if (r->piece->filter != OTR_FILTER_NONE || (r->forms != NULL && form == OTR_FORMS))
        return fail(r, word.data, "a value is said in one way only", OTR_STR(""));
    if (form == OTR_FORMS)
        return read_filter(r, word);
    if (r->forms == NULL)
        status = begin_plural(r, word);
    return status == OTR_OK ? read_form(r, word, form) : status;
}

otr_status otr_pack_placeholder(otr_pack_build *build, const otr_yaml *node, otr_str text, otr_str inner,
                                unsigned known, otr_piece *out)
{
    reading r = {.build = build, .node = node, .text = text.data, .rest = inner, .piece = out};
    size_t bar = 0;
    int line;
    int column;
    while (bar < inner.size && inner.data[bar] != '|')
        bar++;
    otr_str path = {inner.data, bar};
    while (path.size > 0 && path.data[path.size - 1] == ' ')
        path.size--;
    *out = (otr_piece){.kind = OTR_PIECE_VALUE, .text = path, .name = inner};
    if (path.size == 0)
        return fail(&r, inner.data, "nothing stands before the bar", OTR_STR(""));
    otr_yaml_place(node, (size_t)(path.data - text.data), &line, &column);
    otr_status status = otr_pack_path(build, path, known, line, column, &r.kind);
    r.rest = (otr_str){inner.data + bar, inner.size - bar};
    while (status == OTR_OK && r.rest.size > 0) {
        if (r.rest.data[0] != '|')
            return fail(&r, r.rest.data, "expected a bar or the end of the braces", OTR_STR(""));
        r.rest.data++;
        r.rest.size--;
        status = read_after_bar(&r);
        skip_blanks(&r);
    }
    if (status == OTR_OK && r.forms != NULL && r.forms[OTR_FORM_OTHER].data == NULL)
        return fail(&r, inner.data, "a plural needs the form other", OTR_STR(""));
    return status;
}

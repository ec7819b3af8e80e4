#include "core/notice/compose.h"

#include "core/asset/zones.h"
#include "core/notice/compose_fact.h"
#include "core/outbox/text.h"
#include "text/fit.h"

#include <stdlib.h>

static bool same_language(otr_str a, otr_str b)
{
    return a.size >= 2 && b.size >= 2 && a.data[0] == b.data[0] && a.data[1] == b.data[1];
}

otr_audience otr_audience_of(const otr_core *core, const otr_contact *wishes, otr_str locale)
{
    otr_audience out = {.locale = otr_locale_find(locale), .now = core->now.utc};
    if (wishes == NULL)
        return out;
    if (locale.size == 0 || same_language(wishes->locale, locale))
        out.locale = otr_locale_find(wishes->locale);
    out.zone = otr_core_zone(core, wishes->zone);
    out.measures = wishes->us_measures  ? OTR_MEASURES_US
                   : wishes->fahrenheit ? OTR_MEASURES_FAHRENHEIT
                                        : OTR_MEASURES_METRIC;
    return out;
}

otr_str otr_compose_keep(otr_core *core, otr_buffer *text)
{
    core->failed |= text->failed;
    otr_str copy = otr_effects_copy(core->effects, otr_buffer_text(text));
    otr_buffer_done(text);
    return copy;
}

static void add_moment(const otr_audience *to, otr_buffer *out, otr_time at)
{
    otr_locale_moment(to->locale, out, otr_civil_at(to->zone, at), otr_civil_at(to->zone, to->now));
}

otr_str otr_compose_moment(otr_core *core, const otr_audience *to, otr_time at)
{
    otr_buffer out = {0};
    if (at == OTR_TIME_NONE || at == OTR_TIME_NEVER)
        return otr_locale_unknown(to->locale);
    add_moment(to, &out, at);
    return otr_compose_keep(core, &out);
}

otr_str otr_compose_phrase(otr_core *core, const otr_audience *to, otr_phrase phrase,
                           otr_phrase_length length, const otr_phrase_fact *facts, size_t count)
{
    otr_buffer out = {0};
    otr_phrase_say(to->locale, &out, phrase, length, facts, count);
    return otr_compose_keep(core, &out);
}

otr_str otr_compose_lead(otr_core *core, const otr_audience *to, otr_phrase phrase, otr_phrase_length length,
                         const otr_phrase_fact *facts, size_t count)
{
    otr_buffer out = {0};
    otr_phrase_say_lead(to->locale, &out, phrase, length, facts, count);
    return otr_compose_keep(core, &out);
}

/* ---- values ---- */

static bool number_of(otr_str fact, double *out)
{
    char text[64];
    char *end;
    if (fact.size == 0 || fact.size >= sizeof text)
        return false;
    memcpy(text, fact.data, fact.size);
    text[fact.size] = '\0';
    *out = strtod(text, &end);
    return *end == '\0';
}

static void add_span(const otr_audience *to, otr_buffer *out, double number, otr_str unit)
{
    otr_time scale = otr_str_is(unit, "min") ? OTR_MINUTE
                     : otr_str_is(unit, "h") ? OTR_HOUR
                     : otr_str_is(unit, "d") ? OTR_DAY
                                             : OTR_SECOND;
    double span = number * (double)scale;
    if (span >= 0 && span < (double)OTR_DAY * 100000)
        otr_locale_span(to->locale, out, (otr_time)span);
}

/* CLDR's form of the number, its # filled in. */
static void add_plural(const otr_audience *to, otr_buffer *out, double number, const otr_str *forms)
{
    otr_form form = (otr_form)otr_locale_plural(to->locale, number, otr_locale_decimals(number, 2));
    if (number == 0 && forms[OTR_FORM_EXACTLY_0].data != NULL)
        form = OTR_FORM_EXACTLY_0;
    else if (number == 1 && forms[OTR_FORM_EXACTLY_1].data != NULL)
        form = OTR_FORM_EXACTLY_1;
    else if (forms[form].data == NULL)
        form = OTR_FORM_OTHER;
    for (size_t i = 0; i < forms[form].size; i++) {
        if (forms[form].data[i] == '#')
            otr_locale_number(to->locale, out, number, 2);
        else
            otr_buffer_add(out, &forms[form].data[i], 1);
    }
}

static void add_plain(const otr_audience *to, otr_buffer *out, otr_str fact, bool said_by_us)
{
    double number;
    bool flag = otr_str_is(fact, "yes");
    if (number_of(fact, &number) && said_by_us) {
        otr_locale_number(to->locale, out, number, 2);
    } else if (said_by_us && (flag || otr_str_is(fact, "no"))) {
        otr_str word = otr_locale_yes_no(to->locale, flag);
        otr_buffer_add(out, word.data, word.size);
    } else {
        otr_buffer_add(out, fact.data, fact.size);
    }
}

static void add_value(const otr_composition *into, otr_buffer *out, const otr_piece *piece)
{
    const otr_audience *to = &into->to;
    double number = 0;
    otr_time at;
    if (piece->kind == OTR_PIECE_PLURAL && otr_str_is(piece->text, "count")) {
        add_plural(to, out, (double)into->things, piece->forms);
        return;
    }
    if (otr_compose_fact(into, out, piece->text))
        return;
    otr_str fact = otr_text_fact(into->core, into->asset, into->alarm, piece->text);
    bool is_number = number_of(fact, &number);
    if (fact.data == NULL)
        return;
    if (piece->kind == OTR_PIECE_PLURAL && is_number)
        add_plural(to, out, number, piece->forms);
    else if (piece->filter == OTR_FILTER_TIME && otr_time_parse(fact, &at))
        add_moment(to, out, at);
    else if (piece->filter == OTR_FILTER_UNIT && is_number)
        otr_locale_quantity(to->locale, out, number, piece->unit, to->measures);
    else if (piece->filter == OTR_FILTER_DELTA && is_number)
        otr_locale_difference(to->locale, out, number, piece->unit, to->measures);
    else if (piece->filter == OTR_FILTER_SPAN && is_number)
        add_span(to, out, number, piece->unit);
    else
        add_plain(to, out, fact, otr_text_is_value(into->core, into->asset, into->alarm, piece->text));
}

/* ---- putting it together ---- */

static otr_piece *add_piece(otr_composition *into)
{
    otr_core *core = into->core;
    if (into->count == into->capacity) {
        size_t capacity = into->capacity == 0 ? 32 : into->capacity * 2;
        otr_piece *pieces = otr_arena_array(&core->effects->memory, capacity, sizeof *pieces);
        if (pieces == NULL) {
            core->failed = true;
            return NULL;
        }
        if (into->count > 0)
            memcpy(pieces, into->pieces, into->count * sizeof *pieces);
        into->pieces = pieces;
        into->capacity = capacity;
    }
    otr_piece *piece = &into->pieces[into->count++];
    *piece = (otr_piece){.kind = OTR_PIECE_LITERAL};
    return piece;
}

void otr_compose_literal(otr_composition *into, otr_str text)
{
    otr_piece *piece = text.size > 0 ? add_piece(into) : NULL;
    if (piece != NULL)
        piece->text = text;
}

void otr_compose_piece(otr_composition *into, const otr_piece *from)
{
    otr_piece *piece = add_piece(into);
    if (piece != NULL)
        *piece = *from;
}

static void add_later(otr_composition *into, const otr_piece *from)
{
    otr_piece later = *from;
    later.kind = OTR_PIECE_VALUE;
    otr_compose_piece(into, &later);
}

void otr_compose_template(otr_composition *into, const otr_template *text)
{
    for (size_t i = 0; i < text->count && !into->core->failed; i++) {
        const otr_piece *piece = &text->pieces[i];
        otr_buffer out = {0};
        if (piece->kind == OTR_PIECE_LITERAL) {
            otr_compose_literal(into, piece->text);
            continue;
        }
        if (otr_str_is(piece->text, "duration") || otr_str_is(piece->text, "next") ||
            otr_str_is(piece->text, "items")) {
            add_later(into, piece);
            continue;
        }
        add_value(into, &out, piece);
        if (out.size == 0) {
            otr_str unknown = otr_locale_unknown(into->to.locale);
            otr_buffer_add(&out, unknown.data, unknown.size);
        }
        otr_compose_literal(into, otr_compose_keep(into->core, &out));
    }
}

void otr_compose_space(otr_composition *into)
{
    if (into->count > 0)
        otr_compose_literal(into, otr_phrase_space(into->to.locale));
}

otr_template otr_compose_done(const otr_composition *from)
{
    return (otr_template){from->pieces, from->count};
}

otr_str otr_compose_read(otr_core *core, const otr_audience *to, const otr_template *text, otr_time onset,
                         otr_time ended, otr_str next)
{
    otr_buffer out = {.failed = text == NULL};
    for (size_t i = 0; !out.failed && i < text->count; i++) {
        const otr_piece *piece = &text->pieces[i];
        if (piece->kind == OTR_PIECE_LITERAL)
            otr_buffer_add(&out, piece->text.data, piece->text.size);
        else if (otr_str_is(piece->text, "duration"))
            otr_locale_span(to->locale, &out, (ended != OTR_TIME_NONE ? ended : to->now) - onset);
        else if (otr_str_is(piece->text, "next"))
            otr_buffer_add(&out, next.data, next.size);
    }
    return otr_compose_keep(core, &out);
}

otr_str otr_compose_fit(otr_core *core, otr_str text, size_t characters)
{
    otr_buffer out = {0};
    otr_text_fit(text, characters, &out);
    return otr_compose_keep(core, &out);
}

static bool ends_in(otr_str text, const char *end)
{
    size_t size = strlen(end);
    return text.size >= size && memcmp(text.data + text.size - size, end, size) == 0;
}

otr_str otr_compose_item(otr_str sentence)
{
    size_t stop = ends_in(sentence, "。") ? strlen("。") : ends_in(sentence, ".") ? 1 : 0;
    /* "p.m." keeps its own */
    bool is_word = stop == 1 && sentence.size > 2 && sentence.data[sentence.size - 3] == '.';
    return (otr_str){sentence.data, is_word ? sentence.size : sentence.size - stop};
}

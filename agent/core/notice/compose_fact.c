/* Facts that texts name beside the asset's own: of the alarm, of the reader, of where the asset is on its
 * way. */
#include "core/notice/compose_fact.h"

#include "core/alarm/alarm.h"
#include "core/outbox/text.h"
#include "core/view/journey_now.h"

static void add_text(otr_buffer *out, otr_str text)
{
    otr_buffer_add(out, text.data, text.size);
}

static void add_moment(const otr_audience *to, otr_buffer *out, otr_time at)
{
    if (at != OTR_TIME_NONE)
        otr_locale_moment(to->locale, out, otr_civil_at(to->zone, at), otr_civil_at(to->zone, to->now));
}

static void add_coverage(const otr_composition *into, otr_buffer *out)
{
    const otr_alarm *alarm = into->alarm;
    otr_time until = alarm->ended != OTR_TIME_NONE ? alarm->ended : alarm->raised;
    int percent = otr_alarm_coverage(&into->asset->states[alarm->rule], until);
    otr_locale_percent(into->to.locale, out, percent, 0);
}

static void add_persona(const otr_composition *into, otr_buffer *out)
{
    otr_phrase word;
    if (otr_phrase_persona(into->persona, &word))
        otr_phrase_say(into->to.locale, out, word, OTR_PHRASE_FULL, NULL, 0);
    else
        add_text(out, into->persona);
}

static void add_place(const otr_composition *into, otr_buffer *out)
{
    const otr_place *place = otr_text_place(into->core, into->asset);
    if (place != NULL)
        add_text(out, place->name);
}

static void add_stop(const otr_composition *into, otr_buffer *out)
{
    const otr_place *stop = otr_journey_next_stop(into->asset);
    if (stop != NULL)
        add_text(out, stop->name);
}

/* To the minute, which is nearer than it is known. */
static void add_arrival(const otr_composition *into, otr_buffer *out)
{
    otr_journey_now journey;
    if (!otr_journey_now_of(into->asset, &journey))
        return;
    otr_time arrival = journey.arrival + OTR_MINUTE / 2;
    add_moment(&into->to, out, arrival - arrival % OTR_MINUTE);
}

static void add_arrival_error(const otr_composition *into, otr_buffer *out)
{
    otr_journey_now journey;
    if (otr_journey_now_of(into->asset, &journey))
        otr_locale_span(into->to.locale, out, (journey.error / OTR_MINUTE + 1) * OTR_MINUTE);
}

static void add_count(const otr_composition *into, otr_buffer *out)
{
    otr_locale_number(into->to.locale, out, (double)into->things, 0);
}

static void add_onset(const otr_composition *into, otr_buffer *out)
{
    add_moment(&into->to, out, into->alarm->onset);
}

static void add_raised(const otr_composition *into, otr_buffer *out)
{
    add_moment(&into->to, out, into->alarm->raised);
}

static void add_ended(const otr_composition *into, otr_buffer *out)
{
    add_moment(&into->to, out, into->alarm->ended);
}

bool otr_compose_fact(const otr_composition *into, otr_buffer *out, otr_str path)
{
    static const struct {
        const char *path;
        void (*add)(const otr_composition *into, otr_buffer *out);
    } facts[] = {
        {"onset", add_onset},     {"raised", add_raised},
        {"ended", add_ended},     {"coverage", add_coverage},
        {"place", add_place},     {"stop", add_stop},
        {"eta", add_arrival},     {"count", add_count},
        {"persona", add_persona}, {"eta.error", add_arrival_error},
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if (!otr_str_is(path, facts[i].path))
            continue;
        facts[i].add(into, out);
        return true;
    }
    return false;
}

/* What the agent says of itself to a reader: many things at once, and the answers to what they answered. */
#include "core/notice_text.h"

#include "core/evaluate.h"
#include "core/text.h"
#include "rules/message.h"

/* A message of the agent's own, complete. */
static otr_notice_saying say_own(otr_core *core, const otr_audience *to, otr_str what, otr_phrase phrase,
                                 const otr_phrase_fact *facts, size_t count)
{
    otr_notice_saying out = {.made = true,
                             .event = {.locale = otr_locale_tag(to->locale),
                                       .what = what,
                                       .category = what,
                                       .decided = core->now.utc,
                                       .onset = OTR_TIME_NONE,
                                       .raised = OTR_TIME_NONE,
                                       .ended = OTR_TIME_NONE,
                                       .detected = OTR_TIME_NONE,
                                       .next_by = OTR_TIME_NONE,
                                       .expires = OTR_TIME_NEVER,
                                       .coverage_percent = -1}};
    out.event.text = otr_compose_phrase(core, to, phrase, OTR_PHRASE_FULL, facts, count);
    out.event.brief = otr_compose_fit(
        core, otr_compose_phrase(core, to, phrase, OTR_PHRASE_BRIEF, facts, count), OTR_BRIEF_CHARACTERS);
    out.event.line = otr_compose_fit(
        core, otr_compose_phrase(core, to, phrase, OTR_PHRASE_LINE, facts, count), OTR_LINE_CHARACTERS);
    return out;
}

otr_notice_saying otr_notice_say_digest(otr_core *core, const otr_contact *wishes, bool flood, otr_str items,
                                        size_t count, otr_time since, otr_time next)
{
    otr_audience to = otr_audience_of(core, wishes, OTR_STR(""));
    otr_phrase_fact facts[] = {{.name = "count", .number = (double)count},
                               {.name = "since", .text = otr_compose_moment(core, &to, since)},
                               {.name = "next", .text = otr_compose_moment(core, &to, next)},
                               {.name = "text", .text = items},
                               {.name = "items", .text = items}};
    return say_own(core, &to, flood ? OTR_STR("flood") : OTR_STR("digest"),
                   flood ? OTR_PHRASE_FLOOD : OTR_PHRASE_DIGEST, facts, 5);
}

otr_notice_saying otr_notice_say_blind(otr_core *core, const otr_contact *wishes, otr_phrase phrase,
                                       otr_time from, otr_time to, otr_str assets)
{
    otr_audience who = otr_audience_of(core, wishes, OTR_STR(""));
    otr_buffer interval = {0};
    otr_locale_interval(who.locale, &interval, otr_civil_at(who.zone, from), otr_civil_at(who.zone, to),
                        otr_civil_at(who.zone, who.now));
    core->failed |= interval.failed;
    otr_phrase_fact facts[] = {{.name = "from", .text = otr_compose_moment(core, &who, from)},
                               {.name = "to", .text = otr_compose_moment(core, &who, to)},
                               {.name = "interval", .text = otr_buffer_text(&interval)},
                               {.name = "items", .text = assets}};
    otr_notice_saying out = say_own(core, &who, OTR_STR("service"), phrase, facts, 4);
    otr_buffer_done(&interval);
    return out;
}

/* ---- answers ---- */

typedef struct answer {
    otr_core *core;
    otr_audience to;
    const otr_asset_state *asset; /* NULL: it is not watched any more */
    const otr_notice *thread;
    otr_phrase_fact facts[5];
    otr_buffer parts; /* sentences behind the first */
} answer;

static const otr_asset_state *asset_of(const otr_core *core, const otr_notice *thread)
{
    otr_str id = otr_names_get(&core->labels, thread->asset);
    for (uint32_t i = 0; i < core->asset_count; i++)
        if (otr_str_equal(core->assets[i].asset->id, id))
            return &core->assets[i];
    return NULL;
}

static void add_part(answer *a, otr_phrase phrase, const char *name, otr_str value)
{
    otr_phrase_fact fact = {.name = name, .text = value};
    otr_str text = otr_compose_phrase(a->core, &a->to, phrase, OTR_PHRASE_FULL, &fact, 1);
    otr_str space = otr_phrase_space(a->to.locale);
    otr_buffer_add(&a->parts, space.data, space.size);
    otr_buffer_add(&a->parts, text.data, text.size);
}

static const otr_slot *slot_of(const answer *a, const char *metric)
{
    uint32_t number = otr_names_find(&a->core->metric_names, otr_str_of(metric));
    return number != OTR_NAME_NONE
               ? otr_evaluate_slot(a->core, a->asset, (otr_str){NULL, 0}, number, OTR_TIME_NONE)
               : NULL;
}

static otr_str quantity(answer *a, double value, const char *unit)
{
    otr_buffer out = {0};
    otr_locale_quantity(a->to.locale, &out, value, otr_str_of(unit), a->to.measures);
    a->core->failed |= out.failed;
    otr_str text = otr_effects_copy(a->core->effects, otr_buffer_text(&out));
    otr_buffer_done(&out);
    return text;
}

/* Where it is, how warm, and as of when. */
static void add_state(answer *a)
{
    const otr_place *place = otr_text_place(a->core, a->asset);
    const otr_slot *temperature = slot_of(a, "temperature");
    if (place != NULL)
        add_part(a, OTR_PHRASE_STATUS_PLACE, "place", place->name);
    if (temperature != NULL && temperature->kind == OTR_KIND_NUMBER)
        add_part(a, OTR_PHRASE_STATUS_TEMPERATURE, "temperature", quantity(a, temperature->number, "Cel"));
    if (a->asset->clock != OTR_TIME_NONE)
        add_part(a, OTR_PHRASE_STATUS_DATA, "at", otr_compose_moment(a->core, &a->to, a->asset->clock));
}

/* What is open on it now, as one line; empty: nothing. */
static otr_str open_line(answer *a, const otr_contact *wishes, otr_time *since)
{
    otr_str persona = otr_names_get(&a->core->labels, a->thread->persona);
    for (uint32_t i = a->asset->alarms; i != OTR_NONE; i = a->core->alarms[i].next) {
        const otr_alarm *alarm = &a->core->alarms[i];
        const otr_bound_rule *bound = &a->asset->plan->rules[alarm->rule];
        if (alarm->ended != OTR_TIME_NONE || !bound->rule->notifies || bound->rule->notify.once ||
            bound->rule->notify.message == UINT32_MAX ||
            !otr_notice_has_text(bound, persona, wishes->locale, OTR_NOTICE_RAISED))
            continue;
        otr_notice_saying saying =
            otr_notice_say(a->core, a->asset, alarm, persona, wishes, OTR_NOTICE_RAISED);
        *since = alarm->onset;
        return otr_notice_line(a->core, &saying);
    }
    return OTR_STR("");
}

static otr_phrase status(answer *a, const otr_contact *wishes)
{
    otr_time since = OTR_TIME_NONE;
    if (a->asset == NULL || a->asset->clock == OTR_TIME_NONE)
        return OTR_PHRASE_STATUS_NO_DATA;
    otr_str line = open_line(a, wishes, &since);
    add_state(a);
    if (line.size == 0)
        return OTR_PHRASE_STATUS_FINE;
    a->facts[1] = (otr_phrase_fact){.name = "since", .text = otr_compose_moment(a->core, &a->to, since)};
    a->facts[2] = (otr_phrase_fact){.name = "text", .text = line};
    return OTR_PHRASE_STATUS_CASE;
}

static otr_str time_of_day(answer *a, uint16_t minute)
{
    otr_buffer out = {0};
    otr_locale_time(
        a->to.locale, &out,
        (otr_civil){.year = 2000, .month = 1, .day = 1, .hour = minute / 60, .minute = minute % 60});
    a->core->failed |= out.failed;
    otr_str text = otr_effects_copy(a->core->effects, otr_buffer_text(&out));
    otr_buffer_done(&out);
    return text;
}

static otr_str words(answer *a, const otr_str *list, size_t count)
{
    otr_buffer out = {0};
    otr_locale_list(a->to.locale, &out, list, count);
    a->core->failed |= out.failed;
    otr_str text = otr_effects_copy(a->core->effects, otr_buffer_text(&out));
    otr_buffer_done(&out);
    return text;
}

/* What is stored of the reader. */
static void add_data(answer *a, const otr_contact *wishes)
{
    otr_phrase_fact quiet[] = {{.name = "from", .text = time_of_day(a, wishes->quiet_from)},
                               {.name = "to", .text = time_of_day(a, wishes->quiet_to)}};
    otr_phrase_fact budget[] = {{.name = "day", .text = OTR_STR(""), .number = wishes->per_day},
                                {.name = "week", .text = OTR_STR(""), .number = wishes->per_week}};
    otr_str parts[6];
    size_t count = 0;
    otr_phrase_fact language = {.name = "language", .text = wishes->locale};
    otr_phrase_fact zone = {.name = "zone", .text = wishes->zone};
    otr_phrase_fact channels = {.name = "items", .text = words(a, wishes->channels, wishes->channel_count)};
    otr_phrase_fact stopped = {.name = "items", .text = words(a, wishes->opt_outs, wishes->opt_out_count)};
    parts[count++] =
        otr_compose_phrase(a->core, &a->to, OTR_PHRASE_DATA_LANGUAGE, OTR_PHRASE_FULL, &language, 1);
    parts[count++] = otr_compose_phrase(a->core, &a->to, OTR_PHRASE_DATA_ZONE, OTR_PHRASE_FULL, &zone, 1);
    if (wishes->channel_count > 0)
        parts[count++] =
            otr_compose_phrase(a->core, &a->to, OTR_PHRASE_DATA_CHANNELS, OTR_PHRASE_FULL, &channels, 1);
    if (wishes->quiet_from != wishes->quiet_to)
        parts[count++] =
            otr_compose_phrase(a->core, &a->to, OTR_PHRASE_DATA_QUIET, OTR_PHRASE_FULL, quiet, 2);
    if (wishes->per_day != UINT16_MAX && wishes->per_week != UINT16_MAX)
        parts[count++] =
            otr_compose_phrase(a->core, &a->to, OTR_PHRASE_DATA_BUDGET, OTR_PHRASE_FULL, budget, 2);
    if (wishes->opt_out_count > 0)
        parts[count++] =
            otr_compose_phrase(a->core, &a->to, OTR_PHRASE_DATA_STOPPED, OTR_PHRASE_FULL, &stopped, 1);
    a->facts[1] = (otr_phrase_fact){.name = "items", .text = words(a, parts, count)};
}

static otr_phrase stop_phrase(bool all, bool until)
{
    if (all)
        return until ? OTR_PHRASE_CONFIRM_STOP_ALL_UNTIL : OTR_PHRASE_CONFIRM_STOP_ALL;
    return until ? OTR_PHRASE_CONFIRM_STOP_UNTIL : OTR_PHRASE_CONFIRM_STOP;
}

static otr_phrase phrase_of(answer *a, const otr_contact *wishes, otr_customer_action action, bool all,
                            otr_time from, otr_time to)
{
    switch (action) {
    case OTR_CUSTOMER_STATUS:
        return status(a, wishes);
    case OTR_CUSTOMER_HELP:
        return OTR_PHRASE_CONFIRM_HELP;
    case OTR_CUSTOMER_CALL_ME:
        return from != OTR_TIME_NONE && to != OTR_TIME_NONE ? OTR_PHRASE_CONFIRM_CALL
                                                            : OTR_PHRASE_CONFIRM_CALL_SOON;
    case OTR_CUSTOMER_NOT_SOLVED:
        return OTR_PHRASE_CONFIRM_NOT_SOLVED;
    case OTR_CUSTOMER_USEFUL:
        return OTR_PHRASE_CONFIRM_USEFUL;
    case OTR_CUSTOMER_KNOWN:
        return OTR_PHRASE_CONFIRM_KNOWN;
    case OTR_CUSTOMER_WRONG:
        return OTR_PHRASE_CONFIRM_WRONG;
    case OTR_CUSTOMER_LATE:
        return OTR_PHRASE_CONFIRM_LATE;
    case OTR_CUSTOMER_STOP:
        return stop_phrase(all, to != OTR_TIME_NONE);
    case OTR_CUSTOMER_RESUME:
        return all ? OTR_PHRASE_CONFIRM_RESUME_ALL : OTR_PHRASE_CONFIRM_RESUME;
    case OTR_CUSTOMER_MY_DATA:
        add_data(a, wishes);
        return OTR_PHRASE_CONFIRM_MY_DATA;
    case OTR_CUSTOMER_FORGET_ME:
        return OTR_PHRASE_CONFIRM_FORGET_ME;
    }
    return OTR_PHRASE_CONFIRM_USEFUL;
}

otr_notice_saying otr_notice_say_answer(otr_core *core, const otr_contact *wishes, const otr_notice *thread,
                                        otr_customer_action action, otr_str category, otr_time from,
                                        otr_time to)
{
    if (wishes == NULL)
        return (otr_notice_saying){.made = false};
    answer a = {.core = core,
                .to = otr_audience_of(core, wishes, OTR_STR("")),
                .asset = asset_of(core, thread),
                .thread = thread};
    a.facts[0].name = "asset";
    a.facts[0].text = a.asset != NULL ? a.asset->asset->name : otr_names_get(&core->labels, thread->asset);
    a.facts[1] = (otr_phrase_fact){.name = "category", .text = category};
    a.facts[2] = (otr_phrase_fact){.name = "from", .text = otr_compose_moment(core, &a.to, from)};
    a.facts[3] = (otr_phrase_fact){.name = "to", .text = otr_compose_moment(core, &a.to, to)};
    a.facts[4] = (otr_phrase_fact){.name = "until", .text = a.facts[3].text};
    otr_phrase phrase = phrase_of(&a, wishes, action, category.size == 0, from, to);
    otr_notice_saying out = say_own(core, &a.to, OTR_STR("answer"), phrase, a.facts, 5);
    otr_buffer full = {0};
    otr_buffer_add(&full, out.event.text.data, out.event.text.size);
    otr_buffer_add(&full, a.parts.data, a.parts.size);
    core->failed |= full.failed || a.parts.failed;
    out.event.text = otr_effects_copy(core->effects, otr_buffer_text(&full));
    otr_buffer_done(&full);
    otr_buffer_done(&a.parts);
    return out;
}

/* What the agent says of itself to a reader: many things at once, and the answers to what they answered. */
#include "core/asset/whose.h"
#include "core/notice/notice_answer.h"
#include "core/notice/notice_text.h"
#include "core/notice/notice_thread.h"

otr_notice_saying otr_notice_say_own(otr_core *core, const otr_audience *to, otr_str what, otr_phrase phrase,
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

otr_notice_saying otr_notice_say_digest(otr_core *core, const otr_contact *wishes, otr_many why,
                                        otr_str items, size_t count, otr_time since, otr_time next)
{
    otr_audience to = otr_audience_of(core, wishes, OTR_STR(""));
    otr_phrase_fact facts[] = {{.name = "count", .number = (double)count},
                               {.name = "since", .text = otr_compose_moment(core, &to, since)},
                               {.name = "next", .text = otr_compose_moment(core, &to, next)},
                               {.name = "text", .text = items},
                               {.name = "items", .text = items}};
    static const otr_phrase phrases[] = {[OTR_MANY_DIGEST] = OTR_PHRASE_DIGEST,
                                         [OTR_MANY_FLOOD] = OTR_PHRASE_FLOOD,
                                         [OTR_MANY_FLOOD_OVER] = OTR_PHRASE_FLOOD_OVER};
    otr_str what = why == OTR_MANY_FLOOD ? OTR_STR("flood") : OTR_STR("digest");
    return otr_notice_say_own(core, &to, what, phrases[why], facts, 5);
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
    otr_notice_saying out = otr_notice_say_own(core, &who, OTR_STR("service"), phrase, facts, 4);
    otr_buffer_done(&interval);
    return out;
}

/* ---- answers ---- */

void otr_answer_fact(otr_answer *answer, const char *name, otr_str text)
{
    OTR_ASSERT(answer->fact_count < OTR_ANSWER_FACTS);
    answer->facts[answer->fact_count++] = (otr_phrase_fact){.name = name, .text = text};
}

void otr_answer_part(otr_answer *answer, otr_phrase phrase, const otr_phrase_fact *facts, size_t count)
{
    otr_str space = otr_phrase_space(answer->to.locale);
    otr_buffer_add(&answer->parts, space.data, space.size);
    otr_phrase_say(answer->to.locale, &answer->parts, phrase, OTR_PHRASE_FULL, facts, count);
}

static otr_phrase stop_phrase(bool all, bool until)
{
    if (all)
        return until ? OTR_PHRASE_CONFIRM_STOP_ALL_UNTIL : OTR_PHRASE_CONFIRM_STOP_ALL;
    return until ? OTR_PHRASE_CONFIRM_STOP_UNTIL : OTR_PHRASE_CONFIRM_STOP;
}

static otr_phrase phrase_of(otr_answer *a, otr_customer_action action, bool all, otr_time from, otr_time to)
{
    switch (action) {
    case OTR_CUSTOMER_STATUS:
        return otr_answer_status(a);
    case OTR_CUSTOMER_HELP:
        return OTR_PHRASE_CONFIRM_HELP;
    case OTR_CUSTOMER_CALL_ME:
        return from != OTR_TIME_NONE && to != OTR_TIME_NONE ? OTR_PHRASE_CONFIRM_CALL
                                                            : OTR_PHRASE_CONFIRM_CALL_SOON;
    case OTR_CUSTOMER_NOT_SOLVED:
        return OTR_PHRASE_CONFIRM_NOT_SOLVED;
    case OTR_CUSTOMER_SOLVED:
        return OTR_PHRASE_CONFIRM_SOLVED;
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
        otr_answer_data(a);
        return OTR_PHRASE_CONFIRM_MY_DATA;
    case OTR_CUSTOMER_FORGET_ME:
        return OTR_PHRASE_CONFIRM_FORGET_ME;
    case OTR_CUSTOMER_SCORE:
        return OTR_PHRASE_CONFIRM_SCORE;
    }
    return OTR_PHRASE_CONFIRM_USEFUL;
}

/* The moments that the reader gave, and what lies between them. */
static void add_times(otr_answer *a, otr_time from, otr_time to)
{
    if (from != OTR_TIME_NONE)
        otr_answer_fact(a, "from", otr_compose_moment(a->core, &a->to, from));
    if (to == OTR_TIME_NONE)
        return;
    otr_str until = otr_compose_moment(a->core, &a->to, to);
    otr_answer_fact(a, "to", until);
    otr_answer_fact(a, "until", until);
    if (from == OTR_TIME_NONE)
        return;
    otr_buffer interval = {0};
    otr_locale_interval(a->to.locale, &interval, otr_civil_at(a->to.zone, from), otr_civil_at(a->to.zone, to),
                        otr_civil_at(a->to.zone, a->to.now));
    otr_answer_fact(a, "interval", otr_compose_keep(a->core, &interval));
}

otr_notice_saying otr_notice_say_answer(otr_core *core, const otr_contact *wishes, const otr_notice *thread,
                                        otr_customer_action action, otr_str category, otr_time from,
                                        otr_time to)
{
    if (wishes == NULL || core->effects->discard)
        return (otr_notice_saying){.made = wishes != NULL};
    otr_answer a = {.core = core,
                    .to = otr_audience_of(core, wishes, OTR_STR("")),
                    .wishes = wishes,
                    .asset = otr_whose_asset(core, thread->asset, thread->customer, thread->asset_at),
                    .thread = thread};
    otr_answer_fact(&a, "asset", a.asset != NULL ? a.asset->asset->name : otr_thread_name(core, thread));
    otr_answer_fact(&a, "category", otr_locale_category(a.to.locale, category));
    add_times(&a, from, to);
    otr_phrase phrase = phrase_of(&a, action, category.size == 0, from, to);
    otr_notice_saying out = otr_notice_say_own(core, &a.to, OTR_STR("answer"), phrase, a.facts, a.fact_count);
    otr_buffer full = {0};
    otr_buffer_add(&full, out.event.text.data, out.event.text.size);
    otr_buffer_add(&full, a.parts.data, a.parts.size);
    core->failed |= a.parts.failed;
    out.event.text = otr_compose_keep(core, &full);
    otr_buffer_done(&a.parts);
    return out;
}

/* How an asset is doing, for one reader who asks: the worst that they are told of, where it is, how warm,
 * what it suffered, when it comes, and how old all that is. */
#include "core/notice/notice_answer.h"

#include "core/alarm/alarm.h"
#include "core/notice/notice_text.h"
#include "core/notice/notice_thread.h"
#include "core/rule/evaluate.h"
#include "core/view/asset_look.h"

/* ---- the trouble ---- */

/* Whether the reader was told of it, as a second contact perhaps, and as what. */
static bool was_told(const otr_answer *a, const otr_alarm *alarm, otr_str *persona)
{
    for (uint32_t i = otr_thread_of_asset(a->core, a->thread->asset); i != OTR_NONE;
         i = otr_thread_older(a->core, i)) {
        otr_notice *thread = &a->core->notices.list[i];
        if (thread->contact != a->thread->contact || !thread->told ||
            otr_thread_alarm(thread, alarm->id) == NULL)
            continue;
        *persona = otr_names_get(&a->core->labels, thread->persona);
        return true;
    }
    return false;
}

/* Whether the reader is told of the alarm in words, and as what. A milestone is no trouble. */
static bool is_told(const otr_answer *a, const otr_alarm *alarm, otr_str *persona)
{
    const otr_bound_rule *bound = &a->asset->plan->rules[alarm->rule];
    const otr_notify *notify = &bound->rule->notify;
    if (!bound->rule->notifies || notify->message == UINT32_MAX || notify->once)
        return false;
    for (size_t i = 0; i < notify->to_count; i++) {
        const otr_contact *contact =
            otr_asset_addressee(a->core->assignments, a->asset->asset, notify->to[i], persona);
        if (contact != NULL && otr_str_equal(contact->reference, a->wishes->reference) &&
            otr_notice_has_text(bound, *persona, contact->locale, OTR_NOTICE_RAISED))
            return true;
    }
    return was_told(a, alarm, persona) &&
           otr_notice_has_text(bound, *persona, a->wishes->locale, OTR_NOTICE_RAISED);
}

/* The highest that is open, then the oldest; NULL. */
static const otr_alarm *find_trouble(const otr_answer *a, otr_str *persona)
{
    const otr_alarm *found = NULL;
    for (uint32_t i = a->asset->alarms; i != OTR_NONE; i = a->core->alarms[i].next) {
        const otr_alarm *alarm = &a->core->alarms[i];
        bool open = alarm->ended == OTR_TIME_NONE && !alarm->quiet &&
                    !otr_alarm_is_withheld((otr_alarm_state)alarm->state);
        bool better = found == NULL || alarm->priority > found->priority ||
                      (alarm->priority == found->priority && alarm->onset < found->onset);
        otr_str as;
        if (!open || !better || !is_told(a, alarm, &as))
            continue;
        found = alarm;
        *persona = as;
    }
    return found;
}

/* UTC, what was promised to the reader first of the asset; NONE. */
static otr_time next_news(const otr_answer *a)
{
    const otr_core *core = a->core;
    otr_time next = OTR_TIME_NEVER;
    for (uint32_t i = otr_thread_of_asset(core, a->thread->asset); i != OTR_NONE;
         i = otr_thread_older(core, i)) {
        const otr_notice *thread = &core->notices.list[i];
        if (thread->contact == a->thread->contact && thread->told && otr_thread_is_open(thread) &&
            thread->next_by < next)
            next = thread->next_by;
    }
    return next != OTR_TIME_NEVER ? next : OTR_TIME_NONE;
}

/* ---- sentences ---- */

static void add_text(otr_answer *a, otr_phrase phrase, const char *name, otr_str text)
{
    const otr_phrase_fact fact = {.name = name, .text = text};
    otr_answer_part(a, phrase, &fact, 1);
}

static void add_moment(otr_answer *a, otr_phrase phrase, const char *name, otr_time at)
{
    add_text(a, phrase, name, otr_compose_moment(a->core, &a->to, at));
}

static void add_temperature(otr_answer *a, double celsius)
{
    otr_buffer out = {0};
    otr_locale_quantity(a->to.locale, &out, celsius, OTR_STR("Cel"), a->to.measures);
    add_text(a, OTR_PHRASE_STATUS_TEMPERATURE, "temperature", otr_compose_keep(a->core, &out));
}

/* That there was none can only be said where it is measured. */
static void add_bump(otr_answer *a, const otr_asset_look *look)
{
    uint32_t shock = otr_names_find(&a->core->metric_names, OTR_STR("shock"));
    if (look->bump_at != OTR_TIME_NONE)
        add_moment(a, OTR_PHRASE_STATUS_BUMP, "bump", look->bump_at);
    else if (shock != OTR_NAME_NONE &&
             otr_evaluate_slot(a->core, a->asset, (otr_str){NULL, 0}, shock, OTR_TIME_NONE) != NULL)
        otr_answer_part(a, OTR_PHRASE_STATUS_NO_BUMP, NULL, 0);
}

/* To the minute: an error in seconds would say that more is known. */
static void add_arrival(otr_answer *a, const otr_journey_now *journey)
{
    otr_time arrival = journey->arrival + OTR_MINUTE / 2;
    otr_buffer error = {0};
    otr_locale_span(a->to.locale, &error, (journey->error / OTR_MINUTE + 1) * OTR_MINUTE);
    const otr_phrase_fact facts[] = {
        {.name = "eta", .text = otr_compose_moment(a->core, &a->to, arrival - arrival % OTR_MINUTE)},
        {.name = "error", .text = otr_compose_keep(a->core, &error)}};
    otr_answer_part(a, OTR_PHRASE_STATUS_ETA, facts, 2);
}

static void add_coverage(otr_answer *a, const otr_alarm *trouble)
{
    otr_buffer out = {0};
    int percent = otr_alarm_coverage(&a->asset->states[trouble->rule], a->asset->clock);
    otr_locale_percent(a->to.locale, &out, percent, 0);
    add_text(a, OTR_PHRASE_STATUS_COVERAGE, "coverage", otr_compose_keep(a->core, &out));
}

static void add_seen(otr_answer *a)
{
    static const otr_asset_view unseen = {.bump_at = OTR_TIME_NONE, .bump = OTR_NONE};
    const otr_asset_view *view = a->asset->view > 0 ? &a->core->views.list[a->asset->view - 1] : &unseen;
    otr_asset_look look = otr_asset_look_at(a->core, a->asset, view);
    if (look.place != NULL)
        add_text(a, OTR_PHRASE_STATUS_PLACE, "place", look.place->name);
    if (look.temperature != NULL)
        add_temperature(a, look.temperature->number);
    add_bump(a, &look);
    if (look.travels)
        add_arrival(a, &look.journey);
    add_moment(a, OTR_PHRASE_STATUS_DATA, "at", a->asset->clock);
}

otr_phrase otr_answer_status(otr_answer *a)
{
    otr_str persona = {NULL, 0};
    if (a->asset == NULL || a->asset->clock == OTR_TIME_NONE)
        return OTR_PHRASE_STATUS_NO_DATA;
    const otr_alarm *trouble = find_trouble(a, &persona);
    add_seen(a);
    if (trouble == NULL)
        return OTR_PHRASE_STATUS_FINE;
    otr_time next = next_news(a);
    otr_notice_saying saying =
        otr_notice_say(a->core, a->asset, trouble, persona, a->wishes, OTR_NOTICE_RAISED);
    if (a->core->failed)
        return OTR_PHRASE_STATUS_CASE;
    otr_answer_fact(a, "since", otr_compose_moment(a->core, &a->to, trouble->onset));
    otr_answer_fact(a, "text", otr_notice_line(a->core, &saying));
    add_coverage(a, trouble);
    if (next != OTR_TIME_NONE)
        add_moment(a, OTR_PHRASE_NEXT, "next", next);
    return OTR_PHRASE_STATUS_CASE;
}

#include "core/view/asset_look.h"

#include "core/alarm/alarm.h"
#include "core/notice/notice_text.h"
#include "core/notice/notice_thread.h"
#include "core/outbox/text.h"
#include "core/rule/evaluate.h"

#include <math.h>
#include <stdio.h>

/* A person's position is told to a hundred metres. */
static const double grid_per_degree = 1000;

static const otr_slot *slot_of(const otr_core *core, const otr_asset_state *asset, otr_str name, uint8_t kind)
{
    uint32_t metric = otr_names_find(&core->metric_names, name);
    if (metric == OTR_NAME_NONE)
        return NULL;
    const otr_slot *slot = otr_evaluate_slot(core, asset, (otr_str){NULL, 0}, metric, OTR_TIME_NONE);
    return slot != NULL && slot->kind == kind ? slot : NULL;
}

static const otr_place *place_of(const otr_asset *asset, const otr_slot *location)
{
    for (size_t i = 0; location != NULL && i < asset->place_count; i++) {
        otr_area area = otr_place_area(&asset->places[i]);
        if (otr_area_holds(&area, location->location.latitude, location->location.longitude))
            return &asset->places[i];
    }
    return NULL;
}

/* ---- the trouble ---- */

/* Whether somebody of the asset is told of it in words; whom first. A milestone is no trouble. */
static bool is_told(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str *persona,
                    const otr_contact **reader)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_notify *notify = &bound->rule->notify;
    if (notify->message == UINT32_MAX || notify->once)
        return false;
    for (size_t i = 0; i < notify->to_count; i++) {
        const otr_contact *contact =
            otr_is_reader_outside(notify->to[i])
                ? otr_asset_addressee(core->assignments, asset->asset, notify->to[i], persona)
                : NULL;
        if (contact == NULL || !otr_notice_has_text(bound, *persona, contact->locale, OTR_NOTICE_RAISED))
            continue;
        *reader = contact;
        return true;
    }
    return false;
}

static void find_trouble(otr_core *core, const otr_asset_state *asset, otr_asset_look *look)
{
    for (uint32_t i = asset->alarms; i != OTR_NONE; i = core->alarms[i].next) {
        const otr_alarm *alarm = &core->alarms[i];
        const otr_alarm *best = look->trouble;
        bool open = alarm->ended == OTR_TIME_NONE && !alarm->quiet &&
                    !otr_alarm_is_withheld((otr_alarm_state)alarm->state) && alarm->case_number != OTR_NONE;
        bool better = best == NULL || alarm->priority > best->priority ||
                      (alarm->priority == best->priority && alarm->onset < best->onset);
        otr_str persona;
        const otr_contact *reader = NULL;
        if (!open || !better || !is_told(core, asset, alarm, &persona, &reader))
            continue;
        look->trouble = alarm;
        look->persona = persona;
        look->reader = reader;
    }
}

static bool is_outside(const otr_core *core, const otr_notice *thread)
{
    const otr_ledger *ledger = &core->ledgers.list[thread->contact];
    return !ledger->role &&
           !otr_str_starts(otr_names_get(&core->labels, ledger->reference), OTR_STR("staff."));
}

/* What was promised of the trouble, to whomever first: what the desk awaits is not for this. */
static otr_time next_news(const otr_core *core, uint32_t label, const otr_alarm *trouble)
{
    otr_time next = OTR_TIME_NEVER;
    if (trouble == NULL)
        return OTR_TIME_NONE;
    for (uint32_t i = otr_thread_of_asset(core, label); i != OTR_NONE; i = otr_thread_older(core, i)) {
        const otr_notice *thread = &core->notices.list[i];
        bool of_it = thread->told && otr_thread_is_open(thread) &&
                     otr_id_equal(thread->case_id, trouble->case_id) && is_outside(core, thread);
        if (of_it && thread->next_by < next)
            next = thread->next_by;
    }
    return next != OTR_TIME_NEVER ? next : OTR_TIME_NONE;
}

/* ---- what is seen ---- */

static uint64_t hash_of(const otr_asset_look *look)
{
    int64_t numbers[] = {0, 0, look->next_by, look->bump_at};
    if (look->place == NULL && look->location != NULL) {
        numbers[0] = llround(look->location->location.latitude * grid_per_degree);
        numbers[1] = llround(look->location->location.longitude * grid_per_degree);
    }
    uint64_t hash = otr_hash64(look->location != NULL, 0, "", 0);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        hash = otr_hash64(hash, (uint64_t)numbers[i], "", 0);
    if (look->place != NULL)
        hash = otr_hash64(hash, 1, look->place->name.data, look->place->name.size);
    if (look->trouble != NULL)
        hash = otr_hash64(hash, 2, look->trouble->id.bytes, sizeof look->trouble->id.bytes);
    return otr_hash64(hash, 3, look->bump.data, look->bump.size);
}

otr_asset_look otr_asset_look_at(otr_core *core, const otr_asset_state *asset, const otr_asset_view *view)
{
    otr_asset_look look = {.bump_at = view->bump_at};
    look.location = slot_of(core, asset, OTR_STR("location"), OTR_KIND_LOCATION);
    look.place = place_of(asset->asset, look.location);
    look.temperature = slot_of(core, asset, OTR_STR("temperature"), OTR_KIND_NUMBER);
    look.travels = otr_journey_now_of(asset, &look.journey) && look.journey.arrival > asset->clock;
    if (view->bump != OTR_NONE)
        look.bump = otr_names_get(&core->labels, view->bump);
    find_trouble(core, asset, &look);
    look.next_by = next_news(core, view->asset, look.trouble);
    look.shown = (otr_asset_shown){.words = hash_of(&look),
                                   .temperature = look.temperature != NULL ? look.temperature->number : NAN,
                                   .eta = look.travels ? look.journey.arrival : OTR_TIME_NONE};
    return look;
}

/* ---- how it is said ---- */

static void add(otr_service_event *event, otr_fact *facts, otr_str name, otr_str value)
{
    OTR_ASSERT(event->fact_count < OTR_VIEW_FACTS_MAX);
    facts[event->fact_count++] = (otr_fact){name, value};
}

static void add_time(otr_core *core, otr_service_event *event, otr_fact *facts, otr_str name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    size_t size = otr_time_format(at, text);
    add(event, facts, name, otr_effects_copy(core->effects, (otr_str){text, size}));
}

static void add_place(otr_core *core, const otr_asset_look *look, otr_service_event *event, otr_fact *facts)
{
    char text[64];
    if (look->place != NULL) {
        add(event, facts, OTR_STR("place"), look->place->name);
    } else if (look->location != NULL) {
        (void)snprintf(text, sizeof text, "%.3f, %.3f", look->location->location.latitude,
                       look->location->location.longitude);
        add(event, facts, OTR_STR("place"), otr_effects_copy(core->effects, otr_str_of(text)));
    }
}

/* To the minute: an error in seconds would say that more is known. */
static void add_arrival(otr_core *core, const otr_asset_look *look, otr_service_event *event, otr_fact *facts)
{
    char text[OTR_TIME_TEXT_BYTES];
    otr_time error = (look->journey.error / OTR_MINUTE + 1) * OTR_MINUTE;
    size_t size = otr_span_format(error, text);
    otr_time arrival = look->journey.arrival + OTR_MINUTE / 2;
    add_time(core, event, facts, OTR_STR("eta"), arrival - arrival % OTR_MINUTE);
    add(event, facts, OTR_STR("eta.error"), otr_effects_copy(core->effects, (otr_str){text, size}));
}

static void add_trouble(otr_core *core, const otr_asset_state *asset, const otr_asset_look *look,
                        otr_service_event *event, otr_fact *facts)
{
    const otr_alarm *alarm = look->trouble;
    char text[16];
    if (alarm == NULL)
        return;
    otr_notice_saying saying =
        otr_notice_say(core, asset, alarm, look->persona, look->reader, OTR_NOTICE_RAISED);
    add(event, facts, OTR_STR("case"), core->failed ? OTR_STR("") : otr_notice_line(core, &saying));
    add_time(core, event, facts, OTR_STR("case.since"), alarm->onset);
    event->case_id = alarm->case_id;
    event->coverage_percent = otr_alarm_coverage(&asset->states[alarm->rule], asset->clock);
    (void)snprintf(text, sizeof text, "%d %%", event->coverage_percent);
    add(event, facts, OTR_STR("coverage"), otr_effects_copy(core->effects, otr_str_of(text)));
}

void otr_asset_look_say(otr_core *core, const otr_asset_state *asset, const otr_asset_look *look,
                        otr_service_event *event, otr_fact *facts)
{
    event->asset_name = asset->asset->name;
    event->asset_class = asset->asset->class;
    event->next_by = look->next_by;
    event->facts = facts;
    add_place(core, look, event, facts);
    if (look->temperature != NULL) {
        otr_buffer text = {0};
        otr_buffer_add_format(&text, "%.1f °C", look->temperature->number);
        core->failed |= text.failed;
        add(event, facts, OTR_STR("temperature"), otr_effects_copy(core->effects, otr_buffer_text(&text)));
        otr_buffer_done(&text);
    }
    if (look->bump.size > 0) {
        add(event, facts, OTR_STR("bump"), look->bump);
        add_time(core, event, facts, OTR_STR("bump.at"), look->bump_at);
    }
    if (look->travels)
        add_arrival(core, look, event, facts);
    add_time(core, event, facts, OTR_STR("at"), asset->clock);
    add_trouble(core, asset, look, event, facts);
}

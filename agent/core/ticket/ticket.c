#include "core/ticket/ticket.h"

#include "base/limits.h"
#include "base/metric.h"
#include "core/asset/whose.h"
#include "core/case/case.h"
#include "core/case/gather.h"
#include "core/outbox/event.h"
#include "core/outbox/text.h"
#include "core/rule/evaluate.h"
#include "core/ticket/ticket_parts.h"

size_t otr_ticket_evidence(otr_core *core, const otr_asset_state *asset, const otr_rule *rule,
                           otr_evidence *list)
{
    size_t count = 0;
    for (size_t i = 0; i < rule->evidence_count; i++) {
        uint32_t metric = otr_names_find(&core->metric_names, rule->evidence[i]);
        const otr_slot *slot = metric != OTR_NAME_NONE
                                   ? otr_evaluate_slot(core, asset, (otr_str){NULL, 0}, metric, OTR_TIME_NONE)
                                   : NULL;
        const otr_metric *known = otr_metric_find(rule->evidence[i]);
        if (slot != NULL)
            list[count++] = (otr_evidence){
                .metric = rule->evidence[i],
                .unit = otr_str_of(known != NULL ? known->unit : ""),
                .value = otr_text_slot(core, slot),
                .at = slot->at,
            };
    }
    return count;
}

static void add_evidence(otr_core *core, const otr_asset_state *asset, const otr_rule *rule,
                         otr_service_event *event)
{
    otr_evidence *list = otr_arena_array(&core->effects->memory, rule->evidence_count + 1, sizeof *list);
    core->failed |= list == NULL;
    event->evidence = list;
    event->evidence_count = list != NULL ? otr_ticket_evidence(core, asset, rule, list) : 0;
}

/* ---- whom it is about, when the alarm that changed is none ---- */

static uint32_t rule_of(const otr_core *core, const otr_plan *plan, const otr_dossier_alarm *alarm)
{
    otr_str pack = otr_names_get(&core->labels, alarm->pack);
    otr_str rule = otr_names_get(&core->labels, alarm->rule);
    for (uint32_t i = 0; i < plan->rule_count; i++)
        if (otr_str_equal(plan->rules[i].rule->name, rule) &&
            otr_str_equal(plan->rules[i].pack->pack->name, pack))
            return i;
    return OTR_NONE;
}

/* The gravest of its alarms, of equals the first, as the case remembers it: the core may have forgotten it.
 * False when its rule is gone. */
static bool lead_of(const otr_core *core, const otr_case *one, const otr_asset_state *asset, otr_alarm *out)
{
    const otr_dossier *dossier = &one->dossier;
    const otr_dossier_alarm *lead = NULL;
    for (uint32_t i = 0; i < dossier->alarm_count; i++)
        if (lead == NULL || dossier->alarms[i].priority > lead->priority)
            lead = &dossier->alarms[i];
    uint32_t rule = lead != NULL ? rule_of(core, asset->plan, lead) : OTR_NONE;
    if (rule == OTR_NONE)
        return false;
    *out = (otr_alarm){
        .used = true,
        .priority = lead->priority,
        .id = lead->id,
        .asset = (uint32_t)(asset - core->assets),
        .rule = rule,
        .next = OTR_NONE,
        .case_id = one->id,
        .device = lead->device,
        .onset = lead->onset,
        .raised = lead->raised,
        .detected = lead->detected,
        .ended = lead->ended,
    };
    return true;
}

/* lead: room for the alarm that stands for the case when none has changed. */
static otr_ticket_moment moment_of(otr_core *core, otr_case *one, const otr_asset_state *asset,
                                   const otr_alarm *alarm, otr_alarm *lead)
{
    otr_ticket_moment of = {.core = core, .one = one, .asset = asset, .alarm = alarm};
    if (of.asset == NULL)
        of.asset = otr_whose_asset(core, one->asset, one->customer, 0);
    if (of.asset != NULL && of.alarm == NULL && lead_of(core, one, of.asset, lead))
        of.alarm = lead;
    of.problem = otr_problem_of(core, one);
    if (of.alarm != NULL)
        otr_known_find(core, of.asset->asset, &of.asset->plan->rules[of.alarm->rule], one->dossier.codes,
                       &of.known);
    return of;
}

/* ---- saying it ---- */

static otr_str label_text(const otr_core *core, uint32_t number)
{
    return number > 0 ? otr_names_get(&core->labels, number - 1) : (otr_str){NULL, 0};
}

/* What the event may need in its longest form, JSON, where a point takes three times its bytes. */
static size_t weigh(const otr_service_event *event)
{
    enum { NAMES = 80 }; /* quotes, keys, a time */
    size_t bytes = event->description.size + event->cause.size + 3 * event->ticket.size;
    for (size_t i = 0; i < event->fact_count; i++)
        bytes += event->facts[i].name.size + event->facts[i].value.size + NAMES;
    for (size_t i = 0; i < event->evidence_count; i++)
        bytes += event->evidence[i].metric.size + event->evidence[i].value.size + NAMES;
    return bytes;
}

/* What the case says, whichever of its alarms the event is of. */
static void complete(const otr_ticket_moment *of, const char *what, otr_service_event *event)
{
    static const otr_action actions[] = {{.name = {"desk", 4}}};
    otr_core *core = of->core;
    const otr_case *one = of->one;
    event->kind = OTR_SERVICE_TICKET;
    event->what = otr_str_of(what);
    event->entity = otr_ticket_of(one->id);
    event->revision = one->revision;
    event->event = otr_event_derive('e', event->entity, one->revision);
    event->case_id = one->id;
    event->decided = core->now.utc;
    event->asset = otr_names_get(&core->labels, one->asset);
    event->category = otr_names_get(&core->labels, one->category);
    event->priority = otr_str_of(otr_priority_text(one->priority));
    event->queue = otr_names_get(&core->labels, one->queue);
    event->assignee = one->desk.assignee;
    event->specialist = label_text(core, one->dossier.specialist);
    event->title = otr_ticket_title(of);
    event->description = otr_ticket_description(of, event);
    event->alarm_count = one->alarm_count;
    event->actions = actions;
    event->action_count = sizeof actions / sizeof actions[0];
    event->ticket = otr_ticket_enclosed(of, true);
    if (weigh(event) > OTR_LIMIT_TICKET_BYTES)
        event->ticket = otr_ticket_enclosed(of, false); /* better less of it than none */
}

otr_outbox_class otr_ticket_class(const otr_case *one)
{
    return one->urgent ? OTR_OUTBOX_URGENT : OTR_OUTBOX_NORMAL;
}

static void put(const otr_ticket_moment *of, const char *what, otr_service_event *event)
{
    otr_core *core = of->core;
    otr_case *one = of->one;
    core->stats.tickets++;
    if (!core->effects->discard)
        complete(of, what, event);
    if (one->desk.sent == 0)
        one->urgent = otr_event_class(one->priority) == OTR_OUTBOX_URGENT;
    otr_str body = otr_event_put(core, otr_ticket_class(one), event, NULL);
    otr_desk_sent(core, one, otr_str_of(what), otr_event_derive('e', otr_ticket_of(one->id), one->revision),
                  body);
}

void otr_ticket_put(otr_core *core, otr_case *one, const char *what, const otr_asset_state *asset,
                    const otr_alarm *alarm, otr_service_event *event)
{
    otr_ticket_moment of = {.core = core, .one = one, .asset = asset, .alarm = alarm};
    if (!core->effects->discard)
        of.problem = otr_problem_of(core, one);
    put(&of, what, event);
}

void otr_ticket_say(otr_core *core, otr_case *one, const char *what, const otr_asset_state *asset,
                    const otr_alarm *alarm)
{
    if (one->list) {
        otr_gather_say(core, one, what);
        return;
    }
    otr_fact facts[OTR_TICKET_FACTS_MAX];
    otr_service_event event = {.onset = one->onset,
                               .raised = OTR_TIME_NONE,
                               .ended = core->now.utc,
                               .detected = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .next_by = OTR_TIME_NONE,
                               .coverage_percent = -1,
                               .facts = facts};
    otr_ticket_moment of = {.core = core, .one = one};
    otr_alarm lead;
    if (!core->effects->discard) {
        of = moment_of(core, one, asset, alarm, &lead);
        if (of.alarm != NULL) {
            event = otr_event_facts(core, of.asset, of.alarm, facts, NULL);
            if (of.alarm == &lead && lead.ended != OTR_TIME_NONE)
                event.coverage_percent = -1; /* the rule's state has forgotten it */
            add_evidence(core, of.asset, of.asset->plan->rules[of.alarm->rule].rule, &event);
        }
        otr_ticket_facts(&of, facts, &event.fact_count);
    }
    put(&of, what, &event);
}

void otr_ticket_follow(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm)
{
    otr_case *one = &core->cases[alarm->case_number];
    if (one->used && otr_id_equal(one->id, alarm->case_id))
        otr_dossier_follow(core, one, asset, alarm);
    if (!one->used || !otr_id_equal(one->id, alarm->case_id) || one->state == OTR_CASE_CLOSED)
        return; /* by now */
    /* quiet: a command may still help; gathered: the list is its ticket, core/case/gather.h */
    if (alarm->quiet || asset->plan->rules[alarm->rule].rule->notify.gather_us > 0) {
        otr_case_keep(core, one);
        return;
    }
    const char *what = one->again ? "reopened" : "updated";
    one->again = false;
    if (one->ticket)
        otr_ticket_say(core, one, what, asset, alarm);
    else if (asset->plan->rules[alarm->rule].rule->ticket) {
        one->ticket = true;
        otr_ticket_say(core, one, "opened", asset, alarm);
    }
    otr_case_keep(core, one);
}

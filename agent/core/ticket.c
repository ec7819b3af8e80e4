#include "core/ticket.h"

#include "base/metric.h"
#include "core/case.h"
#include "core/evaluate.h"
#include "core/event.h"
#include "core/text.h"

#include <stdio.h>

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

/* What the case says, whichever of its alarms the event is of. */
void otr_ticket_put(otr_core *core, otr_case *one, const char *what, otr_service_event *event)
{
    static const otr_action actions[] = {{.name = {"desk", 4}}};
    otr_id ticket = otr_ticket_of(one->id);
    core->stats.tickets++;
    if (!core->effects->discard) {
        char title[160];
        otr_str rule = otr_names_get(&core->labels, one->title);
        otr_str asset_id = otr_names_get(&core->labels, one->asset);
        (void)snprintf(title, sizeof title, "%.*s: %.*s", OTR_STR_ARG(asset_id), OTR_STR_ARG(rule));
        event->kind = OTR_SERVICE_TICKET;
        event->what = otr_str_of(what);
        event->entity = ticket;
        event->revision = one->revision;
        event->event = otr_event_derive('e', event->entity, one->revision);
        event->case_id = one->id;
        event->decided = core->now.utc;
        event->asset = asset_id;
        event->category = otr_names_get(&core->labels, one->category);
        event->priority = otr_str_of(otr_priority_text(one->priority));
        event->queue = otr_names_get(&core->labels, one->queue);
        event->title = otr_effects_copy(core->effects, otr_str_of(title));
        event->alarm_count = one->alarm_count;
        event->actions = actions;
        event->action_count = sizeof actions / sizeof actions[0];
    }
    otr_str body = otr_event_put(core, otr_event_class(one->priority), event, NULL);
    otr_desk_sent(core, one, otr_str_of(what), otr_event_derive('e', ticket, one->revision), body);
}

void otr_ticket_say(otr_core *core, otr_case *one, const char *what, const otr_asset_state *asset,
                    const otr_alarm *alarm)
{
    otr_fact facts[OTR_EVENT_FACTS_MAX];
    otr_service_event event = {.onset = one->onset,
                               .raised = OTR_TIME_NONE,
                               .ended = core->now.utc,
                               .detected = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .next_by = OTR_TIME_NONE};
    if (!core->effects->discard && alarm != NULL) {
        event = otr_event_facts(core, asset, alarm, facts, NULL);
        add_evidence(core, asset, asset->plan->rules[alarm->rule].rule, &event);
    }
    otr_ticket_put(core, one, what, &event);
}

void otr_ticket_follow(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm)
{
    otr_case *one = &core->cases[alarm->case_number];
    if (!one->used || !otr_id_equal(one->id, alarm->case_id) || one->state == OTR_CASE_CLOSED)
        return; /* by now */
    /* quiet: a command may still help; gathered: the list is its ticket, core/gather.h */
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

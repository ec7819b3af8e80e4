/* What is told of alarms that are over and of points: by name, for their rule and asset may be gone. */
#include "core/outbox/event.h"

static otr_service_event base(const otr_core *core, otr_point_key key, otr_saying said)
{
    return (otr_service_event){
        .kind = OTR_SERVICE_ALARM,
        .what = otr_str_of(otr_saying_text(said)),
        .decided = core->now.utc,
        .onset = OTR_TIME_NONE,
        .raised = OTR_TIME_NONE,
        .ended = OTR_TIME_NONE,
        .detected = OTR_TIME_NONE,
        .expires = OTR_TIME_NEVER,
        .next_by = OTR_TIME_NONE,
        .pack = otr_names_get(&core->labels, key.pack),
        .rule = otr_names_get(&core->labels, key.rule),
        .asset = otr_names_get(&core->labels, key.asset),
        .coverage_percent = -1,
    };
}

void otr_event_standing(otr_core *core, const otr_standing_alarm *alarm, otr_saying said, otr_str who)
{
    otr_fact facts[2];
    otr_service_event event = base(core, alarm->key, said);
    if (who.size > 0)
        facts[event.fact_count++] = (otr_fact){OTR_STR("who"), who};
    if (otr_alarm_is_live((otr_alarm_state)alarm->state))
        facts[event.fact_count++] = otr_event_state_fact(otr_alarm_state_text((otr_alarm_state)alarm->state));
    event.event = otr_event_derive('e', alarm->id, alarm->revision);
    event.entity = alarm->id;
    event.revision = alarm->revision;
    event.alarm = alarm->id;
    event.case_id = alarm->case_id;
    event.onset = alarm->onset;
    event.raised = alarm->raised;
    event.ended = alarm->ended;
    event.detected = alarm->detected;
    event.priority = otr_str_of(otr_priority_text(alarm->priority));
    event.device = otr_names_get(&core->device_names, alarm->device);
    event.facts = facts;
    otr_event_put(core, said == OTR_SAY_LAPSED ? OTR_OUTBOX_BULK : OTR_OUTBOX_NORMAL, &event, NULL);
}

/* Of gateway, pack, rule and asset: the same point for good. */
static otr_id point_id(otr_core *core, otr_point_key key)
{
    otr_buffer text = {0};
    otr_buffer_add_str(&text, core->config.group);
    otr_buffer_add_str(&text, core->config.gateway);
    otr_buffer_add_str(&text, otr_names_get(&core->labels, key.pack));
    otr_buffer_add_str(&text, otr_names_get(&core->labels, key.rule));
    otr_buffer_add_str(&text, otr_names_get(&core->labels, key.asset));
    otr_id id = otr_hash128('p', 0, text.data, text.size);
    core->failed |= text.failed;
    otr_buffer_done(&text);
    return id;
}

/* A point has no memory of its revisions once it is in its ordinary state: the input counts them. An input
 * changes a point once. */
void otr_event_point(otr_core *core, const otr_point *point, otr_saying said, otr_str who, otr_str reason)
{
    otr_fact facts[3];
    char until[OTR_TIME_TEXT_BYTES];
    otr_service_event event = base(core, point->key, said);
    if (who.size > 0)
        facts[event.fact_count++] = (otr_fact){OTR_STR("who"), who};
    otr_time civil = otr_point_until(core, point);
    if (said == OTR_SAY_SHELVED && civil != OTR_TIME_NONE)
        facts[event.fact_count++] = (otr_fact){OTR_STR("until"), {until, otr_time_format(civil, until)}};
    if (said == OTR_SAY_SHELVED || said == OTR_SAY_OUT_OF_SERVICE)
        facts[event.fact_count++] = otr_event_state_fact(otr_saying_text(said));
    event.facts = facts;
    event.entity = point_id(core, point->key);
    event.revision = (uint32_t)core->seq;
    event.event = otr_event_derive('e', event.entity, event.revision);
    event.cause = reason;
    otr_event_put(core, OTR_OUTBOX_NORMAL, &event, NULL);
}

void otr_event_forget(otr_core *core, otr_service_kind kind, otr_id entity)
{
    bool ticket = kind == OTR_SERVICE_TICKET;
    otr_service_event event =
        otr_event_blank(core->now.utc, ticket ? OTR_STR("closed") : OTR_STR("withdrawn"));
    event.kind = kind;
    event.entity = entity;
    event.revision = (uint32_t)core->seq;
    event.event = otr_event_derive('f', entity, event.revision);
    otr_event_put(core, OTR_OUTBOX_NORMAL, &event, NULL);
    if (!core->effects->discard &&
        !core->effects->failed) /* kept until it is told, as a view that is cleared */
        core->effects->outbox.list[core->effects->outbox.count - 1].retain = true;
}

void otr_event_forget_point(otr_core *core, const otr_point *point)
{
    otr_event_forget(core, OTR_SERVICE_ALARM, point_id(core, point->key));
}

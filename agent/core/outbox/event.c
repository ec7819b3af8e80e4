#include "core/outbox/event.h"

#include "core/alarm/alarm.h"
#include "core/command/device_command.h"
#include "core/outbox/outbox.h"
#include "core/outbox/text.h"

otr_id otr_event_derive(char kind, otr_id from, uint32_t number)
{
    return otr_hash128((uint64_t)kind, number, from.bytes, sizeof from.bytes);
}

otr_str otr_event_put(otr_core *core, otr_outbox_class class, const otr_service_event *event,
                      const otr_template *text)
{
    uint64_t seq = core->next_outbox_seq++;
    otr_str stored = {NULL, 0};
    if (core->effects->discard)
        return stored;
    otr_buffer body = {0};
    otr_outbox_encode(&body, event, text);
    otr_row_outbox *row = OTR_ROWS_ADD(core->effects, outbox);
    stored = otr_effects_copy(core->effects, otr_buffer_text(&body));
    if (row != NULL)
        *row = (otr_row_outbox){.seq = seq,
                                .class = class,
                                .event = event->event,
                                .body = stored,
                                .retain = otr_service_kind_retained(event->kind)};
    core->failed |= body.failed;
    otr_buffer_done(&body);
    return stored;
}

otr_service_event otr_event_blank(otr_time decided, otr_str what)
{
    return (otr_service_event){.what = what,
                               .decided = decided,
                               .onset = OTR_TIME_NONE,
                               .raised = OTR_TIME_NONE,
                               .ended = OTR_TIME_NONE,
                               .detected = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .next_by = OTR_TIME_NONE,
                               .coverage_percent = -1};
}

void otr_event_put_instead(otr_core *core, const otr_service_event *event, otr_id before)
{
    otr_str body = otr_event_put(core, OTR_OUTBOX_BULK, event, NULL);
    if (core->effects->discard || core->effects->failed)
        return;
    otr_row_outbox *row = &core->effects->outbox.list[core->effects->outbox.count - 1];
    row->replaces = before;
    row->replaced_as = OTR_LEFT_SUPERSEDED;
    row->body_alone = body;
}

void otr_event_again(otr_core *core, otr_outbox_class class, otr_id event)
{
    uint64_t seq = core->next_outbox_seq++;
    otr_row_outbox *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, outbox);
    if (row != NULL)
        *row = (otr_row_outbox){.seq = seq, .class = class, .event = event, .again = true};
}

otr_outbox_class otr_event_class(unsigned priority)
{
    return priority >= OTR_PRIORITY_HIGH ? OTR_OUTBOX_URGENT : OTR_OUTBOX_NORMAL;
}

void otr_event_add_facts(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                         const otr_template *text, otr_fact *facts, size_t *count)
{
    for (size_t i = 0; i < text->count; i++) {
        const otr_piece *piece = &text->pieces[i];
        bool there = piece->kind == OTR_PIECE_LITERAL || otr_str_is(piece->text, "duration");
        for (size_t j = 0; j < *count && !there; j++)
            there = otr_str_equal(facts[j].name, piece->name);
        if (there || *count == OTR_EVENT_FACTS_TEXT)
            continue;
        otr_str value = otr_text_piece(core, asset, alarm, piece);
        if (value.data != NULL)
            facts[(*count)++] = (otr_fact){piece->name, value};
    }
}

/* What was done before anybody was told. */
static void add_command(otr_core *core, const otr_alarm *alarm, otr_fact *facts, size_t *count)
{
    const otr_device_command *command = otr_device_command_of(core, alarm);
    if (command == NULL)
        return;
    facts[(*count)++] = (otr_fact){OTR_STR("command"), otr_device_command_text(core, command)};
    facts[(*count)++] = (otr_fact){OTR_STR("command.state"), otr_device_command_state_text(command)};
}

/* What alarm, notification and ticket of one change have in common, so that everyone says the same thing. */
otr_service_event otr_event_facts(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                  otr_fact *facts, const otr_template *more)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_time last = alarm->ended != OTR_TIME_NONE ? alarm->ended : alarm->raised;
    otr_service_event event = {
        .revision = alarm->revision,
        .alarm = alarm->id,
        .case_id = alarm->case_id,
        .decided = core->now.utc,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .ended = alarm->ended,
        .detected = alarm->detected,
        .expires = OTR_TIME_NEVER,
        .next_by = OTR_TIME_NONE,
        .pack = bound->pack->pack->name,
        .rule = bound->rule->name,
        .priority = otr_str_of(otr_priority_text(alarm->priority)),
        .category = bound->rule->category,
        .asset = asset->asset->id,
        .asset_name = asset->asset->name,
        .asset_class = asset->asset->class,
        .device = otr_names_get(&core->device_names, alarm->device),
        .coverage_percent = otr_alarm_coverage(&asset->states[alarm->rule], last),
        .facts = facts,
    };
    otr_event_add_facts(core, asset, alarm, &bound->rule->cause, facts, &event.fact_count);
    if (more != NULL)
        otr_event_add_facts(core, asset, alarm, more, facts, &event.fact_count);
    add_command(core, alarm, facts, &event.fact_count);
    event.cause = otr_outbox_fill(&core->effects->memory, &bound->rule->cause, &event, last);
    return event;
}

void otr_event_alarm(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_saying said,
                     otr_str who)
{
    otr_fact facts[OTR_EVENT_FACTS_MAX + 2];
    otr_service_event event = {0};
    if (!core->effects->discard) {
        event = otr_event_facts(core, asset, alarm, facts, NULL);
        if (otr_alarm_is_live((otr_alarm_state)alarm->state))
            facts[event.fact_count++] =
                otr_event_state_fact(otr_alarm_state_text((otr_alarm_state)alarm->state));
        if (who.size > 0)
            facts[event.fact_count++] = (otr_fact){OTR_STR("who"), who};
        event.kind = OTR_SERVICE_ALARM;
        event.what = otr_str_of(otr_saying_text(said));
        event.entity = alarm->id;
        event.event = otr_event_derive('e', alarm->id, alarm->revision);
    }
    otr_event_put(core, otr_event_class(alarm->priority), &event, NULL);
}

void otr_event_orphan_alarm(otr_core *core, const otr_row_alarm *row)
{
    otr_service_event event = {
        .kind = OTR_SERVICE_ALARM,
        .what = otr_str_of(otr_saying_text(OTR_SAY_WITHDRAWN)),
        .event = otr_event_derive('e', row->id, row->revision),
        .entity = row->id,
        .revision = row->revision,
        .alarm = row->id,
        .case_id = row->case_id,
        .decided = core->now.utc,
        .onset = row->onset,
        .raised = row->raised,
        .ended = row->ended,
        .detected = row->detected,
        .expires = OTR_TIME_NEVER,
        .next_by = OTR_TIME_NONE,
        .pack = row->pack,
        .rule = row->rule,
        .priority = otr_str_of(otr_priority_text(row->priority % (OTR_PRIORITY_CRITICAL + 1))),
        .asset = row->asset,
        .device = row->device,
        .cause = OTR_STR("its rule or its history is gone"),
        .coverage_percent = -1,
    };
    /* not before what was said of it once it was over: otr_event_standing */
    otr_event_put(core, OTR_OUTBOX_NORMAL, &event, NULL);
}

void otr_event_orphan_case(otr_core *core, const otr_row_case *row)
{
    otr_service_event event = {
        .kind = OTR_SERVICE_TICKET,
        .what = OTR_STR("closed"),
        .entity = otr_ticket_of(row->id),
        .revision = row->revision,
        .case_id = row->id,
        .decided = core->now.utc,
        .onset = row->opened,
        .raised = OTR_TIME_NONE,
        .ended = row->closed,
        .detected = OTR_TIME_NONE,
        .expires = OTR_TIME_NEVER,
        .next_by = OTR_TIME_NONE,
        .asset = row->asset,
        .category = row->category,
        .cause = OTR_STR("its alarms were withdrawn"),
        .coverage_percent = -1,
    };
    event.event = otr_event_derive('e', event.entity, event.revision);
    otr_event_put(core, OTR_OUTBOX_NORMAL, &event, NULL);
}

void otr_event_status(otr_core *core, otr_str what, otr_str text)
{
    otr_event_status_of(core, what, text, (otr_str){NULL, 0}, NULL, 0);
}

void otr_event_status_of(otr_core *core, otr_str what, otr_str text, otr_str asset, const otr_fact *facts,
                         size_t fact_count)
{
    otr_service_event event = otr_event_blank(core->now.utc, what);
    event.kind = OTR_SERVICE_STATUS;
    event.revision = 1;
    event.asset = asset;
    event.facts = facts;
    event.fact_count = fact_count;
    event.text = text;
    /* one input may say several things */
    event.entity = otr_hash128('s', otr_hash64(core->seq, 0, text.data, text.size),
                               core->config.incarnation.bytes, sizeof core->config.incarnation.bytes);
    event.event = otr_event_derive('e', event.entity, 1);
    otr_event_put(core, OTR_OUTBOX_BULK, &event, NULL);
}

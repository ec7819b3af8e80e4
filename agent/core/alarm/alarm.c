#include "core/alarm/alarm.h"

#include "base/buffer.h"
#include "core/alarm/point.h"
#include "core/case/case.h"
#include "core/command/device_command.h"
#include "core/device/recount.h"
#include "core/device/timeline.h"
#include "core/outbox/event.h"
#include "core/rule/beyond.h"
#include "core/rule/explain.h"
#include "core/ticket/ticket.h"

/* The identity never changes: gateway, journal incarnation, rule, asset, the input that raised it, and its
 * place among the alarms that this input raised. */
static otr_id identity(otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound)
{
    otr_buffer text = {0};
    otr_buffer_add_str(&text, core->config.group);
    otr_buffer_add_str(&text, core->config.gateway);
    otr_buffer_add(&text, core->config.incarnation.bytes, sizeof core->config.incarnation.bytes);
    otr_buffer_add_str(&text, bound->pack->pack->name);
    otr_buffer_add_str(&text, bound->rule->name);
    otr_buffer_add_str(&text, asset->asset->id);
    otr_buffer_add_varint(&text, core->seq);
    otr_buffer_add_varint(&text, core->raised_in_seq++);
    otr_id id = otr_hash128(0, 0, text.data, text.size);
    core->failed |= text.failed;
    otr_buffer_done(&text);
    return id;
}

static void keep(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm)
{
    if (core->effects->discard)
        return;
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_row_alarm *row = OTR_ROWS_ADD(core->effects, alarms);
    if (row == NULL)
        return;
    *row = (otr_row_alarm){
        .id = alarm->id,
        .case_id = alarm->case_id,
        .seq = alarm->seq,
        .revision = alarm->revision,
        .state = (otr_alarm_state)alarm->state,
        .open = alarm->ended == OTR_TIME_NONE,
        .pack = otr_effects_copy(core->effects, bound->pack->pack->name),
        .rule = otr_effects_copy(core->effects, bound->rule->name),
        .asset = otr_effects_copy(core->effects, asset->asset->id),
        .device = otr_names_get(&core->device_names, alarm->device),
        .priority = alarm->priority,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .detected = alarm->detected,
        .ended = alarm->ended,
        .body = alarm->explained,
    };
    alarm->explained = (otr_str){NULL, 0}; /* the row keeps it */
}

static uint32_t free_number(otr_core *core)
{
    uint32_t number = otr_numbers_take(&core->alarm_numbers);
    if (number == OTR_NONE ||
        !otr_core_grow((void **)&core->alarms, &core->alarm_capacity, number + 1, sizeof *core->alarms)) {
        core->failed = true;
        return OTR_NONE;
    }
    return number;
}

/* ---- the alarms of an asset ---- */

uint32_t otr_alarm_find(const otr_core *core, const otr_asset_state *asset, otr_id id)
{
    uint32_t number = asset->alarms;
    while (number != OTR_NONE && !otr_id_equal(core->alarms[number].id, id))
        number = core->alarms[number].next;
    return number;
}

static void forget(otr_core *core, uint32_t number)
{
    core->alarm_withheld -= otr_alarm_is_withheld((otr_alarm_state)core->alarms[number].state);
    core->alarms[number].used = false;
    otr_numbers_give(&core->alarm_numbers, number);
}

void otr_alarm_forget(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    uint32_t *link = &asset->alarms;
    while (*link != number)
        link = &core->alarms[*link].next;
    *link = core->alarms[number].next;
    forget(core, number);
}

void otr_alarm_settle(otr_core *core, otr_asset_state *asset, otr_time at)
{
    for (uint32_t *link = &asset->alarms; *link != OTR_NONE;) {
        const otr_alarm *alarm = &core->alarms[*link];
        if (alarm->ended == OTR_TIME_NONE || alarm->ended > at) {
            link = &core->alarms[*link].next;
            continue;
        }
        uint32_t number = *link;
        *link = alarm->next;
        forget(core, number);
    }
}

int otr_alarm_coverage(const otr_rule_state *state, otr_time until)
{
    if (until <= state->onset)
        return 100;
    double covered = 1 - (double)state->gaps / (double)(until - state->onset);
    return covered <= 0 ? 0 : covered >= 1 ? 100 : (int)(covered * 100 + 0.5);
}

/* ---- what is told of one ---- */

static const otr_str nobody = {NULL, 0};

static bool holds(unsigned state)
{
    return state == OTR_ALARM_UNACKNOWLEDGED || state == OTR_ALARM_ACKNOWLEDGED ||
           otr_alarm_is_withheld((otr_alarm_state)state);
}

static void count(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_saying said)
{
    otr_point_key key = otr_point_key_of(core, asset, alarm->rule);
    if (said == OTR_SAY_RAISED || said == OTR_SAY_HISTORICAL)
        otr_kpi_raised(&core->kpi, core->now.core, key);
    if (said == OTR_SAY_RAISED || said == OTR_SAY_CLEARED)
        otr_kpi_changed(&core->kpi, core->now.core, key);
}

static void attach(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm)
{
    alarm->case_number = otr_case_attach(core, asset, alarm, asset->plan->rules[alarm->rule].rule);
    if (alarm->case_number != OTR_NONE)
        alarm->case_id = core->cases[alarm->case_number].id;
}

static void tell(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm, otr_saying said,
                 bool attached, bool detaches, otr_str who)
{
    otr_event_alarm(core, asset, alarm, said, who);
    if (said == OTR_SAY_RAISED)
        otr_device_command_decide(core, alarm);
    if (said == OTR_SAY_ACKNOWLEDGED)
        otr_notice_acknowledge(core, asset, alarm->id);
    if (said == OTR_SAY_ACKNOWLEDGED || said == OTR_SAY_RESET || said == OTR_SAY_LAPSED)
        return; /* between operators */
    otr_notice_offer(core, asset, alarm, said);
    otr_asset_view_alarm(core, asset, alarm);
    if (said == OTR_SAY_CORRECTED && !attached)
        return; /* its case is as it was */
    count(core, asset, alarm, said);
    if (detaches)
        otr_case_detach(core, alarm->case_number);
    else if (!attached)
        otr_case_touch(core, alarm);
    otr_ticket_follow(core, asset, alarm);
}

/* ---- the door ---- */

/* What waits for an operator is kept by names as well, for it may outlive rule and asset. */
static void let_stand(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, bool stood)
{
    bool stands = otr_alarm_is_standing((otr_alarm_state)alarm->state);
    otr_standing_alarm *before = stood ? otr_standing_find(core, alarm->id) : NULL;
    if (!stands && before != NULL)
        otr_standing_remove(core, before);
    if (!stands)
        return;
    otr_standing_alarm fresh = {
        .state = alarm->state,
        .priority = alarm->priority,
        .revision = alarm->revision,
        .id = alarm->id,
        .case_id = alarm->case_id,
        .seq = alarm->seq,
        .key = otr_point_key_of(core, asset, alarm->rule),
        .device = alarm->device,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .detected = alarm->detected,
        .ended = alarm->ended,
        .since = core->now.core,
    };
    if (core->failed)
        return;
    if (before != NULL)
        otr_standing_update(before, &fresh);
    else
        otr_standing_add(core, &fresh);
}

/* A step of its life: the state, the row, and what is told of it. The alarm has its times already. */
static otr_refusal change(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm,
                          otr_alarm_event event, otr_alarm_state silent, otr_str who)
{
    otr_alarm_state before = (otr_alarm_state)alarm->state;
    otr_cell cell = otr_lifecycle(before, event, silent);
    OTR_ASSERT(cell.kind != OTR_CELL_NEVER);
    if (cell.kind != OTR_CELL_GO || (event == OTR_EVENT_SILENCE && cell.next == (int)before))
        return cell.refusal;
    bool begins = !holds(before) && holds((unsigned)cell.next);
    bool ends = holds(before) && !holds((unsigned)cell.next);
    core->alarm_withheld -= otr_alarm_is_withheld(before);
    alarm->state = (uint8_t)cell.next;
    core->alarm_withheld += otr_alarm_is_withheld((otr_alarm_state)alarm->state);
    core->alarm_open += begins;
    core->alarm_open -= ends;
    core->stats.alarms_cleared += ends || cell.said == OTR_SAY_HISTORICAL;
    alarm->revision++;
    bool joins = cell.said == OTR_SAY_RAISED || cell.said == OTR_SAY_HISTORICAL ||
                 (cell.said == OTR_SAY_CORRECTED && begins);
    if (joins)
        attach(core, asset, alarm);
    if (core->failed)
        return OTR_REFUSAL_ACCEPTED; /* memory is out: the step fails as a whole */
    if (cell.said == OTR_SAY_HISTORICAL)
        otr_day_figures_alarm(core, asset, alarm, OTR_COUNT_HISTORICAL);
    if (ends) {
        otr_device_command_alarm_ended(core, alarm);
        otr_day_figures_alarm_ended(core, asset, alarm);
    }
    keep(core, asset, alarm);
    otr_proof_alarm(core, &core->assets[alarm->asset], alarm,
                    cell.said != OTR_SAY_NOTHING ? otr_saying_text(cell.said) : otr_alarm_event_text(event),
                    begins || cell.said == OTR_SAY_HISTORICAL);
    const otr_rule *rule = asset->plan->rules[alarm->rule].rule;
    if (rule->ends_assignment && (cell.said == OTR_SAY_RAISED || cell.said == OTR_SAY_HISTORICAL))
        otr_assigned_end(core, &core->assets[alarm->asset], rule->ends);
    if (cell.said != OTR_SAY_NOTHING)
        tell(core, asset, alarm, cell.said, joins, ends || cell.said == OTR_SAY_HISTORICAL, who);
    let_stand(core, asset, alarm, otr_alarm_is_standing(before));
    return OTR_REFUSAL_ACCEPTED;
}

/* ---- what happens to one ---- */

static void announce(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm)
{
    bool silent = alarm->silent != OTR_ALARM_NORMAL;
    (void)change(core, asset, alarm, silent ? OTR_EVENT_RAISE_SILENT : OTR_EVENT_RAISE,
                 (otr_alarm_state)alarm->silent, nobody);
}

uint32_t otr_alarm_open(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at,
                        otr_manner manner)
{
    uint32_t number = free_number(core);
    if (number == OTR_NONE)
        return OTR_NONE;
    otr_alarm *alarm = &core->alarms[number];
    *alarm = (otr_alarm){
        .used = true,
        .arrival = manner == OTR_MANNER_ARRIVAL,
        .historical = manner == OTR_MANNER_HISTORICAL,
        .priority = (uint8_t)asset->plan->rules[index].rule->priority,
        .state = OTR_ALARM_NORMAL,
        .silent = (uint8_t)otr_point_silence_at(core, asset, index, at),
        .id = identity(core, asset, &asset->plan->rules[index]),
        .seq = core->seq,
        .asset = (uint32_t)(asset - core->assets),
        .rule = index,
        .case_number = OTR_NONE,
        .device = device == OTR_NONE && asset->device_count == 1 ? asset->devices[0] : device,
        .onset = asset->states[index].onset,
        .raised = at,
        .detected = core->now.utc,
        .ended = OTR_TIME_NONE,
    };
    alarm->explained = otr_explain(core, asset, alarm);
    alarm->beyond = otr_beyond_limit(core, asset, &asset->plan->rules[index], at);
    alarm->next = asset->alarms;
    asset->alarms = number;
    core->stats.alarms_raised++;
    otr_day_figures_alarm(core, asset, alarm, OTR_COUNT_ALARMS);
    if (!alarm->historical) /* that is told when it ends */
        announce(core, asset, alarm);
    return number;
}

void otr_alarm_tell_open(otr_core *core, otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->plan->rule_count && !core->failed; i++) {
        uint32_t number = asset->states[i].alarm;
        otr_alarm *alarm = number < core->alarm_capacity ? &core->alarms[number] : NULL;
        if (alarm == NULL || !alarm->historical || alarm->state != OTR_ALARM_NORMAL)
            continue;
        alarm->historical = false;
        announce(core, asset, alarm);
    }
}

static otr_alarm_event end_of(const otr_asset_state *asset, const otr_alarm *alarm)
{
    bool latch = asset->plan->rules[alarm->rule].rule->latch;
    if (!alarm->historical || alarm->state != OTR_ALARM_NORMAL)
        return latch ? OTR_EVENT_RETURN_LATCH : OTR_EVENT_RETURN;
    if (alarm->silent != OTR_ALARM_NORMAL)
        return OTR_EVENT_HISTORY_SILENT;
    return latch ? OTR_EVENT_HISTORY_LATCH : OTR_EVENT_HISTORY;
}

void otr_alarm_close(otr_core *core, otr_asset_state *asset, uint32_t number, otr_time at)
{
    otr_alarm *alarm = &core->alarms[number];
    alarm->ended = at;
    (void)change(core, asset, alarm, end_of(asset, alarm), OTR_ALARM_SILENT, nobody);
    if (asset->timeline == NULL)
        otr_alarm_forget(core, asset, number);
}

void otr_alarm_withdraw(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    otr_alarm *alarm = &core->alarms[number];
    alarm->ended = core->now.utc;
    (void)change(core, asset, alarm, OTR_EVENT_WITHDRAW, OTR_ALARM_SILENT, nobody);
    otr_alarm_forget(core, asset, number);
}

void otr_alarm_retract(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    otr_alarm *alarm = &core->alarms[number];
    if (alarm->ended == OTR_TIME_NONE)
        alarm->ended = core->now.utc;
    core->stats.alarms_retracted++;
    otr_day_figures_alarm(core, asset, alarm, OTR_COUNT_RETRACTED);
    (void)change(core, asset, alarm, OTR_EVENT_RETRACT, OTR_ALARM_SILENT, nobody);
    otr_alarm_forget(core, asset, number);
}

void otr_alarm_correct(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    (void)change(core, asset, &core->alarms[number], OTR_EVENT_CORRECT, OTR_ALARM_SILENT, nobody);
}

void otr_alarm_reopen(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    otr_alarm *alarm = &core->alarms[number];
    otr_alarm_state silent = otr_point_silence_at(core, asset, alarm->rule, asset->clock);
    alarm->ended = OTR_TIME_NONE;
    alarm->historical = false;
    (void)change(core, asset, alarm, silent == OTR_ALARM_NORMAL ? OTR_EVENT_REOPEN : OTR_EVENT_REOPEN_SILENT,
                 silent, nobody);
    otr_device_command_alarm_reopened(core, alarm);
}

otr_refusal otr_alarm_operate(otr_core *core, uint32_t number, otr_alarm_event event, otr_str who)
{
    otr_alarm *alarm = &core->alarms[number];
    return change(core, &core->assets[alarm->asset], alarm, event, OTR_ALARM_SILENT, who);
}

void otr_alarm_review(otr_core *core, uint32_t number, otr_alarm_state silent)
{
    otr_alarm *alarm = &core->alarms[number];
    (void)change(core, &core->assets[alarm->asset], alarm,
                 silent == OTR_ALARM_NORMAL ? OTR_EVENT_SPEAK : OTR_EVENT_SILENCE, silent, nobody);
}

void otr_alarm_follow(otr_core *core, const otr_standing_alarm *standing)
{
    for (uint32_t i = 0; i < core->alarm_capacity; i++) {
        otr_alarm *alarm = &core->alarms[i];
        if (!alarm->used || alarm->ended == OTR_TIME_NONE || !otr_id_equal(alarm->id, standing->id))
            continue;
        alarm->state = standing->state;
        alarm->revision = standing->revision;
        return;
    }
}

/* ---- what rules decide ---- */

void otr_alarm_raise(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    otr_time lateness = asset->plan->rules[index].rule->lateness_us;
    if (core->recount != NULL) {
        otr_recount_raise(core, asset, index, device, at);
    } else if (lateness > 0) {
        state->alarm = OTR_UNTOLD;
        otr_timeline_tell(asset, otr_time_add(at, lateness));
    } else {
        state->alarm = otr_alarm_open(core, asset, index, device, at,
                                      core->stored ? OTR_MANNER_HISTORICAL : OTR_MANNER_LIVE);
    }
}

void otr_alarm_raise_silence(otr_core *core, otr_asset_state *asset, uint32_t index)
{
    asset->states[index].alarm =
        otr_alarm_open(core, asset, index, OTR_NONE, core->now.utc, OTR_MANNER_ARRIVAL);
}

void otr_alarm_end(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    otr_time lateness = asset->plan->rules[index].rule->lateness_us;
    if (core->recount != NULL) {
        otr_recount_end(core, asset, index, at);
        return;
    }
    if (state->alarm == OTR_NONE)
        return; /* memory ran out when it was raised */
    if (state->alarm != OTR_UNTOLD && lateness == 0)
        otr_alarm_close(core, asset, state->alarm, at);
    else
        otr_timeline_tell(asset, otr_time_add(at, lateness));
    state->alarm = OTR_NONE;
}

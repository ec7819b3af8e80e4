#include "core/alarm.h"

#include "base/buffer.h"
#include "core/case.h"
#include "core/event.h"
#include "core/point.h"

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

static void keep(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_time ended)
{
    if (core->effects->discard)
        return;
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_row_alarm *row = OTR_ROWS_ADD(core->effects, alarms);
    if (row == NULL)
        return;
    *row = (otr_row_alarm){
        .id = alarm->id,
        .seq = alarm->seq,
        .revision = alarm->revision,
        .state = (otr_alarm_state)alarm->state,
        .open = ended == OTR_TIME_NONE,
        .pack = otr_effects_copy(core->effects, bound->pack->pack->name),
        .rule = otr_effects_copy(core->effects, bound->rule->name),
        .asset = otr_effects_copy(core->effects, asset->asset->id),
        .device = otr_names_get(&core->device_names, alarm->device),
        .priority = alarm->priority,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .detected = alarm->detected,
        .ended = ended,
    };
    if (alarm->case_number != OTR_NONE)
        row->case_id = core->cases[alarm->case_number].id;
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

void otr_alarm_forget(otr_core *core, uint32_t number)
{
    core->alarm_withheld -= otr_alarm_is_withheld((otr_alarm_state)core->alarms[number].state);
    core->alarms[number].used = false;
    core->alarm_open--;
    otr_numbers_give(&core->alarm_numbers, number);
}

int otr_alarm_coverage(const otr_rule_state *state, otr_time until)
{
    if (until <= state->onset)
        return 100;
    double covered = 1 - (double)state->gaps / (double)(until - state->onset);
    return covered <= 0 ? 0 : (int)(covered * 100 + 0.5);
}

/* ---- what is told ---- */

static void tell_raised(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm)
{
    const otr_rule *rule = asset->plan->rules[alarm->rule].rule;
    otr_case *one = &core->cases[alarm->case_number];
    otr_event_alarm(core, asset, alarm, OTR_SAY_RAISED, OTR_TIME_NONE, (otr_str){NULL, 0});
    otr_event_notification(core, asset, alarm, OTR_SAY_RAISED, OTR_TIME_NONE);
    if (rule->ticket) {
        const char *what = one->ticket ? "updated" : "opened";
        one->ticket = true;
        otr_event_ticket(core, one, what, asset, alarm, OTR_TIME_NONE);
    }
    otr_case_keep(core, one);
}

static void tell_ended(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm, otr_saying said,
                       otr_time ended)
{
    otr_case *one = &core->cases[alarm->case_number];
    otr_event_alarm(core, asset, alarm, said, ended, (otr_str){NULL, 0});
    if (said == OTR_SAY_CLEARED)
        otr_event_notification(core, asset, alarm, said, ended);
    otr_case_detach(core, alarm->case_number);
    if (one->ticket)
        otr_event_ticket(core, one, "updated", asset, alarm, ended);
    otr_case_keep(core, one);
}

static void count(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_saying said)
{
    otr_point_key key = otr_point_key_of(core, asset, alarm->rule);
    if (said == OTR_SAY_RAISED)
        otr_kpi_raised(&core->kpi, core->now.core, key);
    otr_kpi_changed(&core->kpi, core->now.core, key);
}

/* ---- the door ---- */

/* A step of its life: the state, the row, and what is told of it. ended is NONE while the condition holds. */
static otr_refusal change(otr_core *core, const otr_asset_state *asset, otr_alarm *alarm,
                          otr_alarm_event event, otr_alarm_state silent, otr_time ended, otr_str who)
{
    otr_cell cell = otr_lifecycle((otr_alarm_state)alarm->state, event, silent);
    OTR_ASSERT(cell.kind != OTR_CELL_NEVER);
    if (cell.kind != OTR_CELL_GO || (cell.next == alarm->state && cell.said == OTR_SAY_NOTHING))
        return cell.refusal;
    core->alarm_withheld -= otr_alarm_is_withheld((otr_alarm_state)alarm->state);
    alarm->state = (uint8_t)cell.next;
    core->alarm_withheld += otr_alarm_is_withheld((otr_alarm_state)alarm->state);
    alarm->revision++;
    if (cell.said == OTR_SAY_RAISED) {
        alarm->case_number = otr_case_attach(core, asset, alarm, asset->plan->rules[alarm->rule].rule);
        if (alarm->case_number == OTR_NONE)
            return OTR_REFUSAL_ACCEPTED; /* memory is out: the step fails as a whole */
    }
    keep(core, asset, alarm, ended);
    switch (cell.said) {
    case OTR_SAY_NOTHING:
        return OTR_REFUSAL_ACCEPTED;
    case OTR_SAY_RAISED:
        tell_raised(core, asset, alarm);
        break;
    case OTR_SAY_CLEARED:
    case OTR_SAY_WITHDRAWN:
        tell_ended(core, asset, alarm, cell.said, ended);
        break;
    default:
        otr_event_alarm(core, asset, alarm, cell.said, ended, who);
        return OTR_REFUSAL_ACCEPTED;
    }
    count(core, asset, alarm, cell.said);
    return OTR_REFUSAL_ACCEPTED;
}

void otr_alarm_raise(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    uint32_t number = free_number(core);
    if (number == OTR_NONE)
        return;
    otr_alarm_state silent = otr_point_silence_at(core, asset, index, at);
    otr_alarm *alarm = &core->alarms[number];
    *alarm = (otr_alarm){
        .used = true,
        .priority = (uint8_t)asset->plan->rules[index].rule->priority,
        .state = OTR_ALARM_NORMAL,
        .id = identity(core, asset, &asset->plan->rules[index]),
        .seq = core->seq,
        .asset = (uint32_t)(asset - core->assets),
        .rule = index,
        .case_number = OTR_NONE,
        .device = device == OTR_NONE && asset->device_count == 1 ? asset->devices[0] : device,
        .onset = state->onset,
        .raised = at,
        .detected = core->now.utc,
    };
    state->alarm = number;
    core->alarm_open++;
    core->stats.alarms_raised++;
    (void)change(core, asset, alarm, silent == OTR_ALARM_NORMAL ? OTR_EVENT_RAISE : OTR_EVENT_RAISE_SILENT,
                 silent, OTR_TIME_NONE, (otr_str){NULL, 0});
}

/* It goes on without its rule and asset, which may be gone tomorrow. */
static void let_stand(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_time ended)
{
    otr_standing_alarm standing = {
        .state = alarm->state,
        .priority = alarm->priority,
        .revision = alarm->revision,
        .id = alarm->id,
        .case_id = core->cases[alarm->case_number].id,
        .seq = alarm->seq,
        .key = otr_point_key_of(core, asset, alarm->rule),
        .device = alarm->device,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .detected = alarm->detected,
        .ended = ended,
        .since = core->now.core,
    };
    if (!core->failed)
        otr_standing_add(core, &standing);
}

static void finish(otr_core *core, otr_asset_state *asset, uint32_t index, otr_alarm_event event, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    OTR_ASSERT(state->alarm != OTR_NONE);
    otr_alarm *alarm = &core->alarms[state->alarm];
    core->stats.alarms_cleared++;
    (void)change(core, asset, alarm, event, OTR_ALARM_SILENT, at, (otr_str){NULL, 0});
    if (otr_alarm_is_standing((otr_alarm_state)alarm->state))
        let_stand(core, asset, alarm, at);
    otr_alarm_forget(core, state->alarm);
    state->alarm = OTR_NONE;
}

void otr_alarm_end(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at)
{
    bool latch = asset->plan->rules[index].rule->latch;
    finish(core, asset, index, latch ? OTR_EVENT_RETURN_LATCH : OTR_EVENT_RETURN, at);
}

void otr_alarm_withdraw(otr_core *core, otr_asset_state *asset, uint32_t index)
{
    finish(core, asset, index, OTR_EVENT_WITHDRAW, core->now.utc);
}

otr_refusal otr_alarm_operate(otr_core *core, uint32_t number, otr_alarm_event event, otr_str who)
{
    otr_alarm *alarm = &core->alarms[number];
    return change(core, &core->assets[alarm->asset], alarm, event, OTR_ALARM_SILENT, OTR_TIME_NONE, who);
}

void otr_alarm_review(otr_core *core, otr_asset_state *asset, uint32_t index, otr_alarm_state silent)
{
    otr_alarm *alarm = &core->alarms[asset->states[index].alarm];
    (void)change(core, asset, alarm, silent == OTR_ALARM_NORMAL ? OTR_EVENT_SPEAK : OTR_EVENT_SILENCE, silent,
                 OTR_TIME_NONE, (otr_str){NULL, 0});
}

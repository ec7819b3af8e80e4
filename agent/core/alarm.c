#include "core/alarm.h"

#include "base/buffer.h"
#include "core/case.h"
#include "core/event.h"

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

static void keep(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_alarm_state state,
                 otr_time ended)
{
    if (core->effects->discard)
        return;
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_row_alarm *row = OTR_ROWS_ADD(core->effects, alarms);
    if (row == NULL)
        return;
    *row = (otr_row_alarm){
        .id = alarm->id,
        .case_id = core->cases[alarm->case_number].id,
        .seq = alarm->seq,
        .revision = alarm->revision,
        .state = state,
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

void otr_alarm_raise(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    const otr_rule *rule = asset->plan->rules[index].rule;
    uint32_t number = free_number(core);
    if (number == OTR_NONE)
        return;
    otr_alarm *alarm = &core->alarms[number];
    *alarm = (otr_alarm){
        .used = true,
        .priority = (uint8_t)rule->priority,
        .revision = 1,
        .id = identity(core, asset, &asset->plan->rules[index]),
        .seq = core->seq,
        .asset = (uint32_t)(asset - core->assets),
        .rule = index,
        .device = device == OTR_NONE && asset->device_count == 1 ? asset->devices[0] : device,
        .onset = state->onset,
        .raised = at,
        .detected = core->now.utc,
    };
    state->alarm = number;
    core->alarm_open++;
    core->stats.alarms_raised++;
    alarm->case_number = otr_case_attach(core, asset, alarm, rule);
    if (alarm->case_number == OTR_NONE)
        return;
    keep(core, asset, alarm, OTR_ALARM_UNACKNOWLEDGED, OTR_TIME_NONE);
    otr_event_alarm(core, asset, alarm, OTR_CHANGE_RAISED, OTR_TIME_NONE);
    otr_event_notification(core, asset, alarm, OTR_CHANGE_RAISED, OTR_TIME_NONE);
    otr_case *one = &core->cases[alarm->case_number];
    if (rule->ticket) {
        const char *what = one->ticket ? "updated" : "opened";
        one->ticket = true;
        otr_event_ticket(core, one, what, asset, alarm, OTR_TIME_NONE);
    }
    otr_case_keep(core, one);
}

static void finish(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at, otr_change change)
{
    otr_rule_state *state = &asset->states[index];
    OTR_ASSERT(state->alarm != OTR_NONE);
    otr_alarm *alarm = &core->alarms[state->alarm];
    otr_case *one = &core->cases[alarm->case_number];
    alarm->revision++;
    core->stats.alarms_cleared++;
    keep(core, asset, alarm, change == OTR_CHANGE_WITHDRAWN ? OTR_ALARM_WITHDRAWN : OTR_ALARM_RETURNED, at);
    otr_event_alarm(core, asset, alarm, change, at);
    if (change == OTR_CHANGE_CLEARED)
        otr_event_notification(core, asset, alarm, change, at);
    otr_case_detach(core, alarm->case_number);
    if (one->ticket)
        otr_event_ticket(core, one, "updated", asset, alarm, at);
    otr_case_keep(core, one);
    otr_alarm_forget(core, state->alarm);
    state->alarm = OTR_NONE;
}

void otr_alarm_end(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at)
{
    finish(core, asset, index, at, OTR_CHANGE_CLEARED);
}

void otr_alarm_withdraw(otr_core *core, otr_asset_state *asset, uint32_t index)
{
    finish(core, asset, index, core->now.utc, OTR_CHANGE_WITHDRAWN);
}

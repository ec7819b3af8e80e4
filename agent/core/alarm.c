#include "core/alarm.h"

#include "base/buffer.h"
#include "core/case.h"
#include "core/event.h"
#include "core/recount.h"
#include "core/timeline.h"

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

static void keep(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_alarm_state state)
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
        .state = state,
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
    return covered <= 0 ? 0 : (int)(covered * 100 + 0.5);
}

/* ---- what happens to one ---- */

uint32_t otr_alarm_open(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at,
                        otr_manner manner)
{
    const otr_rule *rule = asset->plan->rules[index].rule;
    uint32_t number = free_number(core);
    if (number == OTR_NONE)
        return OTR_NONE;
    otr_alarm *alarm = &core->alarms[number];
    *alarm = (otr_alarm){
        .used = true,
        .arrival = manner == OTR_MANNER_ARRIVAL,
        .historical = manner == OTR_MANNER_HISTORICAL,
        .priority = (uint8_t)rule->priority,
        .revision = 1,
        .id = identity(core, asset, &asset->plan->rules[index]),
        .seq = core->seq,
        .asset = (uint32_t)(asset - core->assets),
        .rule = index,
        .device = device == OTR_NONE && asset->device_count == 1 ? asset->devices[0] : device,
        .onset = asset->states[index].onset,
        .raised = at,
        .detected = core->now.utc,
        .ended = OTR_TIME_NONE,
    };
    alarm->next = asset->alarms;
    asset->alarms = number;
    core->alarm_open++;
    core->stats.alarms_raised++;
    alarm->case_number = otr_case_attach(core, asset, alarm, rule);
    if (alarm->case_number == OTR_NONE)
        return number;
    alarm->case_id = core->cases[alarm->case_number].id;
    if (alarm->historical) /* that is told when it ends */
        return number;
    keep(core, asset, alarm, OTR_ALARM_UNACKNOWLEDGED);
    otr_event_alarm(core, asset, alarm, OTR_CHANGE_RAISED);
    otr_event_notification(core, asset, alarm, OTR_CHANGE_RAISED);
    otr_event_case(core, asset, alarm);
    return number;
}

/* It no longer counts as open; the state in its row follows. */
static void finish(otr_core *core, otr_asset_state *asset, uint32_t number, otr_change change, bool told)
{
    otr_alarm *alarm = &core->alarms[number];
    alarm->revision++;
    bool gone = change == OTR_CHANGE_WITHDRAWN || change == OTR_CHANGE_RETRACTED;
    keep(core, asset, alarm, gone ? OTR_ALARM_WITHDRAWN : OTR_ALARM_RETURNED);
    otr_event_alarm(core, asset, alarm, change);
    if (told)
        otr_event_notification(core, asset, alarm, change);
}

static void detach(otr_core *core, uint32_t number)
{
    core->alarm_open--;
    core->stats.alarms_cleared++;
    otr_case_detach(core, core->alarms[number].case_number);
}

void otr_alarm_close(otr_core *core, otr_asset_state *asset, uint32_t number, otr_time at)
{
    otr_alarm *alarm = &core->alarms[number];
    alarm->ended = at;
    finish(core, asset, number, alarm->historical ? OTR_CHANGE_HISTORICAL : OTR_CHANGE_CLEARED, true);
    detach(core, number);
    otr_event_case(core, asset, alarm);
    if (asset->timeline == NULL)
        otr_alarm_forget(core, asset, number);
}

void otr_alarm_withdraw(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    otr_alarm *alarm = &core->alarms[number];
    alarm->ended = core->now.utc;
    finish(core, asset, number, OTR_CHANGE_WITHDRAWN, false);
    detach(core, number);
    otr_event_case(core, asset, alarm);
    otr_alarm_forget(core, asset, number);
}

void otr_alarm_retract(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    otr_alarm *alarm = &core->alarms[number];
    bool open = alarm->ended == OTR_TIME_NONE;
    if (open)
        alarm->ended = core->now.utc;
    finish(core, asset, number, OTR_CHANGE_RETRACTED, true);
    core->stats.alarms_retracted++;
    if (open)
        detach(core, number);
    otr_event_case(core, asset, alarm);
    otr_alarm_forget(core, asset, number);
}

void otr_alarm_correct(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    otr_alarm *alarm = &core->alarms[number];
    alarm->revision++;
    keep(core, asset, alarm, alarm->ended == OTR_TIME_NONE ? OTR_ALARM_UNACKNOWLEDGED : OTR_ALARM_RETURNED);
    otr_event_alarm(core, asset, alarm, OTR_CHANGE_CORRECTED);
}

void otr_alarm_reopen(otr_core *core, otr_asset_state *asset, uint32_t number)
{
    otr_alarm *alarm = &core->alarms[number];
    alarm->ended = OTR_TIME_NONE;
    alarm->historical = false;
    core->alarm_open++;
    alarm->case_number = otr_case_attach(core, asset, alarm, asset->plan->rules[alarm->rule].rule);
    if (alarm->case_number == OTR_NONE)
        return;
    alarm->case_id = core->cases[alarm->case_number].id;
    otr_alarm_correct(core, asset, number);
    otr_event_case(core, asset, alarm);
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
        state->alarm = otr_alarm_open(core, asset, index, device, at, OTR_MANNER_LIVE);
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

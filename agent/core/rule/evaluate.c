/*
 * Event time of an asset runs on from its newest reading with core time (clock + (core - anchor)), so a live
 * device's deadlines come on time and a backlog's come in its own order. Deadlines before an instant fire
 * before its values are applied: a batch then decides exactly as the live stream would have.
 */
#include "core/rule/evaluate.h"

#include "core/alarm/alarm.h"
#include "core/device/device.h"
#include "core/device/timeline.h"
#include "core/rule/host.h"
#include "core/window/recall.h"

/* Taking the newest would let two probes in turn hide each other's excursion. */
const otr_slot *otr_evaluate_slot(const otr_core *core, const otr_asset_state *asset, otr_str role,
                                  uint32_t metric, otr_time at)
{
    const otr_slot *last = NULL;
    for (uint32_t i = 0; i < asset->device_count; i++) {
        if (role.size > 0 && !otr_str_equal(asset->asset->roles[i], role))
            continue;
        const otr_slot *slot = otr_device_slot(&core->devices[asset->devices[i]], metric);
        if (slot == NULL || slot->kind == OTR_KIND_ANY)
            continue;
        if (at == OTR_TIME_NONE || otr_slot_valid_until(slot) >= at)
            return slot;
        if (last == NULL || slot->at > last->at)
            last = slot;
    }
    return last;
}

otr_str otr_evaluate_role(const otr_asset_state *asset, uint32_t device)
{
    for (uint32_t i = 0; i < asset->device_count; i++)
        if (asset->devices[i] == device)
            return asset->asset->roles[i];
    return (otr_str){NULL, 0};
}

otr_time otr_evaluate_gap_start(const otr_core *core, const otr_asset_state *asset,
                                const otr_bound_rule *bound)
{
    otr_time start = OTR_TIME_NEVER;
    for (size_t i = 0; i < bound->rule->metric_count; i++) {
        uint32_t symbol = bound->rule->metrics[i];
        const otr_slot *slot = otr_evaluate_slot(core, asset, bound->pack->pack->symbols.list[symbol].role,
                                                 bound->pack->metrics[symbol], asset->clock);
        otr_time until = slot != NULL ? otr_slot_valid_until(slot) : OTR_TIME_NEVER;
        if (until < start)
            start = until;
    }
    return start;
}

/* What comes next for a state by itself, without new values. */
typedef enum step { STEP_FIRE, STEP_GAP, STEP_AGAIN } step;
typedef struct upcoming {
    otr_time at;
    step what;
} upcoming;

/* A running duration that is over, or the gap that stops it. */
static upcoming next_of_phase(const otr_core *core, const otr_asset_state *asset, uint32_t index)
{
    const otr_rule_state *state = &asset->states[index];
    const otr_bound_rule *bound = &asset->plan->rules[index];
    upcoming next = {OTR_TIME_NEVER, STEP_FIRE};
    if (state->phase == OTR_PHASE_NORMAL || state->frozen || bound->rule->silent_for_us > 0)
        return next;
    if (state->phase == OTR_PHASE_PENDING)
        next.at = otr_time_add(state->since, bound->rule->for_us);
    else if (state->phase == OTR_PHASE_CLEARING)
        next.at = otr_time_add(state->since, bound->rule->keep_firing_for_us);
    else if (bound->rule->gap != OTR_GAP_RESET)
        return next;
    /* What began in a gap, by a function that goes on without readings, is not stopped by that gap. */
    otr_time gap = otr_evaluate_gap_start(core, asset, bound);
    otr_time began = state->phase == OTR_PHASE_CLEARING ? state->since : state->onset;
    if (gap < next.at && gap >= began)
        next = (upcoming){gap, STEP_GAP};
    return next;
}

static upcoming next_of(const otr_core *core, const otr_asset_state *asset, uint32_t index)
{
    upcoming next = next_of_phase(core, asset, index);
    otr_time again = otr_again_of(asset, index);
    if (again < next.at)
        next = (upcoming){again, STEP_AGAIN};
    return next;
}

static void begin_gap(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    switch (asset->plan->rules[index].rule->gap) {
    case OTR_GAP_HOLD:
        state->frozen = true;
        state->gap_at = at;
        break;
    case OTR_GAP_RESET:
        if (state->alarm != OTR_NONE)
            otr_alarm_end(core, asset, index, at);
        state->phase = OTR_PHASE_NORMAL;
        break;
    case OTR_GAP_UNKNOWN:
        state->phase = state->alarm != OTR_NONE ? OTR_PHASE_ACTIVE : OTR_PHASE_NORMAL;
        break;
    }
}

static void fire(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    if (state->phase == OTR_PHASE_PENDING) {
        state->phase = OTR_PHASE_ACTIVE;
        otr_alarm_raise(core, asset, index, OTR_NONE, at);
    } else {
        state->phase = OTR_PHASE_NORMAL;
        otr_alarm_end(core, asset, index, at);
    }
}

void otr_evaluate_touch(otr_core *core, const otr_plan *plan, uint32_t metric)
{
    if (metric >= plan->metric_count)
        return;
    for (uint32_t i = plan->first[metric]; i < plan->first[metric + 1]; i++)
        core->touched[plan->affected[i] / 64] |= UINT64_C(1) << (plan->affected[i] % 64);
}

typedef enum verdict { VERDICT_UNKNOWN, VERDICT_FALSE, VERDICT_TRUE } verdict;

static verdict judge(otr_core *core, const otr_host *host, const otr_expression *expression)
{
    otr_value value;
    core->stats.evaluations++;
    otr_status status = otr_expression_evaluate(expression, host, &value, NULL);
    if (status == OTR_OK && value.type == OTR_TYPE_BOOL)
        return value.flag ? VERDICT_TRUE : VERDICT_FALSE;
    if (status != OTR_UNKNOWN)
        core->stats.evaluation_errors++;
    return VERDICT_UNKNOWN;
}

/* Whether the alarm's end condition holds: `clear`, or else not the condition. */
static verdict judge_clear(otr_core *core, const otr_host *host, const otr_rule *rule)
{
    if (rule->clear != NULL)
        return judge(core, host, rule->clear);
    verdict held = judge(core, host, rule->condition);
    if (held == VERDICT_UNKNOWN)
        return VERDICT_UNKNOWN;
    return held == VERDICT_TRUE ? VERDICT_FALSE : VERDICT_TRUE;
}

static void run_open(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at, verdict clear)
{
    otr_rule_state *state = &asset->states[index];
    const otr_rule *rule = asset->plan->rules[index].rule;
    if (clear == VERDICT_FALSE)
        state->phase = OTR_PHASE_ACTIVE;
    if (clear != VERDICT_TRUE)
        return;
    if (state->phase == OTR_PHASE_ACTIVE) {
        state->phase = OTR_PHASE_CLEARING;
        state->since = at;
    }
    if (at - state->since >= rule->keep_firing_for_us) {
        state->phase = OTR_PHASE_NORMAL;
        otr_alarm_end(core, asset, index, at);
    }
}

static void run_closed(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at,
                       verdict held)
{
    otr_rule_state *state = &asset->states[index];
    if (held == VERDICT_FALSE)
        state->phase = OTR_PHASE_NORMAL;
    if (held != VERDICT_TRUE)
        return;
    if (state->phase == OTR_PHASE_NORMAL) {
        state->phase = OTR_PHASE_PENDING;
        state->onset = at;
        state->since = at;
        state->gaps = 0;
    }
    if (at - state->since >= asset->plan->rules[index].rule->for_us) {
        state->phase = OTR_PHASE_ACTIVE;
        otr_alarm_raise(core, asset, index, device, at);
    }
}

/* Until when a metric was known before the instant at: by the value that the instant replaced, or by another
 * device. */
static otr_time known_until(const otr_core *core, const otr_asset_state *asset, otr_str role, uint32_t metric,
                            otr_time at, bool *reported)
{
    otr_time until = OTR_TIME_NONE;
    for (uint32_t i = 0; i < asset->device_count; i++) {
        if (role.size > 0 && !otr_str_equal(asset->asset->roles[i], role))
            continue;
        const otr_slot *slot = otr_device_slot(&core->devices[asset->devices[i]], metric);
        if (slot == NULL || slot->kind == OTR_KIND_ANY)
            continue;
        *reported |= slot->at == at;
        otr_time one = slot->at == at ? at - slot->gap : otr_slot_valid_until(slot);
        if (one > until)
            until = one;
    }
    return until;
}

/* The longest silence of a metric of the rule that the instant at ends. */
static otr_time gap_of(const otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                       otr_time at)
{
    otr_time longest = 0;
    for (size_t i = 0; i < bound->rule->metric_count; i++) {
        uint32_t symbol = bound->rule->metrics[i];
        bool reported = false;
        otr_time until = known_until(core, asset, bound->pack->pack->symbols.list[symbol].role,
                                     bound->pack->metrics[symbol], at, &reported);
        if (reported && at - until > longest)
            longest = at - until;
    }
    return longest;
}

static void end_gap(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at, otr_time gap)
{
    otr_rule_state *state = &asset->states[index];
    otr_time since = at > state->onset ? at - state->onset : 0; /* a silence begins by UTC, which may step */
    if (gap > since)
        gap = since; /* what began in it */
    if (!state->frozen) {
        state->gaps += gap;
        return;
    }
    if (otr_evaluate_gap_start(core, asset, &asset->plan->rules[index]) < at)
        return; /* another metric of the rule is still silent */
    if (gap > 0 && asset->plan->rules[index].rule->gap != OTR_GAP_HOLD) {
        state->frozen = false; /* it was our start that stopped the duration, but there was a gap too */
        begin_gap(core, asset, index, at - gap);
        return;
    }
    /* The gap began by the clock; what is only late may lie before it, and then there was none. */
    otr_time silence = at > state->gap_at ? at - state->gap_at : 0;
    state->frozen = false;
    state->since += silence;
    state->gaps += silence;
}

/* What the values at event time at say of the rule. */
static void judge_state(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    otr_host_context context = {core, asset, &asset->plan->rules[index], at};
    otr_host host = otr_host_of(&context);
    if (state->phase == OTR_PHASE_ACTIVE || state->phase == OTR_PHASE_CLEARING)
        run_open(core, asset, index, at, judge_clear(core, &host, context.bound->rule));
    else
        run_closed(core, asset, index, device, at, judge(core, &host, context.bound->rule->condition));
    if (state->phase == OTR_PHASE_NORMAL || state->phase == OTR_PHASE_ACTIVE)
        state->frozen = false;
    if (context.bound->use_count > 0)
        otr_again_set(asset, index, otr_recall_next(core, asset, context.bound, at));
    if (state->phase != OTR_PHASE_NORMAL || otr_again_of(asset, index) != OTR_TIME_NEVER) {
        upcoming next = next_of(core, asset, index);
        if (next.at < asset->due)
            asset->due = next.at;
    }
}

static void run_rule(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at,
                     otr_time gap)
{
    if (gap > 0)
        gap = gap_of(core, asset, &asset->plan->rules[index], at);
    if (asset->states[index].phase != OTR_PHASE_NORMAL)
        end_gap(core, asset, index, at, gap);
    judge_state(core, asset, index, device, at);
}

/* A function over the past has changed by time alone. A duration that stands still is not judged in the gap.
 * Returns whether it changed the state.
 */
static bool look_again(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at)
{
    otr_rule_state *state = &asset->states[index];
    uint8_t phase = state->phase;
    if (!state->frozen)
        judge_state(core, asset, index, OTR_NONE, at);
    else
        otr_again_set(asset, index, otr_recall_next(core, asset, &asset->plan->rules[index], at));
    return state->phase != phase;
}

/* Does what comes next for a state; returns whether a reading of an earlier time would have changed it. A
 * duration that only stands still goes on as if it had not. */
static bool take_step(otr_core *core, otr_asset_state *asset, uint32_t index, upcoming next)
{
    switch (next.what) {
    case STEP_GAP:
        begin_gap(core, asset, index, next.at);
        return asset->plan->rules[index].rule->gap != OTR_GAP_HOLD;
    case STEP_AGAIN:
        return look_again(core, asset, index, next.at);
    default:
        fire(core, asset, index, next.at);
        return true;
    }
}

void otr_evaluate_advance(otr_core *core, otr_asset_state *asset, otr_time at, bool before)
{
    if (asset->clock == OTR_TIME_NONE || asset->due > at)
        return;
    for (;;) {
        upcoming first = {OTR_TIME_NEVER, STEP_FIRE};
        uint32_t first_index = OTR_NONE;
        for (uint32_t i = 0; i < asset->plan->rule_count; i++) {
            upcoming next = next_of(core, asset, i);
            if (next.at < first.at) {
                first = next;
                first_index = i;
            }
        }
        asset->due = first.at;
        if (first_index == OTR_NONE || first.at > at || (before && first.at == at))
            return;
        if (first.at < asset->clock && first.what == STEP_AGAIN)
            first.at = asset->clock; /* a rule that is new */
        if (take_step(core, asset, first_index, first) && first.at > asset->fired)
            asset->fired = first.at;
    }
}

/* While the past is judged anew: a dead-man alarm by arrival time told of a silence between from and to. */
static bool was_told(const otr_core *core, const otr_asset_state *asset, uint32_t rule, otr_time from,
                     otr_time to)
{
    for (uint32_t i = asset->alarms; i != OTR_NONE && core->recount != NULL; i = core->alarms[i].next) {
        const otr_alarm *alarm = &core->alarms[i];
        if (alarm->rule == rule && alarm->arrival && alarm->onset < to &&
            (alarm->ended == OTR_TIME_NONE || from < alarm->ended))
            return true;
    }
    return false;
}

/* A silence that shows only now, between two event times: raised and ended at once, as history. */
static void run_silent_gaps(otr_core *core, otr_asset_state *asset, otr_time at)
{
    if (asset->clock == OTR_TIME_NONE || (asset->silence_told && core->recount == NULL) ||
        (asset->clock < core->down_to && core->down_from < at) ||
        (asset->clock < asset->down_to && asset->down_from < at))
        return; /* told already, or our own downtime, which is not the device's silence */
    for (uint32_t i = 0; i < asset->plan->silent_count; i++) {
        uint32_t index = asset->plan->silent[i];
        otr_rule_state *state = &asset->states[index];
        otr_time limit = asset->plan->rules[index].rule->silent_for_us;
        if (state->phase != OTR_PHASE_NORMAL || at - asset->clock <= limit ||
            was_told(core, asset, index, asset->clock, at))
            continue;
        state->onset = asset->clock;
        state->gaps = 0;
        otr_alarm_raise(core, asset, index, OTR_NONE, asset->clock + limit);
        otr_alarm_end(core, asset, index, at);
    }
}

void otr_evaluate_instant(otr_core *core, uint32_t asset_number, uint32_t device, otr_time at, otr_time gap)
{
    otr_asset_state *asset = &core->assets[asset_number];
    run_silent_gaps(core, asset, at);
    if (asset->clock == OTR_TIME_NONE || at > asset->clock) {
        asset->clock = at;
        asset->anchor = core->now.core;
        if (core->recount == NULL)
            asset->silence_told = false;
    }
    for (uint32_t word = 0; word * 64 < asset->plan->rule_count; word++) {
        while (core->touched[word] != 0) {
            uint32_t bit = (uint32_t)__builtin_ctzll(core->touched[word]);
            core->touched[word] &= core->touched[word] - 1;
            run_rule(core, asset, word * 64 + bit, device, at, gap);
        }
    }
    otr_point_review(core, asset_number, at);
}

void otr_evaluate_heard(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    asset->heard = core->now.core;
    asset->awaiting = false;
    for (uint32_t i = 0; i < asset->plan->silent_count; i++) {
        otr_rule_state *state = &asset->states[asset->plan->silent[i]];
        if (state->phase == OTR_PHASE_NORMAL)
            continue;
        state->phase = OTR_PHASE_NORMAL;
        if (state->alarm != OTR_NONE)
            otr_alarm_close(core, asset, state->alarm, core->now.utc);
        state->alarm = OTR_NONE;
        asset->silence_told = true;
    }
}

otr_time otr_evaluate_time(const otr_core *core, const otr_asset_state *asset)
{
    if (asset->awaiting || asset->clock == OTR_TIME_NONE)
        return asset->clock;
    return otr_time_add(asset->clock, core->now.core - asset->anchor);
}

void otr_evaluate_pause_at(otr_core *core, otr_asset_state *asset, otr_time at, otr_time until)
{
    otr_evaluate_advance(core, asset, at, false);
    if (at > asset->fired)
        asset->fired = at;
    if (asset->clock > asset->down_to)
        asset->down_from = at; /* else nothing was heard since the last one */
    asset->down_to = until;
    for (uint32_t i = 0; i < asset->plan->rule_count; i++) {
        otr_rule_state *state = &asset->states[i];
        bool running = state->phase == OTR_PHASE_PENDING || state->phase == OTR_PHASE_CLEARING;
        if (!running || state->frozen || asset->clock == OTR_TIME_NONE)
            continue;
        state->frozen = true;
        state->gap_at = at;
    }
}

void otr_evaluate_pause(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    bool paused = asset->awaiting;
    asset->awaiting = true;
    if (asset->clock != OTR_TIME_NONE && !paused) {
        otr_time at = otr_time_add(asset->clock, core->traced.core - asset->anchor);
        otr_time until = otr_time_add(at, core->now.core - core->traced.core);
        otr_evaluate_pause_at(core, asset, at, until);
        otr_timeline_pause(core, asset_number, at, until);
    }
    otr_evaluate_schedule(core, asset_number);
}

void otr_evaluate_rewind(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_timeline_finish(core, asset_number);
    asset->clock = OTR_TIME_NONE;
    asset->fired = OTR_TIME_NONE;
    asset->down_from = OTR_TIME_NONE;
    asset->down_to = OTR_TIME_NONE;
    asset->due = OTR_TIME_NONE + 1; /* rules over the past are looked at with the next reading */
    otr_recall_reset(asset);        /* they would wait for the time that is not yet */
    for (uint32_t i = 0; i < asset->plan->rule_count; i++) {
        otr_rule_state *state = &asset->states[i];
        state->frozen = false;
        otr_again_set(asset, i, OTR_TIME_NONE + 1);
        if (state->phase == OTR_PHASE_PENDING)
            state->phase = OTR_PHASE_NORMAL;
        if (state->phase == OTR_PHASE_CLEARING)
            state->phase = OTR_PHASE_ACTIVE;
    }
    otr_evaluate_schedule(core, asset_number);
}

/* The core time at which the dead-man rule raises, from its last sign of life or our last start. */
static otr_time silent_deadline(const otr_core *core, const otr_asset_state *asset, uint32_t index)
{
    if (asset->states[index].phase != OTR_PHASE_NORMAL)
        return OTR_TIME_NEVER;
    otr_time from = asset->heard > core->boot ? asset->heard : core->boot;
    return otr_time_add(from, asset->plan->rules[index].rule->silent_for_us);
}

void otr_evaluate_schedule(otr_core *core, uint32_t asset_number)
{
    const otr_asset_state *asset = &core->assets[asset_number];
    otr_time at = OTR_TIME_NEVER;
    if (!asset->awaiting && asset->clock != OTR_TIME_NONE && asset->due != OTR_TIME_NEVER)
        at = otr_time_add(asset->anchor, asset->due > asset->clock ? asset->due - asset->clock : 0);
    for (uint32_t i = 0; i < asset->plan->silent_count; i++) {
        otr_time deadline = silent_deadline(core, asset, asset->plan->silent[i]);
        if (deadline < at)
            at = deadline;
    }
    otr_time settling = otr_timeline_next(asset);
    if (settling < at)
        at = settling;
    if (!otr_timers_set(&core->asset_timers, asset_number, at))
        core->failed = true;
}

bool otr_evaluate_is_due(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    asset->due = OTR_TIME_NEVER;
    for (uint32_t i = 0; i < asset->plan->rule_count; i++) {
        otr_time at = next_of(core, asset, i).at;
        if (at < asset->due)
            asset->due = at;
    }
    otr_evaluate_schedule(core, asset_number);
    return otr_timers_get(&core->asset_timers, asset_number) <= core->now.core;
}

void otr_evaluate_due(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    if (!asset->awaiting && asset->clock != OTR_TIME_NONE)
        otr_evaluate_advance(core, asset, otr_evaluate_time(core, asset), false);
    otr_timeline_due(core, asset_number);
    for (uint32_t i = 0; i < asset->plan->silent_count; i++) {
        uint32_t index = asset->plan->silent[i];
        if (silent_deadline(core, asset, index) > core->now.core)
            continue;
        otr_rule_state *state = &asset->states[index];
        state->phase = OTR_PHASE_ACTIVE;
        state->onset = core->now.utc - (core->now.core - asset->heard);
        state->gaps = 0;
        otr_alarm_raise_silence(core, asset, index);
    }
    otr_point_review(core, asset_number, asset->clock);
    otr_evaluate_schedule(core, asset_number);
}

#include "core/device/recount.h"

#include "core/alarm/alarm.h"
#include "core/device/device.h"
#include "core/device/freeze.h"
#include "core/device/timeline.h"
#include "core/rule/evaluate.h"

#include <stdlib.h>

/* One alarm as the instants in their order have it. */
typedef struct truth {
    uint32_t rule;
    uint32_t alarm; /* the told one that it is; OTR_NONE: none, OTR_UNTOLD: not to be told yet */
    bool changed;   /* told with another onset, begin or end */
    otr_time onset;
    otr_time ended; /* OTR_TIME_NONE: open */
} truth;

struct otr_recount {
    bool telling; /* the second run */
    truth *list;
    uint32_t count;
    uint32_t capacity;
    uint32_t next;    /* telling: the next to be raised */
    uint32_t carried; /* open at the base */
    uint32_t mark;    /* steps that follow the newer point */
    otr_time now;     /* event time of the asset, as it would run on */
    otr_time told_by; /* lateness that ends by then is over; NEVER: all */
};

/* ---- what the runs report ---- */

static uint32_t write_down(otr_core *core, uint32_t rule, uint32_t alarm, otr_time onset)
{
    struct otr_recount *recount = core->recount;
    if (!otr_core_grow((void **)&recount->list, &recount->capacity, recount->count + 1, sizeof(truth))) {
        core->failed = true;
        return OTR_NONE;
    }
    recount->list[recount->count] = (truth){rule, alarm, false, onset, OTR_TIME_NONE};
    return recount->count++;
}

uint32_t otr_recount_alarm(const otr_core *core, uint32_t number)
{
    return number < core->recount->count ? core->recount->list[number].alarm : number;
}

static bool is_told(const otr_core *core, const otr_asset_state *asset, uint32_t index, otr_time at)
{
    return otr_time_add(at, asset->plan->rules[index].rule->lateness_us) <= core->recount->told_by;
}

static void raise_again(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at,
                        truth *true_alarm)
{
    otr_rule_state *state = &asset->states[index];
    if (true_alarm->alarm != OTR_NONE) {
        otr_alarm *told = &core->alarms[true_alarm->alarm];
        true_alarm->changed = told->onset != state->onset || told->raised != at;
        told->onset = state->onset;
        told->raised = at;
        return;
    }
    if (!is_told(core, asset, index, at)) {
        true_alarm->alarm = OTR_UNTOLD;
        otr_timeline_tell(asset, otr_time_add(at, asset->plan->rules[index].rule->lateness_us));
        return;
    }
    bool over = true_alarm->ended != OTR_TIME_NONE && is_told(core, asset, index, true_alarm->ended);
    true_alarm->alarm =
        otr_alarm_open(core, asset, index, device, at, over ? OTR_MANNER_HISTORICAL : OTR_MANNER_LIVE);
}

void otr_recount_raise(otr_core *core, otr_asset_state *asset, uint32_t index, uint32_t device, otr_time at)
{
    struct otr_recount *recount = core->recount;
    otr_rule_state *state = &asset->states[index];
    if (!recount->telling) {
        state->alarm = write_down(core, index, OTR_NONE, state->onset);
        return;
    }
    OTR_ASSERT(recount->next < recount->count && recount->list[recount->next].rule == index);
    state->alarm = recount->next++;
    raise_again(core, asset, index, device, at, &recount->list[state->alarm]);
}

static void end_again(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at, truth *true_alarm)
{
    if (true_alarm->alarm == OTR_UNTOLD || true_alarm->alarm == OTR_NONE)
        return;
    otr_alarm *told = &core->alarms[true_alarm->alarm];
    if (told->ended == OTR_TIME_NONE) {
        if (is_told(core, asset, index, at))
            otr_alarm_close(core, asset, true_alarm->alarm, at);
        else
            otr_timeline_tell(asset, otr_time_add(at, asset->plan->rules[index].rule->lateness_us));
        return;
    }
    if (told->ended != at || true_alarm->changed) {
        told->ended = at;
        otr_alarm_correct(core, asset, true_alarm->alarm);
    }
    true_alarm->changed = false;
}

void otr_recount_end(otr_core *core, otr_asset_state *asset, uint32_t index, otr_time at)
{
    struct otr_recount *recount = core->recount;
    otr_rule_state *state = &asset->states[index];
    if (state->alarm >= recount->count)
        return; /* memory ran out when it was raised */
    truth *true_alarm = &recount->list[state->alarm];
    if (recount->telling)
        end_again(core, asset, index, at, true_alarm);
    else
        true_alarm->ended = at;
    state->alarm = OTR_NONE;
}

/* ---- a run ---- */

/* The states of dead-man rules are those of arrival time, and no part of the past: a run has its own. */
typedef struct dead_man {
    otr_rule_state state;
    otr_time again;
} dead_man;

static void keep_dead_men(const otr_asset_state *asset, dead_man *kept)
{
    for (uint32_t i = 0; i < asset->plan->silent_count; i++) {
        uint32_t index = asset->plan->silent[i];
        kept[i] = (dead_man){asset->states[index], otr_again_of(asset, index)};
    }
}

static void reset_dead_men(const otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->plan->silent_count; i++)
        otr_state_reset(asset, asset->plan->silent[i]);
}

static void restore_dead_men(const otr_asset_state *asset, const dead_man *kept)
{
    for (uint32_t i = 0; i < asset->plan->silent_count; i++) {
        uint32_t index = asset->plan->silent[i];
        asset->states[index] = kept[i].state;
        otr_again_set(asset, index, kept[i].again);
    }
}

/* The states name entries of the list now, as those that are raised will. */
static void carry(otr_core *core, otr_asset_state *asset)
{
    struct otr_recount *recount = core->recount;
    for (uint32_t i = 0; i < asset->plan->rule_count; i++) {
        otr_rule_state *state = &asset->states[i];
        if (state->alarm == OTR_NONE)
            continue;
        if (recount->telling)
            state->alarm = recount->next++;
        else
            state->alarm = write_down(core, i, state->alarm, state->onset);
    }
    if (!recount->telling)
        recount->carried = recount->count;
}

/* The newer point is to lie a few steps back, between two stamps, and before what is not told yet. The first
 * run finds out where, the second makes it. */
static void look_for_mark(otr_core *core, const otr_asset_state *asset, const otr_past *step, size_t offset,
                          uint32_t left)
{
    struct otr_recount *recount = core->recount;
    if (recount->telling) {
        if (left == recount->mark)
            otr_timeline_mark(core, asset, offset, left);
    } else if (left >= OTR_TIMELINE_STEP && asset->clock != OTR_TIME_NONE && step->at > asset->clock &&
               otr_time_add(asset->clock, asset->plan->lateness) <= recount->told_by) {
        recount->mark = left;
    }
}

/* False when the base does not read back. */
static bool run(otr_core *core, uint32_t asset_number, bool recent)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_timeline *timeline = asset->timeline;
    size_t offset = recent ? timeline->recent_at : 0;
    uint32_t left = recent ? timeline->recent : timeline->count;
    otr_reader in =
        otr_reader_of((otr_bytes){timeline->instants.data + offset, timeline->instants.size - offset});
    otr_past step;
    if (!otr_thaw_asset(core, asset_number, otr_buffer_bytes(&timeline->bases[recent ? 1 : 0])))
        return false;
    reset_dead_men(asset);
    carry(core, asset);
    for (const uint8_t *start = in.at; !core->failed && otr_past_next(&in, &step); start = in.at, left--) {
        look_for_mark(core, asset, &step, (size_t)(start - timeline->instants.data), left);
        if (step.device == OTR_NONE)
            otr_evaluate_pause_at(core, asset, step.at, step.until);
        else if (core->devices[step.device].asset == asset_number)
            (void)otr_device_apply(core, step.device, step.entries, step.count);
    }
    if (core->recount->now > asset->clock && !asset->awaiting)
        otr_evaluate_advance(core, asset, core->recount->now, false);
    return true;
}

/* ---- what was told ---- */

/* An alarm of the asset that was told since the base, or one of the list, for sorting. */
typedef struct interval {
    uint32_t rule;
    uint32_t number;
    uint32_t rank; /* the older first: numbers are others after a snapshot */
    otr_time onset;
    otr_time ended; /* NEVER: open */
    bool matched;
} interval;

static int by_rule_and_onset(const void *a, const void *b)
{
    const interval *left = a;
    const interval *right = b;
    if (left->rule != right->rule)
        return left->rule < right->rule ? -1 : 1;
    if (left->onset != right->onset)
        return left->onset < right->onset ? -1 : 1;
    return (left->rank > right->rank) - (left->rank < right->rank);
}

static interval make_interval(uint32_t rule, uint32_t number, uint32_t rank, otr_time onset, otr_time ended)
{
    return (interval){rule, number, rank, onset, ended == OTR_TIME_NONE ? OTR_TIME_NEVER : ended, false};
}

static size_t gather_told(const otr_core *core, const otr_asset_state *asset, otr_time base_at, interval *out)
{
    const struct otr_recount *recount = core->recount;
    size_t count = 0;
    uint32_t rank = OTR_NONE;
    for (uint32_t i = asset->alarms; i != OTR_NONE; i = core->alarms[i].next, rank--) {
        const otr_alarm *told = &core->alarms[i];
        bool carried = false;
        for (uint32_t c = 0; c < recount->carried && !carried; c++)
            carried = recount->list[c].alarm == i;
        if (!told->arrival && told->raised > base_at && !carried)
            out[count++] = make_interval(told->rule, i, rank, told->onset, told->ended);
    }
    qsort(out, count, sizeof *out, by_rule_and_onset);
    return count;
}

static size_t gather_true(const struct otr_recount *recount, interval *out)
{
    size_t count = 0;
    for (uint32_t i = recount->carried; i < recount->count; i++)
        out[count++] =
            make_interval(recount->list[i].rule, i, i, recount->list[i].onset, recount->list[i].ended);
    qsort(out, count, sizeof *out, by_rule_and_onset);
    return count;
}

static void pair(struct otr_recount *recount, interval *one, interval *told)
{
    recount->list[one->number].alarm = told->number;
    one->matched = true;
    told->matched = true;
}

/* What is open in both is one alarm before anything else is. A rule has one at most: the last of its truths.
 * With lateness what is open may only not have been told to be over. */
static void match_open(struct otr_recount *recount, const otr_plan *plan, interval *truths, size_t true_count,
                       interval *told, size_t told_count)
{
    size_t t = 0;
    for (size_t i = 0; i < true_count; i++) {
        if (truths[i].ended != OTR_TIME_NEVER || plan->rules[truths[i].rule].rule->lateness_us > 0)
            continue;
        while (t < told_count && (told[t].rule < truths[i].rule ||
                                  (told[t].rule == truths[i].rule && told[t].ended != OTR_TIME_NEVER)))
            t++;
        if (t < told_count && told[t].rule == truths[i].rule)
            pair(recount, &truths[i], &told[t]);
    }
}

/* The others in their order, by overlap. */
static void match_rest(struct otr_recount *recount, interval *truths, size_t true_count, interval *told,
                       size_t told_count)
{
    size_t t = 0;
    for (size_t i = 0; i < true_count; i++) {
        if (truths[i].matched)
            continue;
        while (t < told_count && (told[t].matched || told[t].rule < truths[i].rule ||
                                  (told[t].rule == truths[i].rule && told[t].ended < truths[i].onset)))
            t++;
        if (t < told_count && told[t].rule == truths[i].rule && told[t].onset <= truths[i].ended)
            pair(recount, &truths[i], &told[t++]);
    }
}

/* Which told alarms are true; returns how many numbers of others it wrote to false_alarms. */
static size_t match(otr_core *core, const otr_asset_state *asset, otr_time base_at, uint32_t **false_alarms)
{
    struct otr_recount *recount = core->recount;
    size_t most = 0;
    for (uint32_t i = asset->alarms; i != OTR_NONE; i = core->alarms[i].next)
        most++;
    interval *told = calloc(most + 1, sizeof *told);
    interval *truths = calloc(recount->count + 1, sizeof *truths);
    *false_alarms = calloc(most + 1, sizeof **false_alarms);
    size_t left = 0;
    if (told == NULL || truths == NULL || *false_alarms == NULL) {
        core->failed = true;
    } else {
        size_t told_count = gather_told(core, asset, base_at, told);
        size_t true_count = gather_true(recount, truths);
        match_open(recount, asset->plan, truths, true_count, told, told_count);
        match_rest(recount, truths, true_count, told, told_count);
        for (size_t i = 0; i < told_count; i++)
            if (!told[i].matched)
                (*false_alarms)[left++] = told[i].number;
    }
    free(told);
    free(truths);
    return left;
}

/* What is open in the end; the states name alarms again. */
static void finish(otr_core *core, otr_asset_state *asset)
{
    struct otr_recount *recount = core->recount;
    for (uint32_t i = 0; i < asset->plan->rule_count; i++) {
        otr_rule_state *state = &asset->states[i];
        if (state->alarm >= recount->count)
            continue;
        truth *true_alarm = &recount->list[state->alarm];
        state->alarm = true_alarm->alarm;
        if (state->alarm == OTR_UNTOLD || state->alarm == OTR_NONE)
            continue;
        otr_alarm *told = &core->alarms[state->alarm];
        if (told->ended != OTR_TIME_NONE)
            otr_alarm_reopen(core, asset, state->alarm);
        else if (true_alarm->changed)
            otr_alarm_correct(core, asset, state->alarm);
    }
}

static void tell(otr_core *core, uint32_t asset_number, bool recent)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_time base_at = asset->timeline->base_at[recent ? 1 : 0];
    uint32_t *false_alarms = NULL;
    size_t false_count = match(core, asset, base_at, &false_alarms);
    core->recount->telling = true;
    if (!core->failed)
        (void)run(core, asset_number, recent);
    for (size_t i = 0; i < false_count && !core->failed; i++)
        otr_alarm_retract(core, asset, false_alarms[i]);
    finish(core, asset);
    free(false_alarms);
}

/* The state as it was, and a past that begins anew: the base came from a snapshot that does not read back. */
static void give_up(otr_core *core, uint32_t asset_number, const otr_buffer *live)
{
    otr_asset_state *asset = &core->assets[asset_number];
    (void)otr_thaw_asset(core, asset_number, otr_buffer_bytes(live));
    otr_recount_tell_all(core, asset);
    otr_timeline_free(core, asset);
}

static void recount(otr_core *core, uint32_t asset_number, bool recent, bool tell_all, dead_man *dead_men)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_time now = otr_time_add(asset->clock, core->now.core - asset->anchor);
    struct otr_recount here = {.now = now, .told_by = tell_all ? OTR_TIME_NEVER : now, .mark = OTR_NONE};
    otr_buffer live = {0};
    otr_freeze_asset(core, asset, &live);
    keep_dead_men(asset, dead_men);
    core->recount = &here;
    bool ran = run(core, asset_number, recent);
    if (asset->clock > here.told_by)
        here.told_by = asset->clock;
    if (ran)
        tell(core, asset_number, recent);
    core->recount = NULL;
    restore_dead_men(asset, dead_men);
    if (!ran)
        give_up(core, asset_number, &live);
    core->failed |= live.failed;
    otr_buffer_done(&live);
    free(here.list);
}

void otr_recount_tell_all(otr_core *core, otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->plan->rule_count; i++)
        if (asset->states[i].alarm == OTR_UNTOLD)
            asset->states[i].alarm = otr_alarm_open(core, asset, i, OTR_NONE, asset->clock, OTR_MANNER_LIVE);
    for (uint32_t i = asset->alarms, next; i != OTR_NONE && !core->failed; i = next) {
        const otr_alarm *alarm = &core->alarms[i];
        next = alarm->next;
        if (alarm->ended == OTR_TIME_NONE && asset->states[alarm->rule].alarm != i)
            otr_alarm_close(core, asset, i, asset->clock);
    }
}

/* The asset's time runs on as before: what newer reading came does not set it back. */
static void set_anchor(const otr_core *core, otr_asset_state *asset, otr_time clock, otr_time anchor)
{
    if (clock == OTR_TIME_NONE || asset->clock == OTR_TIME_NONE)
        return;
    otr_time kept = otr_time_add(anchor, asset->clock - clock);
    asset->anchor = kept < core->now.core ? kept : core->now.core;
}

void otr_recount(otr_core *core, uint32_t asset_number, bool recent, bool tell_all)
{
    otr_asset_state *asset = &core->assets[asset_number];
    dead_man *dead_men = calloc(asset->plan->silent_count + 1, sizeof *dead_men);
    otr_time clock = asset->clock;
    otr_time anchor = asset->anchor;
    otr_stats stats = core->stats;
    if (dead_men == NULL) {
        core->failed = true;
        return;
    }
    recount(core, asset_number, recent, tell_all, dead_men);
    free(dead_men);
    set_anchor(core, asset, clock, anchor);
    core->stats.recounts++;
    core->stats.readings_bad = stats.readings_bad; /* counted when they came */
    core->stats.evaluations = stats.evaluations;
    core->stats.evaluation_errors = stats.evaluation_errors;
    otr_point_review(core, asset_number, asset->clock);
    otr_evaluate_schedule(core, asset_number);
}

#include "core/device/timeline.h"

#include "core/alarm/alarm.h"
#include "core/device/freeze.h"
#include "core/device/recount.h"
#include "core/rule/evaluate.h"

#include <stdlib.h>

/* ---- memory ---- */

static size_t bytes_of(const otr_timeline *timeline)
{
    return timeline->bases[0].size + timeline->bases[1].size + timeline->instants.size + timeline->late.size;
}

void otr_timeline_account(otr_core *core, const otr_timeline *timeline, size_t before)
{
    core->unsettled_bytes += bytes_of(timeline) - before;
    core->failed |= timeline->bases[0].failed || timeline->bases[1].failed || timeline->instants.failed ||
                    timeline->late.failed;
}

otr_timeline *otr_timeline_create(otr_core *core)
{
    otr_timeline *timeline = calloc(1, sizeof *timeline);
    core->failed |= timeline == NULL;
    if (timeline != NULL) {
        timeline->late_from = OTR_TIME_NEVER;
        timeline->settle_at = OTR_TIME_NEVER;
        timeline->tell_at = OTR_TIME_NEVER;
        timeline->hold_until = OTR_TIME_NONE;
    }
    return timeline;
}

void otr_timeline_free(otr_core *core, otr_asset_state *asset)
{
    otr_timeline *timeline = asset->timeline;
    if (timeline == NULL)
        return;
    otr_alarm_settle(core, asset, OTR_TIME_NEVER);
    core->unsettled_bytes -= bytes_of(timeline);
    otr_buffer_done(&timeline->bases[0]);
    otr_buffer_done(&timeline->bases[1]);
    otr_buffer_done(&timeline->instants);
    otr_buffer_done(&timeline->late);
    free(timeline);
    asset->timeline = NULL;
}

/* ---- points ---- */

static void freeze_recent(otr_core *core, const otr_asset_state *asset)
{
    otr_timeline *timeline = asset->timeline;
    otr_buffer_clear(&timeline->bases[1]);
    otr_freeze_asset(core, asset, &timeline->bases[1]);
    timeline->base_at[1] = asset->clock;
    timeline->recent = 0;
    timeline->recent_at = timeline->instants.size;
}

void otr_timeline_mark(otr_core *core, const otr_asset_state *asset, size_t offset, uint32_t left)
{
    freeze_recent(core, asset);
    asset->timeline->recent = left;
    asset->timeline->recent_at = offset;
}

/* The newer point becomes the older one; what came before it is settled for good. */
static void promote(otr_core *core, otr_asset_state *asset)
{
    otr_timeline *timeline = asset->timeline;
    otr_buffer older = timeline->bases[0];
    timeline->bases[0] = timeline->bases[1];
    timeline->bases[1] = older;
    otr_buffer_clear(&timeline->bases[1]);
    timeline->base_at[0] = timeline->base_at[1];
    timeline->instants.size -= timeline->recent_at;
    memmove(timeline->instants.data, timeline->instants.data + timeline->recent_at, timeline->instants.size);
    timeline->recent_at = 0;
    timeline->count = timeline->recent;
    otr_alarm_settle(core, asset, timeline->base_at[0]);
}

static bool is_full(const otr_core *core, const otr_timeline *timeline)
{
    uint32_t count = timeline->count + timeline->late_count;
    return count >= OTR_LIMIT_UNSETTLED_INSTANTS ||
           (count > 2 * OTR_TIMELINE_STEP && core->unsettled_bytes > OTR_LIMIT_UNSETTLED_BYTES);
}

/* A device of the asset has not got as far as the newer point: what it reports next comes late. */
static bool is_ahead_of_device(const otr_core *core, const otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->device_count && asset->device_count > 1; i++) {
        otr_time newest = core->devices[asset->devices[i]].newest;
        if (newest != OTR_TIME_NONE && newest < asset->timeline->base_at[1] &&
            asset->clock - newest <= OTR_SETTLE_ABSENT_US)
            return true;
    }
    return false;
}

/* Moves the points forward, when enough has come since. The older one waits for devices that are behind, for
 * the end of a hold, and for what is decided by the newer one to be told. */
static void advance(otr_core *core, otr_asset_state *asset)
{
    otr_timeline *timeline = asset->timeline;
    /* A large state is written down less often: what is written stays in proportion to what came. */
    size_t since = timeline->instants.size - timeline->recent_at;
    if (timeline->recent < OTR_TIMELINE_STEP || since * 4 < timeline->bases[0].size ||
        timeline->late_count > 0)
        return;
    if (timeline->bases[1].size == 0) {
        freeze_recent(core, asset);
        return;
    }
    otr_time told = otr_time_add(timeline->base_at[1], asset->plan->lateness);
    bool is_told = timeline->tell_at == OTR_TIME_NEVER || timeline->tell_at > told;
    bool is_ripe = is_told && told <= asset->clock &&
                   otr_time_add(timeline->base_at[1], OTR_TIMELINE_SPAN_US) <= asset->clock;
    bool is_held = core->now.core < timeline->hold_until;
    if ((is_ripe && !is_held && !is_ahead_of_device(core, asset)) || (is_told && is_full(core, timeline))) {
        promote(core, asset);
        freeze_recent(core, asset);
    } else if (is_ripe && (is_held || timeline->recent >= OTR_TIMELINE_FAR)) {
        freeze_recent(core, asset);
    }
}

void otr_timeline_before(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    if (asset->timeline != NULL || asset->plan->rule_count == 0)
        return;
    asset->timeline = otr_timeline_create(core);
    if (asset->timeline == NULL)
        return;
    otr_time at = asset->clock > asset->fired ? asset->clock : asset->fired;
    otr_evaluate_advance(core, asset, at, false); /* rules that are new look at what is known */
    otr_recount_tell_all(core, asset);
    otr_freeze_asset(core, asset, &asset->timeline->bases[0]);
    asset->timeline->base_at[0] = at;
    asset->timeline->tell_at = OTR_TIME_NEVER;
    otr_timeline_account(core, asset->timeline, 0);
}

/* An instant of the stamp of the newest point: that then is the state after it. */
static bool join_point(otr_core *core, const otr_asset_state *asset, otr_time at)
{
    otr_timeline *timeline = asset->timeline;
    if (timeline->recent > 1 || at != timeline->base_at[timeline->bases[1].size > 0 ? 1 : 0])
        return false;
    if (timeline->bases[1].size > 0) {
        freeze_recent(core, asset);
        return true;
    }
    otr_buffer_clear(&timeline->bases[0]);
    otr_freeze_asset(core, asset, &timeline->bases[0]);
    otr_buffer_clear(&timeline->instants);
    timeline->count = 0;
    timeline->recent = 0;
    return true;
}

static void hold(const otr_core *core, otr_timeline *timeline, otr_time span)
{
    otr_time until = otr_time_add(core->now.core, span < OTR_SETTLE_HOLD_US ? span : OTR_SETTLE_HOLD_US);
    if (until > timeline->hold_until)
        timeline->hold_until = until;
}

void otr_timeline_add(otr_core *core, uint32_t asset_number, uint32_t device, const otr_entry *entries,
                      size_t count, bool gap, otr_time newest)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_timeline *timeline = asset->timeline;
    if (timeline == NULL || count == 0)
        return;
    size_t before = bytes_of(timeline);
    otr_past_add(&timeline->instants, device, entries, count);
    timeline->count++;
    timeline->recent++;
    if (gap)
        hold(core, timeline, OTR_SETTLE_HOLD_US);
    else if (timeline->bases[1].size > 0 && newest != OTR_TIME_NONE && newest < timeline->base_at[1])
        hold(core, timeline,
             entries[0].at - newest); /* the point waited for it: what it missed may come next */
    if (!join_point(core, asset, entries[0].at))
        advance(core, asset);
    otr_timeline_account(core, timeline, before);
}

void otr_timeline_pause(otr_core *core, uint32_t asset_number, otr_time at, otr_time until)
{
    otr_timeline *timeline = core->assets[asset_number].timeline;
    if (timeline == NULL)
        return;
    size_t before = bytes_of(timeline);
    otr_past_add_pause(&timeline->instants, at, until);
    timeline->count++;
    timeline->recent++;
    otr_timeline_account(core, timeline, before);
}

/* ---- what came late ---- */

bool otr_timeline_late(otr_core *core, uint32_t asset_number, uint32_t device, const otr_entry *entries,
                       size_t count)
{
    otr_timeline *timeline = core->assets[asset_number].timeline;
    if (timeline == NULL || count == 0 || entries[0].at <= timeline->base_at[0])
        return false;
    size_t before = bytes_of(timeline);
    if (timeline->late_count++ == 0)
        timeline->late_since = core->now.core;
    otr_past_add(&timeline->late, device, entries, count);
    if (entries[0].at < timeline->late_from)
        timeline->late_from = entries[0].at;
    hold(core, timeline, OTR_SETTLE_HOLD_US);
    otr_time quiet = otr_time_add(core->now.core, OTR_SETTLE_QUIET_US);
    otr_time latest = otr_time_add(timeline->late_since, OTR_SETTLE_LATEST_US);
    timeline->settle_at = quiet < latest ? quiet : latest;
    otr_timeline_account(core, timeline, before);
    return true;
}

/* tell_all: no matter whose lateness is not over. */
static void settle(otr_core *core, uint32_t asset_number, bool tell_all)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_timeline *timeline = asset->timeline;
    size_t before = bytes_of(timeline);
    /* What a rule with lateness has decided may lie before the newer point. */
    bool recent = timeline->bases[1].size > 0 && asset->plan->lateness == 0 &&
                  timeline->late_from > timeline->base_at[1];
    timeline->settle_at = OTR_TIME_NEVER;
    timeline->tell_at = OTR_TIME_NEVER;
    if (!otr_timeline_merge(timeline, recent ? timeline->recent_at : 0)) {
        core->failed = true;
        return;
    }
    if (!recent) {
        otr_buffer_clear(&timeline->bases[1]);
        timeline->recent = timeline->count;
        timeline->recent_at = 0;
    }
    otr_timeline_account(core, timeline, before);
    before = bytes_of(timeline);
    otr_recount(core, asset_number, recent, tell_all);
    if (asset->timeline != timeline)
        return; /* given up */
    if (is_full(core, timeline) && timeline->bases[1].size > 0 && timeline->tell_at == OTR_TIME_NEVER)
        promote(core, asset);
    otr_timeline_account(core, timeline, before);
}

void otr_timeline_uploaded(otr_core *core, uint32_t asset_number, bool in_order)
{
    const otr_asset_state *asset = &core->assets[asset_number];
    const otr_timeline *timeline = asset->timeline;
    if (timeline == NULL || core->failed)
        return;
    bool waits = timeline->late_count > 0;
    bool untold = timeline->tell_at != OTR_TIME_NEVER;
    if (is_full(core, timeline) && (waits || untold))
        settle(core, asset_number, true);
    else if ((waits && in_order) || (untold && timeline->tell_at <= otr_evaluate_time(core, asset)))
        settle(core, asset_number, false);
}

void otr_timeline_tell(otr_asset_state *asset, otr_time at)
{
    if (asset->timeline != NULL && at < asset->timeline->tell_at)
        asset->timeline->tell_at = at;
}

otr_time otr_timeline_next(const otr_asset_state *asset)
{
    const otr_timeline *timeline = asset->timeline;
    if (timeline == NULL)
        return OTR_TIME_NEVER;
    /* Also while the asset's time stands still: what is decided waits no longer for that. */
    otr_time tell = OTR_TIME_NEVER;
    if (timeline->tell_at != OTR_TIME_NEVER && asset->clock != OTR_TIME_NONE)
        tell = otr_time_add(asset->anchor, timeline->tell_at - asset->clock);
    return tell < timeline->settle_at ? tell : timeline->settle_at;
}

void otr_timeline_due(otr_core *core, uint32_t asset_number)
{
    if (otr_timeline_next(&core->assets[asset_number]) <= core->now.core && !core->failed)
        settle(core, asset_number, false);
}

void otr_timeline_finish(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    if (asset->timeline == NULL)
        return;
    if (asset->timeline->late_count > 0 || asset->timeline->tell_at != OTR_TIME_NEVER)
        settle(core, asset_number, true);
    otr_timeline_free(core, asset);
}

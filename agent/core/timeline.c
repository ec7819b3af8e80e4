/*
 * A step is a device's number + 1, a count and as many readings (entries.h), or 0 and the time at which our
 * downtime began. Steps of one stamp count in the order of their arrival.
 */
#include "core/timeline.h"

#include "core/alarm.h"
#include "core/evaluate.h"
#include "core/freeze.h"
#include "core/recount.h"

#include <stdlib.h>

/* ---- memory ---- */

static size_t bytes_of(const otr_timeline *timeline)
{
    return timeline->bases[0].size + timeline->bases[1].size + timeline->instants.size + timeline->late.size;
}

/* After a change: before is what bytes_of said. */
static void account(otr_core *core, const otr_timeline *timeline, size_t before)
{
    core->unsettled_bytes += bytes_of(timeline) - before;
    core->failed |= timeline->bases[0].failed || timeline->bases[1].failed || timeline->instants.failed ||
                    timeline->late.failed;
}

void otr_timeline_free(otr_core *core, otr_asset_state *asset)
{
    otr_timeline *timeline = asset->timeline;
    if (timeline == NULL)
        return;
    core->unsettled_bytes -= bytes_of(timeline);
    otr_buffer_done(&timeline->bases[0]);
    otr_buffer_done(&timeline->bases[1]);
    otr_buffer_done(&timeline->instants);
    otr_buffer_done(&timeline->late);
    free(timeline);
    asset->timeline = NULL;
}

static otr_timeline *create(otr_core *core)
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

/* ---- steps ---- */

static void add_instant(otr_buffer *out, uint32_t device, const otr_entry *entries, size_t count)
{
    otr_buffer_add_varint(out, (uint64_t)device + 1);
    otr_buffer_add_varint(out, count);
    otr_entries_write(out, entries, count);
}

bool otr_past_next(otr_reader *in, otr_past *out)
{
    if (otr_reader_left(in) == 0)
        return false;
    uint64_t device = otr_reader_varint(in);
    out->count = 0;
    if (device == 0) {
        out->device = OTR_NONE;
        out->at = otr_reader_signed(in);
        return !in->failed;
    }
    uint64_t count = otr_reader_varint(in);
    if (count == 0 || count > OTR_INSTANT_READINGS || device > OTR_LIMIT_DEVICES) {
        in->failed = true;
        return false;
    }
    out->device = (uint32_t)(device - 1);
    out->count = (uint32_t)count;
    otr_entries_read(in, out->entries, count);
    out->at = out->entries[0].at;
    return !in->failed;
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
    return timeline->count + timeline->late_count >= OTR_LIMIT_UNSETTLED_INSTANTS ||
           core->unsettled_bytes > OTR_LIMIT_UNSETTLED_BYTES;
}

/* Moves the points forward, when enough has come since and nothing needs the older one. */
static void advance(otr_core *core, otr_asset_state *asset)
{
    otr_timeline *timeline = asset->timeline;
    if (timeline->recent < OTR_TIMELINE_STEP || timeline->late_count > 0 ||
        timeline->tell_at != OTR_TIME_NEVER)
        return;
    bool held = core->now.core < timeline->hold_until ||
                (asset->plan->lateness > 0 && timeline->base_at[1] > asset->clock - asset->plan->lateness);
    if (timeline->bases[1].size > 0 && (!held || is_full(core, timeline)))
        promote(core, asset);
    freeze_recent(core, asset);
}

void otr_timeline_before(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    if (asset->timeline != NULL || asset->plan->rule_count == 0)
        return;
    asset->timeline = create(core);
    if (asset->timeline == NULL)
        return;
    otr_freeze_asset(core, asset, &asset->timeline->bases[0]);
    asset->timeline->base_at[0] = asset->clock;
    account(core, asset->timeline, 0);
}

void otr_timeline_add(otr_core *core, uint32_t asset_number, uint32_t device, const otr_entry *entries,
                      size_t count, bool gap)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_timeline *timeline = asset->timeline;
    if (timeline == NULL || count == 0)
        return;
    size_t before = bytes_of(timeline);
    add_instant(&timeline->instants, device, entries, count);
    timeline->count++;
    timeline->recent++;
    if (gap)
        timeline->hold_until = otr_time_add(core->now.core, OTR_SETTLE_HOLD_US);
    advance(core, asset);
    account(core, timeline, before);
}

void otr_timeline_pause(otr_core *core, uint32_t asset_number, otr_time at)
{
    otr_timeline *timeline = core->assets[asset_number].timeline;
    if (timeline == NULL)
        return;
    size_t before = bytes_of(timeline);
    otr_buffer_add_varint(&timeline->instants, 0);
    otr_buffer_add_signed(&timeline->instants, at);
    timeline->count++;
    timeline->recent++;
    account(core, timeline, before);
}

/* ---- what came late ---- */

bool otr_timeline_late(otr_core *core, uint32_t asset_number, uint32_t device, const otr_entry *entries,
                       size_t count)
{
    otr_timeline *timeline = core->assets[asset_number].timeline;
    if (timeline == NULL || count == 0 || entries[0].at < timeline->base_at[0])
        return false;
    size_t before = bytes_of(timeline);
    if (timeline->late_count++ == 0)
        timeline->late_since = core->now.core;
    add_instant(&timeline->late, device, entries, count);
    if (entries[0].at < timeline->late_from)
        timeline->late_from = entries[0].at;
    timeline->hold_until = otr_time_add(core->now.core, OTR_SETTLE_HOLD_US);
    otr_time quiet = otr_time_add(core->now.core, OTR_SETTLE_QUIET_US);
    otr_time latest = otr_time_add(timeline->late_since, OTR_SETTLE_LATEST_US);
    timeline->settle_at = quiet < latest ? quiet : latest;
    account(core, timeline, before);
    return true;
}

/* A step by its bytes, to put steps in order without reading their values. */
typedef struct piece {
    otr_time at;
    uint32_t arrival;
    const uint8_t *data;
    size_t size;
} piece;

static uint32_t cut(const otr_buffer *from, size_t offset, piece *pieces, uint32_t count)
{
    otr_reader in = otr_reader_of((otr_bytes){from->data + offset, from->size - offset});
    otr_past step;
    for (const uint8_t *start = in.at; otr_past_next(&in, &step); start = in.at, count++)
        pieces[count] = (piece){step.at, count, start, (size_t)(in.at - start)};
    OTR_ASSERT(!in.failed); /* we wrote it, or looked at it when it was read */
    return count;
}

static int by_time(const void *a, const void *b)
{
    const piece *left = a;
    const piece *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return (left->arrival > right->arrival) - (left->arrival < right->arrival);
}

/* Puts what came late in its place among the instants from offset on. False when memory is out. */
static bool merge(otr_timeline *timeline, size_t offset)
{
    piece *pieces = calloc((size_t)timeline->count + timeline->late_count + 1, sizeof *pieces);
    otr_buffer merged = {0};
    if (pieces == NULL)
        return false;
    uint32_t count = cut(&timeline->instants, offset, pieces, 0);
    count = cut(&timeline->late, 0, pieces, count);
    qsort(pieces, count, sizeof *pieces, by_time);
    otr_buffer_add(&merged, timeline->instants.data, offset);
    for (uint32_t i = 0; i < count; i++)
        otr_buffer_add(&merged, pieces[i].data, pieces[i].size);
    free(pieces);
    if (merged.failed) {
        otr_buffer_done(&merged);
        return false;
    }
    otr_buffer_done(&timeline->instants);
    timeline->instants = merged;
    timeline->count += timeline->late_count;
    timeline->recent += timeline->late_count;
    timeline->late_count = 0;
    timeline->late_from = OTR_TIME_NEVER;
    otr_buffer_clear(&timeline->late);
    return true;
}

static void settle(otr_core *core, uint32_t asset_number)
{
    otr_asset_state *asset = &core->assets[asset_number];
    otr_timeline *timeline = asset->timeline;
    size_t before = bytes_of(timeline);
    /* What a rule with lateness has decided may lie before the newer point. */
    bool recent = timeline->bases[1].size > 0 && asset->plan->lateness == 0 &&
                  timeline->late_from >= timeline->base_at[1];
    timeline->settle_at = OTR_TIME_NEVER;
    timeline->tell_at = OTR_TIME_NEVER;
    if (!merge(timeline, recent ? timeline->recent_at : 0)) {
        core->failed = true;
        return;
    }
    if (!recent) {
        otr_buffer_clear(&timeline->bases[1]);
        timeline->recent = timeline->count;
        timeline->recent_at = 0;
    }
    account(core, timeline, before);
    before = bytes_of(timeline);
    otr_recount(core, asset_number, recent);
    if (asset->timeline == NULL)
        return;
    if (is_full(core, timeline) && timeline->bases[1].size > 0 && timeline->tell_at == OTR_TIME_NEVER)
        promote(core, asset);
    account(core, timeline, before);
}

void otr_timeline_uploaded(otr_core *core, uint32_t asset_number, bool in_order)
{
    const otr_asset_state *asset = &core->assets[asset_number];
    const otr_timeline *timeline = asset->timeline;
    if (timeline == NULL || core->failed)
        return;
    bool waits = timeline->late_count > 0;
    if ((waits && (in_order || is_full(core, timeline))) ||
        timeline->tell_at <= otr_evaluate_time(core, asset))
        settle(core, asset_number);
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
    otr_time tell = OTR_TIME_NEVER;
    if (timeline->tell_at != OTR_TIME_NEVER && !asset->awaiting && asset->clock != OTR_TIME_NONE)
        tell = otr_time_add(asset->anchor, timeline->tell_at - asset->clock);
    return tell < timeline->settle_at ? tell : timeline->settle_at;
}

void otr_timeline_due(otr_core *core, uint32_t asset_number)
{
    if (otr_timeline_next(&core->assets[asset_number]) <= core->now.core && !core->failed)
        settle(core, asset_number);
}

/* ---- the snapshot ---- */

static void write_bytes(otr_buffer *out, const otr_buffer *bytes)
{
    otr_buffer_add_str(out, otr_buffer_text(bytes));
}

void otr_timeline_write(const otr_timeline *timeline, otr_buffer *out)
{
    for (int i = 0; i < 2; i++) {
        otr_buffer_add_signed(out, timeline->base_at[i]);
        write_bytes(out, &timeline->bases[i]);
    }
    otr_buffer_add_varint(out, timeline->count);
    otr_buffer_add_varint(out, timeline->recent);
    otr_buffer_add_varint(out, timeline->recent_at);
    write_bytes(out, &timeline->instants);
    otr_buffer_add_varint(out, timeline->late_count);
    write_bytes(out, &timeline->late);
    otr_buffer_add_signed(out, timeline->late_from);
    otr_buffer_add_signed(out, timeline->late_since);
    otr_buffer_add_signed(out, timeline->settle_at);
    otr_buffer_add_signed(out, timeline->tell_at);
    otr_buffer_add_signed(out, timeline->hold_until);
}

static void read_bytes(otr_reader *in, otr_buffer *out)
{
    otr_str bytes = otr_reader_str(in);
    otr_buffer_add(out, bytes.data, bytes.size);
}

/* Exactly count steps of known metrics, with one that begins at offset. */
static bool is_steps(const otr_core *core, const otr_buffer *bytes, uint32_t count, size_t offset)
{
    otr_reader in = otr_reader_of(otr_buffer_bytes(bytes));
    otr_past step;
    bool begins = offset == bytes->size;
    for (; !in.failed; count--) {
        begins |= (size_t)(in.at - bytes->data) == offset;
        if (!otr_past_next(&in, &step))
            break;
        for (uint32_t i = 0; i < step.count; i++)
            if (step.entries[i].metric >= core->metric_names.count)
                return false;
        if (count == 0 || (step.device != OTR_NONE && step.device >= core->device_names.count))
            return false;
    }
    return !in.failed && count == 0 && begins;
}

bool otr_timeline_read(otr_core *core, otr_asset_state *asset, otr_reader *in)
{
    otr_timeline *timeline = create(core);
    if (timeline == NULL)
        return true;
    asset->timeline = timeline;
    for (int i = 0; i < 2; i++) {
        timeline->base_at[i] = otr_reader_signed(in);
        read_bytes(in, &timeline->bases[i]);
    }
    timeline->count = (uint32_t)otr_reader_varint(in);
    timeline->recent = (uint32_t)otr_reader_varint(in);
    timeline->recent_at = otr_reader_varint(in);
    read_bytes(in, &timeline->instants);
    timeline->late_count = (uint32_t)otr_reader_varint(in);
    read_bytes(in, &timeline->late);
    timeline->late_from = otr_reader_signed(in);
    timeline->late_since = otr_reader_signed(in);
    timeline->settle_at = otr_reader_signed(in);
    timeline->tell_at = otr_reader_signed(in);
    timeline->hold_until = otr_reader_signed(in);
    account(core, timeline, 0);
    return !in->failed && timeline->bases[0].size > 0 && timeline->recent <= timeline->count &&
           is_steps(core, &timeline->instants, timeline->count, timeline->recent_at) &&
           is_steps(core, &timeline->late, timeline->late_count, 0);
}

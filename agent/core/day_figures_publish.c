/* The day's bucket as retained events: each hour while it runs, at its end for good, and cleared when it is
 * old. */
#include "base/date.h"
#include "core/day_figures.h"
#include "core/event.h"

#define DAY_US ((otr_time)OTR_DAY_SECONDS * OTR_SECOND)

static bool has_day(const otr_day_figures *figures)
{
    return figures->bucket.day != OTR_DAY_NONE;
}

/* ---- events ---- */

static otr_id entity_of(const otr_core *core, int32_t day)
{
    return otr_hash128('d', (uint64_t)(int64_t)day, core->config.incarnation.bytes,
                       sizeof core->config.incarnation.bytes);
}

static void send(otr_core *core, int32_t day, const char *what, uint32_t revision, otr_bytes figures,
                 otr_id before, otr_id *sent)
{
    otr_service_event event = otr_event_blank(core, otr_str_of(what));
    event.kind = OTR_SERVICE_FIGURES;
    event.entity = entity_of(core, day);
    event.revision = revision;
    event.onset = (otr_time)day * DAY_US;
    event.figures = figures;
    event.event = otr_hash128(core->seq, revision, event.entity.bytes, sizeof event.entity.bytes);
    *sent = event.event;
    otr_event_put_instead(core, &event, before);
}

static void add_open(otr_bucket_cell *cell, const otr_case *one)
{
    if (cell == NULL)
        return;
    otr_bucket_add_count(cell, OTR_COUNT_BACKLOG, 1);
    otr_bucket_add_count(cell, OTR_COUNT_DUE, one->desk.promise_count);
}

/* What stands so now, and is no sum. */
static void look(const otr_core *core, otr_bucket *bucket)
{
    bucket->oldest = OTR_TIME_NEVER;
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        const otr_case *one = &core->cases[i];
        if (!otr_desk_device_waits(core, one))
            continue;
        add_open(otr_bucket_at(bucket, OTR_BY_TOTAL, OTR_STR("")), one);
        add_open(otr_bucket_at(bucket, OTR_BY_QUEUE, otr_names_get(&core->labels, one->queue)), one);
        bucket->oldest = one->desk.first_sent < bucket->oldest ? one->desk.first_sent : bucket->oldest;
    }
}

/* A copy, which is folded until it fits: the day itself goes on with all that it has. */
static otr_status encode(const otr_core *core, otr_buffer *out)
{
    const otr_bucket *day = &core->figures.bucket;
    otr_bucket copy = {.oldest = OTR_TIME_NEVER};
    otr_status status = otr_bucket_merge(&copy, day, NULL);
    copy.day = day->day;
    copy.revision = day->revision;
    copy.closed = day->closed;
    if (status == OTR_OK && !otr_bucket_name(&copy, core->config.group, core->config.gateway))
        status = OTR_INVALID;
    if (status == OTR_OK) {
        look(core, &copy);
        status = otr_bucket_encode_fit(out, &copy, NULL);
    }
    otr_bucket_done(&copy);
    return status;
}

static void publish(otr_core *core)
{
    otr_day_figures *figures = &core->figures;
    otr_buffer bytes = {0};
    otr_status status = OTR_OK;
    figures->bucket.revision++;
    figures->due = OTR_TIME_NEVER;
    if (!core->effects->discard)
        status = encode(core, &bytes);
    core->failed |= status == OTR_MEMORY || bytes.failed;
    if (!core->failed)
        send(core, figures->bucket.day, "updated", figures->bucket.revision, otr_buffer_bytes(&bytes),
             figures->event, &figures->event);
    otr_buffer_done(&bytes);
}

/* ---- days ---- */

/* The day becomes one of those before, and the oldest of these are cleared. */
static void shift(otr_core *core, int32_t days)
{
    otr_day_figures *figures = &core->figures;
    otr_id none;
    uint64_t kept = figures->kept << 1 | 1; /* bit 0: the day that ends */
    for (unsigned n = 0; n < 64; n++)
        if ((kept >> n & 1) != 0 && (int64_t)n + days >= OTR_LIMIT_FIGURES_DAYS) {
            send(core, figures->bucket.day - (int32_t)n, "cleared", UINT32_MAX, (otr_bytes){NULL, 0},
                 (otr_id){0}, &none);
            kept &= ~(UINT64_C(1) << n);
        }
    /* bit n of `kept` is then of n + 1 days before the new day's eve */
    figures->kept = days < 64 ? kept << (days - 1) : 0;
}

void otr_day_figures_roll(otr_core *core)
{
    otr_day_figures *figures = &core->figures;
    if (!core->now.synced || !figures->begun)
        return;
    int32_t today = (int32_t)otr_date_divide(core->now.utc, DAY_US);
    if (!has_day(figures))
        figures->bucket.day = today;
    if (today <= figures->bucket.day)
        return; /* also where the clock was set back: no day comes twice */
    figures->bucket.closed = true;
    publish(core);
    shift(core, today - figures->bucket.day);
    otr_bucket_done(&figures->bucket);
    figures->bucket.day = today;
    figures->event = (otr_id){0};
    figures->due = otr_time_add(core->now.core, OTR_HOUR);
}

/* ---- time ---- */

otr_time otr_day_figures_next_civil(const otr_core *core)
{
    const otr_day_figures *figures = &core->figures;
    return has_day(figures) ? (otr_time)(figures->bucket.day + 1) * DAY_US : OTR_TIME_NEVER;
}

otr_time otr_day_figures_next_due(const otr_core *core)
{
    const otr_day_figures *figures = &core->figures;
    if (!core->now.synced || !figures->begun)
        return OTR_TIME_NEVER;
    otr_time end = otr_day_figures_next_civil(core);
    end = end != OTR_TIME_NEVER ? otr_time_add(core->now.core, end - core->now.utc) : core->now.core;
    return figures->due < end ? figures->due : end;
}

void otr_day_figures_due(otr_core *core)
{
    otr_day_figures_roll(core);
    if (core->figures.due <= core->now.core)
        publish(core);
}

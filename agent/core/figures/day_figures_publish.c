/* The day's bucket as retained events: each hour while it runs, at its end for good, and cleared when it is
 * old. */
#include "base/date.h"
#include "core/figures/day_figures.h"
#include "core/outbox/event.h"

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
    otr_service_event event = otr_event_blank(core->now.utc, otr_str_of(what));
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

static int32_t today(const otr_core *core)
{
    return (int32_t)otr_date_divide(core->now.utc, DAY_US);
}

static bool is_kept(const otr_day_figures *figures, int32_t day)
{
    for (uint32_t i = 0; i < figures->kept_count; i++)
        if (figures->kept[i] == day)
            return true;
    return false;
}

/* No day comes twice: what happens on one that was closed before the clock was set back counts in the next
 * that was not. */
static int32_t day_of_now(const otr_core *core)
{
    int32_t day = today(core);
    while (is_kept(&core->figures, day))
        day++;
    return day;
}

/* A wrong clock was believed, far ahead; midnight alone may be passed twice by one that is right. */
static bool is_ahead(const otr_core *core)
{
    int32_t day = core->figures.bucket.day;
    return has_day(&core->figures) && day > today(core) + 1 && day > day_of_now(core);
}

static void clear(otr_core *core, int32_t day)
{
    otr_id none;
    send(core, day, "cleared", UINT32_MAX, (otr_bytes){NULL, 0}, (otr_id){0}, &none);
}

/* The day is one of those that the broker keeps. What is a month from it is cleared, and what is a month
 * ahead, of a wrong clock: by a day that was lived through, not by the one to which the clock jumps. */
static void keep(otr_core *core, int32_t day)
{
    otr_day_figures *figures = &core->figures;
    uint32_t stay = 0;
    for (uint32_t i = 0; i < figures->kept_count; i++) {
        int64_t apart = (int64_t)day - figures->kept[i];
        if (apart <= -(OTR_LIMIT_FIGURES_DAYS - 1) || apart >= OTR_LIMIT_FIGURES_DAYS - 1)
            clear(core, figures->kept[i]);
        else
            figures->kept[stay++] = figures->kept[i];
    }
    OTR_ASSERT(stay < OTR_FIGURE_DAYS_KEPT);
    figures->kept[stay++] = day;
    figures->kept_count = stay;
}

static void begin(otr_core *core, int32_t day)
{
    otr_day_figures *figures = &core->figures;
    figures->bucket.day = day;
    figures->event = (otr_id){0};
    figures->due = otr_time_add(core->now.core, OTR_HOUR);
}

/* What was counted under a day far ahead is of now. */
static void take_back(otr_core *core)
{
    otr_day_figures *figures = &core->figures;
    if (!otr_id_is_zero(figures->event))
        clear(core, figures->bucket.day);
    figures->bucket.revision = 0;
    begin(core, day_of_now(core));
}

void otr_day_figures_roll(otr_core *core)
{
    otr_day_figures *figures = &core->figures;
    if (!core->now.synced || !figures->begun)
        return;
    if (!has_day(figures))
        figures->bucket.day = day_of_now(core);
    if (is_ahead(core))
        take_back(core);
    if (today(core) <= figures->bucket.day)
        return;
    figures->bucket.closed = true;
    publish(core);
    keep(core, figures->bucket.day);
    otr_bucket_done(&figures->bucket);
    begin(core, day_of_now(core));
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
    if (is_ahead(core))
        return core->now.core;
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

#include "core/view/asset_view.h"

#include "core/outbox/event.h"
#include "core/snapshot_first.h"
#include "core/view/asset_look.h"

#include <math.h>
#include <stdlib.h>

/* No two looks at an asset closer than this, and those of one second together. */
#define LOOK_US OTR_MINUTE
#define TOGETHER_US OTR_SECOND
/* What a person would call the same. */
#define SAME_ETA_US (5 * OTR_MINUTE)
static const double same_temperature = 0.5;

static bool has_somebody(const otr_asset *asset)
{
    return asset->customer != NULL || asset->contact_count > 0;
}

/* ---- which ---- */

static otr_asset_view *make(otr_core *core, uint32_t asset_number)
{
    otr_asset_views *all = &core->views;
    uint32_t number = otr_numbers_take(&all->numbers);
    if (number == OTR_NONE ||
        !otr_core_grow((void **)&all->list, &all->capacity, number + 1, sizeof *all->list)) {
        core->failed = true;
        return NULL;
    }
    otr_asset_state *asset = &core->assets[asset_number];
    all->list[number] = (otr_asset_view){.used = true,
                                         .asset = otr_core_label(core, asset->asset->id),
                                         .asset_at = asset_number,
                                         .looked = OTR_TIME_NONE,
                                         .bump_at = OTR_TIME_NONE,
                                         .bump = OTR_NONE};
    asset->view = number + 1;
    return &all->list[number];
}

static void plan(otr_core *core, const otr_asset_view *view)
{
    uint32_t number = (uint32_t)(view - core->views.list);
    otr_time due = view->looked == OTR_TIME_NONE
                       ? core->now.core
                       : otr_time_whole(otr_time_add(view->looked, LOOK_US), TOGETHER_US);
    core->failed |= !otr_timers_set(&core->views.timers, number, due);
}

void otr_asset_view_touch(otr_core *core, uint32_t asset_number)
{
    const otr_asset_state *asset = &core->assets[asset_number];
    const otr_asset_view *view = asset->view > 0              ? &core->views.list[asset->view - 1]
                                 : has_somebody(asset->asset) ? make(core, asset_number)
                                                              : NULL;
    if (view != NULL)
        plan(core, view);
}

void otr_asset_view_alarm(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm)
{
    if (asset->view == 0)
        return; /* it has nobody, or nothing came of it yet */
    otr_asset_view *view = &core->views.list[asset->view - 1];
    const otr_rule *rule = asset->plan->rules[alarm->rule].rule;
    bool newer = view->bump_at == OTR_TIME_NONE || alarm->onset > view->bump_at;
    if (otr_str_is(rule->category, "handling") && newer) {
        view->bump_at = alarm->onset;
        view->bump = otr_core_label(core, rule->name);
    }
    plan(core, view);
}

/* ---- sending ---- */

static void send(otr_core *core, otr_asset_view *view, otr_service_event *event)
{
    otr_id before = view->event;
    otr_id gateway = core->config.incarnation;
    otr_str asset = otr_names_get(&core->labels, view->asset);
    event->kind = OTR_SERVICE_VIEW;
    event->entity =
        otr_hash128('v', otr_hash64(0, 0, asset.data, asset.size), gateway.bytes, sizeof gateway.bytes);
    event->revision = ++view->revision;
    /* the input too: an asset may be assigned again, and is counted from the beginning then */
    event->event = otr_hash128(core->seq, view->revision, event->entity.bytes, sizeof event->entity.bytes);
    event->asset = asset;
    view->event = event->event;
    otr_event_put_instead(core, event, before);
}

/* ---- looking ---- */

static bool is_same(const otr_asset_shown *a, const otr_asset_shown *b)
{
    bool warm = isnan(a->temperature) == isnan(b->temperature) &&
                !(fabs(a->temperature - b->temperature) >= same_temperature);
    bool eta = (a->eta == OTR_TIME_NONE) == (b->eta == OTR_TIME_NONE) &&
               (a->eta == OTR_TIME_NONE || llabs(a->eta - b->eta) <= SAME_ETA_US);
    return a->words == b->words && warm && eta;
}

static void look(otr_core *core, uint32_t number)
{
    otr_asset_view *view = &core->views.list[number];
    const otr_asset_state *asset = &core->assets[view->asset_at];
    otr_asset_look seen = otr_asset_look_at(core, asset, view);
    view->looked = core->now.core;
    if (asset->clock == OTR_TIME_NONE || (view->revision > 0 && is_same(&view->shown, &seen.shown)))
        return;
    otr_fact facts[OTR_VIEW_FACTS_MAX];
    otr_service_event event = otr_event_blank(core->now.utc, OTR_STR("updated"));
    view->shown = seen.shown;
    if (!core->effects->discard)
        otr_asset_look_say(core, asset, &seen, &event, facts);
    send(core, view, &event);
}

void otr_asset_views_flush(otr_core *core)
{
    uint32_t number;
    while (!core->failed && otr_timers_take(&core->views.timers, core->now.core, &number))
        look(core, number);
}

otr_time otr_asset_views_next_due(const otr_core *core)
{
    return otr_timers_next(&core->views.timers);
}

/* ---- assignments ---- */

static void clear(otr_core *core, uint32_t number)
{
    otr_asset_view *view = &core->views.list[number];
    otr_service_event event = otr_event_blank(core->now.utc, OTR_STR("cleared"));
    if (view->revision > 0)
        send(core, view, &event);
    core->failed |= !otr_timers_set(&core->views.timers, number, OTR_TIME_NEVER);
    *view = (otr_asset_view){.used = false};
    otr_numbers_give(&core->views.numbers, number);
}

void otr_asset_view_clear(otr_core *core, otr_asset_state *asset)
{
    if (asset->view > 0)
        clear(core, asset->view - 1);
    asset->view = 0;
}

void otr_asset_views_rebound(otr_core *core)
{
    otr_names by_id = {0};
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++)
        core->failed |= otr_names_put(&by_id, core->assets[i].asset->id, NULL) == OTR_NAME_NONE;
    for (uint32_t i = 0; i < core->views.capacity && !core->failed; i++) {
        otr_asset_view *view = &core->views.list[i];
        if (!view->used)
            continue;
        uint32_t at = otr_names_find(&by_id, otr_names_get(&core->labels, view->asset));
        if (at == OTR_NAME_NONE || !has_somebody(core->assets[at].asset)) {
            clear(core, i);
            continue;
        }
        view->asset_at = at;
        core->assets[at].view = i + 1;
        plan(core, view); /* its places may have other names */
    }
    otr_names_done(&by_id);
}

/* ---- snapshot ---- */

void otr_asset_views_write(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->views.capacity);
    for (uint32_t i = 0; i < core->views.capacity; i++) {
        const otr_asset_view *view = &core->views.list[i];
        otr_buffer_add_u8(out,
                          (uint8_t)((view->used ? 1 : 0) | (view->used && view->bump != OTR_NONE ? 2 : 0)));
        if (!view->used)
            continue;
        otr_label_write(core, view->asset, out);
        otr_buffer_add_varint(out, view->revision);
        otr_buffer_add_id(out, view->event);
        otr_buffer_add_signed(out, view->looked);
        otr_buffer_add_signed(out, view->bump_at);
        if (view->bump != OTR_NONE)
            otr_label_write(core, view->bump, out);
        otr_buffer_add_u64(out, view->shown.words);
        otr_buffer_add_double(out, view->shown.temperature);
        otr_buffer_add_signed(out, view->shown.eta);
        otr_buffer_add_signed(out, otr_timers_get(&core->views.timers, i));
    }
}

static void read_one(otr_core *core, otr_reader *reader, uint32_t number)
{
    otr_asset_view *view = &core->views.list[number];
    uint8_t flags = otr_reader_u8(reader);
    if ((flags & 1) == 0)
        return;
    otr_asset_view one = {.used = true, .bump = OTR_NONE};
    one.asset = otr_label_read(core, reader);
    one.revision = (uint32_t)otr_reader_varint(reader);
    one.event = otr_reader_id(reader);
    one.looked = otr_reader_signed(reader);
    one.bump_at = otr_reader_signed(reader);
    if ((flags & 2) != 0)
        one.bump = otr_label_read(core, reader);
    one.shown.words = otr_reader_u64(reader);
    one.shown.temperature = otr_reader_double(reader);
    one.shown.eta = otr_reader_signed(reader);
    otr_time due = otr_reader_signed(reader);
    if (reader->failed || core->failed)
        return;
    *view = one;
    if (!otr_numbers_mark(&core->views.numbers, number) || !otr_timers_set(&core->views.timers, number, due))
        core->failed = true;
}

/* A view of an asset that is not bound has no deadline and is cleared with the next binding. */
static void find_assets(otr_core *core)
{
    for (uint32_t i = 0; i < core->views.capacity; i++) {
        otr_asset_view *view = &core->views.list[i];
        if (!view->used)
            continue;
        uint32_t at = otr_snapshot_find_asset(core, otr_names_get(&core->labels, view->asset), i);
        view->asset_at = at != OTR_NONE ? at : 0;
        if (at != OTR_NONE)
            core->assets[at].view = i + 1;
        else
            (void)otr_timers_set(&core->views.timers, i, OTR_TIME_NEVER);
    }
}

void otr_asset_views_read(otr_core *core, otr_reader *reader)
{
    otr_asset_views *all = &core->views;
    uint64_t count = otr_reader_varint(reader);
    if (count > otr_reader_left(reader) || all->capacity > 0) {
        reader->failed = true;
        return;
    }
    if (!otr_core_grow((void **)&all->list, &all->capacity, (uint32_t)count, sizeof *all->list)) {
        core->failed = true;
        return;
    }
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_one(core, reader, (uint32_t)i);
    if (!reader->failed && !core->failed)
        find_assets(core);
}

void otr_asset_views_done(otr_core *core)
{
    free(core->views.list);
    otr_numbers_done(&core->views.numbers);
    otr_timers_done(&core->views.timers);
}

#include "core/asset/assigned.h"

#include "base/limits.h"
#include "core/asset/assigned_merge.h"
#include "core/bind.h"
#include "core/outbox/event.h"

#include <stdio.h>
#include <stdlib.h>

static const otr_str slot_prefix = {"assignment/", 11};

bool otr_slot_is_assignment(otr_str slot)
{
    return otr_str_starts(slot, slot_prefix) && slot.size > slot_prefix.size;
}

otr_str otr_slot_asset(otr_str slot)
{
    return (otr_str){slot.data + slot_prefix.size, slot.size - slot_prefix.size};
}

static otr_assigned *find(const otr_core *core, otr_str asset)
{
    return otr_assigned_find(&core->assigned, asset);
}

otr_assigned *otr_assigned_insert(otr_core *core, otr_str asset)
{
    otr_assigneds *all = &core->assigned;
    otr_assigned *list = realloc(all->list, (all->count + 1) * sizeof *list);
    char *name = malloc(asset.size + 1);
    if (list != NULL)
        all->list = list;
    if (list == NULL || name == NULL) {
        free(name);
        core->failed = true;
        return NULL;
    }
    memcpy(name, asset.data, asset.size);
    uint32_t at = all->count++;
    for (; at > 0 && otr_str_compare(list[at - 1].asset, asset) > 0; at--)
        list[at] = list[at - 1];
    list[at] = (otr_assigned){.asset = {name, asset.size}, .reason = OTR_NONE, .since = core->now.utc};
    return &list[at];
}

static void take_out(otr_core *core, otr_assigned *one)
{
    otr_assigneds *all = &core->assigned;
    otr_replaced_keep(core, one->asset, NULL); /* the next one says itself which devices it has */
    otr_bind_retire(core, one->loaded);
    free((char *)one->asset.data);
    uint32_t at = (uint32_t)(one - all->list);
    memmove(one, one + 1, (--all->count - at) * sizeof *one);
}

/* ---- time ---- */

static bool is_over(const otr_core *core, otr_str asset)
{
    const otr_assigned *one = find(core, asset);
    if (one != NULL)
        return one->state == OTR_ASSIGNED_ENDED;
    for (size_t i = 0; core->assigned.stated != NULL && i < core->assigned.stated->asset_count; i++)
        if (otr_str_equal(core->assigned.stated->assets[i].id, asset))
            return false;
    return true;
}

/* Another one that is active has a device of it: it waits for that one's end. */
static bool is_held_up(const otr_core *core, const otr_assigned *one)
{
    const otr_asset *asset = &one->loaded->assets[0];
    for (size_t i = 0; i < asset->device_count; i++)
        if (otr_assigned_owner(core, asset->devices[i], one->asset).size > 0)
            return true;
    return false;
}

/* Its terms let one that waits begin. */
static bool may_begin(const otr_core *core, const otr_assigned *one)
{
    const otr_assignment_terms *terms = &one->loaded->terms;
    if (terms->after.size > 0 && !is_over(core, terms->after))
        return false;
    return terms->from == OTR_TIME_NONE || (core->now.synced && terms->from <= core->now.utc);
}

/* UTC at which it changes by itself; NONE: now, NEVER: not by the clock. */
static otr_time changes_at(const otr_core *core, const otr_assigned *one)
{
    if (one->loaded == NULL)
        return OTR_TIME_NEVER;
    const otr_assignment_terms *terms = &one->loaded->terms;
    if (one->state == OTR_ASSIGNED_ENDED)
        return otr_time_add(one->since, OTR_LIMIT_ASSIGNMENT_KEPT_DAYS * OTR_DAY);
    if (one->state == OTR_ASSIGNED_ACTIVE)
        return terms->until == OTR_TIME_NONE ? OTR_TIME_NEVER : terms->until;
    if (may_begin(core, one))
        return is_held_up(core, one) ? OTR_TIME_NEVER : OTR_TIME_NONE;
    return terms->from == OTR_TIME_NONE ? OTR_TIME_NEVER : terms->from;
}

static void project(otr_core *core)
{
    otr_time next = OTR_TIME_NEVER;
    for (uint32_t i = 0; i < core->assigned.count; i++) {
        otr_time at = changes_at(core, &core->assigned.list[i]);
        next = at < next ? at : next;
    }
    core->assigned.next_civil = next;
}

void otr_assigned_rebind(otr_core *core)
{
    core->assigned.stale = true;
    otr_bind_retire(core, NULL); /* so that otr_bind_all binds */
    core->effects->activated = true;
}

void otr_assigned_settle(otr_core *core)
{
    if (!core->assigned.stale)
        return;
    core->assigned.stale = false;
    otr_assigned_merge(core);
    project(core);
}

static void tell(otr_core *core, const otr_assigned *one)
{
    static const char *const says[] = {"waits", "begins", "ended"};
    static const char *const states[] = {"waiting", "active", "ended"};
    char text[256];
    otr_str reason = one->reason != OTR_NONE ? otr_names_get(&core->labels, one->reason) : OTR_STR("");
    int size = snprintf(text, sizeof text, "%.*s: %s%s%.*s", OTR_STR_ARG(one->asset), says[one->state],
                        reason.size > 0 ? ", " : "", OTR_STR_ARG(reason));
    otr_fact facts[] = {{OTR_STR("state"), otr_str_of(states[one->state])}, {OTR_STR("reason"), reason}};
    otr_event_status_of(core, OTR_STR("assignment"), (otr_str){text, (size_t)size}, one->asset, facts,
                        reason.size > 0 ? 2 : 1);
}

static void change(otr_core *core, otr_assigned *one, otr_assigned_state state, otr_str reason)
{
    one->state = (uint8_t)state;
    one->reason = reason.size > 0 ? otr_core_label(core, reason) : OTR_NONE;
    one->since = core->now.utc;
    one->changed = core->seq;
    tell(core, one);
}

/* ---- contents ---- */

/* Its content goes as well. */
static void drop(otr_core *core, otr_assigned *one)
{
    char slot[sizeof "assignment/" + OTR_LIMIT_DEVICE_NAME_BYTES];
    int size = snprintf(slot, sizeof slot, "%.*s%.*s", OTR_STR_ARG(slot_prefix), OTR_STR_ARG(one->asset));
    otr_row_content *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, contents);
    if (row != NULL)
        *row = (otr_row_content){.slot = otr_effects_copy(core->effects, (otr_str){slot, (size_t)size}),
                                 .seq = core->seq};
    otr_bind_drop(core, slot_prefix, one->asset);
    take_out(core, one);
}

void otr_assigned_put(otr_core *core, otr_str asset, otr_assignments *loaded)
{
    otr_assigned *one = find(core, asset);
    bool held = one != NULL && one->state == OTR_ASSIGNED_ACTIVE && one->loaded != NULL;
    if (loaded == NULL) {
        if (one != NULL && one->loaded != NULL) {
            change(core, one, OTR_ASSIGNED_ENDED, OTR_STR("command"));
            take_out(core, one);
        }
    } else {
        if (one == NULL)
            one = otr_assigned_insert(core, asset);
        if (one == NULL) {
            otr_assignments_free(loaded);
            return;
        }
        if (one->loaded != NULL) {
            otr_replaced_keep(core, asset, held ? &loaded->assets[0] : NULL);
            otr_bind_retire(core, one->loaded);
        }
        one->loaded = loaded;
        one->state = OTR_ASSIGNED_WAITING;
        /* at a start the snapshot, which comes next, knows who waits */
        bool now = held || (may_begin(core, one) && (core->effects->discard || !is_held_up(core, one)));
        if (held)
            one->state = OTR_ASSIGNED_ACTIVE; /* a new version of what holds goes on */
        else
            change(core, one, now ? OTR_ASSIGNED_ACTIVE : OTR_ASSIGNED_WAITING, OTR_STR(""));
    }
    otr_assigned_rebind(core);
}

/* One that has ended stays so while the file says the same of it. */
static bool still_ended(const otr_core *core, const otr_assigned *one, const otr_assignments *stated)
{
    const otr_asset *before = otr_assignments_asset(core->assigned.stated, one->asset);
    const otr_asset *after = otr_assignments_asset(stated, one->asset);
    return before == NULL || (after != NULL && otr_asset_same(before, after));
}

void otr_assigned_put_stated(otr_core *core, otr_assignments *stated)
{
    otr_assigneds *all = &core->assigned;
    for (uint32_t i = all->count; i-- > 0;) {
        otr_assigned *one = &all->list[i];
        if (one->loaded == NULL && !still_ended(core, one, stated))
            take_out(core, one);
        else if (one->loaded != NULL && one->state == OTR_ASSIGNED_ENDED &&
                 otr_assignments_asset(stated, one->asset) != NULL)
            drop(core, one); /* it goes on by the file */
    }
    for (uint32_t i = all->replaced_count; i-- > 0;) {
        const otr_asset *before = otr_assignments_asset(all->stated, all->replaced[i].asset);
        if (before == NULL || otr_assigned_has(core, before->id))
            continue;
        otr_replaced_keep(core, before->id, otr_assignments_asset(stated, before->id));
        i = i < all->replaced_count ? i : all->replaced_count;
    }
    otr_bind_retire(core, all->stated);
    all->stated = stated;
    otr_assigned_rebind(core);
}

/* ---- life ---- */

void otr_assigned_end(otr_core *core, otr_asset_state *asset, otr_str reason)
{
    asset->ends = otr_core_label(core, reason);
    core->assigned.ending = true;
}

otr_time otr_assigned_next_due(const otr_core *core)
{
    otr_time next = core->assigned.next_civil;
    if (core->assigned.ending || next == OTR_TIME_NONE)
        return core->now.core;
    return core->now.synced && next != OTR_TIME_NEVER ? otr_time_add(core->now.core, next - core->now.utc)
                                                      : OTR_TIME_NEVER;
}

bool otr_assigned_is_due(const otr_core *core)
{
    otr_time next = core->assigned.next_civil;
    return core->assigned.ending ||
           (next != OTR_TIME_NEVER && (next == OTR_TIME_NONE || (core->now.synced && next <= core->now.utc)));
}

static void end_by_alarms(otr_core *core)
{
    core->assigned.ending = false;
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++) {
        otr_asset_state *asset = &core->assets[i];
        if (asset->ends == OTR_NONE)
            continue;
        otr_assigned *one = find(core, asset->asset->id);
        if (one == NULL)
            one = otr_assigned_insert(core, asset->asset->id);
        if (one != NULL && one->state != OTR_ASSIGNED_ENDED)
            change(core, one, OTR_ASSIGNED_ENDED, otr_names_get(&core->labels, asset->ends));
        asset->ends = OTR_NONE;
    }
}

void otr_assigned_due(otr_core *core)
{
    if (core->assigned.ending)
        end_by_alarms(core);
    for (bool again = true; again && !core->failed;) {
        again = false;
        for (uint32_t i = 0; i < core->assigned.count; i++) {
            otr_assigned *one = &core->assigned.list[i];
            otr_time at = changes_at(core, one);
            if (at == OTR_TIME_NEVER || (at != OTR_TIME_NONE && (!core->now.synced || at > core->now.utc)))
                continue;
            if (one->state == OTR_ASSIGNED_ENDED) {
                drop(core, one);
                again = true;
                break;
            }
            bool begins = one->state == OTR_ASSIGNED_WAITING;
            change(core, one, begins ? OTR_ASSIGNED_ACTIVE : OTR_ASSIGNED_ENDED,
                   begins ? OTR_STR("") : OTR_STR("expired"));
            again = true; /* what ended may be what another one waits for */
        }
    }
    otr_assigned_rebind(core);
    otr_bind_all(core);
}

otr_refusal otr_assigned_unassign(otr_core *core, otr_str asset, otr_str reason)
{
    otr_assigned *one = find(core, asset);
    if (one == NULL || one->loaded == NULL || one->state == OTR_ASSIGNED_ENDED)
        return OTR_REFUSAL_NOT_ASSIGNED;
    change(core, one, OTR_ASSIGNED_ENDED, reason.size > 0 ? reason : OTR_STR("command"));
    otr_assigned_rebind(core);
    otr_bind_all(core);
    return OTR_REFUSAL_ACCEPTED;
}

bool otr_assigned_has(const otr_core *core, otr_str asset)
{
    const otr_assigned *one = find(core, asset);
    return one != NULL && one->loaded != NULL;
}

bool otr_assigned_names_zone(const otr_core *core, otr_str zone)
{
    for (uint32_t i = 0; i < core->assigned.count; i++) {
        const otr_assignments *one = core->assigned.list[i].loaded;
        for (size_t k = 0; one != NULL && k < one->zone_count; k++)
            if (otr_str_equal(one->zones[k].name, zone))
                return true;
    }
    return false;
}

bool otr_assigned_states(const otr_core *core, otr_str customer)
{
    return core->assigned.stated != NULL && otr_assignments_contact(core->assigned.stated, customer) != NULL;
}

void otr_assigned_forget(otr_core *core, otr_str customer, void (*each)(otr_core *core, otr_str asset))
{
    for (uint32_t i = core->assigned.count; i-- > 0 && !core->failed;) {
        otr_assigned *one = &core->assigned.list[i];
        const otr_asset *asset = one->loaded != NULL ? &one->loaded->assets[0] : NULL;
        if (asset == NULL)
            continue;
        otr_str theirs = asset->customer != NULL ? asset->customer->reference : asset->customer_name;
        if (!otr_str_equal(theirs, customer) && otr_assignments_contact(one->loaded, customer) == NULL)
            continue;
        each(core, one->asset);
        drop(core, one);
    }
    otr_assigned_rebind(core);
}

void otr_assigned_done(otr_core *core)
{
    otr_assigneds *all = &core->assigned;
    for (uint32_t i = 0; i < all->count; i++) {
        otr_assignments_free(all->list[i].loaded);
        free((char *)all->list[i].asset.data);
    }
    while (all->replaced_count > 0)
        otr_replaced_keep(core, all->replaced[0].asset, NULL);
    free(all->list);
    free(all->replaced);
    if (all->merged)
        otr_assignments_free(core->assignments);
    otr_assignments_free(all->stated);
}

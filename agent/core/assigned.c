#include "core/assigned.h"

#include "base/limits.h"
#include "core/assigned_merge.h"
#include "core/bind.h"
#include "core/event.h"

#include <stdio.h>
#include <stdlib.h>

static const otr_str slot_prefix = {"assignment/", 11};

bool otr_slot_is_assignment(otr_str slot)
{
    return otr_str_starts(slot, slot_prefix) && slot.size > slot_prefix.size;
}

static otr_assigned *find(const otr_core *core, otr_str asset)
{
    return otr_assigned_find(&core->assigned, asset);
}

static otr_assigned *insert(otr_core *core, otr_str asset)
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

static void drop_swap(otr_assigneds *all, uint32_t at)
{
    otr_replaced *one = &all->replaced[at];
    free((char *)one->asset.data);
    free((char *)one->old.data);
    free((char *)one->fresh.data);
    memmove(one, one + 1, (--all->replaced_count - at) * sizeof *one);
}

/* What was swapped in an assignment goes with it: the next one of the asset says itself which devices it has.
 */
static void drop_replaced(otr_core *core, otr_str asset)
{
    otr_assigneds *all = &core->assigned;
    for (uint32_t i = all->replaced_count; i-- > 0;)
        if (otr_str_equal(all->replaced[i].asset, asset))
            drop_swap(all, i);
}

static void take_out(otr_core *core, otr_assigned *one)
{
    otr_assigneds *all = &core->assigned;
    otr_bind_retire(core, one->loaded);
    drop_replaced(core, one->asset);
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

/* UTC at which it changes by itself; NONE: now, NEVER: not by the clock. */
static otr_time changes_at(const otr_core *core, const otr_assigned *one)
{
    if (one->loaded == NULL)
        return OTR_TIME_NEVER;
    if (one->state == OTR_ASSIGNED_ENDED)
        return otr_time_add(one->since, OTR_LIMIT_ASSIGNMENT_KEPT_DAYS * OTR_DAY);
    const otr_assignment_terms *terms = &one->loaded->terms;
    if (one->state == OTR_ASSIGNED_ACTIVE)
        return terms->until == OTR_TIME_NONE ? OTR_TIME_NEVER : terms->until;
    if (terms->after.size > 0)
        return is_over(core, terms->after) ? OTR_TIME_NONE : OTR_TIME_NEVER;
    return terms->from;
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

/* What holds is another set once all is bound, which is once for whatever comes together: a snapshot goes
 * with it. */
static void rebind(otr_core *core)
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
    static const char *const states[] = {"waits", "begins", "ended"};
    char text[256];
    otr_str reason = one->reason != OTR_NONE ? otr_names_get(&core->labels, one->reason) : OTR_STR("");
    int size = snprintf(text, sizeof text, "%.*s: %s%s%.*s", OTR_STR_ARG(one->asset), states[one->state],
                        reason.size > 0 ? ", " : "", OTR_STR_ARG(reason));
    otr_event_status(core, OTR_STR("assignment"), (otr_str){text, (size_t)size});
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
            one = insert(core, asset);
        else
            otr_bind_retire(core, one->loaded);
        if (one != NULL && !held)
            drop_replaced(core, one->asset);
        if (one == NULL) {
            otr_assignments_free(loaded);
            return;
        }
        one->loaded = loaded;
        one->state = OTR_ASSIGNED_WAITING;
        otr_time at = changes_at(core, one);
        bool now = at == OTR_TIME_NONE || held || (core->now.synced && at <= core->now.utc);
        if (held)
            one->state = OTR_ASSIGNED_ACTIVE; /* a new version of what holds goes on */
        else
            change(core, one, now ? OTR_ASSIGNED_ACTIVE : OTR_ASSIGNED_WAITING, OTR_STR(""));
    }
    rebind(core);
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
    for (uint32_t i = all->count; i-- > 0;)
        if (all->list[i].loaded == NULL && !still_ended(core, &all->list[i], stated))
            take_out(core, &all->list[i]);
    otr_bind_retire(core, all->stated);
    all->stated = stated;
    for (uint32_t i = all->replaced_count; i-- > 0;)
        if (find(core, all->replaced[i].asset) == NULL &&
            otr_assignments_asset(stated, all->replaced[i].asset) == NULL)
            drop_swap(all, i);
    rebind(core);
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

/* It ended long ago: its content goes as well. */
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

static void end_by_alarms(otr_core *core)
{
    core->assigned.ending = false;
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++) {
        otr_asset_state *asset = &core->assets[i];
        if (asset->ends == OTR_NONE)
            continue;
        otr_assigned *one = find(core, asset->asset->id);
        if (one == NULL)
            one = insert(core, asset->asset->id);
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
    rebind(core);
    otr_bind_all(core);
}

/* ---- who has what ---- */

otr_status otr_assigned_check(const otr_core *core, otr_str asset, const otr_assignments *loaded,
                              otr_error *error)
{
    const otr_asset *one = &loaded->assets[0];
    if (!loaded->terms.given || !otr_str_equal(one->id, asset))
        return otr_fail(error, OTR_INVALID, "an assignment by command has a key assignment, and is of %.*s",
                        OTR_STR_ARG(asset));
    const otr_assigned *before = find(core, asset);
    if (before != NULL && before->loaded != NULL && loaded->terms.version <= before->loaded->terms.version)
        return otr_fail(error, OTR_INVALID, "version %lld of %.*s is there; this is version %lld",
                        (long long)before->loaded->terms.version, OTR_STR_ARG(asset),
                        (long long)loaded->terms.version);
    if (otr_assignments_asset(core->assigned.stated, asset) != NULL)
        return otr_fail(error, OTR_INVALID, "%.*s stands in the assignments of the configuration",
                        OTR_STR_ARG(asset));
    for (size_t i = 0; i < one->device_count; i++) {
        const otr_asset *owner =
            core->assignments != NULL ? otr_assignments_find(core->assignments, one->devices[i]) : NULL;
        bool later = loaded->terms.after.size > 0 || loaded->terms.from != OTR_TIME_NONE;
        if (owner != NULL && !later && !otr_str_equal(owner->id, asset))
            return otr_fail(error, OTR_INVALID,
                            "%.*s belongs to %.*s; end that, or begin this with \"from: after %.*s\"",
                            OTR_STR_ARG(one->devices[i]), OTR_STR_ARG(owner->id), OTR_STR_ARG(owner->id));
    }
    if (one->profile_name.size > 0 && otr_assigned_profile(core, one->profile_name) == NULL)
        return otr_fail(error, OTR_INVALID, "there is no profile %.*s, here or among the assignments",
                        OTR_STR_ARG(one->profile_name));
    if (one->customer_name.size > 0 &&
        (core->assignments == NULL || otr_assignments_contact(core->assignments, one->customer_name) == NULL))
        return otr_fail(error, OTR_INVALID, "there is no customer %.*s, here or among the assignments",
                        OTR_STR_ARG(one->customer_name));
    return OTR_OK;
}

static otr_str own(otr_core *core, otr_str text)
{
    char *copy = malloc(text.size + 1);
    core->failed |= copy == NULL;
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return (otr_str){copy, text.size};
}

otr_refusal otr_assigned_unassign(otr_core *core, otr_str asset, otr_str reason)
{
    otr_assigned *one = find(core, asset);
    if (one == NULL || one->loaded == NULL || one->state == OTR_ASSIGNED_ENDED)
        return OTR_REFUSAL_NOT_ASSIGNED;
    change(core, one, OTR_ASSIGNED_ENDED, reason.size > 0 ? reason : OTR_STR("command"));
    rebind(core);
    otr_bind_all(core);
    return OTR_REFUSAL_ACCEPTED;
}

otr_refusal otr_assigned_replace(otr_core *core, const otr_command *command)
{
    otr_assigneds *all = &core->assigned;
    const otr_asset *asset =
        core->assignments != NULL ? otr_assignments_find(core->assignments, command->rule) : NULL;
    if (asset == NULL)
        return OTR_REFUSAL_NO_DEVICE;
    if (otr_assignments_find(core->assignments, command->asset) != NULL)
        return OTR_REFUSAL_DEVICE_TAKEN;
    otr_replaced *list = realloc(all->replaced, (all->replaced_count + 1) * sizeof *list);
    if (list == NULL) {
        core->failed = true;
        return OTR_REFUSAL_ACCEPTED;
    }
    all->replaced = list;
    list[all->replaced_count++] =
        (otr_replaced){own(core, asset->id), own(core, command->rule), own(core, command->asset)};
    rebind(core);
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
        otr_bind_drop(core, slot_prefix, one->asset);
        take_out(core, one);
    }
    rebind(core);
}

/* ---- for who asks ---- */

static void show(const otr_assigned_view *start, const otr_asset *asset,
                 void (*each)(void *context, const otr_assigned_view *one), void *context)
{
    otr_assigned_view view = *start;
    view.asset = asset->id;
    view.customer = asset->customer != NULL ? asset->customer->reference : asset->customer_name;
    view.devices = asset->device_count;
    view.device = asset->device_count > 0 ? asset->devices[0] : OTR_STR("");
    each(context, &view);
}

void otr_core_assigned(const otr_core *core, void (*each)(void *context, const otr_assigned_view *one),
                       void *context)
{
    const otr_assigneds *all = &core->assigned;
    for (uint32_t i = 0; i < all->count; i++) {
        const otr_assigned *one = &all->list[i];
        if (one->loaded == NULL)
            continue;
        const otr_assignment_terms *terms = &one->loaded->terms;
        const otr_asset *held =
            core->assignments != NULL ? otr_assignments_asset(core->assignments, one->asset) : NULL;
        otr_assigned_view view = {
            .state = (otr_assigned_state)one->state,
            .reason = one->reason != OTR_NONE ? otr_names_get(&core->labels, one->reason) : OTR_STR(""),
            .version = terms->version,
            .from = terms->from,
            .until = terms->until,
            .since = one->since};
        show(&view, held != NULL ? held : &one->loaded->assets[0], each, context);
    }
    for (size_t i = 0; all->stated != NULL && i < all->stated->asset_count; i++) {
        const otr_assigned *one = find(core, all->stated->assets[i].id);
        otr_assigned_view view = {.stated = true,
                                  .state = one != NULL ? (otr_assigned_state)one->state : OTR_ASSIGNED_ACTIVE,
                                  .reason = one != NULL && one->reason != OTR_NONE
                                                ? otr_names_get(&core->labels, one->reason)
                                                : OTR_STR(""),
                                  .from = OTR_TIME_NONE,
                                  .until = OTR_TIME_NONE,
                                  .since = one != NULL ? one->since : OTR_TIME_NONE};
        show(&view, &all->stated->assets[i], each, context);
    }
}

/* ---- snapshot ---- */

void otr_assigned_write(const otr_core *core, otr_buffer *out)
{
    const otr_assigneds *all = &core->assigned;
    otr_buffer_add_varint(out, all->count);
    for (uint32_t i = 0; i < all->count; i++) {
        const otr_assigned *one = &all->list[i];
        otr_buffer_add_str(out, one->asset);
        otr_buffer_add_u8(out, (uint8_t)(one->state | (one->loaded == NULL ? 8 : 0)));
        otr_buffer_add_str(out, one->reason != OTR_NONE ? otr_names_get(&core->labels, one->reason)
                                                        : (otr_str){NULL, 0});
        otr_buffer_add_signed(out, one->since);
        otr_buffer_add_varint(out, one->changed);
    }
    otr_buffer_add_varint(out, all->replaced_count);
    for (uint32_t i = 0; i < all->replaced_count; i++) {
        otr_buffer_add_str(out, all->replaced[i].asset);
        otr_buffer_add_str(out, all->replaced[i].old);
        otr_buffer_add_str(out, all->replaced[i].fresh);
    }
}

/* One whose content is no more has no place. */
static void read_one(otr_core *core, otr_reader *reader)
{
    otr_str asset = otr_reader_str(reader);
    uint8_t flags = otr_reader_u8(reader);
    otr_str reason = otr_reader_str(reader);
    otr_time since = otr_reader_signed(reader);
    uint64_t changed = otr_reader_varint(reader);
    if (reader->failed || (flags & 7) >= OTR_ASSIGNED_STATES) {
        reader->failed = true;
        return;
    }
    otr_assigned *one = find(core, asset);
    if (one == NULL && (flags & 8) != 0)
        one = insert(core, asset);
    if (one == NULL)
        return;
    one->state = flags & 7;
    one->reason = reason.size > 0 ? otr_core_label(core, reason) : OTR_NONE;
    one->since = since;
    one->changed = changed;
}

void otr_assigned_read(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_one(core, reader);
    count = otr_reader_varint(reader);
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_str asset = otr_reader_str(reader);
        otr_str old = otr_reader_str(reader);
        otr_str fresh = otr_reader_str(reader);
        otr_replaced *list =
            realloc(core->assigned.replaced, (core->assigned.replaced_count + 1) * sizeof *list);
        if (list == NULL) {
            core->failed = true;
            return;
        }
        core->assigned.replaced = list;
        list[core->assigned.replaced_count++] =
            (otr_replaced){own(core, asset), own(core, old), own(core, fresh)};
    }
    if (reader->failed || core->failed)
        return;
    rebind(core);
}

void otr_assigned_done(otr_core *core)
{
    otr_assigneds *all = &core->assigned;
    for (uint32_t i = 0; i < all->count; i++) {
        otr_assignments_free(all->list[i].loaded);
        free((char *)all->list[i].asset.data);
    }
    for (uint32_t i = 0; i < all->replaced_count; i++) {
        free((char *)all->replaced[i].asset.data);
        free((char *)all->replaced[i].old.data);
        free((char *)all->replaced[i].fresh.data);
    }
    free(all->list);
    free(all->replaced);
    if (all->merged)
        otr_assignments_free(core->assignments);
    otr_assignments_free(all->stated);
}

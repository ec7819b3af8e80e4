/* Assignments by command as who asks sees them, and in the snapshot. */
#include "core/asset/assigned_merge.h"

/* ---- for who asks ---- */

static void show(const otr_core *core, const otr_assigned_view *start, const otr_asset *asset,
                 void (*each)(void *context, const otr_assigned_view *one), void *context)
{
    otr_assigned_view view = *start;
    view.asset = asset->id;
    view.customer = asset->customer != NULL ? asset->customer->reference : asset->customer_name;
    view.devices = asset->device_count;
    view.device =
        asset->device_count > 0 ? otr_replaced_device(core, asset->id, asset->devices[0]) : OTR_STR("");
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
        otr_assigned_view view = {
            .state = (otr_assigned_state)one->state,
            .reason = one->reason != OTR_NONE ? otr_names_get(&core->labels, one->reason) : OTR_STR(""),
            .version = terms->version,
            .from = terms->from,
            .until = terms->until,
            .since = one->since};
        show(core, &view, &one->loaded->assets[0], each, context);
    }
    for (size_t i = 0; all->stated != NULL && i < all->stated->asset_count; i++) {
        const otr_assigned *one = otr_assigned_find(&core->assigned, all->stated->assets[i].id);
        otr_assigned_view view = {.stated = true,
                                  .state = one != NULL ? (otr_assigned_state)one->state : OTR_ASSIGNED_ACTIVE,
                                  .reason = one != NULL && one->reason != OTR_NONE
                                                ? otr_names_get(&core->labels, one->reason)
                                                : OTR_STR(""),
                                  .from = OTR_TIME_NONE,
                                  .until = OTR_TIME_NONE,
                                  .since = one != NULL ? one->since : OTR_TIME_NONE};
        show(core, &view, &all->stated->assets[i], each, context);
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
    otr_assigned *one = otr_assigned_find(&core->assigned, asset);
    if (one == NULL && (flags & 8) != 0)
        one = otr_assigned_insert(core, asset);
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
        if (!reader->failed)
            otr_replaced_put(core, asset, old, fresh);
    }
    if (!reader->failed && !core->failed)
        otr_assigned_rebind(core);
}

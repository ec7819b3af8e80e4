#include "core/case/precedent.h"

#include "core/state.h"

#include <stdlib.h>

static bool make(otr_core *core)
{
    otr_precedents *all = &core->precedents;
    if (all->list == NULL)
        all->list = calloc(OTR_LIMIT_PRECEDENTS, sizeof *all->list);
    core->failed |= all->list == NULL;
    return all->list != NULL;
}

/* The nth, from the newest. */
static uint32_t place(const otr_precedents *all, uint32_t nth)
{
    return (all->next + OTR_LIMIT_PRECEDENTS - 1 - nth) % OTR_LIMIT_PRECEDENTS;
}

otr_precedent *otr_precedent_at(const otr_precedents *all, uint32_t nth)
{
    return &all->list[place(all, nth)];
}

static void put(otr_precedents *all, const otr_precedent *one)
{
    all->list[all->next] = *one;
    all->next = (all->next + 1) % OTR_LIMIT_PRECEDENTS;
    all->count += all->count < OTR_LIMIT_PRECEDENTS;
}

/* Keeps those for which keep says so, in their order. */
static void drop(otr_precedents *all, bool (*goes)(const otr_precedent *one, const void *context),
                 const void *context)
{
    otr_precedent kept[OTR_LIMIT_PRECEDENTS];
    uint32_t count = 0;
    for (uint32_t i = all->count; i > 0; i--)
        if (!goes(&all->list[place(all, i - 1)], context))
            kept[count++] = all->list[place(all, i - 1)];
    if (count == all->count)
        return;
    all->count = 0;
    all->next = 0;
    for (uint32_t i = 0; i < count; i++)
        put(all, &kept[i]);
}

static bool is_ticket(const otr_precedent *one, const void *context)
{
    return otr_id_equal(one->ticket, *(const otr_id *)context);
}

void otr_precedent_add(otr_core *core, const otr_case *one)
{
    otr_id ticket = otr_ticket_of(one->id);
    if (one->dossier.alike == 0 || one->title == OTR_NONE || !make(core))
        return;
    drop(&core->precedents, is_ticket, &ticket);
    otr_precedent fresh = {
        .ticket = ticket,
        .alike = one->dossier.alike,
        .product = one->dossier.product,
        .asset = one->asset,
        .customer = one->customer,
        .rule = one->title,
        .resolution = one->desk.resolution,
        .opened = one->opened,
        .closed = core->now.utc,
    };
    put(&core->precedents, &fresh);
}

size_t otr_precedent_find(const otr_core *core, const otr_case *one,
                          const otr_precedent *out[OTR_LIMIT_TICKET_SIMILAR])
{
    const otr_precedents *all = &core->precedents;
    size_t count = 0;
    for (uint32_t i = 0; i < all->count && count < OTR_LIMIT_TICKET_SIMILAR; i++) {
        const otr_precedent *other = &all->list[place(all, i)];
        if (other->alike == one->dossier.alike && other->product == one->dossier.product &&
            !otr_id_equal(other->ticket, otr_ticket_of(one->id)))
            out[count++] = other;
    }
    return count;
}

static bool is_theirs(const otr_precedent *one, const void *context)
{
    return one->customer == *(const uint32_t *)context;
}

void otr_precedent_forget(otr_core *core, uint32_t whose)
{
    drop(&core->precedents, is_theirs, &whose);
}

/* ---- snapshot: the oldest first ---- */

void otr_precedents_write(const otr_core *core, otr_buffer *out)
{
    const otr_precedents *all = &core->precedents;
    otr_buffer_add_varint(out, all->count);
    for (uint32_t i = all->count; i > 0; i--) {
        const otr_precedent *one = &all->list[place(all, i - 1)];
        otr_buffer_add_id(out, one->ticket);
        otr_buffer_add_u64(out, one->alike);
        otr_buffer_add_u64(out, one->product);
        otr_label_write(core, one->asset, out);
        otr_label_write(core, one->rule, out);
        otr_buffer_add_u8(out, one->resolution > 0 ? 1 : 0);
        if (one->resolution > 0)
            otr_label_write(core, one->resolution - 1, out);
        otr_buffer_add_signed(out, one->opened);
        otr_buffer_add_signed(out, one->closed);
    }
}

void otr_precedents_read(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    reader->failed |= count > OTR_LIMIT_PRECEDENTS || (count > 0 && !make(core));
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_precedent one = {.ticket = otr_reader_id(reader)};
        one.alike = otr_reader_u64(reader);
        one.product = otr_reader_u64(reader);
        one.asset = otr_label_read(core, reader);
        one.rule = otr_label_read(core, reader);
        one.resolution = otr_reader_u8(reader) != 0 ? otr_label_read(core, reader) + 1 : 0;
        one.opened = otr_reader_signed(reader);
        one.closed = otr_reader_signed(reader);
        if (!reader->failed && !core->failed)
            put(&core->precedents, &one);
    }
}

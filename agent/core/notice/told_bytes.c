/* In the snapshot: what readers have yet to hear of the desk, by thread, and the remedies that were used, by
 * case. */
#include "base/limits.h"
#include "core/notice/told.h"

#include <stdlib.h>

enum { SOLVED = 1, PROMISED = 2 };

static bool is_plain(const otr_notice *thread)
{
    return !thread->solved && !thread->promised && thread->desk_count == 0;
}

static uint32_t count_threads(const otr_notices *all)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < all->capacity; i++)
        count += all->list[i].used && !is_plain(&all->list[i]);
    return count;
}

static void write_one(const otr_core *core, const otr_notice *thread, otr_buffer *out)
{
    otr_buffer_add_u8(out, (uint8_t)((thread->solved ? SOLVED : 0) | (thread->promised ? PROMISED : 0)));
    otr_buffer_add_u8(out, (uint8_t)thread->desk_count);
    for (uint32_t i = 0; i < thread->desk_count; i++) {
        const otr_told_item *item = &thread->desk[i];
        otr_buffer_add_u8(out, item->what);
        otr_buffer_add_u8(out, item->name != OTR_NONE ? 1 : 0);
        if (item->name != OTR_NONE)
            otr_label_write(core, item->name, out);
        otr_buffer_add_signed(out, item->by);
        otr_buffer_add_signed(out, item->before);
    }
}

static void write_remedies(const otr_core *core, otr_buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->case_capacity; i++)
        count += core->cases[i].used && core->cases[i].desk.remedy_count > 0;
    otr_buffer_add_varint(out, count);
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        const otr_desk *desk = &core->cases[i].desk;
        if (!core->cases[i].used || desk->remedy_count == 0)
            continue;
        otr_buffer_add_varint(out, i);
        otr_buffer_add_varint(out, desk->remedy_count);
        for (uint32_t k = 0; k < desk->remedy_count; k++) {
            otr_label_write(core, desk->remedies[k].name, out);
            otr_buffer_add_varint(out, desk->remedies[k].count);
        }
    }
}

void otr_told_write(const otr_core *core, otr_buffer *out)
{
    const otr_notices *all = &core->notices;
    otr_buffer_add_varint(out, count_threads(all));
    for (uint32_t i = 0; i < all->capacity; i++) {
        const otr_notice *thread = &all->list[i];
        if (!thread->used || is_plain(thread))
            continue;
        otr_buffer_add_varint(out, i);
        write_one(core, thread, out);
    }
    write_remedies(core, out);
}

static void read_one(otr_core *core, otr_reader *reader, otr_notice *thread)
{
    uint8_t flags = otr_reader_u8(reader);
    thread->solved = (flags & SOLVED) != 0;
    thread->promised = (flags & PROMISED) != 0;
    uint8_t count = otr_reader_u8(reader);
    if (count > OTR_LIMIT_NOTICE_DESK || thread->desk != NULL) {
        reader->failed = true;
        return;
    }
    if (count > 0)
        thread->desk = calloc(OTR_LIMIT_NOTICE_DESK, sizeof *thread->desk);
    core->failed |= count > 0 && thread->desk == NULL;
    for (uint8_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_told_item *item = &thread->desk[thread->desk_count++];
        item->what = otr_reader_u8(reader);
        item->name = otr_reader_u8(reader) != 0 ? otr_label_read(core, reader) : OTR_NONE;
        item->by = otr_reader_signed(reader);
        item->before = otr_reader_signed(reader);
        reader->failed |= !otr_told_is_desk((otr_notice_what)item->what);
    }
}

static void read_remedies_of(otr_core *core, otr_reader *reader, otr_desk *desk)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > OTR_LIMIT_CATALOGUE * OTR_LIMIT_PACKS || count > otr_reader_left(reader) ||
        desk->remedy_count > 0) {
        reader->failed = true;
        return;
    }
    if (!otr_core_grow((void **)&desk->remedies, &desk->remedy_capacity, (uint32_t)count,
                       sizeof *desk->remedies)) {
        core->failed = true;
        return;
    }
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        otr_remedy_use *use = &desk->remedies[desk->remedy_count++];
        use->name = otr_label_read(core, reader);
        use->count = (uint32_t)otr_reader_varint(reader);
    }
}

static void read_remedies(otr_core *core, otr_reader *reader)
{
    for (uint64_t count = otr_reader_varint(reader); count > 0 && !reader->failed && !core->failed; count--) {
        uint64_t number = otr_reader_varint(reader);
        if (number >= core->case_capacity || !core->cases[number].used) {
            reader->failed = true;
            return;
        }
        read_remedies_of(core, reader, &core->cases[number].desk);
    }
}

void otr_told_read(otr_core *core, otr_reader *reader)
{
    for (uint64_t count = otr_reader_varint(reader); count > 0 && !reader->failed && !core->failed; count--) {
        uint64_t number = otr_reader_varint(reader);
        if (number >= core->notices.capacity || !core->notices.list[number].used) {
            reader->failed = true;
            return;
        }
        read_one(core, reader, &core->notices.list[number]);
    }
    if (!reader->failed && !core->failed)
        read_remedies(core, reader);
}

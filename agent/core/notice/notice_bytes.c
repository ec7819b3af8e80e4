/* Threads and ledgers in the snapshot: by number, so that deadlines of one moment keep their order. */
#include "core/alarm/standing.h"
#include "core/notice/notice_thread.h"

#include <stdlib.h>

enum { FORM = 1 };

/* ---- writing ---- */

static void add_label(const otr_core *core, uint32_t label, otr_buffer *out)
{
    otr_buffer_add_u8(out, label != OTR_NONE ? 1 : 0);
    if (label != OTR_NONE)
        otr_label_write(core, label, out);
}

static void add_ledger(const otr_core *core, const otr_ledger *ledger, otr_buffer *out)
{
    add_label(core, ledger->reference, out);
    if (ledger->reference == OTR_NONE)
        return;
    otr_buffer_add_u8(out, ledger->role ? 1 : 0);
    otr_buffer_add_varint(out, ledger->debit_count);
    for (uint32_t i = 0; i < ledger->debit_count; i++) {
        otr_buffer_add_signed(out, ledger->debits[i].day);
        otr_label_write(core, ledger->debits[i].category, out);
        otr_buffer_add_varint(out, ledger->debits[i].count);
    }
    otr_buffer_add_varint(out, ledger->stop_count);
    for (uint32_t i = 0; i < ledger->stop_count; i++) {
        add_label(core, ledger->stops[i].category, out);
        otr_buffer_add_signed(out, ledger->stops[i].until);
    }
    otr_buffer_add_varint(out, ledger->once_count);
    for (uint32_t i = 0; i < ledger->once_count; i++)
        otr_buffer_add_u64(out, ledger->once[i]);
    otr_buffer_add_signed(out, ledger->digest);
    otr_buffer_add_signed(out, ledger->digest_day);
    otr_buffer_add_signed(out, ledger->flood_ends);
}

static void add_thread(const otr_core *core, const otr_notice *thread, otr_buffer *out)
{
    otr_buffer_add_u8(out, (uint8_t)(1 | (thread->told ? 2 : 0) | (thread->known ? 4 : 0) |
                                     (thread->waits ? 8 : 0) | (thread->gathered ? 16 : 0) |
                                     (thread->milestone ? 32 : 0) | (thread->answered ? 64 : 0) |
                                     (thread->list ? 128 : 0)));
    otr_buffer_add_str(out, otr_notice_reason_text((otr_notice_reason)thread->wait));
    otr_buffer_add_u8(out, thread->what);
    otr_buffer_add_u8(out, thread->repeats);
    otr_buffer_add_u8(out, thread->escalated);
    otr_buffer_add_varint(out, thread->revision);
    otr_buffer_add_varint(out, thread->revisions);
    otr_buffer_add_id(out, thread->id);
    otr_buffer_add_varint(out, thread->contact);
    otr_label_write(core, thread->persona, out);
    otr_label_write(core, thread->asset, out);
    otr_label_write(core, thread->category, out);
    otr_buffer_add_id(out, thread->case_id);
    otr_buffer_add_varint(out, thread->alarm_count);
    otr_buffer_add_varint(out, thread->alarm_more);
    for (uint32_t i = 0; i < thread->alarm_count; i++) {
        const otr_notice_alarm *alarm = &thread->alarms[i];
        otr_buffer_add_id(out, alarm->id);
        otr_label_write(core, alarm->pack, out);
        otr_label_write(core, alarm->rule, out);
        otr_buffer_add_u8(out, alarm->priority);
        otr_buffer_add_u8(out, (uint8_t)((alarm->open ? 1 : 0) | (alarm->told ? 2 : 0)));
        otr_buffer_add_id(out, alarm->said);
    }
    otr_buffer_add_id(out, thread->subject);
    otr_buffer_add_varint(out, thread->made);
    otr_buffer_add_signed(out, thread->offered);
    otr_buffer_add_signed(out, thread->held_since);
    otr_buffer_add_signed(out, thread->told_at);
    otr_buffer_add_signed(out, thread->due);
    otr_buffer_add_signed(out, thread->due_civil);
    otr_buffer_add_signed(out, thread->next_by);
    otr_buffer_add_signed(out, thread->promise_day);
    otr_buffer_add_signed(out, thread->news);
    otr_buffer_add_signed(out, thread->repeat_at);
    otr_buffer_add_signed(out, thread->escalate_at);
    otr_buffer_add_str(out, thread->body);
    otr_buffer_add_str(out, thread->alone);
}

void otr_notices_write(const otr_core *core, otr_buffer *out)
{
    const otr_notices *all = &core->notices;
    otr_buffer_add_u8(out, FORM);
    otr_buffer_add_varint(out, all->made);
    otr_buffer_add_varint(out, core->ledgers.count);
    for (uint32_t i = 0; i < core->ledgers.count; i++)
        add_ledger(core, &core->ledgers.list[i], out);
    uint32_t used = all->capacity;
    while (used > 0 && !all->list[used - 1].used)
        used--;
    otr_buffer_add_varint(out, used);
    for (uint32_t i = 0; i < used; i++)
        if (all->list[i].used)
            add_thread(core, &all->list[i], out);
        else
            otr_buffer_add_u8(out, 0);
    otr_buffer_add_varint(out, all->opinion_count);
    for (uint32_t i = 0; i < all->opinion_count; i++) {
        otr_label_write(core, all->opinions[i].pack, out);
        otr_label_write(core, all->opinions[i].rule, out);
        for (int k = 0; k < OTR_OPINIONS; k++)
            otr_buffer_add_varint(out, all->opinions[i].counts[k]);
    }
}

/* ---- reading ---- */

static bool fits(const otr_core *core, otr_reader *reader, uint64_t count, uint64_t most)
{
    if (count > most || count > otr_reader_left(reader))
        reader->failed = true;
    return !reader->failed && !core->failed;
}

static uint32_t read_label(otr_core *core, otr_reader *reader)
{
    return otr_reader_u8(reader) == 0 ? OTR_NONE : otr_label_read(core, reader);
}

static void read_lists(otr_core *core, otr_reader *reader, otr_ledger *ledger)
{
    uint64_t count = otr_reader_varint(reader);
    bool ok = fits(core, reader, count, UINT16_MAX) &&
              otr_core_grow((void **)&ledger->debits, &ledger->debit_capacity, (uint32_t)count,
                            sizeof *ledger->debits);
    for (uint64_t i = 0; ok && i < count && !reader->failed; i++) {
        otr_debit *debit = &ledger->debits[ledger->debit_count++];
        debit->day = (int32_t)otr_reader_signed(reader);
        debit->category = otr_label_read(core, reader);
        debit->count = (uint32_t)otr_reader_varint(reader);
    }
    count = otr_reader_varint(reader);
    ok = ok && fits(core, reader, count, OTR_LIMIT_CONTACT_STOPS) &&
         otr_core_grow((void **)&ledger->stops, &ledger->stop_capacity, (uint32_t)count,
                       sizeof *ledger->stops);
    for (uint64_t i = 0; ok && i < count && !reader->failed; i++) {
        otr_stop *stop = &ledger->stops[ledger->stop_count++];
        stop->category = read_label(core, reader);
        stop->until = otr_reader_signed(reader);
    }
    count = otr_reader_varint(reader);
    ok = ok && fits(core, reader, count, OTR_LIMIT_CONTACT_ONCE) &&
         otr_core_grow((void **)&ledger->once, &ledger->once_capacity, (uint32_t)count, sizeof *ledger->once);
    for (uint64_t i = 0; ok && i < count && !reader->failed; i++)
        ledger->once[ledger->once_count++] = otr_reader_u64(reader);
    core->failed |= !ok && !reader->failed;
}

static void read_ledger(otr_core *core, otr_reader *reader)
{
    otr_ledgers *all = &core->ledgers;
    uint32_t reference = read_label(core, reader);
    if (reader->failed || core->failed)
        return;
    if (!otr_core_grow((void **)&all->list, &all->capacity, all->count + 1, sizeof *all->list)) {
        core->failed = true;
        return;
    }
    otr_ledger *ledger = &all->list[all->count++];
    otr_ledger_clear(ledger);
    if (reference == OTR_NONE)
        return;
    if (!otr_core_grow((void **)&all->of_label, &all->of_label_capacity, reference + 1,
                       sizeof *all->of_label)) {
        core->failed = true;
        return;
    }
    all->of_label[reference] = all->count;
    ledger->reference = reference;
    ledger->role = otr_reader_u8(reader) != 0;
    read_lists(core, reader, ledger);
    ledger->digest = otr_reader_signed(reader);
    ledger->digest_day = (int32_t)otr_reader_signed(reader);
    ledger->flood_ends = otr_reader_signed(reader);
    if (!reader->failed && !otr_timers_set(&core->notices.digests, all->count - 1, ledger->digest))
        core->failed = true;
}

static otr_str read_body(otr_core *core, otr_reader *reader)
{
    otr_str text = otr_reader_str(reader);
    if (reader->failed || text.size == 0)
        return (otr_str){NULL, 0};
    char *copy = malloc(text.size);
    if (copy == NULL) {
        core->failed = true;
        return (otr_str){NULL, 0};
    }
    memcpy(copy, text.data, text.size);
    return (otr_str){copy, text.size};
}

static void read_alarms(otr_core *core, otr_reader *reader, otr_notice *thread)
{
    thread->alarm_count = (uint32_t)otr_reader_varint(reader);
    thread->alarm_more = (uint32_t)otr_reader_varint(reader);
    if (thread->alarm_count == 0 || thread->alarm_count > OTR_LIMIT_NOTICE_ALARMS) {
        thread->alarm_count = 0;
        reader->failed = true;
    }
    for (uint32_t i = 0; i < thread->alarm_count && !reader->failed; i++) {
        otr_notice_alarm *alarm = &thread->alarms[i];
        alarm->id = otr_reader_id(reader);
        alarm->pack = otr_label_read(core, reader);
        alarm->rule = otr_label_read(core, reader);
        alarm->priority = otr_reader_u8(reader);
        uint8_t flags = otr_reader_u8(reader);
        alarm->open = (flags & 1) != 0;
        alarm->told = (flags & 2) != 0;
        alarm->said = otr_reader_id(reader);
        if (alarm->priority > OTR_PRIORITY_CRITICAL)
            reader->failed = true;
    }
}

static void read_thread(otr_core *core, otr_reader *reader, uint32_t number)
{
    otr_notice *thread = &core->notices.list[number];
    uint8_t flags = otr_reader_u8(reader);
    if ((flags & 1) == 0)
        return;
    *thread = (otr_notice){.used = true,
                           .told = (flags & 2) != 0,
                           .known = (flags & 4) != 0,
                           .waits = (flags & 8) != 0,
                           .gathered = (flags & 16) != 0,
                           .milestone = (flags & 32) != 0,
                           .answered = (flags & 64) != 0,
                           .list = (flags & 128) != 0};
    thread->wait = (uint8_t)otr_notice_reason_parse(otr_reader_str(reader));
    thread->what = otr_reader_u8(reader);
    thread->repeats = otr_reader_u8(reader);
    thread->escalated = otr_reader_u8(reader);
    thread->revision = (uint32_t)otr_reader_varint(reader);
    thread->revisions = (uint32_t)otr_reader_varint(reader);
    thread->id = otr_reader_id(reader);
    thread->contact = (uint32_t)otr_reader_varint(reader);
    thread->persona = otr_label_read(core, reader);
    thread->asset = otr_label_read(core, reader);
    thread->category = otr_label_read(core, reader);
    thread->case_id = otr_reader_id(reader);
    read_alarms(core, reader, thread);
    thread->subject = otr_reader_id(reader);
    thread->made = otr_reader_varint(reader);
    thread->offered = otr_reader_signed(reader);
    thread->held_since = otr_reader_signed(reader);
    thread->told_at = otr_reader_signed(reader);
    thread->due = otr_reader_signed(reader);
    thread->due_civil = otr_reader_signed(reader);
    thread->next_by = otr_reader_signed(reader);
    thread->promise_day = (int32_t)otr_reader_signed(reader);
    thread->news = otr_reader_signed(reader);
    thread->repeat_at = otr_reader_signed(reader);
    thread->escalate_at = otr_reader_signed(reader);
    thread->body = read_body(core, reader);
    thread->alone = read_body(core, reader);
    if (thread->what >= OTR_NOTICE_WHATS || thread->contact >= core->ledgers.count ||
        core->ledgers.list[thread->contact].reference == OTR_NONE)
        reader->failed = true;
    if (reader->failed || core->failed)
        return;
    core->notices.count++;
    if (!otr_numbers_mark(&core->notices.numbers, number))
        core->failed = true;
    otr_thread_schedule(core, thread);
}

typedef struct place {
    uint64_t made;
    uint32_t number;
} place;

static int by_age(const void *left, const void *right)
{
    const place *a = left;
    const place *b = right;
    return (a->made > b->made) - (a->made < b->made);
}

/* Among those of their asset and of their contact the newest comes first. */
static void list_all(otr_core *core)
{
    otr_notices *all = &core->notices;
    place *places = calloc(all->count + 1, sizeof *places);
    uint32_t count = 0;
    core->failed |= places == NULL;
    for (uint32_t i = 0; i < all->capacity && !core->failed; i++)
        if (all->list[i].used)
            places[count++] = (place){all->list[i].made, i};
    if (count > 1)
        qsort(places, count, sizeof *places, by_age);
    for (uint32_t i = 0; i < count && !core->failed; i++)
        otr_thread_list(core, places[i].number);
    free(places);
}

void otr_notices_read(otr_core *core, otr_reader *reader)
{
    otr_notices *all = &core->notices;
    if (otr_reader_u8(reader) != FORM)
        reader->failed = true;
    all->made = otr_reader_varint(reader);
    uint64_t count = otr_reader_varint(reader);
    for (uint64_t i = 0; fits(core, reader, count - i, UINT32_MAX) && i < count; i++)
        read_ledger(core, reader);
    count = reader->failed ? 0 : otr_reader_varint(reader);
    if (!fits(core, reader, count, OTR_LIMIT_NOTICES))
        return;
    if (!otr_core_grow((void **)&all->list, &all->capacity, (uint32_t)count, sizeof *all->list)) {
        core->failed = true;
        return;
    }
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_thread(core, reader, (uint32_t)i);
    if (!reader->failed && !core->failed)
        list_all(core);
    count = reader->failed ? 0 : otr_reader_varint(reader);
    if (!fits(core, reader, count, UINT16_MAX))
        return;
    if (!otr_core_grow((void **)&all->opinions, &all->opinion_capacity, (uint32_t)count,
                       sizeof *all->opinions)) {
        core->failed = true;
        return;
    }
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        struct otr_opinion *opinion = &all->opinions[all->opinion_count++];
        opinion->pack = otr_label_read(core, reader);
        opinion->rule = otr_label_read(core, reader);
        for (int k = 0; k < OTR_OPINIONS; k++)
            opinion->counts[k] = (uint32_t)otr_reader_varint(reader);
    }
}

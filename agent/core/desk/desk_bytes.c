/* The desk's side of the cases in a snapshot: by the cases' numbers, which the snapshot has already. */
#include "core/desk/desk_timer.h"

#include "base/limits.h"

#include <stdlib.h>

enum { ASKED = 1, RATED_WRONG = 2, CONFIRMED = 4, AGAIN = 8 };

static uint8_t flags_of(const otr_case *one)
{
    return (uint8_t)((one->asked ? ASKED : 0) | (one->desk.rated_wrong ? RATED_WRONG : 0) |
                     (one->desk.confirmed ? CONFIRMED : 0) | (one->again ? AGAIN : 0));
}

/* As it began: nothing of it has to be written. */
static bool is_plain(const otr_case *one)
{
    const otr_desk *desk = &one->desk;
    bool unsaid = desk->sent == 0 && desk->received == 0 && desk->resends == 0 && desk->first_sent == 0 &&
                  desk->resend == 0;
    bool idle = desk->acts == 0 && desk->stage == OTR_STAGE_NEW && desk->transfers == 0 &&
                desk->reopened == 0 && desk->assignee.size == 0 && desk->asked_for.size == 0 &&
                desk->first_contact == 0 && desk->resolution == 0 && desk->acted == 0 &&
                desk->resolved == 0 && desk->promise_count == 0 && desk->said.size == 0;
    bool merged = one->merged_count > 0 || !otr_id_is_zero(one->merged_into);
    return flags_of(one) == 0 && one->verify == 0 && unsaid && idle && !merged;
}

static void write_one(const otr_core *core, const otr_case *one, otr_buffer *out)
{
    const otr_desk *desk = &one->desk;
    otr_buffer_add_u8(out, flags_of(one));
    otr_buffer_add_signed(out, one->verify);
    if (one->asked)
        otr_buffer_add_signed(out, one->answer_by);
    otr_buffer_add_id(out, one->merged_into);
    otr_buffer_add_u8(out, (uint8_t)one->merged_count);
    for (uint32_t i = 0; i < one->merged_count; i++)
        otr_label_write(core, one->merged[i], out);
    otr_buffer_add_u8(out, desk->stage);
    otr_buffer_add_u8(out, desk->resends);
    otr_buffer_add_u8(out, desk->transfers);
    otr_buffer_add_u8(out, desk->reopened);
    otr_buffer_add_varint(out, desk->acts);
    otr_buffer_add_varint(out, desk->received);
    otr_buffer_add_varint(out, desk->sent);
    otr_buffer_add_str(out, desk->assignee);
    otr_buffer_add_str(out, desk->asked_for);
    otr_buffer_add_varint(out, desk->first_contact);
    otr_buffer_add_u8(out, desk->resolution > 0 ? 1 : 0);
    if (desk->resolution > 0)
        otr_label_write(core, desk->resolution - 1, out);
    otr_buffer_add_signed(out, desk->first_sent);
    otr_buffer_add_signed(out, desk->resend);
    otr_buffer_add_signed(out, desk->acted);
    otr_buffer_add_signed(out, desk->resolved);
    otr_buffer_add_varint(out, desk->promise_count);
    for (uint32_t i = 0; i < desk->promise_count; i++) {
        otr_label_write(core, desk->promises[i].what, out);
        otr_buffer_add_signed(out, desk->promises[i].by);
        otr_buffer_add_signed(out, desk->promises[i].remind);
        otr_buffer_add_u8(out, desk->promises[i].state);
    }
    otr_buffer_add_str(out, otr_buffer_text(&desk->said));
}

void otr_desk_write(const otr_core *core, otr_buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->case_capacity; i++)
        count += core->cases[i].used && !is_plain(&core->cases[i]);
    otr_buffer_add_u8(out, OTR_MARK_COUNT);
    for (unsigned i = 0; i < OTR_MARK_COUNT; i++)
        otr_buffer_add_varint(out, core->service.marks[i]);
    otr_buffer_add_varint(out, count);
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        if (!core->cases[i].used || is_plain(&core->cases[i]))
            continue;
        otr_buffer_add_varint(out, i);
        write_one(core, &core->cases[i], out);
    }
}

static void read_promises(otr_core *core, otr_reader *reader, otr_desk *desk)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > OTR_LIMIT_CASE_PROMISES) {
        reader->failed = true;
        return;
    }
    if (count > 0 && !otr_core_grow((void **)&desk->promises, &desk->promise_capacity, (uint32_t)count,
                                    sizeof *desk->promises)) {
        core->failed = true;
        return;
    }
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_promise *promise = &desk->promises[desk->promise_count++];
        promise->what = otr_label_read(core, reader);
        promise->by = otr_reader_signed(reader);
        promise->remind = otr_reader_signed(reader);
        promise->state = otr_reader_u8(reader);
        reader->failed |= promise->state > OTR_PROMISE_MISSED;
    }
}

/* An owned copy of the text. */
static otr_str own(otr_core *core, otr_str text)
{
    char *copy = text.size > 0 ? malloc(text.size) : NULL;
    core->failed |= copy == NULL && text.size > 0;
    if (copy == NULL)
        return (otr_str){NULL, 0};
    memcpy(copy, text.data, text.size);
    return (otr_str){copy, text.size};
}

static void read_texts(otr_core *core, otr_reader *reader, otr_desk *desk, otr_str assignee,
                       otr_str asked_for)
{
    otr_str said = otr_reader_str(reader);
    if (reader->failed || said.size > OTR_LIMIT_CASE_SAID_BYTES) {
        reader->failed = true;
        return;
    }
    otr_buffer_add(&desk->said, said.data, said.size);
    core->failed |= desk->said.failed;
    desk->assignee = own(core, assignee);
    desk->asked_for = own(core, asked_for);
}

static void read_merged(otr_core *core, otr_reader *reader, otr_case *one)
{
    one->merged_into = otr_reader_id(reader);
    uint8_t count = otr_reader_u8(reader);
    reader->failed |= count > OTR_LIMIT_CASE_MERGED;
    for (uint8_t i = 0; i < count && !reader->failed && !core->failed; i++)
        one->merged[one->merged_count++] = otr_label_read(core, reader);
}

static void read_one(otr_core *core, otr_reader *reader, otr_case *one)
{
    otr_desk *desk = &one->desk;
    uint8_t flags = otr_reader_u8(reader);
    one->asked = (flags & ASKED) != 0;
    one->again = (flags & AGAIN) != 0;
    desk->rated_wrong = (flags & RATED_WRONG) != 0;
    desk->confirmed = (flags & CONFIRMED) != 0;
    one->verify = otr_reader_signed(reader);
    one->answer_by = one->asked ? otr_reader_signed(reader) : 0;
    read_merged(core, reader, one);
    desk->stage = otr_reader_u8(reader);
    desk->resends = otr_reader_u8(reader);
    desk->transfers = otr_reader_u8(reader);
    desk->reopened = otr_reader_u8(reader);
    desk->acts = (uint16_t)otr_reader_varint(reader);
    desk->received = (uint32_t)otr_reader_varint(reader);
    desk->sent = (uint32_t)otr_reader_varint(reader);
    otr_str assignee = otr_reader_str(reader);
    otr_str asked_for = otr_reader_str(reader);
    desk->first_contact = (uint32_t)otr_reader_varint(reader);
    desk->resolution = otr_reader_u8(reader) != 0 ? otr_label_read(core, reader) + 1 : 0;
    desk->first_sent = otr_reader_signed(reader);
    desk->resend = otr_reader_signed(reader);
    desk->acted = otr_reader_signed(reader);
    desk->resolved = otr_reader_signed(reader);
    reader->failed |= desk->stage >= OTR_STAGE_COUNT;
    if (!reader->failed && !core->failed)
        read_promises(core, reader, desk);
    if (!reader->failed && !core->failed)
        read_texts(core, reader, desk, assignee, asked_for);
    if (!reader->failed && !core->failed)
        otr_desk_schedule(core, one);
}

void otr_desk_read(otr_core *core, otr_reader *reader)
{
    uint8_t marks = otr_reader_u8(reader);
    reader->failed |= marks > OTR_MARK_COUNT;
    for (unsigned i = 0; i < marks && !reader->failed; i++)
        core->service.marks[i] = otr_reader_varint(reader);
    for (uint64_t count = otr_reader_varint(reader); count > 0 && !reader->failed && !core->failed; count--) {
        uint64_t number = otr_reader_varint(reader);
        if (number >= core->case_capacity || !core->cases[number].used || !is_plain(&core->cases[number])) {
            reader->failed = true;
            return;
        }
        read_one(core, reader, &core->cases[number]);
    }
}

/* Questions and what is remembered of customers in a snapshot: by number, so that deadlines of one moment
 * keep their order. */
#include "core/question/question_memory.h"

#include "base/limits.h"

/* ---- writing ---- */

static void write_question(const otr_core *core, const otr_question *one, otr_buffer *out)
{
    const uint32_t labels[] = {one->customer, one->persona, one->asset, one->category, one->pack, one->rule};
    otr_buffer_add_u8(out, one->state);
    otr_buffer_add_u8(out, one->kind);
    otr_buffer_add_u8(out, one->score);
    otr_buffer_add_u8(out, one->known);
    otr_buffer_add_id(out, one->id);
    otr_buffer_add_id(out, one->case_id);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        otr_label_write(core, labels[i], out);
    otr_buffer_add_signed(out, one->closed);
    otr_buffer_add_signed(out, one->due);
}

static void write_person(const otr_core *core, const otr_questioned *person, otr_buffer *out)
{
    otr_label_write(core, person->customer, out);
    otr_buffer_add_varint(out, person->cases);
    otr_buffer_add_signed(out, person->asked);
    otr_buffer_add_signed(out, person->nps);
    otr_buffer_add_varint(out, person->asset_count);
    for (uint32_t i = 0; i < person->asset_count; i++)
        otr_buffer_add_u64(out, person->assets[i]);
}

static void write_counts(const otr_question_counts *counts, otr_buffer *out)
{
    otr_buffer_add_varint(out, counts->asked);
    otr_buffer_add_varint(out, counts->answered);
    otr_buffer_add_varint(out, counts->expired);
    otr_buffer_add_varint(out, counts->sum);
    otr_buffer_add_varint(out, counts->squares);
    for (unsigned i = 0; i < OTR_QUESTION_SCORES; i++)
        otr_buffer_add_varint(out, counts->scores[i]);
    otr_buffer_add_varint(out, counts->asked_why);
    for (unsigned i = 0; i < OTR_QUESTION_REASON_COUNT; i++)
        otr_buffer_add_varint(out, counts->reasons[i]);
}

void otr_questions_write(const otr_core *core, otr_buffer *out)
{
    const otr_questions *all = &core->questions;
    otr_buffer_add_u8(out, OTR_QUESTION_KINDS);
    otr_buffer_add_u8(out, OTR_QUESTION_REASON_COUNT);
    for (unsigned i = 0; i < OTR_QUESTION_KINDS; i++)
        write_counts(&all->counts[i], out);
    otr_buffer_add_varint(out, all->people_count);
    for (uint32_t i = 0; i < all->people_count; i++)
        write_person(core, &all->people[i], out);
    otr_buffer_add_varint(out, all->count);
    for (uint32_t i = 0; i < all->capacity; i++)
        if (all->list[i].used) {
            otr_buffer_add_varint(out, i);
            write_question(core, &all->list[i], out);
        }
}

/* ---- reading ---- */

static void read_question(otr_core *core, otr_reader *reader, otr_question *one)
{
    uint32_t *const labels[] = {&one->customer, &one->persona, &one->asset,
                                &one->category, &one->pack,    &one->rule};
    one->state = otr_reader_u8(reader);
    one->kind = otr_reader_u8(reader);
    one->score = otr_reader_u8(reader);
    one->known = otr_reader_u8(reader);
    one->id = otr_reader_id(reader);
    one->case_id = otr_reader_id(reader);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        *labels[i] = otr_label_read(core, reader);
    one->closed = otr_reader_signed(reader);
    one->due = otr_reader_signed(reader);
    reader->failed |= one->state > OTR_QUESTION_ANSWERED || one->kind >= OTR_QUESTION_KINDS ||
                      one->score >= OTR_QUESTION_SCORES;
}

static void read_questions(otr_core *core, otr_reader *reader)
{
    otr_questions *all = &core->questions;
    uint64_t count = otr_reader_varint(reader);
    reader->failed |= count > OTR_LIMIT_QUESTIONS;
    for (uint64_t before = 0; count > 0 && !reader->failed && !core->failed; count--) {
        uint64_t number = otr_reader_varint(reader);
        if (number < before || number >= OTR_LIMIT_QUESTIONS) {
            reader->failed = true;
            return;
        }
        before = number + 1;
        if (!otr_numbers_mark(&all->numbers, (uint32_t)number) ||
            !otr_core_grow((void **)&all->list, &all->capacity, (uint32_t)number + 1, sizeof *all->list)) {
            core->failed = true;
            return;
        }
        all->list[number].used = true;
        all->count++;
        read_question(core, reader, &all->list[number]);
        if (!reader->failed && !core->failed)
            otr_question_schedule(core, &all->list[number]);
    }
}

static void read_person(otr_core *core, otr_reader *reader)
{
    uint32_t customer = otr_label_read(core, reader);
    if (reader->failed || core->failed)
        return;
    otr_questioned *person = otr_questioned_of(core, customer);
    if (person == NULL) {
        reader->failed |= !core->failed;
        return;
    }
    person->cases = (uint32_t)otr_reader_varint(reader);
    person->asked = otr_reader_signed(reader);
    person->nps = otr_reader_signed(reader);
    uint64_t assets = otr_reader_varint(reader);
    reader->failed |= assets > OTR_LIMIT_QUESTIONED_ASSETS;
    for (; assets > 0 && !reader->failed && !core->failed; assets--)
        otr_questioned_add(core, person, otr_reader_u64(reader));
}

static void read_counts(otr_question_counts *counts, otr_reader *reader)
{
    counts->asked = otr_reader_varint(reader);
    counts->answered = otr_reader_varint(reader);
    counts->expired = otr_reader_varint(reader);
    counts->sum = otr_reader_varint(reader);
    counts->squares = otr_reader_varint(reader);
    for (unsigned i = 0; i < OTR_QUESTION_SCORES; i++)
        counts->scores[i] = otr_reader_varint(reader);
    counts->asked_why = otr_reader_varint(reader);
    for (unsigned i = 0; i < OTR_QUESTION_REASON_COUNT; i++)
        counts->reasons[i] = otr_reader_varint(reader);
}

void otr_questions_read(otr_core *core, otr_reader *reader)
{
    reader->failed |= otr_reader_u8(reader) != OTR_QUESTION_KINDS;
    reader->failed |= otr_reader_u8(reader) != OTR_QUESTION_REASON_COUNT;
    for (unsigned i = 0; i < OTR_QUESTION_KINDS && !reader->failed; i++)
        read_counts(&core->questions.counts[i], reader);
    uint64_t people = otr_reader_varint(reader);
    reader->failed |= people > OTR_LIMIT_QUESTIONED;
    for (; people > 0 && !reader->failed && !core->failed; people--)
        read_person(core, reader);
    if (!reader->failed && !core->failed)
        read_questions(core, reader);
}

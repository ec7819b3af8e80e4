/* How customers fare, in a snapshot: by the cases' numbers, which the snapshot has already. */
#include "core/figures/customer_fare.h"
#include "core/state.h"

#include <stdlib.h>

static void write_more(const otr_fare_more *more, otr_buffer *out)
{
    for (int i = 0; i < OTR_FARE_RISK_COUNT; i++)
        otr_buffer_add_signed(out, more->risk_until[i]);
    for (int i = 0; i < OTR_FARE_UNHEARD; i++)
        otr_buffer_add_signed(out, more->unheard[i]);
    otr_buffer_add_signed(out, more->idle);
}

static void read_more(otr_fare_more *more, otr_reader *reader)
{
    for (int i = 0; i < OTR_FARE_RISK_COUNT; i++)
        more->risk_until[i] = otr_reader_signed(reader);
    for (int i = 0; i < OTR_FARE_UNHEARD; i++)
        more->unheard[i] = otr_reader_signed(reader);
    more->idle = otr_reader_signed(reader);
}

void otr_fares_write(const otr_core *core, otr_buffer *out)
{
    const otr_fares *all = &core->fares;
    otr_buffer_add_varint(out, all->capacity);
    for (uint32_t i = 0; i < all->capacity; i++) {
        const otr_fare *fare = &all->list[i];
        otr_buffer_add_u8(out, fare->used ? 1 : 0);
        if (!fare->used)
            continue;
        otr_label_write(core, fare->customer, out);
        otr_buffer_add_u8(out, fare->state);
        otr_buffer_add_u8(out, fare->reasons);
        otr_buffer_add_varint(out, fare->revision);
        otr_buffer_add_varint(out, fare->said_seq);
        otr_buffer_add_signed(out, fare->since);
        otr_buffer_add_u8(out, fare->more != NULL ? 1 : 0);
        if (fare->more != NULL)
            write_more(fare->more, out);
        otr_buffer_add_signed(out, otr_timers_get(&all->timers, i));
        for (uint32_t c = fare->cases; c > 0; c = all->cases[c - 1].older)
            otr_buffer_add_varint(out, c);
        otr_buffer_add_varint(out, 0);
    }
}

/* Its cases, the newest first. */
static void read_cases(otr_core *core, otr_reader *reader, uint32_t number)
{
    otr_fares *all = &core->fares;
    uint32_t before = 0; /* the one that was read before this + 1 */
    for (uint64_t c = otr_reader_varint(reader); c > 0 && !reader->failed; c = otr_reader_varint(reader)) {
        if (c > core->case_capacity || !core->cases[c - 1].used) {
            reader->failed = true;
            return;
        }
        if (!otr_core_grow((void **)&all->cases, &all->case_capacity, (uint32_t)c, sizeof *all->cases)) {
            core->failed = true;
            return;
        }
        reader->failed |= all->cases[c - 1].fare != 0; /* of two, or twice */
        if (reader->failed)
            return;
        all->cases[c - 1] = (struct otr_fare_case){number + 1, 0};
        if (before == 0)
            all->list[number].cases = (uint32_t)c;
        else
            all->cases[before - 1].older = (uint32_t)c;
        before = (uint32_t)c;
    }
}

static void read_one(otr_core *core, otr_reader *reader, uint32_t number)
{
    otr_fare one = {.used = true};
    if (otr_reader_u8(reader) == 0)
        return;
    one.customer = otr_label_read(core, reader);
    one.state = otr_reader_u8(reader);
    one.reasons = otr_reader_u8(reader);
    one.revision = (uint32_t)otr_reader_varint(reader);
    one.said_seq = otr_reader_varint(reader);
    one.since = otr_reader_signed(reader);
    otr_fare_more more = {.idle = 0};
    bool has_more = otr_reader_u8(reader) != 0;
    if (has_more)
        read_more(&more, reader);
    otr_time due = otr_reader_signed(reader);
    reader->failed |= one.state >= OTR_FARE_STATE_COUNT || one.reasons >> OTR_FARE_RISK_COUNT != 0;
    if (reader->failed || core->failed)
        return;
    if (has_more) {
        one.more = malloc(sizeof more);
        if (one.more == NULL) {
            core->failed = true;
            return;
        }
        *one.more = more;
    }
    core->fares.list[number] = one;
    if (!otr_fare_list(core, one.customer, number))
        return;
    core->failed |=
        !otr_numbers_mark(&core->fares.numbers, number) || !otr_timers_set(&core->fares.timers, number, due);
    read_cases(core, reader, number);
}

void otr_fares_read(otr_core *core, otr_reader *reader)
{
    otr_fares *all = &core->fares;
    uint64_t count = otr_reader_varint(reader);
    if (count > otr_reader_left(reader) || all->capacity > 0) {
        reader->failed = true;
        return;
    }
    if (count > 0 &&
        !otr_core_grow((void **)&all->list, &all->capacity, (uint32_t)count, sizeof *all->list)) {
        core->failed = true;
        return;
    }
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++)
        read_one(core, reader, (uint32_t)i);
}

void otr_fares_done(otr_fares *fares)
{
    for (uint32_t i = 0; i < fares->capacity; i++)
        free(fares->list[i].more);
    free(fares->list);
    free(fares->cases);
    free(fares->of_label);
    otr_numbers_done(&fares->numbers);
    otr_timers_done(&fares->timers);
}

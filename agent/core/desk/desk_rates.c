#include "core/desk/desk_rates.h"

#include <math.h>
#include <stdlib.h>

void otr_desk_rates_advance(otr_desk_rates *rates, otr_time now)
{
    int64_t hour = now / OTR_HOUR;
    if (hour - rates->hour >= OTR_DESK_HOURS)
        memset(rates->hours, 0, sizeof rates->hours);
    else
        for (int64_t at = rates->hour + 1; at <= hour; at++)
            memset(rates->hours[at % OTR_DESK_HOURS], 0, sizeof rates->hours[0]);
    rates->hour = hour > rates->hour ? hour : rates->hour;
}

void otr_desk_rates_add(otr_desk_rates *rates, otr_time now, otr_desk_rate rate)
{
    otr_desk_rates_advance(rates, now);
    uint32_t *count = &rates->hours[rates->hour % OTR_DESK_HOURS][rate];
    *count += *count < UINT32_MAX;
}

void otr_desk_rates_closed(otr_desk_rates *rates, bool first_contact)
{
    rates->first_contacts = rates->first_contacts << 1 | (first_contact ? 1 : 0);
    rates->closes = (uint8_t)(rates->closes + (rates->closes < OTR_DESK_CLOSES));
    rates->closed++;
}

void otr_desk_rates_reopened(otr_desk_rates *rates, uint32_t closing)
{
    uint32_t since = rates->closed - closing;
    if (since < OTR_DESK_CLOSES)
        rates->first_contacts &= ~(UINT64_C(1) << since);
}

void otr_desk_spans_add(otr_desk_spans *spans, otr_time span)
{
    otr_time seconds = span > 0 ? span / OTR_SECOND : 0;
    spans->list[spans->next] = seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX;
    spans->next = (uint8_t)((spans->next + 1) % OTR_DESK_SPANS);
    spans->count = (uint8_t)(spans->count + (spans->count < OTR_DESK_SPANS));
}

void otr_desk_rates_answered(otr_desk_rates *rates, otr_bucket_score score, unsigned value)
{
    otr_desk_answers *answers = &rates->answers[score];
    if (!otr_bucket_score_has(score, value))
        return;
    answers->list[answers->next] = (uint8_t)value;
    answers->next = (uint8_t)((answers->next + 1) % OTR_DESK_ANSWERS);
    answers->count = (uint8_t)(answers->count + (answers->count < OTR_DESK_ANSWERS));
}

uint64_t otr_desk_rates_sum(const otr_desk_rates *rates, otr_desk_rate rate)
{
    uint64_t sum = 0;
    for (int i = 0; i < OTR_DESK_HOURS; i++)
        sum += rates->hours[i][rate];
    return sum;
}

bool otr_desk_rates_any(const otr_desk_rates *rates)
{
    for (int i = 0; i < OTR_DESK_HOURS; i++)
        for (int k = 0; k < OTR_RATE_COUNT; k++)
            if (rates->hours[i][k] > 0)
                return true;
    return false;
}

double otr_desk_rates_first_contact(const otr_desk_rates *rates)
{
    uint64_t known = rates->closes == OTR_DESK_CLOSES ? UINT64_MAX : (UINT64_C(1) << rates->closes) - 1;
    return rates->closes > 0 ? __builtin_popcountll(rates->first_contacts & known) / (double)rates->closes
                             : NAN;
}

double otr_desk_spans_mean(const otr_desk_spans *spans)
{
    uint64_t sum = 0;
    for (int i = 0; i < spans->count; i++)
        sum += spans->list[i];
    return spans->count > 0 ? (double)sum / spans->count : NAN;
}

static int by_length(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

double otr_desk_spans_p90(const otr_desk_spans *spans)
{
    uint32_t sorted[OTR_DESK_SPANS];
    if (spans->count == 0)
        return NAN;
    memcpy(sorted, spans->list, sizeof sorted);
    qsort(sorted, spans->count, sizeof *sorted, by_length);
    return sorted[(spans->count * 9 + 9) / 10 - 1];
}

/* The usual reading of the scale from 0 to 10: from 9 on they would recommend us, to 6 they would not. */
enum { PROMOTER = 9, DETRACTOR = 6 };

static otr_estimate balance(const otr_desk_answers *answers)
{
    uint64_t promoters = 0;
    uint64_t detractors = 0;
    for (int i = 0; i < answers->count; i++) {
        promoters += answers->list[i] >= PROMOTER;
        detractors += answers->list[i] <= DETRACTOR;
    }
    return otr_estimate_balance(promoters, detractors, answers->count);
}

otr_estimate otr_desk_rates_score(const otr_desk_rates *rates, otr_bucket_score score)
{
    static const struct {
        double least;
        double most;
    } scales[] = {
#define X(number, name, word, least, most) [number] = {least, most},
        OTR_BUCKET_SCORES(X)
#undef X
    };
    const otr_desk_answers *answers = &rates->answers[score];
    double sum = 0;
    double squares = 0;
    if (score == OTR_SCORE_NPS)
        return balance(answers);
    for (int i = 0; i < answers->count; i++) {
        sum += answers->list[i];
        squares += (double)answers->list[i] * answers->list[i];
    }
    return otr_estimate_mean(answers->count, sum, squares, scales[score].least, scales[score].most);
}

/* ---- snapshot ---- */

static void write_spans(const otr_desk_spans *spans, otr_buffer *out)
{
    otr_buffer_add_u8(out, spans->count);
    otr_buffer_add_u8(out, spans->next);
    for (int i = 0; i < spans->count; i++)
        otr_buffer_add_varint(out, spans->list[i]);
}

static void read_spans(otr_desk_spans *spans, otr_reader *reader)
{
    spans->count = otr_reader_u8(reader);
    spans->next = otr_reader_u8(reader);
    if (spans->count > OTR_DESK_SPANS || spans->next >= OTR_DESK_SPANS)
        reader->failed = true;
    for (int i = 0; i < spans->count && !reader->failed; i++)
        spans->list[i] = (uint32_t)otr_reader_varint(reader);
}

static void write_answers(const otr_desk_answers *answers, otr_buffer *out)
{
    otr_buffer_add_u8(out, answers->count);
    otr_buffer_add_u8(out, answers->next);
    otr_buffer_add(out, answers->list, answers->count);
}

static void read_answers(otr_desk_answers *answers, otr_reader *reader)
{
    answers->count = otr_reader_u8(reader);
    answers->next = otr_reader_u8(reader);
    if (answers->count > OTR_DESK_ANSWERS || answers->next >= OTR_DESK_ANSWERS)
        reader->failed = true;
    for (int i = 0; i < answers->count && !reader->failed; i++)
        answers->list[i] = otr_reader_u8(reader);
}

void otr_desk_rates_write(const otr_desk_rates *rates, otr_buffer *out)
{
    otr_buffer_add_signed(out, rates->hour);
    otr_buffer_add_u8(out, OTR_RATE_COUNT);
    for (int i = 0; i < OTR_DESK_HOURS; i++)
        for (int k = 0; k < OTR_RATE_COUNT; k++)
            otr_buffer_add_varint(out, rates->hours[i][k]);
    write_spans(&rates->to_acknowledge, out);
    write_spans(&rates->to_resolve, out);
    otr_buffer_add_u64(out, rates->first_contacts);
    otr_buffer_add_u8(out, rates->closes);
    otr_buffer_add_varint(out, rates->closed);
    for (int i = 0; i < OTR_SCORE_COUNT; i++)
        write_answers(&rates->answers[i], out);
}

void otr_desk_rates_read(otr_desk_rates *rates, otr_reader *reader)
{
    rates->hour = otr_reader_signed(reader);
    unsigned counts = otr_reader_u8(reader);
    if (rates->hour < 0 || rates->hour > INT64_MAX / OTR_HOUR - 1 || counts > OTR_RATE_COUNT)
        reader->failed = true;
    for (int i = 0; i < OTR_DESK_HOURS; i++)
        for (unsigned k = 0; k < counts && !reader->failed; k++)
            rates->hours[i][k] = (uint32_t)otr_reader_varint(reader);
    read_spans(&rates->to_acknowledge, reader);
    read_spans(&rates->to_resolve, reader);
    rates->first_contacts = otr_reader_u64(reader);
    rates->closes = otr_reader_u8(reader);
    rates->closed = (uint32_t)otr_reader_varint(reader);
    if (rates->closes > OTR_DESK_CLOSES)
        reader->failed = true;
    for (int i = 0; i < OTR_SCORE_COUNT && !reader->failed; i++)
        read_answers(&rates->answers[i], reader);
}

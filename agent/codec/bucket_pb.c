/* Buckets in protobuf: proto/figures.proto. */
#include "codec/bucket_bytes.h"
#include "codec/protobuf.h"
#include "proto/figures.pb-c.h"

typedef Outrider__V1__Bucket wire_bucket;
typedef Outrider__V1__Cell wire_cell;
typedef Outrider__V1__Scores wire_scores;
typedef Outrider__V1__Spread wire_spread;

/* ---- out ---- */

/* How many of the list stay when the zeros at its end are left out. */
static size_t used(const uint32_t *list, size_t count)
{
    while (count > 0 && list[count - 1] == 0)
        count--;
    return count;
}

static bool put_counts(otr_arena *arena, const otr_bucket_cell *cell, wire_cell *to)
{
    to->number = otr_arena_array(arena, OTR_COUNT_COUNT, sizeof *to->number);
    to->count = otr_arena_array(arena, OTR_COUNT_COUNT, sizeof *to->count);
    if (to->number == NULL || to->count == NULL)
        return false;
    for (uint32_t i = 0; i < OTR_COUNT_COUNT; i++) {
        if (cell->counts[i] == 0)
            continue;
        to->number[to->n_number++] = i;
        to->count[to->n_count++] = cell->counts[i];
    }
    return true;
}

static bool put_scores(otr_arena *arena, otr_bucket_cell *cell, wire_cell *to)
{
    wire_scores *list = otr_arena_array(arena, OTR_SCORE_COUNT, sizeof *list);
    to->scores = otr_arena_array(arena, OTR_SCORE_COUNT, sizeof(void *));
    if (list == NULL || to->scores == NULL)
        return false;
    for (uint32_t i = 0; i < OTR_SCORE_COUNT; i++) {
        size_t count = used(cell->scores[i], OTR_BUCKET_SCORE_VALUES);
        if (count == 0)
            continue;
        outrider__v1__scores__init(&list[i]);
        list[i].score = i;
        list[i].given = cell->scores[i];
        list[i].n_given = count;
        to->scores[to->n_scores++] = &list[i];
    }
    return true;
}

static bool put_spreads(otr_arena *arena, otr_bucket_cell *cell, wire_cell *to)
{
    wire_spread *list = otr_arena_array(arena, OTR_SPREAD_COUNT, sizeof *list);
    to->spreads = otr_arena_array(arena, OTR_SPREAD_COUNT, sizeof(void *));
    if (list == NULL || to->spreads == NULL)
        return false;
    for (uint32_t i = 0; i < OTR_SPREAD_COUNT; i++) {
        size_t count = used(cell->spreads[i].bins, OTR_BUCKET_BINS);
        if (count == 0)
            continue;
        outrider__v1__spread__init(&list[i]);
        list[i].spread = i;
        list[i].sum = cell->spreads[i].sum;
        list[i].bins = cell->spreads[i].bins;
        list[i].n_bins = count;
        to->spreads[to->n_spreads++] = &list[i];
    }
    return true;
}

static bool put_all(otr_arena *arena, const otr_bucket *bucket, wire_bucket *to)
{
    wire_cell *list = otr_arena_array(arena, bucket->count + 1, sizeof *list);
    to->cells = otr_arena_array(arena, bucket->count + 1, sizeof(void *));
    if (list == NULL || to->cells == NULL)
        return false;
    to->group = (char *)bucket->group;
    to->gateway = (char *)bucket->gateway;
    to->day = bucket->day;
    to->revision = bucket->revision;
    to->closed = bucket->closed;
    if (bucket->oldest != OTR_TIME_NEVER) {
        to->oldest_at_case = OUTRIDER__V1__BUCKET__OLDEST_AT_OLDEST_US;
        to->oldest_us = bucket->oldest;
    }
    for (uint32_t i = 0; i < bucket->count; i++) {
        otr_bucket_cell *cell = bucket->cells[i];
        outrider__v1__cell__init(&list[i]);
        list[i].dimension = cell->dimension;
        list[i].key = otr_protobuf_text(arena, otr_bucket_key(cell));
        if (list[i].key == NULL || !put_counts(arena, cell, &list[i]) || !put_scores(arena, cell, &list[i]) ||
            !put_spreads(arena, cell, &list[i]))
            return false;
        to->cells[to->n_cells++] = &list[i];
    }
    return true;
}

otr_status otr_bucket_pb_encode(otr_buffer *out, const otr_bucket *bucket, otr_error *error)
{
    otr_arena arena = {0};
    wire_bucket wire;
    outrider__v1__bucket__init(&wire);
    otr_status status = put_all(&arena, bucket, &wire) ? otr_protobuf_pack(out, &wire.base, error)
                                                       : otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&arena);
    return status;
}

/* ---- in ---- */

static otr_status take_counts(const wire_cell *from, otr_bucket_cell *cell, otr_error *error)
{
    if (from->n_number != from->n_count)
        return otr_fail(error, OTR_INVALID, "%zu numbers of counts, %zu counts", from->n_number,
                        from->n_count);
    for (size_t i = 0; i < from->n_number; i++) {
        if (i > 0 && from->number[i] <= from->number[i - 1])
            return otr_fail(error, OTR_INVALID, "the numbers of counts do not ascend");
        const char *name = otr_bucket_count_text((otr_bucket_count)from->number[i]);
        if (from->count[i] > OTR_BUCKET_SUM_MAX)
            return otr_fail(error, OTR_INVALID, "%s is more than %llu", name != NULL ? name : "a count",
                            (unsigned long long)OTR_BUCKET_SUM_MAX);
        if (name != NULL)
            cell->counts[from->number[i]] = from->count[i];
    }
    return OTR_OK;
}

static otr_status take_scores(const wire_cell *from, otr_bucket_cell *cell, otr_error *error)
{
    for (size_t i = 0; i < from->n_scores; i++) {
        const wire_scores *scores = from->scores[i];
        if (i > 0 && scores->score <= from->scores[i - 1]->score)
            return otr_fail(error, OTR_INVALID, "the scores do not ascend");
        if (scores->score >= OTR_SCORE_COUNT)
            continue;
        for (size_t value = 0; value < scores->n_given; value++) {
            if (scores->given[value] == 0)
                continue;
            if (!otr_bucket_score_has((otr_bucket_score)scores->score, value))
                return otr_fail(error, OTR_INVALID, "%s has no %zu",
                                otr_bucket_score_text((otr_bucket_score)scores->score), value);
            cell->scores[scores->score][value] = scores->given[value];
        }
    }
    return OTR_OK;
}

static otr_status take_spreads(const wire_cell *from, otr_bucket_cell *cell, otr_error *error)
{
    for (size_t i = 0; i < from->n_spreads; i++) {
        const wire_spread *spread = from->spreads[i];
        if (i > 0 && spread->spread <= from->spreads[i - 1]->spread)
            return otr_fail(error, OTR_INVALID, "the spreads do not ascend");
        if (spread->spread >= OTR_SPREAD_COUNT)
            continue;
        otr_bucket_values *values = &cell->spreads[spread->spread];
        if (spread->n_bins > OTR_BUCKET_BINS)
            return otr_fail(error, OTR_INVALID, "%zu bins are more than %d", spread->n_bins, OTR_BUCKET_BINS);
        if (used(spread->bins, spread->n_bins) == 0 && spread->sum > 0)
            return otr_fail(error, OTR_INVALID, "a sum of nothing");
        if (spread->sum > OTR_BUCKET_SUM_MAX)
            return otr_fail(error, OTR_INVALID, "the sum of %s is more than %llu",
                            otr_bucket_spread_text((otr_bucket_spread)spread->spread),
                            (unsigned long long)OTR_BUCKET_SUM_MAX);
        for (size_t bin = 0; bin < spread->n_bins; bin++)
            values->bins[bin] = spread->bins[bin];
        values->sum = spread->sum;
    }
    return OTR_OK;
}

static otr_status take_numbers(const wire_cell *from, otr_bucket_cell *cell, otr_error *error)
{
    otr_status status = take_counts(from, cell, error);
    if (status == OTR_OK)
        status = take_scores(from, cell, error);
    if (status == OTR_OK)
        status = take_spreads(from, cell, error);
    return otr_bucket_place(status, cell, error);
}

static otr_status take_all(const wire_bucket *from, otr_bucket *out, otr_error *error)
{
    otr_status status = otr_bucket_take_head(out, otr_str_of(from->group), otr_str_of(from->gateway),
                                             from->day, from->revision, error);
    out->closed = from->closed != 0;
    if (status == OTR_OK && from->oldest_at_case == OUTRIDER__V1__BUCKET__OLDEST_AT_OLDEST_US)
        status = otr_bucket_take_oldest(out, from->oldest_us, error);
    for (size_t i = 0; status == OTR_OK && i < from->n_cells; i++) {
        otr_bucket_cell *cell;
        status = otr_bucket_take_cell(out, from->cells[i]->dimension, otr_str_of(from->cells[i]->key), &cell,
                                      error);
        if (cell != NULL && status == OTR_OK)
            status = take_numbers(from->cells[i], cell, error);
    }
    return status;
}

otr_status otr_bucket_pb_decode(otr_bytes bytes, otr_bucket *out, otr_error *error)
{
    otr_arena arena = {0};
    ProtobufCMessage *base = NULL;
    otr_status status = otr_protobuf_unpack(&arena, &outrider__v1__bucket__descriptor, bytes, &base, error);
    if (status == OTR_OK)
        status = take_all((const wire_bucket *)base, out, error);
    otr_arena_done(&arena);
    return status;
}

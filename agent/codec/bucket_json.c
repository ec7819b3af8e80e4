/* Buckets in JSON; proto/README.md states the form. */
#include "codec/bucket_bytes.h"
#include "codec/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DATE_BYTES = 16 };

/* ---- out ---- */

/* Takes value over, also when that fails. */
static bool put(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new_nocheck(object, name, value) == 0;
}

static bool put_number(json_t *object, const char *name, uint64_t number)
{
    return number == 0 || put(object, name, json_integer((json_int_t)number));
}

static bool put_counts(json_t *entry, const otr_bucket_cell *cell)
{
    json_t *counts = json_object();
    bool ok = true;
    for (int i = 0; ok && i < OTR_COUNT_COUNT; i++)
        if (cell->counts[i] > 0)
            ok = put_number(counts, otr_bucket_count_text((otr_bucket_count)i), cell->counts[i]);
    bool any = json_object_size(counts) > 0;
    if (any || !ok)
        return put(entry, "counts", counts) && ok;
    json_decref(counts);
    return true;
}

/* Null when there is none. */
static json_t *scores_of(const uint32_t given[OTR_BUCKET_SCORE_VALUES])
{
    json_t *object = json_object();
    bool ok = object != NULL;
    for (int value = 0; ok && value < OTR_BUCKET_SCORE_VALUES; value++) {
        char name[4];
        (void)snprintf(name, sizeof name, "%d", value);
        ok = put_number(object, name, given[value]);
    }
    if (ok)
        return object;
    json_decref(object);
    return NULL;
}

static bool put_scores(json_t *entry, const otr_bucket_cell *cell)
{
    bool ok = true;
    for (int i = 0; ok && i < OTR_SCORE_COUNT; i++) {
        json_t *scores = json_object_get(entry, "scores");
        json_t *one = scores_of(cell->scores[i]);
        if (one == NULL)
            return false;
        if (json_object_size(one) == 0) {
            json_decref(one);
            continue;
        }
        if (scores == NULL) {
            scores = json_object();
            ok = put(entry, "scores", scores);
        }
        if (!ok) {
            json_decref(one);
            return false;
        }
        ok = put(scores, otr_bucket_score_text((otr_bucket_score)i), one);
    }
    return ok;
}

static json_t *bins_of(const otr_bucket_values *values)
{
    int count = OTR_BUCKET_BINS;
    while (count > 0 && values->bins[count - 1] == 0)
        count--;
    json_t *list = json_array();
    for (int i = 0; list != NULL && i < count; i++) {
        if (json_array_append_new(list, json_integer(values->bins[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool put_spreads(json_t *entry, const otr_bucket_cell *cell)
{
    for (int i = 0; i < OTR_SPREAD_COUNT; i++) {
        json_t *bins = bins_of(&cell->spreads[i]);
        if (bins == NULL)
            return false;
        if (json_array_size(bins) == 0) {
            json_decref(bins);
            continue;
        }
        json_t *one = json_object();
        if (!put(one, "bins", bins) || !put_number(one, "sum", cell->spreads[i].sum)) {
            json_decref(one);
            return false;
        }
        json_t *spreads = json_object_get(entry, "spreads");
        if (spreads == NULL) {
            spreads = json_object();
            if (!put(entry, "spreads", spreads)) {
                json_decref(one);
                return false;
            }
        }
        if (!put(spreads, otr_bucket_spread_text((otr_bucket_spread)i), one))
            return false;
    }
    return true;
}

static bool put_cells(json_t *root, const otr_bucket *bucket)
{
    json_t *list = json_array();
    bool ok = put(root, "cells", list);
    for (uint32_t i = 0; ok && i < bucket->count; i++) {
        const otr_bucket_cell *cell = bucket->cells[i];
        json_t *entry = json_object();
        ok = json_array_append_new(list, entry) == 0 &&
             put(entry, "by", json_string_nocheck(otr_bucket_dimension_text(cell->dimension))) &&
             (cell->key_size == 0 || put(entry, "key", json_stringn_nocheck(cell->key, cell->key_size))) &&
             put_counts(entry, cell) && put_scores(entry, cell) && put_spreads(entry, cell);
    }
    return ok;
}

static bool put_all(json_t *root, const otr_bucket *bucket)
{
    char text[OTR_TIME_TEXT_BYTES];
    char day[DATE_BYTES];
    otr_date date = otr_date_of(bucket->day);
    (void)snprintf(day, sizeof day, "%04d-%02d-%02d", (int)date.year, date.month, date.day);
    bool ok = put(root, "group", json_string_nocheck(bucket->group)) &&
              put(root, "gateway", json_string_nocheck(bucket->gateway)) &&
              put(root, "day", json_string_nocheck(day)) && put_number(root, "revision", bucket->revision) &&
              put(root, "closed", json_boolean(bucket->closed));
    if (ok && bucket->oldest != OTR_TIME_NEVER) {
        (void)otr_time_format(bucket->oldest, text);
        ok = put(root, "oldest", json_string_nocheck(text));
    }
    return ok && put_cells(root, bucket);
}

static otr_status check(const otr_bucket *bucket, otr_error *error)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (bucket->oldest != OTR_TIME_NEVER && otr_time_format(bucket->oldest, text) < 2)
        return otr_fail(error, OTR_INVALID, "oldest is outside the years 1 to 9999");
    return OTR_OK;
}

static int append(const char *text, size_t size, void *context)
{
    otr_buffer *out = context;
    otr_buffer_add(out, text, size);
    return out->failed ? -1 : 0;
}

json_t *otr_bucket_json_build(const otr_bucket *bucket)
{
    json_t *root = json_object();
    if (root != NULL && put_all(root, bucket))
        return root;
    json_decref(root);
    return NULL;
}

otr_status otr_bucket_json_encode(otr_buffer *out, const otr_bucket *bucket, otr_error *error)
{
    otr_status status = check(bucket, error);
    if (status != OTR_OK)
        return status;
    json_t *root = otr_bucket_json_build(bucket);
    if (root == NULL || json_dump_callback(root, append, out, JSON_COMPACT) != 0)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    json_decref(root);
    return status;
}

/* ---- in ---- */

/* A whole number from 0 to most; what is missing is 0. */
static otr_status take_number(const json_t *value, const char *name, uint64_t most, uint64_t *out,
                              otr_error *error)
{
    double number = json_real_value(value);
    *out = 0;
    if (value == NULL)
        return OTR_OK;
    if (!json_is_real(value) || !(number >= 0) || number > (double)most || number != floor(number))
        return otr_fail(error, OTR_INVALID, "%s is a whole number from 0 to %llu", name,
                        (unsigned long long)most);
    *out = (uint64_t)number;
    return OTR_OK;
}

static otr_status take_counts(const json_t *entry, otr_bucket_cell *cell, otr_error *error)
{
    const json_t *counts = json_object_get(entry, "counts");
    otr_status status = OTR_OK;
    if (counts != NULL && !json_is_object(counts))
        return otr_fail(error, OTR_INVALID, "counts is an object");
    for (int i = 0; status == OTR_OK && i < OTR_COUNT_COUNT; i++) {
        const char *name = otr_bucket_count_text((otr_bucket_count)i);
        if (name != NULL)
            status =
                take_number(json_object_get(counts, name), name, OTR_BUCKET_SUM_MAX, &cell->counts[i], error);
    }
    return status;
}

static otr_status take_scores(const json_t *entry, otr_bucket_cell *cell, otr_error *error)
{
    json_t *scores = json_object_get(entry, "scores");
    if (scores != NULL && !json_is_object(scores))
        return otr_fail(error, OTR_INVALID, "scores is an object");
    for (int i = 0; i < OTR_SCORE_COUNT; i++) {
        const char *word = otr_bucket_score_text((otr_bucket_score)i);
        json_t *one = json_object_get(scores, word);
        const char *name;
        json_t *value;
        if (one != NULL && !json_is_object(one))
            return otr_fail(error, OTR_INVALID, "%s is an object", word);
        json_object_foreach(one, name, value)
        {
            int64_t given = -1;
            uint64_t number;
            if (!otr_str_to_i64(otr_str_of(name), &given) || given < 0 ||
                !otr_bucket_score_has((otr_bucket_score)i, (size_t)given))
                return otr_fail(error, OTR_INVALID, "%s has no %s", word, name);
            otr_status status = take_number(value, word, UINT32_MAX, &number, error);
            if (status != OTR_OK)
                return status;
            if (cell->scores[i][given] > 0)
                return otr_fail(error, OTR_INVALID, "%s has %lld twice", word, (long long)given);
            cell->scores[i][given] = (uint32_t)number;
        }
    }
    return OTR_OK;
}

static otr_status take_bins(const json_t *one, const char *word, otr_bucket_values *out, otr_error *error)
{
    const json_t *bins = json_object_get(one, "bins");
    uint64_t any = 0;
    if (!json_is_array(bins) || json_array_size(bins) > OTR_BUCKET_BINS)
        return otr_fail(error, OTR_INVALID, "%s has bins, %d at the most", word, OTR_BUCKET_BINS);
    for (size_t i = 0; i < json_array_size(bins); i++) {
        uint64_t number;
        otr_status status = take_number(json_array_get(bins, i), "a bin", UINT32_MAX, &number, error);
        if (status != OTR_OK)
            return status;
        out->bins[i] = (uint32_t)number;
        any |= number;
    }
    otr_status status = take_number(json_object_get(one, "sum"), "sum", OTR_BUCKET_SUM_MAX, &out->sum, error);
    if (status == OTR_OK && any == 0 && out->sum > 0)
        status = otr_fail(error, OTR_INVALID, "a sum of nothing");
    return status;
}

static otr_status take_spreads(const json_t *entry, otr_bucket_cell *cell, otr_error *error)
{
    const json_t *spreads = json_object_get(entry, "spreads");
    otr_status status = OTR_OK;
    if (spreads != NULL && !json_is_object(spreads))
        return otr_fail(error, OTR_INVALID, "spreads is an object");
    for (int i = 0; status == OTR_OK && i < OTR_SPREAD_COUNT; i++) {
        const char *word = otr_bucket_spread_text((otr_bucket_spread)i);
        const json_t *one = json_object_get(spreads, word);
        if (one != NULL)
            status = take_bins(one, word, &cell->spreads[i], error);
    }
    return status;
}

static otr_status take_cell(const json_t *entry, otr_bucket *out, otr_error *error)
{
    const json_t *by = json_object_get(entry, "by");
    const json_t *key = json_object_get(entry, "key");
    otr_bucket_dimension dimension = OTR_BY_COUNT;
    otr_bucket_cell *cell;
    if (!json_is_string(by) || (key != NULL && !json_is_string(key)))
        return otr_fail(error, OTR_INVALID, "a cell has a text by, and key");
    if (!otr_bucket_dimension_parse(otr_json_text(by), &dimension))
        return OTR_OK; /* of a newer build */
    otr_status status =
        otr_bucket_take_cell(out, dimension, key != NULL ? otr_json_text(key) : OTR_STR(""), &cell, error);
    if (status != OTR_OK)
        return status;
    status = take_counts(entry, cell, error);
    if (status == OTR_OK)
        status = take_scores(entry, cell, error);
    if (status == OTR_OK)
        status = take_spreads(entry, cell, error);
    return otr_bucket_place(status, cell, error);
}

static bool take_day(const json_t *value, int64_t *out)
{
    otr_time at;
    otr_str text = json_is_string(value) ? otr_json_text(value) : OTR_STR("");
    char whole[32];
    if (text.size != 10)
        return false;
    (void)snprintf(whole, sizeof whole, "%.*sT00:00:00Z", OTR_STR_ARG(text));
    if (!otr_time_parse(otr_str_of(whole), &at))
        return false;
    *out = otr_date_divide(at, OTR_DAY);
    return true;
}

otr_status otr_bucket_json_take(const json_t *root, otr_bucket *out, otr_error *error)
{
    const json_t *group = json_object_get(root, "group");
    const json_t *gateway = json_object_get(root, "gateway");
    const json_t *oldest = json_object_get(root, "oldest");
    const json_t *cells = json_object_get(root, "cells");
    int64_t day;
    uint64_t revision;
    if (!json_is_object(root) || !json_is_string(group) || !json_is_string(gateway))
        return otr_fail(error, OTR_INVALID, "a bucket is an object with the texts group and gateway");
    if (!take_day(json_object_get(root, "day"), &day))
        return otr_fail(error, OTR_INVALID, "day is a date such as 2024-05-01");
    otr_status status =
        take_number(json_object_get(root, "revision"), "revision", UINT32_MAX, &revision, error);
    if (status == OTR_OK)
        status =
            otr_bucket_take_head(out, otr_json_text(group), otr_json_text(gateway), day, revision, error);
    out->closed = json_is_true(json_object_get(root, "closed"));
    if (status == OTR_OK && oldest != NULL &&
        !(json_is_string(oldest) && otr_time_parse(otr_json_text(oldest), &out->oldest)))
        status = otr_fail(error, OTR_INVALID, "oldest is a time such as 2024-05-01T02:10:00Z");
    if (status == OTR_OK && cells != NULL && !json_is_array(cells))
        status = otr_fail(error, OTR_INVALID, "cells is a list");
    for (size_t i = 0; status == OTR_OK && i < json_array_size(cells); i++)
        status = take_cell(json_array_get(cells, i), out, error);
    return status;
}

otr_status otr_bucket_json_decode(otr_bytes bytes, otr_bucket *out, otr_error *error)
{
    otr_error reason = {.status = OTR_OK};
    json_t *root = otr_json_load(bytes, &reason);
    if (root == NULL) {
        if (error != NULL)
            *error = reason;
        return reason.status;
    }
    otr_status status = otr_bucket_json_take(root, out, error);
    json_decref(root);
    return status;
}

/*
 * Buckets in memory: cells lie ordered by dimension and key. All sums are of unsigned integers that stop at
 * their greatest value; such sums are the same in any order.
 *
 * Which keys have a place is decided as by Metwally, Agrawal and El Abbadi's "space saving": who comes anew
 * takes the place of the lowest rank, and its rank. What is counted is not guessed for that: what the cell of
 * the one that goes has counted moves to the rest.
 */
#include "codec/bucket_bytes.h"

#include <stdio.h>
#include <stdlib.h>

/* a is at most the greatest. */
static uint64_t sum64(uint64_t a, uint64_t b)
{
    return b > OTR_BUCKET_SUM_MAX - a ? OTR_BUCKET_SUM_MAX : a + b;
}

static uint32_t sum32(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

void otr_bucket_done(otr_bucket *bucket)
{
    for (uint32_t i = 0; i < bucket->count; i++)
        free(bucket->cells[i]);
    free(bucket->cells);
    *bucket = (otr_bucket){.oldest = OTR_TIME_NEVER};
}

bool otr_bucket_name(otr_bucket *bucket, otr_str group, otr_str gateway)
{
    if (!otr_topic_name_ok(group) || !otr_topic_name_ok(gateway))
        return false;
    memcpy(bucket->group, group.data, group.size);
    bucket->group[group.size] = '\0';
    memcpy(bucket->gateway, gateway.data, gateway.size);
    bucket->gateway[gateway.size] = '\0';
    return true;
}

/* ---- cells ---- */

/* The cell's place, or where it would be. */
static uint32_t place_of(const otr_bucket *bucket, otr_bucket_dimension dimension, otr_str key, bool *found)
{
    uint32_t low = 0;
    uint32_t high = bucket->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const otr_bucket_cell *cell = bucket->cells[middle];
        int order = cell->dimension != dimension ? (cell->dimension < dimension ? -1 : 1)
                                                 : otr_str_compare(otr_bucket_key(cell), key);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

static otr_bucket_cell *insert(otr_bucket *bucket, uint32_t at, otr_bucket_dimension dimension, otr_str key)
{
    if (bucket->count == bucket->capacity) {
        uint32_t capacity = bucket->capacity == 0 ? 16 : bucket->capacity * 2;
        otr_bucket_cell **cells = realloc(bucket->cells, capacity * sizeof(otr_bucket_cell *));
        if (cells == NULL)
            return NULL;
        bucket->cells = cells;
        bucket->capacity = capacity;
    }
    otr_bucket_cell *cell = calloc(1, sizeof *cell);
    if (cell == NULL)
        return NULL;
    cell->dimension = dimension;
    cell->key_size = (uint32_t)key.size;
    if (key.size > 0)
        memcpy(cell->key, key.data, key.size);
    memmove(&bucket->cells[at + 1], &bucket->cells[at], (bucket->count - at) * sizeof(otr_bucket_cell *));
    bucket->cells[at] = cell;
    bucket->count++;
    return cell;
}

/* How many cells with a key the dimension has. */
static uint32_t keys_of(const otr_bucket *bucket, otr_bucket_dimension dimension)
{
    bool found;
    uint32_t begin = place_of(bucket, dimension, OTR_STR(""), &found);
    uint32_t count = 0;
    for (uint32_t i = begin + found; i < bucket->count && bucket->cells[i]->dimension == dimension; i++)
        count++;
    return count;
}

/* A long key, cut between characters, with a hash of the whole: two that begin alike stay two. */
static otr_str shorten(otr_str key, char out[OTR_LIMIT_BUCKET_KEY_BYTES + 1])
{
    enum { MARK_BYTES = 9 };
    if (key.size <= OTR_LIMIT_BUCKET_KEY_BYTES)
        return key;
    size_t size = OTR_LIMIT_BUCKET_KEY_BYTES - MARK_BYTES;
    while (size > 0 && ((uint8_t)key.data[size] & 0xC0) == 0x80)
        size--;
    memcpy(out, key.data, size);
    (void)snprintf(out + size, MARK_BYTES + 1, "~%08x", (unsigned)otr_hash64(0, 0, key.data, key.size));
    return (otr_str){out, size + MARK_BYTES};
}

static void add_cell(otr_bucket_cell *into, const otr_bucket_cell *from)
{
    into->rank = sum64(into->rank, from->rank);
    for (int i = 0; i < OTR_COUNT_COUNT; i++)
        into->counts[i] = sum64(into->counts[i], from->counts[i]);
    for (int i = 0; i < OTR_SCORE_COUNT; i++)
        for (int value = 0; value < OTR_BUCKET_SCORE_VALUES; value++)
            into->scores[i][value] = sum32(into->scores[i][value], from->scores[i][value]);
    for (int i = 0; i < OTR_SPREAD_COUNT; i++) {
        into->spreads[i].sum = sum64(into->spreads[i].sum, from->spreads[i].sum);
        for (int bin = 0; bin < OTR_BUCKET_BINS; bin++)
            into->spreads[i].bins[bin] = sum32(into->spreads[i].bins[bin], from->spreads[i].bins[bin]);
    }
}

static void drop(otr_bucket *bucket, uint32_t at)
{
    free(bucket->cells[at]);
    bucket->count--;
    memmove(&bucket->cells[at], &bucket->cells[at + 1], (bucket->count - at) * sizeof(otr_bucket_cell *));
}

static uint64_t rank_of(const otr_bucket_cell *cell)
{
    return cell->rank;
}

/* The place in [begin, end) of the cell with least of something, the last by its key among equals. */
static uint32_t least_of(const otr_bucket *bucket, uint32_t begin, uint32_t end,
                         uint64_t (*something)(const otr_bucket_cell *cell))
{
    uint32_t least = begin;
    for (uint32_t i = begin + 1; i < end; i++)
        if (something(bucket->cells[i]) <= something(bucket->cells[least]))
            least = i;
    return least;
}

/* The cell of the rest and its place; NULL when memory is out. */
static otr_bucket_cell *rest_of(otr_bucket *bucket, otr_bucket_dimension dimension, uint32_t *at)
{
    bool found;
    *at = place_of(bucket, dimension, OTR_STR(""), &found);
    return found ? bucket->cells[*at] : insert(bucket, *at, dimension, OTR_STR(""));
}

otr_status otr_bucket_hide(otr_bucket *bucket, const otr_bucket_cell *cell)
{
    uint32_t at;
    otr_bucket_cell *rest = rest_of(bucket, cell->dimension, &at);
    if (rest == NULL)
        return OTR_MEMORY;
    add_cell(rest, cell);
    while (bucket->cells[at] != cell)
        at++;
    drop(bucket, at);
    return OTR_OK;
}

/* Moves cells with a key to the dimension's rest, those with least first, until `keys` are left. *rank is
 * that of the last that went; else it stays. */
static otr_status give_way(otr_bucket *bucket, otr_bucket_dimension dimension, uint32_t keys,
                           uint64_t (*something)(const otr_bucket_cell *cell), uint64_t *rank)
{
    uint32_t count = keys_of(bucket, dimension);
    if (count <= keys)
        return OTR_OK;
    uint32_t at;
    otr_bucket_cell *rest = rest_of(bucket, dimension, &at);
    if (rest == NULL)
        return OTR_MEMORY;
    for (; count > keys; count--) {
        uint32_t least = least_of(bucket, at + 1, at + 1 + count, something);
        *rank = bucket->cells[least]->rank;
        add_cell(rest, bucket->cells[least]);
        drop(bucket, least);
    }
    return OTR_OK;
}

otr_bucket_cell *otr_bucket_at(otr_bucket *bucket, otr_bucket_dimension dimension, otr_str key)
{
    char cut[OTR_LIMIT_BUCKET_KEY_BYTES + 1];
    uint64_t rank = 0;
    bool found;
    OTR_ASSERT(dimension >= 0 && dimension < OTR_BY_COUNT);
    key = dimension == OTR_BY_TOTAL ? OTR_STR("") : shorten(key, cut);
    uint32_t at = place_of(bucket, dimension, key, &found);
    if (!found && key.size > 0) {
        if (give_way(bucket, dimension, OTR_LIMIT_BUCKET_KEYS - 1, rank_of, &rank) != OTR_OK)
            return NULL;
        at = place_of(bucket, dimension, key, &found);
    }
    otr_bucket_cell *cell = found ? bucket->cells[at] : insert(bucket, at, dimension, key);
    if (cell != NULL)
        cell->rank = sum64(found ? cell->rank : rank, 1);
    return cell;
}

const otr_bucket_cell *otr_bucket_find(const otr_bucket *bucket, otr_bucket_dimension dimension, otr_str key)
{
    char cut[OTR_LIMIT_BUCKET_KEY_BYTES + 1];
    bool found;
    uint32_t at = place_of(bucket, dimension, shorten(key, cut), &found);
    return found ? bucket->cells[at] : NULL;
}

otr_status otr_bucket_take_cell(otr_bucket *bucket, int64_t dimension, otr_str key, otr_bucket_cell **out,
                                otr_error *error)
{
    bool found;
    *out = NULL;
    if (key.size > OTR_LIMIT_BUCKET_KEY_BYTES)
        return otr_fail(error, OTR_LIMIT, "a key of %zu bytes is over the limit of %d", key.size,
                        OTR_LIMIT_BUCKET_KEY_BYTES);
    if (!otr_str_is_utf8(key))
        return otr_fail(error, OTR_INVALID, "a key is not UTF-8");
    if (dimension < 0 || dimension >= OTR_BY_COUNT)
        return OTR_OK;
    if (dimension == OTR_BY_TOTAL && key.size > 0)
        return otr_fail(error, OTR_INVALID, "the total has the key \"%.*s\"", OTR_STR_ARG(key));
    uint32_t at = place_of(bucket, (otr_bucket_dimension)dimension, key, &found);
    if (found)
        return otr_fail(error, OTR_INVALID, "%s \"%.*s\" is there twice",
                        otr_bucket_dimension_text((otr_bucket_dimension)dimension), OTR_STR_ARG(key));
    if (key.size > 0 && keys_of(bucket, (otr_bucket_dimension)dimension) >= OTR_LIMIT_BUCKET_KEYS)
        return otr_fail(error, OTR_LIMIT, "more than %d keys of one dimension", OTR_LIMIT_BUCKET_KEYS);
    *out = insert(bucket, at, (otr_bucket_dimension)dimension, key);
    return *out != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

void otr_bucket_add_count(otr_bucket_cell *cell, otr_bucket_count count, uint64_t more)
{
    OTR_ASSERT(otr_bucket_count_text(count) != NULL);
    cell->counts[count] = sum64(cell->counts[count], more);
}

void otr_bucket_add_score(otr_bucket_cell *cell, otr_bucket_score score, int value)
{
    if (value >= 0 && otr_bucket_score_has(score, (size_t)value))
        cell->scores[score][value] = sum32(cell->scores[score][value], 1);
}

int64_t otr_bucket_bin_end(otr_bucket_spread spread, int bin)
{
    int64_t unit = spread == OTR_SPREAD_BEYOND_USEFUL || spread == OTR_SPREAD_BEYOND_WRONG
                       ? OTR_BUCKET_UNIT_BEYOND
                       : OTR_BUCKET_UNIT_S;
    return bin >= OTR_BUCKET_BINS - 1 ? INT64_MAX : unit << bin;
}

void otr_bucket_add_value(otr_bucket_cell *cell, otr_bucket_spread spread, int64_t value)
{
    OTR_ASSERT(spread >= 0 && spread < OTR_SPREAD_COUNT);
    otr_bucket_values *values = &cell->spreads[spread];
    int bin = 0;
    value = value < 0 ? 0 : value;
    while (value > otr_bucket_bin_end(spread, bin))
        bin++;
    values->bins[bin] = sum32(values->bins[bin], 1);
    values->sum = sum64(values->sum, (uint64_t)value);
}

/* ---- adding up ---- */

otr_status otr_bucket_merge(otr_bucket *into, const otr_bucket *from, otr_error *error)
{
    for (uint32_t i = 0; i < from->count; i++) {
        const otr_bucket_cell *cell = from->cells[i];
        bool found;
        uint32_t at = place_of(into, cell->dimension, otr_bucket_key(cell), &found);
        if (!found && into->count >= OTR_LIMIT_BUCKET_SUM_CELLS)
            return otr_fail(error, OTR_LIMIT, "a sum of more than %d figures", OTR_LIMIT_BUCKET_SUM_CELLS);
        otr_bucket_cell *sum =
            found ? into->cells[at] : insert(into, at, cell->dimension, otr_bucket_key(cell));
        if (sum == NULL)
            return otr_fail(error, OTR_MEMORY, "out of memory");
        add_cell(sum, cell);
    }
    into->oldest = from->oldest < into->oldest ? from->oldest : into->oldest;
    return OTR_OK;
}

/* An order of what is in two buckets; which one wins means nothing, but it is always the same. */
static int compare_contents(const otr_bucket *a, const otr_bucket *b)
{
    if (a->oldest != b->oldest)
        return a->oldest < b->oldest ? -1 : 1;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    int order = 0;
    for (uint32_t i = 0; order == 0 && i < a->count; i++) {
        const otr_bucket_cell *one = a->cells[i];
        const otr_bucket_cell *two = b->cells[i];
        order = (int)one->dimension - (int)two->dimension;
        if (order == 0)
            order = otr_str_compare(otr_bucket_key(one), otr_bucket_key(two));
        if (order == 0)
            order = memcmp(one->counts, two->counts, sizeof one->counts);
        if (order == 0)
            order = memcmp(one->scores, two->scores, sizeof one->scores);
        for (int spread = 0; order == 0 && spread < OTR_SPREAD_COUNT; spread++) {
            const otr_bucket_values *left = &one->spreads[spread];
            const otr_bucket_values *right = &two->spreads[spread];
            order = left->sum != right->sum ? (left->sum < right->sum ? -1 : 1)
                                            : memcmp(left->bins, right->bins, sizeof left->bins);
        }
    }
    return order;
}

bool otr_bucket_replaces(const otr_bucket *a, const otr_bucket *b)
{
    if (a->revision != b->revision)
        return a->revision > b->revision;
    if (a->closed != b->closed)
        return a->closed;
    return compare_contents(a, b) > 0;
}

/* How much is in a cell, to say which keys are worth their place. */
static uint64_t weight_of(const otr_bucket_cell *cell)
{
    uint64_t weight = 0;
    for (int i = 0; i < OTR_COUNT_COUNT; i++)
        weight = sum64(weight, cell->counts[i]);
    for (int i = 0; i < OTR_SCORE_COUNT; i++)
        for (int value = 0; value < OTR_BUCKET_SCORE_VALUES; value++)
            weight = sum64(weight, cell->scores[i][value]);
    return weight;
}

otr_status otr_bucket_fold(otr_bucket *bucket, uint32_t keys)
{
    otr_status status = OTR_OK;
    uint64_t rank = 0;
    for (int dimension = OTR_BY_TOTAL + 1; dimension < OTR_BY_COUNT && status == OTR_OK; dimension++)
        status = give_way(bucket, (otr_bucket_dimension)dimension, keys, weight_of, &rank);
    return status;
}

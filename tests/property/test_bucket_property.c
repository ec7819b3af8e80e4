/*
 * Adding up buckets: whatever the order in which the buckets of many gateways, days and revisions come, how
 * often each comes and how the sums are put together, the sums are those of a model that counts each
 * gateway's day once, in its newest revision, with numbers wide enough never to stop.
 */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "choices.h"
#include "codec/bucket_set.h"

#include <stdio.h>
#include <stdlib.h>

enum { GATEWAYS = 4, DAYS = 5, REVISIONS = 3, KEYS = 4, BUCKETS = GATEWAYS * DAYS * REVISIONS };

/* Sums of the model; a dimension's key is its number, 0 the rest. */
typedef struct model {
    unsigned __int128 counts[OTR_BY_COUNT][KEYS][OTR_COUNT_COUNT];
    unsigned __int128 scores[OTR_BY_COUNT][KEYS][OTR_SCORE_COUNT][OTR_BUCKET_SCORE_VALUES];
    unsigned __int128 sums[OTR_BY_COUNT][KEYS][OTR_SPREAD_COUNT];
    unsigned __int128 bins[OTR_BY_COUNT][KEYS][OTR_SPREAD_COUNT][OTR_BUCKET_BINS];
    otr_time oldest;
} model;

typedef struct scene {
    otr_bucket list[BUCKETS];
    size_t count;
} scene;

static otr_str key_of(int number)
{
    static const char *const names[KEYS] = {"", "a", "ab", "b"};
    return otr_str_of(names[number]);
}

/* Small, or so large that a few of them pass the greatest. */
static uint64_t number(choices *c, uint64_t most)
{
    return choose(c, 8) == 0 ? most - choose(c, 3) : choose(c, 100);
}

static void fill(choices *c, otr_bucket *bucket)
{
    uint32_t cells = choose(c, 6);
    for (uint32_t i = 0; i < cells; i++) {
        otr_bucket_dimension dimension = (otr_bucket_dimension)choose(c, OTR_BY_COUNT);
        otr_bucket_cell *cell = otr_bucket_at(bucket, dimension, key_of((int)choose(c, KEYS)));
        otr_bucket_count count = (otr_bucket_count)choose(c, OTR_COUNT_COUNT);
        if (otr_bucket_count_text(count) != NULL)
            otr_bucket_add_count(cell, count, number(c, OTR_BUCKET_SUM_MAX));
        otr_bucket_add_score(cell, (otr_bucket_score)choose(c, OTR_SCORE_COUNT), (int)choose(c, 12));
        cell->scores[OTR_SCORE_NPS][choose(c, 11)] = (uint32_t)number(c, UINT32_MAX);
        otr_bucket_spread spread = (otr_bucket_spread)choose(c, OTR_SPREAD_COUNT);
        otr_bucket_add_value(cell, spread, (int64_t)number(c, 1 << 20));
        cell->spreads[spread].bins[choose(c, OTR_BUCKET_BINS)] = (uint32_t)number(c, UINT32_MAX);
        cell->spreads[spread].bins[0] |= 1;
    }
    if (choose(c, 2) == 0)
        bucket->oldest = (otr_time)choose(c, 200) * OTR_HOUR;
}

static void make(choices *c, scene *s)
{
    s->count = 0;
    for (int gateway = 0; gateway < GATEWAYS; gateway++) {
        for (int day = 0; day < DAYS; day++) {
            for (uint32_t revision = 1; revision <= REVISIONS; revision++) {
                char name[16];
                if (choose(c, 3) == 0)
                    continue;
                (void)snprintf(name, sizeof name, "gw-%d", gateway / 2);
                otr_bucket *bucket = &s->list[s->count++];
                *bucket = (otr_bucket){.day = day, .revision = revision, .oldest = OTR_TIME_NEVER};
                assert_true(otr_bucket_name(bucket, gateway % 2 == 0 ? OTR_STR("north") : OTR_STR("south"),
                                            otr_str_of(name)));
                fill(c, bucket);
            }
        }
    }
}

/* ---- the model ---- */

static int key_number(const otr_bucket_cell *cell)
{
    for (int i = 0; i < KEYS; i++)
        if (otr_str_equal(otr_bucket_key(cell), key_of(i)))
            return i;
    fail_msg("a key that nobody gave");
    return 0;
}

static bool has_newer(const scene *s, const otr_bucket *bucket)
{
    for (size_t i = 0; i < s->count; i++) {
        const otr_bucket *other = &s->list[i];
        if (strcmp(other->group, bucket->group) == 0 && strcmp(other->gateway, bucket->gateway) == 0 &&
            other->day == bucket->day && other->revision > bucket->revision)
            return true;
    }
    return false;
}

static void model_add(model *m, const otr_bucket *bucket)
{
    for (uint32_t i = 0; i < bucket->count; i++) {
        const otr_bucket_cell *cell = bucket->cells[i];
        int by = (int)cell->dimension;
        int key = key_number(cell);
        for (int n = 0; n < OTR_COUNT_COUNT; n++)
            m->counts[by][key][n] += cell->counts[n];
        for (int n = 0; n < OTR_SCORE_COUNT; n++)
            for (int value = 0; value < OTR_BUCKET_SCORE_VALUES; value++)
                m->scores[by][key][n][value] += cell->scores[n][value];
        for (int n = 0; n < OTR_SPREAD_COUNT; n++) {
            m->sums[by][key][n] += cell->spreads[n].sum;
            for (int bin = 0; bin < OTR_BUCKET_BINS; bin++)
                m->bins[by][key][n][bin] += cell->spreads[n].bins[bin];
        }
    }
    m->oldest = bucket->oldest < m->oldest ? bucket->oldest : m->oldest;
}

static bool is(uint64_t value, unsigned __int128 expected, uint64_t most)
{
    return value == (expected < most ? (uint64_t)expected : most);
}

static bool cell_is(const otr_bucket_cell *cell, const model *m, int by, int key)
{
    bool same = true;
    for (int n = 0; n < OTR_COUNT_COUNT; n++)
        same = same && is(cell->counts[n], m->counts[by][key][n], OTR_BUCKET_SUM_MAX);
    for (int n = 0; n < OTR_SCORE_COUNT; n++)
        for (int value = 0; value < OTR_BUCKET_SCORE_VALUES; value++)
            same = same && is(cell->scores[n][value], m->scores[by][key][n][value], UINT32_MAX);
    for (int n = 0; n < OTR_SPREAD_COUNT; n++) {
        same = same && is(cell->spreads[n].sum, m->sums[by][key][n], OTR_BUCKET_SUM_MAX);
        for (int bin = 0; bin < OTR_BUCKET_BINS; bin++)
            same = same && is(cell->spreads[n].bins[bin], m->bins[by][key][n][bin], UINT32_MAX);
    }
    return same;
}

static void check(const otr_bucket *sum, const model *m, const char *what, uint64_t seed)
{
    static const otr_bucket_cell nothing;
    bool same = sum->oldest == m->oldest;
    for (int by = 0; by < OTR_BY_COUNT; by++) {
        for (int key = 0; key < KEYS; key++) {
            const otr_bucket_cell *cell = otr_bucket_find(sum, (otr_bucket_dimension)by,
                                                          by == OTR_BY_TOTAL ? OTR_STR("") : key_of(key));
            if (by == OTR_BY_TOTAL && key > 0)
                continue;
            same = same && cell_is(cell != NULL ? cell : &nothing, m, by, key);
        }
    }
    if (!same)
        fail_msg("%s: OUTRIDER_SEED=%llu", what, (unsigned long long)seed);
}

/* ---- orders ---- */

static void shuffle(choices *c, size_t *order, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = choose(c, (uint32_t)i);
        size_t kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

/* All in a set, in some order, some of them more than once. */
static void check_set(choices *c, const scene *s, const model *m, uint64_t seed)
{
    size_t order[BUCKETS * 2];
    size_t count = 0;
    otr_bucket_set set = {0};
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_error error;
    for (size_t i = 0; i < s->count; i++) {
        order[count++] = i;
        if (choose(c, 4) == 0)
            order[count++] = i;
    }
    shuffle(c, order, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(otr_bucket_set_take(&set, &s->list[order[i]], &error), OTR_OK);
    assert_int_equal(otr_bucket_set_sum(&set, 0, 2, &sum, &error), OTR_OK);
    assert_int_equal(otr_bucket_set_sum(&set, 3, DAYS - 1, &sum, &error), OTR_OK);
    check(&sum, m, "a set", seed);
    otr_bucket_done(&sum);
    otr_bucket_set_done(&set);
}

/* Sums of sums: what two consoles have added up may be added up. */
static void check_tree(choices *c, const scene *s, const model *m, uint64_t seed)
{
    size_t order[BUCKETS];
    size_t count = 0;
    otr_bucket parts[3] = {
        {.oldest = OTR_TIME_NEVER}, {.oldest = OTR_TIME_NEVER}, {.oldest = OTR_TIME_NEVER}};
    otr_error error;
    for (size_t i = 0; i < s->count; i++)
        if (!has_newer(s, &s->list[i]))
            order[count++] = i;
    shuffle(c, order, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(otr_bucket_merge(&parts[choose(c, 3)], &s->list[order[i]], &error), OTR_OK);
    uint32_t into = choose(c, 3);
    for (uint32_t i = 0; i < 3; i++)
        if (i != into)
            assert_int_equal(otr_bucket_merge(&parts[into], &parts[i], &error), OTR_OK);
    check(&parts[into], m, "sums of sums", seed);
    for (int i = 0; i < 3; i++)
        otr_bucket_done(&parts[i]);
}

/* To fold keeps what is in a dimension. */
static void check_fold(choices *c, const scene *s, const model *m, uint64_t seed)
{
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_error error;
    for (size_t i = 0; i < s->count; i++)
        if (!has_newer(s, &s->list[i]))
            assert_int_equal(otr_bucket_merge(&sum, &s->list[i], &error), OTR_OK);
    uint32_t keys = choose(c, KEYS);
    assert_int_equal(otr_bucket_fold(&sum, keys), OTR_OK);
    for (int by = 1; by < OTR_BY_COUNT; by++) {
        unsigned __int128 all = 0;
        unsigned __int128 expected = 0;
        uint32_t named = 0;
        bool stopped = false;
        for (int key = 0; key < KEYS; key++)
            expected += m->counts[by][key][OTR_COUNT_ALARMS];
        for (uint32_t i = 0; i < sum.count; i++) {
            if ((int)sum.cells[i]->dimension != by)
                continue;
            named += sum.cells[i]->key_size > 0;
            all += sum.cells[i]->counts[OTR_COUNT_ALARMS];
            stopped = stopped || sum.cells[i]->counts[OTR_COUNT_ALARMS] == OTR_BUCKET_SUM_MAX;
        }
        if (named > keys || (!stopped && all != expected))
            fail_msg("folded: OUTRIDER_SEED=%llu", (unsigned long long)seed);
    }
    otr_bucket_done(&sum);
}

static void sums_are_the_same_in_any_order(void **state)
{
    (void)state;
    const char *given = getenv("OUTRIDER_SEED");
    uint64_t rounds = getenv("OUTRIDER_LONG") != NULL ? 3000 : 150;
    static scene s;
    static model m;
    for (uint64_t round = 0; round < (given != NULL ? 1 : rounds); round++) {
        uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : round + 1;
        choices c = choices_of_seed(seed);
        make(&c, &s);
        memset(&m, 0, sizeof m);
        m.oldest = OTR_TIME_NEVER;
        for (size_t i = 0; i < s.count; i++)
            if (!has_newer(&s, &s.list[i]))
                model_add(&m, &s.list[i]);
        check_set(&c, &s, &m, seed);
        check_set(&c, &s, &m, seed);
        check_tree(&c, &s, &m, seed);
        check_fold(&c, &s, &m, seed);
        for (size_t i = 0; i < s.count; i++)
            otr_bucket_done(&s.list[i]);
    }
}

/* ---- more keys than there are places ---- */

enum { STREAM_KEYS = 4 * OTR_LIMIT_BUCKET_KEYS, PARTS = 2 };

/* Some keys seldom, some often, and some only in a part of the stream; some of them in a row. */
static void stream(choices *c, otr_bucket *bucket, uint64_t counts[STREAM_KEYS])
{
    uint32_t events = 500 + choose(c, 4000);
    uint32_t often = choose(c, STREAM_KEYS);
    uint32_t many = 1 + choose(c, STREAM_KEYS);
    uint32_t from = choose(c, events);
    for (uint32_t i = 0; i < events; i++) {
        char name[16];
        uint32_t key = i >= from && choose(c, 20) == 0 ? often : choose(c, many);
        uint32_t times = choose(c, 10) == 0 ? 1 + choose(c, 10) : 1;
        (void)snprintf(name, sizeof name, "key-%u", key);
        for (uint32_t n = 0; n < times; n++)
            otr_bucket_add_count(otr_bucket_at(bucket, OTR_BY_CAUSE, otr_str_of(name)), OTR_COUNT_CASES, 1);
        counts[key] += times;
    }
}

/* Nothing is lost or made up; of each key at most a share of all is among the rest, so that none which has
 * more than that is missing. This holds of sums of several as well. */
static void what_comes_often_has_its_place(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        choices c = choices_of_seed(seed);
        static uint64_t counts[STREAM_KEYS];
        otr_bucket sum = {.oldest = OTR_TIME_NEVER};
        otr_error error;
        uint64_t all = 0;
        uint64_t counted = 0;
        memset(counts, 0, sizeof counts);
        for (int i = 0; i < PARTS; i++) {
            otr_bucket part = {.oldest = OTR_TIME_NEVER};
            stream(&c, &part, counts);
            assert_true(part.count <= OTR_LIMIT_BUCKET_KEYS + 1);
            assert_int_equal(otr_bucket_merge(&sum, &part, &error), OTR_OK);
            otr_bucket_done(&part);
        }
        for (uint32_t i = 0; i < STREAM_KEYS; i++)
            all += counts[i];
        for (uint32_t i = 0; i < sum.count; i++)
            counted += sum.cells[i]->counts[OTR_COUNT_CASES];
        if (counted != all)
            fail_msg("seed %llu: %llu of %llu", (unsigned long long)seed, (unsigned long long)counted,
                     (unsigned long long)all);
        for (uint32_t i = 0; i < STREAM_KEYS; i++) {
            char name[16];
            (void)snprintf(name, sizeof name, "key-%u", i);
            const otr_bucket_cell *cell = otr_bucket_find(&sum, OTR_BY_CAUSE, otr_str_of(name));
            uint64_t known = cell != NULL ? cell->counts[OTR_COUNT_CASES] : 0;
            if (known > counts[i] || counts[i] - known > all / OTR_LIMIT_BUCKET_KEYS)
                fail_msg("seed %llu: of %s %llu of %llu", (unsigned long long)seed, name,
                         (unsigned long long)known, (unsigned long long)counts[i]);
        }
        otr_bucket_done(&sum);
    }
}

/* Two buckets that claim to be the same revision, after a gateway was set up anew: one of them wins always.
 */
static void equal_revisions_have_one_winner(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        choices c = choices_of_seed(seed);
        otr_bucket two[2];
        otr_bucket sums[2] = {{.oldest = OTR_TIME_NEVER}, {.oldest = OTR_TIME_NEVER}};
        otr_error error;
        for (int i = 0; i < 2; i++) {
            two[i] = (otr_bucket){.day = 1, .revision = 1, .oldest = OTR_TIME_NEVER};
            assert_true(otr_bucket_name(&two[i], OTR_STR("g"), OTR_STR("w")));
            fill(&c, &two[i]);
        }
        for (int i = 0; i < 2; i++) {
            otr_bucket_set set = {0};
            assert_int_equal(otr_bucket_set_take(&set, &two[i], &error), OTR_OK);
            assert_int_equal(otr_bucket_set_take(&set, &two[1 - i], &error), OTR_OK);
            assert_int_equal(otr_bucket_set_newest(&set, 0, &sums[i], &error), OTR_OK);
            otr_bucket_set_done(&set);
        }
        if (otr_bucket_replaces(&sums[0], &sums[1]) || otr_bucket_replaces(&sums[1], &sums[0]))
            fail_msg("seed %llu", (unsigned long long)seed);
        for (int i = 0; i < 2; i++) {
            otr_bucket_done(&two[i]);
            otr_bucket_done(&sums[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_the_same_in_any_order),
        cmocka_unit_test(equal_revisions_have_one_winner),
        cmocka_unit_test(what_comes_often_has_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

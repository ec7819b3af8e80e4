/*
 * Whatever happens, the buckets that were published say of each day what its history gives: counted again
 * from what the core put out and what was done, by a model that shares none of its counting. New starts at
 * any time change nothing. Each seed is a history; the first that differs is printed. OUTRIDER_SEED begins at
 * another one, OUTRIDER_LONG plays more. day_figures_mutants.py shows that mistakes do not pass.
 */
#include "recount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { HISTORIES = 40, HISTORIES_LONG = 2000, DAYS = 32 };

static uint64_t first_seed(void)
{
    const char *text = getenv("OUTRIDER_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t end_seed(void)
{
    return first_seed() + (getenv("OUTRIDER_LONG") != NULL ? HISTORIES_LONG : HISTORIES);
}

/* The last of each day, as a console would keep them. Returns how many; each must be closed but the last. */
static size_t keep_buckets(const world *w, otr_bucket *days)
{
    size_t count = 0;
    for (size_t i = 0; i < w->event_count; i++) {
        otr_bucket one = {.oldest = OTR_TIME_NEVER};
        otr_error error = {.text = ""};
        if (w->events[i].kind != OTR_SERVICE_FIGURES || w->events[i].figures.size == 0)
            continue;
        if (otr_bucket_decode(OTR_PAYLOAD_PROTOBUF, w->events[i].figures, &one, &error) != OTR_OK)
            fail_msg("a bucket does not read back: %s", error.text);
        size_t at = 0;
        while (at < count && days[at].day != one.day)
            at++;
        assert_true(at < DAYS);
        if (at == count) {
            days[count++] = one;
        } else {
            assert_true(otr_bucket_replaces(&one, &days[at]));
            otr_bucket_done(&days[at]);
            days[at] = one;
        }
    }
    return count;
}

static void expect_cell(uint64_t seed, const otr_bucket *day, const recount_cell *want)
{
    const otr_bucket_cell *cell = otr_bucket_find(day, want->dimension, otr_str_of(want->key));
    for (int i = 0; i < OTR_COUNT_COUNT; i++) {
        otr_bucket_count count = (otr_bucket_count)i;
        uint64_t got = cell != NULL ? cell->counts[i] : 0;
        if (recount_has(count, want->dimension) && got != want->counts[i])
            fail_msg("seed %llu, day %d, %s \"%s\", %s: the bucket says %llu, its history %llu",
                     (unsigned long long)seed, (int)day->day, otr_bucket_dimension_text(want->dimension),
                     want->key, otr_bucket_count_text(count), (unsigned long long)got,
                     (unsigned long long)want->counts[i]);
    }
}

static void expect_day(uint64_t seed, const otr_bucket *day, const recount *r)
{
    assert_true(day->closed);
    for (size_t i = 0; i < r->count; i++)
        if (r->cells[i].day == day->day)
            expect_cell(seed, day, &r->cells[i]);
    /* and nothing that the history does not have */
    for (uint32_t i = 0; i < day->count; i++) {
        const otr_bucket_cell *cell = day->cells[i];
        recount_cell none = {.day = day->day, .dimension = cell->dimension};
        (void)snprintf(none.key, sizeof none.key, "%s", cell->key);
        if (recount_find(r, day->day, cell->dimension, cell->key) == NULL)
            expect_cell(seed, day, &none);
    }
}

static void figures_are_those_that_the_history_gives(void **state)
{
    (void)state;
    static history h;
    static recount r;
    uint64_t alarms = 0;
    uint64_t acts = 0;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        otr_bucket days[DAYS];
        history_play(&h, seed);
        recount_history(&r, &h);
        size_t count = keep_buckets(h.world, days);
        size_t closed = 0;
        for (size_t i = 0; i < count; i++) {
            if (i + 1 < count || days[i].closed) {
                expect_day(seed, &days[i], &r);
                closed++;
            }
        }
        for (size_t i = 0; i < r.count; i++) {
            bool told = false;
            for (size_t d = 0; d < count; d++)
                told |= days[d].day == r.cells[i].day;
            /* the last day goes on */
            if (!told && r.cells[i].day < h.world->utc / OTR_DAY)
                fail_msg("seed %llu: day %d is missing", (unsigned long long)seed, (int)r.cells[i].day);
        }
        assert_true(closed > 1);
        alarms += h.world->alarm_count;
        acts += h.deed_count;
        for (size_t i = 0; i < count; i++)
            otr_bucket_done(&days[i]);
        const char *differs = world_replay(h.world);
        if (differs != NULL)
            fail_msg("seed %llu: %s", (unsigned long long)seed, differs);
        world_free(h.world);
    }
    /* or there is nothing to see */
    assert_true(alarms > 5 * (end_seed() - first_seed()));
    assert_true(acts > 5 * (end_seed() - first_seed()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(figures_are_those_that_the_history_gives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

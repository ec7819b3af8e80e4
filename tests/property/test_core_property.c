/*
 * Whatever the pack and the readings are, the core decides the same: from one batch, from batches cut by
 * chance, after a new start at every boundary, from fewer uploads, and live with its deadlines on time. Each
 * seed is one story; the first that differs is printed. OUTRIDER_SEED begins at another one, OUTRIDER_LONG
 * tells more of them. mutants.py shows that mistakes in the core do not pass.
 */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STORIES = 60, STORIES_LONG = 3000 };

static uint64_t first_seed(void)
{
    const char *text = getenv("OUTRIDER_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t end_seed(void)
{
    return first_seed() + (getenv("OUTRIDER_LONG") != NULL ? STORIES_LONG : STORIES);
}

/* Frees both worlds. */
static void expect_same(const story *s, world *one, world *other, sameness how)
{
    const char *difference = play_difference(one, other, how);
    if (difference != NULL) {
        story_print(s);
        fail_msg("seed %llu: %s", (unsigned long long)s->seed, difference);
    }
    world_free(one);
    world_free(other);
}

static void one_step_and_many_decide_the_same(void **state)
{
    (void)state;
    static story s;
    size_t alarms = 0;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        choices from = choices_of_seed(~seed);
        story_make(&s, seed, STORY_START, STORY_WHOLE);
        world *one = play_at_once(&s);
        alarms += one->alarm_count;
        expect_same(&s, one, play_in_batches(&s, &from, 12, false), SAME_TIMES);
    }
    assert_true(alarms > 5 * (end_seed() - first_seed())); /* or there is nothing to see */
}

static void a_new_start_at_every_boundary_changes_nothing(void **state)
{
    (void)state;
    static story s;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        choices from = choices_of_seed(~seed);
        choices same = from;
        story_make(&s, seed, STORY_START, STORY_WHOLE);
        world *one = play_in_batches(&s, &from, 3, false);
        expect_same(&s, one, play_in_batches(&s, &same, 3, true), SAME_IDS);
    }
}

static void fewer_uploads_decide_the_same(void **state)
{
    (void)state;
    static story s;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        choices from = choices_of_seed(~seed);
        story_make(&s, seed, STORY_START, STORY_PLAIN);
        expect_same(&s, play_at_once(&s), play_in_large_uploads(&s, &from), SAME_TIMES);
    }
}

static void a_new_start_at_any_time_of_a_live_stream_changes_nothing(void **state)
{
    (void)state;
    static story s;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        choices from = choices_of_seed(~seed);
        choices same = from;
        story_make(&s, seed, STORY_START, STORY_WHOLE);
        world *one = play_live(&s, &from, false);
        expect_same(&s, one, play_live(&s, &same, true), SAME_IDS);
    }
}

static void a_backlog_decides_as_the_live_stream(void **state)
{
    (void)state;
    static story s;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        story_make(&s, seed, STORY_START, STORY_PLAIN);
        expect_same(&s, play_live(&s, NULL, false), play_at_once(&s), SAME_TIMES);
    }
}

/* What comes later than the core keeps the past for is counted and not judged: such a story is not compared.
 */
static void once_settled_the_order_of_arrival_does_not_matter(void **state)
{
    (void)state;
    static story s;
    uint64_t left_out = 0;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        choices from = choices_of_seed(~seed);
        story_make(&s, seed, STORY_START, STORY_PLAIN);
        world *shuffled = play_shuffled(&s, &from, 12);
        if (otr_core_stats(shuffled->core)->readings_too_late > 0) {
            world_free(shuffled);
            left_out++;
            continue;
        }
        expect_same(&s, play_at_once(&s), shuffled, SAME_SPANS);
    }
    assert_true(left_out < (end_seed() - first_seed()) / 4);
}

/* Of all cases, or of those whose names fit the pattern given. */
int main(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_step_and_many_decide_the_same),
        cmocka_unit_test(a_new_start_at_every_boundary_changes_nothing),
        cmocka_unit_test(fewer_uploads_decide_the_same),
        cmocka_unit_test(a_new_start_at_any_time_of_a_live_stream_changes_nothing),
        cmocka_unit_test(a_backlog_decides_as_the_live_stream),
        cmocka_unit_test(once_settled_the_order_of_arrival_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Whatever happens, people are told as they wish: within their budgets, not in quiet hours, nothing that was
 * wrong or that they have stopped, nothing twice, and more by when it was promised; every decision is
 * recorded once, and a new start at any step decides the same. Each seed is one scene; the first that fails
 * is played again with fewer steps and printed. OUTRIDER_SEED begins at another one, OUTRIDER_STEPS ends
 * scenes early, OUTRIDER_LONG plays more of them.
 */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SCENES = 40, SCENES_LONG = 2000 };

static uint64_t first_seed(void)
{
    const char *text = getenv("OUTRIDER_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t end_seed(void)
{
    if (getenv("OUTRIDER_STEPS") != NULL)
        return first_seed() + 1;
    return first_seed() + (getenv("OUTRIDER_LONG") != NULL ? SCENES_LONG : SCENES);
}

static void make(scene *s, uint64_t seed)
{
    const char *steps = getenv("OUTRIDER_STEPS");
    scene_make(s, seed);
    if (steps != NULL && strtoull(steps, NULL, 10) < s->count)
        s->count = (size_t)strtoull(steps, NULL, 10);
}

static judge the_judge;

static bool is_wrong(const scene *s, const char **wrong)
{
    world_free(play_scene(s, PLAY_LIVE, &the_judge, wrong));
    return *wrong != NULL;
}

/* As few steps as show it. */
static void shrink(scene *s, const char **wrong)
{
    size_t good = 0;
    while (s->count - good > 1) {
        size_t bad = s->count;
        s->count = good + (bad - good) / 2;
        if (is_wrong(s, wrong))
            continue;
        good = s->count;
        s->count = bad;
    }
    (void)is_wrong(s, wrong);
}

static void people_are_told_as_they_wish(void **state)
{
    (void)state;
    static scene s;
    size_t seen[5] = {0};
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        const char *wrong;
        make(&s, seed);
        if (is_wrong(&s, &wrong)) {
            shrink(&s, &wrong);
            scene_print(&s);
            fail_msg("seed %llu, %zu steps: %s", (unsigned long long)seed, s.count, wrong);
        }
        for (int i = 0; i < 5; i++)
            seen[i] += the_judge.seen[i];
    }
    uint64_t scenes = end_seed() - first_seed();
    if (getenv("OUTRIDER_STEPS") == NULL) /* or there is nothing to see: told, decided, sent */
        assert_true(seen[0] > 20 * scenes && seen[1] > 40 * scenes && seen[2] > 10 * scenes);
}

static void expect_same(play_manner manner)
{
    static scene s;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed += 2) {
        make(&s, seed);
        world *one = play_scene(&s, PLAY_LIVE, NULL, NULL);
        world *other = play_scene(&s, manner, NULL, NULL);
        const char *difference = play_difference(one, other);
        if (difference == NULL)
            difference = world_replay(one);
        if (difference != NULL) {
            scene_print(&s);
            fail_msg("seed %llu: %s", (unsigned long long)seed, difference);
        }
        world_free(one);
        world_free(other);
    }
}

static void a_new_start_at_any_step_decides_the_same(void **state)
{
    (void)state;
    expect_same(PLAY_RESTARTS);
}

static void inputs_of_one_turn_or_of_many_decide_the_same(void **state)
{
    (void)state;
    expect_same(PLAY_APART);
}

/* Of all cases, or of those whose names fit the pattern given. */
int main(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_told_as_they_wish),
        cmocka_unit_test(a_new_start_at_any_step_decides_the_same),
        cmocka_unit_test(inputs_of_one_turn_or_of_many_decide_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

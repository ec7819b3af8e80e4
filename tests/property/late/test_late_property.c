/*
 * Whatever the order in which readings arrive (devices out of coverage that catch up newest first, in order,
 * in reverse or in pieces, some of these twice, others on their way for minutes), once everything has settled
 * the alarms are those of readings that came on time; what was told agrees with itself; and a new start at
 * any moment changes nothing of it. Each seed is one scene. The first that fails is made shorter and printed
 * with what arrived when. OUTRIDER_SEED begins at another one, OUTRIDER_LONG plays many more.
 * late_mutants.py lists mistakes that do not pass.
 */
#include "deliver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SCENES = 40, SCENES_LONG = 20000 };

static uint64_t first_seed(void)
{
    const char *given = getenv("OUTRIDER_SEED");
    return given != NULL ? strtoull(given, NULL, 10) : 1;
}

static uint64_t end_seed(void)
{
    return first_seed() + (getenv("OUTRIDER_LONG") != NULL ? SCENES_LONG : SCENES);
}

static char problem[1000];
static uint64_t seed_at_hand;

/* Also where the world itself found the mistake. */
static int print_seed(void **state)
{
    (void)state;
    (void)fprintf(stderr, "last seed: %llu\n", (unsigned long long)seed_at_hand);
    return 0;
}

/* NULL, or what is wrong. */
typedef const char *(*property)(const scene *s, bool print);

static const char *keep(const char *found)
{
    if (found != NULL)
        (void)snprintf(problem, sizeof problem, "%s", found);
    return found != NULL ? problem : NULL;
}

static size_t alarms_seen;
static size_t retractions_seen;
static size_t histories_seen;

static const char *order_does_not_matter(const scene *s, bool print)
{
    world *on_time = deliver(s, DELIVER_ON_TIME, false);
    world *shuffled = deliver(s, DELIVER_SHUFFLED, print);
    const char *found = keep(compare_alarms(on_time, shuffled));
    if (found == NULL)
        found = keep(changed_mind(on_time));
    if (found == NULL)
        found = keep(contradiction(shuffled));
    alarms_seen += on_time->alarm_count;
    retractions_seen += world_events(shuffled, OTR_SERVICE_ALARM, "retracted");
    histories_seen += world_events(shuffled, OTR_SERVICE_ALARM, "historical");
    world_free(on_time);
    world_free(shuffled);
    return found;
}

static const char *a_start_does_not_matter(const scene *s, bool print)
{
    world *going = deliver(s, DELIVER_SHUFFLED, print);
    world *restarted = deliver(s, DELIVER_RESTARTED, false);
    const char *found = keep(compare_events(going, restarted));
    world_free(going);
    world_free(restarted);
    return found;
}

/* With the fewest instants that still show it. */
static void report(scene *s, property holds)
{
    size_t fewest = s->count;
    for (size_t count = 1; count < fewest; count++) {
        scene_make(s, s->seed, count);
        if (holds(s, false) != NULL)
            fewest = count;
    }
    scene_make(s, s->seed, fewest);
    scene_print(s);
    const char *found = holds(s, true);
    fail_msg("seed %llu with %zu instants: %s", (unsigned long long)s->seed, fewest,
             found != NULL ? found : "only with all");
}

static void check(property holds)
{
    static scene s;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        seed_at_hand = seed;
        scene_make(&s, seed, SCENE_INSTANTS);
        if (holds(&s, false) != NULL)
            report(&s, holds);
    }
}

static void once_settled_the_order_of_arrival_does_not_matter(void **state)
{
    (void)state;
    check(order_does_not_matter);
    assert_true(alarms_seen > 2 * (end_seed() - first_seed())); /* or there is nothing to see */
    assert_true(retractions_seen > 0 && histories_seen > 0);
}

static void a_new_start_at_any_moment_changes_nothing_that_is_told(void **state)
{
    (void)state;
    check(a_start_does_not_matter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(once_settled_the_order_of_arrival_does_not_matter, print_seed),
        cmocka_unit_test_teardown(a_new_start_at_any_moment_changes_nothing_that_is_told, print_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* As many closed cases as are kept, and another one ends: one that was closed before goes for it. */
#include "base/limits.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Hot, expr: temperature > 8, labels: {category: cold}, ticket: {queue: cold, verify: 1m}}\n"
    "  - {alert: Moist, expr: humidity > 80, labels: {category: air}, ticket: {queue: air, verify: 2h}}\n";
static const char assignments[] = "version: 1\n"
                                  "customers: [{customer: s, zone: UTC}]\n"
                                  "assets:\n"
                                  "  - {asset: depot, class: x, devices: [e], customer: s}\n";
static const char assignment[] = "version: 1\n"
                                 "assignment: {version: 1}\n"
                                 "customers: [{customer: c, zone: UTC}]\n"
                                 "assets:\n"
                                 "  - {asset: box, class: x, devices: [d], customer: c}\n";
#define START ((otr_time)1700000000 * OTR_SECOND)

static void pass(world *w, const char *device, const char *metric)
{
    world_report(w, device, metric, 90, w->utc + OTR_SECOND);
    world_report(w, device, metric, 5, w->utc + OTR_SECOND);
}

/* A timer belongs to a case, and those that are closed are counted. */
static uint32_t kept(const world *w)
{
    const otr_core *core = w->core;
    uint32_t closed = 0;
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        assert_true(core->cases[i].used || otr_timers_get(&core->case_timers, i) == OTR_TIME_NEVER);
        closed += core->cases[i].used && core->cases[i].state == OTR_CASE_CLOSED;
    }
    assert_int_equal(core->cases_kept, closed);
    return closed;
}

static otr_id first; /* tickets of the first two cases */
static otr_id second;

static otr_id ticket(const world *w, size_t n)
{
    return world_event_get(w, OTR_SERVICE_TICKET, "opened", n)->entity;
}

/* What was sent so far is more than the world keeps. */
static void drop_events(world *w)
{
    for (size_t i = 0; i < w->event_count; i++) {
        free((void *)w->events[i].figures.data);
        w->events[i].figures = (otr_bytes){NULL, 0};
    }
    w->event_count = 0;
}

static world *full(void)
{
    world *w = world_create(pack, assignments, START);
    world_activate(w, "assignment/box", assignment);
    for (int i = 0; i < OTR_LIMIT_CASES_KEPT; i++) {
        pass(w, "e", "temperature");
        world_sleep(w, 2 * OTR_MINUTE);
        if (i == 1) {
            first = ticket(w, 0);
            second = ticket(w, 1);
        }
        if (i > 0)
            drop_events(w);
    }
    assert_int_equal(kept(w), OTR_LIMIT_CASES_KEPT);
    return w;
}

static const otr_case *of_ticket(const world *w, otr_id id)
{
    for (uint32_t i = 0; i < w->core->case_capacity; i++)
        if (w->core->cases[i].used && otr_id_equal(otr_ticket_of(w->core->cases[i].id), id))
            return &w->core->cases[i];
    return NULL;
}

static void the_oldest_goes(void **state)
{
    (void)state;
    world *w = full();
    assert_non_null(of_ticket(w, first));
    pass(w, "e", "temperature");
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(kept(w), OTR_LIMIT_CASES_KEPT);
    assert_null(of_ticket(w, first));
    assert_non_null(of_ticket(w, second));
    assert_int_equal(of_ticket(w, ticket(w, 0))->state, OTR_CASE_CLOSED);
    assert_null(world_replay(w));
    world_free(w);
}

/* It is verified until long before the others go. */
static void one_that_is_forgotten_while_it_is_verified_goes_once(void **state)
{
    (void)state;
    world *w = full();
    pass(w, "d", "humidity");
    assert_int_equal(of_ticket(w, ticket(w, 0))->state, OTR_CASE_VERIFYING);
    otr_command command = {.kind = OTR_COMMAND_FORGET, .until = OTR_TIME_NONE, .asset = OTR_STR("c")};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    assert_null(of_ticket(w, ticket(w, 0)));
    assert_int_equal(kept(w), OTR_LIMIT_CASES_KEPT - 1);
    for (int i = 0; i < 3; i++) {
        pass(w, "e", "temperature");
        world_sleep(w, 2 * OTR_MINUTE);
    }
    assert_int_equal(kept(w), OTR_LIMIT_CASES_KEPT);
    world_free(w);
}

static void one_that_is_merged_while_it_is_verified_is_kept(void **state)
{
    (void)state;
    world *w = full();
    world_report(w, "d", "temperature", 9, w->utc + OTR_SECOND);
    pass(w, "d", "humidity");
    otr_desk_act act = {.action = OTR_DESK_MERGED,
                        .by = OTR_TIME_NONE,
                        .text = OTR_STR("lid"),
                        .into = ticket(w, 0),
                        .ticket = ticket(w, 1)};
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = act};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(kept(w), OTR_LIMIT_CASES_KEPT);
    assert_null(of_ticket(w, first));
    assert_int_equal(of_ticket(w, ticket(w, 0))->state, OTR_CASE_OPEN);
    assert_int_equal(of_ticket(w, ticket(w, 1))->state, OTR_CASE_CLOSED);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_goes),
        cmocka_unit_test(one_that_is_forgotten_while_it_is_verified_goes_once),
        cmocka_unit_test(one_that_is_merged_while_it_is_verified_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

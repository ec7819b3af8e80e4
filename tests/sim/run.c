/* One run: what happens next happens, until the time is over; then faults stop, all comes to rest, and is
 * checked. */
#include "guests.h"
#include "real.h"
#include "uplink.h"

#include <stdio.h>

/* So long after the last fault everything has left and is kept: a broker that refuses a message is asked
 * again after half a minute, a device that gave up comes back after eleven. */
#define QUIET_WITHIN (2 * OTR_HOUR)
enum { SAME_TIME_MAX = 20000 };

static otr_time sooner(otr_time a, otr_time b)
{
    return a < b ? a : b;
}

/* False when nothing happens before `end`, where the clock is then. */
static bool step(sim *s, otr_time end)
{
    otr_time next = sooner(sooner(sim_gateway_next(s), sim_fleet_next(s)),
                           sooner(sim_people_next(s), sim_guests_next(s)));
    if (next > end) {
        s->clock.now = end;
        return false;
    }
    if (next > s->clock.now) {
        s->clock.now = next;
        s->same_time = 0;
    } else if (++s->same_time > SAME_TIME_MAX) {
        sim_fail(s, "time does not go on: gateway %lld, store %lld, link %lld, devices %lld",
                 (long long)(sim_gateway_next(s) - next), (long long)(otr_sim_store_next(&s->store) - next),
                 (long long)(otr_sim_link_next(&s->link) - next), (long long)(sim_fleet_next(s) - next));
    }
    sim_fleet_run(s);
    sim_people_run(s);
    sim_guests_run(s);
    sim_gateway_run(s);
    return true;
}

static void run_until(sim *s, otr_time end)
{
    while (!sim_failed(s) && step(s, end))
        ;
}

static bool is_quiet(const sim *s)
{
    return s->driver != NULL && !s->stopping && s->store.disk->outbox_rows == 0 && s->store.commit == NULL &&
           s->link.flight.count == 0 && s->link.is_up && sim_fleet_is_quiet(s) && sim_people_is_quiet(s) &&
           sim_uplink_is_quiet(s);
}

static void come_to_rest(sim *s)
{
    otr_time end = s->clock.now + QUIET_WITHIN;
    sim_say(s, "the faults stop");
    s->calm = true;
    sim_gateway_calm(s);
    sim_fleet_calm(s);
    sim_people_calm(s);
    sim_guests_calm(s);
    while (!sim_failed(s) && !is_quiet(s))
        if (!step(s, end)) {
            sim_fail(s,
                     "no rest after the faults stopped: %s, %zu entries in the outbox, link %s, devices %s",
                     s->driver == NULL ? "it does not run" : "it runs", s->store.disk->outbox_rows,
                     s->link.is_up ? "up" : "down", sim_fleet_is_quiet(s) ? "quiet" : "not quiet");
            return;
        }
    sim_say(s, "all is quiet");
}

uint64_t sim_run(const sim_plan *plan, sim_figures *figures, char *failure, size_t size)
{
    sim s = {.plan = *plan, .figures = *figures, .hash = plan->seed};
    for (int i = 0; i < SIM_FEATURE_COUNT; i++) {
        s.has[i] = sim_plan_has(plan, (sim_feature)i);
        s.dice[i] = otr_dice_of(plan->seed, sim_feature_word((sim_feature)i), 1);
        s.rare[i] = 1U << otr_dice_roll(&s.dice[i], 5);
    }
    sim_gateway_init(&s);
    sim_broker_init(&s);
    sim_fleet_init(&s);
    sim_people_init(&s);
    sim_guests_init(&s);
    sim_reference_init(&s);
    run_until(&s, SIM_BEGIN + plan->span);
    if (!sim_failed(&s))
        come_to_rest(&s);
    if (!sim_failed(&s))
        sim_fleet_check(&s);
    if (!sim_failed(&s))
        sim_real_check(&s);
    if (!sim_failed(&s))
        sim_broker_check(&s);
    if (!sim_failed(&s))
        sim_telling_check(&s);
    if (!sim_failed(&s))
        sim_policy_check(&s);
    if (!sim_failed(&s))
        sim_reference_check(&s);
    if (!sim_failed(&s))
        sim_guests_check(&s);
    sim_reference_done(&s);
    sim_gateway_done(&s);
    sim_guests_done(&s);
    sim_people_done(&s);
    sim_fleet_done(&s);
    sim_broker_done(&s);
    s.figures.seeds++;
    s.figures.time += s.clock.now - SIM_BEGIN;
    *figures = s.figures;
    (void)snprintf(failure, size, "%s", s.failure);
    return s.hash;
}

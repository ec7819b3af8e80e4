#include "shrink.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANGS_AFTER_S = 300, ATTEMPTS = 120 };

void sim_run_apart(const sim_plan *plan, sim_outcome *out)
{
    sim_outcome *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    OTR_ASSERT(shared != MAP_FAILED);
    (void)snprintf(shared->failure, sizeof shared->failure, "it crashes");
    (void)fflush(stdout);
    pid_t child = fork();
    OTR_ASSERT(child >= 0);
    if (child == 0) {
        (void)alarm(HANGS_AFTER_S);
        shared->hash = sim_run(plan, &shared->figures, shared->failure, sizeof shared->failure);
        (void)fflush(stdout);
        _exit(0);
    }
    int status = 0;
    (void)waitpid(child, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        (void)snprintf(shared->failure, sizeof shared->failure, "it does not end within %d s", HANGS_AFTER_S);
    *out = *shared;
    (void)munmap(shared, sizeof *shared);
}

typedef struct shrinking {
    sim_plan *plan;
    sim_outcome *outcome;
    int attempts;
} shrinking;

/* Whether it fails like this too; then it is so from now on. */
static bool attempt(shrinking *k, const sim_plan *less)
{
    sim_outcome outcome;
    if (k->attempts == ATTEMPTS)
        return false;
    k->attempts++;
    sim_run_apart(less, &outcome);
    if (outcome.failure[0] == '\0')
        return false;
    *k->plan = *less;
    *k->outcome = outcome;
    return true;
}

static bool take_features(shrinking *k)
{
    bool any = false;
    for (int i = 0; i < SIM_FEATURE_COUNT; i++) {
        sim_plan less = *k->plan;
        if (!sim_plan_has(&less, (sim_feature)i))
            continue;
        less.without |= 1U << i;
        any |= attempt(k, &less);
    }
    return any;
}

static bool take_time(shrinking *k)
{
    bool any = false;
    for (int part = 2; part <= 16; part *= 2) {
        sim_plan less = *k->plan;
        less.span = (less.span - less.span / part) / OTR_MINUTE * OTR_MINUTE;
        if (less.span < OTR_MINUTE || less.span == k->plan->span || !attempt(k, &less))
            continue;
        any = true;
        part /= 2;
    }
    return any;
}

static bool take_devices(shrinking *k)
{
    bool any = false;
    for (sim_plan less = *k->plan; less.devices > 1;) {
        less.devices--;
        if (!attempt(k, &less))
            break;
        any = true;
    }
    return any;
}

/* The faults at the end, and those at the beginning, half of them at a time. */
static bool take_faults(shrinking *k)
{
    bool any = false;
    uint64_t count = 0;
    for (int i = 0; i < SIM_FAULT_COUNT; i++)
        count += k->outcome->figures.faults[i];
    if (k->plan->fault_last == UINT64_MAX)
        k->plan->fault_last = k->plan->fault_first + count;
    for (uint64_t part = (k->plan->fault_last - k->plan->fault_first) / 2; part > 0; part /= 2) {
        sim_plan less = *k->plan;
        less.fault_last -= part;
        if (less.fault_last < k->plan->fault_last && less.fault_last >= less.fault_first)
            any |= attempt(k, &less);
        less = *k->plan;
        less.fault_first += part;
        if (less.fault_first <= less.fault_last)
            any |= attempt(k, &less);
    }
    return any;
}

void sim_shrink(sim_plan *plan, sim_outcome *outcome)
{
    shrinking k = {plan, outcome, 0};
    while (take_time(&k) || take_features(&k) || take_devices(&k) || take_faults(&k))
        ;
}

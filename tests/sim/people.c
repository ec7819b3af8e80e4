/* Operators, customers and the desk. */
#include "sim.h"

#include <stdlib.h>

struct sim_people {
    int nobody;
};

void sim_people_init(sim *s)
{
    s->people = calloc(1, sizeof *s->people);
    OTR_ASSERT(s->people != NULL);
}

void sim_people_done(sim *s)
{
    free(s->people);
}

otr_time sim_people_next(const sim *s)
{
    (void)s;
    return OTR_TIME_NEVER;
}

void sim_people_run(sim *s)
{
    (void)s;
}

void sim_people_answer(sim *s, uint64_t handle, const otr_command_result *result)
{
    (void)s, (void)handle, (void)result;
}

void sim_people_told(sim *s, const otr_service_event *event)
{
    (void)s, (void)event;
}

void sim_people_forsaken(sim *s)
{
    (void)s;
}

void sim_people_calm(sim *s)
{
    (void)s;
}

bool sim_people_is_quiet(const sim *s)
{
    (void)s;
    return true;
}

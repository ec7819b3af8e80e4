/* A run in a process of its own, so that one that crashes or hangs is a failure like others; and less and
 * less of one that fails. */
#ifndef OTR_TESTS_SIM_SHRINK_H
#define OTR_TESTS_SIM_SHRINK_H

#include "sim.h"

typedef struct sim_outcome {
    uint64_t hash;
    sim_figures figures;
    char failure[1000]; /* empty: it does not fail */
} sim_outcome;

void sim_run_apart(const sim_plan *plan, sim_outcome *out);
/* The plan becomes the smallest found that still fails, and *outcome how. */
void sim_shrink(sim_plan *plan, sim_outcome *outcome);

#endif

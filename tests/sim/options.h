/* What the command line asks for. */
#ifndef OTR_TESTS_SIM_OPTIONS_H
#define OTR_TESTS_SIM_OPTIONS_H

#include "plan.h"

typedef struct sim_options {
    uint64_t first; /* seeds */
    uint64_t last;
    otr_time years; /* of simulated time: seeds from first on until it is over; 0: none */
    sim_plan less;  /* what is taken away from each seed's plan; span and devices 0: nothing */
    bool shrink;
    bool store;     /* less.real says which, for all seeds */
    bool telemetry; /* less.telemetry says whether */
    bool hashes;    /* each seed's is printed */
} sim_options;

/* False, with a word on stderr, when it cannot be read. */
bool sim_options_read(sim_options *out, int argc, char **argv);
sim_plan sim_options_plan(const sim_options *options, uint64_t seed);

#endif

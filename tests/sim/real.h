/*
 * The store that the daemon has, behind the simulated one: SQLite on a disk that loses and tears what was not
 * synced (tests/fault), on this one thread. The simulated store says what it must hold.
 */
#ifndef OTR_TESTS_SIM_REAL_H
#define OTR_TESTS_SIM_REAL_H

#include "sim.h"

/* Makes a new database in a folder of its own; the model has its incarnation and secret then. */
void sim_real_init(sim *s);
void sim_real_done(sim *s);
/* Both have the commit: what they made of its entries, and how much there is now, must be the same. */
void sim_real_durable(sim *s, const otr_commit *commit);

/* At the end: nothing of who was forgotten is in any file. */
void sim_real_check_forgotten(sim *s);
/* At the end: each reading is in the store's journal, or recorded as lost. */
void sim_real_check(sim *s);

/* real_check.c: a recovery that counts what is handed over, and hands it on. */
typedef struct sim_tally {
    const otr_recovery *to; /* NULL: to nobody */
    uint64_t erased_seq;    /* batches up to it may have been erased in part */
    uint64_t sums[8];
    uint32_t counts[8];
} sim_tally;
otr_recovery sim_tally_recovery(sim_tally *tally);
/* What the two differ in; NULL: in nothing. */
const char *sim_tally_difference(const sim_tally *a, const sim_tally *b);

#endif

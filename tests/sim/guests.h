/*
 * Guests: customers who come by command, each with a parcel that the last device rides with, and who are
 * forgotten. From then on nothing of theirs may be anywhere.
 */
#ifndef OTR_TESTS_SIM_GUESTS_H
#define OTR_TESTS_SIM_GUESTS_H

#include "sim.h"

enum { SIM_MARK_BYTES = 24, SIM_GUESTS = 64 };

struct sim_guests {
    unsigned number;   /* of the newest; 0: nobody came yet */
    unsigned gone;     /* all up to this one are forgotten for good */
    bool leaves;       /* it is asked for that the newest be forgotten */
    uint64_t gone_seq; /* inputs before it may have been erased */
    otr_time next_at;  /* something happens to them */
};

void sim_guests_init(sim *s);
void sim_guests_done(sim *s);
otr_time sim_guests_next(const sim *s);
void sim_guests_run(sim *s);
void sim_guests_calm(sim *s);
/* Whether the seed has them; the last device is theirs then. */
bool sim_guests_come(const sim *s);
/* Of an asset or a contact: it is a guest's. */
bool sim_guests_own(otr_str name);
/* It is the newest guest's, and nobody has asked that they be forgotten. */
bool sim_guests_stay(const sim *s, otr_str name);
/* The commit that forgets the newest is durable. */
void sim_guests_forgotten(sim *s);
/* The commit is durable: nobody who was forgotten before it is in it. */
void sim_guests_durable(sim *s, const otr_commit *commit);
/* Nobody who was forgotten is in the core's state. */
void sim_guests_check_core(sim *s);
/* At the end: nor in what the broker keeps, nor in any file of the store. */
void sim_guests_check(sim *s);
/* NULL, or what of theirs is in the bytes. */
const char *sim_guests_within(const sim *s, otr_bytes bytes);

#endif

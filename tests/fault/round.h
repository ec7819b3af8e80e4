/*
 * One round of the fault tests: devices that resend what was not acknowledged, an agent (driver, core and
 * real store) on a disk that fails, and a broker that acknowledges late or not at all. Everything random
 * comes from the round's seed.
 */
#ifndef OTR_TESTS_ROUND_H
#define OTR_TESTS_ROUND_H

#include "base/arena.h"
#include "driver/driver.h"
#include "platform/linux/store/store.h"
#include "vfs_powerloss.h"

#define T0 (1700000000 * OTR_SECOND)

enum { DEVICES = 4, READINGS = 12, IN_FLIGHT = 64, EVENTS = 4096 };

typedef struct device {
    int next; /* index of the reading that it sends now */
    bool sent[READINGS];
    bool acknowledged[READINGS]; /* by the agent, whether the device saw it or not */
    uint64_t generation;
    otr_time resend_at;
} device;

typedef struct round {
    unsigned seed;
    unsigned dice;
    char folder[64];
    otr_fault_vfs *vfs;
    otr_store *store;
    otr_driver *driver;
    otr_time mono;
    bool lossy; /* acknowledgements get lost on their way, the broker is slow */
    device devices[DEVICES];
    uint64_t in_flight[IN_FLIGHT];
    otr_id in_flight_event[IN_FLIGHT];
    size_t in_flight_count;
    otr_id events[EVENTS]; /* what the broker accepted, each id once */
    otr_id entities[EVENTS];
    otr_str what[EVENTS];
    otr_time onsets[EVENTS];
    char assets[EVENTS][8];
    size_t event_count;
    bool link_is_up;
    bool broker_is_away;
    uint32_t outbox_rows;
    otr_digest_function *evidence; /* NULL: none is kept */
    bool hasty;  /* nobody waits for the store's thread: for sanitizers, as such a round is not repeatable */
    int stalled; /* steps until the driver hears of what the store did */
    otr_arena memory;
} round;

unsigned round_roll(round *r, unsigned sides);
double round_value_of(int index);
otr_store_config round_store_config(const round *r);
void round_committed(void *context, const otr_commit_result *result);
void round_outbox_read(void *context, otr_status status, const otr_row_outbox *rows, size_t count);

/* How many rounds: with OUTRIDER_LONG twenty times as many, under a sanitizer, which looks at memory and
 * threads and not at how the power is cut, a quarter; with OUTRIDER_EVERY=N an N-th of that. */
unsigned round_count(unsigned usual);
round *round_begin(unsigned seed);
/* Starts the agent; false when the disk fails already while the store is opened. */
bool round_start(round *r);
void round_run_step(round *r);
bool round_all_sent(const round *r);
void round_wait_for_store(const round *r);
void round_end_life(round *r);
/* A last life on a disk that works, until everything is through. */
void round_settle(round *r);
/* Each acknowledged reading is in the journal once. */
void round_check_journal(round *r);
/* Each expected event reached the broker, under one id. */
void round_check_broker(const round *r);
/* The evidence of each asset is one chain that fits, with each reading once. */
void round_check_evidence(const round *r);
/* Settles, checks and frees. */
void round_finish(round *r);
/* Frees without checks. */
void round_end(round *r);

#endif

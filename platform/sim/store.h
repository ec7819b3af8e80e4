/*
 * The store's port over a simulated disk: a commit takes a while and then is there, fails, or fails and is
 * there all the same; power cuts find it before or after. Who owns the store decides that for each call.
 */
#ifndef OTR_SIM_STORE_H
#define OTR_SIM_STORE_H

#include "platform/sim/clock.h"
#include "platform/sim/disk.h"

typedef struct otr_sim_fate {
    otr_time delay;
    otr_status status; /* as its caller hears it */
    bool there;        /* although it failed */
    size_t evict_to;   /* batches that the quota leaves; 0: it is large enough */
} otr_sim_fate;

/* Of the process. */
typedef enum otr_sim_end {
    OTR_SIM_STOPPED,
    OTR_SIM_KILLED,
    OTR_SIM_POWER_CUT,
} otr_sim_end;

typedef struct otr_sim_store_owner {
    void *context;
    otr_sim_fate (*commit_fate)(void *context);
    otr_sim_fate (*read_fate)(void *context);
    otr_status (*recover_fate)(void *context, size_t *snapshots_skipped);
    /* It is durable from now on; before its caller hears of it. */
    void (*durable)(void *context, const otr_commit *commit);
    void (*committed)(void *context, const otr_commit_result *result);
    void (*outbox_read)(void *context, otr_status status, const otr_row_outbox *rows, size_t count);
} otr_sim_store_owner;

/*
 * A store that does write, behind the simulated one, which stays the model of what it must hold: what is
 * there in the one is there in the other.
 */
typedef struct otr_sim_behind {
    void *self; /* NULL: there is none */
    otr_status (*recover)(void *self, const otr_recovery *recovery, otr_error *error);
    /* As the fate wishes it, if the store can be brought to that; then *fate is what came of it, and *loss
     * what was evicted (readings 0: nothing). */
    void (*commit)(void *self, const otr_commit *commit, otr_sim_fate *fate, otr_loss *loss);
    /* Copies the rows; NULL for no memory or no such rows. */
    otr_status (*read)(void *self, otr_outbox_class class, uint64_t after, size_t limit, otr_arena *memory,
                       otr_row_outbox **rows, size_t *count);
    /* How the process ends; commit is under way or NULL. True: it is there. */
    bool (*end)(void *self, const otr_commit *commit, otr_sim_end how, bool wished, otr_loss *loss);
} otr_sim_behind;

typedef struct otr_sim_store {
    otr_disk *disk; /* outlives the process that writes to it */
    const otr_sim_clock *clock;
    otr_sim_store_owner owner;
    otr_sim_behind behind;
    bool broken;              /* until it is recovered, as after a failed commit */
    const otr_commit *commit; /* under way */
    otr_sim_fate commit_fate;
    otr_time commit_at;
    bool reading;
    otr_sim_fate read_fate;
    otr_time read_at;
    otr_outbox_class read_class;
    uint64_t read_after;
    size_t read_limit;
    uint64_t commits;
} otr_sim_store;

otr_store_port otr_sim_store_port(otr_sim_store *store);
/* True time at which something is done; NEVER. */
otr_time otr_sim_store_next(const otr_sim_store *store);
void otr_sim_store_run(otr_sim_store *store);
/* The process is gone; what was under way is there or not, if that can be had. */
void otr_sim_store_cut(otr_sim_store *store, otr_sim_end how, bool there);

#endif

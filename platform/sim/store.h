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

typedef struct otr_sim_store {
    otr_disk *disk; /* outlives the process that writes to it */
    const otr_sim_clock *clock;
    otr_sim_store_owner owner;
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
/* The process is gone; what was under way is there or not. */
void otr_sim_store_cut(otr_sim_store *store, bool there);

#endif

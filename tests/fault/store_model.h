/* Random commits and what a store must hold after each: for tests that interrupt it anywhere. */
#ifndef OTR_TESTS_STORE_MODEL_H
#define OTR_TESTS_STORE_MODEL_H

#include "store_fixture.h"

enum { MODEL_OUTBOX = 4096, MODEL_ALARMS = 8 };

enum {
    MODEL_HANDED = 1, /* the link had it */
    MODEL_UNTOLD = 2, /* it left without being told */
    MODEL_ALONE = 4,  /* it is told alone: what it replaces was not told */
};

/* A value: copied to remember the state before a commit. */
typedef struct model {
    uint64_t random;
    uint64_t seed;
    otr_id incarnation;
    uint64_t next_seq;
    uint64_t next_outbox;
    uint64_t readings;
    otr_time core_time;
    uint64_t snapshot_seq;
    bool has_snapshot;
    uint8_t outbox[MODEL_OUTBOX]; /* by seq: 1 + class, 0: not there */
    uint8_t marks[MODEL_OUTBOX];  /* by seq: MODEL_HANDED and so on */
    uint64_t left_sum;            /* over all that left: seq times (reason + 1) */
    uint32_t revision[MODEL_ALARMS];
    bool open[MODEL_ALARMS];
    unsigned commits;
} model;

/* The memory of one commit. */
typedef struct model_commit {
    otr_commit commit;
    uint8_t batch[8192];
    uint8_t snapshot[32768];
    uint32_t devices[16];
    otr_row_outbox outbox[3];
    otr_outbox_fate fates[3];
    otr_outbox_left left[2];
    uint64_t handed[4];
    otr_row_alarm alarm;
} model_commit;

void model_init(model *m, uint64_t seed);
/* The next commit; the model goes on to the state after it. */
void model_next(model *m, model_commit *out);
/* What was recovered and what the outbox holds against the model; false and *why when it differs. */
bool model_matches(const model *m, fixture *f, const char **why);
/*
 * After an interruption: the store must hold exactly the state before the last commit or after it. On return
 * *m is the one that it holds. Fails the test with the text otherwise.
 */
void model_settle(model *m, const model *before, fixture *f, const char *text);

#endif

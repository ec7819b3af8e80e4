/*
 * A store in a folder of its own, called one thing at a time: every commit and read waits for its answer.
 * What recovery hands over is collected, so that a test compares it with what it wrote.
 */
#ifndef OTR_TESTS_STORE_FIXTURE_H
#define OTR_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "platform/linux/store/store.h"

enum { FIXTURE_LIST = 4096 };

typedef struct fixture_batch {
    uint64_t first_seq;
    uint32_t input_count;
    otr_time core_time;
    otr_bytes bytes;
    bool replay;
} fixture_batch;

/* What one recovery handed over; copies in the arena. */
typedef struct fixture_recovered {
    otr_arena arena;
    unsigned meta_calls;
    otr_id incarnation;
    uint64_t next_seq;
    uint64_t next_outbox_seq;
    otr_time last_core;
    otr_row_name names[64];
    size_t name_count;
    otr_row_content contents[64];
    size_t content_count;
    unsigned snapshot_calls;
    bool has_snapshot;
    otr_bytes snapshot;
    uint64_t snapshot_seq;
    otr_row_alarm alarms[256];
    size_t alarm_count;
    otr_row_case cases[256];
    size_t case_count;
    fixture_batch *batches; /* FIXTURE_LIST of them at most kept; all counted */
    size_t batch_count;
    otr_loss losses[64];
    size_t loss_count;
    otr_digest secret;
    char uplink[64]; /* as text */
    otr_row_proof_head proofs[16];
    size_t proof_count;
    char order[256]; /* kinds of calls in order, repeats left out: m n c s a k b l */
    /* to be refused */
    unsigned refuse_snapshots;
    otr_status refuse_alarms; /* OTR_OK: taken */
} fixture_recovered;

typedef struct fixture {
    char folder[256];
    otr_store_config config;
    otr_store *store;
    otr_store_port port;
    fixture_recovered got;
    /* the newest answer */
    bool answered;
    otr_commit_result result;
    otr_loss loss; /* of the newest answer; readings 0: none */
    bool rows_answered;
    otr_status rows_status;
    otr_row_outbox rows[512];
    size_t row_count;
    otr_arena row_memory;
    otr_loss lost[FIXTURE_LIST]; /* every loss that an answer told */
    size_t lost_count;
} fixture;

/* A fresh folder below the temporary folder; nothing is opened. */
fixture *fixture_create(void);
/* Closes the store and removes the folder. */
void fixture_free(fixture *f);
otr_status fixture_open(fixture *f, otr_error *error); /* without recovery */
otr_status fixture_recover(fixture *f, otr_error *error);
/* Both, and they must succeed. */
void fixture_start(fixture *f);
void fixture_close(fixture *f);
void fixture_restart(fixture *f);
otr_status fixture_commit(fixture *f, const otr_commit *commit);
otr_status fixture_read(fixture *f, otr_outbox_class class, uint64_t after, size_t limit);
/* "<folder>/<name>"; good until the next call. */
const char *fixture_path(fixture *f, const char *name);
/* The bytes of all files of the database together. */
uint64_t fixture_bytes(fixture *f);
/* The first column of the first row of a query, on a connection of its own. */
int64_t fixture_number(fixture *f, const char *query);
/* The name of a file in the folder that begins so, or NULL; good until the next call. */
const char *fixture_find(fixture *f, const char *prefix);

/* A batch of size bytes that say their own seq, for comparing: filled into out. */
otr_bytes fixture_fill(uint8_t *out, size_t size, uint64_t seq);
bool fixture_is_fill(otr_bytes bytes, uint64_t seq);
otr_id fixture_id(uint64_t number);

#endif

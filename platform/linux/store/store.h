/*
 * The store on SQLite: WAL, synchronous=FULL, a thread of its own that owns the connection. Schema and
 * statements live in sql/. The layout and why: README.md beside this file.
 */
#ifndef OTR_PLATFORM_STORE_H
#define OTR_PLATFORM_STORE_H

#include "driver/port.h"

typedef struct otr_store otr_store;

typedef struct otr_store_config {
    otr_str folder;         /* holds outrider.db, its WAL, the ballast file and databases set aside */
    uint64_t quota_bytes;   /* of the database and its WAL */
    uint64_t ballast_bytes; /* kept as a file of its own, given up when the disk is full; 0: none */
    const char *vfs;        /* SQLite VFS name; NULL: the default. Tests put a failing one here */
    /* Signs heads of proofs, from the store's thread; NULL: nobody does, and they stand there unsigned. */
    otr_status (*sign)(void *self, otr_bytes message, uint8_t out[OTR_SIGNATURE_BYTES]);
    void *signer;
    const struct otr_store_schema *schema; /* NULL: this version's. Tests play a later one */
    unsigned fsync_delay_ms;               /* added to each commit, for measurements; 0 in production */
} otr_store_config;

typedef struct otr_store_owner {
    void *context;
    void (*committed)(void *context, const otr_commit_result *result); /* called from otr_store_process */
    void (*outbox_read)(void *context, otr_status status, const otr_row_outbox *rows, size_t count);
} otr_store_owner;

otr_status otr_store_open(const otr_store_config *config, const otr_store_owner *owner, otr_store **out,
                          otr_error *error);
/* Waits for a transaction under way, checkpoints and closes. */
void otr_store_close(otr_store *store);
otr_store_port otr_store_port_of(otr_store *store);
int otr_store_fd(
    const otr_store *store); /* eventfd: readable when a result waits; then call otr_store_process */
void otr_store_process(otr_store *store);
/*
 * A version that changes the schema keeps the database from before: the agent's earlier version, put back,
 * goes on from it. Which schema version is kept, 0: none; and that it is wanted no more, for this version
 * proved well. A full disk takes it before readings are refused, forgetting a customer takes it at once.
 */
int otr_store_kept(const otr_store *store);
void otr_store_confirm(otr_store *store);
/* What became of the schema when the database was opened, in words; empty: nothing. */
otr_str otr_store_news(const otr_store *store);
/* When the store's thread last finished something, CLOCK_MONOTONIC microseconds, and whether work is under
 * way: for the watchdog. Safe from any thread. */
int64_t otr_store_progress_us(const otr_store *store, bool *busy);

/* All readings of one device between two core times, oldest first, from a second read-only connection: for
 * history and replay. batch is called with each journal row that may hold some. */
otr_status
otr_store_history(const otr_store_config *config, uint32_t device, otr_time from_core, otr_time to_core,
                  otr_status (*batch)(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch),
                  void *context, otr_error *error);

#endif

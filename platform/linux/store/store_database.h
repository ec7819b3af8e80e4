/*
 * The database itself, without threads: opening, reading back, one transaction, quota, chunks. store.c calls
 * it from one thread at a time. Private to the store.
 */
#ifndef OTR_PLATFORM_STORE_DATABASE_H
#define OTR_PLATFORM_STORE_DATABASE_H

#include "base/buffer.h"
#include "driver/port.h"
#include "platform/linux/store/store.h"
#include "platform/linux/store/store_files.h"
#include "platform/linux/store/store_notice.h"
#include "platform/linux/store/store_proof.h"
#include "platform/linux/store/store_sql.h"

enum {
    OTR_STORE_APPLICATION_ID = 0x4F545244, /* "OTRD" */
    OTR_STORE_VERSION = 3,
    OTR_STORE_PAGE_BYTES = 2048, /* measured: README.md */
    OTR_STORE_LEFT_ROWS = 10000, /* kept of outbox_left: a month of a busy gateway's alarms */
    OTR_STORE_LEFT_SLACK = 256,  /* pruned in bites, not row by row */
    OTR_STORE_OUTBOX_BYTES = 64, /* of a row and its index beside its body */
    OTR_STORE_CLASS_SHIFT = 56,
    OTR_STORE_EVICT_ROWS = 256, /* closed alarms or cases that go at once when nothing else is left */
    OTR_STORE_CHUNK_BYTES_MAX = 1 << 20,
    OTR_STORE_CHUNK_BYTES_MIN = 1 << 14,
    OTR_STORE_LOG_BYTES_MAX = 4 << 20, /* of WAL before a checkpoint */
    OTR_STORE_LOG_BYTES_MIN = 1 << 16,
};
#define OTR_STORE_REPEAT_SPAN (247 * OTR_SECOND) /* EXCHANGE_LIFETIME of RFC 7252 */

/* What the rows say, kept beside them. Loaded when the database is opened; as before the commit after one
 * that failed. */
typedef struct otr_store_state {
    otr_id incarnation;
    uint64_t next_seq;
    uint64_t next_outbox_seq;
    otr_time last_core;
    bool has_snapshot;
    uint64_t snapshot_seq;
    uint64_t oldest_seq; /* of the journal; 0: it has no rows */
    uint64_t next_chunk;
    uint64_t chunked_seq; /* the last input in a chunk */
    uint64_t tail_rows;   /* of rows after it */
    uint64_t tail_bytes;
    uint64_t rows;
    uint64_t bytes;
    uint64_t evicted_readings;
    uint64_t outbox_rows;
    uint64_t outbox_bytes;
    uint64_t left_rows;
    uint64_t outbox_floor; /* as meta has it: entries before it came already, though no row may say so */
    uint64_t
        wipe_seq;    /* when the retained entries before it have left, the files are rewritten; 0: no need */
    bool unreported; /* there may be losses that no commit came after */
} otr_store_state;

typedef struct otr_migration {
    int version; /* that the script leads to */
    const char *script;
} otr_migration;

/* Which schema this version of the agent knows, and the ways to it. */
typedef struct otr_store_schema {
    int version;
    const otr_migration *steps;
    size_t count;
} otr_store_schema;
extern const otr_store_schema otr_store_schema_now;

typedef struct otr_database {
    otr_sql sql; /* handle NULL: closed, recover must open it */
    otr_store_files files;
    const char *vfs;
    otr_status (*sign)(void *self, otr_bytes message, uint8_t out[OTR_SIGNATURE_BYTES]); /* may be NULL */
    void *signer;
    uint64_t quota_bytes;
    uint64_t data_bytes; /* of the quota, for pages in use; the rest is the log's */
    uint64_t
        reserve_bytes; /* of data_bytes, for commits that make room: with a snapshot or without a batch */
    uint64_t chunk_bytes;
    uint64_t log_bytes;
    otr_store_state state;
    bool corrupt;    /* corruption was met: the next recovery sets the database aside */
    bool tight;      /* the ballast was given up: the file must not grow */
    bool over_quota; /* the transaction under way found no room in the quota */
    int log_pages;   /* after the last commit */
    otr_loss loss;   /* of the transaction under way; readings 0: none */
    const otr_store_schema *schema;
    int newer;      /* schema version that is there and is not known; 0: none */
    char news[300]; /* what became of the schema while opening; empty: nothing */
    otr_buffer scratch;
} otr_database;

/* store_schema.c */
/* Begins a transaction and makes tables, application_id, user_version and a new incarnation in it. */
typedef struct otr_store_floors { /* where the counters of a new database begin */
    uint64_t seq;
    uint64_t outbox_seq;
    otr_time core;
} otr_store_floors;
otr_status otr_store_schema_make(otr_sql *sql, const otr_store_floors *floors, otr_error *error);
/* CORRUPT when this is no database of ours; INVALID when it is a newer version's. */
otr_status otr_store_schema_version(otr_database *database, otr_sql *sql, int *out, otr_error *error);
/* The same of the database that is open; keeps and migrates an older one. */
otr_status otr_store_schema_check(otr_database *database, otr_error *error);
otr_status otr_store_migrate(otr_sql *sql, const otr_migration *steps, size_t count, int target,
                             otr_error *error);

/* store_kept.c */
/* Copies the database, which is open, under a name with its schema version. Without room the news say so. */
void otr_store_keep(otr_database *database, int version);
/* The highest schema version, up to that one, of which a database is kept; 0: none. */
int otr_store_kept_find(const otr_store_files *files, int most);
void otr_store_kept_path(const otr_store_files *files, int version, char path[OTR_STORE_PATH_BYTES]);
/* Removes what is kept; false: nothing was. */
bool otr_store_kept_drop(const otr_store_files *files);

/* store_back.c: puts what was kept in the place of a newer version's database, which is set aside. INVALID
 * when nothing is kept, and then nothing is changed. The database stays closed. */
otr_status otr_store_go_back(otr_database *database, otr_error *error);

/* store_database.c */
otr_status otr_database_init(otr_database *database, const otr_store_config *config, otr_error *error);
/* Opens the file that is there (NOT_FOUND: there is none) and loads the state. On failure it is closed again.
 */
otr_status otr_database_open(otr_database *database, otr_error *error);
/* After a failure: no checkpoint, caches dropped. */
void otr_database_abandon(otr_database *database);
void otr_database_close(otr_database *database);
void otr_database_done(otr_database *database);
/* Pages of the log go into the database when enough have gathered. Failure is remembered by SQLite and
 * retried. */
void otr_database_checkpoint(otr_database *database);
otr_status otr_database_pages(otr_database *database, uint64_t *total, uint64_t *used, otr_error *error);

/* store_commit.c: one transaction; on failure the database is abandoned. *loss: what was evicted, readings 0:
 * nothing. */
otr_status otr_database_commit(otr_database *database, const otr_commit *commit, otr_loss *loss,
                               otr_error *error);
/* Within a transaction, as the salvage needs them. */
otr_status otr_store_put_alarm(otr_sql *sql, const otr_row_alarm *row, otr_error *error);
otr_status otr_store_put_case(otr_sql *sql, const otr_row_case *row, otr_error *error);
uint32_t otr_store_checksum(otr_bytes bytes);

/* store_forget.c: within the transaction, after its rows; the journal keeps its inputs' numbers. */
otr_status otr_store_forget(otr_database *database, const otr_commit *commit, otr_error *error);
/* After it: freed pages and the log are rewritten, and databases that were set aside are removed, so that
 * nothing of what was erased is left in any file. Goes on at the next start when a crash comes between. FULL:
 * the disk has no room for it. */
otr_status otr_store_wipe(otr_database *database, otr_error *error);
/* Whether the time has come for the second one. */
bool otr_store_wipe_is_due(otr_database *database, const otr_commit *commit);

/* store_outbox.c, within a transaction */
/* What leaves with sequences from there on. */
otr_status otr_store_take_left(otr_database *database, const otr_commit *commit, uint64_t from,
                               otr_error *error);
otr_status otr_store_leave(otr_database *database, const otr_commit *commit, const otr_outbox_left *left,
                           otr_error *error);
/* What comes, and what of that leaves at once; fills the fates. */
otr_status otr_store_put_entries(otr_database *database, const otr_commit *commit, otr_error *error);
otr_status otr_store_put_outbox(otr_sql *sql, const otr_row_outbox *row, otr_str body, otr_error *error);

/* store_notice.c */
/* After the entries, whose fates it reads. */
otr_status otr_store_put_remarks(otr_database *database, const otr_commit *commit, otr_error *error);
otr_status otr_store_put_notices(otr_database *database, const otr_commit *commit, otr_error *error);
/* store_order.c */
otr_status otr_store_put_orders(otr_database *database, const otr_commit *commit, otr_error *error);
otr_status otr_store_notice_of(sqlite3_stmt *statement, otr_notice_found *found, otr_error *error);

/* store_proof.c, within a transaction */
otr_status otr_store_put_proofs(otr_database *database, const otr_commit *commit, otr_error *error);
/* Contents and salts of what they had go, and the secret; hashes stay. */
otr_status otr_store_forget_proofs(otr_sql *sql, otr_str customer, otr_error *error);
/* A new secret. */
otr_status otr_store_put_secret(otr_sql *sql, otr_error *error);
otr_status otr_store_get_secret(otr_sql *sql, otr_digest *out, otr_error *error);
otr_status otr_store_proof_head_of(sqlite3_stmt *row, otr_row_proof_head *out, otr_error *error);
void otr_store_proof_of(sqlite3_stmt *row, otr_proof_found *out);
otr_status otr_store_proof_entry_of(sqlite3_stmt *row, otr_proof_entry_found *out, otr_error *error);
otr_status otr_store_save_proof(otr_sql *to, sqlite3_stmt *row);
otr_status otr_store_save_proof_entry(otr_sql *to, sqlite3_stmt *row);

/* store_rows.c, and of the outbox store_outbox.c: the row that stands ready; views until the next step.
 * CORRUPT when a value is out of range. */
otr_status otr_store_alarm_of(sqlite3_stmt *statement, otr_row_alarm *row, otr_error *error);
otr_status otr_store_case_of(sqlite3_stmt *statement, otr_row_case *row, otr_error *error);
otr_status otr_store_outbox_of(sqlite3_stmt *statement, otr_row_outbox *row, otr_error *error);
int64_t otr_store_outbox_key(otr_outbox_class class, uint64_t seq);

/* store_chunk.c: closes the rows after the newest chunk up to last_seq into a chunk, when there are any. */
otr_status otr_store_chunk_close(otr_database *database, uint64_t last_seq, otr_error *error);
void otr_store_devices_write(otr_buffer *out, const uint32_t *devices, size_t count);
bool otr_store_devices_have(otr_bytes devices, uint32_t device);

/* store_quota.c: room for a transaction of about need_bytes; rows up to covered_seq may go. FULL when there
 * is none; over_quota then tells the quota from the disk. */
otr_status otr_store_make_room(otr_database *database, uint64_t need_bytes, uint64_t covered_seq,
                               bool may_use_reserve, otr_error *error);
/* Losses that were handed over before this transaction are reported now. */
otr_status otr_store_settle_losses(otr_database *database, otr_error *error);
otr_status otr_store_record_loss(otr_sql *sql, otr_id incarnation, const otr_loss *loss, otr_error *error);
/* A lowered quota: evicts and compacts. */
otr_status otr_store_shrink(otr_database *database, otr_error *error);

/* store_recover.c: hands everything over. A function that answers CORRUPT makes the whole database corrupt.
 */
/* Within a transaction. */
otr_status otr_store_put_uplink(otr_sql *sql, otr_bytes uplink, otr_error *error);
otr_status otr_database_read_back(otr_database *database, const otr_recovery *recovery, otr_error *error);

/* store_aside.c */
/* Puts a new database in the place of the one that is there. why: the corruption, NULL when there was none
 * before; salvage: takes over the outbox, open alarms and cases as far as they read back. The database stays
 * closed. */
otr_status otr_database_replace(otr_database *database, const char *why, bool salvage, otr_error *error);
/* Opens what is there, completes what a crash left, or begins a new one. */
otr_status otr_database_open_or_replace(otr_database *database, otr_error *error);

#endif

/*
 * What is on the disk of a simulated gateway: the rows of the store's contract (driver/port.h), as plain
 * lists, so that checks can look at all of it. What leaves stays in the lists with the reason why: a check
 * must know what was there.
 */
#ifndef OTR_SIM_DISK_H
#define OTR_SIM_DISK_H

#include "base/arena.h"
#include "driver/port.h"

/* Owned bytes. */
typedef struct otr_blob {
    uint8_t *data;
    size_t size;
} otr_blob;

typedef struct otr_disk_batch {
    uint64_t first_seq;
    uint32_t inputs;
    uint32_t readings;
    otr_time core;
    otr_blob batch;
    bool evicted;
} otr_disk_batch;

typedef struct otr_disk_entry {
    uint64_t seq;
    otr_outbox_class class;
    otr_id decided; /* the event; event is another where something remains of one that is forgotten */
    otr_id event;
    otr_blob body;
    bool handed;
    bool retain;
    bool left; /* for the reason below */
    otr_outbox_reason reason;
} otr_disk_entry;

typedef struct otr_disk_said {
    otr_id event;
    otr_blob body;
} otr_disk_said;

typedef struct otr_disk_snapshot {
    uint64_t last_seq;
    otr_time core;
    otr_blob body;
} otr_disk_snapshot;

typedef struct otr_disk_content {
    otr_row_content row;
    bool active;
} otr_disk_content;

typedef struct otr_disk_loss {
    otr_loss loss;
    uint64_t commit; /* the one that it was recorded with */
    bool reported;
} otr_disk_loss;

#define OTR_DISK_LIST(type, name)                                                                            \
    struct {                                                                                                 \
        type *list;                                                                                          \
        size_t count;                                                                                        \
        size_t capacity;                                                                                     \
    } name

typedef struct otr_disk {
    otr_arena texts; /* of rows: a disk is thrown away as a whole */
    otr_id incarnation;
    otr_digest secret;
    uint64_t next_seq;
    uint64_t next_outbox_seq;
    otr_time last_core;
    uint64_t commits;
    OTR_DISK_LIST(otr_row_name, names);
    OTR_DISK_LIST(otr_disk_content, contents);
    OTR_DISK_LIST(otr_disk_batch, batches);
    OTR_DISK_LIST(otr_disk_snapshot, snapshots); /* the newest two, the newest last */
    OTR_DISK_LIST(otr_row_alarm, alarms);        /* the newest revision of each, in the order of raising */
    OTR_DISK_LIST(otr_row_case, cases);
    OTR_DISK_LIST(otr_disk_entry, entries); /* in the order of coming */
    OTR_DISK_LIST(otr_disk_said, said);     /* remarks that can be sent again */
    OTR_DISK_LIST(otr_row_notice, notices); /* in the order of deciding, each revision once */
    OTR_DISK_LIST(otr_row_proof_head, proofs);
    OTR_DISK_LIST(otr_disk_loss, losses);
    OTR_DISK_LIST(otr_row_served, served); /* as they came */
    otr_blob uplink;
    size_t first_batch;  /* that is not evicted */
    size_t first_entry;  /* that may still be there */
    size_t outbox_rows;  /* that are there */
    size_t outbox_bytes; /* of their bodies */
} otr_disk;

otr_disk *otr_disk_create(uint64_t seed);
void otr_disk_free(otr_disk *disk);
/* All of a commit is there now; fates are filled as the contract says. */
void otr_disk_put(otr_disk *disk, const otr_commit *commit);
/* The oldest batches that a snapshot covers leave until `keep` are left; the loss is recorded. False: none
 * did. */
bool otr_disk_evict(otr_disk *disk, size_t keep, otr_loss *loss);
/* The batches up to its last have left; the loss is recorded. */
void otr_disk_lose(otr_disk *disk, const otr_loss *loss);
/* Hands everything over in the contract's order; without the newest `skip` snapshots. */
otr_status otr_disk_recover(const otr_disk *disk, const otr_recovery *recovery, size_t skip);

/* Batches from the one that holds input `first` on up to `last`, at most `most` of them; NOT_FOUND: there are
 * none. */
otr_status otr_disk_read_batches(const otr_disk *disk, uint64_t first, uint64_t last, size_t most,
                                 void *context,
                                 otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                                    otr_bytes batch));

/* The entry leaves, as if a commit had said so. */
void otr_disk_leave(otr_disk *disk, otr_disk_entry *entry, otr_outbox_reason reason);

/* For the files of this folder: a new element, zeroed. Memory that is out ends the process. */
void *otr_disk_grow(void **list, size_t *count, size_t *capacity, size_t size);
#define OTR_DISK_ADD(rows)                                                                                   \
    otr_disk_grow((void **)&(rows).list, &(rows).count, &(rows).capacity, sizeof *(rows).list)
otr_blob otr_blob_of(otr_bytes bytes);

#endif

/*
 * The proof of an asset's assignment: what was measured, what was missed and why, what was raised and in
 * whose hands it was, as a chain of entries. Each one's hash covers the one before, so that none can be
 * changed, taken out or put between; what an entry says is sealed by a salt, so that both can be erased and
 * the chain still fits. Readings are gathered and become one entry an hour, and before whatever else is
 * entered.
 *
 *   header(0) = {"outrider":"evidence","version":1,"group":G,"gateway":G,"chain":ID
 *   header(n) = {"entry":n,"kind":WORD,"event":TIME,"received":TIME,"core":MICROSECONDS
 *   head(0)   = SHA-256(header(0))
 *   head(n)   = SHA-256(head(n-1) header(n) SHA-256(salt(n) content(n)))
 */
#ifndef OTR_CORE_PROOF_H
#define OTR_CORE_PROOF_H

#include "base/buffer.h"
#include "base/limits.h"
#include "core/journal/entries.h"
#include "core/rows.h"

struct otr_core;
struct otr_asset_state;
struct otr_alarm;
struct otr_asset;

enum { OTR_PROOF_BLOCK_BYTES = 1024 };

typedef struct otr_proof_metric {
    uint32_t metric;
    uint64_t good; /* numbers, since the last entry */
    uint64_t bad;
    double min;
    double max;
    double sum;
    otr_time bad_at; /* event time of the newest bad one of all, NONE: none */
} otr_proof_metric;

/* Readings that no entry has yet. */
typedef struct otr_proof_gathered {
    uint64_t readings;
    uint64_t late;
    uint64_t bad;
    otr_time first; /* event times; NONE */
    otr_time last;
    otr_digest digest; /* of full blocks: each time SHA-256 of it and the next block */
    uint16_t block_size;
    uint8_t block[OTR_PROOF_BLOCK_BYTES];
} otr_proof_gathered;

/* What of the goods' stability is used up; of readings in order, each until the next, as long as it is valid.
 */
typedef struct otr_proof_stability {
    uint32_t device; /* whose temperature counts; OTR_NONE */
    double celsius;  /* the newest, and how long it holds at the most */
    otr_time at;
    otr_time until;
    otr_time above;   /* time above limit.temperature_max */
    otr_time covered; /* for the mean kinetic temperature */
    double harm;
} otr_proof_stability;

typedef struct otr_proof {
    otr_id id;
    otr_digest key; /* salts come from it */
    otr_digest head;
    uint64_t next;    /* number of the next entry */
    uint64_t since;   /* the input that began it */
    otr_str customer; /* owned; may be empty */
    bool rebuilt;     /* rows know more of it than the state: said in the next entry */
    uint16_t metric_count;
    otr_proof_metric metrics[OTR_LIMIT_PROOF_METRICS];
    otr_proof_gathered gathered;
    otr_proof_stability stability;
} otr_proof;

/* Zero-initialise to use. */
typedef struct otr_proofs {
    otr_digest secret;      /* keys come from it; another one after each forgetting */
    struct otr_proof_kept { /* heads of rows whose asset has no proof yet; texts owned */
        otr_row_proof_head head;
    } * kept;
    size_t kept_count;
    uint32_t looked; /* asset that was looked for last: both rows and snapshot come in order */
} otr_proofs;

/* ---- life ---- */

/* Whether one is kept of such an asset: its field `evidence`, else by its class. */
bool otr_proof_is_wanted(const struct otr_asset *asset);
/* Assets are bound anew, and made takes the place of core->assets: proofs move, begin and end. */
void otr_proof_rebound(struct otr_core *core, struct otr_asset_state *made, uint32_t count);
/* At a start: what should have one and has none begins one. */
void otr_proof_start(struct otr_core *core);
/* The last entry; the proof is gone. NULL is allowed. */
void otr_proof_end(struct otr_core *core, struct otr_asset_state *asset, otr_str reason);
/* After somebody was forgotten: the keys of what they had can no longer be made. */
void otr_proof_forgotten(struct otr_core *core);
void otr_proof_free(otr_proof *proof);
/* NULL: there is none of that name. */
struct otr_asset_state *otr_proof_asset(struct otr_core *core, otr_str id);
void otr_proofs_done(struct otr_core *core);

/* ---- what is entered; assets without a proof are passed over ---- */

/* Each reading once, in the order in which it is taken, before it is judged. bad: the sensor failed. */
void otr_proof_reading(struct otr_core *core, struct otr_asset_state *asset, uint32_t device,
                       const otr_entry *entry, bool bad);
/* The device was silent between two instants of these metrics. */
void otr_proof_gap(struct otr_core *core, struct otr_asset_state *asset, uint32_t device,
                   const uint32_t *metrics, size_t count, otr_time from, otr_time to);
/* A step in the life of an alarm. */
void otr_proof_alarm(struct otr_core *core, struct otr_asset_state *asset, const struct otr_alarm *alarm,
                     const char *what, bool begins);
/* The agent was down, by UTC. */
void otr_proof_down(struct otr_core *core, otr_time from, otr_time to);
void otr_proof_lost(struct otr_core *core, const otr_loss *loss);

/* ---- the snapshot's section ---- */

void otr_proofs_write(const struct otr_core *core, otr_buffer *out);
/* Fails the reader. */
void otr_proofs_read(struct otr_core *core, otr_reader *reader);

#endif

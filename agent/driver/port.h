/*
 * The ports: what the driver needs from an operating system, as function tables. platform/linux and
 * platform/sim fill them. Every call comes from the driver's thread; a port answers through the otr_driver_*
 * functions of driver.h, on that same thread.
 */
#ifndef OTR_DRIVER_PORT_H
#define OTR_DRIVER_PORT_H

#include "base/buffer.h"
#include "base/status.h"
#include "core/command/command.h"
#include "core/journal/journal_erase.h"
#include "core/rows.h"

/* ---- clock ---- */

typedef enum otr_clock_quality {
    OTR_CLOCK_UNSYNCED, /* utc is a floor, not the time */
    OTR_CLOCK_SYNCED,
} otr_clock_quality;

typedef struct otr_clock_sample {
    otr_time mono; /* microseconds since some start, never decreases; runs at the clock's scale */
    otr_time utc;
    otr_clock_quality quality;
} otr_clock_sample;

typedef struct otr_clock_port {
    void *self;
    void (*read)(void *self, otr_clock_sample *out);
} otr_clock_port;

/* ---- store ---- */

enum { OTR_SIGNATURE_BYTES = 64 }; /* Ed25519 */

/* What became of an outbox row that replaces an earlier entry. */
typedef struct otr_outbox_fate {
    bool alone;        /* the earlier one was not told: this one has body_alone */
    bool kept;         /* false: with nothing to tell alone, it left as it came */
    uint64_t replaced; /* sequence of the entry that left for it; 0: none, or it had left before */
} otr_outbox_fate;

/* One transaction. Everything or nothing of it becomes durable. It and all that it points to belong to the
 * driver and stay as they are until otr_driver_committed. */
typedef struct otr_commit {
    /* the journal batch; batch.size == 0: no row */
    uint64_t first_seq; /* of its first input */
    uint32_t input_count;
    uint32_t reading_count;
    otr_time core_time; /* of the turn */
    otr_time utc;       /* of the commit; OTR_TIME_NONE while the clock is not known */
    otr_bytes batch;
    const uint32_t *devices; /* numbers of the devices with readings in the batch, each once */
    size_t device_count;
    const otr_row_name *names;
    size_t name_count;
    const otr_row_content *contents;
    size_t content_count;
    const otr_row_alarm *alarms; /* inserted or replaced by id */
    size_t alarm_count;
    const otr_row_case *cases;
    size_t case_count;
    const otr_row_outbox *outbox;
    size_t outbox_count;
    otr_outbox_fate *fates; /* filled by the store: one for each outbox row that replaces another, in their
                               order; NULL when there is none */
    const otr_outbox_left *left;
    size_t left_count;
    const uint64_t *handed; /* sequences of outbox entries that were handed to the link and have not left:
                               they may have been told */
    size_t handed_count;
    const otr_row_notice *notices; /* inserted or replaced by id and revision */
    size_t notice_count;
    const otr_row_remark *remarks; /* inserted */
    size_t remark_count;
    const otr_row_proof
        *proofs; /* inserted; where sign is set, signed with the gateway's key if it has one */
    size_t proof_count;
    const otr_row_order *orders; /* inserted */
    size_t order_count;
    otr_bytes snapshot; /* of the core after this batch; size 0: none */
    otr_bytes
        uplink; /* how far the telemetry has come, in place of what was kept before; size 0: as it was */
    const otr_row_served
        *served; /* inserted, or replaced where asset, device and from_seq are those of a row */
    size_t served_count;
    /* Of a customer who is forgotten with this commit: nothing that names the customer or their assets stays
     * in any row, nor what devices reported for them, and no freed page or log holds it once the commit is
     * answered OK. size 0: nobody is. Such a commit has a snapshot, and erase as core/journal/journal_erase.h
     * has it.
     */
    otr_str forgotten;
    otr_status (*erase)(otr_bytes batch, uint64_t first_seq, const otr_forgotten *forgotten, otr_buffer *out,
                        size_t *erased, otr_error *error);
    /* As core/outbox/outbox.h has it. An entry of which something remains stays with that, retained; the
     * files are rewritten once more when it has left. */
    otr_status (*remains)(otr_str body, otr_buffer *out, otr_id *event, otr_error *error);
} otr_commit;

/* Figures that the store keeps by itself. */
typedef struct otr_store_figures {
    uint64_t journal_bytes;
    uint64_t journal_rows;
    uint64_t oldest_seq;
    uint64_t outbox_rows;
    uint64_t outbox_bytes;     /* about what these rows take */
    uint64_t quota_bytes;      /* of the whole store; 0: it has none */
    uint64_t free_bytes;       /* of the file system */
    uint64_t evicted_readings; /* since the database was made */
    uint64_t commits;
    uint64_t commit_us_total; /* wall time of commits, for a mean */
    uint64_t commit_us_max;
} otr_store_figures;

typedef struct otr_commit_result {
    otr_status status;      /* OK; FULL when the disk is; IO otherwise: the driver rebuilds from the store */
    const otr_loss *losses; /* rows evicted by this transaction, already recorded in it */
    size_t loss_count;
    otr_store_figures figures;
    otr_error error;
} otr_commit_result;

/*
 * What recovery hands over, in this order; each function may fail and ends the recovery. Views last for the
 * call. meta may come again: then everything starts over, with another snapshot or another database, and what
 * was handed over before is void. A snapshot that is refused as CORRUPT or INVALID gives way to an older one
 * or none (the whole journal is replayed); anything else that is refused as CORRUPT makes the database a
 * corrupt one.
 */
typedef struct otr_recovery {
    void *context;
    otr_status (*meta)(void *context, otr_id incarnation, uint64_t next_seq, uint64_t next_outbox_seq,
                       otr_time last_core_time);
    otr_status (*name)(void *context, const otr_row_name *row);
    otr_status (*content)(void *context, const otr_row_content *row); /* the active one of each slot */
    otr_status (*snapshot)(void *context, otr_bytes snapshot,
                           uint64_t last_seq);                      /* not called when there is none */
    otr_status (*alarm)(void *context, const otr_row_alarm *row);   /* open ones, by seq */
    otr_status (*case_row)(void *context, const otr_row_case *row); /* not closed, by seq */
    /* Batches, by seq: first those of the last 247 s that the snapshot covers already (replay false: only
     * repeated uploads are learnt from them), then those after it (replay true). */
    otr_status (*batch)(void *context, uint64_t first_seq, uint32_t input_count, otr_time core_time,
                        otr_bytes batch, bool replay);
    otr_status (*loss)(void *context, const otr_loss *loss); /* not yet reported: found while opening */
    /* Random, and another one after each forgetting; right after meta. */
    otr_status (*secret)(void *context, const otr_digest *secret);
    otr_status (*proof)(void *context, const otr_row_proof_head *row); /* not ended; after the batches */
    /* What the last commit with one kept; right after the secret, not called when there was none. */
    otr_status (*uplink)(void *context, otr_bytes uplink);
} otr_recovery;

typedef struct otr_store_port {
    void *self;
    /* Opens or reopens the database and reads it back; blocks. A corrupt database is set aside and a new one
     * with a new incarnation begun; that is a loss, not an error. */
    otr_status (*recover)(void *self, const otr_recovery *recovery, otr_error *error);
    /* Starts one transaction; otr_driver_committed is called when it is durable or has failed. One at a time.
     */
    void (*submit)(void *self, const otr_commit *commit);
    /* Starts reading outbox rows of a class with seq > after, at most limit; otr_driver_outbox_read is
     * called. Waits behind a transaction under way. One at a time. */
    void (*read_outbox)(void *self, otr_outbox_class class, uint64_t after, size_t limit);
} otr_store_port;

/* ---- source ---- */

typedef enum otr_answer_kind {
    OTR_ANSWER_KEPT,      /* 2.04: durable */
    OTR_ANSWER_FULL,      /* 5.03 with Max-Age */
    OTR_ANSWER_NONE,      /* a repeated upload whose first copy will be answered: forget this handle */
    OTR_ANSWER_KEPT_MORE, /* 2.04: durable, and commands wait for the device */
} otr_answer_kind;

typedef struct otr_source_port {
    void *self;
    /* Answers an upload that otr_driver_upload took; each handle is answered exactly once. */
    void (*answer)(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s);
    /* Answers a fetch that otr_driver_fetch took, instead of answer: 2.05 with the device's commands in the
     * format that it asked for. */
    void (*deliver)(void *self, uint64_t handle, unsigned format, otr_bytes commands);
} otr_source_port;

/* One upload as a source hands it to otr_driver_upload; views last for the call. */
typedef struct otr_upload {
    otr_str identity; /* authenticated device, or empty */
    unsigned format;  /* CoAP Content-Format */
    otr_bytes payload;
    uint64_t key; /* hash of identity or address, message id, token and payload: equal for a repeated one; 0:
                     none */
    uint64_t handle;
} otr_upload;

/* A device that fetches its commands, or says that it has done them; views last for the call. */
typedef struct otr_device_request {
    otr_str device;  /* authenticated, or as it names itself where that is allowed */
    unsigned format; /* of the commands to be fetched */
    otr_str done;    /* the ids of those that are done, as text */
    uint64_t handle;
} otr_device_request;

/* ---- operators ---- */

typedef struct otr_operator_port {
    void *self;
    /* Answers a command that otr_driver_command took, once what it did is committed; each handle is answered
     * exactly once. */
    void (*answer)(void *self, uint64_t handle, const otr_command_result *result);
} otr_operator_port;

/* ---- signatures ---- */

enum { OTR_MAC_BYTES = 16 };

typedef struct otr_signature_port {
    void *self;
    /* HMAC-SHA256 of the message under the gateway's key, its first 128 bits: nobody guesses one of 2^128,
     * and the token is short enough for a link in a text message. */
    otr_status (*mac)(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES]);
    /* The same under the key before this one; NOT_FOUND when there was none. May be NULL. */
    otr_status (*mac_before)(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES]);
} otr_signature_port;

/* ---- link ---- */

typedef struct otr_property {
    otr_str name;
    otr_str value;
} otr_property;

typedef struct otr_publication {
    uint64_t token; /* handed back to otr_driver_published */
    otr_str topic;  /* NUL-terminated */
    otr_str content_type;
    otr_bytes payload;
    const otr_property *properties;
    size_t property_count;
    int qos; /* 0 or 1 */
    bool retain;
    uint32_t expiry_s;      /* MQTT 5 message expiry; 0: none */
    otr_str response_topic; /* where MQTT 5 answers go; empty: none */
    otr_bytes correlation;  /* MQTT 5 correlation data of an answer */
} otr_publication;

typedef struct otr_link_port {
    void *self;
    /* Hands one message to the session; the port copies what it needs. FULL when the window is; IO when it is
     * down; MEMORY; LIMIT or INVALID when the broker does not take such a message, which the driver offers
     * again after a while: the entry stays in the outbox. After OK otr_driver_published comes exactly
     * once. */
    otr_status (*publish)(void *self, const otr_publication *publication);
} otr_link_port;

#endif

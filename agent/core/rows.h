/*
 * What the core asks the store to keep: rows written in the same transaction as the journal batch that caused
 * them. Views; the core's effects own the memory until the commit is done.
 */
#ifndef OTR_CORE_ROWS_H
#define OTR_CORE_ROWS_H

#include "base/hash.h"
#include "base/time.h"
#include "core/alarm/lifecycle.h"
#include "core/desk/desk_act.h"
#include "core/notice/notice_reason.h"

/* A number that the journal uses for a device or metric name; written once, before its first use. */
typedef enum otr_name_space { OTR_NAME_DEVICE, OTR_NAME_METRIC } otr_name_space;
typedef struct otr_row_name {
    otr_name_space space;
    uint32_t number;
    otr_str name;
} otr_row_name;

/* A pack, the assignments or another content that decides, by slot: the newest one in a slot is active. An
 * empty hash means that the slot was emptied. */
typedef struct otr_row_content {
    otr_str slot; /* "pack/cold-chain", "assignments" */
    uint64_t seq; /* of the journal input that activated it */
    otr_str hash; /* hex SHA-256 of bytes, made outside the core */
    otr_str bytes;
} otr_row_content;

typedef struct otr_row_alarm {
    otr_id id;
    otr_id case_id;
    uint64_t seq; /* journal sequence of the input that raised it */
    uint32_t revision;
    otr_alarm_state state;
    bool open; /* the condition holds */
    otr_str pack;
    otr_str rule;
    otr_str asset;
    otr_str device;
    uint8_t priority;
    otr_time onset;
    otr_time raised;
    otr_time detected;
    otr_time ended; /* OTR_TIME_NONE while open */
    otr_str body;   /* core/rule/explanation.h: why it was raised; empty: the row keeps the one that it has */
} otr_row_alarm;

typedef enum otr_case_state { OTR_CASE_OPEN, OTR_CASE_VERIFYING, OTR_CASE_CLOSED } otr_case_state;

typedef struct otr_row_case {
    otr_id id;
    uint64_t seq; /* of the input that opened it */
    uint32_t revision;
    otr_case_state state;
    otr_str asset;
    otr_str customer; /* whose it is; may be empty, and is then as the row has it */
    otr_str category;
    otr_time opened;
    otr_time closed;
    otr_str body;
} otr_row_case;

/* Lower class leaves first; within a class by seq. */
typedef enum otr_outbox_class {
    OTR_OUTBOX_URGENT,
    OTR_OUTBOX_NORMAL,
    OTR_OUTBOX_BULK,
    OTR_OUTBOX_CLASSES
} otr_outbox_class;

typedef enum otr_outbox_reason {
    OTR_LEFT_ACCEPTED, /* PUBACK */
    OTR_LEFT_EXPIRED,
    OTR_LEFT_SUPERSEDED,
    OTR_LEFT_RETRACTED,
    OTR_LEFT_EVICTED,
    OTR_LEFT_FORGOTTEN, /* its customer is */
    OTR_LEFT_REASONS
} otr_outbox_reason;

/*
 * An entry may take the place of an earlier one. Which of its two bodies is told is decided in the
 * transaction that stores it:
 * - the earlier one may have been told (accepted, or handed to the link once): it stays, and body is told
 *   after it;
 * - it was not told (unsent, or gone for another reason): it leaves as replaced_as, and body_alone is told;
 * an empty body_alone tells nothing: then this entry leaves with the same reason.
 */
typedef struct otr_row_outbox {
    uint64_t seq; /* counts up over all classes, never reused */
    otr_outbox_class class;
    otr_id event;
    otr_str body;    /* core/outbox/outbox.h turns it into a service event when it is sent */
    bool again;      /* the body is that of the remark with this event; nothing is sent while an entry of it
                        waits, or when the remark is gone */
    bool retain;     /* a state, not a message: the broker keeps the newest; its leaving is not recorded */
    bool handed;     /* read back: the link had it once, so it may have been told */
    otr_id replaces; /* event of an earlier entry; zero: none */
    otr_str body_alone;            /* may be the same bytes as body */
    otr_outbox_reason replaced_as; /* SUPERSEDED or RETRACTED */
} otr_row_outbox;

typedef struct otr_outbox_left {
    uint64_t seq;
    otr_outbox_reason reason;
    otr_time utc; /* when; OTR_TIME_NONE while the clock is not known */
} otr_outbox_left;

/* A device reported for a customer's asset from one journal input to another, so that forgetting finds what
 * it must erase. */
typedef struct otr_row_served {
    otr_str asset;
    otr_str customer;
    uint32_t device;
    uint64_t from_seq;
    uint64_t to_seq; /* UINT64_MAX: it still does */
} otr_row_served;

/* Numbered as in the rows. */
typedef enum otr_notice_state {
    OTR_NOTICE_HELD,       /* waits; due says until when */
    OTR_NOTICE_TOLD,       /* is in the outbox, or was */
    OTR_NOTICE_DROPPED,    /* is never told */
    OTR_NOTICE_SUPERSEDED, /* a later revision is told in its place */
    OTR_NOTICE_GATHERED,   /* is told within another notice: a digest, or one for many assets */
    OTR_NOTICE_STATES
} otr_notice_state;

/*
 * What was decided about telling one person one thing, inserted or replaced by id and revision: each thing
 * said of a trouble is a revision of its own. History for people: recovery does not hand it back to the core.
 */
typedef struct otr_row_notice {
    otr_id id; /* of the notification */
    uint32_t revision;
    uint64_t seq;    /* of the journal input after which it was decided */
    otr_str contact; /* opaque reference */
    otr_str asset;
    otr_str pack;
    otr_str rule;
    otr_id alarm;
    otr_id case_id;
    otr_str category;
    otr_str what; /* raised, updated, cleared, past, retracted, repeated, escalated, ... */
    otr_notice_state state;
    otr_str reason;      /* why it waits or was not told: a word of notice_reason.h; empty: it was told */
    otr_time decided;    /* UTC */
    otr_time due;        /* UTC: held until then; when told, the next news comes by then; OTR_TIME_NONE */
    uint64_t outbox_seq; /* of the entry that tells it; 0: none yet */
    otr_str body; /* of that entry, to show what was said (the store puts body_alone in its place where that
                     is told); empty: the row keeps the one that it has */
} otr_row_notice;

/* Numbered as in the rows. */
typedef enum otr_speaker {
    OTR_SPEAKER_GATEWAY,
    OTR_SPEAKER_DESK,
    OTR_SPEAKER_CUSTOMER,
    OTR_SPEAKER_OPERATOR,
    OTR_SPEAKERS
} otr_speaker;

/* One thing that was said about a case, in the order of the rows. History: recovery does not hand it back. */
typedef struct otr_row_remark {
    otr_id case_id;
    uint64_t seq; /* of the journal input with which it was said */
    otr_time utc; /* OTR_TIME_NONE: the clock was not known */
    otr_str asset;
    otr_str customer; /* of the case; may be empty */
    otr_speaker speaker;
    otr_str what;
    otr_str who;
    otr_str text;
    otr_id event; /* a ticket's: of its outbox entry; else zero */
    otr_str body; /* of that entry, to send it again */
} otr_row_remark;

/* An order as it came, core/command/order_book.h, in the order of the rows. History: recovery does not hand
 * it back.
 */
typedef struct otr_row_order {
    uint64_t seq; /* of the journal input that says so */
    otr_time utc; /* OTR_TIME_NONE: the clock was not known */
    otr_id key;   /* zero: nobody's */
    uint64_t counter;
    otr_role role;
    bool taken;    /* false: it was refused before it was looked at further */
    uint32_t more; /* refused before it, without rows of their own */
    otr_str who;
    otr_str verb;
    otr_str about;
    otr_str outcome; /* "ok", or why not */
} otr_row_order;

/*
 * An entry of an asset's proof (core/proof/proof.h), appended and never changed; number 0 begins one. Salt
 * and content are erased when the customer is forgotten; the rest stays, so that what follows still fits.
 */
typedef struct otr_row_proof {
    otr_id proof;
    uint64_t number; /* 0, 1, 2, ... without a gap */
    otr_str asset;
    otr_str customer; /* may be empty */
    otr_str header;   /* JSON without its closing brace */
    otr_id salt;
    otr_str content;   /* a JSON object; of number 0 empty */
    otr_digest sealed; /* SHA-256 of salt and content */
    otr_digest head;   /* of all entries up to this one */
    bool sign;         /* the store signs the head */
    bool ends;         /* the last one */
} otr_row_proof;

/* Where the proof of an asset stands that has not ended. */
typedef struct otr_row_proof_head {
    otr_id proof;
    uint64_t next; /* number of the next entry */
    otr_str asset;
    otr_str customer;
    otr_digest head;
} otr_row_proof_head;

/* Telemetry that the quota evicted or that a corrupt database took with it. Event times are NONE when
 * unknown. */
typedef struct otr_loss {
    uint64_t first_seq;
    uint64_t last_seq;
    uint64_t readings;
    otr_time first_core;
    otr_time last_core;
    otr_str reason; /* quota, corrupt, rollback: core/went_back.h */
} otr_loss;

#endif

/*
 * One gateway's day in figures: what was raised, told, answered and done, by rule, product, lot and so on.
 * Buckets are sums of integers, so that adding them up gives the same in any order; a newer revision of the
 * same gateway and day takes the older one's place. No customer is in them.
 *
 * As bytes (proto/figures.proto, or the same as JSON) it is the `figures` of a retained FIGURES event.
 */
#ifndef OTR_CODEC_BUCKET_H
#define OTR_CODEC_BUCKET_H

#include "base/buffer.h"
#include "base/date.h"
#include "base/limits.h"
#include "base/time.h"
#include "codec/service.h"

/* X(number on the wire, NAME, word, what its keys are) */
/* clang-format off */
#define OTR_BUCKET_DIMENSIONS(X)                                                                             \
    X(0, TOTAL, "total")     /* one cell, whose key is empty: everything once */                             \
    X(1, RULE, "rule")       /* PACK/RULE */                                                                 \
    X(2, PRODUCT, "product") /* the asset's model, else its class */                                         \
    X(3, LOT, "lot")                                                                                         \
    X(4, LANE, "lane")       /* ORIGIN>DESTINATION of its route */                                           \
    X(5, CAUSE, "cause")     /* the case's likely cause, else its category */                                \
    X(6, QUEUE, "queue")     /* of its ticket */                                                             \
    X(7, STEP, "step")       /* of its journey */

/*
 * X(number on the wire, NAME, word). Those of the desk are core/figures/service_mark.h's; told, held and dropped
 * are decisions about one notice to one contact, by the class of their reason (core/notice/notice_reason.h).
 */
#define OTR_BUCKET_COUNTS(X)                                                                                 \
    X(0, ALARMS, "alarms") /* raised */                                                                      \
    X(1, RETRACTED, "retracted")                                                                             \
    X(2, HISTORICAL, "historical") /* of ALARMS: over before they were known */                              \
    X(3, CASES, "cases") /* begun */                                                                         \
    X(4, TOLD, "told")                                                                                       \
    X(5, HELD_QUIET, "held_quiet")                                                                           \
    X(6, HELD_BUDGET, "held_budget") /* budgets and cooldown */                                              \
    X(7, HELD_GROUPED, "held_grouped") /* for a digest or a flood's one message */                           \
    X(8, HELD_OTHER, "held_other")                                                                           \
    X(9, DROPPED_QUIET, "dropped_quiet")                                                                     \
    X(10, DROPPED_BUDGET, "dropped_budget")                                                                  \
    X(11, DROPPED_GROUPED, "dropped_grouped") /* another message tells it: grouped, flood, digest */         \
    X(12, DROPPED_REPEATED, "dropped_repeated") /* once, duplicate */                                        \
    X(13, DROPPED_STALE, "dropped_stale") /* stale, expired, retracted, withdrawn */                         \
    X(14, DROPPED_STOPPED, "dropped_stopped") /* opted-out */                                                \
    X(15, DROPPED_OTHER, "dropped_other") /* no-text, no-contact, unsynced, shelved */                       \
    /* what readers think of it, in their words and by what they do */                                       \
    X(16, USEFUL, "useful")                                                                                  \
    X(17, KNOWN, "known")                                                                                    \
    X(18, WRONG, "wrong")                                                                                    \
    X(19, LATE, "late")                                                                                      \
    X(20, ACTED, "acted")         /* asked for help, a call, or answered otherwise than with an opinion */   \
    X(21, IGNORED, "ignored")     /* over without any answer */                                              \
    X(22, MUTED, "muted")         /* stop after it */                                                        \
    X(23, ASKED_AGAIN, "asked_again") /* status after it was told */                                         \
    X(24, PRAISE, "praise")       /* and by signs from elsewhere: outrider voice import */                   \
    X(25, COMPLAINT, "complaint")                                                                            \
    X(26, QUESTION, "question")                                                                              \
    X(27, RETURN, "return")                                                                                  \
    X(28, ASKED, "asked")       /* questions put to customers */                                             \
    X(29, ANSWERED, "answered") /* of them */                                                                \
    /* the desk */                                                                                           \
    X(32, OPENED, "opened")                                                                                  \
    X(33, ACKNOWLEDGED, "acknowledged")                                                                      \
    X(34, ASSIGNED, "assigned")                                                                              \
    X(35, TRANSFERRED, "transferred")                                                                        \
    X(36, WRONG_QUEUE, "wrong_queue")                                                                        \
    X(37, HAD_TO_ASK, "had_to_ask")                                                                          \
    X(38, PROMISED, "promised")                                                                              \
    X(39, PROMISE_KEPT, "promise_kept")                                                                      \
    X(40, PROMISE_MISSED, "promise_missed")                                                                  \
    X(41, RESOLVED, "resolved")                                                                              \
    X(42, NOT_NEEDED, "not_needed")                                                                          \
    X(43, REMEDY, "remedy")                                                                                  \
    X(44, REOPENED_SYMPTOM, "reopened_symptom")                                                              \
    X(45, REOPENED_CUSTOMER, "reopened_customer")                                                            \
    X(46, CONFIRMED, "confirmed")                                                                            \
    X(47, CLOSED, "closed")                                                                                  \
    X(48, RESENT, "resent")                                                                                  \
    X(49, FIRST_CONTACT, "first_contact") /* of CLOSED: one act of the desk, never reopened */               \
    X(50, PROMISE_DROPPED, "promise_dropped") /* the case ended first */                                     \
    X(51, INCOMPLETE, "incomplete") /* tickets for which HAD_TO_ASK, which counts fields */                  \
    X(52, FIRST_CONTACT_LOST, "first_contact_lost") /* of FIRST_CONTACT: open again since */                 \
    X(53, MERGED, "merged") /* cases that go on in another */                                                \
    /* not counted but stood so when the bucket was made: only the newest bucket of a gateway says it */     \
    X(56, BACKLOG, "backlog") /* tickets open */                                                             \
    X(57, DUE, "due")         /* promises open */

/* X(number on the wire, NAME, word, lowest, highest) */
#define OTR_BUCKET_SCORES(X)                                                                                 \
    X(0, SATISFACTION, "satisfaction", 1, 5)                                                                 \
    X(1, EFFORT, "effort", 1, 7)                                                                             \
    X(2, NPS, "nps", 0, 10)

/* X(number on the wire, NAME, word): seconds, or thousandths of a limit */
#define OTR_BUCKET_SPREADS(X)                                                                                \
    X(0, TO_ACKNOWLEDGE, "to_acknowledge") /* s, from the ticket to the desk's first act */                  \
    X(1, TO_RESOLVE, "to_resolve")         /* s, from the ticket to a resolution */                          \
    X(2, LASTED_USEFUL, "lasted_useful")   /* s, from onset to end, of an alarm that a reader found useful */       \
    X(3, LASTED_WRONG, "lasted_wrong")     /* the same of one that a reader called wrong or known */               \
    X(4, LASTED_LATE, "lasted_late")       /* s, from onset to being raised, of one called late */           \
    X(5, BEYOND_USEFUL, "beyond_useful")   /* by how many thousandths the value was beyond the limit ... */  \
    X(6, BEYOND_WRONG, "beyond_wrong")
/* clang-format on */

#define X(number, name, ...) OTR_BY_##name = (number),
typedef enum otr_bucket_dimension { OTR_BUCKET_DIMENSIONS(X) OTR_BY_COUNT } otr_bucket_dimension;
#undef X
#define X(number, name, ...) OTR_COUNT_##name = (number),
typedef enum otr_bucket_count { OTR_BUCKET_COUNTS(X) OTR_COUNT_COUNT } otr_bucket_count;
#undef X
#define X(number, name, ...) OTR_SCORE_##name = (number),
typedef enum otr_bucket_score { OTR_BUCKET_SCORES(X) OTR_SCORE_COUNT } otr_bucket_score;
#undef X
#define X(number, name, ...) OTR_SPREAD_##name = (number),
typedef enum otr_bucket_spread { OTR_BUCKET_SPREADS(X) OTR_SPREAD_COUNT } otr_bucket_spread;
#undef X

enum {
    OTR_BUCKET_SCORE_VALUES = 11, /* 0 to 10 */
    OTR_BUCKET_BINS = 18,         /* up to 1 unit, 2, 4, ... 65,536 units, and above */
    OTR_BUCKET_UNIT_S = 15,       /* of seconds: 15 s to 11 days */
    OTR_BUCKET_UNIT_BEYOND = 1,   /* of thousandths: 0.1 % to 66 times the limit */
    OTR_BUCKET_NAME_BYTES = 64,   /* as otr_topic_name_ok has it */
};

/* The greatest count or sum: readers of JSON count no further, and a handful of them still fits 64 bits. */
#define OTR_BUCKET_SUM_MAX (UINT64_C(1) << 53)

/* All sums stay at their greatest value instead of wrapping. */
typedef struct otr_bucket_values {
    uint64_t sum; /* s, or thousandths; at most OTR_BUCKET_SUM_MAX */
    uint32_t bins[OTR_BUCKET_BINS];
} otr_bucket_values;

typedef struct otr_bucket_cell {
    otr_bucket_dimension dimension;
    uint32_t key_size;
    char key[OTR_LIMIT_BUCKET_KEY_BYTES + 1]; /* empty: in TOTAL all, elsewhere all that had no room */
    uint64_t rank; /* how often it was counted at the most: who keeps its place; not on the wire */
    uint64_t counts[OTR_COUNT_COUNT];                          /* each at most OTR_BUCKET_SUM_MAX */
    uint32_t scores[OTR_SCORE_COUNT][OTR_BUCKET_SCORE_VALUES]; /* how many gave each */
    otr_bucket_values spreads[OTR_SPREAD_COUNT];
} otr_bucket_cell;

/* Zero-initialise to use, and set `oldest` to NEVER. */
typedef struct otr_bucket {
    char group[OTR_BUCKET_NAME_BYTES + 1]; /* both empty: a sum of several */
    char gateway[OTR_BUCKET_NAME_BYTES + 1];
    int32_t day;             /* UTC, from 1970-01-01 */
    uint32_t revision;       /* of this gateway's day, from 1 */
    bool closed;             /* nothing will be added any more */
    otr_time oldest;         /* when the oldest open ticket was opened, UTC; NEVER: none is */
    otr_bucket_cell **cells; /* by dimension and key; owned */
    uint32_t count;
    uint32_t capacity;
} otr_bucket;

void otr_bucket_done(otr_bucket *bucket);
/* Texts without NUL, as otr_topic_name_ok has them; false else. */
bool otr_bucket_name(otr_bucket *bucket, otr_str group, otr_str gateway);

/* ---- counting ---- */

/*
 * The cell for one event more, made when there is none; a key that is too long is cut and ends in a hash of
 * the whole. With OTR_LIMIT_BUCKET_KEYS of a dimension's keys the one of the lowest rank gives way, and what
 * was counted of it is the rest's: pointers to cells are good until the next call. A key that has more than
 * one of OTR_LIMIT_BUCKET_KEYS of all events always has a place, whenever it came, and of its events at most
 * that share is among the rest. NULL when memory is out.
 */
otr_bucket_cell *otr_bucket_at(otr_bucket *bucket, otr_bucket_dimension dimension, otr_str key);
/* NULL when there is none. */
const otr_bucket_cell *otr_bucket_find(const otr_bucket *bucket, otr_bucket_dimension dimension, otr_str key);
void otr_bucket_add_count(otr_bucket_cell *cell, otr_bucket_count count, uint64_t more);
/* A value outside the scale is not counted. */
void otr_bucket_add_score(otr_bucket_cell *cell, otr_bucket_score score, int value);
/* value in s, or thousandths; below 0 is 0. */
void otr_bucket_add_value(otr_bucket_cell *cell, otr_bucket_spread spread, int64_t value);
static inline otr_str otr_bucket_key(const otr_bucket_cell *cell)
{
    return (otr_str){cell->key, cell->key_size};
}

/* ---- adding up ---- */

/* The cell's key is in it no more: what was counted of it is the rest's. MEMORY. */
otr_status otr_bucket_hide(otr_bucket *bucket, const otr_bucket_cell *cell);
/* Without the limit of keys, but OTR_LIMIT_BUCKET_SUM_CELLS: LIMIT, or MEMORY, and `into` is unusable. */
otr_status otr_bucket_merge(otr_bucket *into, const otr_bucket *from, otr_error *error);
/* Whether a takes b's place, both of one gateway and day: by revision, then closed, then what is in it. */
bool otr_bucket_replaces(const otr_bucket *a, const otr_bucket *b);
/* Keeps `keys` of each dimension, those with most in them, and adds the others to the cell of the rest. */
otr_status otr_bucket_fold(otr_bucket *bucket, uint32_t keys);

/* ---- reading ---- */

const char *otr_bucket_dimension_text(otr_bucket_dimension dimension);
bool otr_bucket_dimension_parse(otr_str word, otr_bucket_dimension *out);
const char *otr_bucket_count_text(otr_bucket_count count); /* NULL: the number is not used */
const char *otr_bucket_score_text(otr_bucket_score score);
/* Whether the scale has the value. */
bool otr_bucket_score_has(otr_bucket_score score, size_t value);
const char *otr_bucket_spread_text(otr_bucket_spread spread);
/* Of the numbers that stand for a moment instead of a count. */
bool otr_bucket_count_stands(otr_bucket_count count);
/* The upper end of a bin in s or thousandths; INT64_MAX for the last. */
int64_t otr_bucket_bin_end(otr_bucket_spread spread, int bin);

typedef struct otr_bucket_moments {
    uint64_t n;
    double mean;
    double deviation; /* of the sample; 0 with fewer than two */
} otr_bucket_moments;
otr_bucket_moments otr_bucket_score_moments(const otr_bucket_cell *cell, otr_bucket_score score);
/* n and mean; deviation is 0: bins do not tell it. */
otr_bucket_moments otr_bucket_spread_moments(const otr_bucket_cell *cell, otr_bucket_spread spread);
/* The upper end of the bin in which the share lies (0 to 1), as otr_bucket_bin_end has it; -1: n is 0. */
int64_t otr_bucket_spread_share(const otr_bucket_cell *cell, otr_bucket_spread spread, double share);

/* ---- bytes ---- */

/* Appends. LIMIT beyond OTR_LIMIT_OUTBOX_PAYLOAD_BYTES; INVALID without names. */
otr_status otr_bucket_encode(otr_buffer *out, otr_payload payload, const otr_bucket *bucket,
                             otr_error *error);
/* Appends the protobuf, after folding the bucket until each spelling fits in OTR_LIMIT_BUCKET_BYTES. */
otr_status otr_bucket_encode_fit(otr_buffer *out, otr_bucket *bucket, otr_error *error);
/* out is the caller's to give back, also after a failure. Numbers that this build does not know are left
 * out. */
otr_status otr_bucket_decode(otr_payload payload, otr_bytes bytes, otr_bucket *out, otr_error *error);

#endif

/* What a step wants kept and sent. One otr_effects gathers turns until they are committed together. */
#ifndef OTR_CORE_EFFECTS_H
#define OTR_CORE_EFFECTS_H

#include "base/arena.h"
#include "core/journal/journal.h"
#include "core/rows.h"

/* A list of rows in the arena; grows by doubling. */
#define OTR_ROWS(type)                                                                                       \
    struct {                                                                                                 \
        type *list;                                                                                          \
        size_t count;                                                                                        \
        size_t capacity;                                                                                     \
    }

/* Zero-initialise to use. */
typedef struct otr_effects {
    bool discard; /* rebuilding: rows and texts are not made */
    bool failed;  /* memory is out: do not commit */
    otr_arena memory;
    otr_buffer batch;
    uint64_t first_seq; /* of the batch */
    uint32_t input_count;
    uint32_t reading_count;
    otr_time core_time; /* of the last turn in it */
    bool activated;     /* a content changed: snapshot with this commit */
    OTR_ROWS(otr_row_name) names;
    OTR_ROWS(otr_row_content) contents;
    OTR_ROWS(otr_row_alarm) alarms;
    OTR_ROWS(otr_row_case) cases;
    OTR_ROWS(otr_row_outbox) outbox;
    OTR_ROWS(otr_row_notice) notices;
    OTR_ROWS(otr_row_remark) remarks;
    OTR_ROWS(otr_row_served) served;
    OTR_ROWS(otr_row_proof) proofs;
    OTR_ROWS(otr_row_order) orders;
    otr_str forgotten; /* a customer who is forgotten with this commit; size 0: nobody */
    OTR_ROWS(uint32_t) devices;
    OTR_ROWS(otr_command_result) results; /* one per command, in order; told once this is committed */
} otr_effects;

void otr_effects_clear(otr_effects *effects);
void otr_effects_done(otr_effects *effects);
/* Whether there is anything to commit. */
static inline bool otr_effects_any(const otr_effects *effects)
{
    return effects->input_count > 0;
}

/* A new zeroed row at the end of a list, or NULL with failed set. */
#define OTR_ROWS_ADD(effects, rows)                                                                          \
    otr_effects_grow((effects), (void **)&(effects)->rows.list, &(effects)->rows.count,                      \
                     &(effects)->rows.capacity, sizeof *(effects)->rows.list)
void *otr_effects_grow(otr_effects *effects, void **list, size_t *count, size_t *capacity, size_t size);
/* A copy in the effects' memory; failed is set when memory is out. */
otr_str otr_effects_copy(otr_effects *effects, otr_str text);

#endif

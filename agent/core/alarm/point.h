/*
 * Points: rules on assets that an operator has shelved or taken out of service, and what keeps an alarm from
 * being told. Only those that are not in their ordinary state are kept, by name: they outlive new versions of
 * the pack. Suppression by design is not kept: it is judged when it is asked for.
 */
#ifndef OTR_CORE_POINT_H
#define OTR_CORE_POINT_H

#include "base/buffer.h"
#include "core/alarm/kpi.h"
#include "core/command/command.h"

struct otr_core;
struct otr_asset_state;

typedef struct otr_point {
    otr_point_key key;    /* in core->labels */
    uint32_t customer;    /* core/asset/whose.h; once its asset goes to another, or ends */
    uint8_t state;        /* otr_point_state: not SPEAKING */
    otr_time until;       /* core time at which a shelf of a span ends; NEVER: another kind */
    otr_time until_civil; /* UTC at which a shelf until a time ends; NEVER: another kind */
    otr_time since;       /* UTC */
    otr_str who;          /* owned; one block with reason */
    otr_str reason;
} otr_point;

/* Zero-initialise to use. */
typedef struct otr_points {
    otr_point *list; /* in the order in which they were made */
    uint32_t capacity;
    uint32_t count;
    otr_time next;       /* the earliest of until; NEVER. Both meaningless while count is 0. */
    otr_time next_civil; /* of until_civil */
} otr_points;

/* NULL: its ordinary state. */
otr_point *otr_point_find(struct otr_core *core, otr_point_key key);
/* A command on the point, checked and of a kind that points take; says what has changed. */
otr_refusal otr_point_command(struct otr_core *core, otr_point_key key, const otr_command *command);
/* What an alarm raised now at the point (a rule of the asset's plan) becomes: a withheld state, or NORMAL
 * when it is to be told. at: the event time at which suppression by design is judged. */
otr_alarm_state otr_point_silence_at(struct otr_core *core, const struct otr_asset_state *asset,
                                     uint32_t index, otr_time at);
/* The key of a rule of the asset's plan; failed is set when memory is out. */
otr_point_key otr_point_key_of(struct otr_core *core, const struct otr_asset_state *asset, uint32_t index);
/* Whether the point of that key is bound: its asset and its place in the plan. */
bool otr_point_bound(struct otr_core *core, otr_point_key key, uint32_t *asset, uint32_t *index);

/* After an instant of the asset: tells the withheld alarms that nothing suppresses any more. */
void otr_point_review(struct otr_core *core, uint32_t asset, otr_time at);
/* After rules were bound anew: points whose rule is gone end, all withheld alarms are reviewed. */
void otr_points_rebound(struct otr_core *core);
/* The points of an asset (its label) end: it is another customer's, to whom nothing is kept silent. */
void otr_points_hand_on(struct otr_core *core, uint32_t asset);
/* Those of whom (core/asset/whose.h) end without a word, and so does what the broker keeps of them. */
void otr_points_forget_of(struct otr_core *core, uint32_t whose);
/* All points of an asset end, and so does what the broker keeps of them; asset: its label. */
void otr_points_forget(struct otr_core *core, uint32_t asset);

/* UTC at which its shelf ends, as far as the clock is known now; NONE: it does not end, or not by a known
 * time.
 */
otr_time otr_point_until(const struct otr_core *core, const otr_point *point);
/* Core time at which the next shelf ends: a civil time as far as the clock is known now. NEVER: none. */
otr_time otr_points_next_due(const struct otr_core *core);
/* Ends the first shelf that is due now; false when none is. */
bool otr_points_expire_one(struct otr_core *core);

void otr_points_write(const struct otr_core *core, otr_buffer *out);
void otr_points_read(struct otr_core *core, otr_reader *reader);
void otr_points_done(struct otr_core *core);

#endif

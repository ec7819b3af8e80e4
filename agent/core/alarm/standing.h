/*
 * Alarms that are over but stand until an operator acknowledges or resets them, from the oldest to the
 * newest. They know their rule and asset by name, so they outlive both. Bounded by OTR_LIMIT_ALARMS_STANDING
 * and, what is not latched, by OTR_LIMIT_STANDING_DAYS: what lapses becomes normal by itself, and that is
 * told.
 */
#ifndef OTR_CORE_STANDING_H
#define OTR_CORE_STANDING_H

#include "base/buffer.h"
#include "core/alarm/kpi.h"
#include "core/alarm/lifecycle.h"

struct otr_core;

typedef struct otr_standing_alarm {
    bool used;
    uint8_t state; /* otr_alarm_state: one that is standing */
    uint8_t priority;
    uint32_t revision;
    otr_id id;
    otr_id case_id;
    uint64_t seq;
    otr_point_key key; /* in core->labels */
    uint32_t customer; /* core/asset/whose.h; once its asset goes to another */
    uint32_t device;   /* OTR_NAME_NONE: none */
    otr_time onset;
    otr_time raised;
    otr_time detected;
    otr_time ended;
    otr_time since; /* core time at which it began to stand */
    uint32_t older; /* OTR_NAME_NONE at the ends */
    uint32_t newer;
} otr_standing_alarm;

/* Zero-initialise to use. */
typedef struct otr_standing {
    otr_standing_alarm *list; /* in any order; the chain is in the order of since */
    uint32_t capacity;
    uint32_t used; /* places of the list that were ever used */
    uint32_t free; /* a place that is free + 1, chained by newer; 0: none */
    uint32_t count;
    uint32_t oldest; /* + 1; 0: none */
    uint32_t newest;
    otr_time lapses_at; /* core time; NEVER when nothing lapses by age. Meaningless while count is 0. */
} otr_standing;

/* Takes a copy at the end of the chain; beyond the limit another lapses first. */
void otr_standing_add(struct otr_core *core, const otr_standing_alarm *alarm);
/* Late data moved it, or it is latched now: it stands as long as it did. */
void otr_standing_update(otr_standing_alarm *alarm, const otr_standing_alarm *fresh);
/* The alarm of that id, or NULL. */
otr_standing_alarm *otr_standing_find(struct otr_core *core, otr_id id);
/* The one after it in the chain, the oldest after NULL; NULL at the end. */
otr_standing_alarm *otr_standing_next(struct otr_core *core, const otr_standing_alarm *alarm);
/* An operator's event, or a lapse: writes the row, tells, and forgets it when it stands no more. The
 * refusal of the table. who may be empty. */
otr_refusal otr_standing_change(struct otr_core *core, otr_standing_alarm *alarm, otr_alarm_event event,
                                otr_str who);
/* Drops it; nothing is written or told: the caller goes on with the alarm. */
void otr_standing_remove(struct otr_core *core, otr_standing_alarm *alarm);

/* Core time at which the next lapses, NEVER when none does. */
otr_time otr_standing_next_due(const struct otr_core *core);
/* The next that is due lapses. */
void otr_standing_lapse(struct otr_core *core);

void otr_standing_write(const struct otr_core *core, otr_buffer *out);
void otr_standing_read(struct otr_core *core, otr_reader *reader);
void otr_standing_done(struct otr_core *core);

#endif

/*
 * The lifecycle of alarms: which state follows from a state and an event, and what is said of it. A lookup in
 * lifecycle_table.h; knows no core, no time and no rows.
 */
#ifndef OTR_CORE_LIFECYCLE_H
#define OTR_CORE_LIFECYCLE_H

#include "core/alarm/lifecycle_table.h"

#include <stdbool.h>

/* Numbered as in the rows. */
typedef enum otr_alarm_state {
#define X(number, name, ...) OTR_ALARM_##name = (number),
    OTR_ALARM_STATES(X)
#undef X
        OTR_ALARM_STATE_COUNT,
    OTR_ALARM_SILENT =
        OTR_ALARM_STATE_COUNT, /* in the table alone: the state that names the point's reason */
} otr_alarm_state;

typedef enum otr_alarm_event {
#define X(name, ...) OTR_EVENT_##name,
    OTR_ALARM_EVENTS(X)
#undef X
        OTR_EVENT_COUNT
} otr_alarm_event;

typedef enum otr_saying {
#define X(name, ...) OTR_SAY_##name,
    OTR_ALARM_SAYINGS(X)
#undef X
        OTR_SAY_COUNT
} otr_saying;

typedef enum otr_refusal {
#define X(number, name, ...) OTR_REFUSAL_##name = (number),
    OTR_REFUSALS(X)
#undef X
        OTR_REFUSAL_COUNT
} otr_refusal;

typedef enum otr_point_state {
#define X(name, ...) OTR_POINT_##name,
    OTR_POINT_STATES(X)
#undef X
        OTR_POINT_STATE_COUNT
} otr_point_state;

typedef enum otr_point_event {
#define X(name, ...) OTR_POINT_EVENT_##name,
    OTR_POINT_EVENTS(X)
#undef X
        OTR_POINT_EVENT_COUNT
} otr_point_event;

typedef enum otr_cell_kind {
    OTR_CELL_MISSING, /* no cell has it: the table is complete */
    OTR_CELL_GO,
    OTR_CELL_STAY,
    OTR_CELL_NO,
    OTR_CELL_NEVER,
} otr_cell_kind;

typedef struct otr_cell {
    otr_cell_kind kind;
    int next;            /* GO: otr_alarm_state or otr_point_state; STAY and NO: the state that it was */
    otr_saying said;     /* GO: NOTHING for what is only recorded */
    otr_refusal refusal; /* NO */
} otr_cell;

/* silent: the state of the point's reason, for the cells that lead to SILENT. */
otr_cell otr_lifecycle(otr_alarm_state state, otr_alarm_event event, otr_alarm_state silent);
otr_cell otr_point_lifecycle(otr_point_state state, otr_point_event event);
/* The state of an occurrence that is raised at such a point; NORMAL: the point is not silent. */
otr_alarm_state otr_point_silence(otr_point_state state, bool suppressed);

/* Told to nobody, while the condition holds. */
static inline bool otr_alarm_is_withheld(otr_alarm_state state)
{
    return state == OTR_ALARM_SHELVED || state == OTR_ALARM_SUPPRESSED || state == OTR_ALARM_OUT_OF_SERVICE;
}
/* The condition has gone, and an operator has something to do. */
static inline bool otr_alarm_is_standing(otr_alarm_state state)
{
    return state == OTR_ALARM_RETURNED || state == OTR_ALARM_LATCHED ||
           state == OTR_ALARM_LATCHED_ACKNOWLEDGED;
}

/* The condition holds and was told, or an operator has something to do. */
static inline bool otr_alarm_is_live(otr_alarm_state state)
{
    return state == OTR_ALARM_UNACKNOWLEDGED || state == OTR_ALARM_ACKNOWLEDGED ||
           otr_alarm_is_standing(state);
}

/* Words of the table: never NULL. */
const char *otr_alarm_state_text(otr_alarm_state state);
const char *otr_alarm_event_text(otr_alarm_event event);
const char *otr_saying_text(otr_saying said);
const char *otr_refusal_text(otr_refusal refusal);
const char *otr_point_state_text(otr_point_state state);
const char *otr_point_event_text(otr_point_event event);

#endif

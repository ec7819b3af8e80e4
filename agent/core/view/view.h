/* What the core tells of its alarms to those who ask: consoles, the daemon's status. Views last for the call.
 */
#ifndef OTR_CORE_VIEW_H
#define OTR_CORE_VIEW_H

#include "base/limits.h"
#include "core/alarm/kpi.h"
#include "core/desk/desk.h"
#include "core/rows.h"

struct otr_core;

typedef struct otr_alarm_view {
    otr_id id;
    otr_alarm_state state;
    otr_str pack;
    otr_str rule;
    otr_str asset;
    otr_str device;
    unsigned priority; /* 0 low to 3 critical */
    otr_time onset;
    otr_time raised;
    otr_time ended; /* NONE: the condition holds */
} otr_alarm_view;

typedef struct otr_point_view {
    otr_point_state state;
    otr_str pack;
    otr_str rule;
    otr_str asset;
    otr_time since; /* UTC */
    otr_time until; /* UTC; NONE: it does not end by itself, or nobody knows the time */
    otr_str who;
    otr_str reason;
} otr_point_view;

typedef struct otr_alarm_figures {
    otr_kpi_figures kpi;
    size_t open;           /* the condition holds */
    size_t withheld;       /* of those: told nobody */
    size_t stale;          /* of those: raised more than a day ago */
    size_t standing;       /* over, but not acknowledged or reset */
    size_t shelved;        /* points */
    size_t out_of_service; /* points */
} otr_alarm_figures;

typedef struct otr_case_view {
    otr_id id;
    otr_id ticket; /* zero: it has none */
    otr_case_state state;
    otr_desk_stage stage;
    unsigned priority;
    otr_str asset;
    otr_str category;
    otr_str title; /* rule of its ticket */
    otr_str queue;
    otr_str assignee;
    otr_str resolution;
    otr_str problem; /* that is open and of which it is one; empty */
    otr_time opened; /* UTC */
    otr_time onset;  /* event time; NONE */
    bool missed;     /* something that was promised */
    struct {
        otr_str what;
        otr_time by; /* UTC */
        bool missed;
    } promises[OTR_LIMIT_CASE_PROMISES]; /* all that is open, by time */
    size_t promise_count;
    bool received; /* all that its ticket says */
    bool asked;    /* its customer asks for people */
    uint32_t open_alarms;
    uint32_t alarm_count;
    unsigned transfers;
    unsigned reopened;
} otr_case_view;

/* The open ones, then those that stand, oldest first. */
void otr_core_alarms(const struct otr_core *core, void (*each)(void *context, const otr_alarm_view *alarm),
                     void *context);
/* Those that have not closed, oldest first. */
void otr_core_cases(const struct otr_core *core, void (*each)(void *context, const otr_case_view *one),
                    void *context);
/* The points that are shelved or out of service. */
void otr_core_points(const struct otr_core *core, void (*each)(void *context, const otr_point_view *point),
                     void *context);
/* As of core time now, and the UTC of the last turn. */
otr_alarm_figures otr_core_figures(const struct otr_core *core, otr_time now);
/* The names of a top source. */
void otr_core_source(const struct otr_core *core, otr_point_key key, otr_point_view *out);

#endif

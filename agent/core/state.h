/*
 * The core's inside: what it keeps per device, asset, rule, alarm and case. Only files of this folder include
 * it. Numbers (uint32_t) name things; OTR_NONE names nothing.
 */
#ifndef OTR_CORE_STATE_H
#define OTR_CORE_STATE_H

#include "base/names.h"
#include "base/timers.h"
#include "base/zone.h"
#include "core/alarm/point.h"
#include "core/alarm/standing.h"
#include "core/asset/assigned.h"
#include "core/asset/assignment.h"
#include "core/case/dossier.h"
#include "core/case/precedent.h"
#include "core/command/seen.h"
#include "core/core.h"
#include "core/desk/desk.h"
#include "core/desk/desk_device.h"
#include "core/figures/customer_fare.h"
#include "core/figures/day_figures.h"
#include "core/figures/service_mark.h"
#include "core/notice/notice.h"
#include "core/numbers.h"
#include "core/proof/proof.h"
#include "core/question/question.h"
#include "core/view/asset_view.h"
#include "rules/load/knowledge.h"
#include "rules/load/pack.h"

enum { OTR_NONE = UINT32_MAX, OTR_UNTOLD = UINT32_MAX - 1 };

/* The last good value of one metric of one device. */
typedef struct otr_slot {
    uint32_t metric;
    uint8_t kind; /* otr_kind; ANY: none yet */
    otr_time at;
    otr_time gap; /* while its instant is judged: the silence that ended with it, 0: none */
    const otr_profile_metric *profile; /* NULL: no limits, no gaps */
    union {
        double number;
        bool flag;
        struct {
            double latitude;
            double longitude;
        } location;
        struct {
            char *data; /* owned */
            size_t size;
        } text;
    };
} otr_slot;

typedef struct otr_device {
    otr_time newest; /* event time of its newest good reading; NONE before the first */
    uint32_t asset;
    uint32_t next_asset;   /* while rules are bound anew */
    uint32_t effects_mark; /* the commit that last listed it */
    uint32_t commands;     /* its oldest device command + 1, 0: none */
    uint16_t slot_count;
    uint16_t slot_capacity;
    otr_slot *slots;
} otr_device;

typedef enum otr_phase {
    OTR_PHASE_NORMAL,
    OTR_PHASE_PENDING,  /* the condition holds, `for` runs */
    OTR_PHASE_ACTIVE,   /* an alarm is open */
    OTR_PHASE_CLEARING, /* the alarm is open, `keep_firing_for` runs */
} otr_phase;

/* One rule on one asset. */
typedef struct otr_rule_state {
    uint8_t phase;
    bool frozen;     /* a gap stops the running duration */
    uint32_t alarm;  /* open alarm; OTR_UNTOLD: raised, but its rule's lateness is not over; during a recount
                        its  number there */
    otr_time onset;  /* event time at which the condition began */
    otr_time since;  /* begin of the running duration, moved ahead by gaps that were held */
    otr_time gap_at; /* frozen: begin of the gap */
    otr_time gaps;   /* sum of gaps since onset, for coverage */
} otr_rule_state;

/* A pack with its symbols resolved to metric numbers. */
typedef struct otr_loaded_pack {
    otr_pack *pack;
    uint32_t *metrics; /* by symbol; OTR_NONE for fields */
} otr_loaded_pack;

/* A content that is active. */
typedef struct otr_content {
    otr_str slot;             /* owned */
    otr_str hash;             /* owned */
    otr_loaded_pack *loaded;  /* owned; NULL: no pack */
    otr_zone *zone;           /* owned; NULL: no zone */
    otr_knowledge *knowledge; /* owned; NULL: no knowledge */
} otr_content;

typedef struct otr_bound_rule {
    const otr_loaded_pack *pack;
    const otr_rule *rule;
    uint32_t fields;      /* offset of the pack's symbols in otr_asset_state.fields */
    uint32_t number;      /* over all packs, to compare plans */
    uint64_t key;         /* hash of pack, name and condition: the same rule, the same running state */
    const uint32_t *uses; /* of functions, in its condition, clear and interlock */
    const uint32_t
        *windows; /* of each: its place in the plan's windows; NONE where the newest reading answers */
    uint32_t use_count;
    uint32_t again; /* its place in the asset's list of that name; NONE: it uses none */
} otr_bound_rule;

/* The rules that assets with the same matches share. */
typedef struct otr_plan {
    otr_arena memory; /* owns this and all below */
    struct otr_plan *next;
    otr_bound_rule *rules;
    uint32_t rule_count;
    uint32_t field_count;
    uint32_t metric_count;
    uint32_t *first;    /* by metric number, metric_count + 1 entries: where its rules begin in affected */
    uint32_t *affected; /* rule indexes, ascending per metric */
    uint32_t *silent;   /* indexes of dead-man rules */
    uint32_t silent_count;
    otr_time lateness; /* the largest of its rules */
    const otr_names *metric_names;
    struct otr_plan_window *windows;    /* core/window/recall.h */
    struct otr_plan_evidence *evidence; /* core/ticket/evidence.h */
    uint32_t evidence_count;
    bool *evidence_of; /* by metric number: tickets enclose it */
    uint32_t again_count;
    uint32_t window_count;
    uint32_t window_bytes;
    uint32_t *fed_first; /* by metric, as first: where its windows begin in fed */
    uint32_t *fed;
} otr_plan;

typedef struct otr_timeline otr_timeline;

typedef struct otr_asset_state {
    const otr_asset *asset;
    const otr_plan *plan;
    otr_rule_state *states; /* by rule of the plan */
    otr_time *again; /* by otr_bound_rule.again: when a function over the past may change the rule's condition
                        by itself; NEVER */
    const otr_value **fields;        /* by pack symbol; NULL where it is a metric or missing */
    struct otr_window_shape *shapes; /* of the plan's windows, with the limits and places of the asset */
    uint8_t *windows;                /* their states */
    uint32_t *devices;
    uint32_t device_count;
    otr_time clock;     /* newest event time of its devices; NONE before the first */
    otr_time anchor;    /* core time at which clock was reached: the asset's time runs on from there */
    otr_time fired;     /* event time of the last deadline that changed a state: what is older came late */
    otr_time down_from; /* event time: our last downtime */
    otr_time down_to;
    otr_time heard;     /* core time of the last upload, or since when it is watched */
    uint32_t ends;      /* an alarm ends its assignment: why, in core->labels; OTR_NONE */
    uint32_t view;      /* its number + 1, 0: none */
    uint64_t since_seq; /* the input since which its devices serve its customer */
    bool awaiting;      /* not heard since the agent started: event time does not run on */
    bool silence_told;  /* a dead-man alarm told the silence that its next reading ends */
    otr_time due;       /* event time before which nothing falls due; may be early, never late */
    uint32_t
        alarms; /* first of its alarms, the newest; those that ended stay while late data may move them */
    otr_timeline *timeline;          /* owned; NULL before its first instant */
    struct otr_asset_series *series; /* owned: core/ticket/evidence.h */
    uint32_t series_count;
    otr_proof *proof; /* owned; NULL: none is kept */
} otr_asset_state;

typedef struct otr_alarm {
    bool used;
    bool arrival;    /* a dead-man's, by arrival time: no late reading changes it */
    bool historical; /* raised and ended before it became known */
    bool quiet;      /* a device command may still help: nobody is told */
    uint8_t priority;
    uint8_t state;  /* otr_alarm_state */
    uint8_t silent; /* the same: what kept it silent when it was raised; NORMAL: nothing */
    uint32_t revision;
    otr_id id;
    uint64_t seq;
    uint32_t asset; /* index of asset state */
    uint32_t rule;  /* in its plan */
    uint32_t next;  /* of the same asset */
    otr_id case_id;
    uint32_t case_number; /* NONE while nobody was told; its case while that is used and has this id: it may
                             close before the alarm is settled */
    uint32_t device;      /* whose reading raised it; NONE for a dead-man */
    uint32_t beyond;      /* its limit, when it was raised: core/rule/beyond.h */
    uint32_t command;     /* the device command that it gave + 1, 0: none; may be forgotten */
    otr_time onset;
    otr_time raised;
    otr_time detected;
    otr_time ended;    /* OTR_TIME_NONE while open */
    otr_str explained; /* until its first row, in the effects' memory: history has that when it ends, in the
                          same step */
} otr_alarm;

typedef struct otr_case {
    bool used;
    uint8_t state; /* otr_case_state */
    uint32_t revision;
    otr_id id;
    uint64_t seq;
    uint32_t next;     /* case of the same asset, OTR_NONE at the end */
    uint32_t asset;    /* in core->labels: the asset's id outlives its assignment */
    uint32_t customer; /* core/asset/whose.h */
    uint32_t category; /* in core->labels */
    uint32_t open_alarms;
    uint32_t alarm_count;
    uint8_t priority;   /* highest so far */
    bool ticket;        /* opened one */
    bool urgent;        /* its ticket, from its first revision on: otr_ticket_class */
    bool list;          /* of several assets: core/case/gather.h */
    uint32_t queue;     /* in core->labels */
    uint32_t title;     /* in core->labels */
    bool asked;         /* a customer asks for people: it is over when the desk says so */
    otr_time answer_by; /* asked, core time: until then somebody should have answered; it is over after it */
    bool again; /* has reopened: its ticket says so next, for which a command or a list may be awaited */
    uint32_t
        merged[OTR_LIMIT_CASE_MERGED]; /* categories of cases that were merged into it, in core->labels */
    uint32_t merged_count;
    otr_id merged_into; /* the case that goes on in its place; zero: none */
    otr_time opened;
    otr_time onset;
    otr_time verify; /* the longest of its rules; 0: as long as others */
    otr_desk desk;
    otr_dossier dossier;
} otr_case;

struct otr_core {
    otr_core_config config;
    otr_arena config_memory;
    otr_turn now;
    otr_turn traced;        /* the last turn that is in the journal; utc NONE before the first */
    uint64_t seq;           /* of the input at hand */
    uint32_t raised_in_seq; /* alarms that input has raised so far: part of their identity */
    uint64_t next_seq;
    uint64_t next_outbox_seq;
    otr_effects *effects; /* of the step under way */
    otr_effects discarded;
    uint32_t effects_mark;
    bool failed; /* memory ran out in the step under way */
    bool stored; /* an upload is taken that spans long enough to be a backlog */

    otr_names device_names;
    otr_names metric_names;
    otr_names labels;
    otr_device *devices; /* by number */
    uint32_t device_capacity;

    otr_content *contents; /* by slot, so that plans do not depend on the order of activation */
    size_t content_count;
    otr_assigneds assigned;
    otr_assignments *assignments; /* what holds altogether; see core/asset/assigned.h */
    struct otr_retired {          /* replaced, not yet bound anew */
        struct otr_retired *next;
        otr_content content;
        otr_assignments *assignments;
    } * retired;
    otr_plan *plans;
    otr_asset_state *assets;
    uint32_t asset_count;

    uint32_t alarm_withheld; /* of the open ones: told nobody */
    otr_alarm *alarms;
    uint32_t alarm_capacity;
    uint32_t alarm_open;
    otr_numbers alarm_numbers;
    otr_case *cases;
    uint32_t case_capacity;
    uint32_t asset_cases_capacity;
    otr_numbers case_numbers;
    uint32_t cases_kept; /* closed */
    otr_precedents precedents;
    uint32_t *asset_cases; /* by label of the asset: its first case + 1, 0: none */

    otr_standing standing;
    otr_points points;
    otr_seen seen;
    otr_voice voice;
    otr_order_book orders;
    otr_kpi kpi;

    otr_ledgers ledgers;
    otr_notices notices;
    otr_questions questions;
    otr_asset_views views;
    otr_proofs proofs;

    struct otr_device_command *commands;
    uint32_t command_capacity;
    uint32_t command_open; /* whose time runs */
    otr_numbers command_numbers;

    otr_timers asset_timers;
    otr_timers case_timers;
    otr_timers desk_timers;      /* by case: core time at which its ticket is sent again */
    uint32_t tickets_unreceived; /* sent again, and of cases that have not closed */
    otr_timers desk_civil;       /* by case: UTC of what was promised */
    otr_service_counts service;
    otr_desk_device desk_device;
    otr_day_figures figures;
    otr_fares fares;
    otr_timers command_timers;
    bool boot_unsynced; /* started without a clock, which is not known since */
    otr_time boot;      /* core time of the last start */
    otr_time down_from; /* UTC: the last recorded downtime */
    otr_time down_to;

    struct otr_recount *recount; /* under way, see core/device/recount.h; else NULL */
    size_t unsettled_bytes;      /* of all timelines */
    uint64_t *touched;           /* bit per rule of the largest plan */
    otr_entry *entries;          /* scratch for one upload */
    size_t entry_capacity;
    struct otr_waiting { /* readings taken before the clock was known */
        uint32_t device;
        otr_entry entry; /* text owned */
    } * waiting;
    size_t waiting_count;
    size_t waiting_capacity;
    struct otr_orphans { /* rows that are open, while the core is rebuilt; then those that it does not own */
        otr_arena memory;
        otr_names alarm_ids;
        otr_row_alarm *alarms;
        uint32_t alarm_count;
        otr_row_case *cases;
        uint32_t case_count;
    } orphans;
    otr_stats stats;
};

/* When the rule's condition may change by itself; NEVER. */
static inline otr_time otr_again_of(const otr_asset_state *asset, uint32_t index)
{
    uint32_t place = asset->plan->rules[index].again;
    return place != OTR_NONE ? asset->again[place] : OTR_TIME_NEVER;
}
/* Nothing for a rule that uses no functions over the past. */
static inline void otr_again_set(const otr_asset_state *asset, uint32_t index, otr_time at)
{
    uint32_t place = asset->plan->rules[index].again;
    if (place != OTR_NONE)
        asset->again[place] = at;
}
/* As of a rule whose condition has never held. */
static inline void otr_state_reset(const otr_asset_state *asset, uint32_t index)
{
    asset->states[index] = (otr_rule_state){.alarm = OTR_NONE};
    otr_again_set(asset, index, OTR_TIME_NEVER);
}

/* Grows *list of elements of size to hold at least count, zeroing what is new; false when memory is out. */
bool otr_core_grow(void **list, uint32_t *capacity, uint32_t count, size_t size);
/* Where the rule with that key stands in the plan; NONE when it is not there, or has another condition. */
uint32_t otr_plan_find(const otr_plan *plan, uint64_t key);
/* Room for count entries in core->entries; false with core->failed when memory is out. */
bool otr_core_need_entries(otr_core *core, size_t count);
/* Dated further ahead of utc than a device's clock may be off. */
bool otr_time_is_ahead(otr_time at, otr_time utc);
/* The number of a label, OTR_NONE with core->failed when memory is out. */
uint32_t otr_core_label(otr_core *core, otr_str text);
/* The metric's number, which it gets now if it has none; OTR_NAME_NONE with core->failed. */
uint32_t otr_core_metric(otr_core *core, otr_str name);
/* A label in a snapshot stands there as its text; NONE when the reader or core->failed. */
void otr_label_write(const otr_core *core, uint32_t label, otr_buffer *out);
uint32_t otr_label_read(otr_core *core, otr_reader *reader);

#endif

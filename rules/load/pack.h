/* A pack: a versioned file of rules, checked and compiled whole or refused whole. Immutable once loaded. */
#ifndef OTR_RULES_PACK_H
#define OTR_RULES_PACK_H

#include "rules/cel/expression.h"
#include "rules/load/field.h"
#include "rules/load/message.h"

/* What a gap in a metric means for a running duration (`for`, `keep_firing_for`). */
typedef enum otr_gap {
    OTR_GAP_HOLD,    /* the duration stands still over the gap and goes on after it (default) */
    OTR_GAP_RESET,   /* it starts anew after the gap; an open alarm ends when the gap begins */
    OTR_GAP_UNKNOWN, /* it starts anew after the gap; an open alarm stays open */
} otr_gap;

typedef enum otr_priority {
    OTR_PRIORITY_LOW,
    OTR_PRIORITY_MEDIUM,
    OTR_PRIORITY_HIGH,
    OTR_PRIORITY_CRITICAL
} otr_priority;

/* low, medium, high or critical. */
const char *otr_priority_text(otr_priority priority);

enum { OTR_ON_RAISED = 1, OTR_ON_CLEARED = 2 };

/* Whose doing it is, as far as the rule knows. */
typedef enum otr_fault { OTR_FAULT_UNKNOWN, OTR_FAULT_OURS, OTR_FAULT_CARRIER, OTR_FAULT_DEVICE } otr_fault;

/* Who is told what, when, and how often. Defaults are resolved when the pack is loaded. */
typedef struct otr_notify {
    const otr_str
        *to; /* "customer", a persona such as "shipper", "staff.ROLE", or a plain role such as "desk" */
    size_t to_count;
    uint32_t message;     /* index in pack->messages; UINT32_MAX: none */
    uint32_t card;        /* index in pack->cards; UINT32_MAX: none */
    unsigned on;          /* OTR_ON_ bits; default raised */
    bool past;            /* also of what was over before it became known; default true */
    bool once;            /* of an asset and a reader only the first time */
    otr_time gather_us;   /* alarms are told together, so long after the first; 0: each by itself */
    otr_time cooldown_us; /* no two tellings of the rule closer than this; default 1 h */
    otr_time news_us;     /* while the case is open, the next news come by then; default by priority:
                             critical 1 h, high 4 h, medium 12 h, low 24 h */
    otr_time repeat_us;   /* until acknowledged; 0: never; default of a critical rule 15 m, else never */
    otr_time escalate_us; /* when nobody answers: the second contact; 0: never; default of a critical rule 30
                             m, else never */
    otr_time expires_us;  /* not sent later than this; default 24 h */
} otr_notify;

/* A command to a device, tried before anybody is told. No part of the condition. */
typedef struct otr_deed {
    otr_str command; /* named as a metric is; the assignments say which commands a device takes */
    otr_str role;    /* of the device that gets it; empty: the asset has one device */
    otr_value value; /* BOOL or DOUBLE */
    uint32_t at_most;
    otr_time at_most_us;    /* at most so many in so long, over all rules */
    otr_time every_us;      /* no two closer than this; 0: as close as they come */
    otr_expression *unless; /* interlock: not while it holds, or is not known; NULL: none */
    otr_time wait_us;       /* the time it has to help before anybody is told; 0: told at once */
    bool shadow;            /* decided and recorded, never sent */
} otr_deed;

typedef struct otr_rule {
    otr_str name; /* unique in the pack: [A-Za-z][A-Za-z0-9_]* */
    int line;
    bool latch;                /* an alarm that is over stands until it is acknowledged and reset */
    otr_expression *match;     /* NULL: every asset */
    otr_expression *condition; /* NULL for a dead-man rule */
    otr_expression *clear;     /* NULL: not condition */
    otr_time for_us;
    otr_time keep_firing_for_us;
    otr_time silent_for_us; /* dead-man: no reading at all for this long; 0 for other rules */
    otr_gap gap;
    otr_time lateness_us; /* what is decided is told only this much later in event time, so that late readings
                             can still join; 0: at once */
    otr_priority priority;   /* labels.priority, default medium */
    otr_str category;        /* labels.category, default the pack's name */
    uint64_t condition_hash; /* over condition, clear, for, keep_firing_for, silent_for, gap: same hash, same
                                rule state */
    otr_template cause;      /* annotations.cause */
    /* lifecycle */
    otr_expression *suppress;     /* NULL: never; while it holds, alarms are kept and not told */
    const uint32_t *inhibited_by; /* rules of the pack, all before this one: the same while one is open */
    size_t inhibited_by_count;
    const otr_deed *deed; /* do; NULL: none */
    otr_fault fault;
    bool ends_assignment; /* when the alarm is raised, the asset's assignment is over */
    otr_str ends;         /* in a word: "delivered"; empty: it does not end */
    otr_str custody;      /* what the alarm says of whose hands the asset is in: "departed"; empty: nothing */
    bool notifies;
    otr_notify notify; /* when it notifies */
    /* ticket */
    bool ticket;
    otr_str queue;
    const otr_str *evidence; /* metric names */
    size_t evidence_count;
    otr_time evidence_last_us; /* ticket.last, default one hour */
    otr_time verify_us;        /* ticket.verify: how long its case is verified; 0: as long as others */
    /* symbols of condition and clear that are metrics, ascending, each once */
    const uint32_t *metrics;
    size_t metric_count;
} otr_rule;

/* What staff may do for a customer in a case. */
typedef struct otr_remedy {
    otr_catalogue_entry told; /* its name, and what the customer hears of it */
    const otr_str *roles;     /* who may: words of otr_remedy_roles */
    size_t role_count;
    uint32_t at_most;     /* in a case */
    bool claim;           /* the ticket goes on to queue, its evidence enclosed */
    otr_str queue;        /* of a claim */
    const otr_deed *deed; /* a command to a device; NULL: none */
} otr_remedy;

/* Roles that a remedy may be left to. NULL ends the list. */
extern const char *const otr_remedy_roles[];

typedef struct otr_pack {
    otr_arena memory; /* owns everything below */
    otr_str name;
    int64_t version;
    otr_symbols symbols;
    otr_rule *rules; /* in the order in which they are judged */
    size_t rule_count;
    otr_message_entry *messages;
    size_t message_count;
    otr_card *cards;
    size_t card_count;
    otr_remedy *remedies;
    size_t remedy_count;
    otr_catalogue_entry *resolutions; /* how a case was resolved, by its code */
    size_t resolution_count;
    otr_catalogue_entry *promises; /* what is promised, by its slug: the text is a name of it */
    size_t promise_count;
    const otr_field *defaults; /* by path: fields for assets that do not have them */
    size_t default_count;
} otr_pack;

/*
 * Loads a pack from YAML. On failure *out is NULL and *error has line, column and reason. Expressions must be
 * plain, single-quoted or literal (|) scalars.
 */
otr_status otr_pack_load(otr_str yaml, otr_pack **out, otr_error *error);
void otr_pack_free(otr_pack *pack);

/* NULL: it has none of that name. */
const otr_remedy *otr_pack_find_remedy(const otr_pack *pack, otr_str name);
const otr_catalogue_entry *otr_pack_find_resolution(const otr_pack *pack, otr_str code);
const otr_catalogue_entry *otr_pack_find_promise(const otr_pack *pack, otr_str what);

#endif

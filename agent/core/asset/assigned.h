/*
 * Assignments by command, beside those of the file: each in a content of its own ("assignment/ASSET"), that
 * waits for its time, holds, and ends. What holds altogether is core->assignments: those of the file and
 * those by command, less what has ended, with devices as they were replaced. An assignment changes its state
 * in a step of its own, and that is told.
 */
#ifndef OTR_CORE_ASSIGNED_H
#define OTR_CORE_ASSIGNED_H

#include "base/buffer.h"
#include "core/asset/assignment.h"
#include "core/command/command.h"

struct otr_core;
struct otr_asset_state;

typedef enum otr_assigned_state {
    OTR_ASSIGNED_WAITING,
    OTR_ASSIGNED_ACTIVE,
    OTR_ASSIGNED_ENDED,
    OTR_ASSIGNED_STATES
} otr_assigned_state;

/* By asset. */
typedef struct otr_assigned {
    otr_str asset;           /* owned */
    otr_assignments *loaded; /* owned; NULL: the asset is one of the file and has ended */
    uint8_t state;           /* otr_assigned_state */
    uint32_t reason;         /* why it ended, in core->labels; OTR_NONE */
    otr_time since;          /* UTC of its state */
    uint64_t changed;        /* the input that changed it: a device goes to whoever has it longest */
} otr_assigned;

/* A device that took the place of another one. All owned. */
typedef struct otr_replaced {
    otr_str asset;
    otr_str old;
    otr_str fresh;
} otr_replaced;

/* Zero-initialise to use, next_civil NEVER. */
typedef struct otr_assigneds {
    otr_assigned *list; /* by asset */
    uint32_t count;
    otr_replaced *replaced; /* of each asset and device one at most */
    uint32_t replaced_count;
    otr_assignments *stated; /* of the file; owned */
    bool merged;             /* core->assignments is made of several; else it is stated */
    bool stale;              /* core->assignments is what held before; otr_bind_all makes it anew */
    bool ending;             /* an alarm ends an assignment */
    otr_time next_civil;     /* UTC; NEVER */
} otr_assigneds;

/* ---- contents; what is replaced is handed to retire, which frees it once nothing names it ---- */

/* Whether it is "assignment/ASSET". */
bool otr_slot_is_assignment(otr_str slot);
/* Of "assignment/ASSET". */
otr_str otr_slot_asset(otr_str slot);
/* Whether it may become active beside what is: its version counts up, no other asset has its devices, what it
 * names is there. Its bytes load; *error has the place. */
otr_status otr_assigned_check(const struct otr_core *core, otr_str asset, const otr_assignments *loaded,
                              otr_error *error);
/* Whether the file's assignments may: none of their assets is assigned by command, none of their devices is
 * in the hands of one that is. *error has the place. */
otr_status otr_assigned_check_stated(const struct otr_core *core, const otr_assignments *loaded,
                                     otr_error *error);
/* loaded NULL: it is taken out. Takes ownership. */
void otr_assigned_put(struct otr_core *core, otr_str asset, otr_assignments *loaded);
/* Those of the file are these now. Takes ownership. */
void otr_assigned_put_stated(struct otr_core *core, otr_assignments *stated);

/* core->assignments is what holds now; used by otr_bind_all alone. */
void otr_assigned_settle(struct otr_core *core);

/* ---- life ---- */

/* An alarm of the asset ends its assignment, once what it tells is told. */
void otr_assigned_end(struct otr_core *core, struct otr_asset_state *asset, otr_str reason);
/* Core time at which one begins or ends, as far as the clock is known; NEVER. */
otr_time otr_assigned_next_due(const struct otr_core *core);
bool otr_assigned_is_due(const struct otr_core *core);
/* What is due begins or ends. */
void otr_assigned_due(struct otr_core *core);
/* The command UNASSIGN: the assignment ends, for the reason that is given. */
otr_refusal otr_assigned_unassign(struct otr_core *core, otr_str asset, otr_str reason);
/* The command REPLACE: rule is the device that goes, asset the one that comes. */
otr_refusal otr_assigned_replace(struct otr_core *core, const otr_command *command);
/* Whether an assignment of the asset came by command, whatever its state. */
bool otr_assigned_has(const struct otr_core *core, otr_str asset);
/* Whether one by command names the time zone. */
bool otr_assigned_names_zone(const struct otr_core *core, otr_str zone);
/* Whether the customer stands in the file. */
bool otr_assigned_states(const struct otr_core *core, otr_str customer);
/* Assignments by command that name the customer are gone, contents and all; nothing is bound anew yet. each
 * is called for each asset before. */
void otr_assigned_forget(struct otr_core *core, otr_str customer,
                         void (*each)(struct otr_core *core, otr_str asset));

/* ---- for who asks, and the snapshot ---- */

typedef struct otr_assigned_view {
    otr_str asset;
    otr_str customer; /* may be empty */
    otr_str device;   /* the first; may be empty */
    size_t devices;
    otr_assigned_state state;
    otr_str reason;
    bool stated; /* it stands in the file */
    int64_t version;
    otr_time from;
    otr_time until;
    otr_time since;
} otr_assigned_view;

/* All there are, by asset, those of the file last; views for the call. */
void otr_core_assigned(const struct otr_core *core, void (*each)(void *context, const otr_assigned_view *one),
                       void *context);

void otr_assigned_write(const struct otr_core *core, otr_buffer *out);
/* Before anything of an asset is read; the next otr_bind_all binds as it was. Fails the reader. */
void otr_assigned_read(struct otr_core *core, otr_reader *reader);
void otr_assigned_done(struct otr_core *core);

#endif

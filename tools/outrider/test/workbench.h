/*
 * A core on a bench: the real rules and the real decisions under a clock that is a number, without daemon,
 * broker or store. What the core decides goes to a listener and is forgotten, so a bench of any length of
 * time stays small. One thread. After a status that is not OK only otr_workbench_done may follow.
 */
#ifndef OTR_TOOLS_WORKBENCH_H
#define OTR_TOOLS_WORKBENCH_H

#include "codec/service.h"
#include "core/alarm/lifecycle.h"
#include "core/core.h"
#include "tools/outrider/test/workbench_uplink.h"

/* Told in the order of decision; the views last for the call. */
typedef struct otr_workbench_listener {
    void *context;
    void (*alarm)(void *context, const otr_row_alarm *row);
    /* Rendered as it would read if it were sent at once. */
    void (*event)(void *context, const otr_service_event *event);
    /* What was decided about telling somebody; NULL: nobody asks. */
    void (*notice)(void *context, const otr_row_notice *row);
    /* What became of a command; NULL: nobody asks. */
    void (*result)(void *context, const otr_command_result *result);
} otr_workbench_listener;

/* Zero-initialise; otr_workbench_done frees it, also after a failure. */
typedef struct otr_workbench {
    otr_core *core;
    otr_effects effects;
    otr_arena memory; /* of the event at hand */
    otr_turn now;
    otr_refusal refused; /* of the last command that a step took; ACCEPTED: it had its effect */
    otr_workbench_listener listener;
    otr_uplink uplink; /* while it is down, events wait */
} otr_workbench;

/* Starts the agent at that time. */
otr_status otr_workbench_start(otr_workbench *bench, const otr_turn *now,
                               const otr_workbench_listener *listener);
/* The same as the gateway that config says, so that identities are its own. */
otr_status otr_workbench_start_as(otr_workbench *bench, const otr_core_config *config, const otr_turn *now,
                                  const otr_workbench_listener *listener);
void otr_workbench_done(otr_workbench *bench);

/* The uplink goes down or comes back; then the listener is told what waited, as it reads now. */
otr_status otr_workbench_uplink(otr_workbench *bench, bool down);

/* One content to activate. */
typedef struct otr_workbench_content {
    otr_str slot; /* "pack/NAME", "zone/NAME" or "assignments" */
    otr_str bytes;
} otr_workbench_content;

/* Activates contents together. They were checked before with otr_content_check. */
otr_status otr_workbench_activate(otr_workbench *bench, const otr_workbench_content *contents, size_t count);
/* Moves core time and UTC on to the core time at. Deadlines before it fire, each at its own time; those of
 * the instant itself wait for what comes in at it. */
otr_status otr_workbench_advance(otr_workbench *bench, otr_time at);
/* The same, and the deadlines of the instant itself. */
otr_status otr_workbench_finish(otr_workbench *bench, otr_time at);
/* The clock as it was read at core time now->core: the same as otr_workbench_advance, and UTC and its quality
 * are now what it says. CORRUPT when core time has gone back, here and below. */
otr_status otr_workbench_turn(otr_workbench *bench, const otr_turn *now);
/* A turn of a journal: deadlines that lie more than a second before it fire, each at its own time; those
 * after wait for it, as they did for the agent that was busy until then. */
otr_status otr_workbench_catch_up(otr_workbench *bench, const otr_turn *now);
/* The clock is what now says, and what fell due meanwhile has not fired: the agent was off. */
otr_status otr_workbench_skip(otr_workbench *bench, const otr_turn *now);
/* Takes the inputs in and fires what is due. */
otr_status otr_workbench_step(otr_workbench *bench, const otr_input *inputs, size_t count);
/* The agent was off until then and starts: what fell due meanwhile did not fire. */
otr_status otr_workbench_restart(otr_workbench *bench, const otr_turn *now);

#endif

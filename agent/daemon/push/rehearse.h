/*
 * What a pack would have done: `outrider replay` over this gateway's own journal, in a process of its own at
 * the lowest priority and with a bound on its memory, so that neither a hungry pack nor one that crashes
 * touches the daemon. One at a time. It ends within OTR_LIMIT_REHEARSAL_S: at that priority a busy gateway
 * may never come to it. On the loop's thread.
 */
#ifndef OTR_DAEMON_REHEARSE_H
#define OTR_DAEMON_REHEARSE_H

#include <jansson.h>
#include <uv.h>

#include "base/buffer.h"
#include "base/time.h"

typedef struct otr_rehearsal {
    uv_process_t process;
    uv_pipe_t pipes[2]; /* its output, and what it says when it fails */
    uv_timer_t deadline;
    unsigned limit_s; /* OTR_LIMIT_REHEARSAL_S where the owner sets none */
    bool late;        /* it was ended at the deadline */
    otr_buffer texts[2];
    int open;       /* handles that have not closed */
    bool running;   /* until the last has */
    int64_t code;   /* exit code */
    uint64_t begun; /* uv_hrtime */
    void *context;
    void (*done)(void *context, json_t *figures, const char *reason);
} otr_rehearsal;

/*
 * Replays the pack in the file over the state folder's journal, of what came since `since` (NONE: all).
 * gateway: "GROUP/NAME", so that commands of then are understood.
 * done is called once, later: with figures, which it owns, or with the reason why there are none. FULL: one
 * runs; IO: it cannot be started.
 */
otr_status otr_rehearsal_start(otr_rehearsal *rehearsal, uv_loop_t *loop, const char *pack, const char *state,
                               const char *gateway, otr_time since, otr_error *error);
/* Seconds that it has run. */
double otr_rehearsal_age_s(const otr_rehearsal *rehearsal);
/* Ends it, if one runs; when the loop is closed. */
void otr_rehearsal_done(otr_rehearsal *rehearsal);

/*
 * The report of `outrider replay --json` as
 *   {"from","to","days","readings","pushed":SIDE,"running":SIDE,"alarms_gone":N,"alarms_new":N}
 * with SIDE =
 * {"alarms_per_day","notices_per_day","tickets_per_day","alarms","notices","tickets","customers"}. A history
 * of less than a day counts as a day. NULL when it is no such report.
 */
json_t *otr_rehearsal_figures(const json_t *report);

#endif

/*
 * The options that a running daemon takes: of the configuration file at a reload, and of the tuning that was
 * pushed (daemon/config/tuning.h), which stands over the file until it is rolled back. On the loop's thread.
 */
#ifndef OTR_DAEMON_RETUNE_H
#define OTR_DAEMON_RETUNE_H

#include <jansson.h>

#include "daemon/daemon.h"

/* At the start, once what was pushed is read and before anything else looks at the configuration: the tuning
 * over it. One that does not fit any more is left out, which is told upstream. */
otr_status otr_retune_first(otr_daemon *daemon, otr_error *error);
/* Puts the active tuning, if there is one, over a configuration as its file has it. One that does not fit is
 * left out, and that is said: then *config is another. MEMORY. */
otr_status otr_retune_put(otr_daemon *daemon, otr_config **config, otr_error *error);
/* Has the running modules take what differs in next, and keeps next, which is freed when it fails. */
otr_status otr_retune_take(otr_daemon *daemon, otr_config *next, otr_error *error);
/* The file as it was last taken, with the tuning over it that is active now. */
otr_status otr_retune(otr_daemon *daemon, otr_error *error);
/* Whether a tuning of those bytes fits the file of this gateway. */
otr_status otr_retune_fits(otr_daemon *daemon, otr_str yaml, otr_error *error);
/* {"version" (null: none is active),"signer","trial","fallen":{"version","why",...},"refused":REASON when it
 * is left out,"options":{NAME:VALUE in force}} */
json_t *otr_retune_json(const otr_daemon *daemon);
/* What a tuning of those bytes would change: [{"option","from","to"}]. NULL with the reason. */
json_t *otr_retune_changes(otr_daemon *daemon, otr_str yaml, otr_error *error);

#endif

/*
 * A new version on trial: the database from before its migration is kept until it proved well, so that the
 * version before it can be put back.
 */
#ifndef OTR_DAEMON_KEPT_H
#define OTR_DAEMON_KEPT_H

#include "daemon/daemon.h"

/* After the recovery: says upstream what became of the schema. */
void otr_kept_report(otr_daemon *daemon);
/* Once in each turn: well is what has run for state.trial without an end, has committed, and has the broker.
 */
void otr_kept_turn(otr_daemon *daemon);

#endif

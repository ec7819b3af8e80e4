/*
 * The verb "history" of the control socket and of orders: one metric of one device over time. Read on a
 * thread of its own with a connection of its own, one after the other, and answered when it is there: the
 * loop waits for none of it. Bounded: buckets so that the answer fits a message, rows of the journal so that
 * none takes longer than a second or two.
 */
#ifndef OTR_DAEMON_HISTORY_H
#define OTR_DAEMON_HISTORY_H

#include "daemon/daemon.h"

#include <jansson.h>

/* NULL: it is answered under the token, by otr_daemon_answer, when it is read. */
json_t *otr_history_asked_for(otr_daemon *daemon, uint64_t token, const json_t *request);
/* Ends what is read; before the loop's handles are closed. */
void otr_history_stop(otr_daemon *daemon);
/* Frees it, once the loop is gone. */
void otr_history_close(otr_daemon *daemon);

#endif

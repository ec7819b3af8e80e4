/* The desk over the control socket: what there is, and its acts. */
#ifndef OTR_DAEMON_DESK_H
#define OTR_DAEMON_DESK_H

#include "daemon/daemon.h"

#include <jansson.h>

/* Cases that have not closed. */
json_t *otr_desk_cases(otr_daemon *daemon);
/* NULL: the act is taken, and answered when it is committed; else why not. */
json_t *otr_desk_asked(otr_daemon *daemon, uint64_t token, const json_t *request);

#endif

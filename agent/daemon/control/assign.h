/* Assignments over the control socket: one that comes as YAML, and what there is. The objects are new
 * references. */
#ifndef OTR_DAEMON_ASSIGN_H
#define OTR_DAEMON_ASSIGN_H

#include <jansson.h>

#include "daemon/daemon.h"

/* {"do": "assign", "yaml": TEXT}. NULL: taken, and answered when it is committed; or why it is refused, with
 * its place. */
json_t *otr_assign_asked(otr_daemon *daemon, uint64_t token, const json_t *request);
/* All assignments, with their states. */
json_t *otr_assign_known(otr_daemon *daemon, const json_t *request);
json_t *otr_assign_list(otr_daemon *daemon);
/* Contents that a reload leaves alone: assignments by command, and the zones that they name. */
bool otr_assign_keeps(otr_daemon *daemon, otr_str slot);

#endif

/* Alarms over the control socket: what there is, and commands of operators. The objects are new references.
 */
#ifndef OTR_DAEMON_OPERATE_H
#define OTR_DAEMON_OPERATE_H

#include <jansson.h>

#include "daemon/daemon.h"

/* Alarms that are open or stand, and points that are not in their ordinary state. */
json_t *otr_operate_alarms(otr_daemon *daemon);
/* For the status: rates, flood, chatter, top sources. */
json_t *otr_operate_figures(otr_daemon *daemon);
/* Whether the word is a command of an operator. */
bool otr_operate_knows(const char *what);
/* Takes the command of the request: NULL, for the answer comes when it is committed; or why it is refused. */
json_t *otr_operate_command(otr_daemon *daemon, uint64_t token, const json_t *request);

/* The id of the request's command: its own, or one of ours. */
otr_id otr_operate_id(otr_daemon *daemon, const json_t *request);

/* {"ok": false, "reason": ...} */
json_t *otr_operate_refusal(const char *reason);
/* The same of a command that was refused, with what is known instead. */
json_t *otr_operate_refused(const otr_command_result *result);
/* Appends the object as one line; sets failed when it does not. */
void otr_operate_dump(const json_t *object, otr_buffer *out);

#endif

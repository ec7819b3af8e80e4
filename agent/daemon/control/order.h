/* Orders over MQTT: commands in envelopes that operators signed (driver/permit.h), answered on MQTT. */
#ifndef OTR_DAEMON_ORDER_H
#define OTR_DAEMON_ORDER_H

#include "daemon/daemon.h"

#include <jansson.h>

/* A message of the command topic that is meant as an envelope. */
void otr_order_received(otr_daemon *daemon, const otr_mqtt_message *message);
/* False when the handle is none of these. */
bool otr_order_answered(otr_daemon *daemon, uint64_t handle, const otr_command_result *result);
/* What the order asked for is there; takes the answer. False, and nothing taken, when the handle is none of
 * these. */
bool otr_order_finish(otr_daemon *daemon, uint64_t handle, json_t *answer);
/* Those who wait are forgotten: the daemon ends. */
void otr_order_done(otr_daemon *daemon);

/* The same of a line of the control socket, so that it stands in the log: by the user `uid`, whom the request
 * may name besides. What only asks, signs from elsewhere (files of thousands) and customers' answers are not
 * logged. NULL: answered when it is committed. */
json_t *otr_order_local(otr_daemon *daemon, uint64_t token, const json_t *request, unsigned uid);

/* The verb "log" of the control socket: orders as they came, the newest first. */
json_t *otr_order_log(otr_daemon *daemon, const json_t *request);

#endif

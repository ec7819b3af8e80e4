/*
 * Customers' actions over MQTT: what comes on outrider/v1/GROUP/GATEWAY/command goes to the driver, and the
 * answer to where the sender wants it, or else to .../answer:
 *   {"id": "...", "ok": true} or {"id": "...", "ok": false, "reason": "..."}
 * An answer comes after the commit. It is no outbox entry: one that is lost is asked for again with the same
 * id.
 */
#ifndef OTR_DAEMON_ACT_H
#define OTR_DAEMON_ACT_H

#include <jansson.h>

#include "daemon/daemon.h"

/* Messages of the session's subscription. */
void otr_act_received(otr_daemon *daemon, const otr_mqtt_message *message);
/* Whether the handle is of an action that came over MQTT; then it is answered. */
bool otr_act_answered(otr_daemon *daemon, uint64_t handle, const otr_command_result *result);
/* Over the control socket: NULL, for the answer comes when it is committed; or why it is refused. */
json_t *otr_act_asked(otr_daemon *daemon, uint64_t token, const json_t *asked);

/* Whether an answer may go there: to a place of ours that is for answers, or to one that is not ours at all.
 * The gateway may write where its senders may not. */
bool otr_act_topic_ok(otr_str topic, otr_str group, otr_str gateway);

#endif

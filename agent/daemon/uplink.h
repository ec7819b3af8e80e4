/* The telemetry joined: its connection, its way into the journal, and what people see of it. */
#ifndef OTR_DAEMON_UPLINK_H
#define OTR_DAEMON_UPLINK_H

#include "daemon/daemon.h"
#include "driver/telemetry.h"

#include <jansson.h>

typedef struct otr_uplink otr_uplink;

otr_status otr_uplink_open(otr_daemon *daemon, otr_uplink **out, otr_error *error);
/* Tells the node's death, disconnects, and is nobody's link any more; uplink may be NULL, as below. */
void otr_uplink_leave(otr_uplink *uplink);
void otr_uplink_close(otr_uplink *uplink);

otr_telemetry *otr_uplink_telemetry(otr_uplink *uplink);
/* Has it take the options of telemetry that a running daemon takes. MEMORY: nothing changed. */
otr_status otr_uplink_tune(otr_uplink *uplink, const otr_config *config, otr_error *error);
int otr_uplink_fd(const otr_uplink *uplink);
void otr_uplink_process(otr_uplink *uplink);
int64_t otr_uplink_wait_us(const otr_uplink *uplink);

/* The handle of commands that hosts gave, and what became of one. */
#define OTR_UPLINK_HANDLE (UINT64_C(1) << 61)
void otr_uplink_answered(const otr_command_result *result);

/* null without telemetry */
json_t *otr_uplink_json(const otr_uplink *uplink);
/* {"do":"resend","from":TIME,"to":TIME} */
json_t *otr_uplink_resend(otr_uplink *uplink, const json_t *request);

#endif

/* The verb "devices" of the control socket: what is known of each device now. */
#ifndef OTR_DAEMON_DEVICES_H
#define OTR_DAEMON_DEVICES_H

#include "daemon/daemon.h"

#include <jansson.h>

/* A page that fits a message: "from" begins it, "next" is where the following one does. */
json_t *otr_devices_asked(otr_daemon *daemon, const json_t *request);

#endif

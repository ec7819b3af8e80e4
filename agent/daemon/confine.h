/* What the daemon keeps the right to once it has begun: what its configuration names and what its libraries
 * need. */
#ifndef OTR_DAEMON_CONFINE_H
#define OTR_DAEMON_CONFINE_H

#include "daemon/config/config.h"

typedef enum otr_confine_mode { OTR_CONFINE_AUTO, OTR_CONFINE_REQUIRE, OTR_CONFINE_OFF } otr_confine_mode;

/* Enters the sandbox of platform/linux/system/sandbox.h as sandbox.mode says, and logs what is in force. To
 * be called once the state folder exists and before there is a second thread. DENIED: it is required and this
 * kernel has not all of it; IO. */
otr_status otr_confine(const otr_config *config, otr_error *error);

#endif

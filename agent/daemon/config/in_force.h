/* What each option of the configuration is in the running daemon, and who says so. On the loop's thread. */
#ifndef OTR_DAEMON_IN_FORCE_H
#define OTR_DAEMON_IN_FORCE_H

#include <jansson.h>

#include "daemon/daemon.h"

/* As otr_config_print_option has it. */
json_t *otr_config_value(const otr_config *config, const otr_option *option);
/* {"ok":true,"options":[{"option":"log.level","value","from"}]}, in the table's order. from: "default",
 * "file" with its "line", "tuning" with its "version", or for the level of the log "command", of the command
 * line or `log-level`. */
json_t *otr_config_in_force(const otr_daemon *daemon);

#endif

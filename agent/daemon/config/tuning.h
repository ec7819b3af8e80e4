/*
 * A tuning: a YAML file that sets some options in place of a gateway's own configuration. It comes from the
 * wire, signed as a pack is, and may set what a running daemon takes and what names no file, address or key.
 *   tuning: 3                                  # its version
 *   turn: {linger: 100ms}
 *   telemetry: {deadband: [temperature=0.5]}
 */
#ifndef OTR_DAEMON_TUNING_H
#define OTR_DAEMON_TUNING_H

#include "daemon/config/config.h"

#define OTR_TUNING "tuning" /* stands where a pack's name does; no pack has it */

/* Whether it is one, good or not, and no pack. */
bool otr_tuning_is(otr_str yaml);
/* Puts it over the configuration. INVALID with line and column: then the configuration is not to be used.
 * *version may be NULL. */
otr_status otr_tuning_put(otr_config *config, otr_str yaml, int64_t *version, otr_error *error);
/* The same for a gateway that has all defaults, and as many brokers as may be: whether any could take it. */
otr_status otr_tuning_check(otr_str yaml, int64_t *version, otr_error *error);
bool otr_tuning_sets(const otr_option *option);

#endif

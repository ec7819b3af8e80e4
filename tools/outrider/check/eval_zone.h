/* Time zones of this machine: the C library reads the system's zone files. Not thread-safe. */
#ifndef OTR_TOOLS_EVAL_ZONE_H
#define OTR_TOOLS_EVAL_ZONE_H

#include "base/status.h"
#include "base/str.h"

/* For otr_host.zone. */
otr_status otr_eval_zone(void *context, otr_str name, int64_t utc_s, int32_t *ahead_s);

#endif

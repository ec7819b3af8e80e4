/* A process that leaves a gateway at work in peace: it runs when nothing else wants the processor or the
 * disk, and takes no more memory than it was told. */
#ifndef OTR_TOOLS_QUIET_H
#define OTR_TOOLS_QUIET_H

#include "base/status.h"

#include <stdint.h>

/* Lowest priority for processor and disk, which never fails worth mentioning; and at most memory_bytes of
 * address space beyond what the process has now. IO when that cannot be set. */
otr_status otr_quiet_down(uint64_t memory_bytes, otr_error *error);

#endif

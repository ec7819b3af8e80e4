/*
 * The snapshot: what replay would rebuild. Rules and assets are written by name and condition hash, so that a
 * snapshot outlives a change of their numbers; names and contents are not in it, the store has them as rows.
 */
#ifndef OTR_CORE_SNAPSHOT_H
#define OTR_CORE_SNAPSHOT_H

#include "core/state.h"

void otr_snapshot_write(const otr_core *core, otr_buffer *out);
/* Into a core that has its names and contents and nothing else. CORRUPT when it does not read back. */
otr_status otr_snapshot_read(otr_core *core, otr_bytes bytes, otr_error *error);

#endif

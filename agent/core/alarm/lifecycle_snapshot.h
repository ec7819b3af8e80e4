/* The last part of the snapshot, from its version 2 on. */
#ifndef OTR_CORE_LIFECYCLE_SNAPSHOT_H
#define OTR_CORE_LIFECYCLE_SNAPSHOT_H

#include "core/state.h"

void otr_lifecycle_write(const otr_core *core, otr_buffer *out);
/* After all else is read. reader->failed when it does not read back. */
void otr_lifecycle_read(otr_core *core, otr_reader *reader);

#endif

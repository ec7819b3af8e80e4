/* Which assignments held where a replay of a journal begins. */
#ifndef OTR_TOOLS_REPLAY_BASE_H
#define OTR_TOOLS_REPLAY_BASE_H

#include "platform/linux/store/store_reader.h"
#include "tools/outrider/replay/replay_side.h"

/*
 * Gives each side the assignments that were active right before the journal's input seq, of the file and by
 * command, less what had ended, and says which devices had been replaced by then. What the store keeps no
 * more of the time before seq is taken from the first that it has. NOT_FOUND: it has no assignments at all.
 */
otr_status otr_replay_base(otr_store_reader *store, uint64_t seq, otr_replay_side *sides, size_t side_count,
                           otr_error *error);

#endif

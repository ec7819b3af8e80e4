/* The last commands by their id, with their answers: one that is sent again is answered again and does
 * nothing.
 */
#ifndef OTR_CORE_SEEN_H
#define OTR_CORE_SEEN_H

#include "base/limits.h"
#include "core/command/command.h"

/* Zero-initialise to use. */
typedef struct otr_seen {
    otr_command_result ring[OTR_LIMIT_COMMANDS_SEEN];
    uint32_t count;
    uint32_t next; /* where the next is written: over the oldest, once the ring is full */
} otr_seen;

/* NULL when it was not seen, or too long ago. */
const otr_command_result *otr_seen_find(const otr_seen *seen, otr_id id);
void otr_seen_add(otr_seen *seen, const otr_command_result *result);

void otr_seen_write(const otr_seen *seen, otr_buffer *out);
void otr_seen_read(otr_seen *seen, otr_reader *reader);

#endif

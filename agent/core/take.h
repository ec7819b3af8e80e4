/* What an input does to the state: the same for a live turn and for the journal. */
#ifndef OTR_CORE_TAKE_H
#define OTR_CORE_TAKE_H

#include "core/state.h"

/* The next input begins: it gets its sequence number. */
void otr_take_next(otr_core *core);
/* The agent started: event time stands still until a device is heard, dead-man rules have their full grace.
 */
void otr_take_boot(otr_core *core);
/* Readings that carry core time, or that are dated ahead, wait until the clock is known; the others are
 * judged. */
void otr_take_readings(otr_core *core, uint32_t device, const otr_entry *entries, size_t count);
/* A loss is told to the operators. */
void otr_take_loss(otr_core *core, const otr_loss *loss);
/* An operator's command; its answer is among the effects. */
void otr_take_command(otr_core *core, const otr_command *command);
/* Fires what is due now; first (may be NULL) is called before the first that fires.
 */
void otr_take_due(otr_core *core, void (*first)(otr_core *core));
/* The clock has become known and that is not taken yet: a tick is due. */
bool otr_take_sync_pending(const otr_core *core);
/* What a tick means: the clock became known, or deadlines came due. */
void otr_take_tick(otr_core *core);
/* Forgets the readings that wait for the clock. */
void otr_take_drop_waiting(otr_core *core);

#endif

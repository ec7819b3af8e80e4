/* Arrival: the readings of one upload, split into instants, each judged at its turn or kept for the backlog
 * it is of. */
#ifndef OTR_CORE_ARRIVAL_H
#define OTR_CORE_ARRIVAL_H

#include "core/journal/entries.h"
#include "core/state.h"

/* Takes the readings of one upload. Bad and future ones are counted and left; late ones wait in the asset's
 * timeline until they have settled. */
void otr_arrival_take(otr_core *core, uint32_t device, const otr_entry *entries, size_t count);
/* An upload came of which nothing is judged yet. */
void otr_arrival_heard(otr_core *core, uint32_t device);

#endif

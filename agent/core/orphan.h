/*
 * Alarms and cases that stand in the rows but that the rebuilt core does not own: salvaged from a corrupt
 * database, or of a pack that a newer version refuses. Nobody would ever end them, so the next start ends
 * them as withdrawn and says so.
 */
#ifndef OTR_CORE_ORPHAN_H
#define OTR_CORE_ORPHAN_H

#include "core/state.h"

/* While rebuilding: a row that is open. Copied. */
otr_status otr_orphan_keep_alarm(otr_core *core, const otr_row_alarm *row);
otr_status otr_orphan_keep_case(otr_core *core, const otr_row_case *row);
/* Whether a row of that id was kept. */
bool otr_orphan_has_alarm(const otr_core *core, otr_id id);
/* The rows that the core owns are no orphans. */
void otr_orphan_sort_out(otr_core *core);
/* Ends what is left, in the step under way. */
void otr_orphan_end_all(otr_core *core);
void otr_orphan_done(otr_core *core);

#endif

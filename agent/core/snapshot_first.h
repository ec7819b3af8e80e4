/*
 * Snapshots of version 1, which the first release wrote: they had open alarms only, inside the states of
 * their rules, and knew neither functions over the past nor late readings, operators or commands to devices.
 */
#ifndef OTR_CORE_SNAPSHOT_FIRST_H
#define OTR_CORE_SNAPSHOT_FIRST_H

#include "base/buffer.h"
#include "core/state.h"

/* The parts that had another form. The reader fails when they do not read back; core->failed: memory is out.
 */
void otr_snapshot_first_devices(otr_core *core, otr_reader *reader);
void otr_snapshot_first_assets(otr_core *core, otr_reader *reader);

/* ---- shared by all versions, in snapshot.c ---- */

/* The asset of that id, looked for from hint on, for the order mostly is that of the snapshot; NONE when it
 * is no longer assigned. */
uint32_t otr_snapshot_find_asset(const otr_core *core, otr_str id, uint32_t hint);
/* Puts an alarm at the end of its asset's list, behind *last (NONE: the list is empty), which it becomes.
 * Returns its number, NONE with core->failed when memory is out. */
uint32_t otr_snapshot_put_alarm(otr_core *core, const otr_alarm *alarm, uint32_t *last);

#endif

/*
 * The running state of an asset as bytes: the last values of its devices, its rules' states, its clock. For
 * the snapshot, and for the points in time from which late readings are judged anew. Rules are named by their
 * keys, devices and metrics by their numbers, alarms by their ids: so bytes written before a pack was
 * replaced are read after it, and what has no place any more is passed over.
 */
#ifndef OTR_CORE_FREEZE_H
#define OTR_CORE_FREEZE_H

#include "base/buffer.h"
#include "core/state.h"

/* Values with their times, and the time of the newest. */
void otr_freeze_device(const otr_device *device, otr_buffer *out);
/* Replaces the device's values. store: whether to keep what is read, or only to pass over it. */
void otr_thaw_device(otr_core *core, uint32_t number, bool store, otr_reader *in);
/* The states that differ from a fresh one, those of dead-man rules only when asked for, and what is recalled.
 */
void otr_freeze_states(const otr_core *core, const otr_asset_state *asset, bool dead_man, otr_buffer *out);
/* Replaces the states, but those of dead-man rules only where the bytes have them. */
void otr_thaw_states(otr_core *core, otr_asset_state *asset, otr_reader *in);
/* Clock, our last downtime, devices and states but those of dead-man rules. */
void otr_freeze_asset(const otr_core *core, const otr_asset_state *asset, otr_buffer *out);
/* False when the bytes are no frozen asset: values and states are then lost. */
bool otr_thaw_asset(otr_core *core, uint32_t asset_number, otr_bytes bytes);

#endif

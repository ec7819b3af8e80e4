/*
 * By how much a value was beyond its limit when its rule raised an alarm: what tells whether another limit
 * would have parted the alarms that readers found wrong from those that they found useful.
 */
#ifndef OTR_CORE_BEYOND_H
#define OTR_CORE_BEYOND_H

#include "core/state.h"

/*
 * In thousandths of the limit, + 1; 0: there is no one limit. The condition is asked again with other values
 * of its metric, so that it does not matter how the limit is written; it must hold now, read one metric, a
 * number, and none of its past. at: event time of the alarm. Some 30 evaluations, less than 100.
 */
uint32_t otr_beyond_limit(const otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                          otr_time at);
/* Alarms that have one, for the snapshot: after the alarms. */
void otr_beyond_write(const otr_core *core, otr_buffer *out);
void otr_beyond_read(otr_core *core, otr_reader *reader);

#endif

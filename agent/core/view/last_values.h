/* What each device reported last and what its name is: for those who tell others, not for deciding. */
#ifndef OTR_CORE_LAST_VALUES_H
#define OTR_CORE_LAST_VALUES_H

#include "core/core.h"
#include "core/journal/entries.h"

/* Calls each(context, device, entry) for the last good value of each metric of each device, by number; texts
 * last for the call. Stops when it returns false, which it then returns. */
bool otr_core_last_values(const otr_core *core, void *context,
                          bool (*each)(void *context, uint32_t device, const otr_entry *entry));
/* Empty when there is no such number. */
otr_str otr_core_metric_name(const otr_core *core, uint32_t metric);

#endif

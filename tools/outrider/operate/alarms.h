/* How `outrider alarms` prints the daemon's answer. */
#ifndef OTR_TOOLS_ALARMS_H
#define OTR_TOOLS_ALARMS_H

#include <jansson.h>

/* Alarms, then points, a line each. */
void otr_alarms_print(const json_t *answer);

#endif

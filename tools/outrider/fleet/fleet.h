/* `outrider alarms --fleet`: alarms of all gateways from the broker, beside `outrider alarms` of this
 * machine's. */
#ifndef OTR_TOOLS_FLEET_H
#define OTR_TOOLS_FLEET_H

#include <stdbool.h>

bool otr_fleet_is_asked(int argc, char **argv);
int otr_fleet_alarms(int argc, char **argv); /* an exit code */

#endif

/* Wall clocks of four places, by their laws and not by the zone data that the core reads: 2020 to 2029. */
#ifndef OTR_PROPERTY_NOTICE_WALL_H
#define OTR_PROPERTY_NOTICE_WALL_H

#include "base/time.h"

typedef enum wall_place { WALL_UTC, WALL_BERLIN, WALL_NEW_YORK, WALL_KOLKATA, WALL_PLACES } wall_place;

const char *wall_name(wall_place place);
/* Days since 1970, of the place. */
long wall_day(wall_place place, otr_time utc);
/* Minutes since its midnight, as its clocks show. */
int wall_minute(wall_place place, otr_time utc);

#endif

/* Where an asset is on its way, as its rules already know it. */
#ifndef OTR_CORE_JOURNEY_NOW_H
#define OTR_CORE_JOURNEY_NOW_H

#include "core/state.h"

typedef struct otr_journey_now {
    otr_time arrival; /* UTC; once it is there, when it came */
    otr_time error;   /* how far arrival may be off, to either side */
} otr_journey_now;

/* What location.arrival() and its error are at the asset's newest reading. False when no rule of the asset
 * follows a route, or too little is known of its way. */
bool otr_journey_now_of(const otr_asset_state *asset, otr_journey_now *out);
/* The place of the asset that is this area, by its own name where it has one; NULL. */
const otr_place *otr_journey_place(const otr_asset *asset, const otr_area *area);
/* The place of the asset that its route comes to next; NULL: none, or it is not known. */
const otr_place *otr_journey_next_stop(const otr_asset_state *asset);

#endif

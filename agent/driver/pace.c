/*
 * A bucket of one minute's requests for each device, kept as the time at which it will be full again. A place
 * is looked for in a short run of neighbours; one whose bucket is full says nothing and may be taken.
 */
#include "driver/pace.h"

#include "base/hash.h"

enum { RUN = 8 };

static otr_pace_place *find(otr_pace *pace, uint64_t device, otr_time now)
{
    otr_pace_place *free = NULL;
    for (size_t i = 0; i < RUN; i++) {
        otr_pace_place *place = &pace->places[(device + i) % OTR_LIMIT_PACED_DEVICES];
        if (place->device == device)
            return place;
        if (free == NULL && place->rested <= now)
            free = place;
    }
    if (free != NULL)
        *free = (otr_pace_place){.device = device};
    return free;
}

otr_pace_answer otr_pace_take(otr_pace *pace, otr_str device, otr_time now)
{
    if (pace->rate == 0)
        return OTR_PACE_OK;
    otr_pace_place *place = find(pace, otr_hash64(1, 0, device.data, device.size), now);
    if (place == NULL)
        return OTR_PACE_OK;
    otr_time begins = place->rested > now ? place->rested : now;
    if (begins == now)
        place->told = false;
    otr_time rested = begins + OTR_MINUTE / pace->rate;
    if (rested - now <= OTR_MINUTE) {
        place->rested = rested;
        return OTR_PACE_OK;
    }
    bool newly = !place->told;
    place->told = true;
    return newly ? OTR_PACE_TOO_FAST_NEWLY : OTR_PACE_TOO_FAST;
}

#include "daemon/burst.h"

bool otr_burst_is_over(otr_burst *burst, uint64_t done, otr_time now)
{
    if (done - burst->settled < OTR_BURST_COUNT)
        return false;
    if (burst->until != 0 && now < burst->until)
        return false;
    bool rested = burst->until != 0 && done - burst->seen <= OTR_BURST_REST_COUNT;
    burst->seen = done;
    burst->until = rested ? 0 : otr_time_add(now, OTR_BURST_REST);
    if (rested)
        burst->settled = done;
    return rested;
}

int64_t otr_burst_wait_us(const otr_burst *burst, otr_time now)
{
    if (burst->until == 0)
        return INT64_MAX;
    return burst->until > now ? burst->until - now : 0;
}

/* Time zone files: whatever loads has clocks that run, and answers that agree with each other. */
#include "base/zone.h"
#include "base/date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void ask(const otr_zone *zone, otr_time utc)
{
    const char *name = NULL;
    int32_t offset_s = otr_zone_offset(zone, utc, &name);
    require(abs(offset_s) < 26 * 3600 && strlen(name) < 256);
    otr_civil civil = otr_civil_at(zone, utc);
    int64_t day = otr_civil_day(zone, utc);
    require(otr_date_day(civil.year, civil.month, civil.day) == day);
    otr_time next = otr_zone_next_change(zone, utc);
    require(next > utc && (next == OTR_TIME_NEVER || otr_zone_offset(zone, next - 1, NULL) == offset_s));
    /* The first instant that shows the minute is not after one that shows it. */
    otr_time first = otr_civil_instant(zone, day, civil.hour * 60 + civil.minute);
    require(first <= utc);
    otr_civil shown = otr_civil_at(zone, first);
    int64_t shown_day = otr_civil_day(zone, first);
    require(shown_day > day || (shown_day == day && (shown.hour * 60 + shown.minute) * 60 + shown.second >=
                                                        (civil.hour * 60 + civil.minute) * 60));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_zone *zone = NULL;
    otr_error error;
    if (otr_zone_load((otr_bytes){data, size}, &zone, &error) != OTR_OK) {
        require(zone == NULL && error.text[0] != '\0');
        return 0;
    }
    otr_time at = 0;
    for (int i = 0; i < 40 && at != OTR_TIME_NEVER; i++) {
        ask(zone, at);
        at = otr_zone_next_change(zone, at);
    }
    for (otr_time utc = -OTR_DAY; utc < INT64_C(150) * 365 * OTR_DAY; utc += INT64_C(997) * OTR_DAY)
        ask(zone, utc);
    otr_zone_free(zone);
    return 0;
}

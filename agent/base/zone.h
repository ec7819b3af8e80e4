/*
 * A time zone of the IANA data: the bytes of one TZif file (RFC 9636, versions 1 to 4) and what its clocks
 * show. Pure and without I/O: who has the file hands its bytes in. A zone is constant once it is loaded, and
 * everywhere NULL is UTC.
 *
 * Only transitions since 1970 are kept: an instant before that has the offset of that moment. After the last
 * transition the file's rule goes on for ever; where it has none, so does the last offset. Files with leap
 * seconds ("right/...") are refused, since an otr_time has none.
 */
#ifndef OTR_BASE_ZONE_H
#define OTR_BASE_ZONE_H

#include "base/civil.h"
#include "base/status.h"
#include "base/time.h"

typedef struct otr_zone otr_zone;

/* Takes no view of the bytes. INVALID with the reason when they are no such file, LIMIT when it is longer
 * than OTR_LIMIT_ZONE_BYTES, MEMORY. */
otr_status otr_zone_load(otr_bytes tzif, otr_zone **out, otr_error *error);
void otr_zone_free(otr_zone *zone);
/* What the zone takes in memory. */
size_t otr_zone_bytes(const otr_zone *zone);

/* How far local time is ahead of UTC then, in seconds, within a day and two hours. abbreviation (which may be
 * NULL) gets "CEST", "+0530" or "UTC": as long as the zone lives. */
int32_t otr_zone_offset(const otr_zone *zone, otr_time utc, const char **abbreviation);
/* The first instant after utc at which the offset or its name may change; NEVER. */
otr_time otr_zone_next_change(const otr_zone *zone, otr_time utc);

otr_civil otr_civil_at(const otr_zone *zone, otr_time utc);
/* The local calendar day, as days since 1970-01-01 there. */
int64_t otr_civil_day(const otr_zone *zone, otr_time utc);
/* The instant at which the local clock first shows at least that minute of that day: a time that is skipped
 * is the instant of the jump, one that comes twice is the first. A minute may be negative or beyond the day.
 * Days that an otr_time cannot hold give NEVER or the earliest instant.
 */
otr_time otr_civil_instant(const otr_zone *zone, int64_t day, int minute_of_day);

#endif

/*
 * Instants and spans. Nothing here reads a clock. An instant is signed 64-bit microseconds since
 * 1970-01-01T00:00Z without leap seconds (POSIX); a span is the same unit.
 */
#ifndef OTR_BASE_TIME_H
#define OTR_BASE_TIME_H

#include "base/str.h"

typedef int64_t otr_time;

#define OTR_MS ((otr_time)1000)
#define OTR_SECOND ((otr_time)1000000)
#define OTR_MINUTE (60 * OTR_SECOND)
#define OTR_HOUR (60 * OTR_MINUTE)
#define OTR_DAY (24 * OTR_HOUR)
#define OTR_TIME_NEVER INT64_MAX
/* Not known, or not set. */
#define OTR_TIME_NONE INT64_MIN

/* a + b that stays within (NONE, NEVER] instead of wrapping. */
otr_time otr_time_add(otr_time a, otr_time b);
/* The next whole multiple of the span, at itself when it is one: many deadlines that need no exactness are
 * one so. */
otr_time otr_time_whole(otr_time at, otr_time span);

enum { OTR_TIME_TEXT_BYTES = 40 };
/* RFC 3339 in UTC with as many decimals as needed (none, 3 or 6), NUL-terminated; returns the length.
 * Years outside 0001..9999 give "-". */
size_t otr_time_format(otr_time at, char out[OTR_TIME_TEXT_BYTES]);
/* RFC 3339 or its relaxed forms: a space or T between date and time, offset Z, +hh:mm or +hhmm, "UTC" after a
 * space. Without an offset the instant is read as UTC. False when the text is anything else. */
bool otr_time_parse(otr_str text, otr_time *out);

/* A span such as "10m", "1h30m", "500ms", "2d"; units us ms s m h d w, each at most once, decimals allowed.
 */
bool otr_span_parse(otr_str text, otr_time *out);
/* "1h 5m", "12s", "3d 2h": the two largest units, for people. Returns the length. */
size_t otr_span_format(otr_time span, char out[OTR_TIME_TEXT_BYTES]);

#endif

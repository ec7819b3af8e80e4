/* What a value must be like to become a reading: kind as the catalogue states it, finite, in range, bounded.
 */
#ifndef OTR_CODEC_VALUES_H
#define OTR_CODEC_VALUES_H

#include "base/arena.h"
#include "base/metric.h"
#include "base/status.h"
#include "codec/units.h"

/* Each fills kind, unit and value of out; metric, time and quality are the caller's. known may be NULL. */

/* A 0 or 1 becomes a bool and an integer a text where the catalogue wants one. */
otr_status otr_value_number(otr_arena *arena, const otr_metric *known, const otr_conversion *conversion,
                            double number, otr_reading *out, otr_error *error);
otr_status otr_value_flag(const otr_metric *known, bool flag, otr_reading *out, otr_error *error);
/* out views text. */
otr_status otr_value_text(const otr_metric *known, otr_str text, otr_reading *out, otr_error *error);
otr_status otr_value_location(const otr_metric *known, double latitude, double longitude, otr_reading *out,
                              otr_error *error);
otr_status otr_value_latitude(double degrees, otr_error *error);
otr_status otr_value_longitude(double degrees, otr_error *error);

/* For encoders: whether a decoder would take the reading as it is, its time and quality aside. */
otr_status otr_value_check(const otr_reading *reading, otr_error *error);

/* Puts "record 3: " or the like before error's text. Returns error's status. */
otr_status otr_value_where(otr_error *error, otr_status status, const char *what, size_t number);

#endif

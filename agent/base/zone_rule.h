/* The rule of a time zone for the years that its file does not list: POSIX's TZ,
 * "CET-1CEST,M3.5.0,M10.5.0/3".
 */
#ifndef OTR_BASE_ZONE_RULE_H
#define OTR_BASE_ZONE_RULE_H

#include "base/str.h"

enum { OTR_ZONE_NAME_BYTES = 16 }; /* "+1245" and "AEST" are usual; with the NUL */

typedef enum otr_zone_day_form {
    OTR_ZONE_DAY_JULIAN, /* Jn: 1 to 365, 29 February never counts */
    OTR_ZONE_DAY_OF_YEAR,
    OTR_ZONE_DAY_OF_MONTH, /* Mm.w.d: weekday d for the w-th time, 5: the last */
} otr_zone_day_form;

/* When summer time begins or ends in each year. */
typedef struct otr_zone_change {
    uint8_t form;
    uint8_t month;
    uint8_t week;
    uint8_t weekday;
    int16_t day;
    int32_t time_s; /* on the local clock as it is before; -167 h to 167 h */
} otr_zone_change;

typedef struct otr_zone_rule {
    bool summer;         /* has summer time, by begin and end */
    int32_t offset_s[2]; /* ahead of UTC: standard, summer */
    char name[2][OTR_ZONE_NAME_BYTES];
    otr_zone_change begin;
    otr_zone_change end;
} otr_zone_rule;

/* NULL when the text is a rule, else what is wrong with it. */
const char *otr_zone_rule_parse(otr_str text, otr_zone_rule *out);
/* Whether summer time is in force. Any second since 1970-01-01T00:00Z of an otr_time. */
bool otr_zone_rule_is_summer(const otr_zone_rule *rule, int64_t utc_s);
/* The first second after utc_s at which it begins or ends; INT64_MAX. */
int64_t otr_zone_rule_next(const otr_zone_rule *rule, int64_t utc_s);

#endif

/* A zone's inside, for the file that reads it and the one that asks it. */
#ifndef OTR_BASE_ZONE_INSIDE_H
#define OTR_BASE_ZONE_INSIDE_H

#include "base/zone.h"
#include "base/zone_rule.h"

typedef struct otr_zone_type {
    int32_t offset_s;
    uint8_t name; /* offset in the names */
} otr_zone_type;

/* One block of memory: the lists stand behind the struct. */
struct otr_zone {
    size_t bytes;
    uint32_t count; /* of transitions */
    uint8_t first;  /* type before the first of them */
    bool has_rule;  /* for what comes after the last */
    int64_t *at_s;  /* seconds since 1970-01-01T00:00Z, ascending */
    uint8_t *to;    /* type that begins there */
    otr_zone_type *types;
    const char *names; /* NUL-terminated each */
    otr_zone_rule rule;
};

#endif

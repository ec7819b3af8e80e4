/*
 * Names to small numbers and back: numbers count up from 0 in the order of first use, so two runs over the
 * same input agree. Owns copies of the names. Not thread-safe.
 */
#ifndef OTR_BASE_NAMES_H
#define OTR_BASE_NAMES_H

#include "base/arena.h"

/* Zero-initialise to use. */
typedef struct otr_names {
    otr_arena memory;
    otr_str *list; /* by number */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* open addressing: number + 1, 0 = empty */
    uint32_t slot_count;
} otr_names;

enum { OTR_NAME_NONE = UINT32_MAX };

/* The number of the name, or OTR_NAME_NONE. */
uint32_t otr_names_find(const otr_names *names, otr_str name);
/* The number, added when new (*added says so); OTR_NAME_NONE when memory is out. */
uint32_t otr_names_put(otr_names *names, otr_str name, bool *added);
static inline otr_str otr_names_get(const otr_names *names, uint32_t number)
{
    return number < names->count ? names->list[number] : (otr_str){NULL, 0};
}
void otr_names_done(otr_names *names);

#endif

/* From 64-bit keys to numbers, in open addressing. Zero-initialise to use. */
#ifndef OTR_TESTS_SIM_MAP_H
#define OTR_TESTS_SIM_MAP_H

#include "base/hash.h"

typedef struct sim_map {
    struct {
        uint64_t key;
        uint32_t value; /* + 1; 0: empty */
    } * slots;
    size_t capacity;
    size_t count;
} sim_map;

enum { SIM_MAP_NONE = 0xffffffff };

uint32_t sim_map_find(const sim_map *map, uint64_t key);
void sim_map_put(sim_map *map, uint64_t key, uint32_t value);
void sim_map_done(sim_map *map);
static inline uint64_t sim_map_key(otr_id id)
{
    uint64_t key;
    memcpy(&key, id.bytes, sizeof key);
    return key;
}

#endif

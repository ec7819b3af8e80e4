#include "map.h"

#include "base/status.h"

#include <stdlib.h>

static size_t slot_of(const sim_map *map, uint64_t key)
{
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15ULL >> 20) & (map->capacity - 1);
    while (map->slots[at].value != 0 && map->slots[at].key != key)
        at = (at + 1) & (map->capacity - 1);
    return at;
}

uint32_t sim_map_find(const sim_map *map, uint64_t key)
{
    if (map->capacity == 0)
        return SIM_MAP_NONE;
    size_t at = slot_of(map, key);
    return map->slots[at].value - 1; /* 0 - 1: NONE */
}

static void grow(sim_map *map)
{
    sim_map larger = {.capacity = map->capacity == 0 ? 256 : map->capacity * 2};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    OTR_ASSERT(larger.slots != NULL);
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].value != 0)
            larger.slots[slot_of(&larger, map->slots[i].key)] = map->slots[i];
    larger.count = map->count;
    free(map->slots);
    *map = larger;
}

void sim_map_put(sim_map *map, uint64_t key, uint32_t value)
{
    if (map->count * 2 >= map->capacity)
        grow(map);
    size_t at = slot_of(map, key);
    map->count += map->slots[at].value == 0;
    map->slots[at].key = key;
    map->slots[at].value = value + 1;
}

void sim_map_done(sim_map *map)
{
    free(map->slots);
    *map = (sim_map){0};
}

/*
 * A scene by chance: a pack of a few rules, an asset with one to three devices, and what these measure over
 * some hours, each at a time of its own. deliver.c says how it arrives.
 */
#ifndef OTR_PROPERTY_SCENE_H
#define OTR_PROPERTY_SCENE_H

#include "base/reading.h"

#define SCENE_START (1700000000 * OTR_SECOND)

enum { SCENE_INSTANTS = 240, SCENE_READINGS = 4, SCENE_DEVICES = 3, SCENE_TEXT_BYTES = 8192 };

/* What one device measures at one time. */
typedef struct scene_instant {
    otr_time at;
    uint32_t device;
    size_t count;
    otr_reading readings[SCENE_READINGS];
} scene_instant;

typedef struct scene {
    uint64_t seed;
    char pack[SCENE_TEXT_BYTES];
    char assignments[SCENE_TEXT_BYTES];
    uint32_t device_count;
    bool journey;                           /* along a route */
    scene_instant instants[SCENE_INSTANTS]; /* by time */
    size_t count;
} scene;

/* Of at most instants_max instants; fewer leave out the last ones, not the closing ones. */
void scene_make(scene *s, uint64_t seed, size_t instants_max);
void scene_print(const scene *s);
const char *scene_device(uint32_t number);

/* ---- chance ---- */

typedef struct dice {
    uint64_t state;
} dice;

/* 0..count-1 */
uint32_t roll(dice *from, uint32_t count);

/* Pack and assignments. */
void scene_texts(scene *s, dice *from);

#endif

/*
 * A scene at random: rules that tell people in all manners, people with wishes of all kinds in several zones,
 * and steps of some days: readings live, late and as a backlog, silence, shelves, answers, clocks that are
 * not known or are set, a link that goes down, wishes that change, and somebody who is forgotten.
 */
#ifndef OTR_PROPERTY_NOTICE_SCENE_H
#define OTR_PROPERTY_NOTICE_SCENE_H

#include "choices.h"
#include "wall.h"

enum {
    SCENE_STEPS = 130,
    SCENE_ASSETS = 8,
    SCENE_PEOPLE = 4,
    SCENE_VARIANTS = 3, /* of the wishes; in the last one the first person is nobody any more */
    SCENE_FORGOTTEN = SCENE_VARIANTS - 1,
    SCENE_CATEGORIES = 6,
    SCENE_TEXT = 8192,
    SCENE_BURST = 8
};

#define SCENE_NONE 65535u

typedef enum scene_rule_number { WARM, HOT, BURN, LOUD, HERE, WET, SLOW, DRY, SCENE_RULES } scene_rule_number;

typedef struct scene_rule {
    const char *name;
    const char *category;
    bool critical;
    bool shipper; /* is told beside the customer */
    bool once;
    bool raised; /* on */
    bool cleared;
    bool past;
} scene_rule;

typedef struct scene_wishes {
    wall_place place;
    unsigned quiet_from; /* minutes; equal: none */
    unsigned quiet_to;
    unsigned per_day; /* SCENE_NONE: no limit */
    unsigned per_week;
    unsigned cold_per_day; /* of category cold */
    unsigned cold_per_week;
    unsigned opted_out; /* category; SCENE_NONE */
} scene_wishes;

typedef enum scene_kind {
    SCENE_SLEEP,
    SCENE_REPORT,  /* value of metric by device, age old */
    SCENE_BACKLOG, /* values of the metric, the last age old, a quarter of an hour apart */
    SCENE_BURST_OF,
    SCENE_SHELVE,
    SCENE_ACK,
    SCENE_ANSWER, /* pick-th notification */
    SCENE_BOOT,   /* without a clock */
    SCENE_SYNC,
    SCENE_CLOCK, /* span ahead */
    SCENE_LINK,
    SCENE_WISHES,
    SCENE_FORGET,
    SCENE_DESK, /* does something in the case of the pick-th notification */
    SCENE_KINDS
} scene_kind;

typedef struct scene_step {
    scene_kind kind;
    otr_time span; /* sleep before it; CLOCK: how far */
    int device;
    int metric;
    double values[SCENE_BURST];
    int count;
    otr_time age;
    int rule;
    unsigned pick;
    int variant;
    bool up;
} scene_step;

typedef struct scene {
    uint64_t seed;
    otr_time start;
    scene_rule rules[SCENE_RULES];
    scene_wishes wishes[SCENE_VARIANTS][SCENE_PEOPLE];
    int customer[SCENE_ASSETS]; /* a person */
    int shipper[SCENE_ASSETS];  /* a person, or -1 */
    char pack[SCENE_TEXT];
    char assignments[SCENE_VARIANTS][SCENE_TEXT];
    scene_step steps[SCENE_STEPS];
    size_t count;
} scene;

void scene_make(scene *s, uint64_t seed);
/* For a failing test. */
void scene_print(const scene *s);
const char *scene_person(int person);
const char *scene_asset(int asset);
const char *scene_device(int asset);
const char *scene_metric(int metric);
const char *scene_category(int category);
/* -1: none of that name. */
int scene_person_find(const char *name);
int scene_rule_find(const scene *s, const char *name);
int scene_asset_find(const char *name);

#endif

/*
 * A story: what some devices measure and when, read from YAML. Times are spans since the story's begin. A
 * device reports every so often and at once when a step comes; while it is out of reach it goes on measuring,
 * and sends what it measured when it is back. Loaded whole or refused whole; immutable; the arena given to
 * otr_story_load owns it.
 *
 *   length: 30m
 *   devices:
 *     - device: trk-1
 *       every: 1m
 *       clock: false               # has none: its stamps count back from the moment of sending; default true
 *       ramp:                      # values in between are on a straight line
 *         temperature: {0m: 5, 10m: 9.5}
 *         location: {0m: [53.5, 10.0], 30m: [52.5, 13.4]}
 *       step:                      # each value stays until the next
 *         door: {0m: false, 12m: true, 14m: false}
 *         dtc: {0m: "", 9m: P0301}
 *       out_of_reach: {from: 15m, to: 20m}
 *       says: {12m: the lid is opened}
 */
#ifndef OTR_TOOLS_FLEET_STORY_H
#define OTR_TOOLS_FLEET_STORY_H

#include "base/arena.h"
#include "base/reading.h"
#include "base/status.h"

enum { OTR_STORY_DEVICES_MAX = 64, OTR_STORY_METRICS_MAX = 8 };

typedef struct otr_story_point {
    otr_time at;
    double value; /* a bool: 0 or 1; a location: its latitude */
    double longitude;
    otr_str text;
} otr_story_point;

typedef struct otr_story_course {
    otr_str metric;
    otr_str unit;
    otr_kind kind;
    bool step;
    otr_story_point *points; /* by time, at least one */
    size_t count;
} otr_story_course;

typedef struct otr_story_line {
    otr_time at;
    otr_str text;
} otr_story_line;

typedef struct otr_story_device {
    otr_str name;
    otr_time every;
    bool clock;
    otr_time away_from; /* NEVER: always within reach */
    otr_time away_to;
    otr_story_course courses[OTR_STORY_METRICS_MAX];
    size_t course_count;
    otr_story_line *lines; /* by time */
    size_t line_count;
} otr_story_device;

typedef struct otr_story {
    otr_time length;
    otr_story_device *devices;
    size_t device_count;
} otr_story;

/* INVALID with line, column and reason when the text is no story. */
otr_status otr_story_load(otr_arena *arena, otr_str yaml, otr_story *out, otr_error *error);

/* The device's first instant of measuring after the given one; there is always a next. */
otr_time otr_story_next(const otr_story_device *device, otr_time after);
/* What the device measures at an instant: at most OTR_STORY_METRICS_MAX readings, whose stamps are left to
 * the caller. */
size_t otr_story_sample(const otr_story_device *device, otr_time at, otr_reading *out);
bool otr_story_away(const otr_story_device *device, otr_time at);

#endif

/*
 * An independent model of what people may be told: it knows the scene, and sees only the alarms, what was
 * told and the decisions that were recorded. It looks at each step once it is over.
 */
#ifndef OTR_PROPERTY_NOTICE_JUDGE_H
#define OTR_PROPERTY_NOTICE_JUDGE_H

#include "scene.h"
#include "world.h"

enum { JUDGE_TOLD = 4096, JUDGE_THREADS = 2048, JUDGE_STOPS = 512, JUDGE_ALARMS = 8 };

typedef struct judge_told {
    int person;
    long day;
    bool cold;
} judge_told;

/* What one person was told of one trouble. */
typedef struct judge_thread {
    otr_id id;
    char to[32];
    bool told;
    otr_id alarms[JUDGE_ALARMS]; /* told by name */
    int alarm_count;
    int rule;
    otr_time promise; /* UTC; NONE */
    bool late;        /* the clock or the wishes moved it: it is owed once it may be told */
} judge_thread;

typedef struct judge {
    const scene *scene;
    int variant;
    bool up;
    size_t events; /* seen so far */
    size_t notices;
    size_t alarms;
    bool over[WORLD_ROWS];       /* alarms, at the last look */
    judge_told told[JUDGE_TOLD]; /* what counts against budgets */
    size_t told_count;
    judge_thread threads[JUDGE_THREADS];
    size_t thread_count;
    struct {
        int person;
        int category; /* -1: all */
        otr_time until;
    } stops[JUDGE_STOPS];
    size_t stop_count;
    otr_time shelved[SCENE_ASSETS][SCENE_RULES];       /* core time */
    int once[SCENE_PEOPLE][SCENE_ASSETS][SCENE_RULES]; /* how often */
    otr_time flood[SCENE_PEOPLE];                      /* core time until which the digest speaks */
    struct {                                           /* by number of the event */
        bool stored;
        bool gone;
        bool sent;
        bool alone;
    } link[WORLD_ROWS];
    size_t seen[5]; /* how much of each kind there was, for the test */
    char wrong[512];
} judge;

void judge_begin(judge *j, const scene *s);
/* NULL, or what is wrong. strict: the wishes were the same for all of the step. */
const char *judge_look(judge *j, const world *w, bool strict);
void judge_stop(judge *j, int person, int category, otr_time until);
void judge_resume(judge *j, int person, int category);
/* The clock or the wishes have changed: promises that they overtook are owed as soon as they may be told. */
void judge_displace(judge *j, const world *w);
/* At the end: whether every decision is one. */
const char *judge_end(judge *j, const world *w);

/* The parts of judge_look. */
const char *judge_decisions(judge *j, const world *w, bool strict);
const char *judge_link(judge *j, const world *w);
const char *judge_say(judge *j, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool judge_is_quiet(const judge *j, int person, otr_time utc);
bool judge_is_stopped(const judge *j, const world *w, int person, int category, bool critical);
judge_thread *judge_thread_of(judge *j, otr_id id, const char *to);
const world_alarm *judge_alarm(const world *w, otr_id id);

#endif

/* Plays scenes before the core, with the judge beside it. */
#ifndef OTR_PROPERTY_NOTICE_PLAY_H
#define OTR_PROPERTY_NOTICE_PLAY_H

#include "judge.h"

typedef enum play_manner {
    PLAY_LIVE,
    PLAY_RESTARTS, /* a new start after each step, sometimes soon after a snapshot */
    PLAY_APART,    /* what comes in one turn comes in a turn each */
} play_manner;

/* The caller frees the world. j: NULL, or judges; then *wrong is NULL or what is wrong first, and the scene
 * is played so far. */
world *play_scene(const scene *s, play_manner manner, judge *j, const char **wrong);
/* NULL when both have told and decided the same. The text is overwritten by the next call. */
const char *play_difference(const world *a, const world *b);

#endif

/* How a scene arrives, and whether two ways came to the same. */
#ifndef OTR_PROPERTY_DELIVER_H
#define OTR_PROPERTY_DELIVER_H

#include "scene.h"
#include "world.h"

typedef enum delivery {
    DELIVER_ON_TIME,   /* each instant at its own time */
    DELIVER_SHUFFLED,  /* devices go out of coverage and catch up in some order; what is on its way is delayed
                        */
    DELIVER_RESTARTED, /* as SHUFFLED, with a new start after every upload and between */
} delivery;

/* A world in which everything has settled; the caller frees it. print: what arrives when, to stderr. */
world *deliver(const scene *s, delivery how, bool print);

/* NULL when both worlds have the same alarms: rule, asset, onset, raised, ended of what was not taken back.
 * The text is overwritten by the next call, as below. */
const char *compare_alarms(const world *a, const world *b);
/* NULL when both have told the same, word by word. */
const char *compare_events(const world *a, const world *b);
/* NULL when what was told agrees with itself: the last event of each alarm says what its row says, a case has
 * one ticket. */
const char *contradiction(const world *w);
/* NULL when nothing that was told was told otherwise later. */
const char *changed_mind(const world *w);

#endif

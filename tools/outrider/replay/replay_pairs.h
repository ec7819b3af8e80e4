/*
 * Two sides of a replay compared alarm by alarm: an alarm is in both when the other side had one of the same
 * rule on the same asset whose time, from onset to end, meets its own. Few alarms of each rule and asset are
 * held at once: an alarm that nothing has met while OTR_REPLAY_RECENT later ones of its side ended is
 * decided.
 */
#ifndef OTR_TOOLS_REPLAY_PAIRS_H
#define OTR_TOOLS_REPLAY_PAIRS_H

#include "base/names.h"
#include "base/time.h"

enum {
    OTR_REPLAY_RECENT = 4,
    OTR_REPLAY_SHOWN = 20, /* of those that only one side has */
};

typedef struct otr_replay_interval {
    otr_time onset;
    otr_time ended; /* OTR_TIME_NEVER: open */
    bool met;
} otr_replay_interval;

/* One rule on one asset. */
typedef struct otr_replay_pair {
    struct {
        otr_replay_interval list[OTR_REPLAY_RECENT]; /* the oldest first */
        size_t count;
    } side[2];
} otr_replay_pair;

typedef struct otr_replay_single {
    uint32_t name; /* in names */
    otr_time onset;
    otr_time ended;
} otr_replay_single;

/* Zero-initialise. */
typedef struct otr_replay_pairs {
    otr_names names; /* "rule asset" */
    otr_replay_pair *list;
    uint32_t capacity;
    uint64_t both[2]; /* by side: its alarms that the other has too */
    uint64_t only[2];
    otr_replay_single singles[2][OTR_REPLAY_SHOWN]; /* the first of them */
    size_t single_count[2];
    bool failed;
} otr_replay_pairs;

void otr_replay_pairs_begin(otr_replay_pairs *pairs, unsigned side, otr_str rule, otr_str asset,
                            otr_time onset);
/* begun: the onset of its begin, which finds it; onset: what it is now. */
void otr_replay_pairs_end(otr_replay_pairs *pairs, unsigned side, otr_str rule, otr_str asset, otr_time begun,
                          otr_time onset, otr_time ended);
/* Decides what is left. */
void otr_replay_pairs_finish(otr_replay_pairs *pairs);
void otr_replay_pairs_done(otr_replay_pairs *pairs);

#endif

/*
 * Ways to bring a story before the core. Each gives a world that the caller frees. At their end everything
 * that was reported is settled, but an alarm may be open still.
 */
#ifndef OTR_PROPERTY_PLAY_H
#define OTR_PROPERTY_PLAY_H

#include "story.h"
#include "world.h"

/* The first stamp of a story, and when a backlog of it comes. */
#define STORY_START (1700000000 * OTR_SECOND)
#define STORY_LATER (STORY_START + 30 * OTR_DAY)

/* Long after: a step for all uploads, or a step for each batch of them; restarts: with a new start after each
 * step and a snapshot now and then. */
world *play_at_once(const story *s);
world *play_in_batches(const story *s, choices *from, uint32_t batch_max, bool restarts);
/* The same readings, those of one device that follow each other in fewer uploads. */
world *play_in_large_uploads(const story *s, choices *from);
/* Each upload at the time of its stamp, with the deadlines between on time. The machine boots now and then by
 * choice; restarts: the process starts anew too, after each upload and in the middle of the time between two.
 * NULL for from: no boots. */
world *play_live(const story *s, choices *from, bool restarts);
/* All of it long after, in an order by chance: each device sends its uploads in pieces of up to piece_max,
 * and the pieces come in any order. Waits until nothing can change any more. */
world *play_shuffled(const story *s, choices *from, uint32_t piece_max);

typedef enum sameness {
    SAME_IDS,   /* the same alarms with the same ids and times, in the same order, and the same events */
    SAME_TIMES, /* rule, asset, onset, raised and ended; of what was not taken back */
    SAME_SPANS, /* rule, asset, onset and ended; of what was not taken back */
} sameness;

/* NULL when both worlds have the same alarms, else what differs first. The text is overwritten by the next
 * call. */
const char *play_difference(const world *a, const world *b, sameness how);

#endif

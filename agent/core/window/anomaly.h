/*
 * How unusual the newest reading of one metric is: a score from 0 to 1 that calibrates itself on the metric's
 * own past. Event time, irregular spacing and gaps allowed; no scale, unit or period need be known. The state
 * is plain memory of fixed size without pointers, so copying the bytes copies it. Nothing here allocates.
 *
 * The score rises when something new begins and falls back while it lasts: what reached THRESHOLD is not told
 * again before the metric has been back to normal, or goes clearly beyond. A rule therefore compares with
 * THRESHOLD and holds its alarm by an off-delay, not by an on-delay. By its own law 0.5 is once in 2,100
 * readings, THRESHOLD once in 6,700; what was measured is in tests/field/README.md and
 * tests/unit/anomaly/test_noise.c. Not seen: a value that only stands still, and a pattern in time (what is
 * normal at noon, at midnight).
 */
#ifndef OTR_CORE_ANOMALY_H
#define OTR_CORE_ANOMALY_H

#include "base/buffer.h"
#include "base/time.h"

/* What a rule should compare with, and what counts as told. */
#define OTR_ANOMALY_THRESHOLD 0.99

enum { OTR_ANOMALY_VIEWS = 6 };

/* One view on the metric: a size, at least 0, and how large its peaks usually are. */
typedef struct otr_anomaly_view {
    double smooth;     /* the quantity that the size is taken from */
    double peak;       /* largest log size in the block under way */
    double usual;      /* mean of the peaks of past blocks */
    double variance;   /* of those peaks */
    double told;       /* while resting: the log size that is no news any more */
    uint16_t rest;     /* readings back to normal that are still missing; 0: not resting */
    uint16_t cuts;     /* peaks in a row that were cut before they were learnt */
    uint16_t blocks;   /* past blocks, counted up to a limit */
    uint16_t in_block; /* readings in the block under way */
} otr_anomaly_view;

/* No padding: equal states are equal bytes. Initialised by otr_anomaly_init. */
typedef struct otr_anomaly {
    uint64_t readings;
    otr_time newest;
    double last;
    double level;            /* long-term level */
    uint64_t level_readings; /* since the level began */
    double spacing;          /* usual time between readings, in microseconds */
    double quantum;          /* smallest change ever seen; 0 before the first change */
    double reach;            /* how far a reading may pull the level, in usual peaks */
    double score;
    otr_anomaly_view views[OTR_ANOMALY_VIEWS];
} otr_anomaly;

void otr_anomaly_init(otr_anomaly *anomaly);
/* Takes the next reading. at never decreases; an earlier one counts as the same instant. A value that is not
 * finite, or beyond 1e100, is passed over. */
void otr_anomaly_add(otr_anomaly *anomaly, otr_time at, double value);
/* As of the newest reading; 0 before it is ready. */
double otr_anomaly_score(const otr_anomaly *anomaly);
/* Whether enough readings (224) have come to judge the next one; counted anew from the first change of a
 * metric that was constant till then. */
bool otr_anomaly_ready(const otr_anomaly *anomaly);
/* At most 370 bytes. read fails the reader when the bytes are no state that add can have left. */
void otr_anomaly_write(const otr_anomaly *anomaly, otr_buffer *out);
void otr_anomaly_read(otr_anomaly *anomaly, otr_reader *in);

#endif

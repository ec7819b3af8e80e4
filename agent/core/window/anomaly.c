/*
 * Six views look at each reading: the jump from the newest readings, the deviation from the long-term level
 * smoothed over four spans, and the variation from one reading to the next. Each takes the size that it sees,
 * cuts time into blocks, and learns mean and variance of the logarithm of the blocks' peaks. Peaks follow an
 * extreme value law; Gumbel's law on their logarithm holds for heavy tails and errs to the safe side for
 * light ones. It says how many readings in a block are as large as the one at hand, hence how rare that is.
 * The rarest view decides. O(1) a reading: six logarithms and eight exponentials.
 *
 * Anomalies must not become the norm: peaks are cut at a few deviations before they are learnt, and readings
 * before they move the level. Both limits give way to what stays, so that a new normal is learnt in the end.
 *
 * The constants were fixed on two recordings and on synthetic noise: tests/field/README.md.
 */
#include "core/window/anomaly.h"

#include <float.h>
#include <math.h>

enum { JUMP, LEVEL_1, LEVEL_2, LEVEL_3, LEVEL_4, VARIATION };
_Static_assert(VARIATION + 1 == OTR_ANOMALY_VIEWS, "views");
_Static_assert(sizeof(otr_anomaly_view) == 48 && sizeof(otr_anomaly) == 72 + 48 * OTR_ANOMALY_VIEWS,
               "no padding");

/* Spans are in usual spacings of the metric: a reading counts half after a span. */
static const uint16_t view_span[OTR_ANOMALY_VIEWS] = {1, 3, 12, 36, 144, 18};
#define LEVEL_SPAN 450.0

enum {
    BLOCK = 56,        /* readings in a block, at least; two spans for slow views */
    BLOCKS_NEEDED = 4, /* before a view speaks */
    BLOCKS_KNOWN = 3,  /* before its usual peak cuts what is learnt */
    BLOCKS_KEPT = 64,  /* how many blocks back it remembers */
    REST = 8,          /* readings back to normal, and a span more, before the same is news again */
    CUTS_LAST = 6,     /* so many cut peaks in a row are no anomaly any more */
    SPACING_KEPT = 64,
    GAP = 8, /* spacings that a longer gap counts for the usual spacing */
};
#define GAP_WEIGHT 4.0            /* spacings that the first reading after a gap stands for */
#define EULER 0.57721566490153286 /* mean of the standard Gumbel law */
#define GUMBEL_VARIANCE 1.6449340668482264
#define SPREAD_FIRST 0.2  /* of log peaks, before anything is known, */
#define SPREAD_WEIGHT 3.0 /* worth so many blocks */
#define SPREAD_DOUBT 1.5  /* share added at one block, shrinking with their number */
#define SPREAD_MIN 0.1    /* where the sensor's smallest step hides how much peaks differ */
#define PEAK_REACH 2.0    /* standard deviations at which a peak is cut before it is learnt */
#define READING_REACH 2.0 /* usual peaks at which a reading is cut before it moves the level */
#define REACH_GROWTH 1.2  /* a reading, while readings are cut */
#define REACH_MAX 60.0    /* beyond it, after 19 of them, the level begins anew */
#define AGAIN 1.0         /* spreads beyond what was told that are news */
#define RATE_HALF 4.7e-4  /* chance of a reading that scores 0.5 */
#define VALUE_MAX 1e100
/* What a state may hold: rounding may carry a level a little beyond the values. */
#define SMOOTH_MAX (4 * VALUE_MAX)
#define LOG_MIN (-800.0)
#define LOG_MAX 300.0
#define VARIANCE_MAX 1e6
#define SPACING_MIN 1.0 /* microseconds; readings all under one stamp have none */
#define SPACING_MAX 2e19

static uint16_t block_readings(int index)
{
    uint16_t spans = (uint16_t)(2 * view_span[index]);
    return spans > BLOCK ? spans : BLOCK;
}

static uint16_t rest_readings(int index)
{
    return (uint16_t)(view_span[index] + REST);
}

static double clamp(double value, double limit)
{
    return value > limit ? limit : value < -limit ? -limit : value;
}

/* The Gumbel scale of a view's log peaks, wider while few blocks are known. */
static double spread(const otr_anomaly_view *view)
{
    double blocks = view->blocks;
    double first = SPREAD_FIRST * SPREAD_FIRST * GUMBEL_VARIANCE;
    double variance = (view->variance * blocks + first * SPREAD_WEIGHT) / (blocks + SPREAD_WEIGHT);
    double scale = sqrt(variance / GUMBEL_VARIANCE);
    return (scale < SPREAD_MIN ? SPREAD_MIN : scale) * (1 + SPREAD_DOUBT / blocks);
}

static void learn_peak(otr_anomaly_view *view)
{
    double off = view->peak - view->usual;
    double limit = HUGE_VAL;
    if (view->blocks >= BLOCKS_KNOWN)
        limit = PEAK_REACH * spread(view) * sqrt(GUMBEL_VARIANCE);
    if (fabs(off) <= limit)
        view->cuts = 0;
    else if (++view->cuts == CUTS_LAST) {
        /* One cut peak is an anomaly, several in a row are a new normal: as scattered as the old one. */
        view->usual = view->peak;
        view->cuts = 0;
        return;
    }
    if (view->blocks < BLOCKS_KEPT)
        view->blocks++;
    double share = 1.0 / view->blocks;
    off = clamp(off, limit);
    view->usual += share * off;
    view->variance = (1 - share) * (view->variance + share * off * off);
}

/* The score of one view at a log size. */
static double judge(const otr_anomaly_view *view, int index, double size)
{
    if (view->blocks < BLOCKS_NEEDED)
        return 0;
    double scale = spread(view);
    double mode = view->usual - EULER * scale;
    if (view->rest > 0 && view->told + AGAIN * scale > mode)
        mode = view->told + AGAIN * scale;
    double rate = exp((mode - size) / scale) / block_readings(index) / RATE_HALF;
    return 1 / (1 + rate * rate * rate * rate);
}

static void take_size(otr_anomaly_view *view, int index, double size)
{
    if (view->rest > 0) {
        if (size < view->usual)
            view->rest--;
        else if (view->blocks >= BLOCKS_NEEDED && size > view->usual + spread(view))
            view->rest = rest_readings(index);
        if (size > view->told)
            view->told = size;
    }
    if (view->in_block == 0 || size > view->peak)
        view->peak = size;
    if (++view->in_block < block_readings(index))
        return;
    learn_peak(view);
    view->in_block = 0;
}

/* Every view rests: slow ones would tell the same event once more. */
static void rest_all(otr_anomaly *anomaly, const double sizes[OTR_ANOMALY_VIEWS])
{
    for (int i = 0; i < OTR_ANOMALY_VIEWS; i++) {
        otr_anomaly_view *view = &anomaly->views[i];
        if (view->rest == 0 || sizes[i] > view->told)
            view->told = sizes[i];
        view->rest = rest_readings(i);
    }
}

/* The time since the last reading in usual spacings, before the usual spacing learns it. A quarter at least:
 * readings under one stamp count as well. */
static double steps_since(otr_anomaly *anomaly, otr_time at)
{
    double span = at > anomaly->newest ? (double)at - (double)anomaly->newest : 0;
    if (at > anomaly->newest)
        anomaly->newest = at;
    double known = span;
    if (anomaly->spacing > 0 && known > GAP * anomaly->spacing)
        known = GAP * anomaly->spacing;
    double kept = anomaly->readings < SPACING_KEPT ? (double)anomaly->readings : SPACING_KEPT;
    anomaly->spacing += (known - anomaly->spacing) / kept;
    if (anomaly->spacing < SPACING_MIN)
        anomaly->spacing = 0;
    double steps = anomaly->spacing > 0 ? span / anomaly->spacing : 1;
    return steps < 0.25 ? 0.25 : steps;
}

/* Readings were far from the level for so long that it is elsewhere. */
static void begin_level(otr_anomaly *anomaly)
{
    anomaly->level = anomaly->views[JUMP].smooth;
    anomaly->level_readings = 1;
    anomaly->reach = READING_REACH;
}

/* The reading's deviation from the level, after it has moved it; *cut as far as it may pull. */
static double follow_level(otr_anomaly *anomaly, double value, double steps, double *cut)
{
    if (anomaly->reach > REACH_MAX)
        begin_level(anomaly);
    double pull = value - anomaly->level;
    if (anomaly->views[LEVEL_1].blocks >= BLOCKS_KNOWN) {
        double limit = anomaly->reach * exp(anomaly->views[LEVEL_1].usual);
        if (fabs(pull) > limit)
            anomaly->reach *= REACH_GROWTH;
        else
            anomaly->reach = fmax(anomaly->reach / REACH_GROWTH, READING_REACH);
        pull = clamp(pull, limit);
    }
    double weight = fmin(steps, GAP_WEIGHT);
    double share = weight / (LEVEL_SPAN + weight);
    if (share * (double)++anomaly->level_readings < 1)
        share = 1 / (double)anomaly->level_readings;
    anomaly->level += share * pull;
    *cut = pull - share * pull;
    return value - anomaly->level;
}

/* What each view sees, as a size of at least 0. */
static void look(otr_anomaly *anomaly, double value, double steps, double sizes[OTR_ANOMALY_VIEWS])
{
    otr_anomaly_view *views = anomaly->views;
    /* Over a gap a value may wander as far as a random walk does. */
    double wander = sqrt(steps > 1 ? steps : 1);
    double cut;
    double deviation = follow_level(anomaly, value, steps, &cut);
    double variation = fabs(value - anomaly->last) / wander;
    if (views[JUMP].blocks >= BLOCKS_KNOWN)
        variation = clamp(variation, READING_REACH * exp(views[JUMP].usual));
    sizes[JUMP] = fabs(value - views[JUMP].smooth) / wander;
    for (int i = 0; i < OTR_ANOMALY_VIEWS; i++) {
        double target = i == JUMP ? value : i == LEVEL_1 ? deviation : i == VARIATION ? variation : cut;
        /* A gap fades what was seen before it, and the reading after it does not stand for all of it. */
        double forget = steps / (view_span[i] + steps);
        double weight = fmin(steps, GAP_WEIGHT);
        double learn = i == JUMP ? forget : weight / (view_span[i] + weight);
        views[i].smooth += learn * target - forget * views[i].smooth;
        if (i != JUMP)
            sizes[i] = fabs(views[i].smooth);
    }
}

void otr_anomaly_init(otr_anomaly *anomaly)
{
    *anomaly = (otr_anomaly){.newest = OTR_TIME_NONE, .reach = READING_REACH};
}

static void begin(otr_anomaly *anomaly, otr_time at, double value)
{
    anomaly->readings = 1;
    anomaly->level_readings = 1;
    anomaly->newest = at;
    anomaly->last = value;
    anomaly->level = value;
    anomaly->views[JUMP].smooth = value;
}

void otr_anomaly_add(otr_anomaly *anomaly, otr_time at, double value)
{
    if (!(fabs(value) <= VALUE_MAX))
        return;
    if (anomaly->readings == 0) {
        begin(anomaly, at, value);
        return;
    }
    double steps = steps_since(anomaly, at);
    anomaly->readings++;
    anomaly->score = 0;
    double change = fabs(value - anomaly->last);
    /* Never a change before: nothing to look at, and the first one is news. */
    bool first_change = anomaly->quantum == 0 && change > 0;
    if (anomaly->quantum == 0 && change == 0) {
        anomaly->level_readings++;
        return;
    }

    double sizes[OTR_ANOMALY_VIEWS];
    look(anomaly, value, steps, sizes);
    /* The smallest step that the sensor makes is never news, nor is what rounding leaves of a large value. */
    double floor = fmax(fmax(anomaly->quantum, fabs(value) * 1e-12), DBL_MIN);
    double highest = first_change && anomaly->readings > (uint64_t)BLOCK * BLOCKS_NEEDED ? 1 : 0;
    for (int i = 0; i < OTR_ANOMALY_VIEWS; i++) {
        sizes[i] = log(fmax(sizes[i], floor));
        highest = fmax(highest, judge(&anomaly->views[i], i, sizes[i]));
        take_size(&anomaly->views[i], i, sizes[i]);
    }
    if (highest >= OTR_ANOMALY_THRESHOLD)
        rest_all(anomaly, sizes);
    if (change > 0 && (first_change || change < anomaly->quantum))
        anomaly->quantum = change;
    anomaly->last = value;
    anomaly->score = highest;
}

double otr_anomaly_score(const otr_anomaly *anomaly)
{
    return anomaly->score;
}

bool otr_anomaly_ready(const otr_anomaly *anomaly)
{
    return anomaly->readings >= (uint64_t)BLOCK * BLOCKS_NEEDED &&
           (anomaly->quantum == 0 || anomaly->views[JUMP].blocks >= BLOCKS_NEEDED);
}

void otr_anomaly_write(const otr_anomaly *anomaly, otr_buffer *out)
{
    otr_buffer_add_varint(out, anomaly->readings);
    if (anomaly->readings == 0)
        return;
    otr_buffer_add_signed(out, anomaly->newest);
    otr_buffer_add_double(out, anomaly->last);
    otr_buffer_add_double(out, anomaly->spacing);
    otr_buffer_add_double(out, anomaly->quantum);
    if (anomaly->quantum == 0)
        return;
    otr_buffer_add_varint(out, anomaly->level_readings);
    otr_buffer_add_double(out, anomaly->level);
    otr_buffer_add_double(out, anomaly->reach);
    otr_buffer_add_double(out, anomaly->score);
    for (int i = 0; i < OTR_ANOMALY_VIEWS; i++) {
        const otr_anomaly_view *view = &anomaly->views[i];
        otr_buffer_add_varint(out, view->blocks);
        otr_buffer_add_varint(out, view->cuts);
        otr_buffer_add_varint(out, view->in_block);
        otr_buffer_add_varint(out, view->rest);
        otr_buffer_add_double(out, view->smooth);
        otr_buffer_add_double(out, view->peak);
        otr_buffer_add_double(out, view->usual);
        otr_buffer_add_double(out, view->variance);
        otr_buffer_add_double(out, view->told);
    }
}

/* A double from low to high; anything else, NaN included, fails the reader. */
static double read_within(otr_reader *in, double low, double high)
{
    double value = otr_reader_double(in);
    if (!(value >= low && value <= high))
        in->failed = true;
    return in->failed ? 0 : value;
}

static uint64_t read_count(otr_reader *in, uint64_t most)
{
    uint64_t count = otr_reader_varint(in);
    if (count > most)
        in->failed = true;
    return in->failed ? 0 : count;
}

static void read_view(otr_anomaly_view *view, int index, otr_reader *in)
{
    view->blocks = (uint16_t)read_count(in, BLOCKS_KEPT);
    view->cuts = (uint16_t)read_count(in, CUTS_LAST - 1);
    view->in_block = (uint16_t)read_count(in, block_readings(index) - 1U);
    view->rest = (uint16_t)read_count(in, rest_readings(index));
    view->smooth = read_within(in, -SMOOTH_MAX, SMOOTH_MAX);
    view->peak = read_within(in, LOG_MIN, LOG_MAX);
    view->usual = read_within(in, LOG_MIN, LOG_MAX);
    view->variance = read_within(in, 0, VARIANCE_MAX);
    view->told = read_within(in, LOG_MIN, LOG_MAX);
}

void otr_anomaly_read(otr_anomaly *anomaly, otr_reader *in)
{
    otr_anomaly_init(anomaly);
    anomaly->readings = read_count(in, UINT64_MAX / 2); /* further ones never overflow it */
    if (anomaly->readings == 0)
        return;
    anomaly->newest = otr_reader_signed(in);
    anomaly->last = read_within(in, -VALUE_MAX, VALUE_MAX);
    anomaly->spacing = read_within(in, 0, SPACING_MAX);
    if (anomaly->spacing > 0 && anomaly->spacing < SPACING_MIN)
        in->failed = true;
    anomaly->quantum = read_within(in, 0, 2 * VALUE_MAX);
    anomaly->level_readings = anomaly->readings;
    anomaly->level = anomaly->last;
    anomaly->views[JUMP].smooth = anomaly->last;
    if (anomaly->quantum > 0) {
        anomaly->level_readings = read_count(in, anomaly->readings);
        anomaly->level = read_within(in, -SMOOTH_MAX, SMOOTH_MAX);
        anomaly->reach = read_within(in, READING_REACH, REACH_MAX * REACH_GROWTH);
        anomaly->score = read_within(in, 0, 1);
        for (int i = 0; i < OTR_ANOMALY_VIEWS; i++)
            read_view(&anomaly->views[i], i, in);
    }
    if (in->failed)
        otr_anomaly_init(anomaly);
}

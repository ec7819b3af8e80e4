/*
 * What the rules of one side of a replay did: per rule how often, how long and who was told, and the time
 * line of each rule on each asset. Its memory grows with rules, assets and open alarms, not with time.
 */
#ifndef OTR_TOOLS_REPLAY_TALLY_H
#define OTR_TOOLS_REPLAY_TALLY_H

#include "base/names.h"
#include "codec/service.h"
#include "tools/outrider/replay/replay_pairs.h"
#include "tools/outrider/replay/replay_spans.h"

enum {
    OTR_REPLAY_COLUMNS = 960,   /* of a time line: a pixel each */
    OTR_REPLAY_LINES_MAX = 200, /* more nobody reads; the first to raise stay */
};

typedef struct otr_replay_rule {
    otr_str pack;
    otr_str name;
    otr_str priority;
    otr_replay_spans spans; /* from onset to end, or to the end of the replay */
    uint64_t open;          /* of them: at the end */
    uint64_t historical;    /* of them: over before they were known */
    uint64_t retracted;     /* of them: late readings showed that there was none */
    double covered_us;      /* of the spans: what data covered */
    uint64_t notices;
    uint64_t tickets;
} otr_replay_rule;

/* One rule on one asset. */
typedef struct otr_replay_line {
    uint32_t rule;
    otr_str asset;
    uint8_t cells[OTR_REPLAY_COLUMNS / 8]; /* a bit per column: an alarm was there */
} otr_replay_line;

/* An alarm that is open. */
typedef struct otr_replay_open {
    otr_id id;
    uint32_t rule;
    uint32_t line;  /* OTR_NAME_NONE: none left for it */
    uint32_t asset; /* in assets */
    otr_time begun; /* its onset when it was raised */
    otr_time onset;
    otr_time detected;
    int coverage; /* percent; -1 unknown */
} otr_replay_open;

typedef struct otr_replay_tally {
    otr_time from; /* UTC of the time lines */
    otr_time to;
    otr_names rule_names; /* "pack/rule", numbers of rules */
    otr_names line_names; /* "pack/rule asset" */
    otr_names assets;
    otr_names customers; /* who was told something */
    otr_replay_rule *rules;
    uint32_t rule_capacity;
    otr_replay_line *lines;
    uint32_t line_capacity;
    uint32_t lines_left_out;
    otr_replay_open *open;
    size_t open_count;
    size_t open_capacity;
    uint64_t notices;
    uint64_t tickets;
    otr_time day; /* the UTC day at hand, and what it brought */
    uint64_t day_notices;
    uint64_t day_notices_max;
    otr_replay_pairs *pairs; /* told each alarm; NULL: nobody compares */
    unsigned side;
    bool failed; /* memory is out */
} otr_replay_tally;

void otr_replay_tally_init(otr_replay_tally *tally, otr_time from, otr_time to);
/* A rule that shall be listed even if it never raises. */
void otr_replay_tally_rule(otr_replay_tally *tally, otr_str pack, otr_str rule);
void otr_replay_tally_event(otr_replay_tally *tally, const otr_service_event *event);
/* Alarms that are open end here for the figures, at UTC now. */
void otr_replay_tally_finish(otr_replay_tally *tally, otr_time now);
void otr_replay_tally_done(otr_replay_tally *tally);

#endif

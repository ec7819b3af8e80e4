/* Where the inputs of a replay come from: a recording with its map, or a daemon's own journal. */
#ifndef OTR_TOOLS_REPLAY_INPUT_H
#define OTR_TOOLS_REPLAY_INPUT_H

#include "core/core.h"
#include "platform/linux/store/store_reader.h"
#include "tools/outrider/feed/feed_map.h"

/* What one turn took in, in order. */
typedef struct otr_replay_turn {
    otr_turn at;
    uint64_t first_seq; /* of its first input in the journal, ticks counted; 0: there is no journal */
    const otr_input *inputs;
    const uint64_t *seqs; /* of each in the journal; 0: it has none there */
    size_t count;         /* 0: deadlines alone */
} otr_replay_turn;

/* Takes turns in order; core time never decreases. The views last for the call. */
typedef struct otr_replay_sink {
    void *context;
    otr_status (*take)(void *context, const otr_replay_turn *turn);
} otr_replay_sink;

/* UTC of the first and last input; NONE when there is none. */
typedef struct otr_replay_range {
    otr_time first;
    otr_time last;
} otr_replay_range;

/* ---- a recording, in the order of its file; what is dated before a row that came earlier is late ---- */

typedef struct otr_replay_recording {
    const otr_feed_map *map;
    otr_str bytes;
    void *context;
    void (*refused)(void *context, size_t line, const char *reason); /* a row that the map does not fit */
} otr_replay_recording;

/* *error: the file cannot be read by this map; its place is one in the map. */
otr_status otr_replay_recording_range(const otr_replay_recording *recording, otr_replay_range *out,
                                      otr_error *error);
otr_status otr_replay_recording_run(const otr_replay_recording *recording, const otr_replay_sink *sink,
                                    otr_error *error);

/*
 * ---- a journal, up to what was in it when it was opened ----
 * All that decides is handed over: readings, starts, losses, what devices fetched and did, assignments as
 * they became active, and commands of operators, hosts, customers and the desk. Not: packs, knowledge and
 * zones, which are the replay's own, and that somebody was forgotten, for it is gone from the journal as
 * well.
 */

typedef struct otr_replay_journal otr_replay_journal;

/* What it could not hand over as it was. */
typedef struct otr_replay_gaps {
    uint64_t later;   /* assignments of which only a later version is kept: that came in its place */
    uint64_t missing; /* assignments that are not kept */
} otr_replay_gaps;

otr_status otr_replay_journal_open(otr_str folder, otr_replay_journal **out, otr_error *error);
void otr_replay_journal_close(otr_replay_journal *journal);
otr_store_reader *otr_replay_journal_reader(otr_replay_journal *journal);
/* From the first to the last turn that is kept. */
otr_status otr_replay_journal_range(otr_replay_journal *journal, otr_replay_range *out, otr_error *error);
/* The replay has assignments of its own: none of the journal's are handed over, nor commands about them. */
void otr_replay_journal_leave_assignments(otr_replay_journal *journal);
/* Identities in the replay are not the gateway's: commands that name an alarm name its rule and asset. */
void otr_replay_journal_name_alarms(otr_replay_journal *journal);
/* Only turns from..to in UTC. What was shelved or out of service before comes with the first of them, as far
 * as the journal goes back. */
otr_status otr_replay_journal_run(otr_replay_journal *journal, const otr_replay_range *range,
                                  const otr_replay_sink *sink, otr_error *error);
otr_replay_gaps otr_replay_journal_gaps(const otr_replay_journal *journal);

#endif

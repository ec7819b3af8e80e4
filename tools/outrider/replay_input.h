/* Where the inputs of a replay come from: a recording with its map, or a daemon's own journal. */
#ifndef OTR_TOOLS_REPLAY_INPUT_H
#define OTR_TOOLS_REPLAY_INPUT_H

#include "core/core.h"
#include "platform/linux/store_reader.h"
#include "tools/outrider/feed_map.h"

/* Takes uploads and starts in order; turn->core never decreases. The views last for the call. */
typedef struct otr_replay_sink {
    void *context;
    otr_status (*take)(void *context, const otr_turn *turn, const otr_input *input);
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

/* ---- a journal, up to what was in it when it was opened ---- */

typedef struct otr_replay_journal otr_replay_journal;

otr_status otr_replay_journal_open(otr_str folder, otr_replay_journal **out, otr_error *error);
void otr_replay_journal_close(otr_replay_journal *journal);
otr_store_reader *otr_replay_journal_reader(otr_replay_journal *journal);
otr_status otr_replay_journal_range(otr_replay_journal *journal, otr_replay_range *out, otr_error *error);
/* Only turns from..to in UTC. */
otr_status otr_replay_journal_run(otr_replay_journal *journal, const otr_replay_range *range,
                                  const otr_replay_sink *sink, otr_error *error);

#endif

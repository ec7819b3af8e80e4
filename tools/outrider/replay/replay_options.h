/* The command line of `outrider replay`. */
#ifndef OTR_TOOLS_REPLAY_OPTIONS_H
#define OTR_TOOLS_REPLAY_OPTIONS_H

#include "base/limits.h"
#include "base/time.h"

typedef struct otr_replay_paths {
    const char *list[OTR_LIMIT_PACKS];
    size_t count;
} otr_replay_paths;

typedef struct otr_replay_options {
    otr_replay_paths packs;
    otr_replay_paths against;
    const char *assignments;
    const char *data;
    const char *map;
    const char *state;
    const char *gateway; /* "GROUP/NAME", or NULL */
    otr_time from;       /* UTC */
    otr_time to;
    const char *svg;
    bool json;
    uint64_t memory_bytes;
} otr_replay_options;

/* -1: go on; otherwise the exit code, and what is wrong was printed. */
int otr_replay_options_parse(int argc, char **argv, otr_replay_options *out);

#endif

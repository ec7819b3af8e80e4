/* What became of a journal's commands and assignments in a replay under other packs. */
#ifndef OTR_TOOLS_REPLAY_PAST_H
#define OTR_TOOLS_REPLAY_PAST_H

#include "tools/outrider/replay/replay_side.h"

enum { OTR_REPLAY_PAST_SHOWN = 5 };

/* Zero-initialise to use. */
typedef struct otr_replay_past {
    uint64_t taken;       /* commands, and assignments that became active */
    uint64_t unfit;       /* of them: no effect here, but with the other packs, if there are any */
    uint64_t vain;        /* of them: no effect with either; mostly what was refused then too */
    otr_replay_gaps gaps; /* set by the caller */
    char texts[OTR_REPLAY_PAST_SHOWN][512]; /* of the first that do not fit */
} otr_replay_past;

/* After each side has taken the turn. there NULL: nothing is compared. */
void otr_replay_past_take(otr_replay_past *past, const otr_replay_turn *turn, const otr_replay_side *here,
                          const otr_replay_side *there);

#endif

/* One side of a replay: contents on a bench of their own, and the tally of what they decide. */
#ifndef OTR_TOOLS_REPLAY_SIDE_H
#define OTR_TOOLS_REPLAY_SIDE_H

#include "base/limits.h"
#include "tools/outrider/replay/replay_input.h"
#include "tools/outrider/replay/replay_tally.h"
#include "tools/outrider/test/workbench.h"

enum { OTR_REPLAY_VAIN_MAX = 32 }; /* of one turn; what is more is counted */

/* Something of a turn that had no effect on this side. */
typedef struct otr_replay_vain {
    size_t input; /* of the turn */
    char reason[sizeof((otr_error *)0)->text];
} otr_replay_vain;

typedef struct otr_replay_side {
    otr_arena memory;
    otr_core_config identity; /* group empty: the bench's own */
    otr_workbench_content contents[OTR_LIMIT_PACKS + OTR_LIMIT_KNOWLEDGE_FILES + OTR_LIMIT_ZONES + 1];
    size_t content_count;
    otr_workbench bench;
    bool started;
    otr_replay_tally tally;
    /* assignments by command that hold at the beginning, and devices that had been replaced by then */
    otr_workbench_content *assigned; /* owned; what they name is in memory */
    size_t assigned_count;
    size_t assigned_capacity;
    otr_command *replaced; /* in memory */
    size_t replaced_count;
    /* of the turn at hand */
    const otr_replay_turn *turn;
    size_t from; /* of its inputs, those that are stepped */
    size_t to;
    otr_replay_vain vain[OTR_REPLAY_VAIN_MAX];
    size_t vain_count;
} otr_replay_side;

/* Adds a pack or the assignments from their bytes, which are copied; a pack's slot comes from its name.
 * *error has its place. INVALID when the slot is taken. */
otr_status otr_replay_side_add(otr_replay_side *side, otr_str bytes, bool assignments, otr_error *error);
/* The same for knowledge and a time zone's data, which was checked. One that the side has already stays as it
 * is. */
otr_status otr_replay_side_add_unbound(otr_replay_side *side, otr_str slot, otr_str bytes, otr_error *error);
/* An assignment by command that holds at the beginning, if it fits then. */
otr_status otr_replay_side_add_assigned(otr_replay_side *side, otr_str slot, otr_str bytes, otr_error *error);
/* REPLACE commands of before the beginning; called once. */
otr_status otr_replay_side_add_replaced(otr_replay_side *side, const otr_command *list, size_t count,
                                        otr_error *error);
/* Adds the zones that the assignments name and the side lacks, from this machine's zone data. *error has the
 * place in the assignments. */
otr_status otr_replay_side_complete_zones(otr_replay_side *side, otr_error *error);
bool otr_replay_side_has(const otr_replay_side *side, otr_str slot);
/* The tally is ready from here on; its pairs and side may be set. */
otr_status otr_replay_side_begin(otr_replay_side *side, otr_time from, otr_time to);
/* vain says what of the turn had no effect, until the next one. An assignment that does not fit changes
 * nothing. */
otr_status otr_replay_side_take(otr_replay_side *side, const otr_replay_turn *turn);
/* Lets time run on to UTC to, and closes the figures. */
otr_status otr_replay_side_finish(otr_replay_side *side, otr_time to);
void otr_replay_side_done(otr_replay_side *side);

#endif

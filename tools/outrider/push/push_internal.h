/* What the files of `outrider push` share: one rollout, and what is known of each gateway in it. */
#ifndef OTR_TOOLS_PUSH_INTERNAL_H
#define OTR_TOOLS_PUSH_INTERNAL_H

#include "tools/outrider/fleet/broker.h"
#include "tools/outrider/fleet/remote.h"
#include "tools/outrider/push/packs.h"
#include "tools/outrider/push/push_gate.h"
#include "tools/outrider/push/push_plan.h"

typedef struct otr_push_options {
    otr_broker broker;
    const char *to;
    const char *gateways; /* NULL: all that the broker knows of */
    const char *gate;
    const char *stages;
    const char *quorum;
    const char *resume;
    const char *undo;
    double timeout_s;
    double soak_s; /* negative: as is usual */
    bool shadow;
    bool newer; /* --undo: also what came after it */
    bool json;
} otr_push_options;

typedef enum otr_push_state {
    OTR_PUSH_AWAY,    /* no answer in time */
    OTR_PUSH_REFUSED, /* with its reason */
    OTR_PUSH_STAGED,  /* has it */
    OTR_PUSH_HELD,    /* the gate does not hold there */
    OTR_PUSH_OPEN,    /* it does */
    OTR_PUSH_RUNS,
    OTR_PUSH_FELL, /* took it back by itself, with its reason */
    OTR_PUSH_LOST, /* does not answer since it was to run it */
} otr_push_state;

typedef struct otr_push_member {
    const char *name;
    bool offline; /* as the broker knows */
    otr_push_state state;
    char reason[320];
    json_t *figures; /* owned */
    bool rehearses;  /* was asked to, so that it is not asked to begin again */
} otr_push_member;

typedef struct otr_rollout {
    const otr_push_options *options;
    otr_arena memory;
    otr_remote *remote;
    json_t *plan;
    otr_gate gate;
    otr_packs_file file; /* the signed pack */
    otr_push_member *members;
    size_t count;
    bool resumed; /* rehearsals of before do not count: history went on */
    bool undone;  /* the plan, somewhere: resumed, it begins at its first stage */
} otr_rollout;

/* The gateways of the group, as the broker's retained status messages or --gateways name them. -1: go on. */
int otr_push_members(otr_rollout *rollout);
/* Asks one; NULL: away, or the broker failed. */
json_t *otr_push_ask(otr_rollout *rollout, otr_push_member *member, json_t *request);
/* What the gateway says of the pack in `packs`; NULL: nothing. A view of the answer. */
const json_t *otr_push_entry(const json_t *answer, const char *pack);
/* Whether the entry has that bundle as "active", "staged". */
bool otr_push_has(const json_t *entry, const char *what, const char *bundle);
/* Whether it ran before what is active now. */
bool otr_push_is_below(const json_t *entry, const char *bundle);

/* From the gateways: the plan of that id, and the signed pack, unless it is to be undone. -1: go on. */
int otr_push_find_plan(otr_rollout *rollout, const char *id);
/* The steps, over all members or the first so many. */
void otr_push_prepare(otr_rollout *rollout);
void otr_push_rehearse_all(otr_rollout *rollout);
/* How many were asked to. */
size_t otr_push_activate_first(otr_rollout *rollout, size_t count);
/* Looks after those of the first so many that run it, for that long: some fall back, or are heard of no more.
 */
void otr_push_soak_first(otr_rollout *rollout, size_t count, double seconds);
void otr_push_shadow_all(otr_rollout *rollout);
/* Refused are those where something newer runs in its place, unless that is to be undone, too. */
void otr_push_judge_undo(otr_rollout *rollout);
void otr_push_undo_all(otr_rollout *rollout);
/* Has all members keep the plan as it is now. */
void otr_push_keep_plan(otr_rollout *rollout);

size_t otr_push_count(const otr_rollout *rollout, size_t first, otr_push_state state);
void otr_push_say(const otr_rollout *rollout);

#endif

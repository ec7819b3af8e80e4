/*
 * Codes that the desk names, and that a customer reads as words: what is promised, how a case was resolved,
 * remedies. The packs of a case list them; the agent has words of its own for what is often promised. A code
 * that nobody has words for is refused, so that no customer reads it raw.
 */
#ifndef OTR_CORE_DESK_CODE_H
#define OTR_CORE_DESK_CODE_H

#include "core/state.h"

/* Told with the agent's own words, where the packs list codes and none of them fits. */
#define OTR_RESOLUTION_OTHER "other"

/* The next pack that may have raised an alarm of the case, from *at on; NULL after the last one. */
const otr_pack *otr_desk_pack_next(const otr_core *core, const otr_case *one, uint32_t *at);

const otr_remedy *otr_desk_find_remedy(const otr_core *core, const otr_case *one, otr_str name);
/* NULL: no pack of the case has words for it. */
const otr_catalogue_entry *otr_desk_find_promise(const otr_core *core, const otr_case *one, otr_str what);
/* Whether a customer can be told of it in words. */
bool otr_desk_may_promise(const otr_core *core, const otr_case *one, otr_str what);
/* Any code while no pack of the case lists one: all of them are told with the agent's own words then. */
bool otr_desk_may_resolve(const otr_core *core, const otr_case *one, otr_str code);

/* The codes that the case knows where the refusal is of one that it does not, with commas between; in the
 * effects' memory. Empty for any other refusal. */
otr_str otr_desk_known(otr_core *core, const otr_command *command, otr_refusal refusal);

#endif

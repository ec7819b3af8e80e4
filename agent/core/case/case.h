/*
 * Cases: all alarms of one category on one asset are one trouble, with one ticket, and so are those that
 * knowledge calls by one trouble, whatever their categories. When the last alarm ends
 * the case is verifying, as it is when the desk resolves it; if the symptom returns in that time it reopens,
 * else it closes. A closed one is kept for a week, so that it can reopen when its customer says that it is
 * not solved. Alarms that are told as a list are one case for all assets of a customer's group. A case's
 * timer is that of its list while it is open, then that of its verification, then that of its being kept.
 */
#ifndef OTR_CORE_CASE_H
#define OTR_CORE_CASE_H

#include "core/state.h"

/* How long a case is verified before it closes, unless its rule says. */
#define OTR_CASE_VERIFY_US OTR_HOUR

/* The case that the alarm belongs to: an open or verifying one of its asset and category, or a new one. */
uint32_t otr_case_attach(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                         const otr_rule *rule);
/* An alarm of it that is over was retracted: the next that is told of it is news. Nothing when it has closed.
 */
void otr_case_touch(otr_core *core, const otr_alarm *alarm);
/* The alarm has ended. */
void otr_case_detach(otr_core *core, uint32_t number);
/* The desk said that nobody needs to do anything, and that holds still. */
bool otr_case_is_dismissed(const otr_core *core, const otr_case *one);
/* As far as anybody knows the trouble is over: by its symptom, or because the desk says so. */
void otr_case_verify(otr_core *core, uint32_t number);
/* A customer asks for people about the case of that id, on an asset and in a category (both in core->labels)
 * of whose things: the case that is open then, again or anew, until the desk resolves it. NULL with
 * core->failed when memory is out. */
otr_case *otr_case_ask(otr_core *core, otr_id id, uint32_t asset, uint32_t category, uint32_t whose);
/* It is that customer's (core/asset/whose.h), or nobody's yet. */
static inline bool otr_case_is_of(const otr_case *one, uint32_t whose)
{
    return one->customer == whose || one->customer == 0;
}
/* Lists a case that the snapshot brought among those of its asset; false when memory is out. */
bool otr_case_list(otr_core *core, uint32_t number);
/* Its list, its verification, or the time for which it was kept is over. */
void otr_case_due(otr_core *core, uint32_t number);
/* It is part of another by now (core/case/case_merge.h): it is over, and so is its ticket. */
void otr_case_end_merged(otr_core *core, uint32_t number);
/* It has what was another's, which was asked about, or was verified until then (core time; 0: it was not). */
void otr_case_go_on(otr_core *core, uint32_t number, bool asked, otr_time until);
/* It closes, if it has not yet, and nothing of it stays. */
void otr_case_forget(otr_core *core, uint32_t number);
/* Writes the case's row. */
void otr_case_keep(otr_core *core, const otr_case *one);

#endif

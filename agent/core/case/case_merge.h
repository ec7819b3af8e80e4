/*
 * Two cases that the desk finds to be one trouble: all of one goes to the other, which goes on, and its own
 * ticket ends with the name of that. Only the desk knows; alarms of one category, or of one trouble of the
 * knowledge, are one case from the beginning.
 */
#ifndef OTR_CORE_CASE_MERGE_H
#define OTR_CORE_CASE_MERGE_H

#include "core/alarm/lifecycle.h"
#include "core/state.h"

/* Whether the case may become part of the case or ticket of that id: both of one asset and customer, neither
 * over nor resolved. */
otr_refusal otr_case_may_merge(otr_core *core, const otr_case *one, otr_id into);
/* It may: its alarms, promises, conversation and readers go there, and both tickets say so. */
void otr_case_merge(otr_core *core, otr_case *one, otr_id into);

#endif

/*
 * Remedies: what the pack of a case lists for staff to do about it. Who may and how often, the pack says; a
 * remedy may give a command to a device, or hand the ticket on as a claim with its evidence enclosed. It is
 * told to the customer, and stands in the conversation with who used it.
 */
#ifndef OTR_CORE_REMEDY_H
#define OTR_CORE_REMEDY_H

#include "core/state.h"

/* The act names a remedy. What is refused has changed nothing; of a command that may not be given there is an
 * event. */
otr_refusal otr_remedy_do(otr_core *core, otr_case *one, const otr_desk_act *act);
/* The ticket says that one was used, once the conversation has it: as a claim to another queue, with the
 * evidence, or as an update. */
void otr_remedy_say(otr_core *core, otr_case *one, bool moved);

#endif

/*
 * Forgetting a customer, the core's part: their assignments end and nothing of them stays in the state, so
 * that the snapshot of this commit knows nothing of them. The store erases rows and journal in the same
 * transaction (driver/port.h, otr_commit.forgotten). The command's record holds a hash of the reference
 * alone.
 */
#ifndef OTR_CORE_FORGET_H
#define OTR_CORE_FORGET_H

#include "core/state.h"

/* In a live turn the command names the customer; in the journal it has the hash in place of an alarm's id. */
otr_refusal otr_forget_customer(otr_core *core, const otr_command *command);
/* The command as the journal keeps it. */
otr_command otr_forget_record(const otr_core *core, const otr_command *command);

#endif

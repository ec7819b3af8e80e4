/*
 * Lists: alarms of rules that gather are told together. So long after the first, one notification and one
 * ticket name all that are open then in the case, which is that of a customer's group of assets; what is over
 * by then is not told, and what comes later begins the next list. What the desk does of it is told to the
 * list's reader, in a thread of the whole.
 */
#ifndef OTR_CORE_GATHER_H
#define OTR_CORE_GATHER_H

#include "core/state.h"

struct otr_notice;

/* What the desk gets of a list: what goes on of it, else what is still known. what: as otr_ticket_say. */
void otr_gather_say(otr_core *core, otr_case *one, const char *what);
/* What its reader calls it: some of what it names, else its group or category; never a reference. */
otr_str otr_gather_name(otr_core *core, const struct otr_notice *thread);
/* The case's list is due. */
void otr_gather_tell(otr_core *core, uint32_t case_number);

#endif

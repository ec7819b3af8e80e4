/*
 * Lists: alarms of rules that gather are told together. So long after the first, one notification and one
 * ticket name all that are open then in the case, which is that of a customer's group of assets; what is over
 * by then is not told, and what comes later begins the next list.
 */
#ifndef OTR_CORE_GATHER_H
#define OTR_CORE_GATHER_H

#include "core/state.h"

/* The case's list is due. */
void otr_gather_tell(otr_core *core, uint32_t case_number);

#endif

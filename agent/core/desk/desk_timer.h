/* The desk's deadlines, for the files of the desk. */
#ifndef OTR_CORE_DESK_TIMER_H
#define OTR_CORE_DESK_TIMER_H

#include "core/desk/desk.h"
#include "core/state.h"

/* How long the desk has to say that it has a ticket, the first time; then twice as long, at most six hours,
 * and a day once nobody seems to be there. */
#define OTR_TICKET_RESEND_US (10 * OTR_MINUTE)
#define OTR_RESOLUTION_NOT_NEEDED "not_needed"

/* The case's deadlines have moved. */
void otr_desk_schedule(otr_core *core, otr_case *one);
/* From when the ticket was sent, for the first time or again, to the next time. */
otr_time otr_desk_resend_after(const otr_desk *desk);
/* It was sent again, and the desk has not said that it has it; of a case that has not closed. */
bool otr_desk_is_unreceived(const otr_case *one);

#endif

/* What becomes of threads after their first word. For the files of notices alone. */
#ifndef OTR_CORE_NOTICE_FOLLOW_H
#define OTR_CORE_NOTICE_FOLLOW_H

#include "core/notice/notice_offer.h"

/* An offer of any kind but NEWS and HELD, to the contact's threads of its alarm. */
void otr_notice_follow(otr_core *core, const otr_offer *offer);
/* Whether what is held is still to be told; else it is dropped, with the reason. */
bool otr_notice_still_holds(otr_core *core, otr_notice *thread);

#endif

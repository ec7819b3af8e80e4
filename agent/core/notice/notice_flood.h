/* Many things of one contact at once, and what waits for budget: told in one message. */
#ifndef OTR_CORE_NOTICE_FLOOD_H
#define OTR_CORE_NOTICE_FLOOD_H

#include "core/notice/notice_tell.h"

/* A thread that is to be told now, unless it is one of many. */
typedef struct otr_candidate {
    otr_id thread;
    uint32_t number;
    unsigned priority;
    otr_verdict verdict;
    otr_notice_saying saying;
} otr_candidate;

/* Those of one contact that may all be told, and are not critical: the rest of a flood is told by a digest.
 * Verdicts of those that are settled are set to GATHERED or HELD. */
void otr_flood_check(otr_core *core, uint32_t contact, otr_candidate *list, size_t count);
/* The contact's digest is due. */
void otr_digest_tell(otr_core *core, uint32_t contact);

#endif

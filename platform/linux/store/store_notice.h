/* A notice as it stands in the database, with what became of the entry that tells it. */
#ifndef OTR_PLATFORM_STORE_NOTICE_H
#define OTR_PLATFORM_STORE_NOTICE_H

#include "core/rows.h"

typedef struct otr_notice_found {
    otr_row_notice row; /* body: what its entry says or would have said */
    bool waiting;       /* its entry is in the outbox */
    bool left;          /* its entry has left; neither: there was none, or why it left is no longer known */
    otr_outbox_reason left_as;
    otr_time left_utc; /* OTR_TIME_NONE: not left, or the clock was not known */
} otr_notice_found;

#endif

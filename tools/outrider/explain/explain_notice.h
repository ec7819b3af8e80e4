/*
 * What was decided about telling somebody (platform/linux/store/store_notice.h), for staff, for the person
 * concerned, and for programs.
 */
#ifndef OTR_TOOLS_EXPLAIN_NOTICE_H
#define OTR_TOOLS_EXPLAIN_NOTICE_H

#include "platform/linux/store/store_notice.h"

#include <stdio.h>

typedef enum otr_notice_form {
    OTR_NOTICE_LINE,  /* one line of a list */
    OTR_NOTICE_FULL,  /* everything, for staff */
    OTR_NOTICE_PLAIN, /* a short paragraph, for the person */
    OTR_NOTICE_JSON,  /* an object, without a line end */
} otr_notice_form;

/* What became of it. */
typedef enum otr_notice_fate {
    OTR_FATE_HELD,
    OTR_FATE_DROPPED,
    OTR_FATE_WAITING, /* in the outbox */
    OTR_FATE_ACCEPTED,
    OTR_FATE_EXPIRED,
    OTR_FATE_SUPERSEDED,
    OTR_FATE_RETRACTED,
    OTR_FATE_EVICTED,
    OTR_FATE_FORGOTTEN,
    OTR_FATE_GATHERED,
    OTR_FATE_UNKNOWN, /* it left so long ago that nobody remembers how */
    OTR_FATES
} otr_notice_fate;
otr_notice_fate otr_notice_fate_of(const otr_notice_found *notice);
const char *otr_notice_fate_text(otr_notice_fate fate); /* held, dropped, ... */

void otr_notice_print(FILE *out, const otr_notice_found *notice, otr_notice_form form);

#endif

/* The same in the words of the person concerned. */
#ifndef OTR_TOOLS_EXPLAIN_NOTICE_PLAIN_H
#define OTR_TOOLS_EXPLAIN_NOTICE_PLAIN_H

#include "tools/outrider/explain/explain_notice.h"

/* text: what was said, or would have been; empty when nobody knows. */
void otr_notice_print_plain(FILE *out, const otr_notice_found *notice, otr_str text);

#endif

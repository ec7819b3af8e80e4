/* The story of one case on the screen: what it is about, its curve, what was said and when alarms came and
 * went. */
#ifndef OTR_TOOLS_TOP_CASE_H
#define OTR_TOOLS_TOP_CASE_H

#include "tools/outrider/fleet/top.h"

/* At most `lines` lines, each given to take. */
void otr_top_case_say(const otr_top *top, int columns, int lines,
                      void (*take)(void *context, const char *text, bool strong), void *context);

#endif

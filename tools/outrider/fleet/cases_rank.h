/* In which order a desk should look at cases, and why each stands where it does. */
#ifndef OTR_TOOLS_CASES_RANK_H
#define OTR_TOOLS_CASES_RANK_H

#include <jansson.h>

#include "base/time.h"

/*
 * Sorts the daemon's cases: a promise that was missed, one that is due within an hour, a customer who asks
 * for people, one who was passed on or came back (effort of theirs), nobody has it yet; then the others.
 * Among equals the more urgent first, then who waits longest. Each gets "rank" from 1 and "why". False when
 * memory is out.
 */
bool otr_cases_rank(json_t *cases, otr_time now);

#endif

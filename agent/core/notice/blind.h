/*
 * When the gateway was blind: it was off for long, or lost what it had received. Those whose assets it
 * watches are told so once, with the interval, within their wishes; who may not be told now is not told
 * later.
 */
#ifndef OTR_CORE_BLIND_H
#define OTR_CORE_BLIND_H

#include "core/state.h"

/* A downtime that is shorter is no news: devices keep what they measure for that long. */
#define OTR_BLIND_SPAN_US (15 * OTR_MINUTE)

/* The agent started, and the time is known: core->down_from to down_to. */
void otr_blind_down(otr_core *core);
/* Readings are lost that were received from one core time to another. */
void otr_blind_lost(otr_core *core, const otr_loss *loss);

#endif

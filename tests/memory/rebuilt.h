/*
 * What a store would have kept of a core's steps, and the core that is rebuilt from it. One core at a time.
 */
#ifndef OTR_TESTS_REBUILT_H
#define OTR_TESTS_REBUILT_H

#include "core/core.h"

/* Forgets what was kept. */
void kept_begin(void);
/* After each step, before its effects are cleared. */
void kept_step(const otr_core *core, const otr_effects *effects);
/* Rebuilds a core as a start does: MEMORY, or OK with whether its state is that of live, byte for byte. */
otr_status kept_rebuild(const otr_core_config *config, const otr_core *live, bool *same);

#endif

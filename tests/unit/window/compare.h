/* Whether a window and the reference say the same of a scenario. */
#ifndef TEST_WINDOW_COMPARE_H
#define TEST_WINDOW_COMPARE_H

#include "scenario.h"

/* At every reading, when readings leave and in between. Where they differ, text says how. */
bool scenario_agrees(const scenario *made, bug planted, uint64_t seed, char *text, size_t size);

#endif

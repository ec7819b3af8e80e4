/*
 * Problems that are open here (rules/load/problem.h): what the knowledge lists, until the version of the pack
 * that fixed it is active.
 */
#ifndef OTR_CORE_PROBLEM_H
#define OTR_CORE_PROBLEM_H

#include "core/state.h"

/* The first that the case is one of, by what its figures count it under; NULL: none. A view into the contents
 * that are active: not for longer than the step. */
const otr_problem *otr_problem_of(const otr_core *core, const otr_case *one);

#endif

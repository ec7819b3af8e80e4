/*
 * One case: a world and an expression made of choices, evaluated by rules/ and by the reference, and whether
 * they agree.
 *
 * They agree when both give the same value, or neither gives one and both say the same of why: not known, not
 * there, or an error. With names that are checked when it runs (open) rules/ may take what it can refuse
 * beforehand for an error before it looks for values; there an error of the reference must be one of rules/,
 * and one that is no matter of missing values the same.
 */
#ifndef OTR_REFERENCE_DIFFERENCE_H
#define OTR_REFERENCE_DIFFERENCE_H

#include "evaluate.h"

typedef enum agreement {
    AGREE,         /* with a value */
    AGREE_ON_NONE, /* no value, for the same reason */
    REFUSED,       /* before it could run: not compared */
    BEYOND_LIMITS, /* the text, the steps or the room: not compared */
    DIFFER,
} agreement;

enum { REF_REPORT_BYTES = REF_TEXT_BYTES + 4096 };

/* report: what was evaluated and what came out, for people. */
agreement ref_compare(choices *from, bool open, ref_bug bug, char report[REF_REPORT_BYTES]);

#endif

/* An explanation (core/rule/explanation.h) for people. */
#ifndef OTR_TOOLS_EXPLAIN_PRINT_H
#define OTR_TOOLS_EXPLAIN_PRINT_H

#include "base/str.h"

#include <stdio.h>

/* A line each: name, value with its unit, when it was read. Says so when there is nothing or it does not read
 * back. */
void otr_explanation_print(FILE *out, otr_str body);

#endif

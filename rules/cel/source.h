/* The text of one expression and where it stands in its file. All stages of the compiler fail through here.
 */
#ifndef OTR_RULES_SOURCE_H
#define OTR_RULES_SOURCE_H

#include "rules/cel/expression.h"

typedef struct otr_source {
    otr_str text;
    otr_origin origin;
    otr_error *error;  /* may be NULL */
    otr_status status; /* of the first failure, OK before it */
} otr_source;

/* Line and column in the file of the byte at offset at. */
void otr_source_place(const otr_source *source, uint32_t at, int *line, int *column);

/* Records the first failure and returns its status; later ones change nothing. */
otr_status otr_source_fail(otr_source *source, otr_status status, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
otr_status otr_source_memory(otr_source *source);

#endif

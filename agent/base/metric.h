/*
 * The catalogue of well-known metrics: name, kind of value, unit (RFC 8428 section 12.1, primary units).
 * Rules are checked against it and adapters map foreign names to it. A metric outside it is accepted with any
 * kind and unit.
 */
#ifndef OTR_BASE_METRIC_H
#define OTR_BASE_METRIC_H

#include "base/reading.h"

typedef struct otr_metric {
    const char *name;
    otr_kind kind;
    const char *unit;  /* "" for none */
    const char *about; /* a few words for people */
} otr_metric;

/* NULL when the catalogue does not know the name. */
const otr_metric *otr_metric_find(otr_str name);
/* The whole catalogue in alphabetical order; *count entries. */
const otr_metric *otr_metric_list(size_t *count);

#endif

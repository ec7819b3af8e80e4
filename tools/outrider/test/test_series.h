/*
 * Numbers in short, as people write them into tests, in the notation of Prometheus' rule tests:
 *   9.5          one value
 *   9.5x3        9.5, and the same 3 times more
 *   9 + 0.5x20   9, then 20 more, each 0.5 higher; with - lower
 *   _  _x3       none; none, 4 times
 * with blanks between them. A sign with a blank before it and none behind begins a value of its own.
 */
#ifndef OTR_TOOLS_TEST_SERIES_H
#define OTR_TOOLS_TEST_SERIES_H

#include "base/arena.h"
#include "base/status.h"

enum { OTR_TEST_SERIES_MAX = 100000 };

typedef struct otr_test_series {
    double *values; /* NaN: none */
    size_t count;
    size_t capacity;
} otr_test_series;

/* Numbers live in the arena. INVALID with a reason but no place, LIMIT, or MEMORY. */
otr_status otr_test_series_parse(otr_arena *arena, otr_str text, otr_test_series *out, otr_error *error);

#endif

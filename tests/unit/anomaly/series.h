/* Random series that repeat by their seed, and the score over them. */
#ifndef OTR_TEST_ANOMALY_SERIES_H
#define OTR_TEST_ANOMALY_SERIES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/window/anomaly.h"

typedef struct dice {
    uint64_t state;
} dice;

dice dice_of(uint64_t seed);
uint64_t dice_bits(dice *d);
/* Strictly between 0 and 1. */
double dice_uniform(dice *d);
double dice_normal(dice *d);
double dice_laplace(dice *d);
double dice_cauchy(dice *d);
/* Student's t with three degrees of freedom. */
double dice_student(dice *d);

/* One metric, fed at its own pace. */
typedef struct series {
    dice dice;
    otr_anomaly anomaly;
    otr_time at;
    otr_time spacing;
} series;

/* Nothing fed yet; a reading every five minutes. */
series series_of(uint64_t seed);
/* Feeds one reading a spacing later; its score, which must be a number from 0 to 1. */
double series_feed(series *s, double value);
/* Feeds count readings of normal noise around level. */
void series_settle(series *s, int count, double level, double deviation);

#endif

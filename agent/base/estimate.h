/*
 * What a sample says of those it was drawn from: never a value without the sample's size and an interval that
 * holds the truth in 95 of 100 samples. The intervals stay honest for small samples, where all answers may be
 * alike: none has a width of zero.
 */
#ifndef OTR_BASE_ESTIMATE_H
#define OTR_BASE_ESTIMATE_H

#include <stdint.h>

typedef struct otr_estimate {
    uint64_t n;
    double value; /* NAN for no sample */
    double error; /* its standard error; NAN for no sample, and of a mean for one answer */
    double low;   /* of the interval; without a sample all that is possible */
    double high;
} otr_estimate;

/* The share of count among n, 0 to 1: Wilson's score interval. count is at most n. */
otr_estimate otr_estimate_share(uint64_t count, uint64_t n);
/*
 * The mean of n answers on a scale from least to most, by their sum and the sum of their squares. No answers
 * on a scale spread more than those at its two ends alone, so Wilson's interval of the mean's place on the
 * scale holds for any of them.
 */
otr_estimate otr_estimate_mean(uint64_t n, double sum, double squares, double least, double most);
/*
 * The net promoter score, -100 to 100: the share of those for less that of those against, in points. error is
 * that of a difference of two shares of one sample; the interval is of Agresti and Min's kind, with half an
 * answer more of each sort.
 */
otr_estimate otr_estimate_balance(uint64_t count_for, uint64_t count_against, uint64_t n);

#endif

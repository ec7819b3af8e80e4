/* Whether something happens more often than before: 95 % intervals of a ratio of rates. Pure numbers. */
#ifndef OTR_TOOLS_RATES_H
#define OTR_TOOLS_RATES_H

/* Two counts and how long each was counted, in one unit; exposures are above 0. */
typedef struct otr_rates {
    double now;
    double now_exposure;
    double before;
    double before_exposure;
} otr_rates;

typedef struct otr_rates_ratio {
    double value; /* INFINITY: nothing before; NAN: nothing at all */
    double low;
    double high;   /* INFINITY: nothing before */
    double chance; /* that so many or more are counted now though the rate is what it was */
} otr_rates_ratio;

/* Both counts are of Poisson processes. Exact, by the binomial distribution of `now` among both (Clopper and
 * Pearson). */
otr_rates_ratio otr_rates_compare(const otr_rates *rates);

#endif

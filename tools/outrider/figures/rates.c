/* The distributions are ways to read the regularised incomplete beta function, here by its continued fraction
 * (modified Lentz); their quantiles by halving. */
#include "tools/outrider/figures/rates.h"

#include <math.h>

#define SMALLEST 1e-300

enum { STEPS_MAX = 10000, HALVINGS = 200 };

static double away_from_zero(double value)
{
    return fabs(value) < SMALLEST ? SMALLEST : value;
}

/* The continued fraction of I_x(a, b), good for x < (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x)
{
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double value = d;
    for (int m = 1; m < STEPS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        value *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return value;
}

/* I_x(a, b) for positive a and b. */
static double beta(double x, double a, double b)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * fraction(a, b, x) / a : 1 - front * fraction(b, a, 1 - x) / b;
}

/* x with I_x(a, b) = share. */
static double beta_quantile(double share, double a, double b)
{
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS && high > low; i++) {
        double middle = low + (high - low) / 2;
        if (beta(middle, a, b) < share)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

otr_rates_ratio otr_rates_compare(const otr_rates *rates)
{
    double now = rates->now;
    double before = rates->before;
    double scale = rates->before_exposure / rates->now_exposure;
    double low = now > 0 ? beta_quantile(0.025, now, before + 1) : 0;
    double high = before > 0 ? beta_quantile(0.975, now + 1, before) : 1;
    return (otr_rates_ratio){
        .value = before > 0 ? now / before * scale : (now > 0 ? INFINITY : NAN),
        .low = low / (1 - low) * scale,
        .high = high < 1 ? high / (1 - high) * scale : INFINITY,
        .chance = now > 0 ? beta(1 / (1 + scale), now, before + 1) : 1,
    };
}

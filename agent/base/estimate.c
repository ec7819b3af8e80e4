#include "base/estimate.h"

#include "base/status.h"

#include <math.h>

static const double z = 1.959963984540054; /* of the normal distribution: 95 % lie within */

static double at_least(double value, double least)
{
    return value > least ? value : least;
}

static double at_most(double value, double most)
{
    return value < most ? value : most;
}

/* Wilson's interval around a share that need not be of whole answers. */
static void wilson(otr_estimate *out, double share, double n)
{
    double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    out->low = at_least(middle - half, 0);
    out->high = at_most(middle + half, 1);
}

otr_estimate otr_estimate_share(uint64_t count, uint64_t n)
{
    otr_estimate out = {.n = n, .value = NAN, .error = NAN, .low = 0, .high = 1};
    OTR_ASSERT(count <= n);
    if (n == 0)
        return out;
    out.value = (double)count / (double)n;
    out.error = sqrt(out.value * (1 - out.value) / (double)n);
    wilson(&out, out.value, (double)n);
    return out;
}

otr_estimate otr_estimate_mean(uint64_t n, double sum, double squares, double least, double most)
{
    otr_estimate out = {.n = n, .value = NAN, .error = NAN, .low = least, .high = most};
    if (n == 0)
        return out;
    out.value = sum / (double)n;
    if (n > 1)
        out.error = sqrt(at_least((squares - sum * out.value) / (double)(n - 1), 0) / (double)n);
    wilson(&out, at_most(at_least((out.value - least) / (most - least), 0), 1), (double)n);
    out.low = least + out.low * (most - least);
    out.high = least + out.high * (most - least);
    return out;
}

otr_estimate otr_estimate_balance(uint64_t count_for, uint64_t count_against, uint64_t n)
{
    otr_estimate out = {.n = n, .value = NAN, .error = NAN, .low = -100, .high = 100};
    OTR_ASSERT(count_for + count_against <= n);
    if (n == 0)
        return out;
    double p = (double)count_for / (double)n;
    double d = (double)count_against / (double)n;
    out.value = 100 * (p - d);
    out.error = 100 * sqrt((p + d - (p - d) * (p - d)) / (double)n);
    double more = (double)n + 2;
    p = ((double)count_for + 0.5) / more;
    d = ((double)count_against + 0.5) / more;
    double half = z * sqrt((p + d - (p - d) * (p - d)) / more);
    out.low = at_least(100 * (p - d - half), -100);
    out.high = at_most(100 * (p - d + half), 100);
    return out;
}

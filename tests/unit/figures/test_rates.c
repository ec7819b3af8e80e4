/* Ratios of rates against values that can be worked out by hand, and what holds of any. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "tools/outrider/figures/rates.h"

#include <math.h>

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-6 * fabs(expected) + 1e-12))
        fail_msg("%.9g instead of %.9g", value, expected);
}

static void all_now_and_nothing_before_has_closed_forms(void **state)
{
    (void)state;
    /* low: x^5 = 0.025; chance: (1 / (1 + 4))^5 */
    otr_rates_ratio ratio = otr_rates_compare(&(otr_rates){5, 1, 0, 4});
    double x = pow(0.025, 0.2);
    assert_near(ratio.low, x / (1 - x) * 4);
    assert_near(ratio.chance, pow(0.2, 5));
    assert_true(isinf(ratio.value) && isinf(ratio.high));
}

static void nothing_now_has_closed_forms(void **state)
{
    (void)state;
    otr_rates_ratio ratio = otr_rates_compare(&(otr_rates){0, 1, 5, 4});
    double x = 1 - pow(0.025, 0.2);
    assert_near(ratio.high, x / (1 - x) * 4);
    assert_near(ratio.chance, 1);
    assert_true(ratio.value == 0 && ratio.low == 0);
    assert_true(isnan(otr_rates_compare(&(otr_rates){0, 1, 0, 1}).value));
}

/* Sums of the binomial distribution, term by term. */
static double tail(int from, int n, double p)
{
    double sum = 0;
    for (int k = from; k <= n; k++)
        sum += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p));
    return sum;
}

static void the_interval_ends_where_the_binomial_tails_are_two_and_a_half_percent(void **state)
{
    (void)state;
    static const otr_rates rows[] = {{20, 7, 20, 28}, {3, 7, 12, 28}, {60, 1, 7, 3}, {1, 10, 1, 10}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_rates_ratio ratio = otr_rates_compare(&rows[i]);
        int now = (int)rows[i].now;
        int all = now + (int)rows[i].before;
        double share = rows[i].now_exposure / rows[i].before_exposure;
        double low = ratio.low * share / (1 + ratio.low * share);
        double high = ratio.high * share / (1 + ratio.high * share);
        assert_near(tail(now, all, low), 0.025);
        assert_near(1 - tail(now + 1, all, high), 0.025);
        assert_near(ratio.chance, tail(now, all, share / (1 + share)));
        assert_true(ratio.low < ratio.value && ratio.value < ratio.high);
    }
}

static void large_counts_stay_finite(void **state)
{
    (void)state;
    otr_rates_ratio ratio = otr_rates_compare(&(otr_rates){1e6, 7, 1e6, 28});
    assert_near(ratio.value, 4);
    assert_true(ratio.low > 3.98 && ratio.high < 4.02 && ratio.chance < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_now_and_nothing_before_has_closed_forms),
        cmocka_unit_test(nothing_now_has_closed_forms),
        cmocka_unit_test(the_interval_ends_where_the_binomial_tails_are_two_and_a_half_percent),
        cmocka_unit_test(large_counts_stay_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* base/estimate against values that textbooks print (Newcombe 1998 for shares), and at the ends, where simple
 * formulas claim to know what they do not. */
#include "base/estimate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near(double is, double should, double tolerance)
{
    if (!(fabs(is - should) <= tolerance))
        fail_msg("%.12g should be %.12g", is, should);
}

static void shares_have_wilson_s_interval(void **state)
{
    static const struct {
        uint64_t count;
        uint64_t n;
        double low;
        double high;
    } known[] = {
        {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611},
        {1, 29, 0.0061, 0.1718},   {5, 10, 0.2366, 0.7634},   {10, 10, 0.7225, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        otr_estimate share = otr_estimate_share(known[i].count, known[i].n);
        assert_int_equal(share.n, known[i].n);
        near(share.value, (double)known[i].count / (double)known[i].n, 1e-12);
        near(share.low, known[i].low, 5e-5);
        near(share.high, known[i].high, 5e-5);
    }
    near(otr_estimate_share(20, 100).error, 0.04, 1e-12);
}

static void without_a_sample_all_is_possible(void **state)
{
    (void)state;
    otr_estimate share = otr_estimate_share(0, 0);
    otr_estimate mean = otr_estimate_mean(0, 0, 0, 1, 5);
    otr_estimate balance = otr_estimate_balance(0, 0, 0);
    assert_true(isnan(share.value) && isnan(share.error));
    assert_true(isnan(mean.value) && isnan(mean.error));
    assert_true(isnan(balance.value) && isnan(balance.error));
    near(share.low, 0, 0);
    near(share.high, 1, 0);
    near(mean.low, 1, 0);
    near(mean.high, 5, 0);
    near(balance.low, -100, 0);
    near(balance.high, 100, 0);
}

static void a_mean_has_the_error_of_its_sample(void **state)
{
    (void)state;
    otr_estimate mean = otr_estimate_mean(4, 1 + 2 + 3 + 4, 1 + 4 + 9 + 16, 1, 5);
    near(mean.value, 2.5, 1e-12);
    near(mean.error, sqrt(5.0 / 12), 1e-12);
    assert_true(mean.low > 1 && mean.low < 2.5 && mean.high > 2.5 && mean.high < 5);
    assert_true(isnan(otr_estimate_mean(1, 3, 9, 1, 5).error));
}

static void answers_that_are_all_alike_prove_little(void **state)
{
    (void)state;
    otr_estimate mean = otr_estimate_mean(3, 15, 75, 1, 5);
    near(mean.value, 5, 1e-12);
    near(mean.error, 0, 1e-12);
    near(mean.high, 5, 1e-9);
    near(mean.low, 1 + 4 * otr_estimate_share(3, 3).low, 1e-12);
    assert_true(mean.low < 3);
    otr_estimate balance = otr_estimate_balance(3, 0, 3);
    near(balance.value, 100, 1e-12);
    assert_true(balance.low < 60);
}

static void only_ends_of_a_scale_are_a_share(void **state)
{
    (void)state;
    otr_estimate mean = otr_estimate_mean(10, 7 * 0 + 3 * 10, 3 * 100, 0, 10);
    otr_estimate share = otr_estimate_share(3, 10);
    near(mean.low, 10 * share.low, 1e-12);
    near(mean.high, 10 * share.high, 1e-12);
}

static void a_balance_has_the_error_of_a_difference(void **state)
{
    (void)state;
    otr_estimate balance = otr_estimate_balance(50, 20, 100);
    near(balance.value, 30, 1e-12);
    near(balance.error, 100 * sqrt(0.61 / 100), 1e-12);
    near(balance.low, 14.26, 0.005);
    near(balance.high, 44.56, 0.005);
    otr_estimate against = otr_estimate_balance(20, 50, 100);
    near(against.value, -30, 1e-12);
    near(against.low, -balance.high, 1e-9);
    near(otr_estimate_balance(0, 0, 8).value, 0, 0);
    assert_true(otr_estimate_balance(0, 0, 8).high > 10);
}

/* Of all samples of 12 from a known share, by their probability, how many intervals hold it. */
static void intervals_hold_the_truth_as_often_as_they_say(void **state)
{
    (void)state;
    double sum = 0;
    int shares = 0;
    for (double p = 0.05; p < 0.96; p += 0.05, shares++) {
        double probability = pow(1 - p, 12);
        for (uint64_t k = 0; k <= 12; k++) {
            otr_estimate share = otr_estimate_share(k, 12);
            sum += share.low <= p && p <= share.high ? probability : 0;
            probability *= (double)(12 - k) / (double)(k + 1) * p / (1 - p);
        }
    }
    near(sum / shares, 0.95, 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_have_wilson_s_interval),
        cmocka_unit_test(without_a_sample_all_is_possible),
        cmocka_unit_test(a_mean_has_the_error_of_its_sample),
        cmocka_unit_test(answers_that_are_all_alike_prove_little),
        cmocka_unit_test(only_ends_of_a_scale_are_a_share),
        cmocka_unit_test(a_balance_has_the_error_of_a_difference),
        cmocka_unit_test(intervals_hold_the_truth_as_often_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
